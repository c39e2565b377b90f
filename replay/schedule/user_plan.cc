// SPDX-License-Identifier: MIT
//
// See include/macaw/replay/schedule/user_plan.h. All times of a ramp are exact: change k of n over
// a span falls on the span's k-th n-th part, rounded up to the nanosecond.

#include "macaw/replay/schedule/user_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "macaw/base/check.h"
#include "wide_fixed.h"

namespace macaw::replay {
namespace {

/// a * b / c, rounded up.
int64_t scale_up(uint64_t a, uint64_t b, uint64_t c) {
  return static_cast<int64_t>((uint128{a} * b + c - 1) / c);
}

uint32_t distance(uint32_t a, uint32_t b) {
  return a < b ? b - a : a - b;
}

}  // namespace

UserPlan::UserPlan(std::vector<Ramp> ramps, std::string description)
    : ramps_(std::move(ramps)), description_(std::move(description)) {
  for (const Ramp& ramp : ramps_) {
    users_max_ = std::max({users_max_, ramp.from, ramp.to});
  }
  MACAW_CHECK(users_max_ > 0 && users_max_ <= kUsersMax, "{} users", users_max_);
}

UserPlan UserPlan::stages(const std::vector<Stage>& stages, std::optional<Rate> spawn_rate) {
  MACAW_CHECK(!stages.empty() && stages.front().from == Nanos(0));
  std::vector<Ramp> ramps;
  std::string description;
  for (const Stage& stage : stages) {
    Ramp ramp{.start = stage.from, .from = 0, .to = stage.users, .span = {}};
    if (!ramps.empty()) {
      MACAW_CHECK(stage.from > ramps.back().start);
      // Where the one before has got to: it may not have been reached.
      ramp.from = users_within(ramps.back(), stage.from - Nanos(1));
    }
    if (spawn_rate) {
      ramp.span =
          Nanos(scale_up(distance(ramp.from, ramp.to),
                         static_cast<uint64_t>(spawn_rate->per.count()), spawn_rate->events));
    }
    ramps.push_back(ramp);
    description += fmt::format("{}{}", description.empty() ? "" : ", ", format_count(stage.users));
  }
  description += stages.size() == 1 && stages.front().users == 1 ? " user" : " users";
  if (spawn_rate) {
    description += fmt::format(", {}/s more", format_rate(spawn_rate->per_second()));
  }
  return {std::move(ramps), std::move(description)};
}

UserPlan UserPlan::ramp(uint32_t from, uint32_t to, Nanos span) {
  return {{{.start = {}, .from = from, .to = to, .span = span}},
          fmt::format("{} to {} users over {}", format_count(from), format_count(to),
                      format_duration(span))};
}

/// When a user starts (or stops) within a ramp, after its start. REQUIRES: it is one of those.
Nanos UserPlan::change_of(const Ramp& ramp, uint32_t user) {
  const uint32_t changes = distance(ramp.from, ramp.to);
  const uint32_t k = ramp.from < ramp.to ? user - ramp.from : ramp.from - 1 - user;
  return Nanos(scale_up(static_cast<uint64_t>(ramp.span.count()), k, changes));
}

Nanos UserPlan::end_of(size_t ramp) const {
  return ramp + 1 < ramps_.size() ? ramps_[ramp + 1].start : Nanos::max();
}

uint32_t UserPlan::users_at(Nanos t) const {
  const auto after = std::upper_bound(ramps_.begin(), ramps_.end(), t,
                                      [](Nanos at, const Ramp& ramp) { return at < ramp.start; });
  if (after == ramps_.begin()) {
    return 0;
  }
  return users_within(*std::prev(after), t);
}

/// REQUIRES: the ramp has begun by `t`, and no later one.
uint32_t UserPlan::users_within(const Ramp& ramp, Nanos t) {
  const Nanos into = t - ramp.start;
  if (into >= ramp.span || ramp.from == ramp.to) {
    return ramp.to;
  }
  // Changes fall on 0, span / n, 2 span / n, ...: so many by now.
  const uint32_t changes = distance(ramp.from, ramp.to);
  const auto made = static_cast<uint32_t>(uint128{static_cast<uint64_t>(into.count())} * changes /
                                          static_cast<uint64_t>(ramp.span.count())) +
                    1;
  return ramp.from < ramp.to ? ramp.from + made : ramp.from - made;
}

uint32_t UserPlan::users_at(Nanos t, uint32_t worker, uint32_t workers) const {
  const uint32_t users = users_at(t);
  return users > worker ? (users - worker - 1) / workers + 1 : 0;
}

Nanos UserPlan::active_from(uint32_t user, Nanos t) const {
  for (size_t k = 0; k < ramps_.size(); ++k) {
    const Ramp& ramp = ramps_[k];
    if (end_of(k) <= t) {
      continue;
    }
    const bool at_start = user < ramp.from;
    const bool after = user < ramp.to;
    if (at_start && after) {
      return std::max(t, ramp.start);
    }
    if (!at_start && !after) {
      continue;
    }
    const Nanos change = ramp.start + change_of(ramp, user);
    if (after && change < end_of(k)) {
      return std::max(t, change);
    }
    if (at_start && std::max(t, ramp.start) < change) {
      return std::max(t, ramp.start);
    }
  }
  return Nanos::max();
}

double UserPlan::mean_users(Nanos from, Nanos to) const {
  MACAW_CHECK(from < to);
  double user_time = 0;
  for (size_t k = 0; k < ramps_.size(); ++k) {
    const Ramp& ramp = ramps_[k];
    const Nanos begin = std::max(from, ramp.start);
    const Nanos end = std::min(to, end_of(k));
    if (begin >= end) {
      continue;
    }
    user_time += to_seconds(end - begin) * std::min(ramp.from, ramp.to);
    for (uint32_t user = std::min(ramp.from, ramp.to); user < std::max(ramp.from, ramp.to);
         ++user) {
      const Nanos change = std::clamp(ramp.start + change_of(ramp, user), begin, end);
      user_time += to_seconds(user < ramp.to ? end - change : change - begin);
    }
  }
  return user_time / to_seconds(to - from);
}

Nanos UserPlan::ends_at() const {
  // User 0 is the last to stop.
  for (size_t k = ramps_.size(); k-- > 0;) {
    const Ramp& ramp = ramps_[k];
    if (ramp.to > 0) {
      return end_of(k);
    }
    if (ramp.from > 0) {
      return std::min(ramp.start + change_of(ramp, 0), end_of(k));
    }
  }
  return Nanos(0);
}

namespace {

constexpr std::string_view kUserForms = "expected N, FROM..TO:SPAN or NxSPAN,NxSPAN,...,N";
constexpr size_t kStagesMax = 10'000;

Result<uint32_t> users_of(std::string_view whole, std::string_view text) {
  const auto count = parse_count(text);
  if (!count) {
    return errorf("found '{}', {}", whole, kUserForms);
  }
  if (*count > UserPlan::kUsersMax) {
    return errorf("found {} users, expected at most {}", format_count(*count),
                  format_count(UserPlan::kUsersMax));
  }
  return static_cast<uint32_t>(*count);
}

Result<Nanos> user_span_of(std::string_view whole, std::string_view text) {
  const auto span = parse_duration(text);
  if (!span) {
    return errorf("found '{}', {}: {}", whole, kUserForms, span.error().message());
  }
  if (*span <= Nanos(0)) {
    return errorf("found '{}', expected a span above 0", whole);
  }
  return *span;
}

Result<UserPlan> parse_user_ramp(std::string_view text, size_t dots) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon < dots) {
    return errorf("found '{}', {}", text, kUserForms);
  }
  MACAW_TRY_ASSIGN(const uint32_t from, users_of(text, text.substr(0, dots)));
  MACAW_TRY_ASSIGN(const uint32_t to, users_of(text, text.substr(dots + 2, colon - dots - 2)));
  MACAW_TRY_ASSIGN(const Nanos span, user_span_of(text, text.substr(colon + 1)));
  if (from == 0 && to == 0) {
    return errorf("found '{}', expected at least one user", text);
  }
  return UserPlan::ramp(from, to, span);
}

}  // namespace

