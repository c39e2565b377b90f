// SPDX-License-Identifier: MIT
//
// What a run says on stderr while it plays: on a terminal one line that is rewritten in place,
// elsewhere plain lines. Thread: main.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "macaw/base/time.h"
#include "macaw/report/summary.h"

namespace macaw::app {

class Console {
 public:
  /// `quiet` leaves warnings only.
  Console(bool quiet, bool no_color);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  bool quiet() const { return quiet_; }

  const report::TextStyle& style() const { return style_; }

  /// A line that stays.
  void note(std::string_view line);
  /// A line that stays, also when quiet.
  void warning(std::string_view message);
  /// The line of this moment: replaces the one before on a terminal.
  void live(std::string_view line);
  /// A bar, on a terminal only and only once the work has taken a while.
  void bar(std::string_view work, uint64_t done, uint64_t total);
  /// Takes a live line away (`keep` leaves it and goes on below it).
  void end_live(bool keep);

 private:
  void draw(std::string_view line);

  bool quiet_;
  bool terminal_;
  report::TextStyle style_;
  bool drawn_ = false;
  MonoTime created_;
  MonoTime bar_drawn_;
};

/// The first `columns` columns of a line; escape sequences take none and are kept.
std::string fit_columns(std::string_view line, uint32_t columns);

}  // namespace macaw::app
