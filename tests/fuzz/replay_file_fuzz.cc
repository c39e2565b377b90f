// SPDX-License-Identifier: MIT
//
// Replay files of both formats. Errors name their place; the survey and the reader agree; a record
// that was read can be written, and read again as the same. Input: the file, not compressed.

#include <optional>
#include <string>
#include <string_view>

#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/http/url.h"
#include "macaw/replay/file/reader.h"
#include "replay/file/json_output.h"
#include "replay/file/json_record.h"

namespace macaw::fuzz {
namespace {

void check_record(const replay::Record& record, replay::Format format) {
  MACAW_CHECK(record.line > 0);
  MACAW_CHECK(!record.url.empty() || !record.grpc_call.empty());
  MACAW_CHECK(record.url.empty() || http::parse_url(record.url).url);
  MACAW_CHECK(!record.time || *record.time >= Nanos(0));
  MACAW_CHECK(record.body.empty() || record.body_file.empty());
  replay::JsonOutput output;
  std::string_view line;
  if (const auto refusal = output.format(record, nullptr, line)) {
    // Only a URL list can hold what JSON cannot. A carriage return between the tokens of raw JSON
    // is read and not written: it looks like the end of a line.
    const bool has_return = (record.expect + record.grpc_message).find('\r') != std::string::npos;
    MACAW_CHECK(format == replay::Format::kUrlList || has_return, "{}", *refusal);
    return;
  }
  MACAW_CHECK(line.ends_with('\n') && line.find('\n') + 1 == line.size());
  line.remove_suffix(1);
  replay::JsonRecordParser parser;
  replay::Record again;
  const auto fault = parser.parse(line, again, nullptr);
  MACAW_CHECK(!fault, "{} in {}", fault->message, line);
  again.line = record.line;
  MACAW_CHECK(again == record, "{}", line);
}

void check_file(std::string_view bytes) {
  const MemoryFile file(bytes);
  auto reader = replay::Reader::open(file.path(), {.hash = true});
  if (!reader.ok()) {
    MACAW_CHECK(names_line(reader.error().message(), file.path()), "{}", reader.error().message());
    return;
  }
  uint64_t records = 0;
  std::optional<std::string> complaint;
  replay::Record record;
  for (uint64_t line = 0;;) {
    const auto more = reader->next(record);
    if (!more.ok()) {
      complaint = more.error().message();
      MACAW_CHECK(names_line_and_column(*complaint, file.path()), "{}", *complaint);
      break;
    }
    if (!*more) {
      break;
    }
    MACAW_CHECK(record.line > line);
    line = record.line;
    ++records;
    check_record(record, reader->format());
  }
  const auto survey = replay::survey_file(file.path(), nullptr);
  if (complaint) {
    MACAW_CHECK(!survey.ok() && survey.error().message() == *complaint);
  } else if (survey.ok()) {
    MACAW_CHECK(survey->records == records);
    MACAW_CHECK(survey->bytes == bytes.size());
    MACAW_CHECK(survey->sha256 == reader->sha256());
    MACAW_CHECK(survey->provenance == reader->provenance());
  } else {
    MACAW_CHECK(records == 0, "{}", survey.error().message());
  }
}

}  // namespace
}  // namespace macaw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes = macaw::fuzz::FuzzInput(data, size).rest();
  const bool compressed = bytes.starts_with("\x1f\x8b") || bytes.starts_with("\x28\xb5\x2f\xfd") ||
                          (bytes.size() >= 4 && bytes.substr(1, 3) == "\x2a\x4d\x18");
  if (!compressed) {
    macaw::fuzz::check_file(bytes);
  }
  return 0;
}
