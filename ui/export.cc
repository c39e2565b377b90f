// SPDX-License-Identifier: MIT
//
// The page as one file: what the page would ask the server for lies in it as JSON, and its modules
// stand one after the other in one script, in the order of their needs. They can because no two of
// them give the same name at the top, which tests/browser holds.
#include "export.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "chart_request.h"
#include "macaw/report/json_text.h"
#include "macaw/ui/export.h"
#include "page.h"
#include "router.h"
#include "run_choice.h"
#include "run_json.h"

namespace macaw::ui {

namespace {

constexpr size_t kEndpointsMax = 30;
constexpr uint64_t kPointsOfEndpointMax = 1000;
constexpr uint64_t kPartsRowsOfEndpoint = 15'000;

/// Removes the imports, which may take several lines, and the word export.
std::string without_module_words(std::string_view source) {
  std::string out;
  bool in_import = false;
  while (!source.empty()) {
    const size_t end = std::min(source.find('\n'), source.size() - 1);
    std::string_view line = source.substr(0, end + 1);
    source.remove_prefix(end + 1);
    in_import = in_import || line.starts_with("import ");
    if (in_import) {
      in_import = line.find(';') == std::string_view::npos;
      continue;
    }
    constexpr std::string_view kExport = "export ";
    if (line.starts_with(kExport)) {
      line.remove_prefix(kExport.size());
    }
    out += line;
  }
  return out;
}

Result<std::string> asset_text(const Assets& assets, std::string_view name) {
  std::optional<Asset> asset = assets.find(name);
  if (!asset) {
    return errorf("{} is missing from the page's folder", name);
  }
  return std::move(asset->bytes);
}

Result<std::string> styles_of(const Assets& assets) {
  std::string styles;
  for (const std::string_view name : kPageStyles) {
    MACAW_TRY_ASSIGN(const std::string text, asset_text(assets, name));
    styles += text;
  }
  return styles;
}

/// Ends neither its element nor begins a comment in it, whatever strings it holds.
std::string inside_script(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '<' && (text.substr(at).starts_with("</") || text.substr(at, 2) == "<!")) {
      out += "\\u003c";
    } else {
      out += text[at];
    }
  }
  return out;
}

Result<std::string> body_of(server::Response response) {
  if (response.status != 200) {
    response.body.pop_back();
    return errorf("{}", response.body);
  }
  return std::move(response.body);
}

/// The charts of one endpoint, by the names of their addresses.
Result<std::string> charts_json(Database& database, const std::string& query,
                                const RunChoice& choice, const HealthColumns& health) {
  using Answer = server::Response(Database&, const Query&);
  constexpr std::array<std::pair<const char*, Answer*>, 3> kCharts = {
      {{"heat", &api_heat}, {"spectrum", &api_spectrum}, {"parts", &api_parts}}};
  MACAW_TRY_ASSIGN(const ChartRequest request, chart_request(choice, Query(query), kPointsMax));
  MACAW_TRY_ASSIGN(const std::string series, series_json(choice, request, &health));
  std::string json = fmt::format("{{\"series\":{}", series);
  for (const auto& [name, answer] : kCharts) {
    MACAW_TRY_ASSIGN(const std::string body, body_of(answer(database, Query(query))));
    json += fmt::format(",\"{}\":{}", name, body);
  }
  return json + "}";
}

/// Those with most requests; 0, all together, first.
std::vector<uint16_t> exported_endpoints(std::vector<store::EndpointFigures> figures) {
  std::stable_sort(figures.begin(), figures.end(), [](const auto& a, const auto& b) {
    return a.endpoint.endpoint == 0 || (b.endpoint.endpoint != 0 && a.requests() > b.requests());
  });
  figures.resize(std::min(figures.size(), kEndpointsMax + 1));
  std::vector<uint16_t> endpoints;
  endpoints.reserve(figures.size());
  for (const store::EndpointFigures& row : figures) {
    endpoints.push_back(row.endpoint.endpoint);
  }
  return endpoints;
}

