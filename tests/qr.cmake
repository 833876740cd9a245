# The QR code images of the issuer, read back with zbar.
add_executable(test_qr issuer/test_qr.c ${CMAKE_SOURCE_DIR}/issuer/qr.c ${CMAKE_SOURCE_DIR}/issuer/qr_png.c
  ${CMAKE_SOURCE_DIR}/issuer/qr_svg.c)
target_include_directories(test_qr PRIVATE ${CMAKE_SOURCE_DIR}/issuer)
target_link_libraries(test_qr PRIVATE testsupport PkgConfig::QRENCODE PkgConfig::PNG PkgConfig::ZBAR)
add_test(NAME test_qr COMMAND test_qr)
