// SPDX-License-Identifier: MIT
//
// Charts that come from whole distributions or from rows: the heat map, the percentile spectrum and
// the parts of the response time. Shapes: API.md.
#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

#include "chart_request.h"
#include "macaw/report/json_text.h"
#include "router.h"
#include "run_json.h"

namespace macaw::ui {

namespace {

using report::JsonText;

constexpr uint64_t kHeatColumnsMax = 2000;
/// Of the heat map, for each power of two.
constexpr unsigned kHeatBucketBits = 3;
constexpr uint64_t kPartsMax = 1500;
/// Rows that are looked at for the parts of a response time: about 0.3 s.
constexpr uint64_t kPartsRows = 150'000;
constexpr int kSpectrumPointsPerDecade = 40;

/// As Histogram::bucket_of(), only coarser, so that each of its buckets lies within one of these.
size_t heat_bucket_of(uint64_t value_ns) {
  const auto width = static_cast<unsigned>(std::bit_width(value_ns | (1U << kHeatBucketBits)));
  const unsigned shift = width - kHeatBucketBits - 1;
  return (size_t{shift} << kHeatBucketBits) + static_cast<size_t>(value_ns >> shift);
}

/// [first bucket, count, count, ...]
std::vector<uint64_t> heat_column(const stats::Histogram& histogram) {
  std::vector<uint64_t> column;
  histogram.for_each_bucket([&column](uint64_t lowest_ns, uint64_t /*highest*/, uint64_t count) {
    const size_t bucket = heat_bucket_of(lowest_ns);
    if (column.empty()) {
      column.push_back(bucket);
    }
    column.resize(std::max(column.size(), bucket - column.front() + 2));
    column.back() += count;
  });
  return column;
}

bool wants_service(const Query& query, const ChartRequest& request) {
  const std::optional<std::string> clock = query.text("clock");
  return clock ? *clock == "service" : request.key.quantity == Quantity::kService;
}

void begin_chart(JsonText& json, const RunChoice& choice, const ChartRequest& request) {
  json.begin_object();
  json.key("run").integer(choice.run->run);
  json.key("endpoint").count(request.key.endpoint);
  json.key("resolution").count(request.span.resolution);
  json.key("from").count(request.span.from_s);
  json.key("end").count(request.end_s);
}

Result<std::vector<store::IntervalRow>> read_intervals(
    const RunChoice& choice, const ChartRequest& request,
    store::IntervalParts parts = store::IntervalParts::kAll) {
  const Span& span = request.span;
  return choice.reader->intervals(choice.run->run, span.resolution, request.key.endpoint,
                                  span.from_s, span.to_s, parts);
}

Result<std::string> heat_json(const RunChoice& choice, const ChartRequest& request,
                              const Query& query) {
  const bool service = wants_service(query, request);
  MACAW_TRY_ASSIGN(
      const std::vector<store::IntervalRow> rows,
      read_intervals(choice, request,
                     service ? store::IntervalParts::kService : store::IntervalParts::kResponse));
  std::vector<uint64_t> seconds;
  std::vector<uint64_t> failures;
  JsonText json;
  begin_chart(json, choice, request);
  json.key("clock").text(service ? "service" : "response");
  json.key("per_octave").count(1U << kHeatBucketBits);
  json.key("columns").begin_array();
  for (const store::IntervalRow& row : rows) {
    const auto& distribution = service ? row.aggregate.service : row.aggregate.response;
    if (distribution.count() > 0) {
      seconds.push_back(row.key.start_s);
      failures.push_back(distribution.failures);
      json.counts(heat_column(distribution.successes));
    }
  }
  json.end_array();
  json.key("t").counts(seconds);
  json.key("failures").counts(failures);
  json.end_object();
  return json.take();
}

struct Distributions {
  stats::Distribution response;
  stats::Distribution service;
};

/// Of the whole run from its sums, of a part of it from its intervals.
Result<Distributions> read_distributions(const RunChoice& choice, const ChartRequest& request,
                                         bool whole) {
  Distributions all;
  if (!whole) {
    MACAW_TRY_ASSIGN(const std::vector<store::IntervalRow> rows, read_intervals(choice, request));
    for (const store::IntervalRow& row : rows) {
      all.response.merge(row.aggregate.response);
      all.service.merge(row.aggregate.service);
    }
    return all;
  }
  if (choice.run->start.warmup > Nanos(0)) {
    MACAW_TRY_ASSIGN(const auto totals, choice.reader->totals(choice.run->run));
    for (const store::EndpointTotals& row : totals) {
      if (row.endpoint.endpoint == request.key.endpoint) {
        all.response = row.totals.response;
        all.service = row.totals.service;
      }
    }
    return all;
  }
  // The same without a warm-up, and without the sums of a thousand endpoints.
  ChartRequest coarse = request;
  coarse.span.from_s = 0;
  coarse.span.resolution = stats::kResolutions.back();
  return read_distributions(choice, coarse, false);
}

/// 1/(1-p) from 1 up to the number of values, evenly on a log axis.
std::vector<double> spectrum_places(uint64_t count) {
  std::vector<double> places;
  for (int k = 0;; ++k) {
    const double place = std::pow(10.0, static_cast<double>(k) / kSpectrumPointsPerDecade);
    if (place >= static_cast<double>(count)) {
      break;
    }
    places.push_back(place);
  }
  places.push_back(static_cast<double>(count));  // the largest value
  return places;
}

std::vector<double> spectrum_of(const stats::Distribution& distribution,
                                const std::vector<double>& places) {
  std::vector<double> values;
  for (const double place : places) {
    const bool last = place == places.back();
    const double q = last ? 1.0 : 1 - 1 / place;
    values.push_back(distribution.count() == 0 ? std::nan("") : distribution.quantile(q).millis());
  }
  return values;
}

Result<std::string> spectrum_json(const RunChoice& choice, const ChartRequest& request,
                                  const Query& query) {
  const bool whole = !query.text("from") && !query.text("to");
  MACAW_TRY_ASSIGN(const Distributions all, read_distributions(choice, request, whole));
  std::vector<double> places;
  if (all.response.count() > 0) {
    places = spectrum_places(all.response.count());
  }
  JsonText json;
  begin_chart(json, choice, request);
  json.key("count").count(all.response.count());
  json.key("failures").count(all.response.failures);
  json.key("x").numbers(places);
  json.key("response_ms").numbers(spectrum_of(all.response, places));
  json.key("service_ms").numbers(spectrum_of(all.service, places));
  json.end_object();
  return json.take();
}

Result<std::string> parts_json(const RunChoice& choice, const ChartRequest& request,
                               const Query& query) {
  MACAW_TRY_ASSIGN(const uint64_t rows_max, query.number("rows", kPartsRows, kPartsRows));
  const Span& span = request.span;
  const uint64_t to_s = std::min(span.to_s, request.end_s);
  const uint64_t intervals = (to_s - std::min(to_s, span.from_s)) / span.resolution + 1;
  MACAW_TRY_ASSIGN(
      const std::vector<store::PartsRow> rows,
      choice.reader->parts(choice.run->run, request.key.endpoint, span.resolution, span.from_s,
                           to_s, std::max<uint64_t>(rows_max / intervals, 20)));
  std::vector<uint64_t> seconds;
  std::vector<uint64_t> looked_at;
  std::array<std::vector<double>, 4> columns;
  for (const store::PartsRow& row : rows) {
    seconds.push_back(row.start_s);
    looked_at.push_back(row.rows);
    columns[0].push_back(row.lag_ms);
    columns[1].push_back(row.connection_wait_ms);
    columns[2].push_back(row.first_byte_ms);
    columns[3].push_back(row.body_ms);
  }
  JsonText json;
  begin_chart(json, choice, request);
  json.key("rows_stored").text(choice.run->start.rows.describe());
  json.key("t").counts(seconds);
  json.key("rows").counts(looked_at);
  json.key("lag_ms").numbers(columns[0]);
  json.key("connection_wait_ms").numbers(columns[1]);
  json.key("first_byte_ms").numbers(columns[2]);
  json.key("body_ms").numbers(columns[3]);
  json.end_object();
  return json.take();
}

using MakeJson = Result<std::string>(const RunChoice&, const ChartRequest&, const Query&);

server::Response chart(Database& database, const Query& query, uint64_t points_max,
                       MakeJson* make) {
  const RunChoice choice = choose_run(database, query);
  if (choice.refusal) {
    return *choice.refusal;
  }
  if (!choice.run) {
    return waiting(choice);
  }
  const Result<ChartRequest> request = chart_request(choice, query, points_max);
  if (!request.ok()) {
    return text_response(400, request.error().message());
  }
  Result<std::string> json = make(choice, *request, query);
  return json.ok() ? json_response(std::move(*json)) : text_response(500, json.error().message());
}

}  // namespace

server::Response api_heat(Database& database, const Query& query) {
  return chart(database, query, kHeatColumnsMax, &heat_json);
}

server::Response api_spectrum(Database& database, const Query& query) {
  return chart(database, query, kPointsMax, &spectrum_json);
}

server::Response api_parts(Database& database, const Query& query) {
  return chart(database, query, kPartsMax, &parts_json);
}

}  // namespace macaw::ui
