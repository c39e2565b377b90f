// SPDX-License-Identifier: MIT
//
// See plan.h.

#include "plan.h"

#include <algorithm>
#include <optional>

#include "macaw/http/url.h"

namespace macaw::replay {
namespace {

/// Poisson arrivals are counted one by one, so only that far.
constexpr uint64_t kCountedMax = 2'000'000;

struct FileLength {
  uint64_t first_pass = 0;
  uint64_t later_pass = 0;
};

Result<FileLength> file_length(const Selection& selection, const FileSurvey& survey) {
  if (selection.only_path.empty()) {
    return FileLength{survey.records > selection.skip ? survey.records - selection.skip : 0,
                      survey.records};
  }
  MACAW_TRY_ASSIGN(Reader reader, Reader::open(selection.file));
  FileLength length;
  Record record;
  for (uint64_t number = 0;; ++number) {
    MACAW_TRY_ASSIGN(const bool found, reader.next(record));
    if (!found) {
      return length;
    }
    const http::UrlResult parsed = http::parse_url(record.url);
    if (parsed.url && parsed.url->path.starts_with(selection.only_path)) {
      ++length.later_pass;
      length.first_pass += number >= selection.skip ? 1 : 0;
    }
  }
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

void fill_span(const RunOptions& options, const FileSurvey* survey, const RunClock& clock,
               bool ended_by_duration, Plan& plan) {
  const Timing& timing = options.timing;
  if (ended_by_duration) {
    plan.span = *options.selection.duration;
    plan.nominal_span = clock.nominal_at(plan.span);
  } else if (timing.source == Timing::Source::kProfile && plan.requests > 0) {
    plan.span = schedule_span(timing, plan.requests, clock);
    plan.nominal_span = nominal_span(timing, plan.requests);
  } else if (timing.source == Timing::Source::kRecorded && survey != nullptr && plan.requests > 0 &&
             plan.passes == 1 && plan.requests == survey->records) {
    plan.nominal_span = *survey->last_time - *survey->first_time;
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
  if (selection.duration && options.timing.source != Timing::Source::kSaturate) {
    const auto within = requests_within(options.timing, *selection.duration, clock);
    limit_is_known = within.has_value();
    ended_by_duration = !selection.requests || (within && *within < *selection.requests);
    if (within) {
      limit = std::min(limit.value_or(*within), *within);
    }
  }

  Plan plan;
  if (survey == nullptr) {
    // A file of unknown length that is started again ends at its limit all the same.
    plan.requests = restarts(selection) && limit && limit_is_known ? *limit : 0;
    plan.passes = restarts(selection) ? 0 : 1;
  } else {
    MACAW_TRY_ASSIGN(const FileLength length, file_length(selection, *survey));
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
  fill_span(options, survey, clock, ended_by_duration, plan);
  return plan;
}

}  // namespace macaw::replay
