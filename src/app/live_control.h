// SPDX-License-Identifier: MIT
//
// The controls of the run that plays, as the page and `replay control` are given them: the
// engine's, and each change told on the console and stored as an event. Thread: main.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "console.h"
#include "macaw/replay/engine/run_control.h"
#include "macaw/store/drain.h"

namespace macaw::app {

class LiveControl final : public replay::RunControl {
 public:
  struct Hooks {
    std::function<std::string()> progress;  ///< "at 41 %", for the end's reason
    std::function<void()> moved;            ///< the plan ends at another time
  };

  /// All references outlive it.
  LiveControl(replay::RunControl& engine, store::Drain& drain, Console& console, Hooks hooks);

  /// The run has ended: there is nothing to control any more.
  void end() { ended_ = true; }

  // RunControl
  replay::RunStatus status() const override;
  Result<replay::RunChange> set_rate(double per_second, std::string_view who) override;
  Result<replay::RunChange> pause(std::string_view who) override;
  Result<replay::RunChange> resume(std::string_view who) override;
  Status stop(std::string_view who) override;
  void stop_scheduling(stats::UnsentReason reason, std::string why) override;
  void stop_now(std::string why) override;

 private:
  void record(stats::EventKind kind, const replay::RunChange& change, std::string text);

  replay::RunControl& engine_;
  store::Drain& drain_;
  Console& console_;
  Hooks hooks_;
  bool ended_ = false;
};

}  // namespace macaw::app
