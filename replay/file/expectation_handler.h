// SPDX-License-Identifier: MIT
//
// The SAX handler behind parse_expectation(). Parsing is in situ and iterative, as in
// json_handler.h. Private to expectation.cc. Thread: one object belongs to one thread.
#pragma once

#include <rapidjson/reader.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "macaw/replay/file/expectation.h"
#include "text.h"

namespace macaw::replay {

class ExpectationHandler {
 public:
  using Ch = char;  // RapidJSON asks for it

  /// `text` is as written, `buffer` the copy that the parser overwrites, `stream` reads the copy.
  /// All outlive the parse.
  ExpectationHandler(std::string_view text, const char* buffer,
                     rapidjson::InsituStringStream& stream, Expectation& out)
      : text_(text), buffer_(buffer), stream_(stream), out_(out) {}

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
  bool Int(int /*value*/) { return false; }

  bool Uint(unsigned /*value*/) { return false; }

  bool Int64(int64_t /*value*/) { return false; }

  bool Uint64(uint64_t /*value*/) { return false; }

  bool Double(double /*value*/) { return false; }

  const std::optional<Fault>& fault() const { return fault_; }

 private:
  /// Whose value comes next, or whose members.
  enum class Place : uint8_t {
    kOutside,
    kTop,
    kStatus,
    kStatuses,
    kContains,
    kJson,
    kConditions,
    kCondition,
    kEquals,
    kExists,
    kPointer,
    kOverlap,
    kIds,
    kIdList,
    kMin,
  };

  bool refuse(size_t column, std::string message);
  bool refuse_value(size_t column, std::string_view found);
  std::string_view expected_here() const;

  size_t column_of(const char* text) const { return static_cast<size_t>(text - buffer_); }

  size_t column_here() const { return stream_.Tell() + 1; }

  size_t string_size(size_t quote_column) const;

  bool in_value() const { return equals_depth_ > 0; }

  bool open_value(size_t column);
  bool close_value();
  bool whole_value(size_t column, size_t size);
  void value_is_done();

  bool top_key(std::string_view key, size_t column);
  bool condition_key(std::string_view key, size_t column);
  bool overlap_key(std::string_view key, size_t column);
  bool seen_twice(bool& seen, std::string_view key, size_t column);

  bool check_name(std::string_view text, size_t column);
  bool status(std::string_view text, size_t column, bool is_number);
  bool pointer(std::string_view text, size_t column);
  bool minimum(std::string_view number, size_t column);
  bool id(std::string_view text, size_t column, bool is_number);
  bool end_of_ids();
  bool end_of_condition();
  bool end_of_overlap();

  JsonPointer& pointer_here();

  std::string_view text_;
  const char* buffer_;
  rapidjson::InsituStringStream& stream_;
  Expectation& out_;

  Place place_ = Place::kOutside;
  bool in_overlap_ = false;     // of the two kinds of objects with a pointer
  bool json_is_array_ = false;  // `json` holds several conditions
  size_t object_column_ = 1;    // where the innermost object of ours begins
  size_t equals_depth_ = 0;
  size_t equals_column_ = 0;

  struct TopKeys {
    bool status = false;
    bool contains = false;
    bool json = false;
    bool overlap = false;
  };

  struct InnerKeys {
    bool pointer = false;
    bool equals = false;
    bool exists = false;
    bool ids = false;
    bool min = false;
  };

  TopKeys top_seen_;
  InnerKeys seen_;
  std::vector<std::pair<std::string, size_t>> ids_;  // key, column
  std::optional<Fault> fault_;
};

}  // namespace macaw::replay
