// SPDX-License-Identifier: MIT
//
// Line charts as inline SVG that needs no script and reads at a phone's width: the lines stretch
// with the page, the texts beside them keep their size. Knows nothing of runs. Thread: any.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace macaw::report {

struct ChartTick {
  double value = 0;
  std::string text;
};

/// A range, linear or logarithmic, with where its values lie in it.
struct ChartAxis {
  double low = 0;
  double high = 1;
  bool logarithmic = false;
  std::vector<ChartTick> ticks;

  /// 0 at `low`, 1 at `high`.
  double place(double value) const;
};

/// A logarithmic axis of times around `low`..`high`, with ticks such as "2 ms".
ChartAxis time_axis(double low_ns, double high_ns);
/// From the start of a run, with ticks such as "30 s" or "2 h".
ChartAxis seconds_axis(double high_s);

struct ChartLine {
  std::string classes;  ///< of CSS
  /// Not a number: a gap.
  std::vector<std::pair<double, double>> points;
};

struct Chart {
  std::string label;  ///< for those who do not see it
  ChartAxis x;
  ChartAxis y;
  std::vector<ChartLine> lines;
};

std::string chart_html(const Chart& chart);

}  // namespace macaw::report