Result<UserPlan> parse_user_plan(std::string_view text, std::optional<Rate> spawn_rate) {
  if (const size_t dots = text.find(".."); dots != std::string_view::npos) {
    if (spawn_rate) {
      return errorf(
          "found '{}' and --spawn-rate, expected one of them: both say how fast users come", text);
    }
    return parse_user_ramp(text, dots);
  }
  if (text.ends_with(',')) {
    return errorf("found '{}', {}", text, kUserForms);
  }
  std::vector<UserPlan::Stage> stages;
  Nanos start{};
  bool any = false;
  for (std::string_view rest = text; stages.empty() || !rest.empty();) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view part = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    const bool is_last = rest.empty();
    const size_t times = part.find('x');
    MACAW_TRY_ASSIGN(const uint32_t users, users_of(text, part.substr(0, times)));
    any = any || users > 0;
    if (stages.size() == kStagesMax) {
      return errorf("found more than {} stages", kStagesMax);
    }
    stages.push_back({.from = start, .users = users});
    if (times != std::string_view::npos) {
      MACAW_TRY_ASSIGN(const Nanos span, user_span_of(text, part.substr(times + 1)));
      start += span;
    } else if (!is_last) {
      return errorf("found '{}' in '{}', expected NxSPAN (only the last may lack its span)", part,
                    text);
    }
  }
  if (!any) {
    return errorf("found '{}', expected at least one user", text);
  }
  return UserPlan::stages(stages, spawn_rate);
}

}  // namespace macaw::replay
