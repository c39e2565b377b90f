// SPDX-License-Identifier: MIT
//
// Which address gives which answer. A function of the request, of what is stored and, for
// `/api/control`, of the run that plays: no sockets, no state but the open database. Every address
// is in API.md. Thread: the loop's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "assets.h"
#include "control_api.h"
#include "database.h"
#include "macaw/http/request_parser.h"
#include "macaw/server/http_server.h"
#include "query.h"

namespace macaw::ui {

inline constexpr std::string_view kFirstKey = "metric:client/request_latency_ms";

class Router {
 public:
  /// `host` is the --ui-host, which names in a Host header are held against.
  Router(std::string database, std::string host, std::string page_folder);

  /// Never fails: what is wrong with a request is a status and one line of text.
  server::Response answer(const http::Request& request);
  /// The answer to a request that must not be answered otherwise: a foreign Host, another method.
  std::optional<server::Response> refusal(const http::Request& request) const;

  /// What every answer carries.
  static std::string_view headers();

  Database& database() { return database_; }

  ControlApi& control() { return control_; }

 private:
  server::Response route(std::string_view path, const Query& query);
  server::Response stats(std::string_view path, const Query& query);
  server::Response api(std::string_view path, const Query& query);
  server::Response exported(std::string_view path);

  Database database_;
  std::string host_;
  Assets assets_;
  ControlApi control_;
};

server::Response text_response(int status, std::string text);
server::Response json_response(std::string json);

// One file each. An error is about the request (400) unless its maker says otherwise.

/// `/graph_data`, `/graph_data/<key>`
server::Response graph_data_keys(Database& database, const Query& query);
server::Response graph_data(Database& database, const std::string& name, const Query& query);
/// `/stats.json`, `/stats.txt`
server::Response stats_json(Database& database, const Query& query);
server::Response stats_text(Database& database, const Query& query);
/// `/api/runs`, `/api/run`, ...: what our page asks for.
server::Response api_runs(Database& database);
server::Response api_run(Database& database, const Query& query);
server::Response api_summary(Database& database, const Query& query);
server::Response api_series(Database& database, const Query& query);
/// `/stats/...` and `/exceptions...`: Locust's.
server::Response locust_page(Database& database, std::string_view path, const Query& query);
/// `/metrics`: for Prometheus.
server::Response metrics_page(Database& database, const Query& query, const ControlApi& control);
server::Response api_heat(Database& database, const Query& query);
server::Response api_spectrum(Database& database, const Query& query);
server::Response api_parts(Database& database, const Query& query);
/// The page. `lists_keys`: without `g` it is the list of what can be drawn.
server::Response page(Database& database, const Assets& assets, const Query& query,
                      bool lists_keys);

}  // namespace macaw::ui
