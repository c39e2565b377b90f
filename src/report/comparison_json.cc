// SPDX-License-Identifier: MIT
//
// A comparison as JSON. Every field and unit is in JSON.md beside this file; change both.
#include <cmath>

#include "comparison_phrases.h"
#include "macaw/report/json_text.h"
#include "phrases.h"

namespace macaw::report {

namespace {

std::string_view change_name(stats::ChangeKind kind) {
  switch (kind) {
    case stats::ChangeKind::kUnchanged:
      return "unchanged";
    case stats::ChangeKind::kSlower:
      return "slower";
    case stats::ChangeKind::kFaster:
      return "faster";
    case stats::ChangeKind::kBothFail:
      return "both_fail";
    default:
      return "not_enough";
  }
}

std::string_view shortage_name(stats::Shortage::Kind kind) {
  using Kind = stats::Shortage::Kind;
  switch (kind) {
    case Kind::kValues:
      return "requests";
    case Kind::kBlocks:
      return "blocks";
    case Kind::kDrift:
      return "independent_blocks";
    case Kind::kRuns:
      return "runs";
    default:
      return "requests_per_run";
  }
}

void add_side(JsonText& json, std::string_view name, const std::vector<ComparedRun>& side) {
  json.key(name).begin_array();
  for (const ComparedRun& one : side) {
    const store::RunStart& start = one.run.start;
    json.begin_object();
    json.key("database").text(one.database);
    json.key("run").integer(one.run.run);
    json.key("uuid").text(start.uuid);
    json.key("label").text(start.label);
    json.key("started_at").text(format_iso8601(start.started_at));
    json.key("verdict").text(stats::verdict_name(one.run.verdict.kind));
    json.key("file").text(start.file);
    json.key("file_sha256").text(start.file_sha256);
    json.key("target").text(start.target);
    json.key("profile").text(start.profile);
    json.key("requests").count(one.requests);
    json.key("errors").count(one.errors);
    json.end_object();
  }
  json.end_array();
}

/// Names of the fields whose null means "slower than anything".
void add_failed(JsonText& json, std::initializer_list<std::pair<const char*, double>> fields) {
  json.key("failed").begin_array();
  for (const auto& [name, value] : fields) {
    if (std::isinf(value)) {
      json.text(name);
    }
  }
  json.end_array();
}

void add_change(JsonText& json, const stats::Change& change, bool primary) {
  const stats::Interval& difference = change.difference_ns;
  json.begin_object();
  json.key("statistic").text(change.statistic.name());
  json.key("primary").boolean(primary);
  json.key("change").text(change_name(change.kind));
  json.key("a_ms").number(change.a_ns / 1e6);
  json.key("b_ms").number(change.b_ns / 1e6);
  json.key("difference_ms").number(difference.estimate / 1e6);
  json.key("difference_low_ms").number(difference.low / 1e6);
  json.key("difference_high_ms").number(difference.high / 1e6);
  json.key("change_percent").number(change.ratio.estimate * 100);
  json.key("change_low_percent").number(change.ratio.low * 100);
  json.key("change_high_percent").number(change.ratio.high * 100);
  if (change.has_interval()) {
    json.key("p").number(change.p);
    json.key("p_adjusted").number(change.p_adjusted);
  }
  add_failed(json, {{"a_ms", change.a_ns},
                    {"b_ms", change.b_ns},
                    {"difference_ms", difference.estimate},
                    {"difference_low_ms", difference.low},
                    {"difference_high_ms", difference.high}});
  if (change.kind == stats::ChangeKind::kNotEnough) {
    json.key("missing").begin_object();
    json.key("what").text(shortage_name(change.shortage.kind));
    json.key("have").count(change.shortage.have);
    json.key("need").count(change.shortage.need);
    json.key("sentence").text(shortage_text(change));
    json.end_object();
  }
  json.end_object();
}

void add_compared_endpoint(JsonText& json, const ComparedEndpoint& endpoint,
                           const stats::Change* primary) {
  json.begin_object();
  json.key("name").text(endpoint.name);
  json.key("method").text(endpoint.method);
  json.key("requests_a").count(endpoint.requests_a);
  json.key("requests_b").count(endpoint.requests_b);
  json.key("errors_a").count(endpoint.errors_a);
  json.key("errors_b").count(endpoint.errors_b);
  json.key("changes").begin_array();
  for (const stats::Change& change : endpoint.changes) {
    add_change(json, change, &change == primary);
  }
  json.end_array();
  json.end_object();
}

void add_moved(JsonText& json, const Comparison& comparison) {
  json.key("moved_endpoints").begin_array();
  for (const ComparedEndpoint* endpoint : comparison.moved_endpoints()) {
    json.text(endpoint->name);
  }
  json.end_array();
  json.key("lines_compared").count(comparison.lines_compared);
  json.key("usual_move_ms").number(comparison.usual_move_ns / 1e6);
  json.key("moved_records").begin_array();
  for (const MovedRecord& record : comparison.moved_records) {
    json.begin_object();
    json.key("line").count(record.line);
    json.key("endpoint").text(record.endpoint);
    json.key("pairs").count(record.pairs);
    json.key("a_ms").number(record.a_ns / 1e6);
    json.key("b_ms").number(record.b_ns / 1e6);
    json.key("difference_ms").number(record.difference_ns / 1e6);
    add_failed(
        json,
        {{"a_ms", record.a_ns}, {"b_ms", record.b_ns}, {"difference_ms", record.difference_ns}});
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string format_comparison_json(const Comparison& comparison,
                                   std::span<const ThresholdResult> thresholds) {
  JsonText json(JsonText::Layout::kPretty);
  const stats::Change* const primary = &comparison.primary_change();
  json.begin_object();
  json.key("format").text("macaw-compare/1");
  json.key("sentence").text(comparison_sentence(comparison));
  json.key("change").text(change_name(primary->kind));
  json.key("clock").text(comparison.clock == Clock::kService ? "service_time" : "response_time");
  add_side(json, "a", comparison.a);
  add_side(json, "b", comparison.b);
  json.key("warnings").begin_array();
  for (const std::string& warning : comparison.warnings) {
    json.text(warning);
  }
  json.end_array();
  json.key("method").begin_object();
  json.key("paired").boolean(comparison.paired);
  json.key("pairing").text(comparison.pairing);
  json.key("unit").text(comparison.run_is_unit ? "run" : "block");
  json.key("source").text(comparison.by_rows ? "rows" : "histograms");
  json.key("blocks").count(comparison.blocks);
  json.key("block_s").number(to_seconds(comparison.block_length));
  json.key("seed").count(comparison.seed);
  json.key("confidence").number(1 - stats::kSignificance);
  json.key("primary").begin_object();
  json.key("endpoint").text(comparison.primary_endpoint().name);
  json.key("statistic").text(primary->statistic.name());
  json.end_object();
  json.end_object();
  json.key("endpoints").begin_array();
  for (const ComparedEndpoint& endpoint : comparison.endpoints) {
    add_compared_endpoint(json, endpoint, primary);
  }
  json.end_array();
  json.key("endpoints_left_out").count(comparison.endpoints_left_out);
  add_moved(json, comparison);
  json.key("fail_if").begin_array();
  for (const ThresholdResult& threshold : thresholds) {
    json.begin_object();
    json.key("breached").boolean(threshold.breached);
    json.key("sentence").text(threshold.sentence);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take() + "\n";
}

}  // namespace macaw::report
