// SPDX-License-Identifier: MIT
//
// What was compared, and what did not agree.

#include "verify_comparison.h"

#include <fmt/format.h>

#include <utility>

namespace macaw::store {

namespace {

constexpr size_t kDifferencesMax = 20;

}  // namespace

void VerifyComparison::compare_values(const std::string& what, const std::string_view* columns,
                                      const std::vector<Value>& stored,
                                      const std::vector<Value>& computed) {
  for (size_t k = 0; k < computed.size(); ++k) {
    ++result_.values_compared;
    if (!same_value(stored[k], computed[k])) {
      differ(fmt::format("{}: {} is {}, recomputed {}", what, columns[k], describe_value(stored[k]),
                         describe_value(computed[k])));
    }
  }
}

void VerifyComparison::compare(const std::string& what, uint64_t stored, uint64_t computed) {
  ++result_.values_compared;
  if (stored != computed) {
    differ(fmt::format("{}: {}, recomputed {}", what, stored, computed));
  }
}

void VerifyComparison::differ(std::string difference) {
  if (result_.differences.size() < kDifferencesMax) {
    result_.differences.push_back(std::move(difference));
  }
}

void VerifyComparison::note(const std::string& text) {
  result_.note += (result_.note.empty() ? "" : "; ") + text;
}

}  // namespace macaw::store
