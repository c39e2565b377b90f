// SPDX-License-Identifier: MIT
//
// The SAX handler behind JsonRecordParser: events of RapidJSON become fields of a Record, and
// everything that is not as the format wants it becomes a Fault with its column. Private to
// json_record.cc. Thread: one object belongs to one thread.
#pragma once

#include <rapidjson/reader.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "macaw/replay/file/record.h"
#include "text.h"
#include "url_check.h"

namespace macaw::replay {

/// The keys of a record. kExtension stands for all that begin with x-, but for x-macaw on the first
/// record.
enum class JsonField : uint8_t {
  kMethod,
  kUrl,
  kHeader,
  kBody,
  kText,
  kBodyFile,
  kT,
  kName,
  kUser,
  kExpect,
  kCall,
  kMessage,
  kProvenance,
  kExtension,
};
inline constexpr size_t kJsonFieldCount = 14;

/// Parsing is in situ and iterative: strings are views into the parsed buffer, which tells where
/// they stand, and no depth of nesting can exhaust the stack.
class JsonHandler {
 public:
  using Ch = char;  // RapidJSON asks for it

  /// `line` is the text as it is in the file, `buffer` the copy that the parser overwrites,
  /// `stream` reads the copy. All must outlive the parse.
  void start(std::string_view line, const char* buffer, rapidjson::InsituStringStream* stream,
             Record* record, std::optional<Provenance>* provenance);

  bool Null();
  bool Bool(bool value);
  bool RawNumber(const char* text, rapidjson::SizeType size, bool copy);
  bool String(const char* text, rapidjson::SizeType size, bool copy);
  bool StartObject();
  bool Key(const char* text, rapidjson::SizeType size, bool copy);
  bool EndObject(rapidjson::SizeType members);
  bool StartArray();
  bool EndArray(rapidjson::SizeType elements);

  // RapidJSON wants them to exist; with numbers as strings it never calls them.
  bool Int(int value);
  bool Uint(unsigned value);
  bool Int64(int64_t value);
  bool Uint64(uint64_t value);
  bool Double(double value);

  /// What the handler refused, if it was the handler that stopped the parse.
  const std::optional<Fault>& fault() const { return fault_; }

  bool has(JsonField field) const { return seen_[static_cast<size_t>(field)]; }

  size_t time_column() const { return time_column_; }

  /// Where the value of `expect` begins. REQUIRES: has(JsonField::kExpect)
  size_t expect_column() const { return expect_column_; }

  /// Where the texts begin that may be templates, or 1: the URL, the headers, the body.
  size_t url_column() const { return url_column_; }

  size_t header_column() const { return header_column_; }

  size_t body_column() const { return body_column_; }

 private:
  /// Where in the record the parser is.
  enum class Place : uint8_t { kOutside, kRecord, kHeader, kHeaderArray, kProvenance, kSkipped };

  bool refuse(size_t column, std::string message);
  bool wrong_type(size_t column, std::string_view found);
  bool scalar(size_t column, std::string_view found);
  size_t column_of(const char* text) const;

  size_t column_here() const { return stream_->Tell() + 1; }

  bool record_key(std::string_view key, size_t column);
  bool header_key(std::string_view key, size_t column);
  bool record_string(std::string_view text, size_t column);
  bool plain_string(std::string_view text, size_t column, std::string& out);
  bool body_string(std::string_view text, size_t column);
  bool header_string(std::string_view text, size_t column);
  bool provenance_value(std::string_view text, size_t column, bool is_number);
  bool time(std::string_view number, size_t column);
  bool is_foreign_value() const;
  void begin_skip();
  void end_skip();
  bool add_header(std::string_view value, size_t column);
  std::string raw_string(size_t quote_column) const;

  std::string_view line_;
  const char* buffer_ = nullptr;
  rapidjson::InsituStringStream* stream_ = nullptr;
  Record* record_ = nullptr;
  std::optional<Provenance>* provenance_ = nullptr;

  Place place_ = Place::kOutside;
  JsonField field_ = JsonField::kExtension;
  std::array<bool, kJsonFieldCount> seen_{};
  size_t key_column_ = 1;
  size_t time_column_ = 1;
  size_t expect_column_ = 1;
  size_t url_column_ = 1;
  size_t header_column_ = 1;
  size_t body_column_ = 1;
  std::string header_name_;
  bool has_host_ = false;
  size_t header_count_ = 0;  // of record_->headers, whose old strings are used again
  std::string provenance_key_;
  bool has_provenance_key_ = false;  // one that is of provenance
  Place skipped_from_ = Place::kRecord;
  size_t depth_ = 0;       // of what is skipped
  size_t raw_column_ = 0;  // where it begins
  UrlCheck url_check_;
  std::optional<Fault> fault_;
};

}  // namespace macaw::replay
