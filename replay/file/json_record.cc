// SPDX-License-Identifier: MIT
#include "json_record.h"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <string>

#include "json_handler.h"
#include "json_text.h"
#include "macaw/base/ascii.h"
#include "macaw/replay/file/expectation.h"
#include "macaw/replay/file/template_text.h"

namespace macaw::replay {

namespace {

void clear(Record& record) {
  record.method.assign("GET");
  record.url.clear();
  record.body.clear();
  record.body_file.clear();
  record.time.reset();
  record.name.clear();
  record.user.clear();
  record.expect.clear();
  record.grpc_call.clear();
  record.grpc_message.clear();
  record.is_template = false;
}

}  // namespace

std::string describe_json_error(rapidjson::ParseErrorCode code) {
  std::string text = rapidjson::GetParseError_En(code);
  if (!text.empty()) {
    text.front() = static_cast<char>(text.front() | 0x20);
    text.erase(text.find_last_not_of('.') + 1);
  }
  return fmt::format("found bad JSON: {}", text);
}

struct JsonRecordParser::Impl {
  rapidjson::Reader reader;
  JsonHandler handler;
  std::string buffer;          // the parser overwrites it
  std::string checked_expect;  // the last one that was found right: the next is often the same

  std::optional<Fault> check_expect(const Record& record);
  std::optional<Fault> check_template(std::string_view line, const Record& record) const;
};

/// Finds fault with the first reference in `text` that has one; its column is that of the same
/// bytes in the line from `column` on, or `column` when they stand there escaped.
std::optional<Fault> check_references(std::string_view text, std::string_view line, size_t column) {
  size_t at = 0;
  while (auto place = next_reference(text, at)) {
    if (!place->fault.empty()) {
      const size_t found = line.find(text.substr(place->begin, place->end - place->begin), column);
      return Fault{found == std::string_view::npos ? column : found + 1, std::move(place->fault)};
    }
    at = place->end;
  }
  return std::nullopt;
}

std::optional<Fault> JsonRecordParser::Impl::check_template(std::string_view line,
                                                            const Record& record) const {
  if (!record.is_template) {
    return std::nullopt;
  }
  const std::string_view url = record.url;
  const size_t host_end = url.starts_with('/') ? 0 : url.find_first_of("/?#", url.find("//") + 2);
  if (const auto first = next_reference(url, 0); first && first->begin < host_end) {
    const size_t found = line.find("${", handler.url_column());
    return Fault{found == std::string_view::npos ? handler.url_column() : found + 1,
                 "found a ${ in the host, expected it in the path or query"};
  }
  if (auto fault = check_references(url, line, handler.url_column())) {
    return fault;
  }
  for (const Header& header : record.headers) {
    if (auto fault = check_references(header.value, line, handler.header_column())) {
      return fault;
    }
  }
  return check_references(record.body, line, handler.body_column());
}

std::optional<Fault> JsonRecordParser::Impl::check_expect(const Record& record) {
  if (record.expect.empty() || record.expect == checked_expect) {
    return std::nullopt;
  }
  ExpectationResult parsed = parse_expectation(record.expect);
  if (!parsed.expectation) {
    return Fault{handler.expect_column() + parsed.column - 1, std::move(parsed.fault)};
  }
  checked_expect = record.expect;
  return std::nullopt;
}

JsonRecordParser::JsonRecordParser() : impl_(std::make_unique<Impl>()) {}

JsonRecordParser::~JsonRecordParser() = default;

std::optional<Fault> JsonRecordParser::parse(std::string_view line, Record& record,
                                             std::optional<Provenance>* provenance) {
  clear(record);
  const size_t begin = std::min(line.find_first_not_of(" \t\r"), line.size());
  if (!line.substr(begin).starts_with('{')) {
    return Fault{begin + 1, fmt::format("found {}, expected a JSON object, as the file begins with",
                                        in_quotes(line.substr(begin)))};
  }
  // To the parser a NUL is the end, and what follows would go unread.
  if (const size_t nul = line.find('\0'); nul != std::string_view::npos) {
    return Fault{nul + 1, "found a NUL byte, expected JSON text"};
  }
  impl_->buffer.assign(line);
  impl_->buffer.append(3, '\0');  // the parser reads a UTF-8 sequence to its end, cut or not
  rapidjson::InsituStringStream stream(impl_->buffer.data());
  JsonHandler& handler = impl_->handler;
  handler.start(line, impl_->buffer.data(), &stream, &record, provenance);
  const rapidjson::ParseResult result = impl_->reader.Parse<kJsonTextFlags>(stream, handler);
  if (handler.fault()) {
    return handler.fault();
  }
  if (result.IsError()) {
    return Fault{result.Offset() + 1, describe_json_error(result.Code())};
  }
  if (!handler.has(JsonField::kUrl) && !handler.has(JsonField::kCall)) {
    return Fault{1, "found no 'url', expected one (or 'call')"};
  }
  if (handler.has(JsonField::kMessage) && !handler.has(JsonField::kCall)) {
    return Fault{1, "found 'message' without 'call', expected both"};
  }
  if (auto fault = impl_->check_template(line, record)) {
    return fault;
  }
  return impl_->check_expect(record);
}

size_t JsonRecordParser::time_column() const {
  return impl_->handler.time_column();
}

}  // namespace macaw::replay
