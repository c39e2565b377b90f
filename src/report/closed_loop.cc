// SPDX-License-Identifier: MIT
//
// See closed_loop.h.

#include "closed_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "macaw/base/units.h"
#include "phrases.h"

namespace macaw::report {
namespace {

/// So few do not move the mean by as much as the check is worth.
constexpr double kFailuresMax = 0.01;

/// What is left of the pacing after each answer, on average.
double mean_rest(const stats::Histogram& responses, Nanos pacing) {
  double rest = 0;
  const auto span = static_cast<double>(pacing.count());
  responses.for_each_bucket([&](uint64_t lowest_ns, uint64_t highest_ns, uint64_t count) {
    const double middle = (static_cast<double>(lowest_ns) + static_cast<double>(highest_ns)) / 2;
    rest += static_cast<double>(count) * std::max(0.0, span - middle);
  });
  return rest / 1e9 / static_cast<double>(responses.count());
}

std::string seconds_text(double seconds) {
  return format_latency(Nanos(std::llround(seconds * 1e9)));
}

}  // namespace

double LittleCheck::deviation() const {
  return users() / played - 1;
}

std::optional<LittleCheck> check_littles_law(const RunSummary& summary) {
  const store::RunRow& run = summary.run;
  if (run.start.users == 0 || !run.mean_users || *run.mean_users <= 0 || summary.totals.empty()) {
    return std::nullopt;
  }
  const stats::Distribution& response = summary.totals.front().totals.response;
  if (response.successes.empty() || static_cast<double>(response.failures) >
                                        kFailuresMax * static_cast<double>(response.count())) {
    return std::nullopt;
  }
  LittleCheck check;
  check.rate = summary.achieved_rps();
  check.response_s = response.successes.mean_ns() / 1e9;
  check.waiting_s = run.start.pacing ? mean_rest(response.successes, *run.start.pacing)
                                     : to_seconds(run.start.think.value_or(Nanos(0)));
  check.played = *run.mean_users;
  return check;
}

std::string closed_loop_lines(const RunSummary& summary) {
  if (summary.run.start.users == 0) {
    return {};
  }
  const double rate = summary.achieved_rps();
  const int decimals = rate < 1000 ? 1 : 0;
  std::string text = fmt::format(
      "closed loop: the rate is an outcome, and a slow answer holds up its user's next request;\n"
      "the same load as an open loop: --rps {:.{}f}\n",
      rate, rate < 10 ? 3 : decimals);
  if (const auto check = check_littles_law(summary)) {
    text += fmt::format(
        "Little's law: {}/s x ({} + {}) = {:.1f} users; {:.1f} played, {:.1f} % apart\n",
        rate_text(check->rate), seconds_text(check->response_s), seconds_text(check->waiting_s),
        check->users(), check->played, 100 * std::abs(check->deviation()));
  }
  return text;
}

}  // namespace macaw::report
