// SPDX-License-Identifier: MIT
//
// The program create-replay as people run it.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "child_usage.h"
#include "macaw/base/hash.h"
#include "macaw/datasets/ratings.h"
#include "macaw/replay/file/reader.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

using test::ProcessResult;
using test::TempDir;

/// Runs in the folder, without any data set in reach.
ProcessResult create_replay(const TempDir& folder, std::vector<std::string> args) {
  test::ProcessOptions options;
  options.args = std::move(args);
  options.env_removed = {"MACAW_DATA"};
  options.cwd = folder.path();
  return test::run_process("create-replay", options, std::chrono::seconds(120));
}

/// "a\nb\n" -> 2
auto lines_of(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

}  // namespace

BOOST_AUTO_TEST_SUITE(create_replay_test)

BOOST_AUTO_TEST_CASE(writes_the_file_of_the_readme) {
  const TempDir folder;
  const auto result = create_replay(folder, {"ml10m", "out.txt", "10000", "50000"});
  BOOST_TEST(result.code == 0, result.err);
  BOOST_TEST(result.out == "");
  BOOST_TEST(lines_of(result.err) == 2);
  BOOST_TEST(result.err.find("create-replay: found no MovieLens 10M in $MACAW_DATA (not set) or "
                             "datasets/, so this uses the synthetic profile of MovieLens 10M (see "
                             "--data)\n") == 0U);
  BOOST_TEST(
      result.err.find("create-replay: wrote out.txt: 100,000 lines, 10.1 MB, 10,000 users, ") !=
      std::string::npos);
  BOOST_TEST(folder.names() == std::vector<std::string>{"out.txt"},
             boost::test_tools::per_element());
  const std::string text = folder.read("out.txt");
  BOOST_TEST(text.substr(0, text.find('\n')) ==
             "#macaw/1;generator=ml10m;users=10000;calls=50000;seed=1;dataset=synthetic-ml10m-1;"
             "model=history;clicks=10");
  // Any other value is another file than the one that people have.
  BOOST_TEST(sha256_hex(text) ==
             "ea36b69036f7813ce299cf5a13cc9622bdc5369af47c82629435526c8f45f045");
}

