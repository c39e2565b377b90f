// SPDX-License-Identifier: MIT
//
// movies.dat, movies.csv, u.item: the ids. A line must have all its fields, so that a torn file is
// noticed.
#include <algorithm>
#include <optional>
#include <utility>

#include "field_text.h"
#include "macaw/base/ascii.h"
#include "macaw/io/line_reader.h"
#include "movielens_files.h"

namespace macaw::datasets {

namespace {

struct Complaint {
  uint64_t column = 0;
  std::string what;
};

/// u.item: id, title, two dates, a URL and 19 genre flags.
constexpr size_t kItemFields = 24;

/// "title,genres" behind the id of a .csv line; the title may stand in quotes, with quotes in it
/// doubled.
std::optional<Complaint> check_csv_fields(std::string_view line, size_t position) {
  size_t fields = 1;
  while (position < line.size()) {
    ++position;  // the comma
    ++fields;
    if (position < line.size() && line[position] == '"') {
      const size_t opened = position++;
      while (true) {
        position = line.find('"', position);
        if (position == std::string_view::npos) {
          return Complaint{opened + 1, "found a quote that is never closed, expected '\"'"};
        }
        ++position;
        if (position == line.size() || line[position] != '"') {
          break;
        }
        ++position;
      }
      if (position < line.size() && line[position] != ',') {
        return Complaint{position + 1, "found " + in_quotes(line.substr(position, 1)) +
                                           " behind a closing quote, expected ','"};
      }
    } else {
      position = std::min(line.find(',', position), line.size());
    }
  }
  if (fields != 3) {
    return Complaint{line.size() + 1,
                     fmt::format("found {} field{}, expected 3 (movieId,title,genres)", fields,
                                 fields == 1 ? "" : "s")};
  }
  return std::nullopt;
}

std::optional<Complaint> check_fields(std::string_view line, size_t position, Shape shape) {
  if (shape == Shape::kCsv) {
    return check_csv_fields(line, position);
  }
  const std::string_view separator = shape == Shape::kDat ? "::" : "|";
  const size_t wanted = shape == Shape::kDat ? 3 : kItemFields;
  size_t fields = 1;
  for (size_t at = line.find(separator, position); at != std::string_view::npos;
       at = line.find(separator, at + separator.size())) {
    ++fields;
  }
  // A title may hold what separates fields elsewhere; a line may not hold fewer than all.
  if (fields < wanted) {
    return Complaint{
        line.size() + 1,
        fmt::format("found {} field{}, expected {} ({})", fields, fields == 1 ? "" : "s", wanted,
                    shape == Shape::kDat ? "MovieID::Title::Genres" : "a line of u.item")};
  }
  return std::nullopt;
}

bool is_header(std::string_view line, Shape shape) {
  if (shape != Shape::kCsv) {
    return false;
  }
  std::string lower(line.substr(0, line.find(',')));
  std::transform(lower.begin(), lower.end(), lower.begin(), ascii_lower);
  std::erase(lower, '"');
  return lower == "movieid";
}

std::string_view separator_of(Shape shape) {
  switch (shape) {
    case Shape::kDat:
      return "::";
    case Shape::kCsv:
      return ",";
    case Shape::kTab:
      return "|";
  }
  return "";
}

Result<uint32_t> parse_movie_line(const io::LineReader& reader, std::string_view line,
                                  Shape shape) {
  const std::string_view separator = separator_of(shape);
  size_t position = 0;
  uint32_t id = 0;
  const std::string_view field = line.substr(0, line.find(separator));
  if (!read_u32(line, position, id) || position != field.size()) {
    return reader.error(
        1, fmt::format("found {}, expected a movie id (0 to 4294967295)", in_quotes(field)));
  }
  if (const auto complaint = check_fields(line, position, shape)) {
    return reader.error(complaint->column, complaint->what);
  }
  return id;
}

}  // namespace

Catalogue::Catalogue(std::vector<uint32_t> ids) : ids_(std::move(ids)) {
  for (const uint32_t id : ids_) {
    if (id >= kPresentMax) {
      break;
    }
    present_.resize(size_t{id} + 1);
    present_[id] = true;
  }
}

bool Catalogue::contains_slowly(uint32_t id) const {
  return std::binary_search(ids_.begin(), ids_.end(), id);
}

Result<Catalogue> read_catalogue(const std::string& path, Shape shape) {
  MACAW_TRY_ASSIGN(auto reader, io::LineReader::open(path));
  std::vector<std::pair<uint32_t, uint64_t>> found;  // id, line
  uint64_t blank_line = 0;
  while (true) {
    MACAW_TRY_ASSIGN(const auto next, reader.next());
    if (!next) {
      break;
    }
    std::string_view line = *next;
    if (reader.line() == 1) {
      if (line.starts_with(io::kByteOrderMark)) {
        line.remove_prefix(io::kByteOrderMark.size());
      }
      if (is_header(line, shape)) {
        continue;
      }
    }
    if (line.empty()) {
      blank_line = blank_line == 0 ? reader.line() : blank_line;
      continue;
    }
    if (blank_line != 0) {
      return Error::at(path, blank_line, 1, "found an empty line, expected a movie");
    }
    MACAW_TRY_ASSIGN(const uint32_t id, parse_movie_line(reader, line, shape));
    found.emplace_back(id, reader.line());
  }
  if (found.empty()) {
    return Error::at(path, 1, 0, "found no movie, expected one a line");
  }
  std::sort(found.begin(), found.end());
  std::vector<uint32_t> ids;
  ids.reserve(found.size());
  for (const auto& [id, line] : found) {
    if (!ids.empty() && ids.back() == id) {
      return Error::at(path, line, 1,
                       fmt::format("found movie {} a second time, expected each id once", id));
    }
    ids.push_back(id);
  }
  return Catalogue(std::move(ids));
}

}  // namespace macaw::datasets
