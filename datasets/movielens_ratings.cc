// SPDX-License-Identifier: MIT
//
// ratings.dat, ratings.csv, u.data. The largest is 10 million lines, so the good line takes a
// straight path (integers by hand, one table row) and everything about a bad one happens out of
// line.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "field_text.h"
#include "macaw/base/ascii.h"
#include "macaw/io/line_reader.h"
#include "movielens_files.h"

namespace macaw::datasets {

namespace {

constexpr uint64_t kProgressLines = 1U << 16;
/// No rating of any set is older: its time has 9 or 10 digits.
constexpr uint32_t kShortestWholeTime = 100'000'000;

enum class Column : uint8_t { kUser, kItem, kRating, kTime };

constexpr std::array<std::string_view, 4> kColumnNames{"userid", "movieid", "rating", "timestamp"};

struct Layout {
  std::string_view separator;
  std::array<Column, 4> columns{Column::kUser, Column::kItem, Column::kRating, Column::kTime};
};

struct Row {
  uint32_t user = 0;
  uint32_t item = 0;
  uint32_t time = 0;
};

std::string_view expected_of(Column column) {
  switch (column) {
    case Column::kUser:
      return "a user id (0 to 4294967295)";
    case Column::kItem:
      return "a movie id (0 to 4294967295)";
    case Column::kRating:
      return "a rating (above 0, at most 5)";
    case Column::kTime:
      return "a time in Unix seconds (0 to 4294967295)";
  }
  return "";
}

/// "5", "4.5", "4.0". The value itself is not kept: no generator uses it.
bool read_rating(std::string_view text, size_t& position) {
  size_t at = position;
  uint32_t whole = 0;
  if (!read_u32(text, at, whole) || whole > 5) {
    return false;
  }
  bool fraction = false;
  if (at < text.size() && text[at] == '.') {
    const size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      fraction = fraction || text[at] != '0';
    }
    if (at == first) {
      return false;
    }
  }
  if ((whole == 5 && fraction) || (whole == 0 && !fraction)) {
    return false;
  }
  position = at;
  return true;
}

bool read_field(std::string_view line, size_t& position, Column column, Row& row) {
  switch (column) {
    case Column::kUser:
      return read_u32(line, position, row.user);
    case Column::kItem:
      return read_u32(line, position, row.item);
    case Column::kRating:
      return read_rating(line, position);
    case Column::kTime:
      return read_u32(line, position, row.time);
  }
  return false;
}

bool read_row(std::string_view line, const Layout& layout, Row& row) {
  size_t position = 0;
  for (size_t k = 0; k < layout.columns.size(); ++k) {
    if (k > 0) {
      for (const char byte : layout.separator) {
        if (position >= line.size() || line[position] != byte) {
          return false;
        }
        ++position;
      }
    }
    if (!read_field(line, position, layout.columns[k], row)) {
      return false;
    }
  }
  return position == line.size();
}

/// Where and why read_row() said no.
Error explain(const io::LineReader& reader, std::string_view line, const Layout& layout) {
  size_t begin = 0;
  for (size_t k = 0; k < layout.columns.size(); ++k) {
    const size_t end = std::min(line.find(layout.separator, begin), line.size());
    const std::string_view field = line.substr(begin, end - begin);
    size_t position = 0;
    Row row;
    if (!read_field(field, position, layout.columns[k], row) || position != field.size()) {
      const std::string found = field.empty() && end == line.size()
                                    ? std::string("the end of the line")
                                    : in_quotes(field);
      return reader.error(
          begin + 1, fmt::format("found {}, expected {}", found, expected_of(layout.columns[k])));
    }
    if (end == line.size() && k + 1 < layout.columns.size()) {
      return reader.error(
          end + 1, fmt::format("found the end of the line, expected {} and {}",
                               in_quotes(layout.separator), expected_of(layout.columns[k + 1])));
    }
    begin = end + layout.separator.size();
  }
  begin -= layout.separator.size();
  return reader.error(begin + 1, fmt::format("found {}, expected the end of the line",
                                             in_quotes(line.substr(begin))));
}

/// nullopt: the line is no header. Edited copies have other capitals and another order of columns.
Result<std::optional<Layout>> parse_header(const io::LineReader& reader, std::string_view line,
                                           Layout layout) {
  if (line.empty() || (line.front() >= '0' && line.front() <= '9')) {
    return std::optional<Layout>();
  }
  std::string lower(line);
  std::transform(lower.begin(), lower.end(), lower.begin(), ascii_lower);
  std::erase(lower, '"');
  std::array<bool, 4> seen{};
  size_t begin = 0;
  for (size_t k = 0; k < seen.size(); ++k) {
    const size_t end = std::min(lower.find(',', begin), lower.size());
    const auto name = std::find(kColumnNames.begin(), kColumnNames.end(),
                                std::string_view(lower).substr(begin, end - begin));
    const auto index = static_cast<size_t>(name - kColumnNames.begin());
    const bool last = k + 1 == seen.size();
    if (name == kColumnNames.end() || seen[index] || (end == lower.size()) != last) {
      return reader.error(1, fmt::format("found {}, expected the header "
                                         "userId,movieId,rating,timestamp or a rating",
                                         in_quotes(line)));
    }
    seen[index] = true;
    layout.columns[k] = static_cast<Column>(index);
    begin = end + 1;
  }
  return std::optional<Layout>(layout);
}

class RatingsParser {
 public:
  RatingsParser(std::string path, Shape shape, const Catalogue& catalogue)
      : path_(std::move(path)), shape_(shape), catalogue_(catalogue) {
    layout_.separator = shape == Shape::kDat ? "::" : shape == Shape::kCsv ? "," : "\t";
  }

