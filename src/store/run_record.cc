// SPDX-License-Identifier: MIT
//
// Texts of states, the row policy, and the number of bytes that a run will take.

#include "macaw/store/run_record.h"

#include <fmt/format.h>

#include <algorithm>

#include "macaw/base/random.h"
#include "macaw/store/run_writer.h"

namespace macaw::store {

double achieved_rps(const RunCounts& counts, const RunSpans& spans, Nanos warmup) {
  const Nanos counted = spans.sending - warmup;
  const uint64_t sent = counts.sent - std::min(counts.left_out.sent, counts.sent);
  return counted > Nanos(0) ? static_cast<double>(sent) / to_seconds(counted) : 0;
}

std::string_view run_state_name(RunState state) {
  switch (state) {
    case RunState::kRunning:
      return "running";
    case RunState::kFinished:
      return "finished";
    case RunState::kInterrupted:
      return "interrupted";
    case RunState::kKilled:
      return "killed";
  }
  return "unknown";
}

bool RowPolicy::keeps(uint64_t index, stats::Outcome outcome) const {
  switch (kind) {
    case Kind::kAll:
      return true;
    case Kind::kErrors:
      return !stats::is_success(outcome);
    case Kind::kSample:
      return !stats::is_success(outcome) || sample_every <= 1 || mix64(index) % sample_every == 0;
  }
  return true;
}

std::string RowPolicy::describe() const {
  switch (kind) {
    case Kind::kAll:
      return "all";
    case Kind::kErrors:
      return "errors";
    case Kind::kSample:
      return fmt::format("sample:{}", sample_every);
  }
  return "all";
}

}  // namespace macaw::store
