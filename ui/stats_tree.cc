// SPDX-License-Identifier: MIT
//
// Iago's statistics tree, of a whole run or of its last seconds, as JSON and as text.
#include <algorithm>
#include <cmath>
#include <map>

#include "macaw/report/json_text.h"
#include "router.h"
#include "run_choice.h"
#include "series.h"

namespace macaw::ui {

namespace {

constexpr uint64_t kPeriodMinS = 60;

struct StatsTree {
  std::map<std::string, uint64_t> counters;
  std::map<std::string, stats::Distribution> metrics;
  std::map<std::string, double> gauges;
  std::map<std::string, std::string> labels;
};

/// A key without its kind: "client/request_latency_ms".
std::string bare_name(const Key& key) {
  return key.name.substr(key.name.find(':') + 1);
}

/// Aggregates by endpoint, 0 for all.
using TreeTotals = std::map<uint16_t, stats::Aggregate>;

Result<TreeTotals> whole_run(const RunChoice& choice) {
  MACAW_TRY_ASSIGN(std::vector<store::EndpointTotals> rows, choice.reader->totals(choice.run->run));
  TreeTotals totals;
  for (store::EndpointTotals& row : rows) {
    totals[row.endpoint.endpoint] = std::move(row.totals);
  }
  return totals;
}

Result<TreeTotals> last_seconds(const RunChoice& choice, uint64_t end_s, uint64_t period_s) {
  TreeTotals totals;
  std::vector<uint16_t> endpoints{0};
  for (const store::EndpointRow& row : choice.endpoints) {
    endpoints.push_back(row.endpoint);
  }
  for (const uint16_t endpoint : endpoints) {
    MACAW_TRY_ASSIGN(const std::vector<store::IntervalRow> rows,
                     choice.reader->intervals(choice.run->run, 1, endpoint,
                                              end_s - std::min(end_s, period_s), end_s));
    for (const store::IntervalRow& row : rows) {
      totals[endpoint].merge(row.aggregate);
    }
  }
  return totals;
}

uint64_t count_of(const Key& key, const stats::Aggregate& aggregate) {
  switch (key.quantity) {
    case Quantity::kRequests:
      return aggregate.requests();
    case Quantity::kSuccess:
      return aggregate.outcomes.at(static_cast<size_t>(stats::Outcome::kOk));
    case Quantity::kFailures:
      return aggregate.errors();
    case Quantity::kOutcome:
      return aggregate.outcomes.at(static_cast<size_t>(key.outcome));
    case Quantity::kBytesIn:
      return aggregate.bytes_in;
    default:
      return aggregate.bytes_out;
  }
}

void fill_from_totals(StatsTree& tree, const std::vector<Key>& keys, const TreeTotals& totals) {
  static const stats::Aggregate nothing;
  for (const Key& key : keys) {
    const auto found = totals.find(key.endpoint);
    const stats::Aggregate& aggregate = found == totals.end() ? nothing : found->second;
    if (key.is_metric()) {
      tree.metrics[bare_name(key)] =
          key.quantity == Quantity::kResponse ? aggregate.response : aggregate.service;
    } else if (!key.is_of_health()) {
      const uint64_t count = count_of(key, aggregate);
      if (count > 0 || key.quantity != Quantity::kOutcome) {
        tree.counters[bare_name(key)] = count;
      }
    }
  }
}

void fill_from_health(StatsTree& tree, const std::vector<Key>& keys,
                      const std::vector<store::HealthRow>& rows, const Span& span) {
  for (const Key& key : keys) {
    if (!key.is_of_health()) {
      continue;
    }
    const Series series = series_of_health(key, rows, span);
    const std::vector<double>& values = series.columns[0];
    if (key.quantity == Quantity::kSent) {
      double sum = 0;
      for (const double value : values) {
        sum += value;
      }
      tree.counters[bare_name(key)] = static_cast<uint64_t>(sum);
    } else if (!values.empty()) {
      tree.gauges[bare_name(key)] = values.back();
    }
  }
}

Result<StatsTree> read_tree(const RunChoice& choice, uint64_t period_s) {
  StatsTree tree;
  const std::vector<Key> keys = keys_of(choice.endpoints);
  if (!choice.run) {
    fill_from_totals(tree, keys, {});
    return tree;
  }
  const store::RunRow& run = *choice.run;
  const auto end_s = static_cast<uint64_t>(to_seconds(run.spans.elapsed)) + 1;
  MACAW_TRY_ASSIGN(const TreeTotals totals,
                   period_s == 0 ? whole_run(choice) : last_seconds(choice, end_s, period_s));
  fill_from_totals(tree, keys, totals);
  Span span;
  span.from_s = period_s == 0 ? 0 : end_s - std::min(end_s, period_s);
  MACAW_TRY_ASSIGN(const std::vector<store::HealthRow> health,
                   read_health(*choice.reader, run.run, span));
  fill_from_health(tree, keys, health, span);
  tree.labels["file"] = run.start.file;
  if (!run.start.label.empty()) {
    tree.labels["label"] = run.start.label;
  }
  tree.labels["profile"] = run.start.profile;
  tree.labels["run"] = std::to_string(run.run);
  tree.labels["state"] = store::run_state_name(run.state);
  tree.labels["target"] = run.start.target;
  if (run.state != store::RunState::kRunning) {
    tree.labels["verdict"] = stats::verdict_name(run.verdict.kind);
  }
  return tree;
}

/// Name and value, in Ostrich's order. Percentiles and the maximum count everybody and are
/// infinite among failures; a failure has no time of its own, so average, minimum and sum are of
/// the successes.
std::vector<std::pair<std::string_view, double>> metric_fields(
    const stats::Distribution& distribution) {
  const stats::Histogram& successes = distribution.successes;
  const auto at = [&distribution](double q) { return distribution.quantile(q).millis(); };
  const double infinite = std::numeric_limits<double>::infinity();
  const double average = successes.empty() ? infinite : successes.mean_ns() / 1e6;
  return {
      {"average", average},
      {"maximum",
       distribution.failures > 0 ? infinite : static_cast<double>(successes.max_ns()) / 1e6},
      {"minimum", successes.empty() ? infinite : static_cast<double>(successes.min_ns()) / 1e6},
      {"p50", at(0.5)},
      {"p90", at(0.9)},
      {"p95", at(0.95)},
      {"p99", at(0.99)},
      {"p999", at(0.999)},
      {"p9999", at(0.9999)},
      {"sum", successes.mean_ns() * static_cast<double>(successes.count()) / 1e6},
  };
}

std::string to_json(const StatsTree& tree) {
  report::JsonText json;
  json.begin_object().key("counters").begin_object();
  for (const auto& [name, value] : tree.counters) {
    json.key(name).count(value);
  }
  json.end_object().key("metrics").begin_object();
  for (const auto& [name, distribution] : tree.metrics) {
    json.key(name).begin_object();
    json.key("count").count(distribution.count());
    if (distribution.count() > 0) {
      for (const auto& [field, value] : metric_fields(distribution)) {
        json.key(field).number(value);
      }
    }
    json.end_object();
  }
  json.end_object().key("gauges").begin_object();
  for (const auto& [name, value] : tree.gauges) {
    json.key(name).number(value);
  }
  json.end_object().key("labels").begin_object();
  for (const auto& [name, value] : tree.labels) {
    json.key(name).text(value);
  }
  json.end_object().end_object();
  return json.take();
}

std::string to_text(const StatsTree& tree) {
  std::string text = "counters:\n";
  for (const auto& [name, value] : tree.counters) {
    text += fmt::format("  {}: {}\n", name, value);
  }
  text += "gauges:\n";
  for (const auto& [name, value] : tree.gauges) {
    text += fmt::format("  {}: {}\n", name, value);
  }
  text += "labels:\n";
  for (const auto& [name, value] : tree.labels) {
    text += fmt::format("  {}: {}\n", name, value);
  }
  text += "metrics:\n";
  for (const auto& [name, distribution] : tree.metrics) {
    std::map<std::string_view, std::string> fields;
    fields["count"] = std::to_string(distribution.count());
    if (distribution.count() > 0) {
      for (const auto& [field, value] : metric_fields(distribution)) {
        fields[field] = std::isfinite(value) ? fmt::format("{}", value) : "infinite";
      }
    }
    text += fmt::format("  {}:\n", name);
    for (const auto& [field, value] : fields) {
      text += fmt::format("    {}: {}\n", field, value);
    }
  }
  text.pop_back();
  return text;
}

/// The tree that a request asks for, or the answer to a wrong request.
struct Answer {
  StatsTree tree;
  std::optional<server::Response> refusal;
};

Answer tree_of(Database& database, const Query& query) {
  if (query.text("namespace") || query.text("filtered")) {
    return {{}, text_response(400, "namespace and filtered are not supported; use period=60")};
  }
  const auto period = query.number("period", 0, UINT32_MAX);
  if (!period.ok() || (*period < kPeriodMinS && query.text("period"))) {
    return {{},
            text_response(400, fmt::format("period: found \"{}\", expected at least {} seconds",
                                           query.text("period").value_or(""), kPeriodMinS))};
  }
  const RunChoice choice = choose_run(database, query);
  if (choice.refusal) {
    return {{}, choice.refusal};
  }
  Result<StatsTree> tree = read_tree(choice, *period);
  if (!tree.ok()) {
    return {{}, text_response(500, tree.error().message())};
  }
  return {std::move(*tree), std::nullopt};
}

bool is_callback(std::string_view name) {
  return !name.empty() && name.size() <= 100 &&
         std::all_of(name.begin(), name.end(), [](char byte) {
           return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                  (byte >= '0' && byte <= '9') || byte == '_' || byte == '$' || byte == '.';
         });
}

}  // namespace

server::Response stats_json(Database& database, const Query& query) {
  const Answer answer = tree_of(database, query);
  if (answer.refusal) {
    return *answer.refusal;
  }
  std::string json = to_json(answer.tree);
  std::optional<std::string> callback = query.text("callback");
  if (!callback) {
    return json_response(std::move(json));
  }
  if (callback->empty() || *callback == "true") {
    callback = "ostrichCallback";
  }
  if (!is_callback(*callback)) {
    return text_response(400, "callback: expected the name of a function");
  }
  server::Response response;
  response.content_type = "text/javascript; charset=utf-8";
  response.body = fmt::format("{}({})\n", *callback, json);
  return response;
}

server::Response stats_text(Database& database, const Query& query) {
  const Answer answer = tree_of(database, query);
  return answer.refusal ? *answer.refusal : text_response(200, to_text(answer.tree));
}

}  // namespace macaw::ui
