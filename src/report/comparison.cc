// SPDX-License-Identifier: MIT
//
// Pairs runs, cuts them into blocks and asks the statistics.
#include "macaw/report/comparison.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "comparison_rows.h"
#include "macaw/base/check.h"
#include "macaw/base/units.h"
#include "phrases.h"

namespace macaw::report {

namespace {

constexpr size_t kSeriesPointsMax = 400;

constexpr const char* kSameRecords = "the same file and the same records";

class Comparer {
 public:
  Comparer(const CompareOptions& options, Comparison& result)
      : options_(options), result_(result) {}

  Status open(std::span<const ChosenRun> a, std::span<const ChosenRun> b);
  Status compare();

 private:
  struct RunEstimates;

  Status check_distinct() const;
  void warn();
  void choose_endpoints();
  std::string known_unpaired_reason() const;
  Status compare_two_runs();
  Status compare_many_runs();
  Status read_many(std::vector<RunEstimates>& a, std::vector<RunEstimates>& b);
  Status take_series();
  Result<Blocks> read_alone(const OpenedRun& run, size_t blocks, uint64_t end_s);
  /// Run k of each side; finds out whether they are a pair where their rows say it.
  Status read_pair(size_t k, size_t blocks, Blocks& a, Blocks& b);
  void warn_of_lengths(const OpenedRun& a, const OpenedRun& b, const std::string& common,
                       bool differ);
  void add_totals(const Blocks& of, ComparedRun& run, bool is_a);
  void correct();

  /// Of one run, where the run is the unit.
  struct RunEstimates {
    std::vector<uint64_t> counts;  // by slot
    std::vector<std::array<double, stats::kComparedStatistics.size()>> values;
  };

