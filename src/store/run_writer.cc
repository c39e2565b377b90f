// SPDX-License-Identifier: MIT
//
// The writer of run databases: one prepared statement for each kind of row, one transaction between
// two commits.

#include "macaw/store/run_writer.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "database.h"
#include "macaw/base/check.h"
#include "rows.h"
#include "writer_impl.h"

namespace macaw::store {

namespace {

// Measured by tests/bench/store_bench (README of that number: SCHEMA.md, "Size").
constexpr uint64_t kBytesPerRow = 56;
constexpr uint64_t kBytesPerRun = 200'000;
// Successes are assumed to be the rule.
constexpr double kErrorShare = 0.01;
// Rows of one statement: starting a statement costs as much as half a row. Fewer than 2,184: SQLite
// has room for 32,766 parameters.
constexpr size_t kRowsPerInsert = 64;

std::string json_array(const std::vector<std::string>& texts) {
  std::string json = "[";
  for (const std::string& text : texts) {
    json += json.size() > 1 ? ",\"" : "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') {
        json += '\\';
        json += c;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        json += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
      } else {
        json += c;
      }
    }
    json += '"';
  }
  return json + "]";
}

std::string insert_of_samples(size_t rows) {
  std::string sql = fmt::format("INSERT INTO samples (id, {}) VALUES ",
                                column_list(kSampleColumns.data(), kSampleColumns.size()));
  const std::string row = fmt::format("({})", parameter_list(1 + kSampleColumns.size()));
  for (size_t k = 0; k < rows; ++k) {
    sql += k == 0 ? row : "," + row;
  }
  return sql;
}

void put_seconds(Statement& statement, const std::optional<Nanos>& span) {
  if (span) {
    statement.put_real(to_seconds(*span));
  } else {
    statement.put_null();
  }
}

}  // namespace

Status RunWriter::Impl::prepare() {
  const auto set = [this](Statement& statement, std::string_view sql) -> Status {
    MACAW_TRY_ASSIGN(statement, database.prepare(sql));
    return {};
  };
  MACAW_TRY(set(begin, "BEGIN IMMEDIATE"));
  MACAW_TRY(set(commit, "COMMIT"));
  MACAW_TRY(set(insert_sample, insert_of_samples(1)));
  MACAW_TRY(set(insert_samples, insert_of_samples(kRowsPerInsert)));
  MACAW_TRY(set(put_interval, upsert("intervals", "run, resolution, start_s, endpoint", 4,
                                     kIntervalColumns.data(), kIntervalColumns.size())));
  MACAW_TRY(set(get_interval,
                fmt::format("SELECT {} FROM intervals"
                            " WHERE run = ? AND resolution = ? AND start_s = ? AND endpoint = ?",
                            column_list(kIntervalColumns.data(), kIntervalColumns.size()))));
  MACAW_TRY(set(put_totals, upsert("endpoint_totals", "run, endpoint", 2, kTotalsColumns.data(),
                                   kTotalsColumns.size())));
  constexpr std::string_view kCount = "count";
  MACAW_TRY(
      set(put_status, upsert("status_totals", "run, endpoint, status, outcome", 4, &kCount, 1)));
  MACAW_TRY(set(put_health, "INSERT OR REPLACE INTO health VALUES (" + parameter_list(17) + ")"));
  const std::string event =
      "INSERT INTO events (run, at_s, worker, kind, outcome, endpoint, value, count, text)"
      " VALUES (" +
      parameter_list(9) + ")";
  MACAW_TRY(set(put_event, event));
  MACAW_TRY(set(put_error, event +
                               " ON CONFLICT (run, outcome, endpoint, text) WHERE kind = 'error'"
                               " DO UPDATE SET count = count + excluded.count"));
  MACAW_TRY(
      set(put_unsent, "INSERT INTO unsent (run, worker, first, last, count, reason) VALUES (" +
                          parameter_list(6) + ")"));
  MACAW_TRY(set(put_endpoint,
                "INSERT OR REPLACE INTO endpoints (run, endpoint, method, path)"
                " VALUES (?, ?, ?, ?)"));
  MACAW_TRY(set(put_progress,
                "UPDATE runs SET elapsed_s = ?, sending_s = ?, scheduled = ?, sent = ?,"
                " left_out = ?, left_out_sent = ?, achieved_rps = ? WHERE run = ?"));
  MACAW_TRY(prepare_transport());
  return set(set_label, "UPDATE runs SET label = ? WHERE run = ? RETURNING run");
}

