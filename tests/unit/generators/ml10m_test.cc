// SPDX-License-Identifier: MIT
//
// What ml10m promises about its records, on the synthetic data.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "generated.h"
#include "macaw/base/hash.h"
#include "macaw/datasets/ratings.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

using replay::Format;
using replay::Record;
using test::Generated;
using test::is_action;
using test::is_click;
using test::number_in;
using test::run_generator;

std::string hash_of(const Generated& generated) {
  std::string text;
  for (const Record& record : generated.records) {
    text += record.time ? fmt::format("{} {} ", record.time->count(), record.user) : "";
    text += record.url + "\n";
  }
  return sha256_hex(text);
}

/// Each user's items in the order of the recommendations.
std::map<uint64_t, std::vector<uint64_t>> items_by_user(const Generated& generated) {
  std::map<uint64_t, std::vector<uint64_t>> items;
  for (const Record& record : generated.records) {
    if (!is_action(record)) {
      items[number_in(record.url, "user")].push_back(number_in(record.url, "item"));
    }
  }
  return items;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ml10m_test)

BOOST_AUTO_TEST_CASE(urls_are_seldons_byte_for_byte) {
  const test::TempDir folder;
  folder.write("ratings.dat", "7::318::5::978300760\n");
  folder.write("movies.dat", "318::A::B\n");
  const auto plain = run_generator(
      "ml10m",
      {{"users", "1"}, {"pairs", "1"}, {"--data", folder.path()}, {"--click-percent", "0"}});
  BOOST_TEST(plain.error == "");
  BOOST_REQUIRE(plain.records.size() == 2U);
  BOOST_TEST(plain.records[0].url ==
             "http://seldon-server/js/recommendations?consumer_key=jskey&user=7&item=318&limit=10&"
             "jsonpCallback=j");
  BOOST_TEST(plain.records[1].url ==
             "http://seldon-server/js/action/new?consumer_key=jskey&user=7&item=318&type=1&"
             "jsonpCallback=j");
  BOOST_TEST(plain.records[0].method == "GET");
  BOOST_TEST(!plain.records[0].time.has_value());
  BOOST_TEST(plain.summary == "1 user");
  const auto changed = run_generator("ml10m", {{"users", "1"},
                                               {"pairs", "1"},
                                               {"--data", folder.path()},
                                               {"--click-percent", "100"},
                                               {"--key", "K"},
                                               {"--endpoint", "[::1]:8080"},
                                               {"--limit", "4"}});
  BOOST_REQUIRE(changed.records.size() == 2U);
  BOOST_TEST(changed.records[0].url ==
             "http://[::1]:8080/js/recommendations?consumer_key=K&user=7&item=318&limit=4&"
             "jsonpCallback=j");
  BOOST_TEST(changed.records[1].url ==
             "http://[::1]:8080/js/action/new?consumer_key=K&user=7&item=318&type=1&rlabs=1&"
             "jsonpCallback=j");
}

