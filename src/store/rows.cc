// SPDX-License-Identifier: MIT
//
// Samples and aggregates as columns, and back.

#include "rows.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "macaw/base/check.h"

namespace macaw::store {

namespace {

using stats::Aggregate;
using stats::Distribution;
using stats::Histogram;
using stats::Sample;

constexpr double kNull = std::numeric_limits<double>::quiet_NaN();

double millis(uint64_t ns) {
  return static_cast<double>(ns) / 1e6;
}

// Of everybody: infinite where failures reach.
double percentile_ms(const Distribution& distribution, double q) {
  return distribution.count() == 0 ? kNull : distribution.quantile(q).millis();
}

double success_ms(const Distribution& distribution, double q) {
  return distribution.successes.empty() ? kNull : distribution.success_quantile(q).millis();
}

double success_mean_ms(const Distribution& distribution) {
  return distribution.successes.empty() ? kNull : distribution.successes.mean_ns() / 1e6;
}

int64_t number(uint64_t value) {
  return static_cast<int64_t>(value);
}

void put_counts(std::vector<Value>& values, const Aggregate& aggregate) {
  values.emplace_back(number(aggregate.requests()));
  for (size_t k = 1; k < stats::kOutcomes; ++k) {
    values.emplace_back(number(aggregate.outcomes[k]));
  }
  values.emplace_back(number(aggregate.resent));
  values.emplace_back(number(aggregate.bytes_in));
  values.emplace_back(number(aggregate.bytes_out));
}

uint64_t unsigned_at(const std::vector<Value>& values, size_t k) {
  return static_cast<uint64_t>(std::get<int64_t>(values[k]));
}

Aggregate counts_of(const std::vector<Value>& values) {
  Aggregate aggregate;
  for (size_t k = 1; k < stats::kOutcomes; ++k) {
    aggregate.outcomes[k] = unsigned_at(values, k);
  }
  aggregate.resent = unsigned_at(values, stats::kOutcomes);
  aggregate.bytes_in = unsigned_at(values, stats::kOutcomes + 1);
  aggregate.bytes_out = unsigned_at(values, stats::kOutcomes + 2);
  return aggregate;
}

// Every request that is not a success is a failure of each distribution.
Status set_distribution(Distribution& distribution, const Value& bytes, const Aggregate& of) {
  MACAW_TRY_ASSIGN(distribution.successes, Histogram::deserialize(std::get<std::string>(bytes)));
  distribution.failures = of.errors();
  return {};
}

}  // namespace

std::vector<Value> take_values(Statement& row, size_t columns, size_t integers, size_t blobs) {
  std::vector<Value> values;
  values.reserve(columns);
  for (size_t k = 0; k < columns; ++k) {
    if (k < integers) {
      values.emplace_back(row.take());
    } else if (k < columns - blobs) {
      values.emplace_back(row.take_real());
    } else {
      values.emplace_back(std::string(row.take_blob()));
    }
  }
  return values;
}

void put_values(Statement& statement, const std::vector<Value>& values) {
  for (const Value& value : values) {
    if (const auto* integer = std::get_if<int64_t>(&value)) {
      statement.put(*integer);
    } else if (const auto* real = std::get_if<double>(&value)) {
      statement.put_real(*real);
    } else {
      statement.put_blob(std::get<std::string>(value));
    }
  }
}

bool same_value(const Value& a, const Value& b) {
  const auto* x = std::get_if<double>(&a);
  const auto* y = std::get_if<double>(&b);
  return a == b || (x != nullptr && y != nullptr && std::isnan(*x) && std::isnan(*y));
}

std::string describe_value(const Value& value) {
  if (const auto* integer = std::get_if<int64_t>(&value)) {
    return fmt::format("{}", *integer);
  }
  if (const auto* real = std::get_if<double>(&value)) {
    return std::isnan(*real) ? "NULL" : fmt::format("{}", *real);
  }
  const auto histogram = Histogram::deserialize(std::get<std::string>(value));
  return histogram.ok() ? fmt::format("a histogram of {} values", histogram->count())
                        : "a damaged histogram";
}

std::vector<Value> interval_values(const Aggregate& aggregate) {
  std::vector<Value> values;
  values.reserve(kIntervalColumns.size());
  put_counts(values, aggregate);
  values.emplace_back(number(aggregate.completed));
  values.emplace_back(success_mean_ms(aggregate.response));
  for (const double q : {0.5, 0.95, 0.99, 0.999, 1.0}) {
    values.emplace_back(percentile_ms(aggregate.response, q));
  }
  values.emplace_back(success_ms(aggregate.response, 1.0));
  values.emplace_back(percentile_ms(aggregate.service, 0.5));
  values.emplace_back(percentile_ms(aggregate.service, 0.99));
  values.emplace_back(aggregate.response.successes.serialize());
  values.emplace_back(aggregate.service.successes.serialize());
  MACAW_CHECK(values.size() == kIntervalColumns.size(), "{} values", values.size());
  return values;
}

std::vector<Value> totals_values(const Aggregate& aggregate) {
  constexpr std::array<double, 6> kQuantiles = {0.5, 0.9, 0.95, 0.99, 0.999, 1.0};
  std::vector<Value> values;
  values.reserve(kTotalsColumns.size());
  put_counts(values, aggregate);
  values.emplace_back(success_mean_ms(aggregate.response));
  for (const double q : kQuantiles) {
    values.emplace_back(percentile_ms(aggregate.response, q));
  }
  for (const double q : kQuantiles) {
    values.emplace_back(success_ms(aggregate.response, q));
  }
  values.emplace_back(success_mean_ms(aggregate.service));
  for (const double q : kQuantiles) {
    values.emplace_back(percentile_ms(aggregate.service, q));
  }
  for (const Histogram* all : {&aggregate.lag, &aggregate.connection_wait}) {
    values.emplace_back(all->empty() ? kNull : millis_at(*all, 0.99));
    values.emplace_back(all->empty() ? kNull : millis(all->max_ns()));
  }
  for (const Histogram* histogram :
       {&aggregate.response.successes, &aggregate.service.successes,
        &aggregate.response_without_lag.successes, &aggregate.lag, &aggregate.connection_wait}) {
    values.emplace_back(histogram->serialize());
  }
  MACAW_CHECK(values.size() == kTotalsColumns.size(), "{} values", values.size());
  return values;
}

std::vector<Value> take_interval_values(Statement& row) {
  return take_values(row, kIntervalColumns.size(), /*integers=*/stats::kOutcomes + 4, /*blobs=*/2);
}

std::vector<Value> take_totals_values(Statement& row) {
  return take_values(row, kTotalsColumns.size(), /*integers=*/stats::kOutcomes + 3, /*blobs=*/5);
}

Result<Aggregate> interval_of(const std::vector<Value>& values, IntervalParts parts) {
  Aggregate aggregate = counts_of(values);
  aggregate.completed = unsigned_at(values, stats::kOutcomes + 3);
  const size_t first = kIntervalColumns.size() - 2;
  if (has_response(parts)) {
    MACAW_TRY(set_distribution(aggregate.response, values[first], aggregate));
  }
  if (has_service(parts)) {
    MACAW_TRY(set_distribution(aggregate.service, values[first + 1], aggregate));
  }
  return aggregate;
}

Result<Aggregate> totals_of(const std::vector<Value>& values) {
  Aggregate aggregate = counts_of(values);
  const size_t first = kTotalsColumns.size() - 5;
  MACAW_TRY(set_distribution(aggregate.response, values[first], aggregate));
  MACAW_TRY(set_distribution(aggregate.service, values[first + 1], aggregate));
  MACAW_TRY(set_distribution(aggregate.response_without_lag, values[first + 2], aggregate));
  MACAW_TRY_ASSIGN(aggregate.lag, Histogram::deserialize(std::get<std::string>(values[first + 3])));
  MACAW_TRY_ASSIGN(aggregate.connection_wait,
                   Histogram::deserialize(std::get<std::string>(values[first + 4])));
  return aggregate;
}

void put_sample(Statement& statement, int64_t run, const Sample& sample) {
  const bool sent = (sample.flags & stats::kFlagNotSent) == 0;
  const bool first_byte = sent && (sample.status != 0 || sample.first_byte_ns != sample.done_ns);
  const auto ready = static_cast<int64_t>(sample.ready_ns);
  const auto sent_ns = static_cast<int64_t>(sample.sent_ns);
  const auto first_ns = number(sample.first_byte_ns);
  int64_t last = ready;
  statement.put(sample_id(run, sample.index));
  statement.put(sample.line);
  statement.put(sample.worker);
  statement.put(static_cast<int64_t>(sample.connection));
  statement.put(static_cast<int64_t>(sample.endpoint));
  statement.put(sample.intended_ns);
  statement.put(ready);
  if (sent) {
    statement.put(sent_ns - ready);
    last = sent_ns;
  } else {
    statement.put_null();
  }
  if (first_byte) {
    statement.put(first_ns - sent_ns);
    last = first_ns;
  } else {
    statement.put_null();
  }
  statement.put(number(sample.done_ns) - last);
  statement.put(static_cast<int64_t>(sample.status));
  statement.put(static_cast<int64_t>(sample.outcome));
  statement.put(sample.flags);
  statement.put(sample.bytes_in);
  statement.put(sample.bytes_out);
}

Sample take_sample(Statement& row) {
  constexpr uint64_t k48 = (uint64_t{1} << 48) - 1;
  constexpr uint64_t k16 = 0xffff;
  Sample sample;
  sample.index = row.take_u64() & (static_cast<uint64_t>(kIndexesPerRun) - 1);
  sample.line = static_cast<uint32_t>(row.take());
  sample.worker = static_cast<uint8_t>(row.take());
  sample.connection = row.take_u64() & k16;
  sample.endpoint = row.take_u64() & k16;
  sample.intended_ns = row.take();
  int64_t at = row.take();
  sample.ready_ns = static_cast<uint64_t>(at) & k48;
  const bool sent = !row.next_is_null();
  at += row.take();
  const int64_t sent_ns = at;
  const bool first_byte = !row.next_is_null();
  at += row.take();
  const int64_t first_ns = at;
  at += row.take();
  sample.done_ns = static_cast<uint64_t>(at);
  sample.sent_ns = static_cast<uint64_t>(sent ? sent_ns : at) & k48;
  sample.first_byte_ns = static_cast<uint64_t>(first_byte ? first_ns : at);
  sample.status = row.take_u64() & k16;
  sample.outcome = static_cast<stats::Outcome>(row.take());
  sample.flags = static_cast<uint8_t>(row.take());
  sample.bytes_in = static_cast<uint32_t>(row.take());
  sample.bytes_out = static_cast<uint32_t>(row.take());
  return sample;
}

stats::Verdict killed_verdict() {
  return {stats::VerdictKind::kSuspect,
          "the run was killed: its last second may be missing, and nothing was judged"};
}

double millis_at(const Histogram& histogram, double q) {
  return histogram.empty()
             ? 0
             : millis(histogram.value_at_rank(stats::nearest_rank(q, histogram.count())));
}

}  // namespace macaw::store
