// SPDX-License-Identifier: MIT
//
// Aligned columns and colours for a terminal. Knows nothing of runs. Lengths count code points.
// Thread: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/report/summary.h"

namespace macaw::report {

enum class Paint : uint8_t { kPlain, kBold, kDim, kRed, kGreen, kYellow };

/// The text between the escape sequences of a paint; without colour just the text.
std::string paint(const TextStyle& style, Paint colour, std::string_view text);

/// What the target or a user wrote, fit for a terminal: control characters become \xNN, so that an
/// answer cannot move the cursor.
std::string printable(std::string_view text);

/// Code points of UTF-8 text.
size_t text_width(std::string_view text);

/// At most `width` code points; the middle of a longer text becomes "...", because paths often
/// begin alike and differ at the end.
std::string elide(std::string_view text, size_t width);

struct TableCell {
  TableCell(std::string cell_text, Paint cell_paint = Paint::kPlain)  // NOLINT: `{"a", "b"}`
      : text(std::move(cell_text)), paint(cell_paint) {}

  std::string text;
  Paint paint;
};

/// First column left, the others right; the first is elided when a line would be too long.
class Table {
 public:
  void add_row(std::vector<TableCell> row) { rows_.push_back(std::move(row)); }

  /// A line across all columns, in its place among the rows.
  void add_heading(std::string text) { rows_.push_back({{std::move(text), Paint::kBold}}); }

  /// Columns from `first` on are aligned left instead.
  void set_left_from(size_t first) { left_from_ = first; }

  /// Every line ends with a newline and carries no blanks at its end.
  std::string render(const TextStyle& style) const;

 private:
  std::vector<size_t> widths() const;

  std::vector<std::vector<TableCell>> rows_;
  size_t left_from_ = SIZE_MAX;
};

}  // namespace macaw::report