BOOST_AUTO_TEST_CASE(every_user_appears_with_the_first_ratings_in_time_order) {
  const auto generated = run_generator("ml10m", {{"users", "500"}, {"pairs", "2500"}});
  BOOST_TEST(generated.records.size() == 5'000U);
  BOOST_TEST(generated.summary == "500 users");
  uint64_t misplaced = 0;
  for (size_t at = 0; at < generated.records.size(); at += 2) {
    const Record& first = generated.records[at];
    const Record& second = generated.records[at + 1];
    misplaced += is_action(first) || !is_action(second) ? 1U : 0U;
    misplaced += number_in(first.url, "user") != number_in(second.url, "user") ? 1U : 0U;
    misplaced += number_in(first.url, "item") != number_in(second.url, "item") ? 1U : 0U;
  }
  BOOST_TEST(misplaced == 0U);
  auto seen = items_by_user(generated);
  BOOST_TEST(seen.size() == 500U);
  const auto dataset = datasets::synthetic_ml10m();
  std::vector<datasets::Rating> scratch;
  uint64_t wrong = 0;
  for (uint32_t k = 0; k < dataset->users(); ++k) {
    const auto entry = seen.find(dataset->user_id(k));
    if (entry == seen.end()) {
      continue;
    }
    // 2500 pairs of 500 users are fewer than anyone's ratings, so nothing repeats; a history may
    // begin before the end of the span and go on at its beginning, so the order holds up to a
    // rotation.
    auto& items = entry->second;
    std::vector<uint64_t> expected;
    const auto history = dataset->history(k, scratch).ratings;
    for (size_t at = 0; at < items.size(); ++at) {
      expected.push_back(history[at % history.size()].item);
    }
    std::sort(items.begin(), items.end());
    std::sort(expected.begin(), expected.end());
    wrong += items != expected ? 1U : 0U;
  }
  BOOST_TEST(wrong == 0U);
}

BOOST_AUTO_TEST_CASE(users_interleave) {
  const auto generated = run_generator("ml10m", {{"users", "200"}, {"pairs", "10000"}});
  uint64_t changes = 0;
  for (size_t at = 2; at < generated.records.size(); at += 2) {
    changes += number_in(generated.records[at].url, "user") !=
                       number_in(generated.records[at - 2].url, "user")
                   ? 1U
                   : 0U;
  }
  // Bursts within a second stay together (about a third of all gaps are 0 s), the rest mixes.
  BOOST_TEST(changes > 5'000U);
}

BOOST_AUTO_TEST_CASE(clicks_have_their_share) {
  const auto generated = run_generator("ml10m", {{"users", "1000"}, {"pairs", "40000"}});
  const auto clicks = static_cast<uint64_t>(
      std::count_if(generated.records.begin(), generated.records.end(), is_click));
  // Binomial with n = 40000, p = 0.1: sd 60; five of them.
  BOOST_TEST(clicks > 3'700U);
  BOOST_TEST(clicks < 4'300U);
}

BOOST_AUTO_TEST_CASE(timed_records_are_sorted_and_actions_follow_within_ten_seconds) {
  const auto timed =
      run_generator("ml10m", {{"users", "300"}, {"pairs", "5000"}}, Format::kJsonLines);
  BOOST_TEST(timed.records.size() == 10'000U);
  std::map<std::pair<uint64_t, uint64_t>, std::vector<Nanos>> open;
  uint64_t wrong = 0;
  Nanos last{};
  for (const Record& record : timed.records) {
    BOOST_TEST_REQUIRE(record.time.has_value());
    wrong += *record.time < last ? 1U : 0U;
    last = *record.time;
    const uint64_t user = number_in(record.url, "user");
    wrong += record.user != std::to_string(user) ? 1U : 0U;
    auto& waiting = open[{user, number_in(record.url, "item")}];
    if (!is_action(record)) {
      waiting.push_back(*record.time);
      continue;
    }
    const auto recommendation = std::find_if(waiting.begin(), waiting.end(), [&](Nanos time) {
      return *record.time - time >= from_seconds(1) && *record.time - time <= from_seconds(10);
    });
    BOOST_TEST_REQUIRE((recommendation != waiting.end()));
    waiting.erase(recommendation);
  }
  BOOST_TEST(wrong == 0U);
  // One pair a second on average over the span.
  BOOST_TEST((last >= from_seconds(4'900) && last < from_seconds(5'010)));
  // The same pairs and clicks as in a URL list.
  const auto plain = run_generator("ml10m", {{"users", "300"}, {"pairs", "5000"}});
  std::multiset<std::string> timed_urls;
  std::multiset<std::string> plain_urls;
  for (size_t at = 0; at < timed.records.size(); ++at) {
    timed_urls.insert(timed.records[at].url);
    plain_urls.insert(plain.records[at].url);
  }
  BOOST_TEST((timed_urls == plain_urls));
}

BOOST_AUTO_TEST_CASE(uniform_covers_users_and_catalogue) {
  const auto generated =
      run_generator("ml10m", {{"users", "50"}, {"pairs", "20000"}, {"--users-model", "uniform"}});
  std::map<uint64_t, uint64_t> users;
  std::set<uint64_t> items;
  for (const Record& record : generated.records) {
    ++users[number_in(record.url, "user")];
    items.insert(number_in(record.url, "item"));
  }
  BOOST_TEST(users.size() == 50U);
  BOOST_TEST(users.begin()->first == 1U);
  BOOST_TEST(users.rbegin()->first == 50U);
  for (const auto& [user, lines] : users) {
    // 400 pairs each, sd 19.8; five of them.
    BOOST_TEST(lines > 600U);
    BOOST_TEST(lines < 1'000U);
  }
  const auto dataset = datasets::synthetic_ml10m();
  // 10681 (1 - exp(-20000 / 10681)) = 9039 different ones are expected, sd below 40.
  BOOST_TEST(items.size() > 8'840U);
  BOOST_TEST(items.size() < 9'240U);
  BOOST_TEST(
      std::includes(dataset->items().begin(), dataset->items().end(), items.begin(), items.end()));
  BOOST_TEST(generated.summary == "up to 50 users");
}

BOOST_AUTO_TEST_CASE(items_file_restricts_both_models) {
  const test::TempDir folder;
  const std::string text_items =
      folder.write("text.json", "{\"list\":[{\"id\":\"a\",\"type\":1},{\"id\":\"b\",\"type\":1}]}");
  const auto uniform = run_generator(
      "ml10m",
      {{"users", "5"}, {"pairs", "50"}, {"--users-model", "uniform"}, {"--items", text_items}});
  std::set<std::string> seen;
  for (const Record& record : uniform.records) {
    const size_t at = record.url.find("&item=") + 6;
    seen.insert(record.url.substr(at, record.url.find('&', at) - at));
  }
  BOOST_TEST((seen == std::set<std::string>{"a", "b"}));
  BOOST_TEST(uniform.provenance.get("items") == sha256_hex("a\nb\n"));
  const std::string movies = folder.write(
      "movies.json", "j({\"list\":[{\"id\":\"296\",\"type\":1},{\"id\":\"01\",\"type\":1}]})");
  const auto history =
      run_generator("ml10m", {{"users", "5"}, {"pairs", "50"}, {"--items", movies}});
  BOOST_TEST(history.error == "");
  BOOST_TEST(history.records.size() == 100U);
  for (const Record& record : history.records) {
    BOOST_TEST_REQUIRE(number_in(record.url, "item") == 296U);
  }
  const auto none =
      run_generator("ml10m", {{"users", "5"}, {"pairs", "50"}, {"--items", text_items}});
  BOOST_TEST(none.error == "--items: none of the 2 items of " + text_items +
                               " is a movie id, expected ids of the synthetic profile of MovieLens "
                               "10M");
}

BOOST_AUTO_TEST_CASE(provenance_says_where_it_comes_from) {
  const auto generated = run_generator(
      "ml10m", {{"users", "10"}, {"pairs", "20"}, {"--seed", "5"}, {"--click-percent", "12.5"}});
  std::string text;
  for (const auto& [key, value] : generated.provenance.fields) {
    text += key + "=" + value + ";";
  }
  BOOST_TEST(text ==
             "generator=ml10m;users=10;calls=20;seed=5;dataset=synthetic-ml10m-1;model=history;"
             "clicks=12.5;");
}

BOOST_AUTO_TEST_CASE(says_what_it_does_without_data_and_warns_of_few_pairs) {
  const auto generated = run_generator("ml10m", {{"users", "10"}, {"pairs", "4"}});
  BOOST_REQUIRE(generated.notes.size() == 2U);
  BOOST_TEST(generated.notes[0] ==
             "found no MovieLens 10M in $MACAW_DATA (not set) or datasets/, so this uses the "
             "synthetic profile of MovieLens 10M (see --data)");
  BOOST_TEST(generated.notes[1] ==
             "warning: fewer pairs (4) than users (10): only the first ones drawn appear, with a "
             "pair each");
  BOOST_TEST(generated.summary == "4 users");
  BOOST_TEST(items_by_user(generated).size() == 4U);
}

BOOST_AUTO_TEST_CASE(the_same_input_gives_the_same_records) {
  // These values hold on every machine. A change of any is a change of what people's files contain.
  const auto hash = [](test::NamedValues values, Format format) {
    return hash_of(run_generator("ml10m", values, format));
  };
  const test::NamedValues history{{"users", "100"}, {"pairs", "1000"}};
  const test::NamedValues uniform{
      {"users", "100"}, {"pairs", "1000"}, {"--users-model", "uniform"}};
  const test::NamedValues other_seed{{"users", "100"}, {"pairs", "1000"}, {"--seed", "2"}};
  BOOST_TEST(hash(history, Format::kUrlList) ==
             "2ab5a4c674704be00c726a2d536d1a29808e3c896f3b16c1b1151aa951a97866");
  BOOST_TEST(hash(history, Format::kJsonLines) ==
             "a74066172751b68ba9da813cbec7f95597887dc162fea8e91e6a4c51a69ea986");
  BOOST_TEST(hash(uniform, Format::kUrlList) ==
             "3d722d6059e3ba7ea4b3a7822c99d3cf50e5e5cb5fec6bc95d3023854fcd0ce2");
  BOOST_TEST(hash(uniform, Format::kJsonLines) ==
             "d5d5928f34365e8d3bff3ef2311d01c01bbedc12d04799baa50e0010690494ad");
  BOOST_TEST(hash(other_seed, Format::kUrlList) ==
             "0cef02e645afa9d125b9c3b41f90c1b26e4c72b62ac30dfb000b6404bd597455");
  BOOST_TEST(hash({{"users", "10000"}, {"pairs", "50000"}}, Format::kUrlList) ==
             "a74ecb30f62c82eb09c7ea0e76c089fdeca5e6e89d83a44774793789e3614cb7");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
