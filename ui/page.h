// SPDX-License-Identifier: MIT
//
// The page's template and the files that it is made of.
// Thread: any.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace macaw::ui {

/// Fills the places of dashboard.html; `title` is text, `links` markup.
void fill_page(std::string& page, std::string_view mode, std::string_view title,
               std::string_view links);

inline constexpr std::array<std::string_view, 4> kPageStyles = {"uplot.css", "colours.css",
                                                                "dashboard.css", "parts.css"};
/// Each after those that it imports.
inline constexpr std::array<std::string_view, 19> kPageModules = {
    "format.js",   "data.js",    "view.js",   "source.js",    "span.js",
    "legend.js",   "head.js",    "chart.js",  "heat.js",      "spectrum.js",
    "events.js",   "charts.js",  "tables.js", "transport.js", "runs.js",
    "download.js", "control.js", "live.js",   "dashboard.js"};

}  // namespace macaw::ui
