add_test(NAME structure COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/structure/run)
# The verifier's needed libraries: no XML, no network, no database.
add_test(NAME verifier_libraries COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/structure/libraries $<TARGET_FILE:nachweis-verifier>)
