// SPDX-License-Identifier: MIT
//
// flowers: images to TensorFlow Serving, as Seldon's benchmark of its executor sends them. Model
// and options: generators/README.md.
#pragma once

#include <memory>

#include "macaw/generators/generator.h"

namespace macaw::generators {

std::unique_ptr<Generator> make_flowers();

}  // namespace macaw::generators
