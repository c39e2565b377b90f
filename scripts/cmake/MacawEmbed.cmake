# SPDX-License-Identifier: MIT
# macaw_embed(<target> NAMESPACE ui VAR page_html FILE web/page.html)
#
# Puts the file's bytes into the target as macaw::<NAMESPACE>::<VAR>, a constant std::string_view
# declared in "embed/<VAR>.h". Made again whenever the file changes. The same file is the script
# that writes the source (cmake -P), so that both halves stay together.

if(CMAKE_SCRIPT_MODE_FILE)
  file(READ "${FILE}" bytes HEX)
  string(LENGTH "${bytes}" digits)
  math(EXPR size "${digits} / 2")
  # Every byte is an escape, so none can run on into its neighbour.
  string(REGEX REPLACE "(..)" "\\\\x\\1" text "${bytes}")
  file(WRITE "${OUTPUT}"
"// Generated from a file of ${size} bytes. Do not edit.
#include \"embed/${VAR}.h\"

namespace macaw::${NAMESPACE} {
constinit const std::string_view ${VAR}{\"${text}\", ${size}};
}  // namespace macaw::${NAMESPACE}
")
  return()
endif()

set(MACAW_EMBED_SCRIPT "${CMAKE_CURRENT_LIST_FILE}")

function(macaw_embed target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "NAMESPACE;VAR;FILE" "")
  foreach(needed IN ITEMS NAMESPACE VAR FILE)
    if(NOT arg_${needed})
      message(FATAL_ERROR "macaw_embed(${target}): ${needed} is missing")
    endif()
  endforeach()
  cmake_path(ABSOLUTE_PATH arg_FILE BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
  if(NOT EXISTS "${arg_FILE}")
    message(FATAL_ERROR "macaw_embed(${target}): ${arg_FILE} is missing"
      " (if it is below node_modules, run scripts/setup)")
  endif()
  set(dir "${CMAKE_CURRENT_BINARY_DIR}/generated")
  set(output "${dir}/embed/${arg_NAMESPACE}_${arg_VAR}.cc")
  set(header
"// Generated. Do not edit.
#pragma once

#include <string_view>

namespace macaw::${arg_NAMESPACE} {
// NOLINTNEXTLINE(readability-identifier-naming): named after its file
extern const std::string_view ${arg_VAR};
}  // namespace macaw::${arg_NAMESPACE}
")
  file(CONFIGURE OUTPUT "${dir}/embed/${arg_VAR}.h" CONTENT "${header}" @ONLY)
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DFILE=${arg_FILE}" "-DOUTPUT=${output}" "-DVAR=${arg_VAR}"
      "-DNAMESPACE=${arg_NAMESPACE}" -P "${MACAW_EMBED_SCRIPT}"
    DEPENDS "${arg_FILE}" "${MACAW_EMBED_SCRIPT}"
    COMMENT "Embedding ${arg_VAR}"
    VERBATIM)
  set_source_files_properties("${output}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(${target} PRIVATE "${output}")
  target_include_directories(${target} PRIVATE "${dir}")
endfunction()
