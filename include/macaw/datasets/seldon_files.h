// SPDX-License-Identifier: MIT
//
// The two small JSON files that Seldon's own replay scripts take: the items of a client and its
// keys. Thread: pure functions of the files.
#pragma once

#include <string>
#include <vector>

#include "macaw/base/result.h"

namespace macaw::datasets {

/// The ids of the items of type 1 in the body of Seldon's `/items`,
/// `{"list":[{"id":"..","type":1,...},...]}`, which may be wrapped as JSONP. In file order, at
/// least one; an id given twice is an error.
Result<std::vector<std::string>> read_seldon_items(const std::string& path);

/// The first key of `[{"key":"..",...},...]`.
Result<std::string> read_seldon_key(const std::string& path);

}  // namespace macaw::datasets
