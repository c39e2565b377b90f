// SPDX-License-Identifier: MIT
#include "live_control.h"

#include <cmath>
#include <utility>

#include "macaw/base/units.h"

namespace macaw::app {

namespace {

/// As an event's value holds a rate: whole thousandths.
int64_t thousandths(double per_second) {
  return std::llround(per_second * 1000);
}

/// "100/s"; nothing where there is no rate.
std::string rate_of(double per_second) {
  // As many digits as one types: a profile that moves has rates with sixteen.
  return per_second > 0 ? format_rate(std::round(per_second * 1000) / 1000) + "/s" : "";
}

std::string at_rate(std::string_view word, double per_second) {
  const std::string rate = rate_of(per_second);
  return rate.empty() ? std::string() : fmt::format("{} {}, ", word, rate);
}

}  // namespace

LiveControl::LiveControl(replay::RunControl& engine, store::Drain& drain, Console& console,
                         Hooks hooks)
    : engine_(engine), drain_(drain), console_(console), hooks_(std::move(hooks)) {}

replay::RunStatus LiveControl::status() const {
  return ended_ ? replay::RunStatus{} : engine_.status();
}

Result<replay::RunChange> LiveControl::set_rate(double per_second, std::string_view who) {
  const bool paused = engine_.status().paused;
  MACAW_TRY_ASSIGN(const replay::RunChange change, engine_.set_rate(per_second, who));
  record(stats::EventKind::kRateChange, change,
         fmt::format("{} -> {}{}, asked for by {}", rate_of(change.rps_before),
                     rate_of(change.rps_after), paused ? " after the pause" : "", who));
  return change;
}

Result<replay::RunChange> LiveControl::pause(std::string_view who) {
  MACAW_TRY_ASSIGN(const replay::RunChange change, engine_.pause(who));
  record(stats::EventKind::kPause, change,
         fmt::format("{}asked for by {}", at_rate("at", change.rps_before), who));
  return change;
}

Result<replay::RunChange> LiveControl::resume(std::string_view who) {
  MACAW_TRY_ASSIGN(const replay::RunChange change, engine_.resume(who));
  record(stats::EventKind::kResume, change,
         fmt::format("{}asked for by {}", at_rate("with", change.rps_after), who));
  return change;
}

Status LiveControl::stop(std::string_view who) {
  const replay::RunStatus before = engine_.status();
  MACAW_TRY(engine_.stop(fmt::format("{} {}", who, hooks_.progress())));
  record(stats::EventKind::kStop,
         {.changed = true, .from = before.elapsed, .rps_before = before.target_rps.value_or(0)},
         fmt::format("asked for by {}", who));
  return {};
}

void LiveControl::stop_scheduling(stats::UnsentReason reason, std::string why) {
  engine_.stop_scheduling(reason, std::move(why));
}

void LiveControl::stop_now(std::string why) {
  engine_.stop_now(std::move(why));
}

void LiveControl::record(stats::EventKind kind, const replay::RunChange& change, std::string text) {
  if (!change.changed) {
    return;
  }
  if (change.late) {
    text += "; the workers were told too late, and may have gone on by the old plan for a while";
  }
  console_.note(fmt::format("{}: {}", stats::event_kind_name(kind), text));
  store::EventRow event;
  event.kind = kind;
  event.at = change.from;
  event.value = thousandths(change.rps_after);
  event.text = std::move(text);
  drain_.command([event](store::RunWriter& writer) { return writer.add_event(event); });
  hooks_.moved();
}

}  // namespace macaw::app
