// SPDX-License-Identifier: MIT
//
// The temporary files that exist right now, in a table that a signal handler may read. Private to
// io. Thread: any.
#pragma once

#include <string>

namespace macaw::io {

/// Keeps `path` in the table while it lives. When the table is full or the path too long, it keeps
/// nothing: a signal then leaves that file behind, which is not worth failing for.
class PartialFileEntry {
 public:
  explicit PartialFileEntry(const std::string& path);
  ~PartialFileEntry();
  PartialFileEntry(const PartialFileEntry&) = delete;
  PartialFileEntry& operator=(const PartialFileEntry&) = delete;

 private:
  int slot_ = -1;
};

}  // namespace macaw::io