  Result<RatingsFile> run(const Progress& progress);

 private:
  /// Strips a byte order mark and takes a header; true if the line holds nothing more.
  Result<bool> take_first_line(const io::LineReader& reader, std::string_view& line);
  Status take_line(const io::LineReader& reader, std::string_view line);
  Error duplicate_error(const RatingsBuilder::Duplicate& duplicate);

  std::string path_;
  Shape shape_;
  const Catalogue& catalogue_;
  Layout layout_;
  RatingsBuilder builder_;
  uint64_t blank_line_ = 0;
};

Result<RatingsFile> RatingsParser::run(const Progress& progress) {
  io::LineReaderOptions options;
  options.hash = true;
  MACAW_TRY_ASSIGN(auto reader, io::LineReader::open(path_, options));
  // The shortest plausible line, so that the table never has to move; untouched memory costs
  // nothing.
  constexpr uint64_t kLineBytesMin = 18;
  builder_.reserve(reader.bytes_on_disk() / kLineBytesMin + 1);
  while (true) {
    MACAW_TRY_ASSIGN(const auto next, reader.next());
    if (!next) {
      break;
    }
    std::string_view line = *next;
    if (reader.line() == 1) {
      MACAW_TRY_ASSIGN(const bool was_header, take_first_line(reader, line));
      if (was_header) {
        continue;
      }
    }
    MACAW_TRY(take_line(reader, line));
    if (progress && reader.line() % kProgressLines == 0) {
      progress(reader.bytes_on_disk_read(), reader.bytes_on_disk());
    }
  }
  if (builder_.rows() == 0) {
    return Error::at(path_, 1, 0, "found no rating, expected one a line");
  }
  if (const auto duplicate = builder_.finish()) {
    return duplicate_error(*duplicate);
  }
  return RatingsFile{builder_.take(), reader.sha256()};
}

Result<bool> RatingsParser::take_first_line(const io::LineReader& reader, std::string_view& line) {
  if (line.starts_with(io::kByteOrderMark)) {
    line.remove_prefix(io::kByteOrderMark.size());
  }
  if (shape_ != Shape::kCsv) {
    return false;
  }
  MACAW_TRY_ASSIGN(const auto header, parse_header(reader, line, layout_));
  if (header) {
    layout_ = *header;
  }
  return header.has_value();
}

Status RatingsParser::take_line(const io::LineReader& reader, std::string_view line) {
  Row row;
  if (!read_row(line, layout_, row)) [[unlikely]] {
    if (line.empty()) {
      // Harmless at the end of the file; reported when another rating follows.
      blank_line_ = blank_line_ == 0 ? reader.line() : blank_line_;
      return {};
    }
    return explain(reader, line, layout_);
  }
  if (blank_line_ != 0) [[unlikely]] {
    return Error::at(path_, blank_line_, 1, "found an empty line, expected a rating");
  }
  if (!reader.line_was_ended() && row.time < kShortestWholeTime) [[unlikely]] {
    return reader.error(line.size() + 1,
                        "found the end of the file inside a time, expected at least 9 digits: "
                        "the file is cut off");
  }
  if (!catalogue_.contains(row.item)) [[unlikely]] {
    return reader.error(1, fmt::format("found a rating of movie {}, expected a movie of the "
                                       "movies file beside it",
                                       row.item));
  }
  builder_.add(row.user, row.item, row.time);
  return {};
}

/// Lines are not remembered for the sake of a mistake that hardly ever happens: read the file again
/// to find it.
Error RatingsParser::duplicate_error(const RatingsBuilder::Duplicate& duplicate) {
  auto reader = io::LineReader::open(path_);
  if (!reader) {
    return reader.error();
  }
  uint64_t first_line = 0;
  while (true) {
    auto next = reader->next();
    if (!next) {
      return next.error();
    }
    if (!*next) {
      return errorf("{}: changed while it was read", path_);
    }
    std::string_view line = **next;
    if (line.starts_with(io::kByteOrderMark)) {
      line.remove_prefix(io::kByteOrderMark.size());
    }
    Row row;
    if (!read_row(line, layout_, row) || row.user != duplicate.user || row.item != duplicate.item) {
      continue;
    }
    if (first_line != 0) {
      return reader->error(1, fmt::format("found a second rating of movie {} by user {}, expected "
                                          "one (the first is in line {})",
                                          row.item, row.user, first_line));
    }
    first_line = reader->line();
  }
}

}  // namespace

Result<RatingsFile> read_ratings(const std::string& path, Shape shape, const Catalogue& catalogue,
                                 const Progress& progress) {
  return RatingsParser(path, shape, catalogue).run(progress);
}

}  // namespace macaw::datasets
