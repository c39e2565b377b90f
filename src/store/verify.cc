// SPDX-License-Identifier: MIT
//
// `replay verify`: the aggregates once more from the rows, compared with the stored ones bit for
// bit. Streams: rows come in order of index, so of intended time, and an interval is compared and
// forgotten as soon as nothing can touch it any more.

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "database.h"
#include "macaw/base/units.h"
#include "macaw/store/run_reader.h"
#include "reader_impl.h"
#include "rows.h"
#include "verify_comparison.h"

namespace macaw::store {

namespace {

using stats::Aggregate;
using stats::IntervalKey;
using stats::Sample;

std::string endpoint_name(uint16_t endpoint) {
  return endpoint == 0 ? "all" : fmt::format("{}", endpoint);
}

class Verifier {
 public:
  Verifier(RunReader& reader, Database& database, RunRow row)
      : reader_(reader), database_(database), row_(std::move(row)) {}

  Result<Verification> verify();

 private:
  Status prepare();
  void count_row(const Sample& sample);
  Status compare_with_rows();
  Status compare_levels();
  Status compare_counts();
  Status compare_interval(const IntervalKey& key, const Aggregate& aggregate);
  Status compare_total(uint16_t endpoint, const Aggregate& aggregate);
  Status compare_number_of_intervals();
  Status compare_verdict(const Aggregate& total, const std::vector<EventRow>& events);
  RunReader& reader_;
  Database& database_;
  const RunRow row_;
  VerifyComparison comparison_;
  Statement get_interval_;
  Statement get_totals_;
  std::map<uint16_t, std::map<stats::StatusKey, uint64_t>> statuses_;  // stored, by endpoint
  uint64_t intervals_ = 0;                                             // that there should be
  std::array<uint64_t, stats::kOutcomes> rows_by_outcome_{};
  uint64_t sent_ = 0;
  uint64_t unwanted_rows_ = 0;  // that the row policy would not have kept
};

Status Verifier::prepare() {
  MACAW_TRY_ASSIGN(get_interval_,
                   database_.prepare(fmt::format(
                       "SELECT {} FROM intervals"
                       " WHERE run = ? AND resolution = ? AND start_s = ? AND endpoint = ?",
                       column_list(kIntervalColumns.data(), kIntervalColumns.size()))));
  MACAW_TRY_ASSIGN(get_totals_, database_.prepare(fmt::format(
                                    "SELECT {} FROM endpoint_totals WHERE run = ? AND endpoint = ?",
                                    column_list(kTotalsColumns.data(), kTotalsColumns.size()))));
  MACAW_TRY_ASSIGN(const std::vector<StatusCount> statuses, reader_.statuses(row_.run));
  for (const StatusCount& row : statuses) {
    statuses_[row.endpoint].emplace(row.key, row.count);
  }
  return {};
}

Result<Verification> Verifier::verify() {
  MACAW_TRY(prepare());
  const bool complete = row_.start.rows.kind == RowPolicy::Kind::kAll;
  if (row_.state == RunState::kRunning) {
    return errorf("{}: run {} is still running", reader_.path(), row_.run);
  }
  if (complete && row_.counts.rows_lost == 0) {
    MACAW_TRY(compare_with_rows());
  } else {
    comparison_.note(
        complete ? fmt::format("{} rows are lost: sums were compared with each other only",
                               format_count(row_.counts.rows_lost))
                 : fmt::format("only some requests have rows (--rows {}): sums were compared with"
                               " each other only",
                               row_.start.rows.describe()));
    MACAW_TRY(compare_levels());
    MACAW_TRY(compare_stream_sums(reader_, row_.run, comparison_));
  }
  MACAW_TRY(compare_counts());
  return comparison_.take();
}

Status Verifier::compare_with_rows() {
  stats::RunAggregator aggregator;
  Status status;
  const auto check = [this, &status](const IntervalKey& key, const Aggregate& aggregate) {
    ++intervals_;
    if (status.ok()) {
      status = compare_interval(key, aggregate);
    }
  };
  uint64_t checked_s = 0;
  MACAW_TRY(reader_.for_each_sample(row_.run, [&](const Sample& sample) {
    comparison_.count_row();
    count_row(sample);
    sent_ += static_cast<uint64_t>((sample.flags & stats::kFlagNotSent) == 0);
    aggregator.add(sample);
    const uint64_t second =
        sample.intended_ns < 0
            ? 0
            : static_cast<uint64_t>(Nanos(sample.intended_ns) / std::chrono::seconds(1));
    if (second >= checked_s + 10) {
      checked_s = second;
      aggregator.take_ended(second, check);
    }
  }));
  aggregator.take_ended(UINT64_MAX, check);
  if (!status.ok()) {
    return status;
  }
  MACAW_TRY(compare_number_of_intervals());
  comparison_.compare("runs: left_out", row_.counts.left_out.requests,
                      aggregator.left_out().requests);
  comparison_.compare("runs: left_out_sent", row_.counts.left_out.sent, aggregator.left_out().sent);
  for (const auto& [endpoint, total] : aggregator.totals()) {
    MACAW_TRY(compare_total(endpoint, total));
  }
  MACAW_TRY_ASSIGN(const int64_t totals,
                   database_.query_int(fmt::format(
                       "SELECT count(*) FROM endpoint_totals WHERE run = {}", row_.run)));
  comparison_.compare("endpoint_totals: rows", static_cast<uint64_t>(totals),
                      aggregator.totals().size());
  return compare_transport(database_, row_.run, comparison_);
}

void Verifier::count_row(const Sample& sample) {
  if (sample.counts()) {
    ++rows_by_outcome_[static_cast<size_t>(sample.outcome)];
  }
}

// Rows cannot tell, but seconds must add up to tens, tens to minutes, and all to the total.
Status Verifier::compare_levels() {
  MACAW_TRY(reader_.for_each_sample(row_.run, [&](const Sample& sample) {
    comparison_.count_row();
    count_row(sample);
    unwanted_rows_ += static_cast<uint64_t>(!row_.start.rows.keeps(sample.index, sample.outcome));
  }));
  comparison_.compare("samples: rows that the policy does not keep", unwanted_rows_, 0);
  MACAW_TRY_ASSIGN(const std::vector<EndpointTotals> totals, reader_.totals(row_.run));
  Aggregate sum;
  for (const EndpointTotals& of : totals) {
    const uint16_t endpoint = of.endpoint.endpoint;
    if (endpoint != 0) {
      sum.merge(of.totals);
    }
    MACAW_TRY(compare_total(endpoint, of.totals));
    Aggregate counted;  // the warm-up ends with a whole second
    for (size_t level = 0; level < stats::kResolutions.size(); ++level) {
      MACAW_TRY_ASSIGN(
          std::vector<IntervalRow> rows,
          reader_.intervals(row_.run, stats::kResolutions[level], endpoint, 0, UINT64_MAX));
      intervals_ += rows.size();
      const bool last = level + 1 == stats::kResolutions.size();
      std::map<uint64_t, Aggregate> merged;
      for (const IntervalRow& row : rows) {
        if (level == 0 && std::chrono::seconds(row.key.start_s) >= row_.start.warmup) {
          counted.merge(row.aggregate);
        }
        const uint64_t start_s =
            last ? 0 : row.key.start_s - row.key.start_s % stats::kResolutions[level + 1];
        merged[start_s].merge(row.aggregate);
      }
      for (const auto& [start_s, aggregate] : merged) {
        if (!last) {
          MACAW_TRY(
              compare_interval({stats::kResolutions[level + 1], start_s, endpoint}, aggregate));
        }
      }
    }
    const std::string what =
        fmt::format("endpoint {}: sum of the intervals", endpoint_name(endpoint));
    comparison_.compare(what + ", requests", of.totals.requests(), counted.requests());
    if (!(of.totals.response == counted.response) || !(of.totals.service == counted.service)) {
      comparison_.differ(what + ": the distributions differ from the total's");
    }
  }
  if (!totals.empty()) {
    MACAW_TRY(compare_total(0, sum));
  }
  return compare_number_of_intervals();
}

Status Verifier::compare_counts() {
  MACAW_TRY_ASSIGN(const std::vector<EndpointTotals> totals, reader_.totals(row_.run));
  MACAW_TRY_ASSIGN(const std::vector<EventRow> events, reader_.events(row_.run));
  MACAW_TRY_ASSIGN(const std::vector<UnsentRow> ranges, reader_.unsent(row_.run));
  const Aggregate total = totals.empty() ? Aggregate() : totals.front().totals;
  uint64_t unsent = 0;
  for (const UnsentRow& range : ranges) {
    unsent += range.count;
  }
  const bool all = row_.start.rows.kind == RowPolicy::Kind::kAll;
  for (size_t k = 1; k < stats::kOutcomes && row_.counts.rows_lost == 0; ++k) {
    const auto outcome = static_cast<stats::Outcome>(k);
    if (all || !stats::is_success(outcome)) {
      comparison_.compare(
          fmt::format("samples: rows with outcome {}", stats::outcome_name(outcome)),
          rows_by_outcome_[k], total.outcomes[k]);
    }
  }
  if (row_.state == RunState::kKilled) {
    comparison_.note("the run was killed: its counts and its verdict were never written");
    return {};
  }
  comparison_.compare("runs: unsent", row_.counts.unsent, unsent);
  comparison_.compare("runs: scheduled", row_.counts.scheduled,
                      total.requests() + unsent + row_.counts.left_out.requests);
  if (all && row_.counts.rows_lost == 0) {
    comparison_.compare("runs: sent", row_.counts.sent, sent_);
  }
  return compare_verdict(total, events);
}

Status Verifier::compare_verdict(const Aggregate& total, const std::vector<EventRow>& events) {
  stats::VerdictInput input;
  input.total = &total;
  input.lag_is_judged = row_.start.lag_is_judged;
  input.rows_lost = row_.counts.rows_lost;
  input.conservation_holds = row_.counts.holds(total);
  stats::FaultBook faults;
  for (const EventRow& event : events) {
    if (event.at >= row_.start.warmup) {
      faults.add(event.kind, event.value, event.at.count(), event.count, event.text);
    }
  }
  input.faults = &faults;
  HealthSums sums(row_.start.warmup);
  MACAW_TRY_ASSIGN(const std::vector<HealthRow> health, reader_.health(row_.run, 0, UINT64_MAX));
  for (const HealthRow& row : health) {
    sums.add(row.second, row);
  }
  input.worst_second = sums.worst_second();
  input.worker_seconds = &sums.worker_seconds();
  const stats::Verdict verdict = stats::judge(input);
  comparison_.count_compared();
  if (!(verdict == row_.verdict)) {
    comparison_.differ(fmt::format("runs: verdict is \"{} {}\", recomputed \"{} {}\"",
                                   stats::verdict_name(row_.verdict.kind), row_.verdict.reason,
                                   stats::verdict_name(verdict.kind), verdict.reason));
  }
  return {};
}

Status Verifier::compare_interval(const IntervalKey& key, const Aggregate& aggregate) {
  const std::string what = fmt::format("interval of {} s at {} s, endpoint {}", key.resolution,
                                       key.start_s, endpoint_name(key.endpoint));
  get_interval_.put(row_.run).put(key.resolution).put_u64(key.start_s).put(key.endpoint);
  MACAW_TRY_ASSIGN(const bool found, get_interval_.step());
  if (!found) {
    comparison_.differ(what + ": is missing");
    return {};
  }
  const std::vector<Value> stored = take_interval_values(get_interval_);
  get_interval_.reset();
  comparison_.compare_values(what, kIntervalColumns.data(), stored, interval_values(aggregate));
  return {};
}

Status Verifier::compare_total(uint16_t endpoint, const Aggregate& aggregate) {
  const std::string what = fmt::format("totals of endpoint {}", endpoint_name(endpoint));
  get_totals_.put(row_.run).put(endpoint);
  MACAW_TRY_ASSIGN(const bool found, get_totals_.step());
  if (!found) {
    comparison_.differ(what + ": are missing");
    return {};
  }
  const std::vector<Value> stored = take_totals_values(get_totals_);
  get_totals_.reset();
  comparison_.compare_values(what, kTotalsColumns.data(), stored, totals_values(aggregate));
  std::map<stats::StatusKey, uint64_t> statuses = statuses_[endpoint];
  for (const auto& [key, count] : aggregate.statuses) {
    comparison_.compare(
        fmt::format("{}: status {}, {}", what, key.status, stats::outcome_name(key.outcome)),
        statuses[key], count);
    statuses.erase(key);
  }
  for (const auto& [key, count] : statuses) {
    comparison_.compare(
        fmt::format("{}: status {}, {}", what, key.status, stats::outcome_name(key.outcome)), count,
        0);
  }
  return {};
}

Status Verifier::compare_number_of_intervals() {
  MACAW_TRY_ASSIGN(
      const int64_t stored,
      database_.query_int(fmt::format("SELECT count(*) FROM intervals WHERE run = {}", row_.run)));
  comparison_.compare("intervals: rows", static_cast<uint64_t>(stored), intervals_);
  return {};
}

}  // namespace

Result<Verification> verify_run(RunReader& reader, int64_t run) {
  MACAW_TRY_ASSIGN(RunRow row, reader.run(run));
  return Verifier(reader, reader.impl_->database, std::move(row)).verify();
}

}  // namespace macaw::store