// We hold the lock, so nobody else is writing: a run that says it is running has died.
Status RunWriter::Impl::mark_killed_runs() {
  MACAW_TRY_ASSIGN(Statement mark,
                   database.prepare("UPDATE runs SET state = ?, end_reason = ?, verdict = ?,"
                                    " verdict_reason = ? WHERE state = ?"));
  const stats::Verdict verdict = killed_verdict();
  mark.put_text(run_state_name(RunState::kKilled)).put_text(kKilledReason);
  mark.put_text(stats::verdict_name(verdict.kind)).put_text(verdict.reason);
  return mark.put_text(run_state_name(RunState::kRunning)).execute();
}

Status RunWriter::Impl::ensure_transaction() {
  return database.in_transaction() ? Status() : begin.execute();
}

RunWriter::RunWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

RunWriter::~RunWriter() {
  rollback();
}

Result<std::unique_ptr<RunWriter>> RunWriter::open(const std::string& path) {
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  MACAW_TRY(Database::check_file(path));
  MACAW_TRY_ASSIGN(impl->lock, RunLock::acquire(path));
  MACAW_TRY_ASSIGN(impl->database, Database::open_to_write(path));
  MACAW_TRY(impl->prepare());
  MACAW_TRY(impl->mark_killed_runs());
  return std::unique_ptr<RunWriter>(new RunWriter(std::move(impl)));
}

int64_t RunWriter::run() const {
  return impl_->run;
}

Result<int64_t> RunWriter::begin_run(const RunStart& start) {
  MACAW_CHECK(impl_->run == 0, "run {} is not finished", impl_->run);
  MACAW_TRY_ASSIGN(
      Statement insert,
      impl_->database.prepare(
          "INSERT INTO runs (uuid, label, state, started_at, started_unix_ns, target_rps, argv,"
          " working_folder, file, file_sha256, file_provenance, target, profile, arrivals, seed,"
          " planned, planned_duration_s, workers, connections, timeout_s, host, versions,"
          " row_policy, lag_is_judged, warmup_s, users, think_s, pacing_s) VALUES (" +
          parameter_list(28) + ")"));
  const std::string started_at = format_iso8601(start.started_at);
  const std::string argv = json_array(start.argv);
  const std::string policy = start.rows.describe();
  MACAW_TRY(impl_->ensure_transaction());
  insert.put_text(start.uuid).put_text(start.label);
  insert.put_text(run_state_name(RunState::kRunning)).put_text(started_at);
  insert.put(start.started_at.time_since_epoch().count()).put_real(start.target_rps);
  insert.put_text(argv).put_text(start.working_folder).put_text(start.file);
  insert.put_text(start.file_sha256).put_text(start.file_provenance).put_text(start.target);
  insert.put_text(start.profile).put_text(start.arrivals).put_u64(start.seed);
  insert.put_u64(start.planned).put_real(to_seconds(start.planned_duration));
  insert.put(start.workers).put(start.connections).put_real(to_seconds(start.timeout));
  insert.put_text(start.host).put_text(start.versions).put_text(policy);
  insert.put(start.lag_is_judged ? 1 : 0).put_real(to_seconds(start.warmup)).put(start.users);
  put_seconds(insert, start.think);
  put_seconds(insert, start.pacing);
  if (const Status inserted = insert.execute(); !inserted.ok()) {
    rollback();
    return inserted.error();
  }
  impl_->run = impl_->database.last_row();
  impl_->policy = start.rows;
  impl_->warmup = start.warmup;
  Status done = add_endpoint({0, "", "all"});
  if (done.ok()) {
    done = put_endpoint_totals(0, stats::Aggregate());
  }
  if (done.ok()) {
    done = commit();
  }
  if (!done.ok()) {
    rollback();
    impl_->run = 0;
    return done.error();
  }
  return impl_->run;
}

Status RunWriter::add_endpoint(const EndpointRow& endpoint) {
  MACAW_TRY(impl_->ensure_transaction());
  impl_->put_endpoint.put(impl_->run).put(endpoint.endpoint);
  return impl_->put_endpoint.put_text(endpoint.method).put_text(endpoint.path).execute();
}

