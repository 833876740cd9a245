add_test(NAME e2e_verifier COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/e2e/verifier $<TARGET_FILE:nachweis-verifier>
         $<TARGET_FILE:nachweis-issuer> $<TARGET_FILE:nachweis-trust> $<TARGET_FILE:nw-wallet>)
set_tests_properties(e2e_verifier PROPERTIES TIMEOUT 900)
