// SPDX-License-Identifier: MIT
//
// See plan.h.

#include "plan.h"

#include <algorithm>
#include <optional>

#include "record_source.h"

namespace macaw::replay {
namespace {

/// Poisson arrivals are counted one by one, so only that far.
constexpr uint64_t kCountedMax = 2'000'000;

struct FileLength {
  uint64_t first_pass = 0;
  uint64_t later_pass = 0;
  /// From the first to the last recorded time of the first pass, where that is known.
  std::optional<Nanos> recorded_span;
};

struct PassLength {
  uint64_t records = 0;
  std::optional<Nanos> recorded_span;
};

Result<PassLength> pass_length(const Selection& selection) {
  MACAW_TRY_ASSIGN(RecordSource source, RecordSource::open(selection));
  PassLength length;
  Record record;
  while (true) {
    MACAW_TRY_ASSIGN(const bool found, source.next(record));
    if (!found) {
      return length;
    }
    ++length.records;
    if (record.time) {
      length.recorded_span = source.recorded_time();
    }
  }
}

Result<FileLength> file_length(const Selection& selection, const FileSurvey& survey) {
  FileLength length;
  if (!selection.is_filtered()) {
    length.first_pass = survey.records > selection.skip ? survey.records - selection.skip : 0;
    length.later_pass = survey.records;
    if (survey.first_time && selection.skip == 0) {
      length.recorded_span = *survey.last_time - *survey.first_time;
    }
    return length;
  }
  MACAW_TRY_ASSIGN(const PassLength first, pass_length(selection));
  length.first_pass = length.later_pass = first.records;
  length.recorded_span = first.recorded_span;
  if (selection.skip > 0) {
    Selection later = selection;
    later.skip = 0;
    MACAW_TRY_ASSIGN(const PassLength whole, pass_length(later));
    length.later_pass = whole.records;
  }
  return length;
}

/// Requests with intended < duration; nullopt when that is not worth counting.
std::optional<uint64_t> requests_within(const Timing& timing, Nanos duration,
                                        const RunClock& clock) {
  if (timing.source != Timing::Source::kProfile) {
    return std::nullopt;
  }
  const Nanos nominal = clock.nominal_at(duration);
  if (timing.arrivals == ArrivalProcess::kPoisson &&
      timing.profile->cumulative(nominal).whole > kCountedMax) {
    return std::nullopt;
  }
  return count_arrivals(*timing.profile, timing.arrivals, timing.seed, nominal);
}

void fill_span(const RunOptions& options, const FileLength& length, const RunClock& clock,
               bool ended_by_duration, Plan& plan) {
  const Timing& timing = options.timing;
  if (ended_by_duration) {
    plan.span = *options.selection.duration;
    plan.nominal_span = clock.nominal_at(plan.span);
  } else if (timing.source == Timing::Source::kProfile && plan.requests > 0) {
    plan.span = schedule_span(timing, plan.requests, clock);
    plan.nominal_span = nominal_span(timing, plan.requests);
  } else if (timing.source == Timing::Source::kRecorded && plan.requests > 0 && plan.passes == 1 &&
             plan.requests == length.first_pass && length.recorded_span) {
    plan.nominal_span = *length.recorded_span;
    plan.span = clock.intended(plan.nominal_span);
  }
  if (plan.requests > 0 && plan.span > Nanos(0)) {
    plan.mean_rps = static_cast<double>(plan.requests) / to_seconds(plan.span);
  } else if (timing.source == Timing::Source::kProfile) {
    const Nanos until = plan.span > Nanos(0) ? plan.span : from_seconds(3600);
    plan.mean_rps = timing.profile->mean_rate(Nanos(0), clock.nominal_at(until)) *
                    to_seconds(clock.nominal_at(until)) / to_seconds(until);
  }
}

}  // namespace

Nanos plan_end(const Plan& plan, const RunClock& clock) {
  return clock.pieces() == 1 || plan.span == Nanos(0) ? plan.span
                                                      : clock.intended(plan.nominal_span);
}

Nanos nominal_span(const Timing& timing, uint64_t requests) {
  Nanos nominal{};
  if (timing.arrivals == ArrivalProcess::kConstant) {
    nominal = timing.profile->inverse({.whole = requests, .fraction = 0});
  } else {
    if (requests > kCountedMax) {
      return Nanos(0);
    }
    Arrivals arrivals(*timing.profile, timing.arrivals, timing.seed);
    while (arrivals.index() < requests) {
      nominal = arrivals.next();
    }
  }
  return nominal;
}

Nanos schedule_span(const Timing& timing, uint64_t requests, const RunClock& clock) {
  const Nanos intended = clock.intended(nominal_span(timing, requests));
  return intended == Nanos::max() ? Nanos(0) : intended;
}

bool restarts(const Selection& selection) {
  return selection.file != "-" &&
         (selection.loop || selection.requests.has_value() || selection.duration.has_value());
}

Result<Plan> make_plan(const RunOptions& options, const FileSurvey* survey, const RunClock& clock) {
  const Selection& selection = options.selection;
  std::optional<uint64_t> limit = selection.requests;
  bool ended_by_duration = false;
  bool limit_is_known = selection.requests || !selection.duration;
  if (selection.duration && options.timing.is_open_loop()) {
    const auto within = requests_within(options.timing, *selection.duration, clock);
    limit_is_known = within.has_value();
    ended_by_duration = !selection.requests || (within && *within < *selection.requests);
    if (within) {
      limit = std::min(limit.value_or(*within), *within);
    }
  }

  Plan plan;
  FileLength length;
  if (survey == nullptr) {
    // A file of unknown length that is started again ends at its limit all the same.
    plan.requests = restarts(selection) && limit && limit_is_known ? *limit : 0;
    plan.passes = restarts(selection) ? 0 : 1;
  } else {
    MACAW_TRY_ASSIGN(length, file_length(selection, *survey));
    if (!restarts(selection)) {
      plan.requests = length.first_pass;
    } else if (limit && limit_is_known) {
      plan.requests = *limit;
    }
    if (plan.requests > length.first_pass && length.later_pass > 0) {
      const uint64_t later = plan.requests - length.first_pass;
      plan.passes = 1 + (later + length.later_pass - 1) / length.later_pass;
    } else if (plan.requests == 0 && restarts(selection)) {
      plan.passes = 0;
    }
  }
  fill_span(options, length, clock, ended_by_duration, plan);
  return plan;
}

}  // namespace macaw::replay
