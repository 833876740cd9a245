target_compile_definitions(test_mdoc_annex_d PRIVATE
  NW_TEST_UNIT_DATA="${CMAKE_CURRENT_SOURCE_DIR}/unit/data")
target_compile_definitions(testsupport PRIVATE
  NW_TEST_UNIT_DATA="${CMAKE_CURRENT_SOURCE_DIR}/unit/data")
