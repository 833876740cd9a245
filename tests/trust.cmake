# Tests that call the list code of nachweis-trust.
foreach(name test_lote test_lote_corpus test_trust_commands test_tl_corpus test_tl_walk test_tl_bundle)
  if(TARGET ${name})
    target_link_libraries(${name} PRIVATE nw_trustlists)
  endif()
endforeach()
