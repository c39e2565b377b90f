// SPDX-License-Identifier: MIT
//
// Routes, and what every answer carries.
#include "router.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "export.h"
#include "host_check.h"
#include "macaw/base/units.h"
#include "macaw/report/json_text.h"

namespace macaw::ui {

namespace {

/// Nothing comes from elsewhere, nothing is embedded elsewhere, nothing is kept.
constexpr std::string_view kSecurityHeaders =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Cache-Control: no-store\r\n";

server::Response redirect(std::string_view location) {
  server::Response response = text_response(302, fmt::format("see {}", location));
  response.extra_headers = fmt::format("Location: {}\r\n", location);
  return response;
}

server::Response simple_command(bool as_text, std::string_view word) {
  if (as_text) {
    return text_response(200, std::string(word));
  }
  report::JsonText json;
  json.begin_object().key("response").text(word).end_object();
  return json_response(json.take());
}

}  // namespace

server::Response text_response(int status, std::string text) {
  server::Response response;
  response.status = status;
  response.body = std::move(text) + "\n";
  return response;
}

server::Response json_response(std::string json) {
  server::Response response;
  response.content_type = "application/json";
  response.body = std::move(json) + "\n";
  return response;
}

Router::Router(std::string database, std::string host, std::string page_folder)
    : database_(std::move(database)), host_(std::move(host)), assets_(std::move(page_folder)) {}

std::string_view Router::headers() {
  return kSecurityHeaders;
}

std::optional<server::Response> Router::refusal(const http::Request& request) const {
  std::optional<server::Response> response;
  const std::string_view host = request.header("Host");
  if (!host.empty() && !host_is_ours(host, host_)) {
    response = text_response(
        403, fmt::format("Host: found \"{}\", expected an IP address, localhost{}; start with "
                         "--ui-host NAME to be reached under another name",
                         host, is_wildcard(host_) ? " or this machine's name" : " or " + host_));
  } else if (!ControlApi::owns(request.path()) && request.method != "GET" &&
             request.method != "HEAD") {
    response = text_response(405, fmt::format("found {}, expected GET or HEAD", request.method));
    response->extra_headers = "Allow: GET, HEAD\r\n";
  }
  if (response) {
    response->extra_headers += kSecurityHeaders;
  }
  return response;
}

server::Response Router::answer(const http::Request& request) {
  if (std::optional<server::Response> refused = refusal(request)) {
    return std::move(*refused);
  }
  server::Response response = ControlApi::owns(request.path())
                                  ? control_.answer(request)
                                  : route(request.path(), Query(request.query()));
  response.extra_headers += kSecurityHeaders;
  return response;
}

server::Response Router::route(std::string_view path, const Query& query) {
  constexpr std::string_view kGraphData = "/graph_data/";
  constexpr std::string_view kStatic = "/static/";
  constexpr std::string_view kExport = "/export/";
  if (path == "/") {
    return page(database_, assets_, query, /*lists_keys=*/false);
  }
  if (path == "/graph") {
    return redirect("/graph/");
  }
  if (path.starts_with("/graph/")) {
    return page(database_, assets_, query, /*lists_keys=*/true);
  }
  if (path == "/graph_data" || path == kGraphData) {
    return graph_data_keys(database_, query);
  }
  if (path.starts_with(kGraphData)) {
    return graph_data(database_, decode_path(path.substr(kGraphData.size())), query);
  }
  if (path.starts_with("/api/")) {
    return api(path, query);
  }
  if (path.starts_with(kExport)) {
    return exported(path.substr(kExport.size()));
  }
  if (path.starts_with(kStatic) && path != "/static/dashboard.html") {
    if (std::optional<Asset> asset = assets_.find(path.substr(kStatic.size()))) {
      server::Response response;
      response.content_type = asset->content_type;
      response.body = std::move(asset->bytes);
      return response;
    }
  }
  if (path.starts_with("/stats/") || path == "/exceptions" || path == "/exceptions/csv") {
    return locust_page(database_, path, query);
  }
  if (path == "/metrics") {
    return metrics_page(database_, query, control_);
  }
  if (path == "/health") {
    return text_response(200, "OK");
  }
  const std::string_view command = path.substr(1, path.find('.') - 1);
  if (command == "ping") {
    return simple_command(path.ends_with(".txt"), "pong");
  }
  if (command == "stats") {
    return stats(path, query);
  }
  return text_response(404, fmt::format("no such page: {}", path));
}

server::Response Router::stats(std::string_view path, const Query& query) {
  return path.ends_with(".txt") ? stats_text(database_, query) : stats_json(database_, query);
}

server::Response Router::api(std::string_view path, const Query& query) {
  using Answer = server::Response(Database&, const Query&);
  constexpr std::array<std::pair<std::string_view, Answer*>, 6> kAnswers = {{
      {"/api/run", &api_run},
      {"/api/summary", &api_summary},
      {"/api/series", &api_series},
      {"/api/heat", &api_heat},
      {"/api/spectrum", &api_spectrum},
      {"/api/parts", &api_parts},
  }};
  if (path == "/api/runs") {
    return api_runs(database_);
  }
  for (const auto& [name, answer] : kAnswers) {
    if (path == name) {
      return answer(database_, query);
    }
  }
  return text_response(404, fmt::format("no such page: {}", path));
}

/// `/export/3.html`
server::Response Router::exported(std::string_view path) {
  constexpr std::string_view kHtml = ".html";
  const bool is_html = path.ends_with(kHtml);
  const auto run = parse_u64(path.substr(0, path.size() - (is_html ? kHtml.size() : 0)));
  if (!is_html || !run.ok() || *run == 0 || *run > INT64_MAX) {
    return text_response(404, fmt::format("no such page: /export/{}", path));
  }
  Result<std::string> html = export_page(database_, assets_, static_cast<int64_t>(*run));
  if (!html.ok()) {
    return text_response(404, html.error().message());
  }
  server::Response response;
  response.content_type = "text/html; charset=utf-8";
  response.extra_headers =
      fmt::format("Content-Disposition: attachment; filename=\"macaw-run-{}.html\"\r\n", *run);
  response.body = std::move(*html);
  return response;
}

}  // namespace macaw::ui
