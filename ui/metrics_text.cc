// SPDX-License-Identifier: MIT
//
// Prometheus' text format, https://prometheus.io/docs/instrumenting/exposition_formats.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "metrics.h"

namespace macaw::ui {

namespace {

/// How many bytes the UTF-8 character at the start takes; 0 where there is none.
size_t utf8_size(std::string_view text) {
  const auto byte = [text](size_t k) {
    return k < text.size() ? static_cast<unsigned char>(text[k]) : 0U;
  };
  const auto follows = [&byte](size_t k, unsigned low = 0x80, unsigned high = 0xbf) {
    return byte(k) >= low && byte(k) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) {
    return 1;
  }
  if (first >= 0xc2 && first <= 0xdf) {
    return follows(1) ? 2 : 0;
  }
  if (first >= 0xe0 && first <= 0xef) {
    // Neither overlong nor a surrogate.
    const bool second = follows(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf);
    return second && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool second = follows(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf);
    return second && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

/// A label's value: quoted, UTF-8 whatever the path holds.
void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const size_t size = utf8_size(text);
    if (text[0] == '\\' || text[0] == '"') {
      out += '\\';
      out += text[0];
    } else if (text[0] == '\n') {
      out += "\\n";
    } else if (size == 0) {
      out += "\xef\xbf\xbd";  // the replacement character
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(std::max<size_t>(size, 1));
  }
  out += '"';
}

void append_sample(std::string& out, std::string_view name, std::string_view suffix,
                   const Metric& metric, std::string_view le, std::string_view value) {
  out += name;
  out += suffix;
  char before = '{';
  for (const auto& [label, text] : metric.labels) {
    out += before;
    before = ',';
    out += label;
    out += '=';
    append_quoted(out, text);
  }
  if (!le.empty()) {
    fmt::format_to(std::back_inserter(out), "{}le=\"{}\"", before, le);
    before = ',';
  }
  out += before == ',' ? "} " : " ";
  out += value;
  out += '\n';
}

/// As few digits as read back the same.
std::string number(double value) {
  return fmt::format("{}", value);
}

/// Nanoseconds as seconds, exactly.
std::string exact_seconds(uint64_t ns) {
  std::string text = fmt::format("{}.{:09}", ns / 1'000'000'000, ns % 1'000'000'000);
  while (text.back() == '0') {
    text.pop_back();
  }
  return text.back() == '.' ? text + '0' : text;
}

void append_histogram(std::string& out, const std::string& name, const Metric& metric) {
  const stats::Histogram& successes = metric.times->successes;
  for (const uint64_t border : bucket_borders_ns()) {
    append_sample(out, name, "_bucket", metric, exact_seconds(border),
                  std::to_string(successes.count() - successes.count_above(border)));
  }
  const std::string count = std::to_string(metric.times->count());
  append_sample(out, name, "_bucket", metric, "+Inf", count);
  append_sample(out, name, "_sum", metric, "",
                number(successes.mean_ns() * static_cast<double>(successes.count()) / 1e9));
  append_sample(out, name, "_count", metric, "", count);
}

}  // namespace

std::string metrics_text(const std::vector<MetricFamily>& families) {
  static constexpr std::array<std::string_view, 3> kTypes = {"counter", "gauge", "histogram"};
  std::string out;
  for (const MetricFamily& family : families) {
    fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", family.name,
                   family.help, family.name, kTypes.at(static_cast<size_t>(family.type)));
    for (const Metric& metric : family.metrics) {
      if (metric.times) {
        append_histogram(out, family.name, metric);
      } else {
        append_sample(out, family.name, "", metric, "", number(metric.value));
      }
    }
  }
  return out;
}

}  // namespace macaw::ui
