// SPDX-License-Identifier: MIT
//
// Writes Records into a replay file of either format through io::OutputFile (so: compressed by
// name, "-" for stdout, whole or not at all). The fast path for plain GETs formats into one buffer.
// Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "macaw/base/result.h"
#include "macaw/replay/file/record.h"

namespace macaw::replay {

/// What a Writer refuses about a record whatever stands before it in the file, for those who would
/// rather go on without it: "found ..., expected ...".
class RecordCheck {
 public:
  explicit RecordCheck(Format format);
  ~RecordCheck();
  RecordCheck(RecordCheck&&) noexcept;
  RecordCheck& operator=(RecordCheck&&) noexcept;

  /// Nothing when it can be written.
  std::optional<std::string> operator()(const Record& record);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class Writer {
 public:
  static Result<Writer> create(std::string path, Format format, Provenance provenance);
  ~Writer();
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;

  /// A record that the format cannot hold (a POST in a URL list, a URL with a blank) is an Error.
  Status write(const Record& record);
  /// Makes the file appear.
  Status commit();

  uint64_t records_written() const;

 private:
  struct Impl;
  explicit Writer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// "txt" and "jsonl"; by path: the ending before .gz/.zst, .jsonl is JSON lines, .txt a URL list,
/// anything else `otherwise`.
Result<Format> parse_format(std::string_view name);
Format format_of_path(std::string_view path, Format otherwise = Format::kUrlList);

}  // namespace macaw::replay