  const CompareOptions& options_;
  Comparison& result_;
  std::vector<RunEstimates> estimates_a_;
  std::vector<RunEstimates> estimates_b_;
  std::vector<OpenedRun> a_;
  std::vector<OpenedRun> b_;
  EndpointSlots slots_;
  RecordPairs records_;
};

Status Comparer::open(std::span<const ChosenRun> a, std::span<const ChosenRun> b) {
  for (const auto& [chosen, opened, shown] :
       {std::tuple(a, &a_, &result_.a), std::tuple(b, &b_, &result_.b)}) {
    for (const ChosenRun& run : chosen) {
      MACAW_TRY_ASSIGN(OpenedRun one, open_run(run));
      ComparedRun compared;
      compared.run = one.run;
      compared.database = run.reader->path();
      opened->push_back(std::move(one));
      shown->push_back(std::move(compared));
    }
  }
  return check_distinct();
}

Status Comparer::check_distinct() const {
  std::set<std::string> seen;
  for (const auto* side : {&a_, &b_}) {
    for (const OpenedRun& run : *side) {
      if (!seen.insert(run.run.start.uuid + fmt::format("/{}", run.run.run)).second) {
        return errorf("{}: run {} is there twice: nothing to compare", run.reader->path(),
                      run.run.run);
      }
    }
  }
  return {};
}

void Comparer::warn() {
  const auto& first = a_.front().run.start;
  const auto differ = [this](const std::string& sentence) {
    auto& warnings = result_.warnings;
    if (std::find(warnings.begin(), warnings.end(), sentence) == warnings.end()) {
      warnings.push_back(sentence);
    }
  };
  for (const auto* side : {&a_, &b_}) {
    const std::string_view letter = side == &a_ ? "A" : "B";
    for (const OpenedRun& run : *side) {
      if (run.run.verdict.kind != stats::VerdictKind::kValid) {
        differ(fmt::format("run {} of {} is {}: {}", run.run.run, letter,
                           stats::verdict_name(run.run.verdict.kind), run.run.verdict.reason));
      }
      const store::RunStart& start = run.run.start;
      if (start.profile != first.profile || start.arrivals != first.arrivals) {
        differ(fmt::format("the plans differ: {}, {} arrivals, and {}, {} arrivals", first.profile,
                           first.arrivals, start.profile, start.arrivals));
      }
      if (start.timeout != first.timeout) {
        differ(fmt::format("the timeouts differ: {} and {}", format_duration(first.timeout),
                           format_duration(start.timeout)));
      }
      if (run.run.counts.unsent > 0) {
        differ(fmt::format("run {} of {} left {} requests unsent: they are in no percentile",
                           run.run.run, letter, format_count(run.run.counts.unsent)));
      }
    }
  }
}

void Comparer::choose_endpoints() {
  for (auto* side : {&a_, &b_}) {
    for (const OpenedRun& run : *side) {
      slots_.add(run.totals);
    }
  }
  slots_.choose(options_.primary.endpoint);
  for (auto* side : {&a_, &b_}) {
    for (OpenedRun& run : *side) {
      for (const store::EndpointTotals& row : run.totals) {
        const size_t number = row.endpoint.endpoint;
        run.slots.resize(std::max(run.slots.size(), number + 1), EndpointSlots::kNone);
        run.slots[number] = number == 0 ? 0 : slots_.slot_of(row.endpoint);
      }
    }
  }
  result_.endpoints_left_out = slots_.left_out();
}

std::string Comparer::known_unpaired_reason() const {
  if (a_.size() != b_.size()) {
    return fmt::format("{} runs against {}", a_.size(), b_.size());
  }
  for (size_t k = 0; k < a_.size(); ++k) {
    std::string reason = unpaired_reason(a_[k].run.start, b_[k].run.start, result_.by_rows);
    if (!reason.empty()) {
      return reason;
    }
  }
  return {};
}

Result<Blocks> Comparer::read_alone(const OpenedRun& run, size_t blocks, uint64_t end_s) {
  if (!result_.by_rows) {
    MACAW_TRY_ASSIGN(const uint64_t seconds, seconds_of(run));
    return block_intervals(run, slots_, result_.clock, blocks, std::min(end_s, seconds));
  }
  MACAW_TRY_ASSIGN(const std::vector<TimedRow> rows, read_rows(run, result_.clock));
  return block_by_time(run, rows, slots_.count(), blocks, UINT64_MAX);
}

Status Comparer::read_pair(size_t k, size_t blocks, Blocks& a, Blocks& b) {
  const OpenedRun& run_a = a_[k];
  const OpenedRun& run_b = b_[k];
  if (!result_.by_rows) {
    MACAW_TRY_ASSIGN(uint64_t end_a, seconds_of(run_a));
    MACAW_TRY_ASSIGN(uint64_t end_b, seconds_of(run_b));
    if (result_.paired) {
      warn_of_lengths(run_a, run_b, fmt::format("{} s", std::min(end_a, end_b)), end_a != end_b);
      end_a = end_b = std::min(end_a, end_b);
    }
    MACAW_TRY_ASSIGN(a, read_alone(run_a, blocks, end_a));
    MACAW_TRY_ASSIGN(b, read_alone(run_b, blocks, end_b));
    return {};
  }
  MACAW_TRY_ASSIGN(const std::vector<TimedRow> rows_a, read_rows(run_a, result_.clock));
  MACAW_TRY_ASSIGN(const std::vector<TimedRow> rows_b, read_rows(run_b, result_.clock));
  if (result_.paired) {
    const std::string reason = unpaired_rows_reason(rows_a, rows_b);
    result_.paired = reason.empty();
    result_.pairing = reason.empty() ? result_.pairing : reason;
  }
  if (!result_.paired) {
    a = block_by_time(run_a, rows_a, slots_.count(), blocks, UINT64_MAX);
    b = block_by_time(run_b, rows_b, slots_.count(), blocks, UINT64_MAX);
    return {};
  }
  const auto end = [](const std::vector<TimedRow>& rows) {
    return rows.empty() ? 0 : rows.back().index + 1;
  };
  const uint64_t limit = std::min(end(rows_a), end(rows_b));
  warn_of_lengths(run_a, run_b, format_count(limit) + " requests", end(rows_a) != end(rows_b));
  a = block_by_time(run_a, rows_a, slots_.count(), blocks, limit);
  b = block_like(run_b, rows_b, rows_a, slots_.count(), blocks, limit);
  records_.add(run_a, rows_a, rows_b);
  return {};
}

void Comparer::warn_of_lengths(const OpenedRun& a, const OpenedRun& b, const std::string& common,
                               bool differ) {
  if (differ) {
    result_.warnings.push_back(
        fmt::format("run {} of A and run {} of B are not equally long: only the first {} of each "
                    "are compared",
                    a.run.run, b.run.run, common));
  }
}

void Comparer::add_totals(const Blocks& of, ComparedRun& run, bool is_a) {
  run.requests = of.times.count();
  run.errors = of.times.failures;
  run.times = of.times;
  for (size_t slot = 0; slot < slots_.count(); ++slot) {
    ComparedEndpoint& endpoint = result_.endpoints[slot];
    (is_a ? endpoint.requests_a : endpoint.requests_b) += of.slots[slot].count();
    (is_a ? endpoint.errors_a : endpoint.errors_b) += of.slots[slot].failures();
  }
}

Status Comparer::compare_two_runs() {
  Blocks a;
  Blocks b;
  MACAW_TRY(read_pair(0, stats::kTimeBlocks, a, b));
  result_.blocks = stats::kTimeBlocks;
  result_.block_length = a.block_length;
  add_totals(a, result_.a.front(), true);
  add_totals(b, result_.b.front(), false);
  stats::BlockBootstrap::Settings settings;
  settings.paired = result_.paired;
  settings.seed = result_.seed;
  const stats::BlockBootstrap bootstrap(settings);
  for (size_t slot = 0; slot < slots_.count(); ++slot) {
    for (const stats::Statistic statistic : stats::kComparedStatistics) {
      result_.endpoints[slot].changes.push_back(
          bootstrap.compare(a.slots[slot], b.slots[slot], statistic));
    }
  }
  return {};
}

Status Comparer::read_many(std::vector<RunEstimates>& a, std::vector<RunEstimates>& b) {
  const auto keep = [this](const Blocks& of, ComparedRun& shown, std::vector<RunEstimates>& side) {
    add_totals(of, shown, &side == &estimates_a_);
    RunEstimates estimates;
    for (const stats::BlockedSample& slot : of.slots) {
      estimates.counts.push_back(slot.count());
      auto& values = estimates.values.emplace_back();
      for (size_t k = 0; k < values.size(); ++k) {
        values[k] = slot.estimate(stats::kComparedStatistics[k]);
      }
    }
    side.push_back(std::move(estimates));
  };
  for (size_t k = 0; k < std::max(a_.size(), b_.size()); ++k) {
    Blocks of_a;
    Blocks of_b;
    const bool both = k < a_.size() && k < b_.size();
    if (both) {
      MACAW_TRY(read_pair(k, 1, of_a, of_b));
    } else {
      const OpenedRun& run = k < a_.size() ? a_[k] : b_[k];
      MACAW_TRY_ASSIGN((k < a_.size() ? of_a : of_b), read_alone(run, 1, UINT64_MAX));
    }
    if (k < a_.size()) {
      keep(of_a, result_.a[k], a);
    }
    if (k < b_.size()) {
      keep(of_b, result_.b[k], b);
    }
  }
  return {};
}

Status Comparer::compare_many_runs() {
  result_.run_is_unit = true;
  const bool hoped = result_.paired;
  MACAW_TRY(read_many(estimates_a_, estimates_b_));
  if (hoped != result_.paired) {
    // Some runs were cut to what they share with a partner that is none.
    estimates_a_.clear();
    estimates_b_.clear();
    result_.endpoints.assign(slots_.count(), {});
    result_.warnings.clear();
    MACAW_TRY(read_many(estimates_a_, estimates_b_));
  }
  for (size_t slot = 0; slot < slots_.count(); ++slot) {
    for (size_t k = 0; k < stats::kComparedStatistics.size(); ++k) {
      uint64_t count_min = UINT64_MAX;
      const auto values = [&](const std::vector<RunEstimates>& side) {
        std::vector<double> taken;
        for (const RunEstimates& run : side) {
          count_min = std::min(count_min, run.counts[slot]);
          taken.push_back(run.values[slot][k]);
        }
        return taken;
      };
      const std::vector<double> a = values(estimates_a_);
      const std::vector<double> b = values(estimates_b_);
      result_.endpoints[slot].changes.push_back(
          stats::compare_runs(stats::kComparedStatistics[k], a, b, result_.paired, count_min));
    }
  }
  return {};
}

Status Comparer::take_series() {
  for (const auto& [opened, shown] : {std::pair(&a_, &result_.a), std::pair(&b_, &result_.b)}) {
    for (size_t k = 0; k < opened->size(); ++k) {
      const OpenedRun& run = (*opened)[k];
      MACAW_TRY_ASSIGN(const uint64_t seconds, seconds_of(run));
      MACAW_TRY_ASSIGN((*shown)[k].series,
                       run.reader->intervals(run.run.run, resolution_for(seconds, kSeriesPointsMax),
                                             0, 0, UINT64_MAX));
    }
  }
  return {};
}

void Comparer::correct() {
  const stats::Change* const primary = &result_.primary_change();
  std::vector<stats::Change*> family;
  for (ComparedEndpoint& endpoint : result_.endpoints) {
    for (stats::Change& change : endpoint.changes) {
      if (&change != primary) {
        family.push_back(&change);
      }
    }
  }
  stats::adjust_holm(family);
}

Status Comparer::compare() {
  result_.by_rows = true;
  for (const auto* side : {&a_, &b_}) {
    for (const OpenedRun& run : *side) {
      const bool all = run.run.start.rows.kind == store::RowPolicy::Kind::kAll;
      result_.by_rows = result_.by_rows && all && run.requests() <= options_.rows_max;
    }
  }
  choose_endpoints();
  if (!options_.primary.endpoint.empty() && !slots_.named(options_.primary.endpoint)) {
    return errorf("no run has an endpoint \"{}\"", options_.primary.endpoint);
  }
  const std::string reason = known_unpaired_reason();
  result_.paired = reason.empty();
  result_.pairing = reason.empty() ? kSameRecords : reason;
  result_.endpoints.assign(slots_.count(), {});
  const bool two = a_.size() == 1 && b_.size() == 1;
  MACAW_TRY(two ? compare_two_runs() : compare_many_runs());
  for (size_t slot = 0; slot < slots_.count(); ++slot) {
    result_.endpoints[slot].name = slots_.name(slot);
    result_.endpoints[slot].method = slots_.method(slot);
  }
  if (result_.paired) {
    records_.report(slots_, result_);
  }
  correct();
  warn();
  return take_series();
}

}  // namespace

Result<PrimaryStatistic> parse_primary(std::string_view text) {
  PrimaryStatistic primary;
  std::string_view name = text;
  if (const size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    primary.endpoint = std::string(text.substr(0, colon));
    name = text.substr(colon + 1);
  }
  for (const stats::Statistic statistic : stats::kComparedStatistics) {
    if (statistic.name() == name) {
      primary.statistic = statistic;
      return primary;
    }
  }
  return errorf(
      "found '{}', expected p50, p90, p95, p99, p99.9 or mean, or one of them after "
      "\"ENDPOINT:\"",
      text);
}

const ComparedEndpoint& Comparison::primary_endpoint() const {
  MACAW_CHECK(!endpoints.empty());
  for (const ComparedEndpoint& endpoint : endpoints) {
    if (endpoint.name == primary.endpoint && &endpoint != &endpoints.front()) {
      return endpoint;
    }
  }
  return endpoints.front();
}

const stats::Change& Comparison::primary_change() const {
  for (const stats::Change& change : primary_endpoint().changes) {
    if (change.statistic == primary.statistic) {
      return change;
    }
  }
  return primary_endpoint().changes.front();
}

std::vector<const ComparedEndpoint*> Comparison::moved_endpoints() const {
  const auto change_of = [this](const ComparedEndpoint& endpoint) -> const stats::Change& {
    return *std::find_if(
        endpoint.changes.begin(), endpoint.changes.end(),
        [this](const stats::Change& change) { return change.statistic == primary.statistic; });
  };
  std::vector<const ComparedEndpoint*> moved;
  for (size_t k = 1; k < endpoints.size(); ++k) {
    const stats::ChangeKind kind = change_of(endpoints[k]).kind;
    if (kind == stats::ChangeKind::kSlower || kind == stats::ChangeKind::kFaster) {
      moved.push_back(&endpoints[k]);
    }
  }
  std::stable_sort(moved.begin(), moved.end(), [&](const auto* x, const auto* y) {
    return std::fabs(change_of(*x).difference_ns.estimate) >
           std::fabs(change_of(*y).difference_ns.estimate);
  });
  moved.resize(std::min(moved.size(), kMovedMax));
  return moved;
}

Nanos Comparison::timeout() const {
  return a.front().run.start.timeout;
}

Result<Comparison> compare(std::span<const ChosenRun> a, std::span<const ChosenRun> b,
                           const CompareOptions& options) {
  MACAW_CHECK(!a.empty() && !b.empty());
  Comparison result;
  result.clock = options.clock;
  result.seed = options.seed;
  result.primary = options.primary;
  Comparer comparer(options, result);
  MACAW_TRY(comparer.open(a, b));
  MACAW_TRY(comparer.compare());
  return result;
}

}  // namespace macaw::report
