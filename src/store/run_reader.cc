// SPDX-License-Identifier: MIT
//
// Queries of stored runs. Statements are prepared where they are used: a page or a report asks a
// few of them, and each ends before the next begins, so that no reader keeps the log from being
// emptied.

#include "macaw/store/run_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "database.h"
#include "macaw/base/check.h"
#include "macaw/base/units.h"
#include "reader_impl.h"
#include "rows.h"
#include "run_lock.h"

namespace macaw::store {

namespace {

constexpr std::string_view kRunColumns =
    "run, uuid, label, state, end_reason, started_unix_ns, elapsed_s, sending_s, target_rps,"
    " verdict, verdict_reason, scheduled, sent, unsent, rows_lost, argv, working_folder, file, "
    "file_sha256,"
    " file_provenance, target, profile, arrivals, seed, planned, planned_duration_s, workers,"
    " connections, timeout_s, host, versions, row_policy, lag_is_judged, left_out, left_out_sent,"
    " warmup_s, users, mean_users, think_s, pacing_s";

Nanos nanos_of(double seconds) {
  return Nanos(std::llround(seconds * 1e9));
}

// The enumerator whose text is stored; the first one for a text of a later version.
template <typename Enum>
Enum named(std::string_view text, uint8_t last, std::string_view (*name)(Enum)) {
  for (uint8_t k = 1; k <= last; ++k) {
    if (name(static_cast<Enum>(k)) == text) {
      return static_cast<Enum>(k);
    }
  }
  return static_cast<Enum>(1);
}

RowPolicy policy_of(const std::string& text) {
  RowPolicy policy;
  if (text == "errors") {
    policy.kind = RowPolicy::Kind::kErrors;
  } else if (text.starts_with("sample:")) {
    policy.kind = RowPolicy::Kind::kSample;
    const auto every = parse_u64(text.substr(7));
    policy.sample_every = every.ok() ? *every : 1;
  }
  return policy;
}

std::optional<double> take_optional_real(Statement& row) {
  const bool is_null = row.next_is_null();
  const double value = row.take_real();
  return is_null ? std::nullopt : std::optional(value);
}

std::optional<Nanos> take_optional_span(Statement& row) {
  const auto seconds = take_optional_real(row);
  return seconds ? std::optional(nanos_of(*seconds)) : std::nullopt;
}

RunRow take_run(Statement& row, std::string& argv) {
  RunRow run;
  run.run = row.take();
  run.start.uuid = row.take_text();
  run.start.label = row.take_text();
  run.state = named(row.take_text(), 4, &run_state_name);
  run.end_reason = row.take_text();
  run.start.started_at = WallTime(Nanos(row.take()));
  run.spans.elapsed = nanos_of(row.take_real());
  run.spans.sending = nanos_of(row.take_real());
  run.start.target_rps = row.take_real();
  run.verdict.kind = named(row.take_text(), 3, &stats::verdict_name);
  run.verdict.reason = row.take_text();
  run.counts.scheduled = row.take_u64();
  run.counts.sent = row.take_u64();
  run.counts.unsent = row.take_u64();
  run.counts.rows_lost = row.take_u64();
  argv = row.take_text();
  run.start.working_folder = row.take_text();
  run.start.file = row.take_text();
  run.start.file_sha256 = row.take_text();
  run.start.file_provenance = row.take_text();
  run.start.target = row.take_text();
  run.start.profile = row.take_text();
  run.start.arrivals = row.take_text();
  run.start.seed = row.take_u64();
  run.start.planned = row.take_u64();
  run.start.planned_duration = nanos_of(row.take_real());
  run.start.workers = static_cast<uint32_t>(row.take());
  run.start.connections = static_cast<uint32_t>(row.take());
  run.start.timeout = nanos_of(row.take_real());
  run.start.host = row.take_text();
  run.start.versions = row.take_text();
  run.start.rows = policy_of(row.take_text());
  run.start.lag_is_judged = row.take() != 0;
  run.counts.left_out.requests = row.take_u64();
  run.counts.left_out.sent = row.take_u64();
  run.start.warmup = nanos_of(row.take_real());
  run.start.users = static_cast<uint32_t>(row.take());
  run.mean_users = take_optional_real(row);
  run.start.think = take_optional_span(row);
  run.start.pacing = take_optional_span(row);
  return run;
}

}  // namespace

RunReader::RunReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

RunReader::~RunReader() = default;

Result<std::unique_ptr<RunReader>> RunReader::open(const std::string& path) {
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  MACAW_TRY_ASSIGN(impl->database, Database::open_to_read(path));
  return std::unique_ptr<RunReader>(new RunReader(std::move(impl)));
}

const std::string& RunReader::path() const {
  return impl_->path;
}

Result<std::vector<RunRow>> RunReader::Impl::runs(const std::string& where) {
  MACAW_TRY_ASSIGN(Statement query,
                   database.prepare(fmt::format("SELECT {} FROM runs {}", kRunColumns, where)));
  MACAW_TRY_ASSIGN(Statement parse, database.prepare("SELECT value FROM json_each(?)"));
  std::vector<RunRow> rows;
  while (true) {
    MACAW_TRY_ASSIGN(const bool more, query.step());
    if (!more) {
      break;
    }
    std::string argv;
    RunRow run = take_run(query, argv);
    parse.put_text(argv);
    while (true) {
      MACAW_TRY_ASSIGN(const bool word, parse.step());
      if (!word) {
        break;
      }
      run.start.argv.push_back(parse.take_text());
    }
    rows.push_back(std::move(run));
  }
  // The writer that dies cannot say so; the next one will.
  const auto is_running = [](const RunRow& run) { return run.state == RunState::kRunning; };
  if (std::any_of(rows.begin(), rows.end(), is_running) && !RunLock::is_held(path)) {
    for (RunRow& run : rows) {
      if (is_running(run)) {
        run.state = RunState::kKilled;
        run.end_reason = kKilledReason;
        run.verdict = killed_verdict();
      }
    }
  }
  return rows;
}

Result<int64_t> RunReader::Impl::number(int64_t run) {
  if (run == 0) {
    MACAW_TRY_ASSIGN(const int64_t newest, database.query_int("SELECT max(run) FROM runs"));
    if (newest == 0) {
      return errorf("{}: there is no run in it yet", path);
    }
    return newest;
  }
  MACAW_TRY_ASSIGN(const int64_t found, database.query_int(fmt::format(
                                            "SELECT count(*) FROM runs WHERE run = {}", run)));
  if (found == 0) {
    return errorf("{}: there is no run {}", path, run);
  }
  return run;
}

Result<std::vector<RunRow>> RunReader::runs() {
  return impl_->runs("ORDER BY run");
}

Result<RunRow> RunReader::run(int64_t run) {
  MACAW_TRY_ASSIGN(const int64_t number, impl_->number(run));
  MACAW_TRY_ASSIGN(std::vector<RunRow> rows, impl_->runs(fmt::format("WHERE run = {}", number)));
  if (rows.empty()) {
    return errorf("{}: there is no run {}", impl_->path, number);
  }
  return std::move(rows.front());
}

Result<std::vector<EndpointRow>> RunReader::endpoints(int64_t run) {
  return impl_->collect<EndpointRow>(
      run,
      "SELECT endpoint, method, path FROM endpoints WHERE run = ? AND endpoint > 0"
      " ORDER BY endpoint",
      [](Statement& row) {
        EndpointRow endpoint;
        endpoint.endpoint = static_cast<uint16_t>(row.take());
        endpoint.method = row.take_text();
        endpoint.path = row.take_text();
        return endpoint;
      });
}

Result<std::vector<EndpointTotals>> RunReader::totals(int64_t run) {
  Status damaged;
  const std::string& path = impl_->path;
  std::string columns;
  for (const std::string_view column : kTotalsColumns) {
    columns += fmt::format(", t.{}", column);
  }
  auto rows = impl_->collect<EndpointTotals>(
      run,
      fmt::format("SELECT t.endpoint, e.method, e.path{} FROM endpoint_totals t"
                  " LEFT JOIN endpoints e ON e.run = t.run AND e.endpoint = t.endpoint"
                  " WHERE t.run = ? ORDER BY t.endpoint",
                  columns),
      [&damaged, &path](Statement& row) {
        EndpointTotals totals;
        totals.endpoint.endpoint = static_cast<uint16_t>(row.take());
        totals.endpoint.method = row.take_text();
        totals.endpoint.path = row.take_text();
        auto aggregate = totals_of(take_totals_values(row));
        if (aggregate.ok()) {
          totals.totals = std::move(*aggregate);
        } else {
          damaged = errorf("{}: totals of endpoint {}: {}", path, totals.endpoint.endpoint,
                           aggregate.error().message());
        }
        return totals;
      });
  if (!damaged.ok()) {
    return damaged.error();
  }
  MACAW_TRY_ASSIGN(const std::vector<StatusCount> counts, statuses(run));
  if (rows.ok()) {
    for (EndpointTotals& of : *rows) {
      for (const StatusCount& row : counts) {
        if (row.endpoint == of.endpoint.endpoint) {
          of.totals.statuses.emplace(row.key, row.count);
        }
      }
    }
  }
  return rows;
}

Result<std::vector<StatusCount>> RunReader::statuses(int64_t run) {
  return impl_->collect<StatusCount>(
      run,
      "SELECT endpoint, status, outcome, count FROM status_totals WHERE run = ?"
      " ORDER BY endpoint, count DESC, status, outcome",
      [](Statement& row) {
        StatusCount count;
        count.endpoint = static_cast<uint16_t>(row.take());
        count.key.status = static_cast<uint16_t>(row.take());
        count.key.outcome = static_cast<stats::Outcome>(row.take());
        count.count = row.take_u64();
        return count;
      });
}

Result<std::vector<IntervalRow>> RunReader::intervals(int64_t run, uint32_t resolution,
                                                      uint16_t endpoint, uint64_t from_s,
                                                      uint64_t to_s, IntervalParts parts) {
  MACAW_CHECK(std::find(stats::kResolutions.begin(), stats::kResolutions.end(), resolution) !=
                  stats::kResolutions.end(),
              "resolution={}", resolution);
  MACAW_TRY_ASSIGN(const int64_t number, impl_->number(run));
  MACAW_TRY_ASSIGN(Statement last, impl_->database.prepare("SELECT max(start_s) FROM intervals"
                                                           " WHERE run = ? AND resolution = ?"));
  MACAW_TRY_ASSIGN(const bool there, last.put(number).put(resolution).step());
  std::vector<IntervalRow> rows;
  if (!there || last.next_is_null()) {
    return rows;
  }
  const uint64_t end_s = std::min(to_s, last.take_u64() + 1);
  last.reset();
  // What is not wanted is not read either: a blob may lie on pages of its own.
  std::array<std::string_view, kIntervalColumns.size()> columns = kIntervalColumns;
  columns[columns.size() - 2] = has_response(parts) ? "response" : "x''";
  columns[columns.size() - 1] = has_service(parts) ? "service" : "x''";
  MACAW_TRY_ASSIGN(Statement query, impl_->database.prepare(fmt::format(
                                        "SELECT {} FROM intervals WHERE run = ?"
                                        " AND resolution = ? AND start_s = ? AND endpoint = ?",
                                        column_list(columns.data(), columns.size()))));
  // Intervals lie in order of time, each with all its endpoints: looking each up reads less than
  // going through them all.
  const uint64_t first = (from_s + resolution - 1) / resolution * resolution;
  for (uint64_t start_s = first; start_s < end_s; start_s += resolution) {
    query.put(number).put(resolution).put_u64(start_s).put(endpoint);
    MACAW_TRY_ASSIGN(const bool found, query.step());
    if (!found) {
      continue;
    }
    auto aggregate = interval_of(take_interval_values(query), parts);
    query.reset();
    if (!aggregate.ok()) {
      return errorf("{}: interval at {} s: {}", impl_->path, start_s, aggregate.error().message());
    }
    rows.push_back({{resolution, start_s, endpoint}, std::move(*aggregate)});
  }
  return rows;
}

Result<std::vector<HealthRow>> RunReader::health(int64_t run, uint64_t from_s, uint64_t to_s) {
  // Bounds that fit into SQLite's signed integers.
  const uint64_t from = std::min<uint64_t>(from_s, INT64_MAX);
  const uint64_t to = std::min<uint64_t>(to_s, INT64_MAX);
  return impl_->collect<HealthRow>(
      run,
      fmt::format(
          "SELECT second, worker, requests, late, lag_p99_ms, lag_max_ms, busy_share, "
          "backlog, in_flight,"
          " connections, scheduled, sent, turn_ms_max, cpu_share, wait_share, users FROM health"
          " WHERE run = ? AND second >= {} AND second < {} ORDER BY second, worker",
          from, to),
      [](Statement& row) {
        HealthRow health;
        health.second = row.take_u64();
        health.worker = static_cast<uint32_t>(row.take());
        health.requests = row.take_u64();
        health.late = row.take_u64();
        health.lag_p99_ms = row.take_real();
        health.lag_max_ms = row.take_real();
        health.busy_share = row.take_real();
        health.backlog = row.take_u64();
        health.in_flight = row.take_u64();
        health.connections = row.take_u64();
        health.scheduled = row.take_u64();
        health.sent = row.take_u64();
        health.turn_ms_max = row.take_real();
        health.cpu_share = row.take_real();
        health.wait_share = row.take_real();
        health.users = row.take_u64();
        return health;
      });
}

Result<std::vector<EventRow>> RunReader::events(int64_t run) {
  return impl_->collect<EventRow>(
      run,
      "SELECT at_s, worker, kind, outcome, endpoint, value, count, text FROM events"
      " WHERE run = ? ORDER BY at_s, event",
      [](Statement& row) {
        EventRow event;
        event.at = nanos_of(row.take_real());
        event.worker = static_cast<uint32_t>(row.take());
        event.kind = named(row.take_text(), stats::kEventKinds, &stats::event_kind_name);
        event.outcome = named(row.take_text(), stats::kOutcomes - 1, &stats::outcome_name);
        event.endpoint = static_cast<uint16_t>(row.take());
        event.value = row.take();
        event.count = row.take_u64();
        event.text = row.take_text();
        return event;
      });
}

Result<std::vector<UnsentRow>> RunReader::unsent(int64_t run) {
  return impl_->collect<UnsentRow>(
      run,
      "SELECT worker, first, last, count, reason FROM unsent WHERE run = ?"
      " ORDER BY first, worker",
      [](Statement& row) {
        UnsentRow unsent;
        unsent.worker = static_cast<uint32_t>(row.take());
        unsent.first = row.take_u64();
        unsent.last = row.take_u64();
        unsent.count = row.take_u64();
        unsent.reason = named(row.take_text(), 3, &stats::unsent_reason_name);
        return unsent;
      });
}

Status RunReader::for_each_sample(int64_t run,
                                  const std::function<void(const stats::Sample&)>& visit) {
  return stream_samples(run, SampleOrder::kIndex, [&visit](const stats::Sample& sample) -> Status {
    visit(sample);
    return {};
  });
}

Status RunReader::stream_samples(int64_t run, SampleOrder order,
                                 const std::function<Status(const stats::Sample&)>& visit) {
  MACAW_TRY_ASSIGN(const int64_t number, impl_->number(run));
  const std::string_view order_by =
      order == SampleOrder::kIndex
          ? "id"
          : "intended_ns + lag_ns + ifnull(wait_ns, ifnull(first_ns, 0) + rest_ns), id";
  MACAW_TRY_ASSIGN(Statement query,
                   impl_->database.prepare(fmt::format(
                       "SELECT id, {} FROM samples WHERE id >= ? AND id < ?"
                       " ORDER BY {}",
                       column_list(kSampleColumns.data(), kSampleColumns.size()), order_by)));
  query.put(sample_id(number, 0)).put(sample_id(number + 1, 0));
  while (true) {
    MACAW_TRY_ASSIGN(const bool more, query.step());
    if (!more) {
      return {};
    }
    const stats::Sample sample = take_sample(query);
    if (const auto outcome = static_cast<size_t>(sample.outcome);
        outcome == 0 || outcome >= stats::kOutcomes) {
      return errorf("{}: request {} of run {} has the unknown outcome {}", impl_->path,
                    static_cast<uint64_t>(sample.index), number, outcome);
    }
    MACAW_TRY(visit(sample));
  }
}

}  // namespace macaw::store
