// SPDX-License-Identifier: MIT
//
// The bytes of a file after decompression. What a file is compressed with is told by its first
// bytes, not by its name. Knows nothing of lines. Private to io. Thread: one object belongs to one
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "macaw/base/result.h"

namespace macaw::io {

/// How a path is called in messages: "-" is "stdin".
std::string display_name(const std::string& path);

/// A file descriptor that is read from its beginning to its end, with a buffer in front. Errors
/// name the file.
class RawFile {
 public:
  static Result<std::unique_ptr<RawFile>> open(const std::string& path);
  ~RawFile();
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;

  /// What the buffer holds and nobody has taken yet.
  std::string_view buffered() const { return {buffer_.get() + begin_, end_ - begin_}; }

  void take(size_t count) { begin_ += count; }

  /// Makes buffered() at least `count` bytes long, unless the file ends before.
  Status fill(size_t count);
  /// Buffered bytes first, then straight from the file; 0 at its end.
  Result<size_t> read(char* out, size_t size);

  const std::string& name() const { return name_; }

  uint64_t bytes_read() const { return bytes_read_; }

  /// 0 when it is no regular file.
  uint64_t bytes_total() const { return bytes_total_; }

 private:
  RawFile(std::string name, int fd);
  Result<size_t> read_some(char* out, size_t size);

  std::string name_;
  int fd_;
  uint64_t bytes_read_ = 0;
  uint64_t bytes_total_ = 0;
  std::unique_ptr<char[]> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

class ByteSource {
 public:
  static Result<std::unique_ptr<ByteSource>> open(const std::string& path);

  virtual ~ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  /// At least one byte, unless the data has ended: then 0. A compressed stream that is damaged or
  /// cut off is an Error that names the file.
  virtual Result<size_t> read(char* out, size_t size) = 0;

  const RawFile& file() const { return *file_; }

 protected:
  explicit ByteSource(std::unique_ptr<RawFile> file) : file_(std::move(file)) {}

  RawFile& raw() { return *file_; }

 private:
  std::unique_ptr<RawFile> file_;
};

}  // namespace macaw::io
