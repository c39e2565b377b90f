// SPDX-License-Identifier: MIT
#include "json_handler.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "macaw/base/ascii.h"
#include "macaw/base/base64.h"
#include "macaw/base/check.h"
#include "macaw/http/request_encoder.h"
#include "provenance.h"
#include "seconds.h"

namespace macaw::replay {

namespace {

constexpr std::array<std::string_view, kJsonFieldCount - 2> kFieldNames = {
    "method", "url",  "header", "body",   "text", "body_file",
    "t",      "name", "user",   "expect", "call", "message"};
constexpr std::string_view kProvenanceKey = "x-macaw";
constexpr std::string_view kTemplateKey = "template";

std::string_view type_expected(JsonField field) {
  switch (field) {
    case JsonField::kHeader:
      return "an object of header names and values";
    case JsonField::kT:
      return "a number of seconds";
    case JsonField::kExpect:
      return "a string or an object";
    case JsonField::kMessage:
    case JsonField::kProvenance:
      return "an object";
    default:
      return "a string";
  }
}

/// RapidJSON refuses the first half of a surrogate pair without the second, but lets the second
/// pass alone. Bytes that are no UTF-8 do not come so far, so these are from an escape.
bool has_half_surrogate(std::string_view text) {
  for (size_t at = text.find('\xed'); at != std::string_view::npos;
       at = text.find('\xed', at + 1)) {
    if (static_cast<unsigned char>(text[at + 1]) >= 0xa0) {
      return true;
    }
  }
  return false;
}

constexpr bool is_body(JsonField field) {
  return field == JsonField::kBody || field == JsonField::kText || field == JsonField::kBodyFile;
}

}  // namespace

void JsonHandler::start(std::string_view line, const char* buffer,
                        rapidjson::InsituStringStream* stream, Record* record,
                        std::optional<Provenance>* provenance) {
  line_ = line;
  buffer_ = buffer;
  stream_ = stream;
  record_ = record;
  provenance_ = provenance;
  place_ = Place::kOutside;
  seen_.fill(false);
  time_column_ = 1;
  header_count_ = 0;
  has_host_ = false;
  url_column_ = header_column_ = body_column_ = 1;
  fault_.reset();
}

bool JsonHandler::refuse(size_t column, std::string message) {
  fault_ = Fault{column, std::move(message)};
  return false;
}

bool JsonHandler::wrong_type(size_t column, std::string_view found) {
  switch (place_) {
    case Place::kHeader:
      return refuse(column,
                    fmt::format("found {} for header {}, expected a string or an array of strings",
                                found, in_quotes(header_name_)));
    case Place::kHeaderArray:
      return refuse(column, fmt::format("found {} among the values of header {}, expected a string",
                                        found, in_quotes(header_name_)));
    case Place::kProvenance:
      return refuse(column,
                    provenance_key_ == kTemplateKey
                        ? fmt::format("found {} for 'template', expected true or false", found)
                        : fmt::format("found {} for provenance key {}, expected a string "
                                      "or a number",
                                      found, in_quotes(provenance_key_)));
    default:
      break;
  }
  const std::string_view name =
      field_ == JsonField::kProvenance ? kProvenanceKey : kFieldNames[static_cast<size_t>(field_)];
  return refuse(column,
                fmt::format("found {} for '{}', expected {}", found, name, type_expected(field_)));
}

/// A value that no field of ours takes, unless it is skipped.
bool JsonHandler::scalar(size_t column, std::string_view found) {
  const bool ignored = place_ == Place::kSkipped || is_foreign_value() ||
                       (place_ == Place::kRecord && field_ == JsonField::kExtension);
  return ignored || wrong_type(column, found);
}

/// In situ, a string stands where it was read, behind its opening quote; so the offset from 0 is
/// the quote's column.
size_t JsonHandler::column_of(const char* text) const {
  return static_cast<size_t>(text - buffer_);
}

bool JsonHandler::Null() {
  // vegeta's targets may have a null body or header.
  if (place_ == Place::kRecord && (field_ == JsonField::kBody || field_ == JsonField::kHeader)) {
    return true;
  }
  return scalar(column_here() - std::string_view("null").size(), "null");
}

bool JsonHandler::Bool(bool value) {
  const std::string_view text = value ? "true" : "false";
  if (place_ == Place::kProvenance && provenance_key_ == kTemplateKey) {
    record_->is_template = value;
    return true;
  }
  return scalar(column_here() - text.size(), text);
}

bool JsonHandler::RawNumber(const char* text, rapidjson::SizeType size, bool /*copy*/) {
  const size_t column = column_of(text) + 1;
  if (place_ == Place::kRecord && field_ == JsonField::kT) {
    return time({text, size}, column);
  }
  if (place_ == Place::kProvenance) {
    return provenance_value({text, size}, column, /*is_number=*/true);
  }
  return scalar(column, fmt::format("number {}", in_quotes({text, size})));
}

bool JsonHandler::String(const char* text, rapidjson::SizeType size, bool /*copy*/) {
  const size_t column = column_of(text);
  if (place_ != Place::kSkipped && has_half_surrogate({text, size})) {
    return refuse(column, "found bad JSON: the surrogate pair in string is invalid");
  }
  switch (place_) {
    case Place::kRecord:
      return record_string({text, size}, column);
    case Place::kHeader:
    case Place::kHeaderArray:
      return header_string({text, size}, column);
    case Place::kProvenance:
      return provenance_value({text, size}, column, /*is_number=*/false);
    default:
      return scalar(column, "a string");
  }
}

bool JsonHandler::StartObject() {
  switch (place_) {
    case Place::kOutside:
      place_ = Place::kRecord;
      return true;
    case Place::kSkipped:
      ++depth_;
      return true;
    case Place::kRecord:
      break;
    default:
      if (is_foreign_value()) {
        begin_skip();
        return true;
      }
      return wrong_type(column_here(), "an object");
  }
  switch (field_) {
    case JsonField::kHeader:
      place_ = Place::kHeader;
      return true;
    case JsonField::kProvenance:
      place_ = Place::kProvenance;
      provenance_key_.clear();
      if (provenance_ != nullptr) {
        provenance_->emplace();
      }
      has_provenance_key_ = false;
      return true;
    case JsonField::kExpect:
    case JsonField::kMessage:
    case JsonField::kExtension:
      begin_skip();
      return true;
    default:
      return wrong_type(column_here(), "an object");
  }
}

bool JsonHandler::EndObject(rapidjson::SizeType /*members*/) {
  if (place_ == Place::kSkipped) {
    end_skip();
  } else if (place_ == Place::kProvenance) {
    if (provenance_ != nullptr && record_->is_template && !has_provenance_key_) {
      provenance_->reset();  // it says nothing of where the file comes from
    }
    place_ = Place::kRecord;
  } else if (place_ == Place::kHeader) {
    place_ = Place::kRecord;
  } else {
    place_ = Place::kOutside;
    record_->headers.resize(header_count_);
  }
  return true;
}

bool JsonHandler::StartArray() {
  if (place_ == Place::kSkipped) {
    ++depth_;
    return true;
  }
  if (place_ == Place::kHeader) {
    place_ = Place::kHeaderArray;
    return true;
  }
  if ((place_ == Place::kRecord && field_ == JsonField::kExtension) || is_foreign_value()) {
    begin_skip();
    return true;
  }
  return wrong_type(column_here(), "an array");
}

bool JsonHandler::EndArray(rapidjson::SizeType /*elements*/) {
  if (place_ == Place::kSkipped) {
    end_skip();
  } else {
    place_ = Place::kHeader;
  }
  return true;
}

bool JsonHandler::Key(const char* text, rapidjson::SizeType size, bool /*copy*/) {
  const std::string_view key(text, size);
  const size_t column = column_of(text);
  switch (place_) {
    case Place::kRecord:
      return record_key(key, column);
    case Place::kHeader:
      return header_key(key, column);
    case Place::kProvenance:
      provenance_key_.assign(key);
      has_provenance_key_ = has_provenance_key_ || key != kTemplateKey;
      key_column_ = column;
      return true;
    default:
      return true;
  }
}

bool JsonHandler::record_key(std::string_view key, size_t column) {
  key_column_ = column;
  if (key.starts_with("x-")) {
    if (key != kProvenanceKey) {
      field_ = JsonField::kExtension;
      return true;
    }
    field_ = JsonField::kProvenance;
  } else {
    const auto* known = std::find(kFieldNames.begin(), kFieldNames.end(), key);
    if (known == kFieldNames.end()) {
      return refuse(column,
                    fmt::format("found key {}, expected one of {}, or a key of your own that "
                                "begins with x-",
                                in_quotes(key), fmt::join(kFieldNames, ", ")));
    }
    field_ = static_cast<JsonField>(known - kFieldNames.begin());
  }
  if (has(field_)) {
    return refuse(column,
                  fmt::format("found key {} a second time, expected it once", in_quotes(key)));
  }
  if (is_body(field_) &&
      (has(JsonField::kBody) || has(JsonField::kText) || has(JsonField::kBodyFile))) {
    return refuse(column,
                  fmt::format("found {} beside another body, expected at most one of body, text "
                              "and body_file",
                              in_quotes(key)));
  }
  seen_[static_cast<size_t>(field_)] = true;
  if (field_ == JsonField::kT) {
    time_column_ = column;
  }
  return true;
}

bool JsonHandler::header_key(std::string_view key, size_t column) {
  if (header_count_ == 0) {
    header_column_ = column;
  }
  if (!is_token(key)) {
    return refuse(column, fmt::format("found header name {}, expected letters, digits and "
                                      "!#$%&'*+-.^_`|~",
                                      in_quotes(key)));
  }
  const auto end = record_->headers.begin() + static_cast<std::ptrdiff_t>(header_count_);
  if (std::any_of(record_->headers.begin(), end,
                  [key](const Header& h) { return h.name == key; })) {
    return refuse(column,
                  fmt::format("found header {} a second time, expected one array of its values",
                              in_quotes(key)));
  }
  header_name_.assign(key);
  return true;
}

bool JsonHandler::record_string(std::string_view text, size_t column) {
  switch (field_) {
    case JsonField::kMethod:
      if (!is_token(text)) {
        return refuse(column,
                      fmt::format("found method {}, expected a word such as GET", in_quotes(text)));
      }
      record_->method.assign(text);
      return true;
    case JsonField::kUrl:
      if (auto fault = url_check_(text)) {
        return refuse(column + fault->column, std::move(fault->message));
      }
      record_->url.assign(text);
      url_column_ = column;
      return true;
    case JsonField::kBody:
    case JsonField::kText:
    case JsonField::kBodyFile:
      return body_string(text, column);
    case JsonField::kName:
      return plain_string(text, column, record_->name);
    case JsonField::kUser:
      return plain_string(text, column, record_->user);
    case JsonField::kCall:
      if (text.empty() || has_blank_or_control(text)) {
        return refuse(column, fmt::format("found {} for 'call', expected package.Service/Method",
                                          in_quotes(text)));
      }
      record_->grpc_call.assign(text);
      return true;
    case JsonField::kExpect:
      record_->expect = raw_string(column);
      expect_column_ = column;
      return true;
    default:
      return scalar(column, "a string");
  }
}

bool JsonHandler::plain_string(std::string_view text, size_t column, std::string& out) {
  if (!is_plain_text(text)) {
    return refuse(column, fmt::format("found {} for '{}', expected no control characters",
                                      in_quotes(text), kFieldNames[static_cast<size_t>(field_)]));
  }
  out.assign(text);
  return true;
}

bool JsonHandler::body_string(std::string_view text, size_t column) {
  body_column_ = column;
  if (field_ == JsonField::kText) {
    record_->body.assign(text);
    return true;
  }
  if (field_ == JsonField::kBody) {
    return decode_base64(text, record_->body) ||
           refuse(column,
                  fmt::format("found {} for 'body', expected base64 (plain text goes into 'text')",
                              in_quotes(text)));
  }
  if (text.empty() || !is_plain_text(text)) {
    return refuse(column,
                  fmt::format("found {} for 'body_file', expected a file name", in_quotes(text)));
  }
  record_->body_file.assign(text);
  return true;
}

bool JsonHandler::header_string(std::string_view text, size_t column) {
  if (!is_header_value(text)) {
    return refuse(column, fmt::format("found {} for header {}, expected no control characters",
                                      in_quotes(text), in_quotes(header_name_)));
  }
  return add_header(text, column);
}

bool JsonHandler::add_header(std::string_view value, size_t column) {
  std::vector<Header>& headers = record_->headers;
  const bool is_host = http::equals_ignoring_case(header_name_, "host");
  if (is_host && std::exchange(has_host_, true)) {
    return refuse(column, "found a second Host, expected one: a request has one");
  }
  if (header_count_ == headers.size()) {
    headers.emplace_back();
  }
  headers[header_count_].name.assign(header_name_);
  headers[header_count_].value.assign(value);
  ++header_count_;
  return true;
}

bool JsonHandler::provenance_value(std::string_view text, size_t column, bool is_number) {
  if (provenance_key_ == kTemplateKey) {
    return wrong_type(column, is_number ? "a number" : "a string");
  }
  if (provenance_ == nullptr) {
    return true;  // of another file: only the first record says where this one comes from
  }
  Provenance& provenance = **provenance_;
  const size_t text_column = column + (is_number ? 0 : 1);
  if (provenance_key_ == "version") {
    auto fault = parse_version(text, provenance.version);
    return !fault || refuse(text_column, std::move(fault->message));
  }
  auto fault = add_field(provenance_key_, text, provenance);
  return !fault || refuse(fault->column == 1 ? key_column_ : column, std::move(fault->message));
}

bool JsonHandler::time(std::string_view number, size_t column) {
  const std::optional<Nanos> parsed = parse_seconds(number);
  if (!parsed) {
    return refuse(column, fmt::format("found {} for 't', expected seconds from 0 to 9223372036",
                                      in_quotes(number)));
  }
  record_->time = *parsed;
  return true;
}

/// A value of x-macaw behind the first record, where only `template` has a meaning.
bool JsonHandler::is_foreign_value() const {
  return provenance_ == nullptr && field_ == JsonField::kProvenance &&
         (place_ == Place::kRecord ||
          (place_ == Place::kProvenance && provenance_key_ != kTemplateKey));
}

void JsonHandler::begin_skip() {
  skipped_from_ = place_;
  place_ = Place::kSkipped;
  depth_ = 1;
  raw_column_ = column_here();
}

/// The parser stands on the closing bracket.
void JsonHandler::end_skip() {
  if (--depth_ > 0) {
    return;
  }
  place_ = skipped_from_;
  const std::string_view raw = line_.substr(raw_column_ - 1, column_here() + 1 - raw_column_);
  if (field_ == JsonField::kExpect) {
    record_->expect.assign(raw);
    expect_column_ = raw_column_;
  } else if (field_ == JsonField::kMessage) {
    record_->grpc_message.assign(raw);
  }
}

/// A string as it stands in the line, with its quotes and escapes.
std::string JsonHandler::raw_string(size_t quote_column) const {
  const size_t begin = quote_column - 1;
  size_t end = begin + 1;
  while (line_[end] != '"') {
    end += line_[end] == '\\' ? 2U : 1U;
  }
  return std::string(line_.substr(begin, end + 1 - begin));
}

bool JsonHandler::Int(int /*value*/) {
  return Double(0);
}

bool JsonHandler::Uint(unsigned /*value*/) {
  return Double(0);
}

bool JsonHandler::Int64(int64_t /*value*/) {
  return Double(0);
}

bool JsonHandler::Uint64(uint64_t /*value*/) {
  return Double(0);
}

bool JsonHandler::Double(double /*value*/) {
  MACAW_CHECK(false, "numbers are read as text");
  return false;
}

}  // namespace macaw::replay
