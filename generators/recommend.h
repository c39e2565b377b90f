// SPDX-License-Identifier: MIT
//
// recommend: ml10m for any recommender and any record of who acted on what when. Model and options:
// generators/README.md.
#pragma once

#include <memory>

#include "macaw/generators/generator.h"

namespace macaw::generators {

std::unique_ptr<Generator> make_recommend();

}  // namespace macaw::generators