Status RunWriter::add_samples(std::span<const stats::Sample> samples,
                              const std::function<void()>& between) {
  MACAW_TRY(impl_->ensure_transaction());
  auto& order = impl_->order;
  order.clear();
  for (size_t k = 0; k < samples.size(); ++k) {
    if (impl_->policy.keeps(samples[k].index, samples[k].outcome)) {
      order.emplace_back(samples[k].index, k);
    }
  }
  // Rows in order of their key go to the end of the tree, page after page.
  std::sort(order.begin(), order.end());
  if (!order.empty() && order.back().first >= static_cast<uint64_t>(kIndexesPerRun)) {
    return errorf("{}: a run has room for {} requests", impl_->path, kIndexesPerRun);
  }
  std::span<const std::pair<uint64_t, size_t>> left(order);
  while (!left.empty()) {
    const bool many = left.size() >= kRowsPerInsert;
    Statement& insert = many ? impl_->insert_samples : impl_->insert_sample;
    const auto rows = left.first(many ? kRowsPerInsert : 1);
    for (const auto& [index, k] : rows) {
      put_sample(insert, impl_->run, samples[k]);
    }
    MACAW_TRY(insert.execute());
    left = left.subspan(rows.size());
    if (many && between) {
      between();
    }
  }
  return {};
}

Status RunWriter::put_interval(const stats::IntervalKey& key, const stats::Aggregate& aggregate) {
  MACAW_TRY(impl_->ensure_transaction());
  Statement& put = impl_->put_interval;
  const std::vector<Value> values = interval_values(aggregate);
  put.put(impl_->run).put(key.resolution).put_u64(key.start_s).put(key.endpoint);
  put_values(put, values);
  return put.execute();
}

Result<std::unique_ptr<stats::Aggregate>> RunWriter::get_interval(const stats::IntervalKey& key) {
  Statement& get = impl_->get_interval;
  get.put(impl_->run).put(key.resolution).put_u64(key.start_s).put(key.endpoint);
  MACAW_TRY_ASSIGN(const bool found, get.step());
  if (!found) {
    return std::unique_ptr<stats::Aggregate>();
  }
  const std::vector<Value> values = take_interval_values(get);
  get.reset();
  MACAW_TRY_ASSIGN(stats::Aggregate aggregate, interval_of(values));
  return std::make_unique<stats::Aggregate>(std::move(aggregate));
}

Status RunWriter::put_endpoint_totals(uint16_t endpoint, const stats::Aggregate& totals) {
  MACAW_TRY(impl_->ensure_transaction());
  const std::vector<Value> values = totals_values(totals);
  impl_->put_totals.put(impl_->run).put(endpoint);
  put_values(impl_->put_totals, values);
  MACAW_TRY(impl_->put_totals.execute());
  Statement& put = impl_->put_status;
  for (const auto& [key, count] : totals.statuses) {
    put.put(impl_->run).put(endpoint).put(key.status).put(static_cast<int64_t>(key.outcome));
    MACAW_TRY(put.put_u64(count).execute());
  }
  return {};
}

Status RunWriter::put_health(const HealthRow& health) {
  MACAW_TRY(impl_->ensure_transaction());
  Statement& put = impl_->put_health;
  put.put(impl_->run).put_u64(health.second).put(health.worker);
  put.put_u64(health.requests).put_u64(health.late);
  put.put_real(health.lag_p99_ms).put_real(health.lag_max_ms).put_real(health.busy_share);
  put.put_u64(health.backlog).put_u64(health.in_flight).put_u64(health.connections);
  put.put_u64(health.scheduled).put_u64(health.sent);
  put.put_real(health.turn_ms_max).put_real(health.cpu_share).put_real(health.wait_share);
  put.put_u64(health.users);
  return put.execute();
}

Status RunWriter::add_event(const EventRow& event) {
  MACAW_TRY(impl_->ensure_transaction());
  const bool is_error = event.kind == stats::EventKind::kError;
  Statement& put = is_error ? impl_->put_error : impl_->put_event;
  put.put(impl_->run).put_real(to_seconds(event.at)).put(event.worker);
  put.put_text(stats::event_kind_name(event.kind));
  put.put_text(is_error ? stats::outcome_name(event.outcome) : "");
  put.put(event.endpoint).put(event.value).put_u64(event.count);
  return put.put_text(event.text).execute();
}

