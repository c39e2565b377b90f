// SPDX-License-Identifier: MIT
//
// One run from its first request to its last row: gives the engine its rings, the drain its work,
// and turns signals and --abort-if into stops. Thread: main, which runs the loop.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "console.h"
#include "live_control.h"
#include "live_progress.h"
#include "macaw/net/loop.h"
#include "macaw/replay/engine/machine_watch.h"
#include "macaw/replay/engine/replayer.h"
#include "macaw/store/drain.h"
#include "macaw/store/run_reader.h"
#include "macaw/store/run_writer.h"
#include "play_settings.h"
#include "stdin_relay.h"
#include "token_keeper.h"

namespace macaw::app {

/// Passes endpoints on to the drain; keeps those that are found before there is one.
/// Thread: found() on the engine's, attach() on main.
class EndpointRelay {
 public:
  void found(const replay::Endpoint& endpoint);
  void attach(store::Drain& drain);

 private:
  static void add(store::Drain& drain, const replay::Endpoint& endpoint);

  std::mutex mutex_;
  store::Drain* drain_ = nullptr;
  std::vector<replay::Endpoint> waiting_;
};

class LiveRun {
 public:
  /// All references outlive it. From here on signals are its business; what came before wait() is
  /// acted on then.
  /// `input` is null when the input never keeps a reader waiting, `token` when there is none.
  LiveRun(net::Loop& loop, const PlaySettings& settings, replay::Replayer& replayer,
          Console& console, StdinRelay* input, TokenKeeper* token);

  /// Starts the run and stores it as begun. Returns its number. Error: it could not be stored; then
  /// nothing plays any more.
  Result<int64_t> start(store::RunWriter& writer, store::RunStart run);

  /// What steers it; from start() on. After wait() it refuses.
  replay::RunControl& control() { return *control_; }

  /// Runs the loop until the last outcome.
  void wait();

  struct End {
    replay::RunResult result;
    stats::Verdict verdict;
    bool interrupted = false;  ///< by a signal
    bool aborted = false;      ///< by --abort-if
  };

  /// Stores what is left. Error: the database.
  Result<End> finish();

 private:
  void handle_signal();
  void handle_commit();
  void look_at_machine();
  void tell_of_token(const std::string& text, bool is_trouble);
  void end_input();
  void arm_input_end();
  std::string progress_text() const;

  net::Loop& loop_;
  const PlaySettings& settings_;
  replay::Replayer& replayer_;
  Console& console_;
  StdinRelay* input_;
  TokenKeeper* token_;
  std::vector<std::unique_ptr<store::CellRing>> rings_;
  std::vector<std::unique_ptr<replay::SampleSink>> sinks_;
  EndpointRelay endpoints_;
  std::atomic<uint64_t> complete_seconds_{0};
  std::unique_ptr<store::Drain> drain_;
  std::unique_ptr<store::RunReader> reader_;
  std::optional<LiveProgress> progress_;
  replay::MachineWatch machine_;
  std::optional<LiveControl> control_;
  MonoTime time_zero_;
  uint32_t signals_ = 0;
  bool aborted_ = false;
  bool database_warned_ = false;
  // The last members, so that nothing calls back into what is gone.
  net::Waker finished_;
  net::Waker committed_;
  net::SignalWatcher interrupt_;
  net::SignalWatcher terminate_;
  net::DeadlineTimer input_ends_;
  std::optional<net::PeriodicTimer> machine_timer_;
};

}  // namespace macaw::app
