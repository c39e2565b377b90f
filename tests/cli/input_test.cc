// SPDX-License-Identifier: MIT
//
// Where requests come from: compressed files, stdin, pipes, and bad lines in the middle of them.
#include <fcntl.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>

#include "replay_fixture.h"
#include "support/unique_fd.h"

namespace macaw::test {

BOOST_AUTO_TEST_SUITE(input_test)

BOOST_AUTO_TEST_CASE(a_compressed_file_is_the_same_file) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(100));
  const ProcessResult packed =
      run_process("gzip", {.args = {"-k", "out.txt"}, .cwd = folder.dir().path()});
  BOOST_TEST_REQUIRE(packed.code == 0, packed.err);
  for (const char* file : {"out.txt", "out.txt.gz"}) {
    const ProcessResult result = folder.play({file, "--rps", "max", "--target", "stub"});
    BOOST_TEST(result.code == 0, result.err);
  }
  Sql sql(folder.db());
  BOOST_TEST(sql.count("select count(distinct file_sha256) from runs") == 1U);
  BOOST_TEST(sql.count("select count(*) from requests_by_run") == 200U);
}

BOOST_AUTO_TEST_CASE(stdin_is_played_to_its_end) {
  const ReplayFolder folder;
  const ProcessResult result =
      folder.play({"-", "--rps", "max", "--target", "stub"}, "# note\n" + url_list(50));
  BOOST_TEST(result.code == 0, result.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select count(*), min(line), max(line) from requests") == "50|2|51");
  BOOST_TEST(sql.one("select file, file_sha256, end_reason from runs") == "-||end of file");
  folder.check_stored(sql);
}

BOOST_AUTO_TEST_CASE(a_bad_line_of_stdin_ends_the_run_with_1_and_keeps_what_ran) {
  const ReplayFolder folder;
  const ProcessResult result = folder.play({"-", "--rps", "max", "--target", "stub"},
                                           url_list(20) + "not a url\n" + url_list(20));
  BOOST_TEST(result.code == 1, result.out + result.err);
  BOOST_TEST(lines_of(result.err).back().starts_with("replay: "), result.err);
  BOOST_TEST(contains(lines_of(result.err).back(), "stdin:21:4: found a blank"), result.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select count(*), max(line) from requests") == "20|20");
  BOOST_TEST(contains(sql.one("select end_reason from runs"), "21"));
  folder.check_stored(sql);
}

BOOST_AUTO_TEST_CASE(a_bad_line_that_was_not_looked_for_does_the_same) {
  const ReplayFolder folder;
  folder.dir().write("bad.txt", url_list(20) + "ftp://x/\n" + url_list(20));
  const ProcessResult result =
      folder.play({"bad.txt", "--rps", "max", "--target", "stub", "--no-check"});
  BOOST_TEST(result.code == 1, result.out + result.err);
  BOOST_TEST(contains(lines_of(result.err).back(), "bad.txt:21:"), result.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select count(*), max(line) from requests") == "20|20");
}

BOOST_AUTO_TEST_CASE(a_run_ends_although_its_pipe_stays_open) {
  const ReplayFolder folder;
  BOOST_TEST_REQUIRE(mkfifo((folder.dir() / "pipe").c_str(), 0600) == 0);
  Process process("replay", folder.options({"pipe", "--rps", "100", "--target", "stub", "--no-ui",
                                            "--stub-latency", "20ms"}));
  const UniqueFd pipe(open((folder.dir() / "pipe").c_str(), O_WRONLY | O_CLOEXEC));
  BOOST_TEST_REQUIRE(pipe.get() >= 0);
  const std::string input = url_list(3) + "http://half";
  BOOST_TEST_REQUIRE(write(pipe.get(), input.data(), input.size()) ==
                     static_cast<ssize_t>(input.size()));
  BOOST_TEST_REQUIRE(process.wait_for_err("1 s  "), process.err());
  process.signal(SIGINT);
  const auto status = process.wait();
  BOOST_TEST_REQUIRE(status.has_value());
  check_ended_well({status->shell(), process.out(), process.err()});
  Sql sql(folder.db());
  BOOST_TEST(sql.count("select count(*) from requests") == 3U);
  BOOST_TEST(sql.one("select state from runs") == "interrupted");
}

BOOST_AUTO_TEST_CASE(at_saturation_the_reader_is_late_since_there_was_nothing_to_send) {
  const ReplayFolder folder;
  BOOST_TEST_REQUIRE(mkfifo((folder.dir() / "pipe").c_str(), 0600) == 0);
  Process process("replay", folder.options({"pipe", "--rps", "max", "--target", "stub", "--no-ui",
                                            "--no-check"}));
  UniqueFd pipe(open((folder.dir() / "pipe").c_str(), O_WRONLY | O_CLOEXEC));
  BOOST_TEST_REQUIRE(pipe.get() >= 0);
  BOOST_TEST_REQUIRE(write(pipe.get(), "/a\n/a\n", 6) == 6);
  for (const char* second : {"\n1 s  ", "\n2 s  ", "\n3 s  "}) {
    BOOST_TEST_REQUIRE(process.wait_for_err(second), process.err());
    BOOST_TEST_REQUIRE(write(pipe.get(), "/a\n", 3) == 3);
  }
  pipe = UniqueFd();
  BOOST_TEST_REQUIRE(process.wait().has_value());
  Sql sql(folder.db());
  const std::string events = " from events where kind = 'reader_behind' and at_s > 2.5";
  BOOST_TEST(sql.count("select count(*)" + events) > 0U);
  // A line came about a second after the one before it, and two after the start.
  BOOST_TEST(sql.number("select max(value) / 1e9" + events) < 1.6);
}

BOOST_AUTO_TEST_CASE(a_duration_ends_a_run_whose_pipe_stays_open) {
  const ReplayFolder folder;
  BOOST_TEST_REQUIRE(mkfifo((folder.dir() / "pipe").c_str(), 0600) == 0);
  Process process("replay", folder.options({"pipe", "--rps", "100", "--target", "stub", "--no-ui",
                                            "--stub-latency", "20ms", "-d", "500ms"}));
  const UniqueFd pipe(open((folder.dir() / "pipe").c_str(), O_WRONLY | O_CLOEXEC));
  const std::string input = url_list(3);
  BOOST_TEST_REQUIRE(write(pipe.get(), input.data(), input.size()) ==
                     static_cast<ssize_t>(input.size()));
  const auto status = process.wait();
  BOOST_TEST_REQUIRE(status.has_value(), process.err());
  check_ended_well({status->shell(), process.out(), process.err()});
  BOOST_TEST(Sql(folder.db()).count("select count(*) from requests") == 3U);
}

BOOST_AUTO_TEST_CASE(an_empty_stdin_is_a_mistake) {
  const ReplayFolder folder;
  const ProcessResult result = folder.play({"-", "--rps", "5", "--target", "stub"}, "");
  BOOST_TEST(result.code == 1);
  BOOST_TEST(lines_of(result.err).size() == 1U, result.err);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
