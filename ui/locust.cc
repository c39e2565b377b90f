// SPDX-License-Identifier: MIT
//
// `/stats/requests` and its kin, for scripts and exporters written for Locust's web page. The
// JSON is made of the sums, since such scripts ask every few seconds; the CSVs are those of
// `replay report`.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <tuple>

#include "macaw/base/units.h"
#include "macaw/report/formats.h"
#include "macaw/report/json_text.h"
#include "metrics.h"
#include "router.h"
#include "run_choice.h"

namespace macaw::ui {

namespace {

using report::JsonText;

/// As Locust does: a list that is longer is cut, and keeps its total.
constexpr size_t kEntriesMax = 500;
/// Locust's rates of the moment: ten seconds that ended two seconds ago.
constexpr uint64_t kCurrentSeconds = 10;
constexpr uint64_t kSettledSeconds = 2;

struct LocustRun {
  const RunChoice* choice = nullptr;
  std::vector<store::EndpointTotals> totals;  ///< by path and method, then all
  double elapsed_s = 0;
  double counted_s = 0;  // without the warm-up
  uint64_t current_from_s = 0;
  uint64_t current_to_s = 0;
};

/// Of one endpoint over the seconds that count as now.
Result<stats::Aggregate> read_current(const LocustRun& run, uint16_t endpoint) {
  stats::Aggregate sum;
  MACAW_TRY_ASSIGN(const std::vector<store::IntervalRow> rows,
                   run.choice->reader->intervals(run.choice->run->run, 1, endpoint,
                                                 run.current_from_s, run.current_to_s));
  for (const store::IntervalRow& row : rows) {
    sum.merge(row.aggregate);
  }
  return sum;
}

double per_second(uint64_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

/// Of everybody: null among failures, and where there is nobody.
void add_quantile(JsonText& json, std::string_view key, const stats::Distribution& of, double q) {
  json.key(key).number(of.count() == 0 ? HUGE_VAL : of.quantile(q).millis());
}

struct Rates {
  double rps = 0;
  double failures = 0;
};

Rates current_rates(const LocustRun& run, const stats::Aggregate& current) {
  const auto seconds = static_cast<double>(run.current_to_s - run.current_from_s);
  return {per_second(current.requests(), seconds), per_second(current.errors(), seconds)};
}

Status add_entry(JsonText& json, const LocustRun& run, const store::EndpointTotals& row) {
  MACAW_TRY_ASSIGN(const stats::Aggregate current, read_current(run, row.endpoint.endpoint));
  const Rates rates = current_rates(run, current);
  const bool is_total = row.endpoint.endpoint == 0;
  const stats::Aggregate& totals = row.totals;
  const stats::Histogram& successes = totals.response.successes;
  const uint64_t requests = totals.requests();
  json.begin_object();
  json.key("method").text(is_total ? "" : row.endpoint.method);
  json.key("name").text(is_total ? "Aggregated" : row.endpoint.path);
  json.key("safe_name").text(is_total ? "Aggregated" : escape_html(row.endpoint.path));
  json.key("num_requests").count(requests);
  json.key("num_failures").count(totals.errors());
  json.key("min_response_time").number(static_cast<double>(successes.min_ns()) / 1e6);
  add_quantile(json, "max_response_time", totals.response, 1);
  json.key("avg_response_time").number(successes.mean_ns() / 1e6);
  add_quantile(json, "median_response_time", totals.response, 0.5);
  add_quantile(json, "response_time_percentile_0.95", totals.response, 0.95);
  add_quantile(json, "response_time_percentile_0.99", totals.response, 0.99);
  json.key("current_rps").number(rates.rps);
  json.key("current_fail_per_sec").number(rates.failures);
  json.key("total_rps").number(per_second(requests, run.counted_s));
  json.key("total_fail_per_sec").number(per_second(totals.errors(), run.counted_s));
  json.key("avg_content_length").number(per_second(totals.bytes_in, static_cast<double>(requests)));
  json.end_object();
  return {};
}

Status add_errors(JsonText& json, const RunChoice& choice) {
  MACAW_TRY_ASSIGN(const std::vector<store::EventRow> events,
                   choice.reader->events(choice.run->run));
  std::map<uint16_t, const store::EndpointRow*> endpoints;
  for (const store::EndpointRow& endpoint : choice.endpoints) {
    endpoints[endpoint.endpoint] = &endpoint;
  }
  size_t added = 0;
  for (const store::EventRow& event : events) {
    if (event.kind != stats::EventKind::kError || added == kEntriesMax) {
      continue;
    }
    ++added;
    const auto found = endpoints.find(event.endpoint);
    const bool known = found != endpoints.end();
    json.begin_object();
    json.key("method").text(known ? found->second->method : "");
    json.key("name").text(known ? found->second->path : "");
    json.key("error").text(event.text);
    json.key("occurrences").count(event.count);
    json.end_object();
  }
  return {};
}

Status add_workers(JsonText& json, const RunChoice& choice, uint64_t end_s) {
  MACAW_TRY_ASSIGN(
      const std::vector<store::HealthRow> rows,
      choice.reader->health(choice.run->run, end_s - std::min(end_s, kSettledSeconds + 1), end_s));
  const bool playing = choice.run->state == store::RunState::kRunning;
  const std::vector<store::HealthRow> newest = newest_health(rows);
  uint64_t all_users = 0;
  json.key("workers").begin_array();
  for (const store::HealthRow& row : newest) {
    const uint64_t now = choice.run->start.users > 0 ? row.users : row.in_flight;
    const uint64_t users = playing ? now : 0;
    all_users += users;
    json.begin_object();
    json.key("id").text(fmt::format("worker{}", row.worker));
    json.key("state").text(playing ? "running" : "stopped");
    json.key("user_count").count(users);
    json.key("cpu_usage").number(row.cpu_share * 100);
    json.key("memory_usage").null();
    json.end_object();
  }
  json.end_array();
  json.key("worker_count").count(newest.size());
  json.key("state").text(playing ? "running" : "stopped");
  json.key("user_count").count(all_users);
  return {};
}

Result<LocustRun> read_locust_run(const RunChoice& choice) {
  LocustRun run;
  run.choice = &choice;
  MACAW_TRY_ASSIGN(run.totals, choice.reader->totals(choice.run->run));
  std::sort(run.totals.begin(), run.totals.end(), [](const auto& a, const auto& b) {
    const auto place = [](const store::EndpointTotals& row) {
      return std::tuple(row.endpoint.endpoint == 0, row.endpoint.path, row.endpoint.method);
    };
    return place(a) < place(b);
  });
  if (run.totals.size() > kEntriesMax + 1) {
    run.totals.erase(run.totals.begin() + kEntriesMax, run.totals.end() - 1);
  }
  run.elapsed_s = to_seconds(choice.run->spans.elapsed);
  run.counted_s = to_seconds(choice.run->counted());
  const auto end_s = static_cast<uint64_t>(run.elapsed_s);
  const bool playing = choice.run->state == store::RunState::kRunning;
  run.current_to_s = playing ? end_s - std::min(end_s, kSettledSeconds) : end_s;
  run.current_from_s = run.current_to_s - std::min(run.current_to_s, kCurrentSeconds);
  return run;
}

Result<std::string> stats_requests(const RunChoice& choice) {
  MACAW_TRY_ASSIGN(const LocustRun run, read_locust_run(choice));
  MACAW_TRY_ASSIGN(const stats::Aggregate current, read_current(run, 0));
  const Rates rates = current_rates(run, current);
  JsonText json;
  json.begin_object();
  json.key("stats").begin_array();
  double fail_ratio = 0;
  for (const store::EndpointTotals& row : run.totals) {
    MACAW_TRY(add_entry(json, run, row));
    fail_ratio = per_second(row.totals.errors(), static_cast<double>(row.totals.requests()));
  }
  json.end_array();
  json.key("errors").begin_array();
  MACAW_TRY(add_errors(json, choice));
  json.end_array();
  json.key("current_rps").number(rates.rps);
  json.key("total_rps").number(rates.rps);  // Locust's own name for it
  json.key("total_fail_per_sec").number(rates.failures);
  json.key("fail_ratio").number(fail_ratio);  // of the last row, the total
  json.key("current_response_time_percentiles").begin_object();
  add_quantile(json, "response_time_percentile_0.5", current.response, 0.5);
  add_quantile(json, "response_time_percentile_0.95", current.response, 0.95);
  json.end_object();
  MACAW_TRY(add_workers(json, choice, static_cast<uint64_t>(run.elapsed_s) + 1));
  json.end_object();
  return json.take();
}

/// A download of Locust's, and the format that `replay report` has for it.
struct LocustFile {
  std::string_view path;
  std::string_view format;
  std::string_view name;
};

constexpr LocustFile kFiles[] = {
    {"/stats/requests/csv", "locust-stats", "requests"},
    {"/stats/requests_full_history/csv", "locust-history", "requests_full_history"},
    {"/stats/failures/csv", "locust-failures", "failures"},
    {"/stats/distribution/csv", "locust-distribution", "distribution"},
    {"/exceptions/csv", "locust-exceptions", "exceptions"},
};

/// Reading so many rows beside a run that plays takes a processor a second or so from it.
constexpr uint64_t kRowsWhilePlaying = 500'000;

server::Response locust_csv(const RunChoice& choice, const LocustFile& file, const Query& query) {
  const store::RunRow& run = *choice.run;
  const auto format = report::find_format(file.format);
  const auto summary = report::read_summary(*choice.reader, run.run);
  if (!format.ok() || !summary.ok()) {
    return text_response(500, (format.ok() ? summary.error() : format.error()).message());
  }
  if (const Status fits = report::check_format(**format, *summary); !fits.ok()) {
    return text_response(409, fits.error().message());
  }
  if ((*format)->needs_rows && run.state == store::RunState::kRunning &&
      run.counts.sent > kRowsWhilePlaying) {
    return text_response(503, fmt::format("more than {} rows would have to be read while the run "
                                          "plays; ask again when it has ended",
                                          format_count(kRowsWhilePlaying)));
  }
  report::FormatOptions options;
  if (const auto rounding = query.text("rounding")) {
    const Result<bool> parsed = report::parse_rounding(*rounding);
    if (!parsed.ok()) {
      return text_response(400, "rounding: " + parsed.error().message());
    }
    options.locust_rounding = *parsed;
  }
  server::Response response;
  const report::FormatInput input{choice.reader, &*summary, &options};
  const Status written =
      (*format)->files.front().write(input, [&response](std::string_view bytes) -> Status {
        response.body += bytes;
        return {};
      });
  if (!written.ok()) {
    return text_response(500, written.error().message());
  }
  response.content_type = "text/csv; charset=utf-8";
  response.extra_headers =
      fmt::format("Content-Disposition: attachment; filename={}_{}.csv\r\n", file.name, run.run);
  return response;
}

/// Before there is a run: what Locust says before it was started.
std::string nothing_yet() {
  JsonText json;
  json.begin_object();
  json.key("stats").begin_array().end_array();
  json.key("errors").begin_array().end_array();
  for (const std::string_view key :
       {"current_rps", "total_rps", "total_fail_per_sec", "fail_ratio"}) {
    json.key(key).number(0);
  }
  json.key("current_response_time_percentiles").begin_object();
  json.key("response_time_percentile_0.5").null();
  json.key("response_time_percentile_0.95").null();
  json.end_object();
  json.key("workers").begin_array().end_array();
  json.key("worker_count").count(0);
  json.key("state").text("missing");
  json.key("user_count").count(0);
  return json.end_object().take();
}

}  // namespace

server::Response locust_page(Database& database, std::string_view path, const Query& query) {
  if (path == "/exceptions") {
    return json_response("{\"exceptions\":[]}");  // a replay runs no code of its user's
  }
  const auto* file = std::find_if(std::begin(kFiles), std::end(kFiles),
                                  [path](const LocustFile& one) { return one.path == path; });
  const bool is_file = file != std::end(kFiles);
  if (path != "/stats/requests" && !is_file) {
    return text_response(404, fmt::format("no such page: {}", path));
  }
  const RunChoice choice = choose_run(database, query);
  if (choice.refusal) {
    return *choice.refusal;
  }
  if (!choice.run) {
    return is_file ? text_response(404, choice.waiting_for) : json_response(nothing_yet());
  }
  if (is_file) {
    return locust_csv(choice, *file, query);
  }
  Result<std::string> json = stats_requests(choice);
  return json.ok() ? json_response(std::move(*json)) : text_response(500, json.error().message());
}

}  // namespace macaw::ui
