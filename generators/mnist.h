// SPDX-License-Identifier: MIT
//
// mnist: requests to a service that tells handwritten digits, random numbers as Seldon's Locust
// script sends them or real images. Model and options: generators/README.md.
#pragma once

#include <memory>

#include "macaw/generators/generator.h"

namespace macaw::generators {

std::unique_ptr<Generator> make_mnist();

}  // namespace macaw::generators