Result<std::string> stored_json(Database& database, int64_t run) {
  const std::string query = fmt::format("run={}", run);
  const RunChoice choice = choose_run(database, Query(query));
  if (!choice.run) {
    return errorf("{}: there is no run {}", database.path(), run);
  }
  MACAW_TRY_ASSIGN(std::vector<store::EndpointFigures> figures,
                   choice.reader->figures(choice.run->run));
  const std::string coarse =
      fmt::format("&resolution={}&rows={}",
                  resolution_for(end_of(*choice.run), kPointsOfEndpointMax), kPartsRowsOfEndpoint);
  // The generator's health is that of all endpoints, and a day of it the most of the work.
  MACAW_TRY_ASSIGN(const ChartRequest fine_request,
                   chart_request(choice, Query(query), kPointsMax));
  MACAW_TRY_ASSIGN(const HealthColumns fine_health, health_of(choice, fine_request));
  MACAW_TRY_ASSIGN(const ChartRequest coarse_request,
                   chart_request(choice, Query(query + coarse), kPointsMax));
  MACAW_TRY_ASSIGN(const HealthColumns coarse_health, health_of(choice, coarse_request));
  MACAW_TRY_ASSIGN(const std::string run_body, body_of(api_run(database, Query(query))));
  MACAW_TRY_ASSIGN(const std::string summary, body_of(api_summary(database, Query(query))));
  std::string json = fmt::format("{{\"run\":{},\"summary\":{},\"endpoints\":{{", run_body, summary);
  bool first = true;
  for (const uint16_t endpoint : exported_endpoints(std::move(figures))) {
    const bool all = endpoint == 0;
    const std::string about = fmt::format("{}&endpoint={}{}", query, endpoint, all ? "" : coarse);
    MACAW_TRY_ASSIGN(const std::string charts,
                     charts_json(database, about, choice, all ? fine_health : coarse_health));
    json += fmt::format("{}\"{}\":{}", first ? "" : ",", endpoint, charts);
    first = false;
  }
  return json + "}}";
}

}  // namespace

Result<std::string> export_page(Database& database, const Assets& assets, int64_t run) {
  MACAW_TRY_ASSIGN(std::string page, asset_text(assets, "dashboard.html"));
  MACAW_TRY_ASSIGN(const std::string styles, styles_of(assets));
  MACAW_TRY_ASSIGN(const std::string uplot, asset_text(assets, "uplot.js"));
  MACAW_TRY_ASSIGN(const std::string licence, asset_text(assets, "uplot.LICENSE.txt"));
  MACAW_TRY_ASSIGN(const std::string stored, stored_json(database, run));
  std::string script;
  for (const std::string_view name : kPageModules) {
    MACAW_TRY_ASSIGN(const std::string text, asset_text(assets, name));
    script += without_module_words(text);
  }
  const size_t head = page.find("<!-- files -->");
  const size_t head_end = page.find("<!-- end of files -->");
  if (head == std::string::npos || head_end == std::string::npos) {
    return errorf("dashboard.html has no place for its files");
  }
  const std::string files = fmt::format(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:\">\n"
      "<style>\n{}</style>\n<script>\n/*\n{}*/\n{}\n</script>\n",
      styles, licence, uplot);
  page.replace(head, head_end - head, files);
  fill_page(page, "chart", fmt::format("Run {}", run), "");
  const std::string data = fmt::format(
      "<script type=\"application/json\" id=\"stored\">{}</script>\n"
      "<script type=\"module\">\n{}</script>\n",
      inside_script(stored), script);
  page.insert(page.rfind("</body>"), data);
  return page;
}

Result<std::string> export_html(store::RunReader& reader, int64_t run) {
  MACAW_TRY_ASSIGN(const store::RunRow row, reader.run(run));
  Database database(reader.path());
  return export_page(database, Assets(""), row.run);
}

}  // namespace macaw::ui
