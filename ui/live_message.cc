// SPDX-License-Identifier: MIT
#include "live_message.h"

#include <fmt/format.h>

#include <algorithm>

#include "chart_request.h"
#include "macaw/base/units.h"
#include "macaw/report/json_text.h"
#include "router.h"
#include "run_json.h"

namespace macaw::ui {

namespace {

/// Seconds before the newest one whose changes a page is told at once. Later ones it finds when it
/// asks for everything again.
constexpr uint64_t kMayChangeS = 60;
/// A page that has missed more asks for everything instead.
constexpr uint64_t kCatchUpS = 300;

std::string event(std::string_view name, std::string_view id, std::string_view json) {
  std::string text;
  if (!id.empty()) {
    text += fmt::format("id: {}\n", id);
  }
  return text + fmt::format("event: {}\ndata: {}\n\n", name, json);
}

std::string run_text(const RunChoice& choice) {
  report::JsonText json;
  json.begin_object();
  add_run(json, *choice.run);
  json.key("newest").integer(choice.newest).end_object();
  return json.take();
}

}  // namespace

Result<LiveMessages> LiveMessages::begin(const Query& query, std::string_view last_event_id) {
  LiveMessages messages;
  MACAW_TRY_ASSIGN(const uint64_t run, query.number("run", 0, INT64_MAX));
  messages.asked_run_ = static_cast<int64_t>(run);
  MACAW_TRY_ASSIGN(messages.endpoint_, query.number("endpoint", 0, UINT16_MAX));
  MACAW_TRY_ASSIGN(messages.next_s_, query.number("next", 0, INT64_MAX));
  MACAW_TRY_ASSIGN(const uint64_t of, query.number("of", 0, INT64_MAX));
  messages.run_ = static_cast<int64_t>(of);
  const size_t colon = last_event_id.find(':');
  if (colon != std::string_view::npos) {
    const Result<uint64_t> last_run = parse_u64(last_event_id.substr(0, colon));
    const Result<uint64_t> second = parse_u64(last_event_id.substr(colon + 1));
    if (last_run.ok() && second.ok()) {
      messages.run_ = static_cast<int64_t>(*last_run);
      messages.next_s_ = *second + 1;
    }
  }
  // A page that says which run it shows has been told how that run stood: it may have ended since.
  messages.was_running_ = messages.run_ != 0;
  return messages;
}

std::optional<std::string> LiveMessages::next(Database& database) {
  const Query query(asked_run_ == 0 ? std::string() : fmt::format("run={}", asked_run_));
  const RunChoice choice = choose_run(database, query);
  if (!choice.run) {
    if (std::exchange(told_waiting_, true)) {
      return std::nullopt;
    }
    return event("waiting", "", "{}");
  }
  told_waiting_ = false;
  const store::RunRow& run = *choice.run;
  const bool another = run.run != run_ || (!uuid_.empty() && run.start.uuid != uuid_);
  uuid_ = run.start.uuid;
  const bool newer = choice.newest != std::exchange(newest_told_, choice.newest);
  const bool running = run.state == store::RunState::kRunning;
  if (another) {
    run_ = run.run;
    next_s_ = 0;
    told_.clear();
    was_running_ = running;
    return event("run", "", run_text(choice));
  }
  if (!running) {
    if (std::exchange(was_running_, false)) {
      return event("end", "", run_text(choice));
    }
    return newer ? std::optional(event("newer", "", run_text(choice))) : std::nullopt;
  }
  was_running_ = true;
  const auto complete_s = static_cast<uint64_t>(to_seconds(run.spans.elapsed));
  if (complete_s < next_s_ + 1) {
    return std::nullopt;
  }
  return seconds(choice, complete_s);
}

uint64_t LiveMessages::first_changed(const RunChoice& choice, uint64_t complete_s) {
  const uint64_t from_s = complete_s - std::min(complete_s, kMayChangeS);
  const auto rows = choice.reader->intervals(choice.run->run, 1, static_cast<uint16_t>(endpoint_),
                                             from_s, complete_s, store::IntervalParts::kCounts);
  uint64_t changed_s = next_s_;
  if (!rows.ok()) {
    return changed_s;
  }
  const bool fresh = told_.empty();
  for (const store::IntervalRow& row : *rows) {
    const stats::Aggregate& sums = row.aggregate;
    const Fingerprint now = {sums.requests(), sums.completed, sums.errors()};
    Fingerprint& told = told_[row.key.start_s];
    if (told != now) {
      changed_s = std::min(changed_s, row.key.start_s);
      told = now;
    }
  }
  told_.erase(told_.begin(), told_.lower_bound(from_s));
  // Who has just come knows the seconds before, but not in which state.
  return fresh ? std::min(next_s_, from_s) : changed_s;
}

std::optional<std::string> LiveMessages::seconds(const RunChoice& choice, uint64_t complete_s) {
  ChartRequest request;
  request.key.name = kFirstKey;
  request.key.endpoint = static_cast<uint16_t>(endpoint_);
  request.end_s = end_of(*choice.run);
  request.span.to_s = complete_s;
  const uint64_t oldest_s = complete_s - std::min(complete_s, kCatchUpS);
  request.span.from_s = std::max(first_changed(choice, complete_s), oldest_s);
  const Result<std::string> json = series_json(choice, request);
  if (!json.ok()) {
    return std::nullopt;
  }
  next_s_ = complete_s;
  return event("second", fmt::format("{}:{}", run_, complete_s - 1), *json);
}

}  // namespace macaw::ui
