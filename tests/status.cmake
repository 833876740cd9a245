target_compile_definitions(test_status PRIVATE STATUS_DATA="${CMAKE_CURRENT_SOURCE_DIR}/unit/data/status")
