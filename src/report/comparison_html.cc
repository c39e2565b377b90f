// SPDX-License-Identifier: MIT
//
// A comparison as one page: no scripts, nothing fetched. Colours and layout: comparison.css.
#include <algorithm>
#include <cmath>
#include <limits>

#include "comparison_chart.h"
#include "comparison_phrases.h"
#include "embed/comparison_css.h"
#include "macaw/base/units.h"
#include "peer_text.h"
#include "phrases.h"

namespace macaw::report {

namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

std::string_view class_of(stats::ChangeKind kind) {
  switch (kind) {
    case stats::ChangeKind::kSlower:
      return "slower";
    case stats::ChangeKind::kFaster:
      return "faster";
    case stats::ChangeKind::kUnchanged:
      return "unchanged";
    default:
      return "unknown";
  }
}

/// A sentence whose intervals are not broken between lines.
std::string heading_text(std::string_view sentence) {
  std::string html = xml_text(sentence);
  for (const std::string_view joint : {" .. ", " (+", " (-"}) {
    for (size_t at = html.find(joint); at != std::string::npos; at = html.find(joint, at)) {
      std::string joined(joint);
      for (size_t blank = joined.find(' '); blank != std::string::npos; blank = joined.find(' ')) {
        joined.replace(blank, 1, "&nbsp;");
      }
      html.replace(at, joint.size(), joined);
    }
  }
  return html;
}

std::string side_card(std::string_view letter, const std::vector<ComparedRun>& side) {
  std::string html = fmt::format("<div class=\"side {}\">\n", letter == "A" ? "a" : "b");
  for (const ComparedRun& run : side) {
    html += fmt::format(
        "<p><span class=\"letter\">{}</span> {}{} &middot; {} &middot; {} requests, "
        "{} errors</p>\n",
        letter, xml_text(run_text(run)),
        run.run.start.label.empty()
            ? ""
            : " &middot; <strong>" + xml_text(run.run.start.label) + "</strong>",
        verdict_word(run.run), format_count(run.requests), format_count(run.errors));
  }
  const store::RunStart& start = side.front().run.start;
  html += fmt::format("<p class=\"muted\">{} &rarr; {}<br>{}, {} arrivals<br>{}</p>\n</div>\n",
                      xml_text(start.file), xml_text(start.target), xml_text(start.profile),
                      xml_text(start.arrivals), format_iso8601(start.started_at));
  return html;
}

/// The interval as a bar: left and width in percent of a strip whose middle is "no change".
std::string bar(const stats::Change& change, double scale) {
  const auto place = [scale](double ratio) {
    return std::clamp(50 + 50 * ratio / scale, 0.0, 100.0);
  };
  const stats::Interval& ratio = change.ratio;
  std::string html = "<div class=\"bar\">";
  if (!std::isnan(ratio.low) && !std::isnan(ratio.high)) {
    html += fmt::format("<i style=\"left:{:.2f}%;width:{:.2f}%\"></i>", place(ratio.low),
                        place(ratio.high) - place(ratio.low));
  }
  if (!std::isnan(ratio.estimate)) {
    html += fmt::format("<b style=\"left:{:.2f}%\"></b>", place(ratio.estimate));
  }
  return html + "</div>";
}

/// Half the width of the strip of bars: a round number that holds the bounds.
double bar_scale(const std::vector<stats::Change>& changes) {
  double largest = 0.001;
  for (const stats::Change& change : changes) {
    for (const double bound : {change.ratio.low, change.ratio.high, change.ratio.estimate}) {
      largest = change.has_interval() && std::isfinite(bound) ? std::max(largest, std::fabs(bound))
                                                              : largest;
    }
  }
  const double power = std::pow(10, std::floor(std::log10(largest)));
  for (const double times : {1.0, 2.0, 5.0}) {
    if (largest <= times * power) {
      return times * power;
    }
  }
  return 10 * power;
}

std::string change_rows(const ComparedEndpoint& endpoint, const stats::Change* primary,
                        Nanos timeout) {
  const double scale = bar_scale(endpoint.changes);
  std::string html;
  for (const stats::Change& change : endpoint.changes) {
    html += fmt::format(
        "<div class=\"change {}{}\"><span class=\"name\">{}</span><span class=\"values\">{} &rarr; "
        "{}</span>",
        class_of(change.kind), &change == primary ? " primary" : "", change.statistic.name(),
        xml_text(time_text(change.a_ns, timeout)), xml_text(time_text(change.b_ns, timeout)));
    if (change.has_interval()) {
      html += fmt::format("{}<span class=\"words\"><span>{}</span><small>{}, p {}</small></span>",
                          bar(change, scale), xml_text(difference_text(change, timeout)),
                          xml_text(ratio_text(change)), xml_text(p_text(change.p_adjusted)));
    } else {
      const std::string why = shortage_text(change);
      html += fmt::format("<span class=\"missing\">{}{}</span>", kind_text(change.kind),
                          why.empty() ? why : ": " + xml_text(why));
    }
    html += "</div>\n";
  }
  return html + fmt::format(
                    "<div class=\"ends\"><span>{:+.6g} %</span><span>no change</span>"
                    "<span>{:+.6g} %</span></div>\n",
                    -100 * scale, 100 * scale);
}

std::string legend(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string html = "<p class=\"legend\">";
  for (const auto& [classes, name] : entries) {
    html += fmt::format("<span><i class=\"{}\"></i>{}</span>", classes, name);
  }
  return html + "</p>\n";
}

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = 0;

