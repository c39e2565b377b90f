// SPDX-License-Identifier: MIT
//
// Where ml10m finds its data: the folder it is told, else the places where people put MovieLens
// 10M, else the synthetic profile. Thread: any; reads the environment.
#pragma once

#include <memory>
#include <string>

#include "macaw/base/result.h"
#include "macaw/datasets/ratings.h"
#include "macaw/generators/generator.h"

namespace macaw::generators {

/// `folder` empty: looks into $MACAW_DATA, then datasets/, for a MovieLens folder or one of the
/// names that MovieLens 10M is unpacked as; finding none it takes the synthetic profile and says
/// so.
Result<std::unique_ptr<datasets::RatingsDataset>> open_ml10m(const std::string& folder,
                                                             const Reporter& reporter);

}  // namespace macaw::generators
