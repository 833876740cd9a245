# Rule V01 beside the published JSON Schema: tests/schema.
add_executable(nw_schema schema/nw_schema.c)
target_link_libraries(nw_schema PRIVATE nachweis nw_core_packages)
add_test(NAME schema COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/schema/run $<TARGET_FILE:nw_schema>)
set_tests_properties(schema PROPERTIES TIMEOUT 600 SKIP_RETURN_CODE 77)
