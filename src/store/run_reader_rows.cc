// SPDX-License-Identifier: MIT
//
// Queries for those who look at a run every second or over a whole day: sums without histograms,
// and what only the rows know. Rows have no index but their number, and need none: requests are
// numbered in order of their intended times, so that a time is found by halving.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "database.h"
#include "macaw/base/check.h"
#include "macaw/base/random.h"
#include "macaw/store/run_reader.h"
#include "reader_impl.h"
#include "rows.h"

namespace macaw::store {

namespace {

EndpointFigures::Clock take_clock(Statement& row) {
  EndpointFigures::Clock clock;
  for (double* const value : {&clock.p50_ms, &clock.p90_ms, &clock.p95_ms, &clock.p99_ms,
                              &clock.p999_ms, &clock.max_ms}) {
    *value = row.take_real();
  }
  return clock;
}

std::string clock_columns(std::string_view prefix) {
  std::string columns;
  for (const char* const name : {"p50_ms", "p90_ms", "p95_ms", "p99_ms", "p999_ms", "max_ms"}) {
    columns += fmt::format(", t.{}{}", prefix, name);
  }
  return columns;
}

/// The rows [first, end) of a run by their ids; times are found by halving.
class RowSearch {
 public:
  static Result<RowSearch> open(Database& database, int64_t run) {
    RowSearch search;
    MACAW_TRY_ASSIGN(search.next_,
                     database.prepare("SELECT id, intended_ns FROM samples WHERE id >= ? AND id < ?"
                                      " ORDER BY id LIMIT 1"));
    MACAW_TRY_ASSIGN(Statement last, database.prepare("SELECT id FROM samples WHERE id >= ? AND "
                                                      "id < ? ORDER BY id DESC LIMIT 1"));
    last.put(sample_id(run, 0)).put(sample_id(run + 1, 0));
    MACAW_TRY_ASSIGN(const bool any, last.step());
    search.first_ = sample_id(run, 0);
    search.end_ = any ? last.take() + 1 : search.first_;
    return search;
  }

  int64_t first() const { return first_; }