  void add(double value) {
    if (std::isfinite(value) && value > 0) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
};

void frame(Chart& chart) {
  Range y;
  for (const ChartLine& line : chart.lines) {
    for (const auto& point : line.points) {
      y.add(point.second);
    }
  }
  chart.y = time_axis(y.high > 0 ? y.low : 1e6, std::max(y.high, 1e6 / 2));
}

double finite_ns(const stats::Quantile& quantile) {
  return quantile.failed ? kMissing : static_cast<double>(quantile.value_ns);
}

ChartLine series_line(const ComparedRun& run, Clock clock, double q, std::string classes) {
  ChartLine line;
  line.classes = std::move(classes);
  uint64_t next_s = 0;
  for (const store::IntervalRow& row : run.series) {
    const auto& values = clock == Clock::kService ? row.aggregate.service : row.aggregate.response;
    const double middle = static_cast<double>(row.key.start_s) + row.key.resolution / 2.0;
    if (row.key.start_s > next_s) {
      line.points.emplace_back(middle, kMissing);
    }
    next_s = row.key.start_s + row.key.resolution;
    line.points.emplace_back(middle,
                             values.count() == 0 ? kMissing : finite_ns(values.quantile(q)));
  }
  return line;
}

std::string time_section(const Comparison& comparison) {
  Chart chart;
  double end_s = 0;
  for (const auto* side : {&comparison.a, &comparison.b}) {
    const std::string letter = side == &comparison.a ? "a" : "b";
    for (const ComparedRun& run : *side) {
      chart.lines.push_back(series_line(run, comparison.clock, 0.5, letter + " low"));
      chart.lines.push_back(series_line(run, comparison.clock, 0.99, letter));
      end_s = std::max(end_s, run.series.empty()
                                  ? 0
                                  : static_cast<double>(run.series.back().key.start_s +
                                                        run.series.back().key.resolution));
    }
  }
  chart.x = seconds_axis(end_s);
  chart.label = "p50 and p99 of both sides over the time of the run";
  frame(chart);
  return "<section>\n<h2>Over the run</h2>\n" +
         legend({{"a", "A p99"}, {"b", "B p99"}, {"a low", "A p50"}, {"b low", "B p50"}}) +
         chart_html(chart) + "</section>\n";
}

/// Quantiles on an axis of 1 / (1 - q), so that each tenfold rarer part has the same width.
ChartLine spectrum_line(const ComparedRun& run, std::string classes) {
  constexpr int kSteps = 300;
  ChartLine line;
  line.classes = std::move(classes);
  const stats::Distribution& times = run.times;
  const double depth = std::log10(static_cast<double>(std::max<uint64_t>(times.count(), 10)));
  for (int k = 0; k <= kSteps && times.count() > 0; ++k) {
    const double rarity = std::pow(10, depth * k / kSteps);
    line.points.emplace_back(rarity, finite_ns(times.quantile(1 - 1 / rarity)));
  }
  return line;
}

std::string spectrum_section(const Comparison& comparison) {
  Chart chart;
  chart.x.logarithmic = true;
  chart.x.low = 1;
  chart.x.high = 10;
  for (const auto* side : {&comparison.a, &comparison.b}) {
    for (const ComparedRun& run : *side) {
      chart.lines.push_back(spectrum_line(run, side == &comparison.a ? "a" : "b"));
      chart.x.high = std::max(chart.x.high, static_cast<double>(run.times.count()));
    }
  }
  for (const auto& [rarity, name] : {std::pair(1.0, "0 %"),
                                     {2.0, "50 %"},
                                     {10.0, "90 %"},
                                     {100.0, "99 %"},
                                     {1e3, "99.9 %"},
                                     {1e4, "99.99 %"},
                                     {1e5, "99.999 %"},
                                     {1e6, "99.9999 %"}}) {
    if (rarity <= chart.x.high) {
      chart.x.ticks.push_back({rarity, name});
    }
  }
  chart.label = "percentiles of both sides";
  frame(chart);
  return "<section>\n<h2>Percentiles</h2>\n" + legend({{"a", "A"}, {"b", "B"}}) +
         chart_html(chart) + "</section>\n";
}

std::string endpoint_section(const Comparison& comparison, const stats::Change* primary) {
  if (comparison.endpoints.size() < 2) {
    return {};
  }
  std::string html =
      "<section>\n<h2>Endpoints</h2>\n<p class=\"muted\">With most requests first; "
      "open one for its percentiles.</p>\n";
  for (size_t k = 1; k < comparison.endpoints.size(); ++k) {
    const ComparedEndpoint& endpoint = comparison.endpoints[k];
    const auto shown = std::find_if(endpoint.changes.begin(), endpoint.changes.end(),
                                    [&comparison](const stats::Change& change) {
                                      return change.statistic == comparison.primary.statistic;
                                    });
    html += fmt::format(
        "<details>\n<summary><strong>{}</strong> <span class=\"what {}\">{} {}"
        "</span></summary>\n<p class=\"muted\">{} {} and {} requests, {} and {} "
        "errors</p>\n{}</details>\n",
        xml_text(endpoint.name), class_of(shown->kind), shown->statistic.name(),
        shown->has_interval() ? xml_text(difference_text(*shown, comparison.timeout()))
                              : std::string(kind_text(shown->kind)),
        xml_text(endpoint.method), format_count(endpoint.requests_a),
        format_count(endpoint.requests_b), format_count(endpoint.errors_a),
        format_count(endpoint.errors_b), change_rows(endpoint, primary, comparison.timeout()));
  }
  if (comparison.endpoints_left_out > 0) {
    html += fmt::format("<p class=\"muted\">and {} more with fewer requests</p>\n",
                        format_count(comparison.endpoints_left_out));
  }
  return html + "</section>\n";
}

std::string record_section(const Comparison& comparison) {
  if (comparison.moved_records.empty()) {
    return {};
  }
  const Nanos timeout = comparison.timeout();
  std::string html = fmt::format(
      "<section>\n<h2>Records that moved most</h2>\n<p class=\"muted\">Lines of the replay file by "
      "the median difference of their pairs; {}.</p>\n<div class=\"scroll\"><table>\n"
      "<tr><th>line</th><th>pairs</th><th>A</th><th>B</th><th>B &minus; A</th></tr>\n",
      xml_text(usual_move_text(comparison)));
  for (const MovedRecord& record : comparison.moved_records) {
    html += fmt::format(
        "<tr><td>{} <span class=\"what muted\">{}</span></td><td>{}</td><td>{}</td>"
        "<td>{}</td><td class=\"{}\">{}</td></tr>\n",
        format_count(record.line), xml_text(record.endpoint), format_count(record.pairs),
        xml_text(time_text(record.a_ns, timeout)), xml_text(time_text(record.b_ns, timeout)),
        record.difference_ns > 0 ? "slower" : "faster", xml_text(moved_text(record, timeout)));
  }
  return html + "</table></div>\n</section>\n";
}

}  // namespace

