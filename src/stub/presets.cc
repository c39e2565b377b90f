// SPDX-License-Identifier: MIT
//
// The latency presets: the guides' own tables (see README.md, where the sources are). Points that a
// guide states are exact; between and beyond them, where it says nothing, points were chosen so
// that the mean is the stated one. 99.9 and 99.99 keep the stated maximum rare: on a straight line
// from p99 to the maximum p99 itself would be a matter of luck.
// Thread: any.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "macaw/stub/seldon_stub.h"

namespace macaw::stub {
namespace {

struct PresetRule {
  std::string_view preset;
  std::string_view path;
  std::string_view model;
};

constexpr std::array kPresetRules = {
    // Locust's report of 2025-06-25; mean 24.07 ms. Chosen: 1, 10, 25, 99.9 and 99.99.
    PresetRule{"hopsworks", "",
               "quantiles:0=7ms,1=11ms,10=15.5ms,25=19.35ms,50=23ms,60=25ms,70=27ms,80=29ms,"
               "90=33ms,95=37ms,99=47ms,99.9=55ms,99.99=110ms,100=269ms"},
    // Locust's table, GET /js/predict; neither minimum nor mean is stated. Chosen: 0 and 99.9.
    PresetRule{"mnist-rest", "",
               "quantiles:0=8ms,50=20ms,66=25ms,75=30ms,80=36ms,90=63ms,95=110ms,98=190ms,"
               "99=240ms,99.9=400ms,100=717ms"},
    // Locust's table, Classify over gRPC; neither minimum nor mean is stated. Chosen: 0, 99.9.
    PresetRule{"mnist-grpc", "",
               "quantiles:0=6ms,50=14ms,66=16ms,75=18ms,80=19ms,90=25ms,95=36ms,98=67ms,"
               "99=110ms,99.9=400ms,100=5045ms"},
    // vegeta without the executor; mean 73.670 ms. Chosen: 1 to 25, 75, 99.9 and 99.99.
    PresetRule{"flowers-direct", "",
               "quantiles:0=53.958ms,1=60ms,10=66.5ms,25=69.9ms,50=73.129ms,75=75.509ms,"
               "90=81.824ms,95=84.929ms,99=93.248ms,99.9=115ms,99.99=300ms,100=976.432ms"},
    // vegeta with the executor; mean 82.639 ms. Chosen: as above.
    PresetRule{"flowers-executor", "",
               "quantiles:0=58.092ms,1=66ms,10=72.5ms,25=76ms,50=79.833ms,75=83.188ms,"
               "90=95.849ms,95=104.009ms,99=128.517ms,99.9=180ms,99.99=400ms,100=964.378ms"},
    // ghz, Predict of TensorFlow Serving without the executor; mean 74.479 ms. Chosen: as above.
    PresetRule{"flowers-grpc-direct", "",
               "quantiles:0=53.792ms,1=60ms,10=67.5ms,25=70.92ms,50=73.839ms,75=76.6ms,"
               "90=82.282ms,95=85.534ms,99=93.876ms,99.9=115ms,99.99=300ms,100=1008.192ms"},
    // ghz with the executor; mean 78.227 ms. Chosen: as above.
    PresetRule{"flowers-grpc-executor", "",
               "quantiles:0=54.712ms,1=62ms,10=68.5ms,25=70.82ms,50=75.875ms,75=79.5ms,"
               "90=89.226ms,95=97.537ms,99=128.647ms,99.9=180ms,99.99=400ms,100=938.906ms"},
    // Iago's graph of half recommendations, half actions: p95 about 100 ms, p99 about 190.
    PresetRule{"ml10m", "/js/recommendations", "lognormal:36ms,0.8"},
    PresetRule{"ml10m", "/js/action", "lognormal:6ms,0.8"},
};

}  // namespace

std::vector<std::string> latency_preset_names() {
  std::vector<std::string> names;
  for (const PresetRule& rule : kPresetRules) {
    if (names.empty() || names.back() != rule.preset) {
      names.emplace_back(rule.preset);
    }
  }
  return names;
}

Result<std::vector<LatencyRule>> latency_preset(std::string_view name) {
  std::vector<LatencyRule> rules;
  for (const PresetRule& rule : kPresetRules) {
    if (rule.preset == name) {
      MACAW_TRY_ASSIGN(LatencyModel model, LatencyModel::parse(rule.model));
      rules.emplace_back(rule.path, std::move(model));
    }
  }
  if (rules.empty()) {
    return errorf("found '{}', expected one of {}", name, fmt::join(latency_preset_names(), ", "));
  }
  return rules;
}

}  // namespace macaw::stub
