// SPDX-License-Identifier: MIT
//
// `/metrics`: reads the run and answers in the format that the scraper asks for.
#include <algorithm>

#include "metrics.h"
#include "router.h"
#include "run_choice.h"

namespace macaw::ui {

namespace {

/// The last second that a worker has told of lies among so many.
constexpr uint64_t kHealthSeconds = 5;

Result<StoredRun> read_stored(const RunChoice& choice) {
  StoredRun stored;
  stored.run = *choice.run;
  MACAW_TRY_ASSIGN(stored.totals, choice.reader->totals(stored.run.run));
  MACAW_TRY_ASSIGN(stored.connections, choice.reader->connections(stored.run.run));
  MACAW_TRY_ASSIGN(stored.streams, choice.reader->streams(stored.run.run));
  const auto end_s = static_cast<uint64_t>(to_seconds(stored.run.spans.elapsed)) + 1;
  MACAW_TRY_ASSIGN(
      std::vector<store::HealthRow> health,
      choice.reader->health(stored.run.run, end_s - std::min(end_s, kHealthSeconds), end_s));
  stored.health = newest_health(health);
  return stored;
}

}  // namespace

server::Response metrics_page(Database& database, const Query& query, const ControlApi& control) {
  const RunChoice choice = choose_run(database, query);
  if (choice.refusal) {
    return *choice.refusal;
  }
  server::Response response;
  response.content_type = kMetricsTextType;
  if (!choice.run) {
    response.body = metrics_text(metrics_of(nullptr, nullptr));
    return response;
  }
  const Result<StoredRun> stored = read_stored(choice);
  if (!stored.ok()) {
    return text_response(500, stored.error().message());
  }
  const std::optional<replay::RunStatus> live = control.status_of(choice.run->run);
  response.body = metrics_text(metrics_of(&*stored, live ? &*live : nullptr));
  return response;
}

}  // namespace macaw::ui
