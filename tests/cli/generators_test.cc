// SPDX-License-Identifier: MIT
//
// The generators of prediction services as people run them: golden bytes, data of the real world,
// mistakes that leave nothing behind; what a server gets when their files are played.
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
#include "support/scripted_server.h"
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

/// Plays the file against a server of ours, one request after another; what came there.
std::vector<std::string> played(const TempDir& folder, const std::string& file, size_t requests) {
  test::ScriptedServer server(test::script::answer(test::http_ok("{}")));
  test::ProcessOptions options;
  options.args = {file, "--target",   server.host_port(), "--rps", "max",           "-c",
                  "1",  "--no-probe", "--no-ui",          "--db",  file + ".sqlite"};
  options.cwd = folder.path();
  const auto result = test::run_process("replay", options, std::chrono::seconds(120));
  // On a machine that others use, too, the program may find itself late and say so.
  BOOST_TEST((result.code == 0 || result.out.find("INVALID") != std::string::npos),
             result.out + result.err);
  BOOST_TEST(server.wait_for_requests(requests));
  std::vector<std::string> raw;
  for (const test::RecordedRequest& request : server.requests()) {
    raw.push_back(request.raw);
  }
  BOOST_TEST(raw.size() == requests);
  return raw;
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

BOOST_AUTO_TEST_CASE(a_generated_post_arrives_as_it_is_written) {
  const TempDir folder;
  folder.write("keys.csv", "4444037300542691\n4609072304828342\n4161715127983823\n");
  const auto made = create(folder, {"hopsworks", "out.jsonl", "2", "--data", "keys.csv", "--draw",
                                    "order", "--batch", "2"});
  BOOST_TEST(made.code == 0, made.err);
  const auto raw = played(folder, "out.jsonl", 2);
  BOOST_REQUIRE(raw.size() == 2U);
  const std::string head =
      "POST /v1/models/deploymentasyncrdrs:predict HTTP/1.1\r\n"
      "Host: deploymentasyncrdrs.test.hopsworks.ai\r\n"
      "Authorization: ApiKey apikey\r\n"
      "Accept-Encoding: gzip, deflate\r\n"
      "Content-Type: application/json\r\n"
      "Accept: application/json\r\n"
      "User-Agent: macaw\r\n"
      "Content-Length: 75\r\n"
      "\r\n";
  BOOST_TEST(raw[0] ==
             head +
                 R"({"instances": [{"cc_num": 4444037300542691}, {"cc_num": 4609072304828342}]})");
  BOOST_TEST(raw[1] ==
             head +
                 R"({"instances": [{"cc_num": 4161715127983823}, {"cc_num": 4444037300542691}]})");
}

BOOST_AUTO_TEST_CASE(bodies_and_long_urls_arrive_as_they_are_written) {
  const TempDir folder;
  const std::vector<std::vector<std::string>> commands{
      {"hopsworks", "hopsworks.jsonl", "3"},
      {"predict", "predict.txt", "3"},
      {"predict", "predict.jsonl", "3", "--form", "v2"},
      {"mnist", "mnist.txt", "3"},
      {"mnist", "mnist.jsonl.gz", "3", "--form", "tensorflow"},
      {"flowers", "flowers.jsonl.zst", "3"},
      {"flowers", "direct.jsonl", "3", "--route", "direct"},
      {"recommend", "recommend.txt", "3", "3"},
  };
  for (const auto& command : commands) {
    const std::string& file = command[1];
    const auto made = create(folder, command);
    BOOST_TEST(made.code == 0, made.err);
    auto reader = replay::Reader::open(folder / file);
    BOOST_REQUIRE(reader.ok());
    std::vector<replay::Record> records;
    for (replay::Record record;;) {
      const auto more = reader->next(record);
      BOOST_REQUIRE(more.ok());
      if (!*more) {
        break;
      }
      records.push_back(record);
    }
    const auto raw = played(folder, file, records.size());
    BOOST_REQUIRE(raw.size() == records.size());
    for (size_t k = 0; k < raw.size(); ++k) {
      const replay::Record& record = records[k];
      // Behind "http://host".
      const size_t path = record.url.starts_with('/') ? 0 : record.url.find('/', 8);
      BOOST_TEST(
          raw[k].starts_with(record.method + " " + record.url.substr(path) + " HTTP/1.1\r\n"),
          file << ": " << raw[k]);
      const size_t end = raw[k].find("\r\n\r\n");
      BOOST_REQUIRE(end != std::string::npos);
      BOOST_TEST((raw[k].substr(end + 4) == record.body), file << ": " << raw[k]);
      for (const replay::Header& header : record.headers) {
        const std::string line = "\r\n" + header.name + ": " + header.value + "\r\n";
        BOOST_TEST(raw[k].find(line) < end, file << ": " << line);
      }
    }
  }
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
