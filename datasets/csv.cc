// SPDX-License-Identifier: MIT
#include "macaw/datasets/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "field_text.h"
#include "macaw/base/ascii.h"
#include "macaw/base/units.h"

namespace macaw::datasets {

namespace {

/// The separator that a line holds most of outside quotes; a comma when it holds none.
char most_used_separator(std::string_view line) {
  constexpr std::string_view kSeparators = ",;\t|";
  char best = ',';
  int64_t most = 0;
  for (const char separator : kSeparators) {
    bool is_quoted = false;
    int64_t count = 0;
    for (const char letter : line) {
      is_quoted ^= letter == '"';
      count += !is_quoted && letter == separator ? 1 : 0;
    }
    if (count > most) {
      most = count;
      best = separator;
    }
  }
  return best;
}

/// Moves `at` over digits; false if there is none.
bool skip_digits(std::string_view text, size_t& at) {
  const size_t begin = at;
  while (at < text.size() && is_digit(text[at])) {
    ++at;
  }
  return at > begin;
}

}  // namespace

Result<CsvReader> CsvReader::open(const std::string& path) {
  io::LineReaderOptions options;
  options.hash = true;
  MACAW_TRY_ASSIGN(auto reader, io::LineReader::open(path, options));
  return CsvReader(std::move(reader));
}

Result<bool> CsvReader::next() {
  while (true) {
    MACAW_TRY_ASSIGN(const auto next, reader_.next());
    if (!next) {
      return false;
    }
    std::string_view line = *next;
    if (reader_.line() == 1 && line.starts_with(kByteOrderMark)) {
      line.remove_prefix(kByteOrderMark.size());
    }
    if (line.empty()) {
      // Harmless at the end of the file; reported when another row follows.
      blank_line_ = blank_line_ == 0 ? reader_.line() : blank_line_;
      continue;
    }
    if (blank_line_ != 0) {
      return Error::at(path(), blank_line_, 1, "found an empty line, expected a row");
    }
    if (separator_ == 0) {
      separator_ = most_used_separator(line);
    }
    MACAW_TRY(split(line));
    return true;
  }
}

Status CsvReader::take_quoted(std::string_view line, size_t& at) {
  const size_t open = at++;
  while (at < line.size()) {
    if (line[at] != '"') {
      unquoted_ += line[at++];
    } else if (at + 1 < line.size() && line[at + 1] == '"') {
      unquoted_ += '"';
      at += 2;
    } else {
      ++at;
      if (at < line.size() && line[at] != separator_) {
        return reader_.error(at + 1, fmt::format("found {} behind a closing quote, expected {}",
                                                 in_quotes(line.substr(at, 1)),
                                                 in_quotes(std::string_view(&separator_, 1))));
      }
      return {};
    }
  }
  return reader_.error(open + 1,
                       "found a quote without its end, expected a field that ends in its line");
}

Status CsvReader::split(std::string_view line) {
  fields_.clear();
  columns_.clear();
  unquoted_.clear();
  unquoted_.reserve(line.size());
  for (size_t at = 0;; ++at) {
    columns_.push_back(at + 1);
    if (at < line.size() && line[at] == '"') {
      const size_t begin = unquoted_.size();
      MACAW_TRY(take_quoted(line, at));
      fields_.push_back(std::string_view(unquoted_).substr(begin));
    } else {
      const size_t end = std::min(line.find(separator_, at), line.size());
      const std::string_view field = line.substr(at, end - at);
      if (const size_t quote = field.find('"'); quote != std::string_view::npos) {
        return reader_.error(at + quote + 1,
                             "found a quote within a field, expected quotes around it all and two "
                             "for one inside");
      }
      fields_.push_back(field);
      at = end;
    }
    if (at >= line.size()) {
      break;
    }
  }
  if (width_ == 0) {
    width_ = fields_.size();
  }
  if (fields_.size() != width_) {
    const size_t column = fields_.size() > width_ ? columns_[width_] : line.size() + 1;
    return reader_.error(column,
                         fmt::format("found {} field{}, expected {} {}", fields_.size(),
                                     fields_.size() == 1 ? "" : "s", width_, width_source_));
  }
  return {};
}

Error CsvReader::error(size_t field, std::string_view what) const {
  return reader_.error(field < columns_.size() ? columns_[field] : 0, what);
}

Result<std::vector<size_t>> find_columns(const CsvReader& reader,
                                         const std::vector<std::string>& names) {
  const auto& header = reader.fields();
  std::vector<size_t> indices;
  for (const std::string& name : names) {
    const auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end()) {
      constexpr size_t kShown = 12;
      std::vector<std::string> shown;
      for (size_t k = 0; k < std::min(kShown, header.size()); ++k) {
        shown.push_back(in_quotes(header[k]));
      }
      return reader.error(
          0, fmt::format("found no column {}, expected one of {}{}", in_quotes(name),
                         fmt::join(shown, ", "), header.size() > kShown ? ", ..." : ""));
    }
    const auto index = static_cast<size_t>(found - header.begin());
    const auto again = std::find(found + 1, header.end(), name);
    if (again != header.end()) {
      return reader.error(
          static_cast<size_t>(again - header.begin()),
          fmt::format("found column {} a second time, expected each name once", in_quotes(name)));
    }
    indices.push_back(index);
  }
  return indices;
}

std::optional<std::vector<size_t>> column_positions(const std::vector<std::string>& names,
                                                    size_t width) {
  std::vector<size_t> indices;
  for (const std::string& name : names) {
    const auto position = parse_u64(name);
    if (!position.ok() || *position == 0 || *position > width) {
      return std::nullopt;
    }
    indices.push_back(static_cast<size_t>(*position) - 1);
  }
  return indices;
}

bool is_json_number(std::string_view text) {
  size_t at = text.starts_with('-') ? 1 : 0;
  const size_t digits = at;
  if (!skip_digits(text, at) || (text[digits] == '0' && at > digits + 1)) {
    return false;
  }
  if (at < text.size() && text[at] == '.' && !skip_digits(text, ++at)) {
    return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    at += at < text.size() && (text[at] == '-' || text[at] == '+') ? 1U : 0U;
    if (!skip_digits(text, at)) {
      return false;
    }
  }
  return at == text.size();
}

}  // namespace macaw::datasets