BOOST_AUTO_TEST_CASE(both_formats_load_compressed_or_not) {
  const TempDir folder;
  for (const std::string name : {"a.txt", "a.jsonl", "b.txt.gz", "b.jsonl.zst"}) {
    const auto result = create_replay(folder, {"ml10m", name, "100", "500"});
    BOOST_TEST(result.code == 0, result.err);
    const auto survey = replay::survey_file(folder / name, nullptr);
    BOOST_REQUIRE_MESSAGE(survey.ok(), (survey.ok() ? "" : survey.error().message()));
    BOOST_TEST(survey->records == 1'000U);
    BOOST_TEST(survey->first_time.has_value() == (name.find("jsonl") != std::string::npos));
    BOOST_REQUIRE(survey->provenance.has_value());
    BOOST_TEST(survey->provenance->get("generator") == "ml10m");
    const auto plain =
        replay::survey_file(folder / (survey->first_time ? "a.jsonl" : "a.txt"), nullptr);
    BOOST_TEST(survey->sha256 == plain->sha256);
  }
  BOOST_TEST(sha256_hex(folder.read("a.jsonl")) ==
             "81f3bc49335d24c057b88b2964018fd2817a790e1d132f8127ad8d2468a5d745");
}

BOOST_AUTO_TEST_CASE(stdout_and_format_by_option) {
  const TempDir folder;
  const auto plain = create_replay(folder, {"ml10m", "-", "10", "20"});
  BOOST_TEST(plain.code == 0, plain.err);
  BOOST_TEST(lines_of(plain.out) == 41);
  BOOST_TEST(plain.err.find("create-replay: wrote to stdout: 40 lines, 10 users, ") !=
             std::string::npos);
  const auto json = create_replay(folder, {"ml10m", "-", "10", "20", "--format", "jsonl"});
  BOOST_TEST(json.out.starts_with("{"));
  BOOST_TEST(lines_of(json.out) == 40);
  BOOST_TEST(folder.names().empty());
}

BOOST_AUTO_TEST_CASE(reads_the_folder_it_is_told_or_finds) {
  const TempDir folder;
  std::filesystem::create_directories(folder / "datasets/ml-10M100K");
  folder.write("datasets/ml-10M100K/ratings.dat", "7::3::5::978300760\n8::3::4::978300761\n");
  folder.write("datasets/ml-10M100K/movies.dat", "3::A::B\n");
  const auto found = create_replay(folder, {"ml10m", "-", "2", "2"});
  BOOST_TEST(found.code == 0, found.err);
  const std::string identity = sha256_hex("7::3::5::978300760\n8::3::4::978300761\n");
  BOOST_TEST(found.out.find(";dataset=" + identity + ";") != std::string::npos);
  BOOST_TEST(lines_of(found.err) == 1);
  const auto told =
      create_replay(folder, {"ml10m", "-", "2", "2", "--data", "datasets/ml-10M100K"});
  BOOST_TEST(told.out == found.out);
  test::ProcessOptions options;
  options.args = {"ml10m", "-", "2", "2"};
  options.env = {{"MACAW_DATA", folder / "datasets"}};
  const auto environment = test::run_process("create-replay", options);
  BOOST_TEST(environment.out == found.out);
  const auto too_many = create_replay(folder, {"ml10m", "out.txt", "3", "9"});
  BOOST_TEST(too_many.code == 1);
  BOOST_TEST(too_many.err ==
             "create-replay: users: found 3, expected at most 2, the users of the MovieLens "
             "ratings.dat, 2 ratings by 2 users (datasets/ml-10M100K)\n");
  BOOST_TEST(folder.names() == std::vector<std::string>{"datasets"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(plays_real_data) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* data = std::getenv("MACAW_TEST_DATA");
  const std::string real = std::string(data == nullptr ? "" : data) + "/ml-latest-small";
  if (!std::filesystem::exists(real)) {
    BOOST_TEST_MESSAGE("SKIPPED: no ml-latest-small in $MACAW_TEST_DATA");
    return;
  }
  const TempDir folder;
  for (const std::string model : {"history", "uniform"}) {
    const auto result = create_replay(
        folder, {"ml10m", "out.jsonl", "610", "20000", "--data", real, "--users-model", model});
    BOOST_TEST(result.code == 0, result.err);
    const auto survey = replay::survey_file(folder / "out.jsonl", nullptr);
    BOOST_REQUIRE_MESSAGE(survey.ok(), (survey.ok() ? "" : survey.error().message()));
    BOOST_TEST(survey->records == 40'000U);
  }
}

BOOST_AUTO_TEST_CASE(mistakes_are_one_line_and_exit_code_1) {
  const TempDir folder;
  const std::vector<std::vector<std::string>> mistakes{
      {},
      {"nonsense"},
      {"ml10m"},
      {"ml10m", "out.txt"},
      {"ml10m", "out.txt", "10"},
      {"ml10m", "out.txt", "ten", "20"},
      {"ml10m", "out.txt", "0", "20"},
      {"ml10m", "out.txt", "-5", "20"},
      {"ml10m", "out.txt", "10", "0"},
      {"ml10m", "out.txt", "10", "20", "30"},
      {"ml10m", "out.txt", "70000", "80000"},
      {"ml10m", "out.txt", "10", "20", "--users-model", "zipf"},
      {"ml10m", "out.txt", "10", "20", "--format", "csv"},
      {"ml10m", "out.txt", "10", "20", "--nonsense"},
      {"ml10m", "out.txt", "10", "20", "--seed"},
      {"ml10m", "out.txt", "10", "20", "--key", "a b"},
      {"ml10m", "out.txt", "10", "20", "--data", "missing"},
      {"ml10m", "out.txt", "10", "20", "--items", "missing.json"},
      {"ml10m", "missing/out.txt", "10", "20"},
      {"synthesize", "ml10m"},
      {"synthesize", "ml20m", "made"},
      {"list", "more"},
  };
  for (const auto& args : mistakes) {
    const auto result = create_replay(folder, args);
    std::string shown = "create-replay";
    for (const std::string& arg : args) {
      shown += " " + arg;
    }
    BOOST_TEST_CONTEXT(shown) {
      BOOST_TEST(result.code == 1);
      BOOST_TEST(result.out == "");
      BOOST_TEST(result.err.starts_with("create-replay: "), result.err);
      // Without data, the line about the synthetic profile may come before.
      BOOST_TEST(
          lines_of(result.err) ==
              (result.err.find("synthetic profile of MovieLens 10M (see") != std::string::npos ? 2
                                                                                               : 1),
          result.err);
      BOOST_TEST(folder.names().empty());
    }
  }
  const auto word = create_replay(folder, {"nonsense"});
  BOOST_TEST(
      word.err ==
      "create-replay: found 'nonsense', expected one of list, ml10m, hopsworks, predict, "
      "mnist, flowers, recommend, synthesize, import, export (try 'create-replay --help')\n");
  const auto usage = create_replay(folder, {"ml10m", "out.txt"});
  BOOST_TEST(usage.err == "create-replay: users is required (try 'create-replay ml10m --help')\n");
}

BOOST_AUTO_TEST_CASE(a_bad_line_leaves_no_output_and_keeps_the_old_one) {
  const TempDir folder;
  folder.write("out.txt", "old\n");
  std::filesystem::create_directories(folder / "bad");
  folder.write("bad/ratings.dat", "1::3::5::978300760\n2::3::x::978300761\n");
  folder.write("bad/movies.dat", "3::A::B\n");
  const auto result = create_replay(folder, {"ml10m", "out.txt", "1", "2", "--data", "bad"});
  BOOST_TEST(result.code == 1);
  BOOST_TEST(result.err ==
             "create-replay: bad/ratings.dat:2:7: found 'x', expected a rating (above 0, at most "
             "5)\n");
  BOOST_TEST(folder.read("out.txt") == "old\n");
}

BOOST_AUTO_TEST_CASE(help_list_and_version) {
  const TempDir folder;
  const auto help = create_replay(folder, {"ml10m", "--help"});
  BOOST_TEST(help.code == 0);
  BOOST_TEST(help.err == "");
  BOOST_TEST(help.out.find("create-replay ml10m out.txt 10000 50000") != std::string::npos);
  for (const std::string option :
       {"--data", "--users-model", "--click-percent", "--seed", "--endpoint", "--key", "--key-file",
        "--items", "--limit", "--format"}) {
    BOOST_TEST(help.out.find(option) != std::string::npos, option);
  }
  const auto list = create_replay(folder, {"list"});
  BOOST_TEST(list.code == 0);
  BOOST_TEST(list.out.starts_with("ml10m "));
  const auto version = create_replay(folder, {"--version"});
  BOOST_TEST(version.code == 0);
  BOOST_TEST(version.out.starts_with("create-replay "));
}

BOOST_AUTO_TEST_CASE(synthesizes_a_folder_that_reads_back) {
  const TempDir folder;
  const auto result = create_replay(folder, {"synthesize", "ml10m", "made"});
  BOOST_TEST(result.code == 0, result.err);
  BOOST_TEST(result.err.find(
                 "create-replay: wrote made: ratings.dat, movies.dat, tags.dat, 267 MB, ") == 0U,
             result.err);
  BOOST_TEST(datasets::is_movielens_folder(folder / "made"));
  // The same users and movies as from the profile itself: only the identity differs.
  const auto from_files = create_replay(folder, {"ml10m", "-", "100", "300", "--data", "made"});
  const auto from_profile = create_replay(folder, {"ml10m", "-", "100", "300"});
  BOOST_TEST(from_files.out.substr(from_files.out.find('\n')) ==
             from_profile.out.substr(from_profile.out.find('\n')));
}

BOOST_AUTO_TEST_CASE(an_interruption_leaves_nothing_behind) {
  const TempDir folder;
  test::ProcessOptions options;
  options.args = {"ml10m", "out.txt", "1000", "4000000000"};
  options.env_removed = {"MACAW_DATA"};
  options.cwd = folder.path();
  test::Process process("create-replay", options);
  // Until there is something to leave behind.
  while (folder.names().empty() && !process.wait(std::chrono::milliseconds(1))) {
    std::this_thread::yield();
  }
  BOOST_TEST(!folder.names().empty());
  process.signal(SIGINT);
  const auto status = process.wait();
  BOOST_REQUIRE(status.has_value());
  BOOST_TEST(status->shell() == 130);
  BOOST_TEST(folder.names().empty());
}

BOOST_AUTO_TEST_CASE(memory_does_not_depend_on_the_number_of_lines) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  BOOST_TEST_MESSAGE("SKIPPED: a sanitizer's own memory is in the numbers");
#else
  for (const std::string format : {"txt", "jsonl"}) {
    const auto few = test::run_on_terminal(
        "create-replay", {"ml10m", "/dev/null", "10000", "100000", "--format", format});
    const auto many = test::run_on_terminal(
        "create-replay", {"ml10m", "/dev/null", "10000", "2500000", "--format", format});
    BOOST_TEST(few.code == 0, few.terminal);
    BOOST_TEST(many.code == 0, many.terminal);
    BOOST_TEST(few.resident_kb_max > 1'000);
    BOOST_TEST(many.resident_kb_max - few.resident_kb_max < 2'000);
  }
#endif
}

BOOST_AUTO_TEST_CASE(long_work_shows_a_bar_on_a_terminal_only) {
  const std::vector<std::string> args{"ml10m", "/dev/null", "10000", "20000000"};
  const auto shown = test::run_on_terminal("create-replay", args);
  BOOST_TEST(shown.code == 0);
  BOOST_TEST(shown.terminal.find("\rcreate-replay: writing [#") != std::string::npos);
  BOOST_TEST(shown.terminal.find('\x1b') == std::string::npos);
  BOOST_TEST(shown.terminal.find("wrote /dev/null: 40,000,000 lines, 10,000 users, ") !=
             std::string::npos);
  const TempDir folder;
  const auto hidden = create_replay(folder, {"ml10m", "-", "10000", "50000"});
  BOOST_TEST(hidden.err.find('\r') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
