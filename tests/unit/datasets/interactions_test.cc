// SPDX-License-Identifier: MIT
#include "macaw/datasets/interactions.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "../../../datasets/time_text.h"
#include "dataset_text.h"
#include "macaw/base/hash.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

using datasets::TimeForm;

/// "user: item@time item@time" a line, with names; or the error without the file's name.
std::string interactions_text(const std::string& bytes,
                              const std::array<std::string, 3>& columns = {"user", "item",
                                                                           "time"}) {
  const test::TempDir folder;
  const auto found = datasets::read_interactions(folder.write("in.csv", bytes), columns, nullptr);
  if (!found) {
    return test::without_folder(found.error().message(), folder);
  }
  BOOST_TEST(found->dataset->identity() == sha256_hex(bytes));
  std::string text;
  std::vector<datasets::Rating> scratch;
  for (uint32_t k = 0; k < found->dataset->users(); ++k) {
    const auto history = found->dataset->history(k, scratch);
    text += found->users[history.user] + ":";
    for (const auto& rating : history.ratings) {
      text += fmt::format(" {}@{}", found->items[rating.item], rating.time);
    }
    text += "\n";
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(interactions_test)

BOOST_AUTO_TEST_CASE(groups_by_user_and_sorts_by_time) {
  BOOST_TEST(
      interactions_text("time,user,item,x\n30,bob,a,\n20,eve,b,\n10,bob,\"c,d\",\n30,bob,a,\n") ==
      "bob: c,d@10 a@30 a@30\neve: b@20\n");
  BOOST_TEST(interactions_text("bob,a,30\neve,b,20\n", {"1", "2", "3"}) ==
             "bob: a@30\neve: b@20\n");
  BOOST_TEST(interactions_text("who,what,when\nbob,a,30\n", {"1", "2", "3"}) == "bob: a@30\n");
}

BOOST_AUTO_TEST_CASE(says_where_a_row_is_wrong) {
  BOOST_TEST(interactions_text("user,item\na,b\n") ==
             "DIR/in.csv:1:1: found no column 'time', expected one of 'user', 'item'");
  BOOST_TEST(interactions_text("user,item,time\n,b,1\n") ==
             "DIR/in.csv:2:1: found nothing, expected a user");
  BOOST_TEST(interactions_text("user,item,time\na,,1\n") ==
             "DIR/in.csv:2:3: found nothing, expected an item");
  BOOST_TEST(interactions_text("user,item,time\na,b,noon\n") ==
             "DIR/in.csv:2:5: found 'noon', expected a Unix time or one such as "
             "2026-01-31T12:00:00Z, from 1970 to 2106");
  BOOST_TEST(interactions_text("user,item,time\na,b,10\na,c,2026-01-31 12:00:00\n")
                 .starts_with("DIR/in.csv:3:5: found '2026-01-31 12:00:00', expected a Unix time"));
  BOOST_TEST(interactions_text("user,item,time\n") ==
             "DIR/in.csv:1: found no row, expected at least one interaction");
}

BOOST_AUTO_TEST_CASE(knows_the_forms_of_time) {
  const auto time = [](const std::string& text) -> int64_t {
    const auto form = datasets::time_form_of(text);
    const auto seconds = form ? datasets::parse_whole_seconds(text, *form) : std::nullopt;
    return seconds ? int64_t{*seconds} : -1;
  };
  BOOST_TEST(time("0") == 0);
  BOOST_TEST(time("964982703") == 964'982'703);
  BOOST_TEST(time("1761912000.75") == 1'761'912'000);
  BOOST_TEST(time("1761912000123") == 1'761'912'000);
  BOOST_TEST(time("1761912000123456") == 1'761'912'000);
  BOOST_TEST(time("1761912000123456789") == 1'761'912'000);
  BOOST_TEST(time("1970-01-01T00:00:00Z") == 0);
  BOOST_TEST(time("2025-10-31T12:00:00Z") == 1'761'912'000);
  BOOST_TEST(time("2025-10-31 12:00:00") == 1'761'912'000);
  BOOST_TEST(time("2025-10-31 13:30:00.5+01:30") == 1'761'912'000);
  BOOST_TEST(time("2025-10-31T07:00:00-0500") == 1'761'912'000);
  BOOST_TEST(time("2024-02-29T00:00:00Z") == 1'709'164'800);
  for (const std::string bad :
       {"", "-1", "1.", ".5", "1e9", "abc", "2025-13-01T00:00:00Z", "2025-02-29T00:00:00Z",
        "2025-10-31", "2025-10-31T25:00:00Z", "2025-10-31T12:00:00X", "2025-10-31T12:00:00+1",
        "1969-12-31T23:59:59Z", "2107-01-01T00:00:00Z", "99999999999", "12345678901234567890"}) {
    BOOST_TEST(time(bad) == -1, bad);
  }
  // A file keeps to the form of its first time.
  BOOST_TEST(!datasets::parse_whole_seconds("1761912000123", TimeForm::kSeconds).has_value());
  BOOST_TEST(*datasets::parse_whole_seconds("5", TimeForm::kMillis) == 0U);
}

BOOST_AUTO_TEST_CASE(reads_real_ratings) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* data = std::getenv("MACAW_TEST_DATA");
  const std::string path =
      std::string(data == nullptr ? "" : data) + "/ml-latest-small/ratings.csv";
  if (!std::filesystem::exists(path)) {
    BOOST_TEST_MESSAGE("SKIPPED: no ml-latest-small in $MACAW_TEST_DATA");
    return;
  }
  const auto found = datasets::read_interactions(path, {"userId", "movieId", "timestamp"}, nullptr);
  BOOST_REQUIRE_MESSAGE(found.ok(), (found.ok() ? "" : found.error().message()));
  BOOST_TEST(found->dataset->users() == 610U);
  BOOST_TEST(found->dataset->ratings() == 100'836U);
  BOOST_TEST(found->items.size() == 9'724U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
