// SPDX-License-Identifier: MIT
//
// The CSV files of `locust --csv PREFIX` (2.12 to 2.32), and the distribution CSV of Locust 0.7.
// Lines end as Python's csv.writer ends them.
#include <algorithm>
#include <map>
#include <tuple>

#include "format_files.h"
#include "locust_entry.h"
#include "peer_text.h"
#include "rows.h"

namespace macaw::report {

namespace {

constexpr std::string_view kPercentileNames = "50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%";

/// Entries by name and method, as Locust sorts them, and their total.
struct LocustStats {
  std::map<std::pair<std::string, std::string>, LocustEntry> entries;
  LocustEntry total;
};

/// `successes_only`: Locust 0.7 did not count a failed request as a request.
Result<LocustStats> read_locust_stats(const FormatInput& input, bool successes_only) {
  MACAW_TRY_ASSIGN(const RowNames names, RowNames::read(input));
  const bool rounding = input.options->locust_rounding;
  LocustStats found;
  found.total = LocustEntry(rounding);
  std::map<uint16_t, LocustEntry*> by_number;
  MACAW_TRY(
      for_each_counted(*input.reader, input.summary->run.run, [&](const stats::Sample& sample) {
        const bool failed = !stats::is_success(sample.outcome);
        if (failed && successes_only) {
          return;
        }
        const auto number = static_cast<uint16_t>(sample.endpoint);
        LocustEntry*& entry = by_number[number];
        if (entry == nullptr) {
          const store::EndpointRow& endpoint = names.endpoint(number);
          entry =
              &found.entries.try_emplace({endpoint.path, endpoint.method}, LocustEntry(rounding))
                   .first->second;
        }
        const uint64_t ns = latency_ns(sample, input.options->clock);
        entry->add(ns, failed, sample.bytes_in);
        found.total.add(ns, failed, sample.bytes_in);
      }));
  return found;
}

std::string per_second(uint64_t count, Nanos elapsed) {
  return python_float(elapsed > Nanos(0) ? static_cast<double>(count) / to_seconds(elapsed) : 0);
}

std::string stats_line(std::string_view method, std::string_view name, const LocustEntry& entry,
                       Nanos elapsed) {
  return fmt::format("{},{},{},{},{},{},{},{},{},{},{}{}\r\n", csv_field(method), csv_field(name),
                     entry.requests(), entry.failures(), entry.median(), entry.average(),
                     entry.minimum(), entry.maximum(), entry.average_bytes(),
                     per_second(entry.requests(), elapsed), per_second(entry.failures(), elapsed),
                     entry.percentile_fields());
}

/// Locust's users: of a closed loop, ours; else how many requests were in flight at the end of each
/// second, the nearest that an open loop has to them. Read in slices.
class UserCount {
 public:
  explicit UserCount(const FormatInput& input) : input_(input) {}

  Result<uint64_t> at(uint64_t second) {
    if (second >= end_) {
      begin_ = second;
      end_ = second + kSliceS;
      sums_.assign(kSliceS, 0);
      MACAW_TRY_ASSIGN(const std::vector<store::HealthRow> rows,
                       input_.reader->health(input_.summary->run.run, begin_, end_));
      for (const store::HealthRow& row : rows) {
        sums_.at(row.second - begin_) +=
            input_.summary->run.start.users > 0 ? row.users : row.in_flight;
      }
    }
    return sums_.at(second - begin_);
  }

 private:
  static constexpr uint64_t kSliceS = 600;

