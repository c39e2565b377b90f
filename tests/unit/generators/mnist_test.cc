// SPDX-License-Identifier: MIT
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "generated.h"
#include "macaw/base/hash.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

using namespace std::string_literals;
using replay::Format;
using test::run_generator;

/// Two images of 1 x 3 pixels: black, grey, white; and white, dark, black.
const std::string kTwoImages = "\0\0\x08\x03\0\0\0\x02\0\0\0\x01\0\0\0\x03\0\x80\xff\xff\x01\0"s;

}  // namespace

BOOST_AUTO_TEST_SUITE(mnist_test)

BOOST_AUTO_TEST_CASE(random_numbers_are_the_guides_requests) {
  const auto made = run_generator("mnist", {{"requests", "200"}});
  BOOST_TEST(made.error == "");
  BOOST_REQUIRE(made.records.size() == 200U);
  const std::string head =
      "http://seldon-server/js/predict?consumer_key=jskey&json=%7B%22data%22:%20[";
  const std::string tail = "]%7D&jsonpCallback=j";
  double bytes = 0;
  std::string text;
  for (const auto& record : made.records) {
    BOOST_REQUIRE(record.method == "GET");
    BOOST_REQUIRE(record.url.starts_with(head));
    BOOST_REQUIRE(record.url.ends_with(tail));
    BOOST_REQUIRE(std::count(record.url.begin(), record.url.end(), ',') == 783);
    const std::string target = record.url.substr(std::string("http://seldon-server").size());
    bytes += static_cast<double>(target.size());
    text += record.url + "\n";
    // 0.0 to 1.0, at most two digits behind the point, each number with one.
    const std::string numbers =
        record.url.substr(head.size(), record.url.size() - head.size() - tail.size());
    for (size_t at = 0; at < numbers.size();) {
      const size_t end = std::min(numbers.find(",%20", at), numbers.size());
      const std::string number = numbers.substr(at, end - at);
      BOOST_REQUIRE((number.size() == 3 || number.size() == 4));
      BOOST_REQUIRE((number.starts_with("0.") || number == "1.0"));
      at = end + 4;
    }
  }
  // 784 numbers of 3.9 characters, 783 separators of 4, and what is around them.
  BOOST_TEST(bytes / 200 > 6'240);
  BOOST_TEST(bytes / 200 < 6'290);
  BOOST_TEST(made.provenance.get("dataset") == "random-784-2");
  BOOST_TEST(sha256_hex(text) ==
             "aaeee96b70e155ab3790aca42281b4136d47fc28a5f723be30c71ac6ef9c4c89");
}

BOOST_AUTO_TEST_CASE(images_become_numbers_from_0_to_1_or_bytes) {
  const test::TempDir folder;
  const std::string file = folder.write("t10k-images-idx3-ubyte", kTwoImages);
  const auto run = [&](const std::string& form, const std::string& pixels,
                       const std::string& decimals) {
    const auto made = run_generator("mnist",
                                    {{"requests", "1"},
                                     {"--data", folder.path()},
                                     {"--draw", "order"},
                                     {"--batch", form == "js" ? "1" : "2"},
                                     {"--form", form},
                                     {"--pixels", pixels},
                                     {"--decimals", decimals}},
                                    Format::kJsonLines);
    BOOST_TEST(made.error == "");
    BOOST_TEST(made.provenance.get("dataset") == sha256_hex(kTwoImages));
    return made.records.empty() ? replay::Record() : made.records[0];
  };
  BOOST_TEST(run("tensorflow", "unit", "2").body ==
             R"({"instances":[[0.0,0.5,1.0],[1.0,0.0,0.0]]})");
  BOOST_TEST(run("tensorflow", "unit", "4").body ==
             R"({"instances":[[0.0,0.502,1.0],[1.0,0.0039,0.0]]})");
  BOOST_TEST(run("ndarray", "byte", "2").body == R"({"data":{"ndarray":[[0,128,255],[255,1,0]]}})");
  BOOST_TEST(run("names", "byte", "2").body ==
             R"({"data":{"names":["p0","p1","p2"],"ndarray":[[0,128,255],[255,1,0]]}})");
  BOOST_TEST(run("js", "unit", "2").url ==
             "http://seldon-server/js/predict?consumer_key=jskey&json=%7B%22data%22:%20[0.0,%200.5,"
             "%201.0]%7D&jsonpCallback=j");
  const auto v2 = run("v2", "byte", "2");
  BOOST_TEST(v2.url == "http://seldon-server/v2/models/mnist/infer");
  BOOST_TEST(v2.body == R"({"inputs":[{"name":"input-0","datatype":"FP32","shape":[2,3],)"
                        R"("data":[0,128,255,255,1,0]}]})");
}

BOOST_AUTO_TEST_CASE(names_what_is_wrong) {
  const test::TempDir folder;
  const std::string file = folder.write("in", kTwoImages);
  const auto error = [&](const std::string& name, const std::string& value) {
    return run_generator("mnist",
                         {{"requests", "1"}, {"--data", file}, {"--form", "v2"}, {name, value}},
                         Format::kJsonLines)
        .error;
  };
  BOOST_TEST(error("--batch", "3") ==
             "--batch: found 3, expected at most 2, the rows of " + file + " (or --draw order)");
  BOOST_TEST(error("--pixels", "x") == "--pixels: found 'x', expected unit or byte");
  BOOST_TEST(error("--decimals", "full") ==
             "--decimals: found full, expected 0 to 15 for the pixels of images");
  BOOST_TEST(run_generator("mnist", {{"requests", "1"}, {"--size", "0"}}).error ==
             "--size: found 0, expected 1 to 10000000");
}

BOOST_AUTO_TEST_CASE(plays_the_real_images) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* data = std::getenv("MACAW_TEST_DATA");
  const std::string folder = std::string(data == nullptr ? "" : data) + "/mnist";
  if (!std::filesystem::exists(folder)) {
    BOOST_TEST_MESSAGE("SKIPPED: no mnist in $MACAW_TEST_DATA");
    return;
  }
  const auto made = run_generator(
      "mnist",
      {{"requests", "300"}, {"--data", folder}, {"--form", "ndarray"}, {"--pixels", "byte"}},
      Format::kJsonLines);
  BOOST_REQUIRE_MESSAGE(made.error.empty(), made.error);
  uint64_t bytes = 0;
  for (const auto& record : made.records) {
    BOOST_REQUIRE(std::count(record.body.begin(), record.body.end(), ',') == 783);
    bytes += record.body.size();
  }
  // An image as a JSON array has 1,811 bytes on average (1,639 to 2,069).
  BOOST_TEST(bytes / 300 > 1'780U);
  BOOST_TEST(bytes / 300 < 1'880U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
