// SPDX-License-Identifier: MIT
//
// The generators of prediction services as people run them: golden bytes, data of the real world,
// mistakes that leave nothing behind.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "macaw/replay/file/reader.h"
#include "support/golden.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

using test::TempDir;

test::ProcessResult create(const TempDir& folder, std::vector<std::string> args) {
  test::ProcessOptions options;
  options.args = std::move(args);
  options.env_removed = {"MACAW_DATA"};
  options.cwd = folder.path();
  return test::run_process("create-replay", options, std::chrono::seconds(120));
}

/// What the command writes into `name`, which must be as the golden file of that name.
void check_file(const std::string& name, std::vector<std::string> args) {
  const TempDir folder;
  args.insert(args.begin() + 1, name);
  const auto result = create(folder, std::move(args));
  BOOST_TEST(result.code == 0, result.err);
  BOOST_TEST(result.out == "");
  BOOST_REQUIRE(std::filesystem::exists(folder / name));
  test::check_golden("cli/golden/" + name, folder.read(name));
}

/// Nothing is left behind, and the last line on stderr is this.
void check_mistake(const std::vector<std::string>& args, const std::string& error) {
  const TempDir folder;
  const auto result = create(folder, args);
  BOOST_TEST(result.code == 1);
  BOOST_TEST(result.out == "");
  BOOST_TEST(result.err == "create-replay: " + error + "\n");
  BOOST_TEST(folder.names().empty());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(generators_test)

BOOST_AUTO_TEST_CASE(hopsworks_writes_the_guides_requests) {
  check_file("hopsworks.jsonl", {"hopsworks", "2"});
  check_mistake({"hopsworks", "out.txt", "2"},
                "output: found a URL list, expected JSON lines (a name that ends in .jsonl, or "
                "--format jsonl): these requests have bodies");
  check_mistake({"hopsworks", "out.jsonl", "2", "--data", "missing.csv"},
                "missing.csv: cannot open it: No such file or directory");
}

BOOST_AUTO_TEST_CASE(predict_writes_urls_and_bodies) {
  check_file("predict.txt", {"predict", "3"});
  for (const std::string form : {"ndarray", "names", "tensor", "tensorflow", "v2"}) {
    check_file("predict-" + form + ".jsonl",
               {"predict", "2", "--form", form, "--batch", "2", "--decimals", "1"});
  }
  check_mistake({"predict", "out.txt", "2", "--form", "v2"},
                "output: found a URL list, expected JSON lines (a name that ends in .jsonl, or "
                "--format jsonl): these requests have bodies");
}

BOOST_AUTO_TEST_CASE(mnist_writes_long_urls_and_bodies) {
  check_file("mnist.txt", {"mnist", "1"});
  check_file("mnist-v2.jsonl", {"mnist", "1", "--form", "v2", "--size", "4", "--batch", "2"});
}

BOOST_AUTO_TEST_CASE(flowers_writes_images) {
  const TempDir folder;
  const auto result = create(folder, {"flowers", "out.jsonl", "3"});
  BOOST_TEST(result.code == 0, result.err);
  auto reader = replay::Reader::open(folder / "out.jsonl");
  BOOST_REQUIRE(reader.ok());
  replay::Record record;
  for (int k = 0; k < 3; ++k) {
    const auto more = reader->next(record);
    BOOST_REQUIRE((more.ok() && *more));
    BOOST_TEST(record.method == "POST");
    BOOST_TEST(record.body.size() == 16'175U);
  }
  BOOST_REQUIRE(reader->provenance().has_value());
  BOOST_TEST(reader->provenance()->get("generator") == "flowers");
}

BOOST_AUTO_TEST_CASE(recommend_writes_calls_of_named_users) {
  const TempDir folder;
  folder.write("clicks.csv", "user,item,time\na b,x,10\nc,y,20\n");
  const auto result = create(folder, {"recommend", "-", "2", "2", "--data", "clicks.csv",
                                      "--columns", "user,item,time", "--click-percent", "0"});
  BOOST_TEST(result.code == 0, result.err);
  test::check_golden("cli/golden/recommend.txt", result.out);
  check_mistake({"recommend", "out.txt", "2", "2", "--data", "missing.csv"},
                "missing.csv: cannot open it: No such file or directory");
}

BOOST_AUTO_TEST_CASE(real_data_makes_files_that_load) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* data = std::getenv("MACAW_TEST_DATA");
  const std::string real = data == nullptr ? "" : data;
  if (!std::filesystem::exists(real + "/mnist")) {
    BOOST_TEST_MESSAGE("SKIPPED: no mnist in $MACAW_TEST_DATA");
    return;
  }
  const TempDir folder;
  const std::vector<std::vector<std::string>> commands{
      {"predict", "a.txt", "500", "--data", real + "/iris/iris_sklearn.csv"},
      {"predict", "b.jsonl", "500", "--data", real + "/iris/iris_sklearn.csv", "--form", "v2"},
      {"mnist", "c.txt.gz", "500", "--data", real + "/mnist"},
      {"mnist", "d.jsonl", "500", "--data", real + "/mnist", "--form", "tensor"},
      {"flowers", "e.jsonl.zst", "500", "--data", real + "/images"},
      {"hopsworks", "f.jsonl", "500", "--data", real + "/ml-latest-small/ratings.csv", "--fields",
       "userId,movieId"},
      {"recommend", "g.jsonl", "100", "250", "--data", real + "/ml-latest-small/ratings.csv",
       "--columns", "userId,movieId,timestamp"},
  };
  for (const auto& command : commands) {
    const auto result = create(folder, command);
    BOOST_TEST(result.code == 0, result.err);
    const auto survey = replay::survey_file(folder / command[1], nullptr);
    BOOST_REQUIRE_MESSAGE(survey.ok(), (survey.ok() ? "" : survey.error().message()));
    BOOST_TEST(survey->records == 500U);
    BOOST_REQUIRE(survey->provenance.has_value());
    BOOST_TEST(survey->provenance->get("dataset").size() == 64U);
  }
}

BOOST_AUTO_TEST_CASE(each_has_help_with_an_example_and_a_line_in_the_list) {
  const TempDir folder;
  const auto list = create(folder, {"list"});
  BOOST_TEST(list.code == 0);
  for (const std::string name : {"hopsworks", "predict", "mnist", "flowers", "recommend"}) {
    const auto help = create(folder, {name, "--help"});
    BOOST_TEST(help.code == 0);
    BOOST_TEST(help.out.find("Example:\n  create-replay " + name + " ") != std::string::npos);
    BOOST_TEST(("\n" + list.out).find("\n" + name + " ") != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
