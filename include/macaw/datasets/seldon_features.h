// SPDX-License-Identifier: MIT
//
// The features that Seldon's prediction replay is made from, as its script takes them:
// {"name":"f1","type":"numeric","min":0,"max":5}, one object after another, or arrays of them.
// Thread: pure functions.
#pragma once

#include <string>
#include <vector>

#include "macaw/base/result.h"

namespace macaw::datasets {

struct NumericFeature {
  std::string name;
  double min = 0;
  double max = 0;  ///< not below min
};

/// At least one, names distinct. `source` is what errors call the text: a path, an option.
Result<std::vector<NumericFeature>> parse_seldon_features(const std::string& text,
                                                          const std::string& source);
/// Of a file.
Result<std::vector<NumericFeature>> read_seldon_features(const std::string& path);

}  // namespace macaw::datasets
