// SPDX-License-Identifier: MIT
//
// Who acted on which item when, out of any CSV file: ids are texts of any kind, times Unix times
// (seconds, milli-, micro- or nanoseconds, told by the digits of the first row) or ISO 8601
// (2026-01-31T12:00:00Z, a blank for the T, no zone: UTC). Rows in any order; a user may act on an
// item several times. Thread: immutable after reading; may be shared.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/datasets/ratings.h"

namespace macaw::datasets {

struct Interactions {
  /// Its ids are positions in the two lists of names.
  std::unique_ptr<RatingsDataset> dataset;
  std::vector<std::string> users;  ///< in the order in which the file first names them
  std::vector<std::string> items;
};

/// `columns` are user, item and time: all names of the header, or all positions from 1 (then the
/// first row is a header if its time is none). Errors: path:line:column, found, expected.
Result<Interactions> read_interactions(const std::string& path,
                                       const std::array<std::string, 3>& columns,
                                       const Progress& progress);

}  // namespace macaw::datasets
