// SPDX-License-Identifier: MIT
//
// ml10m: Seldon's recommendation benchmark, from MovieLens. Model and options:
// generators/README.md.
#pragma once

#include <memory>

#include "macaw/generators/generator.h"

namespace macaw::generators {

std::unique_ptr<Generator> make_ml10m();

}  // namespace macaw::generators
