// SPDX-License-Identifier: MIT
//
// What `vegeta report` prints, as text and as JSON (vegeta 12).
#include <algorithm>
#include <array>

#include "format_files.h"
#include "peer_text.h"
#include "rows.h"
#include "table.h"
#include "vegeta_sums.h"

namespace macaw::report {

namespace {

std::string rounded(int64_t ns) {
  return go_duration(vegeta_round(ns));
}

/// The first two columns are as wide as their widest cell and two blanks (Go's tabwriter).
void add_row(std::string& text, std::string_view name, std::string_view legend,
             const std::string& values) {
  text += fmt::format("{:14}{:34}{}\n", name, legend, values);
}

std::string vegeta_instant(const RunSummary& summary, const VegetaSums& sums, int64_t ns) {
  return sums.requests() == 0 ? std::string(kGoZeroTime) : go_time(wall_at(summary, ns));
}

std::string vegeta_bytes(const VegetaSums& sums, uint64_t total) {
  return fmt::format("{{\"total\":{},\"mean\":{}}}", total,
                     go_json_number(sums.mean_of_requests(total)));
}

/// Elements with commas between them.
template <typename Container, typename Element>
std::string joined(const Container& container, Element&& element) {
  std::string text;
  for (const auto& value : container) {
    text += text.empty() ? "" : ",";
    text += element(value);
  }
  return text;
}

}  // namespace

Status write_vegeta_text(const FormatInput& input, const ByteSink& sink) {
  MACAW_TRY_ASSIGN(const VegetaSums sums, read_vegeta_sums(input));
  std::string text;
  add_row(text, "Requests", "[total, rate, throughput]",
          fmt::format("{}, {:.2f}, {:.2f}", sums.requests(), sums.rate(), sums.throughput()));
  add_row(text, "Duration", "[total, attack, wait]",
          fmt::format("{}, {}, {}", rounded(sums.duration_ns() + sums.wait_ns()),
                      rounded(sums.duration_ns()), rounded(sums.wait_ns())));
  std::string latencies = rounded(static_cast<int64_t>(sums.latencies.min_ns()));
  latencies += ", " + rounded(sums.mean_ns());
  for (const double q : {0.5, 0.9, 0.95, 0.99}) {
    latencies += ", " + rounded(sums.quantile_ns(q));
  }
  latencies += ", " + rounded(static_cast<int64_t>(sums.latencies.max_ns()));
  add_row(text, "Latencies", "[min, mean, 50, 90, 95, 99, max]", latencies);
  add_row(text, "Bytes In", "[total, mean]",
          fmt::format("{}, {:.2f}", sums.bytes_in, sums.mean_of_requests(sums.bytes_in)));
  add_row(text, "Bytes Out", "[total, mean]",
          fmt::format("{}, {:.2f}", sums.bytes_out, sums.mean_of_requests(sums.bytes_out)));
  add_row(text, "Success", "[ratio]", fmt::format("{:.2f}%", sums.success_share() * 100));
  std::string codes;
  for (const auto& [code, count] : sums.status_codes) {
    codes += fmt::format("{}:{}  ", code, count);
  }
  add_row(text, "Status Codes", "[code:count]", codes);
  text += "Error Set:\n";
  for (const std::string& error : sums.errors) {
    text += printable(error) + "\n";
  }
  return sink(text);
}

Status write_vegeta_json(const FormatInput& input, const ByteSink& sink) {
  MACAW_TRY_ASSIGN(const VegetaSums sums, read_vegeta_sums(input));
  const RunSummary& summary = *input.summary;
  std::string text = fmt::format("{{\"latencies\":{{\"total\":{},\"mean\":{}",
                                 sums.latency_total_ns, sums.mean_ns());
  constexpr std::array<std::pair<std::string_view, double>, 4> kQuantiles = {
      {{"50th", 0.5}, {"90th", 0.9}, {"95th", 0.95}, {"99th", 0.99}}};
  for (const auto& [name, q] : kQuantiles) {
    text += fmt::format(",\"{}\":{}", name, sums.quantile_ns(q));
  }
  text += fmt::format(",\"max\":{},\"min\":{}}}", sums.latencies.max_ns(), sums.latencies.min_ns());
  text += fmt::format(",\"bytes_in\":{},\"bytes_out\":{}", vegeta_bytes(sums, sums.bytes_in),
                      vegeta_bytes(sums, sums.bytes_out));
  text += fmt::format(",\"earliest\":\"{}\",\"latest\":\"{}\",\"end\":\"{}\"",
                      vegeta_instant(summary, sums, sums.earliest_ns),
                      vegeta_instant(summary, sums, sums.latest_ns),
                      vegeta_instant(summary, sums, sums.end_ns));
  text += fmt::format(",\"duration\":{},\"wait\":{},\"requests\":{}", sums.duration_ns(),
                      sums.wait_ns(), sums.requests());
  text += fmt::format(",\"rate\":{},\"throughput\":{},\"success\":{}", go_json_number(sums.rate()),
                      go_json_number(sums.throughput()), go_json_number(sums.success_share()));
  text += fmt::format(
      ",\"status_codes\":{{{}}},\"errors\":[{}]}}\n",
      joined(sums.status_codes,
             [](const auto& code) { return fmt::format("\"{}\":{}", code.first, code.second); }),
      joined(sums.errors, [](const std::string& error) { return go_json_string(error); }));
  return sink(text);
}

namespace {

/// Calls add(text, sample, number) for each row in the order that `vegeta plot` needs: numbers
/// without gaps and times that never fall.
template <typename Add>
Status write_each(const FormatInput& input, const ByteSink& sink, Add&& add) {
  using Order = store::RunReader::SampleOrder;
  const Order order = input.options->clock == Clock::kResponse ? Order::kIndex : Order::kSent;
  PieceWriter out(sink);
  uint64_t number = 0;
  MACAW_TRY(input.reader->stream_samples(input.summary->run.run, order,
                                         [&](const stats::Sample& sample) -> Status {
                                           add(out.text, sample, number++);
                                           return out.next();
                                         }));
  return out.flush();
}

}  // namespace

Status write_vegeta_results(const FormatInput& input, const ByteSink& sink) {
  MACAW_TRY_ASSIGN(RowNames names, RowNames::read(input));
  const RunSummary& summary = *input.summary;
  const Clock clock = input.options->clock;
  const std::string attack = go_json_string(summary.run.start.label);
  return write_each(
      input, sink, [&](std::string& text, const stats::Sample& sample, uint64_t number) {
        const store::EndpointRow& endpoint = names.endpoint(static_cast<uint16_t>(sample.endpoint));
        fmt::format_to(std::back_inserter(text),
                       "{{\"attack\":{},\"seq\":{},\"code\":{},\"timestamp\":\"{}\",\"latency\":{},"
                       "\"bytes_out\":{},\"bytes_in\":{},\"error\":{},\"body\":null,\"method\":{},"
                       "\"url\":{},\"headers\":null}}\n",
                       attack, number, http_status(sample),
                       go_time(wall_at(summary, began_ns(sample, clock))),
                       latency_ns(sample, clock), sample.bytes_out, sample.bytes_in,
                       go_json_string(names.error(sample)), go_json_string(endpoint.method),
                       go_json_string(endpoint.path));
      });
}

Status write_vegeta_csv(const FormatInput& input, const ByteSink& sink) {
  MACAW_TRY_ASSIGN(RowNames names, RowNames::read(input));
  const RunSummary& summary = *input.summary;
  const Clock clock = input.options->clock;
  const std::string attack = go_csv_field(summary.run.start.label);
  return write_each(
      input, sink, [&](std::string& text, const stats::Sample& sample, uint64_t number) {
        const store::EndpointRow& endpoint = names.endpoint(static_cast<uint16_t>(sample.endpoint));
        fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},,{},{},{},{},\n",
                       wall_at(summary, began_ns(sample, clock)).time_since_epoch().count(),
                       http_status(sample), latency_ns(sample, clock), sample.bytes_out,
                       sample.bytes_in, go_csv_field(names.error(sample)), attack, number,
                       go_csv_field(endpoint.method), go_csv_field(endpoint.path));
      });
}

}  // namespace macaw::report
