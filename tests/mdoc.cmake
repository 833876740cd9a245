target_compile_definitions(test_mdoc_annex_d PRIVATE
  NW_TEST_UNIT_DATA="${CMAKE_CURRENT_SOURCE_DIR}/unit/data")
target_compile_definitions(testsupport PRIVATE
  NW_TEST_UNIT_DATA="${CMAKE_CURRENT_SOURCE_DIR}/unit/data")
# Reader and wallet over a socket pair.
add_executable(test_proximity wallet/test_proximity.c)
target_link_libraries(test_proximity PRIVATE testsupport walletdevice)
add_dependencies(test_proximity nw-wallet)
target_compile_definitions(test_proximity PRIVATE NW_WALLET="$<TARGET_FILE:nw-wallet>")
add_test(NAME test_proximity COMMAND test_proximity)
set_tests_properties(test_proximity PROPERTIES TIMEOUT 900 LABELS unit)
