// SPDX-License-Identifier: MIT
//
// A stored run as one HTML file: the dashboard with its data, styles and scripts inside, which
// opens without a server and fetches nothing. Thread: any, on its own RunReader.
#pragma once

#include <string>

#include "macaw/base/result.h"
#include "macaw/store/run_reader.h"

namespace macaw::ui {

/// The newest run for 0. Everything together in at most 4,000 points over time, each of the 30
/// endpoints with most requests in at most 1,000. Errors: the database's.
Result<std::string> export_html(store::RunReader& reader, int64_t run);

}  // namespace macaw::ui
