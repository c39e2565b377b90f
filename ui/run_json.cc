// SPDX-License-Identifier: MIT
#include "run_json.h"

#include "router.h"
#include "series.h"

namespace macaw::ui {

using report::JsonText;

void add_run(JsonText& json, const store::RunRow& run) {
  const store::RunStart& start = run.start;
  json.key("run").integer(run.run);
  json.key("label").text(start.label);
  json.key("state").text(store::run_state_name(run.state));
  json.key("end_reason").text(run.end_reason);
  json.key("started_s").integer(started_s(run));
  json.key("elapsed_s").number(to_seconds(run.spans.elapsed));
  json.key("sending_s").number(to_seconds(run.spans.sending));
  json.key("file").text(start.file);
  json.key("target").text(start.target);
  json.key("profile").text(start.profile);
  json.key("arrivals").text(start.arrivals);
  json.key("target_rps").number(start.target_rps);
  json.key("planned").count(start.planned);
  json.key("planned_s").number(to_seconds(start.planned_duration));
  json.key("connections").count(start.connections);
  json.key("timeout_s").number(to_seconds(start.timeout));
  json.key("scheduled").count(run.counts.scheduled);
  json.key("sent").count(run.counts.sent);
  json.key("unsent").count(run.counts.unsent);
  json.key("rows_lost").count(run.counts.rows_lost);
  json.key("left_out").count(run.counts.left_out.requests);
  json.key("achieved_rps").number(store::achieved_rps(run.counts, run.spans, start.warmup));
  json.key("warmup_s").number(to_seconds(start.warmup));
  json.key("users").count(start.users);
  json.key("verdict");
  if (run.state == store::RunState::kRunning) {
    json.null();
  } else {
    json.text(stats::verdict_name(run.verdict.kind));
  }
  json.key("reason").text(run.verdict.reason);
}

void add_run_details(JsonText& json, const store::RunRow& run) {
  const store::RunStart& start = run.start;
  json.key("uuid").text(start.uuid);
  json.key("file_sha256").text(start.file_sha256);
  json.key("file_provenance").text(start.file_provenance);
  json.key("seed").count(start.seed);
  json.key("workers").count(start.workers);
  json.key("rows").text(start.rows.describe());
  json.key("host").text(start.host);
  json.key("versions").text(start.versions);
  json.key("argv").begin_array();
  for (const std::string& word : start.argv) {
    json.text(word);
  }
  json.end_array();
}

server::Response waiting(const RunChoice& choice) {
  JsonText json;
  json.begin_object().key("run").null().key("waiting_for").text(choice.waiting_for).end_object();
  return json_response(json.take());
}

uint64_t end_of(const store::RunRow& run) {
  return static_cast<uint64_t>(to_seconds(run.spans.elapsed)) + 1;
}

}  // namespace macaw::ui
