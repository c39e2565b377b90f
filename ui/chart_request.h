// SPDX-License-Identifier: MIT
//
// What a chart's question is about: an endpoint and a span at a resolution.
// Thread: the loop's.
#pragma once

#include <string>

#include "run_choice.h"

namespace macaw::ui {

struct ChartRequest {
  Key key;  ///< with the endpoint
  Span span;
  uint64_t end_s = 0;  ///< of the run, so far
};

/// `g` or `endpoint`, and `from`, `to`, `resolution`; the last is chosen for at most `points_max`
/// points unless it is asked for.
Result<ChartRequest> chart_request(const RunChoice& choice, const Query& query,
                                   uint64_t points_max);

/// The finest resolution that keeps so many seconds within `points_max`.
uint32_t resolution_for(uint64_t seconds, uint64_t points_max);

/// Points that a line gets at most.
inline constexpr uint64_t kPointsMax = 4000;

/// The page's columns over time; an object's whole text. `health`: where it has been read already.
Result<std::string> series_json(const RunChoice& choice, const ChartRequest& request,
                                const HealthColumns* health = nullptr);

/// The generator's health over the request's span.
Result<HealthColumns> health_of(const RunChoice& choice, const ChartRequest& request);

}  // namespace macaw::ui
