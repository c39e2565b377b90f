// SPDX-License-Identifier: MIT
//
// The three on-disk shapes of MovieLens. Input: a byte for the shape, the catalogue, "====\n", the
// ratings.

#include <string_view>
#include <utility>
#include <vector>

#include "datasets/loaded_ratings.h"
#include "datasets/movielens_files.h"
#include "fuzz_support.h"
#include "macaw/base/check.h"

namespace macaw::fuzz {
namespace {

void check_table(const datasets::LoadedRatings::Table& table,
                 const datasets::Catalogue& catalogue) {
  MACAW_CHECK(table.offsets.size() == table.users.size() + 1);
  MACAW_CHECK(table.offsets.front() == 0 && table.offsets.back() == table.ratings.size());
  for (size_t user = 0; user < table.users.size(); ++user) {
    MACAW_CHECK(user == 0 || table.users[user - 1] < table.users[user]);
    MACAW_CHECK(table.offsets[user] < table.offsets[user + 1]);
    for (uint64_t k = table.offsets[user]; k < table.offsets[user + 1]; ++k) {
      MACAW_CHECK(catalogue.contains(table.ratings[k].item));
      MACAW_CHECK(k == table.offsets[user] || table.ratings[k - 1].time <= table.ratings[k].time);
    }
  }
}

void check_histories(datasets::LoadedRatings::Table table) {
  const uint64_t ratings = table.ratings.size();
  const datasets::LoadedRatings loaded(std::move(table), {}, "fuzz", "fuzz");
  uint64_t sum = 0;
  std::vector<datasets::Rating> scratch;
  for (uint32_t k = 0; k < loaded.users(); ++k) {
    const auto history = loaded.history(k, scratch);
    MACAW_CHECK(history.user == loaded.user_id(k));
    MACAW_CHECK(history.ratings.size() == loaded.ratings_of(k));
    sum += history.ratings.size();
  }
  MACAW_CHECK(sum == ratings && loaded.ratings() == ratings);
}

void check_folder(datasets::Shape shape, std::string_view movies, std::string_view ratings) {
  const MemoryFile movies_file(movies);
  const auto catalogue = datasets::read_catalogue(movies_file.path(), shape);
  if (!catalogue.ok()) {
    const auto& message = catalogue.error().message();
    MACAW_CHECK(names_line(message, movies_file.path()), "{}", message);
    return;
  }
  MACAW_CHECK(!catalogue->ids().empty());
  for (const uint32_t id : catalogue->ids()) {
    MACAW_CHECK(catalogue->contains(id));
  }
  const MemoryFile ratings_file(ratings);
  auto found = datasets::read_ratings(ratings_file.path(), shape, *catalogue, nullptr);
  if (!found.ok()) {
    const auto& message = found.error().message();
    MACAW_CHECK(names_line(message, ratings_file.path()), "{}", message);
    return;
  }
  check_table(found->table, *catalogue);
  check_histories(std::move(found->table));
}

}  // namespace
}  // namespace macaw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  macaw::fuzz::FuzzInput input(data, size);
  const auto shape = macaw::datasets::kShapes[input.take_byte() % 3].shape;
  const std::string_view movies = input.take_until("====\n");
  if (macaw::fuzz::is_uncompressed(movies) && macaw::fuzz::is_uncompressed(input.rest())) {
    macaw::fuzz::check_folder(shape, movies, input.rest());
  }
  return 0;
}
