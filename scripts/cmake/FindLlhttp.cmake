# SPDX-License-Identifier: MIT
# Defines llhttp::llhttp and LLHTTP_VERSION. An installed library wins (CMake config, then
# pkg-config); else the C sources are built: from LLHTTP_ROOT if set, else from where Debian's
# node-llhttp puts them.

if(TARGET llhttp::llhttp)
  set(Llhttp_FOUND TRUE)
  return()
endif()

set(llhttp_how "")
if(NOT LLHTTP_ROOT)
  find_package(llhttp CONFIG QUIET)
  foreach(name IN ITEMS llhttp::llhttp_shared llhttp::llhttp_static llhttp_shared llhttp_static)
    if(NOT TARGET llhttp::llhttp AND TARGET ${name})
      add_library(llhttp::llhttp INTERFACE IMPORTED GLOBAL)
      target_link_libraries(llhttp::llhttp INTERFACE ${name})
      set(LLHTTP_VERSION "${llhttp_VERSION}")
      set(llhttp_how "installed (CMake config)")
    endif()
  endforeach()
  if(NOT TARGET llhttp::llhttp AND PKG_CONFIG_FOUND)
    pkg_check_modules(LIBLLHTTP QUIET IMPORTED_TARGET GLOBAL libllhttp)
    if(LIBLLHTTP_FOUND)
      add_library(llhttp::llhttp ALIAS PkgConfig::LIBLLHTTP)
      set(LLHTTP_VERSION "${LIBLLHTTP_VERSION}")
      set(llhttp_how "installed (pkg-config)")
    endif()
  endif()
endif()

if(NOT TARGET llhttp::llhttp)
  find_path(LLHTTP_INCLUDE_DIR llhttp.h
    HINTS "${LLHTTP_ROOT}/include" "${LLHTTP_ROOT}/build" "${LLHTTP_ROOT}"
    PATHS /usr/share/include/llhttp)
  find_path(LLHTTP_SOURCE_DIR NAMES llhttp.c
    HINTS "${LLHTTP_ROOT}/src" "${LLHTTP_ROOT}"
    PATHS /usr/share/llhttp)
  mark_as_advanced(LLHTTP_INCLUDE_DIR LLHTTP_SOURCE_DIR)
  if(LLHTTP_INCLUDE_DIR AND LLHTTP_SOURCE_DIR)
    file(STRINGS "${LLHTTP_INCLUDE_DIR}/llhttp.h" llhttp_version_lines
      REGEX "#define LLHTTP_VERSION_(MAJOR|MINOR|PATCH) [0-9]+")
    string(REGEX REPLACE "[^0-9;]" "" LLHTTP_VERSION "${llhttp_version_lines}")
    string(REPLACE ";" "." LLHTTP_VERSION "${LLHTTP_VERSION}")
    add_library(macaw_llhttp STATIC
      "${LLHTTP_SOURCE_DIR}/api.c" "${LLHTTP_SOURCE_DIR}/http.c" "${LLHTTP_SOURCE_DIR}/llhttp.c")
    target_include_directories(macaw_llhttp SYSTEM PUBLIC "${LLHTTP_INCLUDE_DIR}")
    set_target_properties(macaw_llhttp PROPERTIES UNITY_BUILD OFF)
    target_compile_options(macaw_llhttp PRIVATE -w)
    if(LLHTTP_STRICT_MODE)
      # The define picks one of two parsers in the same file, so users of the header need it too.
      target_compile_definitions(macaw_llhttp PUBLIC LLHTTP_STRICT_MODE=1)
    endif()
    add_library(llhttp::llhttp ALIAS macaw_llhttp)
    set(llhttp_how "sources in ${LLHTTP_SOURCE_DIR}")
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Llhttp
  REQUIRED_VARS llhttp_how
  VERSION_VAR LLHTTP_VERSION
  REASON_FAILURE_MESSAGE "install node-llhttp (or libllhttp-dev), or set LLHTTP_ROOT")
