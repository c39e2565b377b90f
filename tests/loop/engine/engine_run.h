// SPDX-License-Identifier: MIT
//
// Plays a small replay file against a test target and keeps every cell.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "macaw/replay/engine/replayer.h"
#include "macaw/stats/fault.h"
#include "macaw/stats/sample.h"
#include "support/temp_dir.h"

namespace macaw::test {

class CollectingSink final : public replay::SampleSink {
 public:
  bool push(const stats::Cell& cell) override {
    if (on_sample && cell.kind() == stats::CellKind::kSample) {
      on_sample(cell.as<stats::Sample>());
    }
    cells.push_back(cell);
    return cells.size() <= capacity;
  }

  std::vector<stats::Cell> cells;
  size_t capacity = SIZE_MAX;
  std::function<void(const stats::Sample&)> on_sample;
};

struct EngineRun {
  /// No lines yet and no target; a rate of 500/s; one worker; short timeouts.
  EngineRun();
  /// `count` lines for a server on this port.
  explicit EngineRun(uint16_t port, size_t count = 0);

  TempDir folder;
  std::vector<std::string> lines;
  std::string rate = "500";
  replay::RunOptions options;
  /// Called by the test's thread once the run plays.
  std::function<void(replay::RunControl&)> while_playing;
  size_t sink_capacity = SIZE_MAX;
  /// Called by the worker, in its loop, for each sample.
  std::function<void(const stats::Sample&)> on_sample;

  // Results of play().
  replay::RunResult result;
  std::vector<stats::Sample> samples;  // by index
  std::vector<stats::EventCell> errors;
  stats::FaultBook faults;
  std::vector<stats::UnsentCell> unsent;
  std::vector<stats::HealthCell> health;
  std::vector<stats::ConnectionCell> connections;
  std::vector<stats::StreamCell> streams;
  std::vector<replay::Endpoint> endpoints;
  std::map<stats::Outcome, uint64_t> outcomes;

  /// `count` lines "/path?n=K".
  void add_lines(size_t count, const std::string& path = "/x");
  void aim_at(uint16_t port);
  /// Fails the test unless the run starts, ends and conserves its requests.
  void play();
  uint64_t count(stats::Outcome outcome) const;
  /// How many requests went out twice.
  uint64_t resent() const;
};

}  // namespace macaw::test
