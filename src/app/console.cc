// SPDX-License-Identifier: MIT
#include "console.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli_support.h"

namespace macaw::app {

namespace {

constexpr std::string_view kBackAndClear = "\r\x1b[K";
constexpr Nanos kBarAfter = std::chrono::milliseconds(500);
constexpr Nanos kBarEvery = std::chrono::milliseconds(100);

}  // namespace

Console::Console(bool quiet, bool no_color)
    : quiet_(quiet),
      terminal_(::isatty(STDERR_FILENO) == 1),
      style_(style_for(STDERR_FILENO, no_color)),
      created_(MonoClock::now()),
      bar_drawn_(created_) {}

Console::~Console() {
  end_live(/*keep=*/true);
}

void Console::note(std::string_view line) {
  if (!quiet_) {
    end_live(/*keep=*/false);
    fmt::print(stderr, "{}\n", one_line(line));
  }
}

void Console::warning(std::string_view message) {
  end_live(/*keep=*/false);
  warn(message);
}

void Console::live(std::string_view line) {
  if (quiet_ || line.empty()) {
    return;
  }
  if (terminal_) {
    draw(line);
  } else {
    fmt::print(stderr, "{}\n", line);
  }
}

void Console::bar(std::string_view work, uint64_t done, uint64_t total) {
  const MonoTime now = MonoClock::now();
  if (quiet_ || !terminal_ || now - created_ < kBarAfter || now - bar_drawn_ < kBarEvery) {
    return;
  }
  bar_drawn_ = now;
  constexpr uint64_t kColumns = 30;
  const uint64_t of = std::max<uint64_t>(total, 1);
  const uint64_t share = std::min(done, of);
  const uint64_t filled = share * kColumns / of;
  draw(fmt::format("{} [{:#<{}}{:.<{}}] {} %", work, "", filled, "", kColumns - filled,
                   share * 100 / of));
}

void Console::draw(std::string_view line) {
  const uint32_t columns = terminal_columns(STDERR_FILENO);
  // A full line would move the cursor on, and the next one would not replace it.
  fmt::print(stderr, "{}{}", kBackAndClear, fit_columns(line, columns > 1 ? columns - 1 : columns));
  static_cast<void>(std::fflush(stderr));
  drawn_ = true;
}

void Console::end_live(bool keep) {
  if (drawn_) {
    fmt::print(stderr, "{}", keep ? "\n" : kBackAndClear);
    static_cast<void>(std::fflush(stderr));
    drawn_ = false;
  }
}

std::string fit_columns(std::string_view line, uint32_t columns) {
  std::string fitted;
  uint32_t used = 0;
  bool escape = false;
  bool room = true;
  for (const char c : line) {
    escape = escape || c == '\x1b';
    // Bytes that continue a UTF-8 character take no column of their own, and go where it goes.
    if (!escape && (static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      room = used < columns;
      used += room ? 1 : 0;
    }
    if (escape || room) {
      fitted += c;
    }
    if (escape && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
      escape = false;
    }
  }
  return fitted;
}

}  // namespace macaw::app
