// SPDX-License-Identifier: MIT
#include "comparison_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "macaw/base/time.h"
#include "macaw/base/units.h"
#include "peer_text.h"

namespace macaw::report {

namespace {

constexpr double kCanvas = 1000;
/// More labels than this would run into each other.
constexpr size_t kTicksMax = 7;

std::string tick_text(double ns) {
  if (ns >= 1e9) {
    return fmt::format("{:.6g} s", ns / 1e9);
  }
  if (ns >= 1e6) {
    return fmt::format("{:.6g} ms", ns / 1e6);
  }
  return ns >= 1e3 ? fmt::format("{:.6g} us", ns / 1e3) : fmt::format("{:.6g} ns", ns);
}

std::string path_of(const Chart& chart, const ChartLine& line) {
  std::string path;
  bool pen_down = false;
  for (const auto& [x, y] : line.points) {
    if (!std::isfinite(x) || !std::isfinite(y)) {
      pen_down = false;
      continue;
    }
    path += fmt::format("{}{:.1f} {:.1f}", pen_down ? "L" : "M", chart.x.place(x) * kCanvas,
                        (1 - chart.y.place(y)) * kCanvas);
    pen_down = true;
  }
  return path;
}

}  // namespace

double ChartAxis::place(double value) const {
  const auto scale = [this](double x) { return logarithmic ? std::log(std::max(x, 1.0)) : x; };
  const double span = scale(high) - scale(low);
  return span > 0 ? std::clamp((scale(value) - scale(low)) / span, 0.0, 1.0) : 0.5;
}

ChartAxis time_axis(double low_ns, double high_ns) {
  ChartAxis axis;
  axis.logarithmic = true;
  axis.low = std::max(low_ns, 1.0) / 1.1;
  axis.high = std::max(high_ns, axis.low) * 1.1;
  // The densest of these that leaves room for its labels.
  const std::array<std::vector<double>, 4> steps = {
      {{1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 5}, {1, 3}, {1}}};
  for (const std::vector<double>& step : steps) {
    axis.ticks.clear();
    for (double power = 1; power <= axis.high; power *= 10) {
      for (const double times : step) {
        const double value = power * times;
        if (value >= axis.low && value <= axis.high) {
          axis.ticks.push_back({value, tick_text(value)});
        }
      }
    }
    if (axis.ticks.size() <= kTicksMax) {
      break;
    }
  }
  return axis;
}

ChartAxis seconds_axis(double high_s) {
  constexpr std::array<int64_t, 17> kSteps = {1,   2,   5,    10,   15,   30,    60,    120,  300,
                                              600, 900, 1800, 3600, 7200, 14400, 43200, 86400};
  ChartAxis axis;
  axis.high = std::max(high_s, 1.0);
  int64_t step = kSteps.back();
  for (const int64_t candidate : kSteps) {
    if (axis.high / static_cast<double>(candidate) <= static_cast<double>(kTicksMax) - 1) {
      step = candidate;
      break;
    }
  }
  for (int64_t at = 0; static_cast<double>(at) <= axis.high; at += step) {
    axis.ticks.push_back({static_cast<double>(at), format_duration(from_seconds(at))});
  }
  return axis;
}

std::string chart_html(const Chart& chart) {
  std::string html =
      fmt::format("<div class=\"chart\" role=\"img\" aria-label=\"{}\">\n", xml_text(chart.label));
  html +=
      "<div class=\"plot\">\n<svg viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\" "
      "aria-hidden=\"true\">\n";
  for (const ChartTick& tick : chart.y.ticks) {
    const double y = (1 - chart.y.place(tick.value)) * kCanvas;
    html += fmt::format("<path class=\"grid\" d=\"M0 {:.1f}H1000\"/>", y);
  }
  for (const ChartTick& tick : chart.x.ticks) {
    const double x = chart.x.place(tick.value) * kCanvas;
    html += fmt::format("<path class=\"grid\" d=\"M{:.1f} 0V1000\"/>", x);
  }
  html += "\n";
  for (const ChartLine& line : chart.lines) {
    html += fmt::format("<path class=\"line {}\" d=\"{}\"/>\n", line.classes, path_of(chart, line));
  }
  html += "</svg>\n";
  for (const ChartTick& tick : chart.y.ticks) {
    html += fmt::format("<span class=\"tick-y\" style=\"top:{:.2f}%\">{}</span>",
                        (1 - chart.y.place(tick.value)) * 100, xml_text(tick.text));
  }
  for (const ChartTick& tick : chart.x.ticks) {
    html += fmt::format("<span class=\"tick-x\" style=\"left:{:.2f}%\">{}</span>",
                        chart.x.place(tick.value) * 100, xml_text(tick.text));
  }
  return html + "\n</div>\n</div>\n";
}

}  // namespace macaw::report
