// SPDX-License-Identifier: MIT
//
// What the route of an export and macaw/ui/export.h share.
// Thread: the loop's.
#pragma once

#include <string>

#include "assets.h"
#include "database.h"
#include "macaw/base/result.h"

namespace macaw::ui {

/// REQUIRES: the run is there. Error: a file of the page is missing, or the database's.
Result<std::string> export_page(Database& database, const Assets& assets, int64_t run);

}  // namespace macaw::ui
