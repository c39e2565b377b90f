// SPDX-License-Identifier: MIT
#include "macaw/io/csv_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "macaw/base/ascii.h"

namespace macaw::io {

namespace {

constexpr size_t kRowBytesMax = size_t{16} << 20;

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

}  // namespace

Result<CsvReader> CsvReader::open(const std::string& path) {
  LineReaderOptions options;
  options.hash = true;
  MACAW_TRY_ASSIGN(auto reader, LineReader::open(path, options));
  return CsvReader(std::move(reader));
}

Result<bool> CsvReader::next() {
  while (true) {
    MACAW_TRY_ASSIGN(const auto next, reader_.next());
    row_line_ = reader_.line();
    if (!next) {
      return false;
    }
    std::string_view line = *next;
    if (row_line_ == 1 && line.starts_with(kByteOrderMark)) {
      line.remove_prefix(kByteOrderMark.size());
    }
    if (line.empty()) {
      // Harmless at the end of the file; reported when another row follows.
      blank_line_ = blank_line_ == 0 ? row_line_ : blank_line_;
      continue;
    }
    if (blank_line_ != 0) {
      return reader_.error_at(blank_line_, 1, "found an empty line, expected a row");
    }
    MACAW_TRY_ASSIGN(row_, gather(line));
    if (separator_ == 0) {
      separator_ = most_used_separator(row_);
    }
    MACAW_TRY(split());
    return true;
  }
}

/// A row ends with the first line up to which its quotes come in pairs.
Result<std::string_view> CsvReader::gather(std::string_view line) {
  const auto has_odd_quotes = [](std::string_view text) {
    return std::count(text.begin(), text.end(), '"') % 2 != 0;
  };
  if (!has_odd_quotes(line)) {
    return line;
  }
  lines_ = line;
  while (lines_.size() <= kRowBytesMax) {
    MACAW_TRY_ASSIGN(const auto next, reader_.next());
    if (!next) {
      break;
    }
    lines_ += '\n';
    lines_ += *next;
    if (has_odd_quotes(*next)) {
      break;
    }
  }
  return std::string_view(lines_);
}

Status CsvReader::take_quoted(size_t& at) {
  const size_t open = at++;
  while (at < row_.size()) {
    if (row_[at] != '"') {
      unquoted_ += row_[at++];
    } else if (at + 1 < row_.size() && row_[at + 1] == '"') {
      unquoted_ += '"';
      at += 2;
    } else {
      ++at;
      if (at < row_.size() && row_[at] != separator_) {
        return error_at(at, fmt::format("found {} behind a closing quote, expected {}",
                                        in_quotes(row_.substr(at, 1)),
                                        in_quotes(std::string_view(&separator_, 1))));
      }
      return {};
    }
  }
  return error_at(open, "found a quote without its end, expected another behind the field");
}

Status CsvReader::split() {
  fields_.clear();
  offsets_.clear();
  unquoted_.clear();
  unquoted_.reserve(row_.size());
  for (size_t at = 0;; ++at) {
    offsets_.push_back(at);
    if (at < row_.size() && row_[at] == '"') {
      const size_t begin = unquoted_.size();
      MACAW_TRY(take_quoted(at));
      fields_.push_back(std::string_view(unquoted_).substr(begin));
    } else {
      const size_t end = std::min(row_.find(separator_, at), row_.size());
      const std::string_view field = row_.substr(at, end - at);
      if (const size_t quote = field.find('"'); quote != std::string_view::npos) {
        return error_at(at + quote,
                        "found a quote within a field, expected quotes around it all and two for "
                        "one inside");
      }
      fields_.push_back(field);
      at = end;
    }
    if (at >= row_.size()) {
      break;
    }
  }
  if (width_ == 0) {
    width_ = fields_.size();
  }
  if (fields_.size() != width_) {
    const size_t place = fields_.size() > width_ ? offsets_[width_] : row_.size();
    return error_at(place, fmt::format("found {} field{}, expected {} {}", fields_.size(),
                                       fields_.size() == 1 ? "" : "s", width_, width_source_));
  }
  return {};
}

Error CsvReader::error_at(size_t offset, std::string_view what) const {
  const std::string_view before = row_.substr(0, offset);
  const auto lines = static_cast<uint64_t>(std::count(before.begin(), before.end(), '\n'));
  const size_t begin = lines == 0 ? 0 : before.rfind('\n') + 1;
  return reader_.error_at(row_line_ + lines, offset - begin + 1, what);
}

Error CsvReader::error(size_t field, std::string_view what) const {
  return field < offsets_.size() ? error_at(offsets_[field], what)
                                 : reader_.error_at(row_line_, 0, what);
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

}  // namespace macaw::io
