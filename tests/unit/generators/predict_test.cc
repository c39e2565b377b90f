// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
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

/// Two rows under a header, in order, in the form.
test::Generated two_rows(const std::string& form, const std::string& batch) {
  const test::TempDir folder;
  const std::string file = folder.write("rows.csv", "a,\"b c\"\n1.0,2.50\n-3,4e2\n");
  return run_generator("predict",
                       {{"requests", "1"},
                        {"--data", file},
                        {"--draw", "order"},
                        {"--form", form},
                        {"--batch", batch}},
                       Format::kJsonLines);
}

std::string body_of(const std::string& form, const std::string& batch) {
  const auto made = two_rows(form, batch);
  BOOST_TEST(made.error == "");
  BOOST_REQUIRE(made.records.size() == 1U);
  BOOST_TEST(made.records[0].method == "POST");
  BOOST_TEST((made.records[0].headers ==
              std::vector<replay::Header>{{"Content-Type", "application/json"}}));
  return made.records[0].body;
}

std::string url_of(const std::string& form) {
  const auto made = two_rows(form, "1");
  BOOST_REQUIRE(made.records.size() == 1U);
  return made.records[0].url;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(predict_test)

BOOST_AUTO_TEST_CASE(bodies_are_those_of_the_services) {
  BOOST_TEST(body_of("ndarray", "2") == R"({"data":{"ndarray":[[1.0,2.50],[-3,4e2]]}})");
  BOOST_TEST(body_of("names", "2") ==
             R"({"data":{"names":["a","b c"],"ndarray":[[1.0,2.50],[-3,4e2]]}})");
  BOOST_TEST(body_of("tensor", "1") ==
             R"({"data":{"tensor":{"shape":[1,2],"values":[1.0,2.50]}}})");
  BOOST_TEST(body_of("tensor", "2") ==
             R"({"data":{"tensor":{"shape":[2,2],"values":[1.0,2.50,-3,4e2]}}})");
  BOOST_TEST(body_of("tensorflow", "2") == R"({"instances":[[1.0,2.50],[-3,4e2]]})");
  BOOST_TEST(body_of("v2", "2") ==
             R"({"inputs":[{"name":"input-0","datatype":"FP32","shape":[2,2],)"
             R"("data":[1.0,2.50,-3,4e2]}]})");
}

BOOST_AUTO_TEST_CASE(paths_are_those_of_the_services) {
  BOOST_TEST(url_of("ndarray") == "http://seldon-server/api/v1.0/predictions");
  BOOST_TEST(url_of("tensorflow") == "http://seldon-server/v1/models/iris:predict");
  BOOST_TEST(url_of("v2") == "http://seldon-server/v2/models/iris/infer");
  const auto ingress = run_generator("predict",
                                     {{"requests", "1"},
                                      {"--form", "tensor"},
                                      {"--endpoint", "10.0.0.1:8003"},
                                      {"--path", "/seldon/ns/iris/api/v1.0/predictions"}},
                                     Format::kJsonLines);
  BOOST_REQUIRE(ingress.records.size() == 1U);
  BOOST_TEST(ingress.records[0].url == "http://10.0.0.1:8003/seldon/ns/iris/api/v1.0/predictions");
}

BOOST_AUTO_TEST_CASE(js_is_seldons_replay_line) {
  const auto made = two_rows("js", "1");
  BOOST_REQUIRE(made.records.size() == 1U);
  BOOST_TEST(made.records[0].method == "GET");
  BOOST_TEST(made.records[0].headers.empty());
  BOOST_TEST(made.records[0].url ==
             "http://seldon-server/js/predict?json=%7B%22a%22%3A+1.0%2C+%22b+c%22%3A+2.50%7D&"
             "consumer_key=jskey&jsonpCallback=j");
}

BOOST_AUTO_TEST_CASE(the_iris_preset_draws_four_numbers_between_0_and_5) {
  const auto made = run_generator("predict", {{"requests", "2000"}, {"--decimals", "1"}});
  BOOST_TEST(made.error == "");
  BOOST_REQUIRE(made.records.size() == 2'000U);
  BOOST_TEST(made.provenance.get("dataset") == "preset-iris-1");
  BOOST_TEST(made.summary == "1 instance of 4 values each");
  std::set<std::string> first_values;
  for (const auto& record : made.records) {
    const std::string head = "http://seldon-server/js/predict?json=%7B%22f1%22%3A+";
    BOOST_REQUIRE(record.url.starts_with(head));
    first_values.insert(record.url.substr(head.size(), record.url.find("%2C") - head.size()));
  }
  // 0.0, 0.1, ..., 5.0
  BOOST_TEST(first_values.size() == 51U);
  BOOST_TEST(*first_values.begin() == "0.0");
  BOOST_TEST(*first_values.rbegin() == "5.0");
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_bytes) {
  const auto run = [](const std::string& seed) {
    std::string text;
    for (const auto& record :
         run_generator("predict", {{"requests", "500"}, {"--seed", seed}}).records) {
      text += record.url + "\n";
    }
    return sha256_hex(text);
  };
  BOOST_TEST(run("1") == "316dd0785bdbee5213a420f82f65eacb66a9a0959566783a5408f0fbd46c3031");
  BOOST_TEST(run("2") != run("1"));
}

BOOST_AUTO_TEST_CASE(features_as_seldons_script_takes_them) {
  const std::string json = R"({"name":"x","type":"numeric","min":2,"max":2} )"
                           R"([{"name":"y","type":"numeric","min":-1,"max":-1}])";
  const test::TempDir folder;
  const std::string file = folder.write("features.json", json);
  const auto made = run_generator("predict", {{"requests", "1"}, {"--features", json}});
  BOOST_TEST(made.error == "");
  BOOST_REQUIRE(made.records.size() == 1U);
  BOOST_TEST(made.records[0].url.find("json=%7B%22x%22%3A+2.0%2C+%22y%22%3A+-1.0%7D&") !=
             std::string::npos);
  const auto from_file = run_generator("predict", {{"requests", "1"}, {"--features", file}});
  BOOST_TEST((from_file.records == made.records));
  BOOST_TEST(from_file.provenance.get("dataset") == made.provenance.get("dataset"));
  BOOST_TEST(made.provenance.get("dataset").size() == 64U);
}

BOOST_AUTO_TEST_CASE(names_what_is_wrong) {
  const auto error = [](const std::string& name, const std::string& value) {
    return run_generator("predict", {{"requests", "1"}, {name, value}}).error;
  };
  BOOST_TEST(error("--form", "xml") ==
             "--form: found 'xml', expected js, ndarray, names, tensor, tensorflow or v2");
  BOOST_TEST(error("--form", "v2").starts_with("output: found a URL list, expected JSON lines"));
  BOOST_TEST(error("--batch", "2") ==
             "--batch: found 2, expected 1: /js/predict takes one instance");
  BOOST_TEST(error("--decimals", "16") == "--decimals: found '16', expected 0 to 15, or full");
  BOOST_TEST(error("--path", "x") ==
             "--path: found 'x', expected a path that begins with '/', without blanks and '#'");
  BOOST_TEST(error("--columns", "a") ==
             "--columns: found without --data, expected columns of a file");
  BOOST_TEST(error("--features", "{}").starts_with("--features:1:1: found no \"name\" text"));
  BOOST_TEST(error("--features", "[]").starts_with("--features:1:3: found no feature"));
  BOOST_TEST(error("--features", "{\"name\"").starts_with("--features:1:8: found no valid JSON ("));
  BOOST_TEST(error("--features", R"({"name":"a","type":"text"})")
                 .starts_with("--features:1:1: found feature 'a' of another type than numeric"));
  BOOST_TEST(error("--features", R"({"name":"a","type":"numeric","min":2,"max":1})")
                 .starts_with("--features:1:1: found feature 'a' without numbers min <= max"));
  const std::string one = R"({"name":"a","type":"numeric","min":0,"max":1})";
  BOOST_TEST(error("--features", one + "\n " + one) ==
             "--features:2:2: found feature 'a' a second time, expected each name once");
  BOOST_TEST(run_generator("predict", {{"requests", "1"}, {"--data", "x.csv"}, {"--features", one}})
                 .error == "found both --data and --features, expected one of them");
}

BOOST_AUTO_TEST_CASE(plays_the_real_iris) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* data = std::getenv("MACAW_TEST_DATA");
  const std::string file = std::string(data == nullptr ? "" : data) + "/iris/iris_sklearn.csv";
  if (!std::filesystem::exists(file)) {
    BOOST_TEST_MESSAGE("SKIPPED: no iris in $MACAW_TEST_DATA");
    return;
  }
  const auto made = run_generator(
      "predict",
      {{"requests", "151"}, {"--data", file}, {"--draw", "order"}, {"--form", "tensorflow"}},
      Format::kJsonLines);
  BOOST_REQUIRE_MESSAGE(made.error.empty(), made.error);
  BOOST_TEST(made.records[0].body == R"({"instances":[[5.1,3.5,1.4,0.2]]})");
  BOOST_TEST(made.records[150].body == made.records[0].body);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
