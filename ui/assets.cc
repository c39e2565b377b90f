// SPDX-License-Identifier: MIT
//
// The list of the page's files.
#include "assets.h"

#include <array>
#include <fstream>
#include <sstream>

#include "embed/chart_js.h"
#include "embed/colours_css.h"
#include "embed/data_js.h"
#include "embed/graph_css.h"
#include "embed/graph_html.h"
#include "embed/graph_js.h"
#include "embed/head_js.h"
#include "embed/icon_svg.h"
#include "embed/legend_js.h"
#include "embed/uplot_css.h"
#include "embed/uplot_js.h"
#include "embed/uplot_licence.h"
#include "embed/view_js.h"

namespace macaw::ui {

namespace {

struct Entry {
  std::string_view name;
  std::string_view content_type;
  std::string_view path;  // below ui/web
  const std::string_view* bytes;
};

constexpr std::string_view kJavaScript = "text/javascript; charset=utf-8";
constexpr std::string_view kCss = "text/css; charset=utf-8";

constexpr std::array<Entry, 13> kEntries = {{
    {"graph.html", "text/html; charset=utf-8", "graph.html", &graph_html},
    {"graph.js", kJavaScript, "graph.js", &graph_js},
    {"chart.js", kJavaScript, "chart.js", &chart_js},
    {"data.js", kJavaScript, "data.js", &data_js},
    {"head.js", kJavaScript, "head.js", &head_js},
    {"legend.js", kJavaScript, "legend.js", &legend_js},
    {"view.js", kJavaScript, "view.js", &view_js},
    {"colours.css", kCss, "colours.css", &colours_css},
    {"graph.css", kCss, "graph.css", &graph_css},
    {"icon.svg", "image/svg+xml", "icon.svg", &icon_svg},
    {"uplot.js", kJavaScript, "node_modules/uplot/dist/uPlot.iife.min.js", &uplot_js},
    {"uplot.css", kCss, "node_modules/uplot/dist/uPlot.min.css", &uplot_css},
    {"uplot.LICENSE.txt", "text/plain; charset=utf-8", "node_modules/uplot/LICENSE",
     &uplot_licence},
}};

}  // namespace

std::optional<Asset> Assets::find(std::string_view name) const {
  for (const Entry& entry : kEntries) {
    if (entry.name != name) {
      continue;
    }
    if (folder_.empty()) {
      return Asset{entry.content_type, std::string(*entry.bytes)};
    }
    std::ifstream in(folder_ + "/" + std::string(entry.path), std::ios::binary);
    if (!in.good()) {
      return std::nullopt;
    }
    std::ostringstream bytes;
    bytes << in.rdbuf();
    return Asset{entry.content_type, std::move(bytes).str()};
  }
  return std::nullopt;
}

}  // namespace macaw::ui
