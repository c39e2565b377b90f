// SPDX-License-Identifier: MIT
#include "create_replay_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

namespace macaw::app {

namespace {

constexpr auto kQuiet = std::chrono::milliseconds(500);
constexpr auto kBetweenDraws = std::chrono::milliseconds(100);

}  // namespace

Narrator::Narrator(std::string program)
    : program_(std::move(program)),
      on_terminal_(::isatty(STDERR_FILENO) == 1),
      started_(MonoClock::now()),
      work_started_(started_),
      drawn_at_(started_) {}

Narrator::~Narrator() {
  end();
}

void Narrator::say(std::string_view line) {
  end();
  fmt::print(stderr, "{}: {}\n", program_, line);
}

void Narrator::begin(std::string_view work) {
  end();
  work_ = work;
  work_started_ = MonoClock::now();
}

void Narrator::progress(uint64_t done, uint64_t total) {
  if (!on_terminal_) {
    return;
  }
  const MonoTime now = MonoClock::now();
  if (now - work_started_ < kQuiet || now - drawn_at_ < kBetweenDraws) {
    return;
  }
  draw(done, total, now);
}

void Narrator::draw(uint64_t done, uint64_t total, MonoTime now) {
  constexpr uint64_t kBarColumns = 30;
  const uint64_t filled = total == 0 ? 0 : std::min(done, total) * kBarColumns / total;
  const uint64_t percent = total == 0 ? 0 : std::min(done, total) * 100 / total;
  const std::string line =
      fmt::format("{}: {} [{:#<{}}{:.<{}}] {:3} %  {:.0f} s", program_, work_, "", filled, "",
                  kBarColumns - filled, percent, to_seconds(now - work_started_));
  fmt::print(stderr, "\r{:<{}}", line, drawn_columns_);
  static_cast<void>(std::fflush(stderr));
  drawn_columns_ = line.size();
  drawn_at_ = now;
}

void Narrator::end() {
  if (drawn_columns_ > 0) {
    fmt::print(stderr, "\r{:{}}\r", "", drawn_columns_);
    drawn_columns_ = 0;
  }
}

double Narrator::seconds_elapsed() const {
  return to_seconds(MonoClock::now() - started_);
}

}  // namespace macaw::app
