// SPDX-License-Identifier: MIT
//
// Serves made runs to the browser tests: `ui_fixture FOLDER [PAGE_FOLDER [PORT]]`. Prints the UI's
// port, then obeys lines on stdin, answering each with "ok", and ends when stdin does:
//   finished      adds two runs that are over
//   calls         adds a run of gRPC calls that is over
//   begin         begins a run; seconds N: plays so much of it; end: plays the rest
//   long SECONDS  adds a long run, to look at by hand
// Time passes only when the test says so.
// Thread: one; stdin is looked at between turns of the loop.
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>

#include "browser/made_run.h"
#include "macaw/base/check.h"
#include "macaw/net/loop.h"
#include "macaw/ui/ui_server.h"

namespace {

using macaw::test::MadeRun;
using macaw::test::MadeRunOptions;

struct Fixture {
  std::string database;
  std::unique_ptr<MadeRun> live;

  MadeRunOptions options(std::string label) const {
    MadeRunOptions made;
    made.database = database;
    made.label = std::move(label);
    return made;
  }

  /// Two runs that are over: one without trouble, one with all of it.
  void add_finished() const {
    MadeRunOptions calm = options("before the cache");
    calm.started_s -= 3600;
    calm.planned_s = 30;
    calm.trouble = false;
    calm.slower_us = 1500;
    MadeRun(calm).finish();
    MadeRun(options("")).finish();
  }

  bool obey(const std::string& line) {
    std::istringstream words(line);
    std::string command;
    uint64_t count = 0;
    words >> command >> count;
    if (command == "finished") {
      add_finished();
    } else if (command == "calls") {
      MadeRunOptions made = options("gRPC");
      made.calls = true;
      MadeRun(made).finish();
    } else if (command == "long") {
      MadeRunOptions made = options("one day");
      made.planned_s = count;
      made.period_ms = 500;
      MadeRun(made).finish();
    } else if (command == "begin") {
      live = std::make_unique<MadeRun>(options("live"));
    } else if (command == "seconds") {
      for (; count > 0; --count) {
        live->add_second();
      }
    } else if (command == "end") {
      live->finish();
      live.reset();
    } else {
      return false;
    }
    return true;
  }
};

/// A whole line from stdin, if there is one; false at its end.
bool read_line(std::string& pending, std::string& line) {
  line.clear();
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (poll(&input, 1, 0) > 0) {
    char bytes[256];
    const ssize_t size = read(STDIN_FILENO, bytes, sizeof bytes);
    if (size <= 0) {
      return false;
    }
    pending.append(bytes, static_cast<size_t>(size));
  }
  if (const size_t end = pending.find('\n'); end != std::string::npos) {
    line = pending.substr(0, end);
    pending.erase(0, end + 1);
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: ui_fixture FOLDER [PAGE_FOLDER [PORT]]\n");
    return 1;
  }
  Fixture fixture{std::string(argv[1]) + "/macaw.sqlite", nullptr};
  macaw::net::Loop loop;
  macaw::ui::UiOptions options;
  options.port = static_cast<uint16_t>(argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 0);
  options.database = fixture.database;
  options.page_folder = argc > 2 ? argv[2] : "";
  macaw::ui::UiServer server(loop, options);
  const macaw::Status started = server.start();
  MACAW_CHECK(started.ok());
  std::printf("%d\n", server.port());
  std::fflush(stdout);
  std::string pending;
  std::string line;
  while (read_line(pending, line)) {
    if (!line.empty()) {
      std::printf("%s\n", fixture.obey(line) ? "ok" : "what?");
      std::fflush(stdout);
    }
    loop.run_once(std::chrono::milliseconds(20));
  }
  return 0;
}