Status RunWriter::add_unsent(const UnsentRow& unsent) {
  MACAW_TRY(impl_->ensure_transaction());
  Statement& put = impl_->put_unsent;
  put.put(impl_->run).put(unsent.worker).put_u64(unsent.first).put_u64(unsent.last);
  return put.put_u64(unsent.count).put_text(stats::unsent_reason_name(unsent.reason)).execute();
}

Status RunWriter::put_progress(const RunSpans& spans, const RunCounts& counts) {
  MACAW_TRY(impl_->ensure_transaction());
  Statement& update = impl_->put_progress;
  update.put_real(to_seconds(spans.elapsed)).put_real(to_seconds(spans.sending));
  update.put_u64(counts.scheduled).put_u64(counts.sent);
  update.put_u64(counts.left_out.requests).put_u64(counts.left_out.sent);
  update.put_real(achieved_rps(counts, spans, impl_->warmup));
  return update.put(impl_->run).execute();
}

Status RunWriter::put_mean_users(double mean_users) {
  MACAW_TRY(impl_->ensure_transaction());
  MACAW_TRY_ASSIGN(Statement update,
                   impl_->database.prepare("UPDATE runs SET mean_users = ? WHERE run = ?"));
  return update.put_real(mean_users).put(impl_->run).execute();
}

Status RunWriter::put_target_rps(double target_rps) {
  MACAW_TRY(impl_->ensure_transaction());
  MACAW_TRY_ASSIGN(Statement update,
                   impl_->database.prepare("UPDATE runs SET target_rps = ? WHERE run = ?"));
  return update.put_real(target_rps).put(impl_->run).execute();
}

Status RunWriter::commit() {
  return impl_->database.in_transaction() ? impl_->commit.execute() : Status();
}

void RunWriter::rollback() {
  if (impl_->database.in_transaction()) {
    // Nothing can be done about its failing, and SQLite rolls back at the next opening anyway.
    static_cast<void>(impl_->database.execute("ROLLBACK").ok());
  }
  impl_->database.clear_failed();
}

bool RunWriter::failed() const {
  return impl_->database.failed();
}

Status RunWriter::finish_run(RunState state, const std::string& end_reason, const RunSpans& spans,
                             const RunCounts& counts, const stats::Verdict& verdict) {
  const auto put_end = [&]() -> Status {
    MACAW_TRY(put_progress(spans, counts));
    MACAW_TRY_ASSIGN(Statement update, impl_->database.prepare(
                                           "UPDATE runs SET state = ?, end_reason = ?, unsent = ?,"
                                           " rows_lost = ?, verdict = ?, verdict_reason = ?"
                                           " WHERE run = ?"));
    update.put_text(run_state_name(state)).put_text(end_reason).put_u64(counts.unsent);
    update.put_u64(counts.rows_lost).put_text(stats::verdict_name(verdict.kind));
    MACAW_TRY(update.put_text(verdict.reason).put(impl_->run).execute());
    return commit();
  };
  if (!put_end().ok()) {
    // On a full disk the log's own pages make room for it once they are in the file.
    rollback();
    impl_->database.checkpoint(/*truncate=*/true);
    MACAW_TRY(put_end());
  }
  impl_->run = 0;
  impl_->database.checkpoint(/*truncate=*/true);
  return {};
}

Status RunWriter::set_label(int64_t run, const std::string& label) {
  impl_->set_label.put_text(label).put(run);
  MACAW_TRY_ASSIGN(const bool found, impl_->set_label.step());
  if (!found) {
    return errorf("{}: there is no run {}", impl_->path, run);
  }
  MACAW_TRY_ASSIGN(const bool more, impl_->set_label.step());
  MACAW_CHECK(!more);
  return {};
}

uint64_t forecast_bytes(uint64_t requests, const RowPolicy& rows) {
  double share = 1;
  if (rows.kind == RowPolicy::Kind::kErrors) {
    share = kErrorShare;
  } else if (rows.kind == RowPolicy::Kind::kSample && rows.sample_every > 1) {
    share = kErrorShare + (1 - kErrorShare) / static_cast<double>(rows.sample_every);
  }
  return kBytesPerRun + static_cast<uint64_t>(static_cast<double>(requests * kBytesPerRow) * share);
}

}  // namespace macaw::store
