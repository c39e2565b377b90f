// SPDX-License-Identifier: MIT
//
// Writes a file that appears whole or not at all: bytes go to a hidden temporary file beside the
// target, and commit() flushes, syncs and renames. An existing file keeps its permissions; symbolic
// links are followed. Compresses by the name's ending (.gz, .zst). "-" is stdout; that, devices and
// pipes are written directly. An object destroyed without commit() removes its temporary file. So
// does a SIGINT, SIGTERM or SIGHUP of a program that called remove_partial_files_on_signals().
// Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "macaw/base/result.h"

namespace macaw::io {

class OutputFile {
 public:
  static Result<OutputFile> create(std::string path);
  ~OutputFile();
  OutputFile(OutputFile&&) noexcept;
  OutputFile& operator=(OutputFile&&) noexcept;

  /// Buffered. Errors: the disk is full, the pipe is closed, ... After one, all later calls fail
  /// too.
  Status write(std::string_view bytes);
  /// Makes the file appear under its name. Nothing may be written afterwards.
  Status commit();

  const std::string& path() const;
  /// Uncompressed bytes accepted so far.
  uint64_t bytes_written() const;

 private:
  struct Impl;
  explicit OutputFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Installs handlers that unlink the temporary files of the open OutputFiles (16 at a time) and let
/// the signal end the process (a shell shows 128 + signal). Signals that are ignored stay ignored.
/// For programs without an event loop (create-replay).
void remove_partial_files_on_signals();

}  // namespace macaw::io
