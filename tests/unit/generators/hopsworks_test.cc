// SPDX-License-Identifier: MIT
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "generated.h"
#include "macaw/base/hash.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

using replay::Format;
using test::run_generator;

/// n lines "4000000000000000" and up, below a header.
std::string cards(uint64_t count) {
  std::string text = "day,cc_num,amount\n";
  for (uint64_t k = 0; k < count; ++k) {
    text += "2025-06-25," + std::to_string(4'000'000'000'000'000 + k) + ",1.5\n";
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hopsworks_test)

BOOST_AUTO_TEST_CASE(the_built_in_batch_is_765_bytes_and_always_the_same) {
  const auto made = run_generator("hopsworks", {{"requests", "3"}}, Format::kJsonLines);
  BOOST_TEST(made.error == "");
  BOOST_REQUIRE(made.records.size() == 3U);
  const replay::Record& first = made.records[0];
  BOOST_TEST(first.method == "POST");
  BOOST_TEST(first.url == "http://istio-ingressgateway/v1/models/deploymentasyncrdrs:predict");
  const std::vector<replay::Header> headers{{"Host", "deploymentasyncrdrs.test.hopsworks.ai"},
                                            {"Authorization", "ApiKey apikey"},
                                            {"Accept-Encoding", "gzip, deflate"},
                                            {"Content-Type", "application/json"},
                                            {"Accept", "application/json"}};
  BOOST_TEST((first.headers == headers));
  BOOST_TEST(first.body.size() == 765U);
  BOOST_TEST(first.body.starts_with("{\"instances\": [{\"cc_num\": 4904751745359601}, "));
  BOOST_TEST(first.body.ends_with("{\"cc_num\": 4821815681213674}]}"));
  BOOST_TEST((made.records[1] == first));
  BOOST_TEST((made.records[2] == first));
  BOOST_TEST(made.summary == "25 instances each");
  BOOST_TEST(made.provenance.get("dataset") == "builtin-cards-1");
  BOOST_TEST(made.notes.size() == 1U);
  const auto other =
      run_generator("hopsworks", {{"requests", "1"}, {"--seed", "9"}}, Format::kJsonLines);
  BOOST_TEST(other.records[0].body == first.body);
  const auto compact =
      run_generator("hopsworks", {{"requests", "1"}, {"--layout", "compact"}}, Format::kJsonLines);
  BOOST_TEST(compact.records[0].body.size() == 715U);
  BOOST_TEST(compact.records[0].body.starts_with("{\"instances\":[{\"cc_num\":4904751745359601},"));
}

BOOST_AUTO_TEST_CASE(a_batch_in_the_files_order_is_the_files) {
  const test::TempDir folder;
  const std::string file = folder.write("keys.csv", "cc_num\n11\n22\n33\n");
  const auto made = run_generator(
      "hopsworks", {{"requests", "3"}, {"--data", file}, {"--draw", "order"}, {"--batch", "2"}},
      Format::kJsonLines);
  BOOST_REQUIRE(made.records.size() == 3U);
  BOOST_TEST(made.records[0].body == "{\"instances\": [{\"cc_num\": 11}, {\"cc_num\": 22}]}");
  BOOST_TEST(made.records[1].body == "{\"instances\": [{\"cc_num\": 33}, {\"cc_num\": 11}]}");
  BOOST_TEST(made.provenance.get("dataset") == sha256_hex("cc_num\n11\n22\n33\n"));
}

BOOST_AUTO_TEST_CASE(batches_by_lot_are_distinct_keys_of_the_file_and_follow_the_seed) {
  const test::TempDir folder;
  const std::string file = folder.write("cards.csv", cards(60));
  const auto run = [&](const std::string& seed) {
    return run_generator("hopsworks", {{"requests", "200"}, {"--data", file}, {"--seed", seed}},
                         Format::kJsonLines);
  };
  const auto made = run("1");
  BOOST_TEST(made.error == "");
  std::set<std::string> all;
  std::set<std::string> bodies;
  for (const auto& record : made.records) {
    BOOST_TEST(record.body.size() == 765U);
    bodies.insert(record.body);
    std::set<std::string> keys;
    for (size_t at = record.body.find("num\": "); at != std::string::npos;
         at = record.body.find("num\": ", at + 1)) {
      keys.insert(record.body.substr(at + 6, 16));
    }
    BOOST_TEST(keys.size() == 25U);
    all.insert(keys.begin(), keys.end());
  }
  BOOST_TEST(all.size() == 60U);
  BOOST_TEST(bodies.size() == 200U);
  BOOST_TEST((run("1").records == made.records));
  BOOST_TEST((run("2").records != made.records));
  std::string text;
  for (const auto& record : made.records) {
    text += record.body + "\n";
  }
  BOOST_TEST(sha256_hex(text) ==
             "58e7b06295d135eafa532295718613114bf11e6099d34829b619fc2b90eb2bf9");
}

BOOST_AUTO_TEST_CASE(text_keys_several_fields_and_path_routing) {
  const test::TempDir folder;
  const std::string file = folder.write("keys.csv", "user,n\n\"a \"\"q\"\"\",1\n");
  const auto made = run_generator("hopsworks",
                                  {{"requests", "1"},
                                   {"--data", file},
                                   {"--fields", "n,user"},
                                   {"--key-type", "text"},
                                   {"--batch", "1"},
                                   {"--routing", "path"},
                                   {"--project", "p1"},
                                   {"--deployment", "fraud"},
                                   {"--endpoint", "10.0.0.1:8080"},
                                   {"--api-key", ""}},
                                  Format::kJsonLines);
  BOOST_TEST(made.error == "");
  BOOST_REQUIRE(made.records.size() == 1U);
  BOOST_TEST(made.records[0].url == "http://10.0.0.1:8080/v1/p1/fraud:predict");
  BOOST_TEST(made.records[0].body ==
             "{\"instances\": [{\"n\": \"1\", \"user\": \"a \\\"q\\\"\"}]}");
  BOOST_TEST(made.records[0].headers.size() == 3U);
  BOOST_TEST(made.provenance.get("fields") == "n,user");
}

BOOST_AUTO_TEST_CASE(names_what_is_wrong) {
  const test::TempDir folder;
  const std::string file = folder.write("cards.csv", cards(3));
  const auto error = [&](const std::string& name, const std::string& value) {
    const auto made = run_generator(
        "hopsworks", {{"requests", "1"}, {"--data", file}, {"--batch", "2"}, {name, value}},
        Format::kJsonLines);
    return made.error;
  };
  BOOST_TEST(error("--batch", "4") ==
             "--batch: found 4, expected at most 3, the rows of " + file + " (or --draw order)");
  BOOST_TEST(error("--batch", "0") == "--batch: found 0, expected 1 to 1000000");
  BOOST_TEST(error("--fields", "a,a") ==
             "--fields: found 'a,a', expected names with ',' between them, each once");
  BOOST_TEST(error("--fields", "amount") ==
             file + ":2:29: found '1.5' for 'amount', expected an integer such as 42");
  BOOST_TEST(error("--deployment", "a/b") ==
             "--deployment: found 'a/b', expected letters, digits, '-', '_' and '.'");
  BOOST_TEST(error("--api-key", "a b") ==
             "--api-key: found a blank or a character beyond ASCII, expected a header's word");
  BOOST_TEST(error("--draw", "x") == "--draw: found 'x', expected random or order");
  BOOST_TEST(error("--routing", "x") == "--routing: found 'x', expected host or path");
  BOOST_TEST(error("--layout", "x") == "--layout: found 'x', expected python or compact");
  BOOST_TEST(error("--key-type", "x") == "--key-type: found 'x', expected integer or text");
  BOOST_TEST(run_generator("hopsworks",
                           {{"requests", "1"}, {"--fields", "id"}, {"--key-type", "text"}},
                           Format::kJsonLines)
                 .error.starts_with("--data: found none, expected a CSV file"));
  BOOST_TEST(run_generator("hopsworks", {{"requests", "1"}}).error ==
             "output: found a URL list, expected JSON lines (a name that ends in .jsonl, or "
             "--format jsonl): these requests have bodies");
  const std::string latin = folder.write("latin.csv", "k,z\n\xe9,1\n");
  BOOST_TEST(run_generator("hopsworks",
                           {{"requests", "1"},
                            {"--data", latin},
                            {"--fields", "k"},
                            {"--batch", "1"},
                            {"--key-type", "text"}},
                           Format::kJsonLines)
                 .error ==
             latin + ": found bytes that are not UTF-8 in row 1, expected text as JSON holds it");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
