// SPDX-License-Identifier: MIT
//
// hopsworks: predictions of a Hopsworks deployment (KServe behind Istio) for batches of keys, whose
// features the deployment looks up in its feature store. Model and options: generators/README.md.
#pragma once

#include <memory>

#include "macaw/generators/generator.h"

namespace macaw::generators {

std::unique_ptr<Generator> make_hopsworks();

}  // namespace macaw::generators
