// SPDX-License-Identifier: MIT
//
// The line of each second, and --abort-if: both read what was stored. Thread: main.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "abort_rule.h"
#include "console.h"
#include "macaw/replay/engine/replayer.h"
#include "macaw/store/run_reader.h"
#include "play_settings.h"

namespace macaw::app {

class LiveProgress {
 public:
  /// All references outlive it.
  LiveProgress(const PlaySettings& settings, replay::Replayer& replayer, Console& console,
               store::RunReader& reader, int64_t run);

  /// After a commit. A value is the reason why --abort-if ends the run.
  std::optional<std::string> update(uint64_t complete_seconds);

 private:
  Status show(uint64_t second, uint64_t errors);

  replay::Replayer& replayer_;
  Console& console_;
  store::RunReader& reader_;
  int64_t run_;
  std::optional<store::RunRow> row_;
  std::optional<AbortWatch> abort_;
  uint64_t complete_seconds_ = 0;
};

}  // namespace macaw::app
