// SPDX-License-Identifier: MIT
//
// Compressed bytes made by the libraries themselves, not by the code under test.
#pragma once

#include <string>
#include <string_view>

namespace macaw::io {

std::string gzip(std::string_view bytes);
std::string zstd(std::string_view bytes);

}  // namespace macaw::io
