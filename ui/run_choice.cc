// SPDX-License-Identifier: MIT
//
// From `run=N` to the run.
#include "run_choice.h"

#include <algorithm>

#include "router.h"

namespace macaw::ui {

namespace {

/// Everything that a choice reads; an error here is the database's.
Status read_choice(RunChoice& choice, int64_t run) {
  MACAW_TRY_ASSIGN(store::RunRow row, choice.reader->run(run));
  MACAW_TRY_ASSIGN(choice.endpoints, choice.reader->endpoints(row.run));
  choice.run = std::move(row);
  return {};
}

}  // namespace

RunChoice choose_run(Database& database, const Query& query) {
  RunChoice choice;
  const Result<uint64_t> asked = query.number("run", 0, INT64_MAX);
  if (!asked.ok()) {
    choice.refusal = text_response(400, asked.error().message());
    return choice;
  }
  const auto number = static_cast<int64_t>(*asked);
  Result<store::RunReader*> reader = database.reader();
  if (!reader.ok()) {
    choice.waiting_for = reader.error().message();
  } else if (const auto newest = (*reader)->run(0); !newest.ok()) {
    choice.waiting_for = newest.error().message();
  } else {
    choice.reader = *reader;
    choice.newest = newest->run;
    const Status read = read_choice(choice, number);
    if (!read.ok()) {
      choice.refusal = text_response(404, read.error().message());
    }
    return choice;
  }
  if (number != 0) {
    choice.refusal = text_response(404, choice.waiting_for);
  }
  return choice;
}

Result<Span> span_of(const Query& query) {
  constexpr auto kMost = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  Span span;
  MACAW_TRY_ASSIGN(const uint64_t resolution, query.number("resolution", 1, UINT32_MAX));
  span.resolution = static_cast<uint32_t>(resolution);
  if (std::find(stats::kResolutions.begin(), stats::kResolutions.end(), span.resolution) ==
      stats::kResolutions.end()) {
    return errorf("resolution: found {}, expected 1, 10, 60 or 600 seconds", resolution);
  }
  MACAW_TRY_ASSIGN(span.from_s, query.number("from", 0, kMost));
  MACAW_TRY_ASSIGN(span.to_s, query.number("to", kMost, kMost));
  span.from_s -= span.from_s % span.resolution;
  return span;
}

}  // namespace macaw::ui
