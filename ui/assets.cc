// SPDX-License-Identifier: MIT
//
// The list of the page's files.
#include "assets.h"

#include <array>
#include <fstream>
#include <sstream>

#include "embed/chart_js.h"
#include "embed/charts_js.h"
#include "embed/colours_css.h"
#include "embed/control_js.h"
#include "embed/dashboard_css.h"
#include "embed/dashboard_html.h"
#include "embed/dashboard_js.h"
#include "embed/data_js.h"
#include "embed/download_js.h"
#include "embed/events_js.h"
#include "embed/format_js.h"
#include "embed/head_js.h"
#include "embed/heat_js.h"
#include "embed/icon_svg.h"
#include "embed/legend_js.h"
#include "embed/live_js.h"
#include "embed/parts_css.h"
#include "embed/runs_js.h"
#include "embed/source_js.h"
#include "embed/span_js.h"
#include "embed/spectrum_js.h"
#include "embed/tables_js.h"
#include "embed/transport_js.h"
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

constexpr std::array<Entry, 27> kEntries = {{
    {"dashboard.html", "text/html; charset=utf-8", "dashboard.html", &dashboard_html},
    {"format.js", kJavaScript, "format.js", &format_js},
    {"data.js", kJavaScript, "data.js", &data_js},
    {"view.js", kJavaScript, "view.js", &view_js},
    {"source.js", kJavaScript, "source.js", &source_js},
    {"span.js", kJavaScript, "span.js", &span_js},
    {"legend.js", kJavaScript, "legend.js", &legend_js},
    {"head.js", kJavaScript, "head.js", &head_js},
    {"chart.js", kJavaScript, "chart.js", &chart_js},
    {"heat.js", kJavaScript, "heat.js", &heat_js},
    {"spectrum.js", kJavaScript, "spectrum.js", &spectrum_js},
    {"events.js", kJavaScript, "events.js", &events_js},
    {"charts.js", kJavaScript, "charts.js", &charts_js},
    {"tables.js", kJavaScript, "tables.js", &tables_js},
    {"transport.js", kJavaScript, "transport.js", &transport_js},
    {"runs.js", kJavaScript, "runs.js", &runs_js},
    {"download.js", kJavaScript, "download.js", &download_js},
    {"control.js", kJavaScript, "control.js", &control_js},
    {"live.js", kJavaScript, "live.js", &live_js},
    {"dashboard.js", kJavaScript, "dashboard.js", &dashboard_js},
    {"colours.css", kCss, "colours.css", &colours_css},
    {"dashboard.css", kCss, "dashboard.css", &dashboard_css},
    {"parts.css", kCss, "parts.css", &parts_css},
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
