// SPDX-License-Identifier: MIT
//
// Reads a text file line by line in constant memory: plain, .gz or .zst (recognised by its first
// bytes, not its name), or "-" for stdin. Counts lines, remembers where it is, and hashes the
// uncompressed bytes on request, so that one pass gives both content and identity.
// Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "macaw/base/result.h"

namespace macaw::io {

/// UTF-8's, which some editors put before the first line.
inline constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

struct LineReaderOptions {
  /// A longer line is an error with its position: a binary file must not eat the memory.
  size_t line_bytes_max = size_t{64} << 20;
  bool hash = false;
};

class LineReader {
 public:
  static Result<LineReader> open(std::string path, LineReaderOptions options = {});
  ~LineReader();
  LineReader(LineReader&&) noexcept;
  LineReader& operator=(LineReader&&) noexcept;

  /// The next line without its end ("\n" or "\r\n"), valid until the next call; nullopt at the end
  /// of the file. A last line without a newline is a line. Errors: unreadable, damaged or cut-off
  /// compressed data, a line too long; after one, every later call returns it again.
  Result<std::optional<std::string_view>> next();

  /// As given; messages call "-" stdin.
  const std::string& path() const;
  /// Number of the line that next() returned last, from 1; 0 before the first.
  uint64_t line() const;
  /// `path:line:column: what`, for the current line.
  Error error(uint64_t column, std::string_view what) const;
  /// The same for a line that has been read before.
  Error error_at(uint64_t line, uint64_t column, std::string_view what) const;
  /// True if the current line ended with a newline (a torn last line does not).
  bool line_was_ended() const;

  /// Uncompressed bytes taken in so far; at the end of the file, all of them.
  uint64_t bytes() const;
  /// For progress: bytes read of the file as it lies on disk, and its size (0 when unknown).
  uint64_t bytes_on_disk_read() const;
  uint64_t bytes_on_disk() const;
  /// Hash of all uncompressed bytes, 64 hex digits. REQUIRES: options.hash, and next() has returned
  /// the end.
  std::string sha256() const;

 private:
  struct Impl;
  explicit LineReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// A whole small file (uncompressed as it is). Error names the path and the reason.
Result<std::string> read_file(const std::string& path);

/// A whole file, decompressed if it is gzip or zstd. Error names the path and the reason; one is
/// that there are more than `bytes_max`.
Result<std::string> read_file_decompressed(const std::string& path, size_t bytes_max);

}  // namespace macaw::io
