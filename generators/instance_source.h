// SPDX-License-Identifier: MIT
//
// Where the numbers of a prediction request come from: drawn from ranges, from a table, from
// images. They are handed on as the text that goes into the request.
// Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "macaw/base/random.h"
#include "macaw/datasets/column_table.h"
#include "macaw/datasets/seldon_features.h"
#include "row_draw.h"

namespace macaw::generators {

/// Numbers as text, one instance after another; capacity is kept.
class ValueBatch {
 public:
  void clear() {
    text_.clear();
    ends_.clear();
  }

  void add(std::string_view value) {
    text_ += value;
    ends_.push_back(text_.size());
  }

  size_t size() const { return ends_.size(); }

  std::string_view operator[](size_t index) const {
    const size_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(text_).substr(begin, ends_[index] - begin);
  }

 private:
  std::string text_;
  std::vector<size_t> ends_;
};

class InstanceSource {
 public:
  virtual ~InstanceSource() = default;
  /// Replaces the batch by the values of so many instances.
  virtual void next(uint64_t instances, ValueBatch& batch) = 0;
  virtual const std::vector<std::string>& names() const = 0;
  /// For the provenance.
  virtual std::string identity() const = 0;
};

/// Each feature uniform over [min, max), or rounded to so many decimals over [min, max].
class UniformSource final : public InstanceSource {
 public:
  UniformSource(std::vector<datasets::NumericFeature> features, std::optional<uint64_t> decimals,
                uint64_t seed, uint64_t stream, std::string identity);

  void next(uint64_t instances, ValueBatch& batch) override;

  const std::vector<std::string>& names() const override { return names_; }

  std::string identity() const override { return identity_; }

 private:
  std::vector<datasets::NumericFeature> features_;
  std::vector<std::string> names_;
  std::optional<double> scale_;  ///< 10 to the number of decimals
  Random random_;
  std::string identity_;
  std::string scratch_;
};

/// Rows of a table, digits as in its file.
class TableSource final : public InstanceSource {
 public:
  TableSource(datasets::ColumnTable table, RowDraw draw)
      : table_(std::move(table)), draw_(std::move(draw)) {}

  void next(uint64_t instances, ValueBatch& batch) override;

  const std::vector<std::string>& names() const override { return table_.names(); }

  std::string identity() const override { return table_.sha256(); }

 private:
  datasets::ColumnTable table_;
  RowDraw draw_;
  std::vector<uint64_t> rows_;
};

}  // namespace macaw::generators
