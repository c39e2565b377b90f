// SPDX-License-Identifier: MIT
//
// Bodies are always written as base64, because vegeta reads nothing else; method is written even
// when it is GET, because vegeta asks for it.
#include "json_output.h"

#include <fmt/format.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <vector>

#include "macaw/base/ascii.h"
#include "macaw/base/base64.h"
#include "seconds.h"
#include "text.h"

namespace macaw::replay {

namespace {

using JsonWriter =
    rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::UTF8<>,
                      rapidjson::CrtAllocator, rapidjson::kWriteValidateEncodingFlag>;

/// Nothing, or why the text cannot be the value of `key`: it must be JSON on one line, of a type
/// the reader takes.
std::optional<std::string> check_raw_json(std::string_view key, const std::string& text,
                                          bool string_allowed) {
  const bool right_type = text.starts_with('{') || (string_allowed && text.starts_with('"'));
  const bool one_line = text.find_first_of(std::string_view("\n\r\0", 3)) == std::string::npos;
  rapidjson::StringStream stream(text.c_str());
  rapidjson::BaseReaderHandler<> ignore;
  rapidjson::Reader reader;
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                              rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseNumbersAsStringsFlag;
  if (right_type && one_line && !ends_within_utf8_sequence(text) &&
      !reader.Parse<kFlags>(stream, ignore).IsError()) {
    return std::nullopt;
  }
  return fmt::format("found {} for '{}', expected a JSON object{} on one line", in_quotes(text),
                     key, string_allowed ? " or string" : "");
}

}  // namespace

struct JsonOutput::Impl {
  rapidjson::StringBuffer buffer;
  JsonWriter writer;
  std::string scratch;
  std::vector<bool> header_written;

  bool string(std::string_view text) {
    const bool whole = !ends_within_utf8_sequence(text);
    const size_t size = whole ? text.size() : 0;  // something, or the object is out of step
    return writer.String(text.data(), static_cast<rapidjson::SizeType>(size)) && whole;
  }

  void key(std::string_view name) { string(name); }

  /// Writes the member unless it is empty. False when the text is not UTF-8.
  bool member(std::string_view name, std::string_view text) {
    if (text.empty()) {
      return true;
    }
    key(name);
    return string(text);
  }

  void raw_member(std::string_view name, const std::string& json) {
    if (!json.empty()) {
      key(name);
      writer.RawValue(json.data(), json.size(), rapidjson::kObjectType);
    }
  }

  void own_member(const Provenance* provenance, bool is_template);
  bool headers(const std::vector<Header>& headers);
};

/// "x-macaw": where the file comes from, and whether this record is a template.
void JsonOutput::Impl::own_member(const Provenance* provenance, bool is_template) {
  if (provenance == nullptr && !is_template) {
    return;
  }
  key("x-macaw");
  writer.StartObject();
  if (provenance != nullptr) {
    key("version");
    writer.Int(provenance->version);
    for (const auto& [name, value] : provenance->fields) {
      key(name);
      string(value);
    }
  }
  if (is_template) {
    key("template");
    writer.Bool(true);
  }
  writer.EndObject();
}

/// Values of one name go into one array, where the name stands first: a JSON object has each key
/// once. Among different names the order of lines has no meaning in HTTP.
bool JsonOutput::Impl::headers(const std::vector<Header>& headers) {
  if (headers.empty()) {
    return true;
  }
  header_written.assign(headers.size(), false);
  bool good = true;
  key("header");
  writer.StartObject();
  for (size_t first = 0; first < headers.size(); ++first) {
    if (header_written[first]) {
      continue;
    }
    good = string(headers[first].name) && good;
    writer.StartArray();
    for (size_t k = first; k < headers.size(); ++k) {
      if (headers[k].name == headers[first].name) {
        good = string(headers[k].value) && good;
        header_written[k] = true;
      }
    }
    writer.EndArray();
  }
  writer.EndObject();
  return good;
}

JsonOutput::JsonOutput() : impl_(std::make_unique<Impl>()) {}

JsonOutput::~JsonOutput() = default;

std::optional<std::string> JsonOutput::format(const Record& record, const Provenance* provenance,
                                              std::string_view& line) {
  Impl& out = *impl_;
  if (!record.expect.empty()) {
    if (auto wrong = check_raw_json("expect", record.expect, /*string_allowed=*/true)) {
      return wrong;
    }
  }
  if (!record.grpc_message.empty()) {
    if (auto wrong = check_raw_json("message", record.grpc_message, /*string_allowed=*/false)) {
      return wrong;
    }
  }
  out.buffer.Clear();
  out.writer.Reset(out.buffer);
  out.writer.StartObject();
  if (record.time) {
    out.scratch.clear();
    append_seconds(*record.time, out.scratch);
    out.key("t");
    out.writer.RawValue(out.scratch.data(), out.scratch.size(), rapidjson::kNumberType);
  }
  bool good = out.member("method", record.method);
  good = out.member("url", record.url) && good;
  good = out.headers(record.headers) && good;
  out.scratch.clear();
  encode_base64(record.body, out.scratch);
  good = out.member("body", out.scratch) && good;
  good = out.member("body_file", record.body_file) && good;
  good = out.member("name", record.name) && good;
  good = out.member("user", record.user) && good;
  out.raw_member("expect", record.expect);
  good = out.member("call", record.grpc_call) && good;
  out.raw_member("message", record.grpc_message);
  out.own_member(provenance, record.is_template);
  out.writer.EndObject();
  if (!good) {
    return "found bytes that are not UTF-8, which JSON cannot hold";
  }
  out.buffer.Put('\n');
  line = {out.buffer.GetString(), out.buffer.GetSize()};
  return std::nullopt;
}

}  // namespace macaw::replay
