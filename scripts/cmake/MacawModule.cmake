# SPDX-License-Identifier: MIT
# The three shapes a target can have here: a module, a program, a test executable.

# macaw_module(<name> SOURCES a.cc ... [USES base ...] [LINKS x::y ...] [PRIVATE_LINKS x::y ...])
#
# The static library macaw_<name>. USES are other modules, LINKS are third-party libraries whose
# headers appear in the module's contract, PRIVATE_LINKS those that stay inside.
function(macaw_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES;LINKS;PRIVATE_LINKS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "macaw_module(${name}): unexpected ${arg_UNPARSED_ARGUMENTS}")
  endif()
  list(TRANSFORM arg_USES PREPEND macaw_)
  set(target macaw_${name})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}/include")
    target_link_libraries(${target}
      PUBLIC ${arg_USES} ${arg_LINKS} Threads::Threads
      PRIVATE ${arg_PRIVATE_LINKS} macaw_warnings)
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE "${PROJECT_SOURCE_DIR}/include")
    target_link_libraries(${target} INTERFACE ${arg_USES} ${arg_LINKS} ${arg_PRIVATE_LINKS})
  endif()
endfunction()

# macaw_program(<name> SOURCES main.cc [LINKS macaw_x ...]): a program in <build>/bin.
function(macaw_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINKS} macaw_warnings)
  install(TARGETS ${name} RUNTIME)
endfunction()

# macaw_test(<exe> LABEL unit|loop|store|cli SOURCES a_test.cc ... LINKS macaw_x ...
#            [TIMEOUT seconds] [ENV K=V ...] [DEPENDS target ...])
#
# One executable, and one CTest entry per file whose name ends in _test.cc; that file's suite has
# the file's name without .cc. Entries are called <exe>.<suite>.
function(macaw_test exe)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL;TIMEOUT" "SOURCES;LINKS;ENV;DEPENDS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "macaw_test(${exe}): unexpected ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_LABEL)
    message(FATAL_ERROR "macaw_test(${exe}): LABEL is missing")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  if(MACAW_SANITIZE)
    math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 4")
  endif()
  add_executable(${exe} ${arg_SOURCES})
  set_target_properties(${exe} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/test-bin")
  target_include_directories(${exe} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(${exe} PRIVATE ${arg_LINKS} test_main macaw_warnings)
  target_compile_options(${exe} PRIVATE -O0)
  target_precompile_headers(${exe} REUSE_FROM test_headers)
  if(arg_DEPENDS)
    add_dependencies(${exe} ${arg_DEPENDS})
  endif()
  foreach(source IN LISTS arg_SOURCES)
    cmake_path(GET source STEM suite)
    if(NOT suite MATCHES "_test$")
      continue()
    endif()
    add_test(NAME ${exe}.${suite}
      COMMAND ${exe} --run_test=${suite} --catch_system_errors=no --color_output=no)
    if(arg_LABEL MATCHES "^(loop|cli)$")
      # They watch the clock; a neighbour on the same core would be in the picture.
      set_tests_properties(${exe}.${suite} PROPERTIES RUN_SERIAL ON)
    endif()
    set_tests_properties(${exe}.${suite} PROPERTIES
      LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT} ENVIRONMENT "${arg_ENV}")
  endforeach()
endfunction()
