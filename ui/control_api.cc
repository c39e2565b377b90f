// SPDX-License-Identifier: MIT
//
// Who may ask, what they may ask for, and what they are told.
#include "control_api.h"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "macaw/base/units.h"
#include "macaw/report/json_text.h"
#include "router.h"

namespace macaw::ui {

namespace {

constexpr std::string_view kPath = "/api/control";
constexpr size_t kBodyMax = 1024;
constexpr size_t kNameMax = 60;
constexpr std::string_view kNothing = "no run is being played here, so there is nothing to control";

/// What a body may hold.
struct Wish {
  std::optional<double> rps;
  std::string by;
};

server::Response not_allowed(std::string_view method, std::string_view allowed) {
  server::Response response =
      text_response(405, fmt::format("found {}, expected {}", method, allowed));
  response.extra_headers = fmt::format("Allow: {}\r\n", allowed);
  return response;
}

std::string printable(std::string_view text) {
  std::string clean(text.substr(0, kNameMax));
  std::replace_if(
      clean.begin(), clean.end(), [](char c) { return c < 0x20 || c == 0x7f; }, '?');
  return clean;
}

Result<Wish> parse_wish(const std::string& body, bool wants_rps) {
  constexpr std::string_view kForms[] = {R"({} or {"by": "NAME"})",
                                         R"({"rps": 200} or {"rps": 200, "by": "NAME"})"};
  const std::string_view expected = kForms[wants_rps ? 1 : 0];
  Wish wish;
  if (body.empty() && !wants_rps) {
    return wish;
  }
  rapidjson::Document json;
  json.Parse<rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag>(body.c_str(),
                                                                                     body.size());
  if (json.HasParseError() || !json.IsObject()) {
    return errorf("the body is not a JSON object, expected {}", expected);
  }
  for (const auto& member : json.GetObject()) {
    const std::string name(member.name.GetString(), member.name.GetStringLength());
    if (name == "rps" && wants_rps && member.value.IsNumber()) {
      wish.rps = member.value.GetDouble();
    } else if (name == "by" && member.value.IsString()) {
      wish.by = printable({member.value.GetString(), member.value.GetStringLength()});
    } else {
      return errorf("\"{}\": not known, or of the wrong kind; expected {}", printable(name),
                    expected);
    }
  }
  if (wants_rps && !wish.rps) {
    return errorf("\"rps\" is missing, expected {}", expected);
  }
  return wish;
}

/// "run 3: 200/s, 12.3 s of 60.0 s"
std::string sentence(int64_t run, const replay::RunStatus& status) {
  if (!status.playing) {
    return fmt::format("run {}: ending", run);
  }
  std::string text = fmt::format("run {}: {}", run, status.paused ? "paused, then " : "");
  text += status.target_rps
              ? fmt::format("{}/s", format_rate(std::round(*status.target_rps * 1000) / 1000))
              : std::string("without a rate");
  text += fmt::format(", {:.1f} s", to_seconds(status.elapsed));
  if (status.planned_end > Nanos::zero()) {
    text += fmt::format(" of {:.1f} s", to_seconds(status.planned_end));
  }
  return text;
}

}  // namespace

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (size_t k = 0; k < a.size(); ++k) {
    const char other = b.empty() ? '\0' : b[k % b.size()];
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a[k] ^ other));
  }
  return difference == 0;
}

void ControlApi::set(replay::RunControl* control, std::string token, int64_t run) {
  control_ = control;
  token_ = std::move(token);
  run_ = run;
}

std::optional<replay::RunStatus> ControlApi::status_of(int64_t run) const {
  if (control_ == nullptr || run != run_) {
    return std::nullopt;
  }
  replay::RunStatus status = control_->status();
  return status.playing ? std::optional(std::move(status)) : std::nullopt;
}

bool ControlApi::owns(std::string_view path) {
  return path == kPath || (path.starts_with(kPath) && path[kPath.size()] == '/');
}

