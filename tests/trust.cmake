# Tests that call the list code of nachweis-trust.
foreach(name test_lote test_lote_corpus test_trust_commands test_tl_corpus test_tl_walk test_tl_bundle
             test_fetch test_tsl test_lote_xml test_lote_index test_lote_schema test_trust_cache test_vical test_vical_corpus test_iaca
             test_trust_findings test_tsl_qualif test_tl_sweep)
  if(TARGET ${name})
    target_link_libraries(${name} PRIVATE nw_trustlists)
  endif()
endforeach()
foreach(name test_lote_index test_lote_schema)
  if(TARGET ${name})
    target_link_libraries(${name} PRIVATE PkgConfig::LIBXML2)
  endif()
endforeach()
if(TARGET test_tl_sweep)
  target_compile_definitions(test_tl_sweep PRIVATE TL_ORACLE="${CMAKE_CURRENT_SOURCE_DIR}/corpus/tl_oracle.mjs")
endif()
add_test(NAME trust_fetch COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/trust/fetch $<TARGET_FILE:nachweis-trust>)
set_tests_properties(trust_fetch PROPERTIES TIMEOUT 900 SKIP_RETURN_CODE 77)
add_executable(kill_at trust/kill_at.c)
target_link_libraries(kill_at PRIVATE nw_flags)
add_test(NAME trust_bundle COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/trust/bundle $<TARGET_FILE:nachweis-trust>
  $<TARGET_FILE:nachweis-issuer> $<TARGET_FILE:nachweis-verifier> $<TARGET_FILE:kill_at>)
set_tests_properties(trust_bundle PROPERTIES TIMEOUT 900 SKIP_RETURN_CODE 77)
