// SPDX-License-Identifier: MIT
//
// Every mistake on the command line or in the input: one line on stderr, exit code 1, nothing on
// stdout, and nothing played.
#include <boost/test/data/test_case.hpp>
#include <filesystem>
#include <ostream>

#include "replay_fixture.h"

namespace macaw::test {

namespace {

struct Mistake {
  std::vector<std::string> args;
  std::string says;  ///< part of the line
};

std::ostream& operator<<(std::ostream& out, const Mistake& mistake) {
  for (const std::string& arg : mistake.args) {
    out << arg << ' ';
  }
  return out;
}

const std::vector<Mistake> kMistakes = {
    {{}, "FILE is required"},
    {{"out.txt", "--rps", "5", "--bogus"}, "--bogus"},
    {{"out.txt", "second.txt", "--rps", "5"}, "second.txt"},
    {{"out.txt", "--rps"}, "--rps"},
    {{"absent.txt", "--rps", "5"}, "absent.txt"},
    {{".", "--rps", "5"}, "directory"},
    {{"bad.txt", "--rps", "5"}, "bad.txt:3:"},
    {{"empty.txt", "--rps", "5"}, "empty.txt"},
    // Schedule.
    {{"out.txt"}, "--rps is missing"},
    {{"-"}, "--rps is missing"},
    {{"out.txt", "--no-check"}, "--rps is missing"},
    {{"out.txt", "--rps", "fast"}, "--rps: found"},
    {{"out.txt", "--rps", "0"}, "--rps: found"},
    {{"out.txt", "--rps", "-5"}, "--rps: found"},
    {{"out.txt", "--rps", "5", "--arrivals", "often"}, "--arrivals: found"},
    {{"out.txt", "--arrivals", "poisson"}, "--arrivals needs --rps"},
    {{"out.txt", "--rps", "max", "--arrivals", "poisson"}, "--arrivals"},
    {{"out.txt", "--rps", "max", "--profile", "slow-start"}, "--profile"},
    {{"out.txt", "--rps", "5", "--profile", "wave"}, "--profile: found"},
    {{"out.txt", "--profile", "slow-start"}, "--profile"},
    {{"out.txt", "--rps", "5", "--speed", "2"}, "--speed"},
    {{"out.txt", "--speed", "0"}, "--speed: found"},
    {{"out.txt", "--speed", "2"}, "no recorded times"},
    {{"out.txt", "--rps", "5", "--seed", "x"}, "--seed: found"},
    // What is played.
    {{"out.txt", "--rps", "5", "-d", "long"}, "--duration: found"},
    {{"out.txt", "--rps", "5", "-d", "0"}, "--duration: found"},
    {{"out.txt", "--rps", "5", "-n", "0"}, "--requests: found"},
    {{"-", "--rps", "5", "--loop"}, "--loop"},
    {{"out.txt", "--rps", "5", "--skip", "400", "--target", "127.0.0.1:1"}, "--skip 400"},
    {{"out.txt", "--rps", "5", "--only", "js"}, "--only: found"},
    {{"out.txt", "--rps", "5", "--only", "/none", "--target", "127.0.0.1:1"}, "/none"},
    {{"paths.txt", "--rps", "5"}, "--target"},
    // Target and connections.
    {{"out.txt", "--rps", "5", "--target", "host:port"}, "--target: "},
    {{"out.txt", "--rps", "5", "--connect-to", "a:1:b"}, "--connect-to: found"},
    {{"out.txt", "--rps", "5", "-H", "no colon"}, "--header: found"},
    {{"out.txt", "--rps", "5", "-H", "A: b\nC: d"}, "--header: found"},
    {{"out.txt", "--rps", "5", "--set-query", "=x"}, "--set-query: found"},
    {{"out.txt", "--rps", "5", "--seq-header", "no good"}, "--seq-header: found"},
    {{"out.txt", "--rps", "5", "--stub-latency", "5ms"}, "--target stub"},
    {{"out.txt", "--rps", "5", "--target", "stub", "--stub-latency", "x"}, "--stub-latency: "},
    {{"out.txt", "--rps", "5", "--target", "stub", "--stub-errors", "x"}, "--stub-errors: "},
    {{"out.txt", "--rps", "5", "-c", "0"}, "--connections: found"},
    {{"out.txt", "--rps", "5", "-c", "2", "-t", "3"}, "--threads 3"},
    {{"out.txt", "--rps", "5", "--timeout", "0"}, "--timeout: found"},
    // Judgement and results.
    {{"out.txt", "--rps", "5", "--expect", "luck"}, "--expect: found"},
    {{"out.txt", "--rps", "5", "--group", "no-equals"}, "--group: found"},
    {{"out.txt", "--rps", "5", "--group", "(=x"}, "--group: "},
    {{"out.txt", "--rps", "5", "--fail-if", "p99 is bad"}, "--fail-if: "},
    {{"out.txt", "--rps", "5", "--abort-if", "errors"}, "--abort-if: found"},
    {{"out.txt", "--rps", "5", "--rows", "some"}, "--rows: found"},
    {{"out.txt", "--rps", "5", "--format", "xml"}, "--format: found"},
    {{"out.txt", "--rps", "5", "--ui-port", "70000"}, "--ui-port: found"},
    {{"out.txt", "--rps", "5", "--db", "gone/x.sqlite", "--target", "stub", "--no-ui"}, "gone"},
    {{"out.txt", "--rps", "5", "--db", "out.txt", "--target", "stub", "--no-ui"}, "out.txt"},
    // The other uses.
    {{"runs"}, "DB is required"},
    {{"runs", "absent.sqlite"}, "absent.sqlite"},
    {{"runs", "out.txt"}, "out.txt"},
    {{"report", "absent.sqlite"}, "absent.sqlite"},
    {{"report", "absent.sqlite", "--run", "0"}, "--run: found"},
    {{"verify", "absent.sqlite"}, "absent.sqlite"},
    {{"serve", "absent.sqlite"}, "absent.sqlite"},
    {{"again", "absent.sqlite"}, "number of a run"},
    {{"again", "absent.sqlite", "1"}, "absent.sqlite"},
    {{"stub", "--port", "70000"}, "--port: found"},
    {{"stub", "--latency", "/js=soon"}, "--latency: "},
    {{"stub", "--errors", "503"}, "--errors: "},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(usage_test)

BOOST_DATA_TEST_CASE(one_line_and_exit_code_1, kMistakes, mistake) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(300));
  folder.dir().write("bad.txt", url_list(2) + "http://\n" + url_list(2));
  folder.dir().write("empty.txt", "# nothing\n\n");
  folder.dir().write("paths.txt", "/js/recommendations?user=1\n");
  const ProcessResult result = folder.replay(mistake.args);
  BOOST_TEST(result.code == 1);
  BOOST_TEST(result.out == "");
  const std::vector<std::string> lines = lines_of(result.err);
  BOOST_TEST_REQUIRE(lines.size() == 1U, result.err);
  BOOST_TEST(lines.front().starts_with("replay: "), result.err);
  BOOST_TEST(contains(lines.front(), mistake.says), result.err);
  BOOST_TEST(!std::filesystem::exists(folder.db()));
}

BOOST_AUTO_TEST_CASE(help_names_groups_defaults_and_examples) {
  const ReplayFolder folder;
  const ProcessResult help = folder.replay({"--help"});
  BOOST_TEST(help.code == 0);
  BOOST_TEST(help.err == "");
  for (const char* part : {"Schedule:", "Target:", "--connections N=256", "--db FILE=macaw.sqlite",
                           "Examples:", "replay out.txt --rps 100", "Exit codes"}) {
    BOOST_TEST(contains(help.out, part), part);
  }
  for (const char* command : {"runs", "report", "verify", "serve", "stub", "again", "play"}) {
    const ProcessResult result = folder.replay({command, "--help"});
    BOOST_TEST(result.code == 0, command);
    BOOST_TEST(contains(result.out, "Usage: replay"), command);
  }
}

BOOST_AUTO_TEST_CASE(version_names_what_is_inside) {
  const ProcessResult version = ReplayFolder().replay({"--version"});
  BOOST_TEST(version.code == 0);
  BOOST_TEST(version.out.starts_with("macaw "));
  for (const char* part : {"(git ", "libuv 1.", "llhttp ", "SQLite 3."}) {
    BOOST_TEST(contains(version.out, part), version.out);
  }
  BOOST_TEST(lines_of(version.out).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_may_have_the_name_of_a_subcommand) {
  const ReplayFolder folder;
  folder.dir().write("runs", url_list(4));
  for (const std::vector<std::string>& file :
       {std::vector<std::string>{"./runs"}, std::vector<std::string>{"play", "runs"}}) {
    std::vector<std::string> args = file;
    args.insert(args.end(), {"--rps", "max", "--target", "stub", "--db", "x.sqlite"});
    const ProcessResult result = folder.play(args);
    BOOST_TEST(result.code == 0, result.err);
    BOOST_TEST(contains(result.out, "scheduled 4 = 4 ok"), result.out);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
