// SPDX-License-Identifier: MIT
//
// Interactions out of CSV, and the forms of time. Input: a byte that chooses the columns, the file.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/time_text.h"
#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/datasets/interactions.h"

namespace macaw::fuzz {
namespace {

void check_interactions(const datasets::Interactions& found) {
  MACAW_CHECK(found.dataset->users() == found.users.size());
  uint64_t sum = 0;
  std::vector<datasets::Rating> scratch;
  for (uint32_t k = 0; k < found.dataset->users(); ++k) {
    const auto history = found.dataset->history(k, scratch);
    MACAW_CHECK(history.user < found.users.size() && !found.users[history.user].empty());
    int64_t last = 0;
    for (const auto& rating : history.ratings) {
      MACAW_CHECK(rating.item < found.items.size() && rating.time >= last);
      last = rating.time;
    }
    sum += history.ratings.size();
  }
  MACAW_CHECK(sum > 0 && sum == found.dataset->ratings());
}

}  // namespace
}  // namespace macaw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  macaw::fuzz::FuzzInput input(data, size);
  const bool named = input.take_byte() % 2 == 0;
  const std::string_view bytes = input.rest();
  if (const auto form = macaw::datasets::time_form_of(bytes);
      form && *form != macaw::datasets::TimeForm::kSeconds) {
    static_cast<void>(macaw::datasets::parse_whole_seconds(bytes, *form));
  }
  if (!macaw::fuzz::is_uncompressed(bytes)) {
    return 0;
  }
  const macaw::fuzz::MemoryFile file(bytes);
  const auto found = macaw::datasets::read_interactions(
      file.path(),
      named ? std::array<std::string, 3>{"u", "i", "t"} : std::array<std::string, 3>{"1", "2", "3"},
      nullptr);
  if (found.ok()) {
    macaw::fuzz::check_interactions(*found);
  } else {
    MACAW_CHECK(macaw::fuzz::names_line(found.error().message(), file.path()), "{}",
                found.error().message());
  }
  return 0;
}
