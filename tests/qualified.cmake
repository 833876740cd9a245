# From a list of lists, over a QTSP, to the verdict on an A1: whole, and with each link broken.
add_executable(national_lists e2e/national_lists.c)
target_link_libraries(national_lists PRIVATE testsupport)
add_test(NAME e2e_qualified COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/e2e/qualified $<TARGET_FILE:nachweis-verifier>
         $<TARGET_FILE:nachweis-issuer> $<TARGET_FILE:nachweis-trust> $<TARGET_FILE:national_lists>)
set_tests_properties(e2e_qualified PROPERTIES TIMEOUT 900)
