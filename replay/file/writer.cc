// SPDX-License-Identifier: MIT
//
// What is written can be read: every record passes the checks that the reader makes.
#include "macaw/replay/file/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "json_output.h"
#include "macaw/base/ascii.h"
#include "macaw/io/output_file.h"
#include "provenance.h"
#include "text.h"
#include "url_check.h"

namespace macaw::replay {

namespace {

/// What a URL list has no place for, or nullptr.
const char* beyond_url_list(const Record& record) {
  const std::pair<bool, const char*> found[] = {
      {record.method != "GET", "a method other than GET"},
      {!record.headers.empty(), "headers"},
      {!record.body.empty() || !record.body_file.empty(), "a body"},
      {record.time.has_value(), "a time"},
      {!record.name.empty(), "a name"},
      {!record.user.empty(), "a user"},
      {!record.expect.empty(), "an expectation"},
      {record.is_template, "a template"},
      {!record.grpc_call.empty() || !record.grpc_message.empty(), "a gRPC call"},
  };
  for (const auto& [is_there, what] : found) {
    if (is_there) {
      return what;
    }
  }
  return nullptr;
}

/// The reader's checks of methods, headers, bodies and names.
std::optional<std::string> check_fields(const Record& record) {
  if (!is_token(record.method)) {
    return fmt::format("found method {}, expected a word such as GET", in_quotes(record.method));
  }
  for (const Header& header : record.headers) {
    if (!is_token(header.name) || !is_header_value(header.value)) {
      return fmt::format(
          "found header {} with value {}, expected a header without control characters",
          in_quotes(header.name), in_quotes(header.value));
    }
  }
  if (!record.body.empty() && !record.body_file.empty()) {
    return "found a body and a body_file, expected one of them";
  }
  for (const std::string* text : {&record.body_file, &record.name, &record.user}) {
    if (!is_plain_text(*text)) {
      return fmt::format("found {}, expected no control characters", in_quotes(*text));
    }
  }
  if (has_blank_or_control(record.grpc_call)) {
    return fmt::format("found call {}, expected package.Service/Method",
                       in_quotes(record.grpc_call));
  }
  if (record.grpc_call.empty() && !record.grpc_message.empty()) {
    return "found a gRPC message without a call, expected both";
  }
  return std::nullopt;
}

/// The reader's checks of everything but the raw JSON.
std::optional<std::string> check_content(const Record& record, Format format, UrlCheck& url_check) {
  if (format == Format::kUrlList) {
    if (const char* what = beyond_url_list(record)) {
      return fmt::format("a URL list cannot hold {} (JSON lines can)", what);
    }
  }
  if (!record.url.empty() || record.grpc_call.empty()) {
    if (const auto fault = url_check(record.url)) {
      return fmt::format("{} (at byte {} of the URL)", fault->message, fault->column);
    }
  }
  return format == Format::kUrlList ? std::nullopt : check_fields(record);
}

}  // namespace

struct RecordCheck::Impl {
  explicit Impl(Format file_format) : format(file_format) {}

  Format format;
  UrlCheck url_check;
  JsonOutput json;
};

RecordCheck::RecordCheck(Format format) : impl_(std::make_unique<Impl>(format)) {}

RecordCheck::~RecordCheck() = default;
RecordCheck::RecordCheck(RecordCheck&&) noexcept = default;
RecordCheck& RecordCheck::operator=(RecordCheck&&) noexcept = default;

std::optional<std::string> RecordCheck::operator()(const Record& record) {
  auto wrong = check_content(record, impl_->format, impl_->url_check);
  if (wrong || impl_->format == Format::kUrlList) {
    return wrong;
  }
  if (record.time && *record.time < Nanos(0)) {
    return "found a time before 0";
  }
  std::string_view line;
  return impl_->json.format(record, nullptr, line);
}

struct Writer::Impl {
  Impl(io::OutputFile output, Format file_format, Provenance file_provenance)
      : file(std::move(output)), format(file_format), provenance(std::move(file_provenance)) {}

  io::OutputFile file;
  Format format;
  Provenance provenance;
  UrlCheck url_check;
  JsonOutput json;
  uint64_t records = 0;
  std::optional<Nanos> last_time;

  Error error(std::string_view what) const {
    return Error::at(file.path() == "-" ? "stdout" : file.path(), 0, 0,
                     fmt::format("cannot write record {}: {}", records + 1, what));
  }

  Status write_url(const Record& record);
  Status write_json(const Record& record);
  Status check_time(const Record& record) const;
};

Status Writer::Impl::write_url(const Record& record) {
  if (const auto wrong = check_content(record, format, url_check)) {
    return error(*wrong);
  }
  MACAW_TRY(file.write(record.url));
  MACAW_TRY(file.write("\n"));
  ++records;
  return {};
}

Status Writer::Impl::write_json(const Record& record) {
  if (const auto wrong = check_content(record, format, url_check)) {
    return error(*wrong);
  }
  MACAW_TRY(check_time(record));
  std::string_view line;
  if (const auto wrong = json.format(record, records == 0 ? &provenance : nullptr, line)) {
    return error(*wrong);
  }
  MACAW_TRY(file.write(line));
  last_time = record.time;
  ++records;
  return {};
}

Status Writer::Impl::check_time(const Record& record) const {
  if (record.time && *record.time < Nanos(0)) {
    return error("found a time before 0");
  }
  if (records > 0 && record.time.has_value() != last_time.has_value()) {
    return error("found records with and without a time, expected it in all or in none");
  }
  if (record.time && last_time && *record.time < *last_time) {
    return error(
        "found an earlier time than the record's before, expected times that do not go backwards");
  }
  return {};
}

Writer::Writer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Writer::~Writer() = default;
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;

Result<Writer> Writer::create(std::string path, Format format, Provenance provenance) {
  MACAW_CHECK(provenance.version == kFormatVersion, "version={}", provenance.version);
  Provenance checked;
  for (const auto& [key, value] : provenance.fields) {
    if (const auto fault = add_field(key, value, checked)) {
      return Error(fault->message);
    }
    if (key == "version") {
      return Error("found provenance key 'version', which is the format's own");
    }
  }
  MACAW_TRY_ASSIGN(io::OutputFile file, io::OutputFile::create(std::move(path)));
  if (format == Format::kUrlList) {
    MACAW_TRY(file.write(format_provenance(provenance)));
    MACAW_TRY(file.write("\n"));
  }
  return Writer(std::make_unique<Impl>(std::move(file), format, std::move(provenance)));
}

Status Writer::write(const Record& record) {
  return impl_->format == Format::kUrlList ? impl_->write_url(record) : impl_->write_json(record);
}

Status Writer::commit() {
  return impl_->file.commit();
}

uint64_t Writer::records_written() const {
  return impl_->records;
}

Result<Format> parse_format(std::string_view name) {
  if (name == "txt") {
    return Format::kUrlList;
  }
  if (name == "jsonl") {
    return Format::kJsonLines;
  }
  return errorf("found format '{}', expected txt or jsonl", name);
}

Format format_of_path(std::string_view path, Format otherwise) {
  for (const std::string_view ending : {std::string_view(".gz"), std::string_view(".zst")}) {
    if (path.ends_with(ending)) {
      path.remove_suffix(ending.size());
      break;
    }
  }
  return path.ends_with(".jsonl") ? Format::kJsonLines
         : path.ends_with(".txt") ? Format::kUrlList
                                  : otherwise;
}

}  // namespace macaw::replay
