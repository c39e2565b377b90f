// SPDX-License-Identifier: MIT
//
// `/` and `/graph/`: fills the page's template. `/graph/` without `g` is a plain list of links,
// which needs no script; with it, and at `/`, it is the dashboard.
#include "page.h"

#include <fmt/format.h>

#include "router.h"
#include "run_choice.h"
#include "series.h"

namespace macaw::ui {

namespace {

void replace(std::string& text, std::string_view mark, std::string_view with) {
  for (size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += with.size()) {
    text.replace(at, mark.size(), with);
  }
}

/// How a key reads: "response time", "response time of /js/action/new".
std::string title_of(const Key& key) {
  static constexpr std::string_view kTitles[] = {
      "Response time",    "Service time", "Requests",
      "Successes",        "Failures",     "",
      "Bytes received",   "Bytes sent",   "Requests sent",
      "In flight",        "Connections",  "Waiting requests",
      "Scheduler lag p99"};
  if (key.quantity == Quantity::kOutcome) {
    return fmt::format("Failures: {}", stats::outcome_name(key.outcome));
  }
  std::string title(kTitles[static_cast<size_t>(key.quantity)]);
  if (key.endpoint != 0) {
    constexpr std::string_view kClocks[] = {"metric:client/request_latency_ms",
                                            "metric:client/service_latency_ms"};
    title += " of " + key.name.substr(kClocks[static_cast<size_t>(key.quantity)].size());
  }
  return title;
}

std::string links_of(const std::vector<Key>& keys, const Query& query) {
  const std::optional<std::string> run = query.text("run");
  std::string links;
  for (const Key& key : keys) {
    links += fmt::format("<li><a href=\"/graph/?g={}{}\">{}</a> <code>{}</code></li>\n",
                         escape_html(encode_uri(key.name)),
                         run ? "&amp;run=" + escape_html(encode_uri(*run)) : "",
                         escape_html(title_of(key)), escape_html(key.name));
  }
  return links;
}

}  // namespace

void fill_page(std::string& page, std::string_view mode, std::string_view title,
               std::string_view links) {
  replace(page, "{{mode}}", mode);
  replace(page, "{{open}}", mode == "list" ? "open" : "");
  replace(page, "{{title}}", escape_html(title));
  replace(page, "{{links}}", links);
}

server::Response page(Database& database, const Assets& assets, const Query& query,
                      bool lists_keys) {
  std::optional<Asset> file = assets.find("dashboard.html");
  if (!file) {
    return text_response(500, "dashboard.html is missing from the page's folder");
  }
  const RunChoice choice = choose_run(database, query);
  const std::vector<Key> keys = keys_of(choice.endpoints);
  const std::optional<std::string> name = query.text("g");
  const std::optional<Key> key = name ? find_key(keys, *name) : std::nullopt;
  const bool is_list = lists_keys && !name;
  server::Response response;
  response.content_type = file->content_type;
  response.body = std::move(file->bytes);
  fill_page(response.body, is_list ? "list" : "chart",
            key ? title_of(*key) : (is_list ? "What can be drawn" : "Dashboard"),
            links_of(keys, query));
  return response;
}

}  // namespace macaw::ui