  const FormatInput& input_;
  uint64_t begin_ = 0;
  uint64_t end_ = 0;
  std::vector<uint64_t> sums_;
};

/// One second of the history: its own rates, everything else since the start.
struct HistorySecond {
  uint64_t second = 0;
  uint64_t requests = 0;
  uint64_t failures = 0;
};

Status add_history_line(const FormatInput& input, const HistorySecond& now, UserCount& user_count,
                        const LocustEntry& total, PieceWriter& out) {
  MACAW_TRY_ASSIGN(const uint64_t users, user_count.at(now.second));
  const WallTime end =
      wall_at(*input.summary, from_seconds(static_cast<int64_t>(now.second) + 1).count());
  fmt::format_to(std::back_inserter(out.text),
                 "{},{},,Aggregated,{:.6f},{:.6f}{},{},{},{},{},{},{},{}\r\n",
                 std::chrono::floor<std::chrono::seconds>(end).time_since_epoch().count(), users,
                 static_cast<double>(now.requests), static_cast<double>(now.failures),
                 total.percentile_fields(), total.requests(), total.failures(), total.median(),
                 total.average(), total.minimum(), total.maximum(), total.average_bytes());
  return out.next();
}

}  // namespace

Status write_locust_stats(const FormatInput& input, const ByteSink& sink) {
  MACAW_TRY_ASSIGN(const LocustStats stats, read_locust_stats(input, /*successes_only=*/false));
  const Nanos elapsed = input.summary->run.counted();
  PieceWriter out(sink);
  out.text = fmt::format(
      "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,"
      "Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,{}\r\n",
      kPercentileNames);
  for (const auto& [key, entry] : stats.entries) {
    out.text += stats_line(key.second, key.first, entry, elapsed);
    MACAW_TRY(out.next());
  }
  out.text += stats_line("", "Aggregated", stats.total, elapsed);
  return out.flush();
}

Status write_locust_history(const FormatInput& input, const ByteSink& sink) {
  constexpr uint64_t kNsPerSecond = 1'000'000'000;
  PieceWriter out(sink);
  out.text = fmt::format(
      "Timestamp,User Count,Type,Name,Requests/s,Failures/s,{},Total Request Count,"
      "Total Failure Count,Total Median Response Time,Total Average Response Time,"
      "Total Min Response Time,Total Max Response Time,Total Average Content Size\r\n",
      kPercentileNames);
  UserCount user_count(input);
  LocustEntry total(input.options->locust_rounding);
  HistorySecond now;
  const auto add = [&](const stats::Sample& sample) -> Status {
    const uint64_t second = static_cast<uint64_t>(sample.intended_ns) / kNsPerSecond;
    while (now.second < second) {
      MACAW_TRY(add_history_line(input, now, user_count, total, out));
      now = {now.second + 1, 0, 0};
    }
    const bool failed = !stats::is_success(sample.outcome);
    ++now.requests;
    now.failures += failed ? 1 : 0;
    total.add(latency_ns(sample, input.options->clock), failed, sample.bytes_in);
    return {};
  };
  MACAW_TRY(input.reader->stream_samples(input.summary->run.run,
                                         store::RunReader::SampleOrder::kIndex, add));
  if (total.requests() > 0) {
    MACAW_TRY(add_history_line(input, now, user_count, total, out));
  }
  return out.flush();
}

Status write_locust_failures(const FormatInput& input, const ByteSink& sink) {
  MACAW_TRY_ASSIGN(const RowNames names, RowNames::read(input));
  std::map<std::tuple<std::string, std::string, std::string>, uint64_t> counts;
  for (const store::EventRow& error : input.summary->errors) {
    const store::EndpointRow& endpoint = names.endpoint(error.endpoint);
    counts[{endpoint.path, endpoint.method, error.text}] += error.count;
  }
  PieceWriter out(sink);
  out.text = "Method,Name,Error,Occurrences\r\n";
  for (const auto& [key, count] : counts) {
    const auto& [name, method, error] = key;
    out.text +=
        fmt::format("{},{},{},{}\r\n", csv_field(method), csv_field(name), csv_field(error), count);
    MACAW_TRY(out.next());
  }
  return out.flush();
}

Status write_locust_exceptions(const FormatInput& /*input*/, const ByteSink& sink) {
  return sink("Count,Message,Traceback,Nodes\r\n");  // a replay runs no code of its user's
}

Status write_locust_distribution(const FormatInput& input, const ByteSink& sink) {
  constexpr std::array<double, 8> kOldPercentiles = {0.5, 0.66, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99};
  MACAW_TRY_ASSIGN(const LocustStats stats, read_locust_stats(input, /*successes_only=*/true));
  std::string text =
      "\"Name\",\"# requests\",\"50%\",\"66%\",\"75%\",\"80%\",\"90%\",\"95%\",\"98%\",\"99%\","
      "\"100%\"";
  const auto add = [&](const std::string& name, const LocustEntry& entry) {
    std::string quoted = name;
    for (size_t at = 0; (at = quoted.find('"', at)) != std::string::npos; at += 2) {
      quoted.insert(at, 1, '"');
    }
    text += fmt::format("\n\"{}\",{}", quoted, entry.requests());
    for (const double q : kOldPercentiles) {
      text += ',' + (entry.requests() == 0 ? "\"N/A\"" : entry.percentile(q));
    }
    // The last column was the exact maximum, cut to whole milliseconds.
    const std::string maximum = entry.maximum();
    text += ',' + (entry.requests() == 0            ? "\"N/A\""
                   : input.options->locust_rounding ? maximum.substr(0, maximum.find('.'))
                                                    : maximum);
  };
  for (const auto& [key, entry] : stats.entries) {
    add(key.second + " " + key.first, entry);
  }
  add(stats.total.requests() == 0 ? "Total" : "None Total", stats.total);
  return sink(text);
}

}  // namespace macaw::report
