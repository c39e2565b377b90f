// SPDX-License-Identifier: MIT
//
// Writes a long run of many endpoints with the store's own writer, to see how fast the page opens
// it: `made_day DATABASE [SECONDS [ENDPOINTS [REQUESTS_PER_SECOND]]]`. Times are arithmetic: two
// waves over the day, a tail, a bad quarter of an hour. One row in a hundred is kept.
// Thread: one.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "macaw/base/check.h"
#include "macaw/base/random.h"
#include "macaw/stats/aggregate.h"
#include "macaw/store/run_writer.h"

namespace {

using macaw::from_seconds;
using macaw::Nanos;
using macaw::Status;
namespace stats = macaw::stats;
namespace store = macaw::store;

constexpr uint64_t kUs = 1000;
constexpr uint64_t kSecond = 1'000'000'000;
constexpr uint64_t kCommitS = 600;

struct Day {
  std::string database;
  uint64_t seconds = 86'400;
  uint64_t endpoints = 100;
  uint64_t per_second = 100;
};

void require(const Status& status) {
  MACAW_CHECK(status.ok(), "{}", status.error().message());
}

store::RunStart start_of(const Day& day) {
  store::RunStart start;
  start.uuid = "0d9be7a1-5f0c-4a55-9a77-0c8d2f3b6e11";
  start.label = "one day";
  start.started_at = macaw::WallTime(from_seconds(1'795'132'800));
  start.argv = {"replay", "day.jsonl"};
  start.file = "day.jsonl";
  start.target = "127.0.0.1:8080";
  start.arrivals = "constant";
  start.target_rps = static_cast<double>(day.per_second);
  start.profile = fmt::format("constant {}/s", day.per_second);
  start.planned = day.seconds * day.per_second;
  start.planned_duration = from_seconds(static_cast<int64_t>(day.seconds));
  start.timeout = from_seconds(30);
  start.host = "made";
  start.versions = "macaw";
  start.rows.kind = store::RowPolicy::Kind::kSample;
  start.rows.sample_every = 100;
  return start;
}

stats::Sample sample_of(const Day& day, uint64_t i) {
  const uint64_t second = i / day.per_second;
  const uint64_t random = macaw::mix64(i);
  stats::Sample sample;
  sample.index = i & 0xFFFFFFFFFFFF;
  sample.line = static_cast<uint32_t>(i % 1'000'000 + 1);
  // Some endpoints are asked far more often than others.
  const uint64_t first = random % day.endpoints;
  sample.endpoint =
      static_cast<uint16_t>(1 + first * ((random >> 20) % day.endpoints + 1) / day.endpoints);
  sample.intended_ns = static_cast<int64_t>(i * kSecond / day.per_second);
  sample.ready_ns = (20 + random % 50) * kUs & 0xFFFFFFFFFFFF;
  sample.sent_ns = (sample.ready_ns + 10 * kUs) & 0xFFFFFFFFFFFF;
  const uint64_t wave = second % 43'200;
  uint64_t service_us = 2'000 + (wave < 21'600 ? wave : 43'200 - wave) / 4;
  service_us += (random >> 40) % 3'000 + sample.endpoint * 40;
  if ((random >> 30) % 50 == 0) {
    service_us += (random >> 10) % 60'000;
  }
  if (second >= 50'000 && second < 50'900) {
    service_us *= 8;
  }
  sample.done_ns = sample.sent_ns + service_us * kUs;
  sample.first_byte_ns = sample.done_ns - 100 * kUs;
  sample.status = 200;
  sample.bytes_in = 900;
  sample.bytes_out = 200;
  if (second >= 50'300 && second < 50'600 && random % 20 == 0) {
    sample.status = 503;
    sample.outcome = stats::Outcome::kHttpError;
  }
  return sample;
}

store::HealthRow health_of(const Day& day, uint64_t second) {
  store::HealthRow health;
  health.second = second;
  health.requests = day.per_second;
  health.lag_p99_ms = 0.06;
  health.lag_max_ms = 0.07;
  health.busy_share = 0.05;
  health.cpu_share = 0.05;
  health.in_flight = second >= 50'000 && second < 50'900 ? 12 : 2;
  health.connections = 16;
  health.scheduled = (second + 1) * day.per_second;
  health.sent = health.scheduled;
  return health;
}

void write_day(const Day& day) {
  auto opened = store::RunWriter::open(day.database);
  MACAW_CHECK(opened.ok(), "{}", opened.error().message());
  store::RunWriter& writer = **opened;
  MACAW_CHECK(writer.begin_run(start_of(day)).ok());
  for (uint64_t endpoint = 1; endpoint <= day.endpoints; ++endpoint) {
    require(writer.add_endpoint(
        {static_cast<uint16_t>(endpoint), "GET", fmt::format("/api/v2/things/{}", endpoint)}));
  }
  stats::RunAggregator aggregator;
  for (uint64_t second = 0; second < day.seconds; ++second) {
    for (uint64_t k = 0; k < day.per_second; ++k) {
      const stats::Sample sample = sample_of(day, second * day.per_second + k);
      aggregator.add(sample);
      require(writer.add_samples({&sample, 1}));
    }
    require(writer.put_health(health_of(day, second)));
    if ((second + 1) % kCommitS == 0 || second + 1 == day.seconds) {
      aggregator.take_changed(
          second + 1, 1, [&writer](const stats::IntervalKey& key, const stats::Aggregate& value) {
            require(writer.put_interval(key, value));
          });
      require(writer.commit());
    }
  }
  for (const auto& [endpoint, totals] : aggregator.totals()) {
    require(writer.put_endpoint_totals(endpoint, totals));
  }
  const uint64_t requests = day.seconds * day.per_second;
  const Nanos span = from_seconds(static_cast<int64_t>(day.seconds));
  require(writer.finish_run(store::RunState::kFinished, "duration", {span, span},
                            {requests, requests, 0, 0}, {}));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: made_day DATABASE [SECONDS [ENDPOINTS [REQUESTS_PER_SECOND]]]\n");
    return 1;
  }
  Day day;
  day.database = argv[1];
  uint64_t* const numbers[] = {&day.seconds, &day.endpoints, &day.per_second};
  for (int k = 2; k < argc && k < 5; ++k) {
    *numbers[k - 2] = std::strtoull(argv[k], nullptr, 10);
  }
  write_day(day);
  return 0;
}
