// SPDX-License-Identifier: MIT
//
// The percentile distribution as HdrHistogram's outputPercentileDistribution() prints it, with five
// ticks per half distance, in milliseconds; its plotter and wrk2's users read that. Of everybody: a
// failed request is slower than any success, so with failures the lines end at the share of the
// successes, and a comment says how many are beyond.
#include <algorithm>
#include <cmath>

#include "format_files.h"
#include "macaw/stats/histogram.h"
#include "phrases.h"

namespace macaw::report {

namespace {

constexpr uint64_t kTicksPerHalf = 5;

double hgrm_millis(uint64_t ns) {
  return static_cast<double>(ns) / 1e6;
}

/// The next percentile: the distance to 100 % is halved after every five ticks.
double next_level(double level) {
  const double half_distances = std::floor(std::log2(100.0 / (100.0 - level))) + 1;
  return level + 100.0 / (static_cast<double>(kTicksPerHalf) * std::exp2(half_distances));
}

/// From the middles of the buckets, as HdrHistogram.
double standard_deviation_ns(const stats::Histogram& histogram) {
  const double mean = histogram.mean_ns();
  double sum = 0;
  histogram.for_each_bucket([&](uint64_t lowest, uint64_t highest, uint64_t count) {
    const double middle = (static_cast<double>(lowest) + static_cast<double>(highest)) / 2;
    sum += (middle - mean) * (middle - mean) * static_cast<double>(count);
  });
  return histogram.empty() ? 0 : std::sqrt(sum / static_cast<double>(histogram.count()));
}

void add_lines(std::string& text, const stats::Distribution& distribution) {
  const stats::Histogram& successes = distribution.successes;
  const auto all = static_cast<double>(distribution.count());
  uint64_t so_far = 0;
  double level = 0;
  successes.for_each_bucket([&](uint64_t, uint64_t highest, uint64_t count) {
    so_far += count;
    const double reached = 100.0 * static_cast<double>(so_far) / all;
    const double value = hgrm_millis(std::min(highest, successes.max_ns()));
    while (level < 100 && level <= reached && reached < 100) {
      text += fmt::format("{:12.3f} {:2.12f} {:10} {:14.2f}\n", value, level / 100, so_far,
                          1 / (1 - level / 100));
      level = next_level(level);
    }
    if (so_far == distribution.count()) {
      text += fmt::format("{:12.3f} {:2.12f} {:10} {:14.2f}\n", value, level / 100, so_far,
                          1 / (1 - level / 100));
      text += fmt::format("{:12.3f} {:2.12f} {:10}\n", value, 1.0, so_far);
    }
  });
}

}  // namespace

Status write_hgrm(const FormatInput& input, const ByteSink& sink) {
  const stats::Aggregate& total = total_of(*input.summary);
  const stats::Distribution& distribution =
      input.options->clock == Clock::kResponse ? total.response : total.service;
  const stats::Histogram& successes = distribution.successes;
  std::string text = fmt::format("{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile",
                                 "TotalCount", "1/(1-Percentile)");
  add_lines(text, distribution);
  text += fmt::format("#[Mean    = {:12.3f}, StdDeviation   = {:12.3f}]\n",
                      successes.mean_ns() / 1e6, standard_deviation_ns(successes) / 1e6);
  text += fmt::format("#[Max     = {:12.3f}, Total count    = {:12}]\n",
                      hgrm_millis(successes.max_ns()), distribution.count());
  text += fmt::format("#[Buckets = {:12}, SubBuckets     = {:12}]\n",
                      stats::Histogram::kBuckets / 128, 128);
  if (distribution.failures > 0) {
    text += fmt::format("#[Failed  = {:12}, slower than any: the lines end at {}]\n",
                        distribution.failures, share_text(successes.count(), distribution.count()));
  }
  return sink(text);
}

}  // namespace macaw::report
