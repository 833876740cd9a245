# Our SD-JWT VC beside an independent library: tests/interop.
add_executable(nw_interop interop/nw_interop.c)
target_link_libraries(nw_interop PRIVATE nachweis nw_core_packages)
add_test(NAME interop COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/interop/run $<TARGET_FILE:nw_interop>)
set_tests_properties(interop PROPERTIES TIMEOUT 600 SKIP_RETURN_CODE 77)
