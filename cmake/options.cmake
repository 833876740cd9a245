option(NW_LIBCRYPTO "build the libcrypto provider beside PSA" ON)
option(NW_TESTS "build tests, vectors generator, fuzz replay and bench" ON)
option(NW_SANITIZE "AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(NW_FUZZ "libFuzzer targets (clang)" OFF)
option(NW_HARDEN "hardening flags of a release" OFF)
option(NW_WERROR "warnings are errors" ON)
option(NW_COVERAGE "gcov instrumentation" OFF)

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(nw_flags INTERFACE)
target_compile_definitions(nw_flags INTERFACE _POSIX_C_SOURCE=200809L _DEFAULT_SOURCE
  NW_VERSION="${PROJECT_VERSION}" $<$<BOOL:${NW_LIBCRYPTO}>:NW_WITH_LIBCRYPTO=1>)
target_compile_options(nw_flags INTERFACE -Wall -Wextra -Wshadow -Wcast-qual -Wwrite-strings
  -Wmissing-prototypes -Wimplicit-fallthrough -Wconversion -Wsign-conversion -Wvla
  $<$<C_COMPILER_ID:Clang>:-Wno-string-concatenation> # tables of test bytes join literals, on purpose
  $<$<C_COMPILER_ID:GNU>:-Wno-format-truncation> # snprintf cuts texts for people, on purpose
  -Wframe-larger-than=16384 -fno-common -fno-strict-aliasing)
if(NW_WERROR)
  target_compile_options(nw_flags INTERFACE -Werror)
endif()
if(NW_SANITIZE)
  target_compile_options(nw_flags INTERFACE -fsanitize=address,undefined
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(nw_flags INTERFACE -fsanitize=address,undefined)
endif()
if(NW_FUZZ)
  target_compile_options(nw_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(NW_COVERAGE)
  target_compile_options(nw_flags INTERFACE --coverage)
  target_link_options(nw_flags INTERFACE --coverage)
endif()
if(NW_HARDEN)
  target_compile_options(nw_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong
    -fstack-clash-protection -fcf-protection=full -fPIE)
  target_link_options(nw_flags INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
