foreach(name test_sdjwt_examples test_vctm)
  target_compile_definitions(${name} PRIVATE NW_TEST_FILES="${CMAKE_CURRENT_SOURCE_DIR}/unit/data")
endforeach()
