# SPDX-License-Identifier: MIT
# Build types, sanitizers, and macaw_warnings, the one home of the warning flags.

get_property(macaw_multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(NOT CMAKE_BUILD_TYPE AND NOT macaw_multi_config)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
foreach(lang IN ITEMS C CXX)
  # Line tables cost little and make a profile or a crash readable.
  if(CMAKE_${lang}_FLAGS_RELEASE STREQUAL "-O3 -DNDEBUG")
    set(CMAKE_${lang}_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
  endif()
endforeach()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

find_program(MACAW_CCACHE ccache)
mark_as_advanced(MACAW_CCACHE)
if(MACAW_CCACHE)
  foreach(lang IN ITEMS C CXX)
    if(NOT CMAKE_${lang}_COMPILER_LAUNCHER)
      set(CMAKE_${lang}_COMPILER_LAUNCHER "${MACAW_CCACHE}")
    endif()
  endforeach()
endif()

# A fused multiply-add rounds once where two operations round twice: files would differ by machine.
add_compile_options(-ffp-contract=off)

if(MACAW_SANITIZE STREQUAL "address")
  add_compile_options(
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(MACAW_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
elseif(MACAW_SANITIZE)
  message(FATAL_ERROR "MACAW_SANITIZE: found '${MACAW_SANITIZE}', expected address or thread")
endif()

if(MACAW_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR MACAW_SANITIZE)
    message(FATAL_ERROR "MACAW_FUZZ: needs clang++ and no MACAW_SANITIZE; see scripts/fuzz")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
    -fno-omit-frame-pointer "-fsanitize-ignorelist=${PROJECT_SOURCE_DIR}/tests/fuzz/ignore.txt")
  add_link_options(-fsanitize=address,undefined)
endif()

if(MACAW_LTO)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
endif()

add_library(macaw_warnings INTERFACE)
# GCC 12 sees overlapping copies where std::string assigns a literal (GCC bug 105651).
set(gcc12 "$<AND:$<COMPILE_LANG_AND_ID:CXX,GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>")
target_compile_options(macaw_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wcast-align
  -Wnon-virtual-dtor -Woverloaded-virtual -Wformat=2 -Wundef
  $<${gcc12}:-Wno-restrict>
  $<$<BOOL:${MACAW_WERROR}>:-Werror>)
