// SPDX-License-Identifier: MIT
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "generated.h"
#include "macaw/base/hash.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

using replay::Format;
using test::run_generator;

const std::string kClicks =
    "at,visitor,product\n"
    "2026-01-31T12:00:10Z,J\xc3\xbcrgen,tea/pot\n"
    "2026-01-31T12:00:00Z,J\xc3\xbcrgen,a&b\n"
    "2026-01-31T12:00:05Z,eve,a&b\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(recommend_test)

BOOST_AUTO_TEST_CASE(names_go_percent_encoded_into_the_urls) {
  const test::TempDir folder;
  const std::string file = folder.write("clicks.csv", kClicks);
  const auto made = run_generator("recommend",
                                  {{"users", "2"},
                                   {"pairs", "3"},
                                   {"--data", file},
                                   {"--columns", "visitor,product,at"},
                                   {"--click-percent", "0"}},
                                  Format::kJsonLines);
  BOOST_TEST(made.error == "");
  BOOST_REQUIRE(made.records.size() == 6U);
  std::vector<std::string> urls;
  std::set<std::string> users;
  for (const auto& record : made.records) {
    BOOST_TEST(record.time.has_value());
    users.insert(record.user);
    urls.push_back(record.url);
  }
  std::sort(urls.begin(), urls.end());
  const auto action = [](const std::string& user, const std::string& item) {
    return "http://seldon-server/js/action/new?consumer_key=jskey&user=" + user + "&item=" + item +
           "&type=1&jsonpCallback=j";
  };
  const auto recommendation = [](const std::string& user, const std::string& item) {
    return "http://seldon-server/js/recommendations?consumer_key=jskey&user=" + user +
           "&item=" + item + "&limit=10&jsonpCallback=j";
  };
  const std::vector<std::string> expected{
      action("J%C3%BCrgen", "a%26b"),
      action("J%C3%BCrgen", "tea%2Fpot"),
      action("eve", "a%26b"),
      recommendation("J%C3%BCrgen", "a%26b"),
      recommendation("J%C3%BCrgen", "tea%2Fpot"),
      recommendation("eve", "a%26b"),
  };
  BOOST_TEST(urls == expected, boost::test_tools::per_element());
  BOOST_TEST(users == (std::set<std::string>{"J%C3%BCrgen", "eve"}),
             boost::test_tools::per_element());
  BOOST_TEST(made.provenance.get("dataset") == sha256_hex(kClicks));
  BOOST_TEST(made.summary == "2 users");
}

BOOST_AUTO_TEST_CASE(urls_of_another_service) {
  const test::TempDir folder;
  const std::string file = folder.write("clicks.csv", "user,item,time\nu,i,1\n");
  const auto run = [&](const std::string& clicks) {
    const auto made =
        run_generator("recommend", {{"users", "1"},
                                    {"pairs", "1"},
                                    {"--data", file},
                                    {"--endpoint", "rec:8080"},
                                    {"--click-percent", clicks},
                                    {"--limit", "5"},
                                    {"--path", "/u/{user}/next?after={item}&n={limit}"},
                                    {"--action-path", "/event/{item}/{user}?k={key}{click}"}});
    BOOST_TEST(made.error == "");
    BOOST_REQUIRE(made.records.size() == 2U);
    return made.records[0].url + " " + made.records[1].url;
  };
  BOOST_TEST(run("0") == "http://rec:8080/u/u/next?after=i&n=5 http://rec:8080/event/i/u?k=jskey");
  BOOST_TEST(run("100") ==
             "http://rec:8080/u/u/next?after=i&n=5 http://rec:8080/event/i/u?k=jskey&rlabs=1");
}

BOOST_AUTO_TEST_CASE(without_data_it_is_ml10m) {
  for (const Format format : {Format::kUrlList, Format::kJsonLines}) {
    const auto made = run_generator("recommend", {{"users", "20"}, {"pairs", "200"}}, format);
    const auto ml10m = run_generator("ml10m", {{"users", "20"}, {"pairs", "200"}}, format);
    BOOST_TEST(made.error == "");
    BOOST_TEST(made.records.size() == 400U);
    BOOST_TEST((made.records == ml10m.records));
  }
}

BOOST_AUTO_TEST_CASE(uniform_draws_names) {
  const test::TempDir folder;
  const std::string file =
      folder.write("clicks.csv", "user,item,time\nu1,i1,1\nu2,i2,2\nu3,i3,3\n");
  const auto made = run_generator(
      "recommend",
      {{"users", "2"}, {"pairs", "200"}, {"--data", file}, {"--users-model", "uniform"}});
  BOOST_TEST(made.error == "");
  std::set<std::string> users;
  std::set<std::string> items;
  for (const auto& record : made.records) {
    const size_t user = record.url.find("&user=") + 6;
    const size_t item = record.url.find("&item=") + 6;
    users.insert(record.url.substr(user, 2));
    items.insert(record.url.substr(item, 2));
  }
  BOOST_TEST(users == (std::set<std::string>{"u1", "u2"}), boost::test_tools::per_element());
  BOOST_TEST(items == (std::set<std::string>{"i1", "i2", "i3"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(real_ratings_give_the_same_calls_as_ml10m) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* data = std::getenv("MACAW_TEST_DATA");
  const std::string folder = std::string(data == nullptr ? "" : data) + "/ml-latest-small";
  if (!std::filesystem::exists(folder)) {
    BOOST_TEST_MESSAGE("SKIPPED: no ml-latest-small in $MACAW_TEST_DATA");
    return;
  }
  // Users of that file come in ascending order, so both number them alike.
  const auto made = run_generator("recommend", {{"users", "610"},
                                                {"pairs", "5000"},
                                                {"--data", folder + "/ratings.csv"},
                                                {"--columns", "userId,movieId,timestamp"}});
  const auto ml10m =
      run_generator("ml10m", {{"users", "610"}, {"pairs", "5000"}, {"--data", folder}});
  BOOST_TEST(made.error == "");
  BOOST_TEST(made.records.size() == 10'000U);
  BOOST_TEST((made.records == ml10m.records));
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
  const test::TempDir folder;
  const std::string file = folder.write("clicks.csv", "user,item,time\nu1,i1,1\n");
  const auto error = [&](const std::string& name, const std::string& value) {
    return run_generator("recommend",
                         {{"users", "1"}, {"pairs", "2"}, {"--data", file}, {name, value}})
        .error;
  };
  BOOST_TEST(error("--columns", "user,item") ==
             "--columns: found 'user,item', expected three: user, item, time");
  BOOST_TEST(error("--columns", "user,item,at") ==
             file + ":1:1: found no column 'at', expected one of 'user', 'item', 'time'");
  BOOST_TEST(error("--path", "/{user}/{nobody}") ==
             "--path: found a brace in '/{user}/{nobody}', expected {user}, {item}, {key} or "
             "{limit}");
  BOOST_TEST(error("--action-path", "x").starts_with("--action-path: found 'x', expected a path"));
  BOOST_TEST(error("users", "2") ==
             "users: found 2, expected at most 1, the users of the 1 "
             "interactions by 1 users (" +
                 file + ")");
  const auto uniform = run_generator(
      "recommend",
      {{"users", "2"}, {"pairs", "2"}, {"--data", file}, {"--users-model", "uniform"}});
  BOOST_TEST(uniform.error ==
             "users: found 2, expected at most 1, the users of the 1 interactions "
             "by 1 users (" +
                 file + ")");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
