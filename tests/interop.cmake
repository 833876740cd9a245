# Our SD-JWT VC and mdoc beside independent libraries: tests/interop.
add_executable(nw_interop interop/nw_interop.c)
add_executable(nw_interop_mdoc interop/nw_interop_mdoc.c)
foreach(program nw_interop nw_interop_mdoc)
  target_link_libraries(${program} PRIVATE nachweis nw_core_packages)
endforeach()
add_test(NAME interop COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/interop/run
  $<TARGET_FILE:nw_interop> $<TARGET_FILE:nw_interop_mdoc> $<TARGET_FILE:nachweis-issuer>
  $<TARGET_FILE:nw-wallet>)
set_tests_properties(interop PROPERTIES TIMEOUT 600 SKIP_RETURN_CODE 77)
