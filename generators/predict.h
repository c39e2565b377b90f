// SPDX-License-Identifier: MIT
//
// predict: requests to a prediction service for rows of numbers, as Seldon's prediction replay
// makes them and in the forms of its successors. Model and options: generators/README.md.
#pragma once

#include <memory>

#include "macaw/generators/generator.h"

namespace macaw::generators {

std::unique_ptr<Generator> make_predict();

}  // namespace macaw::generators
