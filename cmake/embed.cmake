# Files that are data in the repository become byte arrays in the library: nw_embed_<name>[] and
# nw_embed_<name>_size. common/attestation/types/pda1.json -> nw_embed_pda1_json.
set(EMBEDDED_SOURCES)
function(nw_embed file out_list)
  get_filename_component(base ${file} NAME)
  string(MAKE_C_IDENTIFIER ${base} symbol)
  set(out ${CMAKE_BINARY_DIR}/embed/${symbol}.c)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DIN=${file} -DOUT=${out} -DSYMBOL=nw_embed_${symbol}
            -P ${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake
    DEPENDS ${file} ${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake)
  set(${out_list} ${${out_list}} ${out} PARENT_SCOPE)
endfunction()

file(GLOB TYPE_FILES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/common/attestation/types/*.json)
foreach(f ${TYPE_FILES})
  nw_embed(${f} EMBEDDED_SOURCES)
endforeach()
