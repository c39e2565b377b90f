// SPDX-License-Identifier: MIT
#include "instance_source.h"

#include <algorithm>
#include <cmath>

#include "json_text.h"

namespace macaw::generators {

UniformSource::UniformSource(std::vector<datasets::NumericFeature> features,
                             std::optional<uint64_t> decimals, uint64_t seed, uint64_t stream,
                             std::string identity)
    : features_(std::move(features)), random_(seed, stream), identity_(std::move(identity)) {
  for (const datasets::NumericFeature& feature : features_) {
    names_.push_back(feature.name);
  }
  if (decimals) {
    scale_ = 1;
    for (uint64_t k = 0; k < *decimals; ++k) {
      *scale_ *= 10;
    }
  }
}

void UniformSource::next(uint64_t instances, ValueBatch& batch) {
  batch.clear();
  for (uint64_t instance = 0; instance < instances; ++instance) {
    for (const datasets::NumericFeature& feature : features_) {
      double value = feature.min + (feature.max - feature.min) * random_.unit();
      if (scale_) {
        value = std::floor(value * *scale_ + 0.5) / *scale_;
      }
      scratch_.clear();
      append_python_float(value, scratch_);
      batch.add(scratch_);
    }
  }
}

void TableSource::next(uint64_t instances, ValueBatch& batch) {
  batch.clear();
  draw_.next(instances, rows_);
  for (const uint64_t row : rows_) {
    for (size_t column = 0; column < table_.names().size(); ++column) {
      batch.add(table_.field(row, column));
    }
  }
}

}  // namespace macaw::generators
