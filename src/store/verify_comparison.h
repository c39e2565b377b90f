// SPDX-License-Identifier: MIT
//
// Where the parts of `replay verify` put what they compared, and what did not agree. Knows no
// table. Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "database.h"
#include "macaw/store/run_reader.h"
#include "rows.h"

namespace macaw::store {

class VerifyComparison {
 public:
  void compare(const std::string& what, uint64_t stored, uint64_t computed);
  /// The values of a row, whose columns have these names.
  void compare_values(const std::string& what, const std::string_view* columns,
                      const std::vector<Value>& stored, const std::vector<Value>& computed);

  /// Something that is no value of a row was compared.
  void count_compared() { ++result_.values_compared; }

  void count_row() { ++result_.rows; }

  void differ(std::string difference);
  /// What cannot be checked.
  void note(const std::string& text);

  Verification take() { return std::move(result_); }

 private:
  Verification result_;
};

/// The sums of connections and streams once more from their rows. REQUIRES: the run has all of its
/// rows.
Status compare_transport(Database& database, int64_t run, VerifyComparison& comparison);
/// Without all rows: the streams of the endpoints must add up to those of all.
Status compare_stream_sums(RunReader& reader, int64_t run, VerifyComparison& comparison);

}  // namespace macaw::store
