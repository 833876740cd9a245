# The conformance vectors: the set as it is committed, and the programs here against it.
target_compile_definitions(test_tl_xmlsec1 PRIVATE NW_VECTORS="${CMAKE_SOURCE_DIR}/vectors")
target_compile_definitions(test_vectors PRIVATE NW_VECTORS="${CMAKE_SOURCE_DIR}/vectors")
add_test(NAME vectors_run COMMAND nachweis-verifier vectors run --vectors ${CMAKE_SOURCE_DIR}/vectors)
set_tests_properties(vectors_run PROPERTIES TIMEOUT 600)
