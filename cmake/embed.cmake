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

# All files of one folder, with a table of them: nw_embedded_<table>[] and nw_embedded_<table>_n.
function(nw_embed_folder folder table out_list)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.json)
  set(declarations "")
  set(rows "")
  foreach(f ${files})
    nw_embed(${f} ${out_list})
    get_filename_component(base ${f} NAME)
    string(MAKE_C_IDENTIFIER ${base} symbol)
    string(APPEND declarations "extern const unsigned char nw_embed_${symbol}[];\nextern const size_t nw_embed_${symbol}_size;\n")
    string(APPEND rows "    {nw_embed_${symbol}, &nw_embed_${symbol}_size},\n")
  endforeach()
  list(LENGTH files count)
  set(out ${CMAKE_BINARY_DIR}/embed/table_${table}.c)
  file(CONFIGURE OUTPUT ${out} CONTENT
"#include \"attestation/embedded.h\"\n${declarations}const struct nw_embedded nw_embedded_${table}[] = {\n${rows}};\nconst size_t nw_embedded_${table}_n = ${count};\n" @ONLY)
  set(${out_list} ${${out_list}} ${out} PARENT_SCOPE)
endfunction()

nw_embed_folder(common/attestation/codes codes EMBEDDED_SOURCES)
nw_embed_folder(common/attestation/types types EMBEDDED_SOURCES)
