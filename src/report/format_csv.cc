// SPDX-License-Identifier: MIT
//
// Our own CSV: the columns of the views `requests`, `second_endpoint_latency` and
// `endpoint_latency`, so that what a person reads in sqlite3 and what a spreadsheet gets are the
// same. Rows go out as they are read; seconds in slices, because each carries its histograms.
#include <algorithm>
#include <array>
#include <limits>

#include "format_files.h"
#include "peer_text.h"
#include "rows.h"

namespace macaw::report {

namespace {

/// So many seconds of all endpoints are in memory at a time. Each length divides the coarsest
/// resolution.
uint64_t slice_s(size_t endpoints) {
  return endpoints > 100 ? 10 : 60;
}

/// Nothing where there is nothing to measure, as NULL in the views.
void add_quantiles(std::string& line, const stats::Distribution& distribution,
                   std::initializer_list<double> quantiles) {
  for (const double q : quantiles) {
    line += ',';
    line += distribution.count() == 0 ? "" : csv_number(distribution.quantile(q).millis());
  }
}

void add_success_quantiles(std::string& line, const stats::Distribution& distribution,
                           std::initializer_list<double> quantiles) {
  for (const double q : quantiles) {
    line += ',';
    line +=
        distribution.successes.empty() ? "" : csv_number(distribution.success_quantile(q).millis());
  }
}

std::string success_mean(const stats::Distribution& distribution) {
  return distribution.successes.empty() ? "" : csv_number(distribution.successes.mean_ns() / 1e6);
}

std::string maximum(const stats::Distribution& distribution) {
  if (distribution.count() == 0) {
    return "";
  }
  return distribution.failures > 0 ? "Inf" : exact_millis(distribution.successes.max_ns());
}

std::string success_maximum(const stats::Distribution& distribution) {
  return distribution.successes.empty() ? "" : exact_millis(distribution.successes.max_ns());
}

std::string outcome_header() {
  std::string names;
  for (size_t k = 1; k < stats::kOutcomes; ++k) {
    names += ',';
    names += stats::outcome_name(static_cast<stats::Outcome>(k));
  }
  return names;
}

void add_outcomes_cells(std::string& line, const stats::Aggregate& aggregate) {
  for (size_t k = 1; k < stats::kOutcomes; ++k) {
    line += fmt::format(",{}", aggregate.outcomes.at(k));
  }
}

Status write_request_rows(const FormatInput& input, const ByteSink& sink) {
  MACAW_TRY_ASSIGN(RowNames names, RowNames::read(input));
  const RunSummary& summary = *input.summary;
  PieceWriter out(sink);
  out.text =
      "i,line,method,endpoint,intended_ms,lag_ms,connection_wait_ms,first_byte_ms,response_ms,"
      "service_ms,status,grpc_status,outcome,bytes_in,bytes_out,connection,worker,resent,new_"
      "connection,at\n";
  MACAW_TRY(input.reader->stream_samples(
      summary.run.run, store::RunReader::SampleOrder::kIndex,
      [&](const stats::Sample& sample) -> Status {
        const store::EndpointRow& endpoint = names.endpoint(static_cast<uint16_t>(sample.endpoint));
        const auto status = static_cast<uint16_t>(sample.status);
        const bool sent = (sample.flags & stats::kFlagNotSent) == 0;
        const bool first_byte =
            sent && (sample.status != 0 || sample.first_byte_ns != sample.done_ns);
        const auto when_sent = [sent](uint64_t ns) { return sent ? exact_millis(ns) : ""; };
        fmt::format_to(std::back_inserter(out.text),
                       "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n",
                       static_cast<uint64_t>(sample.index), sample.line, csv_field(endpoint.method),
                       csv_field(endpoint.path),
                       exact_millis(static_cast<uint64_t>(sample.intended_ns)),
                       exact_millis(sample.ready_ns), when_sent(sample.sent_ns - sample.ready_ns),
                       first_byte ? exact_millis(sample.first_byte_ns - sample.sent_ns) : "",
                       exact_millis(sample.done_ns), when_sent(sample.service_ns()), status,
                       stats::is_grpc_status(status) ? stats::grpc_status_name(status) : "",
                       stats::outcome_name(sample.outcome), sample.bytes_in, sample.bytes_out,
                       static_cast<uint32_t>(sample.connection), sample.worker,
                       sample.flags & stats::kFlagResent ? 1 : 0,
                       sample.flags & stats::kFlagNewConnection ? 1 : 0,
                       go_time(wall_at(summary, sample.intended_ns)));
        return out.next();
      }));
  return out.flush();
}

void add_second(std::string& text, const store::EndpointRow& endpoint,
                const store::IntervalRow& row) {
  const stats::Aggregate& sums = row.aggregate;
  text += fmt::format("{},{},{},{},{}", row.key.start_s, csv_field(endpoint.name()),
                      csv_field(endpoint.method), sums.requests(), sums.errors());
  add_outcomes_cells(text, sums);
  text += fmt::format(",{},{},{},{},{}", sums.completed, sums.resent, sums.bytes_in, sums.bytes_out,
                      success_mean(sums.response));
  add_quantiles(text, sums.response, {0.5, 0.95, 0.99, 0.999});
  text += fmt::format(",{},{}", maximum(sums.response), success_maximum(sums.response));
  add_quantiles(text, sums.service, {0.5, 0.99});
  text += '\n';
}

/// Some seconds of all endpoints, by second.
Status write_slice(const FormatInput& input, const std::vector<store::EndpointRow>& endpoints,
                   uint64_t from_s, uint64_t to_s, PieceWriter& out) {
  std::vector<std::pair<const store::EndpointRow*, store::IntervalRow>> rows;
  for (const store::EndpointRow& endpoint : endpoints) {
    MACAW_TRY_ASSIGN(
        std::vector<store::IntervalRow> found,
        input.reader->intervals(input.summary->run.run, 1, endpoint.endpoint, from_s, to_s));
    if (found.empty() && endpoint.endpoint == 0) {
      return {};
    }
    for (store::IntervalRow& row : found) {
      rows.emplace_back(&endpoint, std::move(row));
    }
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.second.key.start_s < b.second.key.start_s;
  });
  for (const auto& [endpoint, row] : rows) {
    add_second(out.text, *endpoint, row);
    MACAW_TRY(out.next());
  }
  return {};
}

Status write_second_rows(const FormatInput& input, const ByteSink& sink) {
  const int64_t run = input.summary->run.run;
  MACAW_TRY_ASSIGN(std::vector<store::EndpointRow> endpoints, input.reader->endpoints(run));
  endpoints.insert(endpoints.begin(), {0, "", ""});
  PieceWriter out(sink);
  out.text = fmt::format(
      "second,endpoint,method,requests,errors{},completed,resent,bytes_in,bytes_out,mean_ms,"
      "p50_ms,p95_ms,p99_ms,p999_ms,max_ms,ok_max_ms,service_p50_ms,service_p99_ms\n",
      outcome_header());
  // The coarsest resolution tells which parts of the run hold anything.
  constexpr uint32_t kCoarse = stats::kResolutions.back();
  MACAW_TRY_ASSIGN(
      const std::vector<store::IntervalRow> parts,
      input.reader->intervals(run, kCoarse, 0, 0, std::numeric_limits<int64_t>::max()));
  for (const store::IntervalRow& part : parts) {
    const uint64_t step_s = slice_s(endpoints.size());
    const uint64_t end_s = part.key.start_s + kCoarse;
    for (uint64_t at = part.key.start_s; at < end_s; at += step_s) {
      MACAW_TRY(write_slice(input, endpoints, at, at + step_s, out));
    }
  }
  return out.flush();
}

void add_endpoint(std::string& text, const store::EndpointTotals& row, double elapsed_s) {
  const stats::Aggregate& sums = row.totals;
  const std::string rps =
      elapsed_s > 0 ? csv_number(static_cast<double>(sums.requests()) / elapsed_s) : "";
  text += fmt::format("{},{},{},{}", csv_field(row.endpoint.name()), csv_field(row.endpoint.method),
                      sums.requests(), sums.errors());
  add_outcomes_cells(text, sums);
  text += fmt::format(",{},{},{}", sums.resent, rps, success_mean(sums.response));
  add_quantiles(text, sums.response, {0.5, 0.9, 0.95, 0.99, 0.999});
  text += ',' + maximum(sums.response);
  add_success_quantiles(text, sums.response, {0.5, 0.9, 0.95, 0.99, 0.999});
  text += fmt::format(",{},{}", success_maximum(sums.response), success_mean(sums.service));
  add_quantiles(text, sums.service, {0.5, 0.9, 0.95, 0.99, 0.999});
  text += ',' + maximum(sums.service);
  for (const stats::Histogram* span : {&sums.lag, &sums.connection_wait}) {
    const uint64_t count = span->count();
    text += count == 0
                ? ",,"
                : fmt::format(",{},{}",
                              exact_millis(span->value_at_rank(stats::nearest_rank(0.99, count))),
                              exact_millis(span->max_ns()));
  }
  text += fmt::format(",{},{}\n", sums.bytes_in, sums.bytes_out);
}

Status write_endpoint_rows(const FormatInput& input, const ByteSink& sink) {
  const RunSummary& summary = *input.summary;
  PieceWriter out(sink);
  out.text = fmt::format(
      "endpoint,method,requests,errors{},resent,rps,mean_ms,p50_ms,p90_ms,p95_ms,p99_ms,p999_ms,"
      "max_ms,ok_p50_ms,ok_p90_ms,ok_p95_ms,ok_p99_ms,ok_p999_ms,ok_max_ms,service_mean_ms,"
      "service_p50_ms,service_p90_ms,service_p95_ms,service_p99_ms,service_p999_ms,"
      "service_max_ms,lag_p99_ms,lag_max_ms,wait_p99_ms,wait_max_ms,bytes_in,bytes_out\n",
      outcome_header());
  for (const store::EndpointTotals& row : summary.totals) {
    add_endpoint(out.text, row, to_seconds(summary.run.counted()));
    MACAW_TRY(out.next());
  }
  return out.flush();
}

}  // namespace

Status write_csv(const FormatInput& input, const ByteSink& sink) {
  switch (input.options->table) {
    case CsvTable::kSeconds:
      return write_second_rows(input, sink);
    case CsvTable::kEndpoints:
      return write_endpoint_rows(input, sink);
    default:
      return write_request_rows(input, sink);
  }
}

}  // namespace macaw::report
