// SPDX-License-Identifier: MIT
//
// `--abort-if 'errors>50% for 10s'`: ends a run that has become pointless. Grammar:
//   rule  = "errors" op value "for" span
//   op    = ">" | ">="
//   value = a share ("50%") or a count ("100") of the requests that ended in the last span
//   span  = whole seconds ("10s", "1m"), 1 s to 1 h
// Requests count when their outcome is known, so a target that hangs is met when its timeouts come.
// Pure: what is stored is an argument. Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "macaw/base/result.h"

namespace macaw::app {

struct AbortRule {
  std::string text;  ///< as given
  double value = 0;  ///< a share (0..1) when `is_share`, else a count
  bool is_share = false;
  bool or_equal = false;
  uint64_t span_s = 0;
};

Result<AbortRule> parse_abort_rule(std::string_view text);

/// Watches a run through its running totals.
class AbortWatch {
 public:
  explicit AbortWatch(AbortRule rule) : rule_(std::move(rule)) {}

  /// Called as seconds become complete: requests that have ended so far, and the errors among them.
  /// A value is the sentence that says why the run ends.
  std::optional<std::string> observe(uint64_t complete_seconds, uint64_t ended, uint64_t errors);

 private:
  struct Totals {
    uint64_t second = 0;
    uint64_t ended = 0;
    uint64_t errors = 0;
  };

  AbortRule rule_;
  std::deque<Totals> seen_{Totals{}};  // oldest first; the first is as old as the span or older
};

}  // namespace macaw::app
