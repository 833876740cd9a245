if(TARGET fuzz_csv)
  target_link_libraries(fuzz_csv PRIVATE issuerparts)
endif()
