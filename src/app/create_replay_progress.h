// SPDX-License-Identifier: MIT
//
// What create-replay says while it works: lines, and on a terminal a bar when the work takes longer
// than half a second. The bar has no colours and needs no escape codes, so NO_COLOR and simple
// terminals have nothing to switch off. Thread: main.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "macaw/base/time.h"

namespace macaw::app {

class Narrator {
 public:
  /// `program` begins each line.
  explicit Narrator(std::string program);
  ~Narrator();
  Narrator(const Narrator&) = delete;
  Narrator& operator=(const Narrator&) = delete;

  /// One line on stderr.
  void say(std::string_view line);
  /// Names the work that the bar shows from now on.
  void begin(std::string_view work);
  void progress(uint64_t done, uint64_t total);
  /// Takes the bar away.
  void end();

  double seconds_elapsed() const;

 private:
  void draw(uint64_t done, uint64_t total, MonoTime now);

  std::string program_;
  std::string work_;
  bool on_terminal_;
  MonoTime started_;
  MonoTime work_started_;
  MonoTime drawn_at_;
  size_t drawn_columns_ = 0;
};

}  // namespace macaw::app