server::Response ControlApi::answer(const http::Request& request) {
  const std::string_view path = request.path();
  if (path == kPath) {
    const bool reads = request.method == "GET" || request.method == "HEAD";
    return reads ? status(request, nullptr) : not_allowed(request.method, "GET, HEAD");
  }
  const std::string_view action = path.substr(kPath.size() + 1);
  if (action != "rate" && action != "pause" && action != "resume" && action != "stop") {
    return text_response(404, fmt::format("no such page: {}", path));
  }
  if (request.method != "POST") {
    return not_allowed(request.method, "POST");
  }
  // A page elsewhere cannot set the header without our leave, and does not know the token; that its
  // Origin is not ours says so once more.
  const std::string_view host = request.header("Host");
  const std::string_view origin = request.header("Origin");
  if (host.empty() || (!origin.empty() && origin != fmt::format("http://{}", host))) {
    return text_response(403, fmt::format("Origin: found \"{}\", expected http://{} or none",
                                          printable(origin), printable(host)));
  }
  if (control_ == nullptr) {
    return text_response(409, std::string(kNothing));
  }
  const std::string_view token = request.header("X-Macaw-Token");
  if (token.empty() || !equal_in_constant_time(token, token_)) {
    return text_response(
        403, fmt::format("X-Macaw-Token: {}, expected the token that `replay` printed at the start",
                         token.empty() ? "missing" : "wrong"));
  }
  if (request.body.size() > kBodyMax) {
    return text_response(413, fmt::format("found a body of {} bytes, expected at most {}",
                                          request.body.size(), kBodyMax));
  }
  return change(action, request);
}

server::Response ControlApi::change(std::string_view action, const http::Request& request) {
  const Result<Wish> wish = parse_wish(request.body, action == "rate");
  if (!wish.ok()) {
    return text_response(400, wish.error().message());
  }
  std::string who = wish->by;
  if (who.empty()) {
    who = request.header("Origin").empty() ? "a client" : "the page";
  }
  Result<replay::RunChange> change = replay::RunChange{};
  if (action == "rate") {
    change = control_->set_rate(*wish->rps, who);
  } else if (action == "pause") {
    change = control_->pause(who);
  } else if (action == "resume") {
    change = control_->resume(who);
  } else if (const Status stopped = control_->stop(who); !stopped.ok()) {
    change = stopped.error();
  } else {
    change->changed = true;
  }
  return change.ok() ? status(request, &*change) : text_response(409, change.error().message());
}

server::Response ControlApi::status(const http::Request& request,
                                    const replay::RunChange* change) const {
  const replay::RunStatus status = control_ == nullptr ? replay::RunStatus{} : control_->status();
  if (request.header("Accept").starts_with("text/plain")) {
    return text_response(200, control_ == nullptr ? std::string(kNothing) : sentence(run_, status));
  }
  report::JsonText json;
  json.begin_object();
  json.key("available").boolean(status.playing);
  json.key("run");
  control_ == nullptr ? json.null() : json.integer(run_);
  json.key("paused").boolean(status.paused);
  json.key("target_rps");
  status.target_rps ? json.number(*status.target_rps) : json.null();
  json.key("can_change_rate").boolean(status.playing && status.no_rate.empty());
  std::string_view reason = status.no_rate;
  if (control_ == nullptr) {
    reason = kNothing;
  } else if (!status.playing) {
    reason = "the run is ending";
  }
  json.key("reason").text(reason);
  json.key("elapsed_s").number(to_seconds(status.elapsed));
  json.key("planned_end_s");
  status.planned_end > Nanos::zero() ? json.number(to_seconds(status.planned_end)) : json.null();
  if (change != nullptr) {
    json.key("changed").boolean(change->changed);
    json.key("at_s").number(to_seconds(change->from));
  }
  return json_response(json.end_object().take());
}

}  // namespace macaw::ui
