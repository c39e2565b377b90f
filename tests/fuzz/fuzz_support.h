// SPDX-License-Identifier: MIT
//
// What the fuzz targets share. A target takes any bytes, gives them to code that reads what others
// wrote, and stops the program (MACAW_CHECK) where a promise of that code's header is broken; the
// sanitizers watch the rest. Thread: libFuzzer's only one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "support/unique_fd.h"

namespace macaw::fuzz {

/// A file in memory, for readers that take a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes);

  const std::string& path() const { return path_; }

 private:
  test::UniqueFd fd_;
  std::string path_;
};

/// Whether a message begins with "path:line: ".
bool names_line(std::string_view message, std::string_view path);
/// Whether it begins with "path:line:column: ", each from 1.
bool names_line_and_column(std::string_view message, std::string_view path);

/// Compressed inputs are the business of lines_fuzz.cc.
bool is_uncompressed(std::string_view bytes);

/// The input, taken from its front.
class FuzzInput {
 public:
  FuzzInput(const uint8_t* data, size_t size);

  /// 0 when nothing is left.
  uint8_t take_byte();
  /// Up to the separator, which goes too; everything if there is none.
  std::string_view take_until(std::string_view separator);

  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
};

}  // namespace macaw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
