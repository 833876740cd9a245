include(GNUInstallDirs)
install(TARGETS nachweis-issuer nachweis-verifier nachweis-trust RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
file(GLOB MAN1 ${CMAKE_SOURCE_DIR}/man/*.1)
install(FILES ${MAN1} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
