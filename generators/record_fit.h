// SPDX-License-Identifier: MIT
//
// Cutting records down to what a plainer format holds, and naming what is lost. Private to
// generators. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "macaw/generators/tally.h"
#include "macaw/replay/file/record.h"

namespace macaw::generators {

/// "host:port" of an absolute URL, or nothing.
std::string_view authority_of(std::string_view url);
/// Path, query and fragment of an absolute URL or a path; begins with '/' unless it is empty or has
/// no path.
std::string_view target_of(std::string_view url);
bool is_https(std::string_view url);

/// Makes the record a plain GET. What is lost goes into `remarks`. Returns why that cannot be: a
/// reason to count it by.
std::optional<std::string> fit_url_list(replay::Record& record, Tally& remarks, uint64_t line,
                                        uint64_t column);

}  // namespace macaw::generators
