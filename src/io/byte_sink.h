// SPDX-License-Identifier: MIT
//
// Bytes into a file descriptor, compressed on the way or not. Errors say what went wrong but not
// where: the caller knows the path. Private to io. Thread: one object belongs to one thread.
#pragma once

#include <memory>
#include <string_view>

#include "macaw/base/result.h"

namespace macaw::io {

/// Writes all of it, however often the system takes only a part.
Status write_all(int fd, std::string_view bytes);

class ByteSink {
 public:
  /// Chosen by the ending of `path`: .gz, .zst, or plain. Does not own `fd`.
  static std::unique_ptr<ByteSink> make(std::string_view path, int fd);

  virtual ~ByteSink() = default;
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;

  virtual Status write(std::string_view bytes) = 0;
  /// Ends the compressed stream. Nothing may be written afterwards.
  virtual Status finish() = 0;

 protected:
  ByteSink() = default;
};

}  // namespace macaw::io
