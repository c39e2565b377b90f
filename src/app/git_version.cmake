# SPDX-License-Identifier: MIT
# cmake -DSOURCE_DIR=... -DOUTPUT=git_version.h -P git_version.cmake
#
# Writes which commit is being built. The file changes only when the commit does, so that asking at
# every build rebuilds nothing.

cmake_minimum_required(VERSION 3.25)

set(git_version "unknown")
find_program(git git)
if(git)
  execute_process(
    COMMAND "${git}" -C "${SOURCE_DIR}" describe --always --abbrev=12 --exclude * --dirty
    OUTPUT_VARIABLE described
    RESULT_VARIABLE failed
    OUTPUT_STRIP_TRAILING_WHITESPACE
    ERROR_QUIET)
  if(NOT failed)
    set(git_version "${described}")
  endif()
endif()

file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT
"// Generated. Do not edit.
#pragma once

namespace macaw::app {
inline constexpr const char kGitVersion[] = \"@git_version@\";
}  // namespace macaw::app
" @ONLY)