  /// The least id, from `low` on, of a row that was intended at `time_ns` or later; end for none.
  Result<int64_t> at(int64_t low, int64_t time_ns) {
    int64_t high = end_;
    while (low < high) {
      const int64_t middle = std::midpoint(low, high);
      next_.put(middle).put(end_);
      MACAW_TRY_ASSIGN(const bool found, next_.step());
      if (!found) {
        high = middle;
        continue;
      }
      const int64_t id = next_.take();
      const bool before = next_.take() < time_ns;
      next_.reset();
      if (before) {
        low = id + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

 private:
  Statement next_;
  int64_t first_ = 0;
  int64_t end_ = 0;
};

/// Sums the parts of rows that are successes of an endpoint and lie within an interval.
struct PartsSum {
  uint16_t endpoint = 0;
  int64_t from_ns = 0;
  int64_t to_ns = 0;
  uint64_t rows = 0;
  std::array<double, 4> sums_ns{};

  /// From the columns of kPartsColumns.
  void take(Statement& row) {
    const int64_t of_endpoint = row.take();
    const int64_t outcome = row.take();
    const int64_t intended_ns = row.take();
    const bool counts = (endpoint == 0 || of_endpoint == endpoint) &&
                        outcome == static_cast<int64_t>(stats::Outcome::kOk) &&
                        intended_ns >= from_ns && intended_ns < to_ns;
    if (!counts) {
      return;
    }
    ++rows;
    for (double& sum : sums_ns) {
      sum += static_cast<double>(row.take());  // NULL is taken as 0
    }
  }

  PartsRow row(uint64_t start_s) const {
    const auto mean_ms = [this](size_t part) {
      return sums_ns.at(part) / static_cast<double>(rows) / 1e6;
    };
    return {start_s, rows, mean_ms(0), mean_ms(1), mean_ms(2), mean_ms(3)};
  }
};

constexpr std::string_view kPartsColumns =
    "endpoint, outcome, intended_ns, lag_ns, wait_ns, first_ns, rest_ns";

/// How a reader of parts goes through the rows [first, end): all of them, or one in each of
/// `rows_max` equal stretches.
class PartsReader {
 public:
  static Result<PartsReader> open(Database& database) {
    PartsReader reader;
    MACAW_TRY_ASSIGN(reader.all_,
                     database.prepare(fmt::format("SELECT {} FROM samples WHERE id >= ? AND id < ?",
                                                  kPartsColumns)));
    MACAW_TRY_ASSIGN(
        reader.one_,
        database.prepare(fmt::format(
            "SELECT {} FROM samples WHERE id >= ? AND id < ? ORDER BY id LIMIT 1", kPartsColumns)));
    return reader;
  }

  Status read(PartsSum& sum, int64_t first, int64_t end, uint64_t rows_max) {
    // Reading neighbours costs a tenth of looking each one up.
    constexpr uint64_t kLookUpCosts = 10;
    const auto rows = static_cast<uint64_t>(end - first);
    if (rows <= rows_max * kLookUpCosts) {
      return take_all(all_, sum, first, end);
    }
    // Somewhere in each stretch, not at its beginning: files alternate between endpoints, and equal
    // steps would meet the same one for ever.
    const uint64_t step = rows / rows_max;
    for (uint64_t k = 0; k < rows_max; ++k) {
      const auto from = first + static_cast<int64_t>(k * step);
      const auto place = static_cast<int64_t>(mix64(static_cast<uint64_t>(from)) % step);
      MACAW_TRY(take_all(one_, sum, from + place, end));
    }
    return {};
  }

 private:
  static Status take_all(Statement& query, PartsSum& sum, int64_t first, int64_t end) {
    query.put(first).put(end);
    while (true) {
      MACAW_TRY_ASSIGN(const bool more, query.step());
      if (!more) {
        return {};
      }
      sum.take(query);
    }
  }

  Statement all_;
  Statement one_;
};

}  // namespace

uint64_t EndpointFigures::requests() const {
  return std::accumulate(outcomes.begin(), outcomes.end(), uint64_t{0});
}

Result<EndpointFigures> RunReader::figures_of_all(int64_t run) {
  MACAW_TRY_ASSIGN(std::vector<EndpointFigures> rows, impl_->figures(run, " AND t.endpoint = 0"));
  return rows.empty() ? EndpointFigures() : std::move(rows.front());
}

Result<std::vector<EndpointFigures>> RunReader::figures(int64_t run) {
  return impl_->figures(run, "");
}

Result<std::vector<EndpointFigures>> RunReader::Impl::figures(int64_t run, std::string_view where) {
  const std::string columns =
      ", t.ok, t.http_error, t.wrong_answer, t.refused, t.reset, t.malformed, t.timeout, t.shed,"
      " t.unfinished, t.grpc_error, t.bytes_in, t.bytes_out";
  return collect<EndpointFigures>(
      run,
      fmt::format("SELECT t.endpoint, e.method, e.path{}{}{}{} FROM endpoint_totals t"
                  " LEFT JOIN endpoints e ON e.run = t.run AND e.endpoint = t.endpoint"
                  " WHERE t.run = ?{} ORDER BY t.endpoint",
                  columns, clock_columns(""), clock_columns("ok_"), clock_columns("service_"),
                  where),
      [](Statement& row) {
        EndpointFigures figures;
        figures.endpoint.endpoint = static_cast<uint16_t>(row.take());
        figures.endpoint.method = row.take_text();
        figures.endpoint.path = row.take_text();
        for (size_t k = 1; k < stats::kOutcomes; ++k) {
          figures.outcomes.at(k) = row.take_u64();
        }
        figures.bytes_in = row.take_u64();
        figures.bytes_out = row.take_u64();
        figures.response = take_clock(row);
        figures.ok = take_clock(row);
        figures.service = take_clock(row);
        return figures;
      });
}

Result<std::vector<PartsRow>> RunReader::parts(int64_t run, uint16_t endpoint, uint32_t length_s,
                                               uint64_t from_s, uint64_t to_s, uint64_t rows_max) {
  MACAW_CHECK(length_s > 0 && rows_max > 0);
  MACAW_TRY_ASSIGN(const int64_t number, impl_->number(run));
  MACAW_TRY_ASSIGN(RowSearch search, RowSearch::open(impl_->database, number));
  MACAW_TRY_ASSIGN(PartsReader reader, PartsReader::open(impl_->database));
  std::vector<PartsRow> parts;
  MACAW_TRY_ASSIGN(int64_t first,
                   search.at(search.first(), static_cast<int64_t>(from_s) * 1'000'000'000));
  for (uint64_t start_s = from_s; start_s < to_s; start_s += length_s) {
    const uint64_t end_s = std::min(start_s + length_s, to_s);
    PartsSum sum;
    sum.endpoint = endpoint;
    sum.from_ns = static_cast<int64_t>(start_s) * 1'000'000'000;
    sum.to_ns = static_cast<int64_t>(end_s) * 1'000'000'000;
    MACAW_TRY_ASSIGN(const int64_t end, search.at(first, sum.to_ns));
    MACAW_TRY(reader.read(sum, first, end, rows_max));
    if (sum.rows > 0) {
      parts.push_back(sum.row(start_s));
    }
    first = end;
  }
  return parts;
}

}  // namespace macaw::store
