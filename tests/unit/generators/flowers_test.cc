// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "../../../generators/mosaic_jpeg.h"
#include "generated.h"
#include "macaw/base/base64.h"
#include "macaw/base/hash.h"
#include "macaw/datasets/jpeg_files.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

using replay::Format;
using test::run_generator;

std::string base64_of(const std::string& bytes) {
  std::string text;
  encode_base64(bytes, text);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(flowers_test)

BOOST_AUTO_TEST_CASE(the_body_is_the_guides_byte_for_byte) {
  const test::TempDir folder;
  // As large as the guide's image.
  const std::string image = generators::mosaic_jpeg(299, 12'054, 5);
  const std::string file = folder.write("daisy.jpg", image);
  const auto made =
      run_generator("flowers", {{"requests", "2"}, {"--data", file}}, Format::kJsonLines);
  BOOST_TEST(made.error == "");
  BOOST_REQUIRE(made.records.size() == 2U);
  BOOST_TEST(made.records[0].method == "POST");
  BOOST_TEST(made.records[0].url ==
             "http://tf-flowers-default.seldon.svc.cluster.local:8000/v1/models/flowers/:predict");
  BOOST_TEST(made.records[0].headers.empty());
  BOOST_TEST(made.records[0].body.size() == 16'175U);
  BOOST_TEST(made.records[0].body ==
             "{\n \"instances\":[\n    {\n       \"image_bytes\":{\n"
             "          \"b64\":\"" +
                 base64_of(image) + "\"\n       },\n       \"key\":\"1\"\n    }\n ]\n}\n");
  BOOST_TEST((made.records[1] == made.records[0]));
}

BOOST_AUTO_TEST_CASE(compact_and_direct) {
  const test::TempDir folder;
  const std::string image = generators::mosaic_jpeg(8, 400, 5);
  folder.write("a.jpg", image);
  const auto made = run_generator("flowers",
                                  {{"requests", "1"},
                                   {"--data", folder.path()},
                                   {"--layout", "compact"},
                                   {"--route", "direct"},
                                   {"--instance-key", "a\"b"}},
                                  Format::kJsonLines);
  BOOST_TEST(made.error == "");
  BOOST_REQUIRE(made.records.size() == 1U);
  BOOST_TEST(made.records[0].url ==
             "http://tf-flowers-default.seldon.svc.cluster.local:9000/v1/models/flowers:predict");
  BOOST_TEST(made.records[0].body == R"({"instances":[{"image_bytes":{"b64":")" + base64_of(image) +
                                         R"("},"key":"a\"b"}]})");
}

BOOST_AUTO_TEST_CASE(the_built_in_image_has_the_guides_size_and_never_changes) {
  const auto made = run_generator("flowers", {{"requests", "1"}}, Format::kJsonLines);
  BOOST_TEST(made.error == "");
  BOOST_REQUIRE(made.records.size() == 1U);
  BOOST_TEST(made.records[0].body.size() == 16'175U);
  BOOST_TEST(made.provenance.get("dataset") == "builtin-mosaic-1");
  const std::string image = generators::mosaic_jpeg(299, 12'054, 299);
  BOOST_TEST(made.records[0].body.find(base64_of(image)) != std::string::npos);
  const auto size = datasets::check_jpeg(image, "mosaic");
  BOOST_REQUIRE_MESSAGE(size.ok(), (size.ok() ? "" : size.error().message()));
  BOOST_TEST(size->width == 299U);
  BOOST_TEST(size->height == 299U);
  // Any other value is another image; Chromium shows this one.
  BOOST_TEST(sha256_hex(image) ==
             "6c411775c8bbd0b363317e9a153ee1e69d767d1b8c34c6966d3ce50ffc418758");
}

BOOST_AUTO_TEST_CASE(images_of_a_folder_by_lot_or_in_order) {
  const test::TempDir folder;
  std::vector<std::string> expected;
  for (const std::string name : {"a.jpg", "b.jpg", "c.jpg"}) {
    const std::string image = generators::mosaic_jpeg(16, 500, hash64(name));
    folder.write(name, image);
    expected.push_back(base64_of(image));
  }
  folder.write("notes.txt", "x");
  const auto ordered =
      run_generator("flowers", {{"requests", "4"}, {"--data", folder.path()}, {"--draw", "order"}},
                    Format::kJsonLines);
  BOOST_REQUIRE(ordered.records.size() == 4U);
  for (size_t k = 0; k < 4; ++k) {
    BOOST_TEST(ordered.records[k].body.find(expected[k % 3]) != std::string::npos);
  }
  BOOST_TEST(ordered.summary == "3 images");
  BOOST_TEST(ordered.notes == (std::vector<std::string>{folder.path() +
                                                        ": left out 1 file: no name that ends in "
                                                        ".jpg or .jpeg"}),
             boost::test_tools::per_element());
  const auto drawn =
      run_generator("flowers", {{"requests", "60"}, {"--data", folder.path()}}, Format::kJsonLines);
  std::set<std::string> bodies;
  for (const auto& record : drawn.records) {
    bodies.insert(record.body);
  }
  BOOST_TEST(bodies.size() == 3U);
}

BOOST_AUTO_TEST_CASE(names_what_is_wrong) {
  const auto error = [](const std::string& name, const std::string& value) {
    return run_generator("flowers", {{"requests", "1"}, {name, value}}, Format::kJsonLines).error;
  };
  BOOST_TEST(error("--route", "x") == "--route: found 'x', expected executor or direct");
  BOOST_TEST(error("--layout", "x") == "--layout: found 'x', expected guide or compact");
  BOOST_TEST(error("--model", "a b") ==
             "--model: found 'a b', expected letters, digits, '-', '_' and '.'");
  BOOST_TEST(error("--data", "/no/such.jpg") ==
             "/no/such.jpg: cannot open it: No such file or directory");
  BOOST_TEST(error("--instance-key", "\xff") ==
             "--instance-key: found bytes that are not UTF-8, which JSON cannot hold");
  BOOST_TEST(run_generator("flowers", {{"requests", "1"}}).error.starts_with("output: found"));
}

BOOST_AUTO_TEST_CASE(plays_real_images) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* data = std::getenv("MACAW_TEST_DATA");
  const std::string folder = std::string(data == nullptr ? "" : data) + "/images";
  if (!std::filesystem::exists(folder)) {
    BOOST_TEST_MESSAGE("SKIPPED: no images in $MACAW_TEST_DATA");
    return;
  }
  const auto made = run_generator(
      "flowers", {{"requests", "3"}, {"--data", folder}, {"--draw", "order"}}, Format::kJsonLines);
  BOOST_REQUIRE_MESSAGE(made.error.empty(), made.error);
  for (const auto& record : made.records) {
    BOOST_TEST(record.body.find("\"b64\":\"/9j/") != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
