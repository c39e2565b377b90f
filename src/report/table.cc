// SPDX-License-Identifier: MIT
//
// Column widths, padding and escape sequences.
#include "table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace macaw::report {

namespace {

constexpr size_t kNameWidthMin = 12;
constexpr size_t kNameWidthWanted = 28;
constexpr std::string_view kGap = "  ";

bool begins_code_point(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

/// The byte at which code point number `count` begins.
size_t byte_of(std::string_view text, size_t count) {
  size_t at = 0;
  while (at < text.size()) {
    if (begins_code_point(text[at]) && count-- == 0) {
      return at;
    }
    ++at;
  }
  return at;
}

}  // namespace

std::string paint(const TextStyle& style, Paint colour, std::string_view text) {
  if (!style.colour || colour == Paint::kPlain) {
    return std::string(text);
  }
  std::string_view code;
  switch (colour) {
    case Paint::kBold:
      code = "1";
      break;
    case Paint::kDim:
      code = "2";
      break;
    case Paint::kRed:
      code = "1;31";
      break;
    case Paint::kGreen:
      code = "1;32";
      break;
    default:
      code = "1;33";
      break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool c1_control =
        byte == 0xC2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xA0;
    if (byte < 0x20 || byte == 0x7F || c1_control) {
      out += fmt::format("\\x{:02x}", byte);
      if (c1_control) {
        out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[++at]));
      }
    } else {
      out += text[at];
    }
  }
  return out;
}

size_t text_width(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), begins_code_point));
}

std::string elide(std::string_view text, size_t width) {
  constexpr std::string_view kMark = "...";
  const size_t size = text_width(text);
  if (size <= width || width <= kMark.size()) {
    return std::string(text);
  }
  const size_t kept = width - kMark.size();
  const size_t head = kept / 2;
  const size_t tail = kept - head;
  return fmt::format("{}{}{}", text.substr(0, byte_of(text, head)), kMark,
                     text.substr(byte_of(text, size - tail)));
}

std::vector<size_t> Table::widths() const {
  std::vector<size_t> widths;
  for (const auto& row : rows_) {
    if (row.size() == 1) {
      continue;  // a heading spans all columns
    }
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t k = 0; k < row.size(); ++k) {
      widths[k] = std::max(widths[k], text_width(row[k].text));
    }
  }
  return widths;
}

std::string Table::render(const TextStyle& style) const {
  std::vector<size_t> widths = this->widths();
  std::string_view gap = kGap;
  if (!widths.empty()) {
    const size_t numbers = std::accumulate(widths.begin() + 1, widths.end(), size_t{0});
    const auto room = [&](size_t gap_size) {
      const size_t taken = numbers + gap_size * (widths.size() - 1);
      return style.width > taken ? style.width - taken : size_t{0};
    };
    if (left_from_ == SIZE_MAX && room(gap.size()) < std::min(widths[0], kNameWidthWanted)) {
      gap.remove_suffix(1);
    }
    widths[0] = std::min(widths[0], std::max(room(gap.size()), kNameWidthMin));
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    size_t blanks = 0;  // padding is held back, so that no line ends with it
    for (size_t k = 0; k < row.size(); ++k) {
      const bool heading = row.size() == 1;
      const bool left = k == 0 || k >= left_from_;
      const std::string text = k == 0 && !heading ? elide(row[k].text, widths[0]) : row[k].text;
      const size_t width = text_width(text);
      const size_t padding = heading || width >= widths[k] ? 0 : widths[k] - width;
      blanks += (k == 0 ? 0 : gap.size()) + (left ? 0 : padding);
      if (!text.empty()) {
        line.append(blanks, ' ');
        line += paint(style, row[k].paint, text);
        blanks = 0;
      }
      blanks += left ? padding : 0;
    }
    out += line;
    out += '\n';
  }
  return out;
}

}  // namespace macaw::report
