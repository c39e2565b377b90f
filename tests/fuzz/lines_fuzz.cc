// SPDX-License-Identifier: MIT
//
// Lines out of a plain or a compressed file. Of a plain one, the lines are the file. Input: the
// file.

#include <string>
#include <string_view>

#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/base/hash.h"
#include "macaw/io/line_reader.h"

namespace macaw::fuzz {
namespace {

constexpr size_t kLineBytesMax = 1024;
/// A few compressed bytes can be hundreds of megabytes of empty lines.
constexpr uint64_t kLinesMax = 10'000;

/// Everything that is not the beginning of a gzip or zstd file.
bool is_plain(std::string_view bytes) {
  return !bytes.starts_with("\x1f\x8b") && !bytes.starts_with("\x28\xb5\x2f\xfd") &&
         !(bytes.size() >= 4 && bytes.substr(1, 3) == "\x2a\x4d\x18");
}

void check_file(std::string_view bytes) {
  const MemoryFile file(bytes);
  auto reader = io::LineReader::open(file.path(), {.line_bytes_max = kLineBytesMax, .hash = true});
  if (!reader.ok()) {
    MACAW_CHECK(!is_plain(bytes));
    return;
  }
  std::string text;
  for (;;) {
    const auto line = reader->next();
    if (!line.ok()) {
      const auto again = reader->next();
      MACAW_CHECK(!again.ok() && again.error().message() == line.error().message());
      MACAW_CHECK(!is_plain(bytes) || names_line(line.error().message(), file.path()));
      return;
    }
    if (!*line) {
      break;
    }
    MACAW_CHECK((*line)->size() <= kLineBytesMax);
    text.append(**line);
    if (reader->line_was_ended()) {
      text += '\n';
    }
    if (reader->line() == kLinesMax) {
      return;
    }
  }
  if (is_plain(bytes)) {
    std::string expected;
    for (size_t k = 0; k < bytes.size(); ++k) {
      if (bytes.substr(k, 2) != "\r\n") {
        expected += bytes[k];
      }
    }
    MACAW_CHECK(text == expected);
    MACAW_CHECK(reader->bytes() == bytes.size());
    Sha256 hash;
    hash.update(bytes);
    MACAW_CHECK(reader->sha256() == hash.finish());
  }
}

}  // namespace
}  // namespace macaw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  macaw::fuzz::check_file(macaw::fuzz::FuzzInput(data, size).rest());
  return 0;
}
