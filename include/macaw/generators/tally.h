// SPDX-License-Identifier: MIT
//
// Counts what could not be used, was left out or was changed, by reason, with the first example of
// each: a file of ten million lines must not give as many messages. Thread: one object belongs to
// one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace macaw::generators {

struct TallyRow {
  std::string reason;
  uint64_t count = 0;
  /// Where the first one stood, from 1; a column of 0 is unknown.
  uint64_t line = 0;
  uint64_t column = 0;
  /// What was found there; may be empty.
  std::string detail;
};

class Tally {
 public:
  /// Beyond 50 different reasons, the rest is one: "other reasons".
  void add(std::string_view reason, uint64_t line, uint64_t column, std::string_view detail = {});

  uint64_t total() const { return total_; }

  /// In order of first appearance.
  const std::vector<TallyRow>& rows() const { return rows_; }

 private:
  std::vector<TallyRow> rows_;
  std::map<std::string, size_t, std::less<>> index_;
  uint64_t total_ = 0;
};

}  // namespace macaw::generators