std::string format_comparison_html(const Comparison& comparison) {
  const stats::Change& primary = comparison.primary_change();
  const std::string sentence = comparison_sentence(comparison);
  const ComparedEndpoint& all = comparison.endpoints.front();
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n"
      "<span class=\"pill {}\">{}</span>\n<h1>{}</h1>\n<div class=\"sides\">\n{}{}</div>\n",
      xml_text(sentence), comparison_css, class_of(primary.kind), kind_text(primary.kind),
      heading_text(sentence), side_card("A", comparison.a), side_card("B", comparison.b));
  for (const std::string& warning : comparison.warnings) {
    html += fmt::format("<p class=\"warning\">{}</p>\n", xml_text(warning));
  }
  html += fmt::format(
      "<section>\n<h2>What changed</h2>\n<p class=\"muted\">{}. Bars: B against A "
      "with its 95 % interval.</p>\n{}</section>\n",
      xml_text(clock_text(comparison)), change_rows(all, &primary, comparison.timeout()));
  html += time_section(comparison) + spectrum_section(comparison);
  html += endpoint_section(comparison, &primary) + record_section(comparison);
  html += fmt::format(
      "<footer>{}. * is the primary statistic; p of all others is corrected for "
      "their number (Holm). A failed request counts as slower than any success; "
      "lines end where requests fail.</footer>\n</main>\n</body>\n</html>\n",
      xml_text(method_text(comparison)));
  return html;
}

}  // namespace macaw::report
