// SPDX-License-Identifier: MIT
#include "json_record.h"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <string>

#include "json_handler.h"
#include "json_text.h"
#include "macaw/replay/file/expectation.h"

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
};

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
                                        quoted(line.substr(begin)))};
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
  return impl_->check_expect(record);
}

size_t JsonRecordParser::time_column() const {
  return impl_->handler.time_column();
}

}  // namespace macaw::replay
