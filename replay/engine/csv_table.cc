// SPDX-License-Identifier: MIT
//
// See csv_table.h.

#include "csv_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace macaw::replay {
namespace {

/// Walks over the text, a record at a time.
class CsvScanner {
 public:
  CsvScanner(std::string_view text, const std::string& name) : text_(text), name_(name) {
    if (text_.starts_with("\xef\xbb\xbf")) {
      text_.remove_prefix(3);
    }
  }

  size_t line() const { return record_line_; }

  /// Blank lines are no records. False at the end.
  Result<bool> next(std::vector<std::string>& fields) {
    fields.clear();
    while (at_ < text_.size() && (text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n")) {
      new_line();
    }
    if (at_ == text_.size()) {
      return false;
    }
    record_line_ = line_;
    for (;;) {
      const bool is_quoted = at_ < text_.size() && text_[at_] == '"';
      std::string& field = fields.emplace_back();
      MACAW_TRY(is_quoted ? quoted_field(field) : plain_field(field));
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      new_line();
      return true;
    }
  }

 private:
  /// Past a line's end, or nothing at the end of the text.
  void new_line() {
    if (at_ < text_.size()) {
      at_ += text_[at_] == '\r' ? 2U : 1U;
      begin_line();
    }
  }

  void begin_line() {
    ++line_;
    line_begin_ = at_;
  }

  bool at_end_of_field() const {
    return at_ == text_.size() || text_[at_] == ',' || text_[at_] == '\n' ||
           text_.substr(at_, 2) == "\r\n";
  }

  Status plain_field(std::string& field) {
    const size_t begin = at_;
    while (!at_end_of_field()) {
      if (text_[at_] == '"') {
        return error("found a quote inside a field without quotes, expected it around the field");
      }
      ++at_;
    }
    field.assign(text_.substr(begin, at_ - begin));
    return {};
  }

  Status quoted_field(std::string& field) {
    const size_t line = line_;
    const size_t column = at_ - line_begin_ + 1;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '"') {
        field += text_[at_];
        if (text_[at_] == '\n') {
          ++line_;
          line_begin_ = at_ + 1;
        }
      } else if (text_.substr(at_ + 1, 1) == "\"") {
        field += '"';
        ++at_;
      } else {
        ++at_;
        return at_end_of_field()
                   ? Status()
                   : Status(error("found text behind a closing quote, expected a comma or the "
                                  "line's end"));
      }
    }
    return Error::at(name_, line, column, "found a quote that is never closed, expected another");
  }

  Error error(const std::string& message) const {
    return Error::at(name_, line_, at_ - line_begin_ + 1, message);
  }

  std::string_view text_;
  const std::string& name_;
  size_t at_ = 0;
  size_t line_ = 1;
  size_t line_begin_ = 0;
  size_t record_line_ = 1;
};

}  // namespace

Result<CsvTable> CsvTable::parse(std::string_view text, const std::string& name) {
  CsvTable table;
  CsvScanner scanner(text, name);
  MACAW_TRY_ASSIGN(const bool has_names, scanner.next(table.names_));
  if (!has_names) {
    return Error::at(name, 1, 1, "found nothing, expected a line of column names");
  }
  std::vector<std::string> fields;
  for (;;) {
    MACAW_TRY_ASSIGN(const bool more, scanner.next(fields));
    if (!more) {
      break;
    }
    if (fields.size() != table.names_.size()) {
      return Error::at(name, scanner.line(), 1,
                       fmt::format("found {} fields, expected {} as in the first line",
                                   fields.size(), table.names_.size()));
    }
    std::move(fields.begin(), fields.end(), std::back_inserter(table.fields_));
  }
  if (table.fields_.empty()) {
    return Error::at(name, 2, 1, "found no row, expected at least one below the column names");
  }
  return table;
}

std::optional<size_t> CsvTable::column(std::string_view name) const {
  const auto place = std::find(names_.begin(), names_.end(), name);
  return place == names_.end() ? std::nullopt
                               : std::optional(static_cast<size_t>(place - names_.begin()));
}

}  // namespace macaw::replay
