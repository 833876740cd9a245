# The issuer's own parts, and the program as its users meet it.
file(GLOB ISSUER_PARTS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/issuer/*.c)
list(FILTER ISSUER_PARTS EXCLUDE REGEX "/main\\.c$")
add_library(issuerparts STATIC ${ISSUER_PARTS})
target_include_directories(issuerparts PUBLIC ${CMAKE_SOURCE_DIR}/issuer)
target_link_libraries(issuerparts PUBLIC testsupport PkgConfig::SQLITE PkgConfig::QRENCODE PkgConfig::PNG)

foreach(name test_store test_csv)
  add_executable(${name} issuer/${name}.c)
  target_link_libraries(${name} PRIVATE issuerparts)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 900 LABELS unit)
endforeach()

add_executable(kill_import e2e/kill_import.c)
target_link_libraries(kill_import PRIVATE issuerparts)
add_test(NAME kill_import COMMAND kill_import $<TARGET_FILE:nachweis-issuer>
  ${CMAKE_SOURCE_DIR}/tests/e2e/record.json)
set_tests_properties(kill_import PROPERTIES TIMEOUT 900)

add_test(NAME issuer_commands COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/e2e/issuer_commands
  $<TARGET_FILE:nachweis-issuer> $<TARGET_FILE:nachweis-trust>)
set_tests_properties(issuer_commands PROPERTIES TIMEOUT 900)

add_test(NAME issuer_samples COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/e2e/issuer_samples
  $<TARGET_FILE:nachweis-issuer> $<TARGET_FILE:nachweis-trust> $<TARGET_FILE:nachweis-verifier>)
set_tests_properties(issuer_samples PROPERTIES TIMEOUT 900 SKIP_RETURN_CODE 77)
