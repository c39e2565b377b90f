// SPDX-License-Identifier: MIT
//
// Invented titles and genres for the synthetic catalogue, with the oddities that the real
// movies.dat has. Thread: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace macaw::datasets::synthetic {

/// The whole movies.dat: "id::Title (year)::Genre|Genre\n" a line.
std::string make_movies_file(std::span<const uint32_t> movie_ids);

}  // namespace macaw::datasets::synthetic
