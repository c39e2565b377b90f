// SPDX-License-Identifier: MIT
//
// Targets behind a Unix socket, and the stub on one.
#include <csignal>
#include <filesystem>

#include "replay_fixture.h"
#include "support/scripted_server.h"

namespace macaw::test {

namespace {

/// `replay stub --unix-socket NAME` in the folder.
class UnixStub {
 public:
  UnixStub(const ReplayFolder& folder, const std::string& name)
      : process_("replay", folder.options({"stub", "--unix-socket", name})) {
    BOOST_REQUIRE_MESSAGE(process_.wait_for_out("\n"), process_.err());
    BOOST_TEST(process_.out() == "listening on unix:" + name + "\n");
  }

  Process& process() { return process_; }

 private:
  Process process_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(unix_socket_test)

BOOST_AUTO_TEST_CASE(a_token_comes_over_the_socket_too) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(4));
  UnixStub stub(folder, "stub.sock");
  const ProcessResult result =
      folder.play({"out.txt", "--rps", "100", "--unix-socket", "stub.sock", "--token-url",
                   "/oauth/token", "--token-client", "a:b"});
  check_ended_well(result);
}

BOOST_AUTO_TEST_CASE(a_run_over_a_unix_socket) {
  const ReplayFolder folder;
  // A host that does not resolve, one with a port, and a path without any.
  folder.dir().write("out.txt", url_list(4, "seldon.invalid") + url_list(4, "other:8080") +
                                    "/js/recommendations?consumer_key=k&user=1&jsonpCallback=cb\n");
  UnixStub stub(folder, "stub.sock");
  const ProcessResult result =
      folder.play({"out.txt", "--rps", "100", "--unix-socket", "stub.sock", "-t", "2"});
  check_ended_well(result);
  BOOST_TEST(contains(result.err, "-> the hosts of the file at unix:stub.sock: "), result.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select count(*), min(outcome), max(outcome) from requests") == "9|ok|ok");
  BOOST_TEST(sql.one("select target from runs") == "(from the file) at unix:stub.sock");
  folder.check_stored(sql);

  const ProcessResult named = folder.play({"out.txt", "--rps", "100", "--unix-socket", "stub.sock",
                                           "--target", "named:81", "--rows", "errors"});
  check_ended_well(named);
  BOOST_TEST(contains(named.err, "-> named:81 at unix:stub.sock: "), named.err);
  BOOST_TEST(sql.one("select target from runs where run = 2") == "named:81 at unix:stub.sock");

  // Its path is one of the folder that the run was started in.
  ProcessOptions elsewhere =
      folder.options({"again", folder.db(), "1", "--no-ui", "--label", "again"});
  elsewhere.cwd = "/";
  check_ended_well(run_process("replay", elsewhere));
  BOOST_TEST(sql.one("select count(*), min(outcome), max(outcome) from requests") == "9|ok|ok");

  BOOST_TEST(end_with(stub.process(), SIGTERM) == 0);
  BOOST_TEST(!std::filesystem::exists(folder.dir() / "stub.sock"));
}

BOOST_AUTO_TEST_CASE(a_socket_that_cannot_be_used) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", "/x\n");
  { const ScriptedServer gone(script::say_nothing(), folder.dir() / "gone.sock"); }
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"missing.sock", "No such file or directory"},
      {"out.txt", "not a socket"},
      {"gone.sock", "connection refused"}};
  for (const auto& [path, reason] : cases) {
    const ProcessResult result = folder.play({"out.txt", "--rps", "10", "--unix-socket", path});
    BOOST_TEST(result.code == 2);
    BOOST_TEST(result.out == "");
    BOOST_TEST(result.err ==
               "replay: unix:" + path + " (--unix-socket) cannot be reached: " + reason + "\n");
  }
  BOOST_TEST(!std::filesystem::exists(folder.db()));
  const ProcessResult late =
      folder.play({"out.txt", "--rps", "10", "--unix-socket", "gone.sock", "--no-probe"});
  BOOST_TEST(late.code == 2, late.out + late.err);
  BOOST_TEST(contains(late.err, "replay: nothing ever answered"), late.err);
  BOOST_TEST(Sql(folder.db()).one("select outcome from requests") == "refused");
}

BOOST_AUTO_TEST_CASE(options_that_are_wrong) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", "/x\n");
  const std::string longer(108, 'p');
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--unix-socket", longer},
       "replay: --unix-socket: found a path of 108 bytes, expected at most 107: '" + longer +
           "'\n"},
      {{"--unix-socket", ""},
       "replay: --unix-socket: found no path, expected that of a Unix socket\n"},
      {{"--unix-socket", "s", "--target", "stub"},
       "replay: --unix-socket and --target stub: found both, expected one place to connect to\n"},
      {{"--unix-socket", "s", "--connect-to", "a:1:b:2"},
       "replay: --unix-socket and --connect-to: found both, expected one place to connect to\n"}};
  for (const auto& [options, says] : cases) {
    std::vector<std::string> args{"out.txt", "--rps", "10"};
    args.insert(args.end(), options.begin(), options.end());
    const ProcessResult result = folder.play(args);
    BOOST_TEST(result.code == 1);
    BOOST_TEST(result.err == says);
  }
}

BOOST_AUTO_TEST_CASE(a_dry_run_needs_no_socket) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(4) + "/x\n");
  const ProcessResult result =
      folder.play({"out.txt", "--rps", "10", "--unix-socket", "missing.sock", "--dry-run"});
  BOOST_TEST(result.code == 0, result.err);
  BOOST_TEST(contains(result.out, "5 requests, "), result.out);
}

BOOST_AUTO_TEST_CASE(the_stub_takes_a_stale_socket_and_no_other_file) {
  const ReplayFolder folder;
  folder.dir().write("notes.txt", "text");
  { const ScriptedServer gone(script::say_nothing(), folder.dir() / "stub.sock"); }
  BOOST_REQUIRE(std::filesystem::is_socket(folder.dir() / "stub.sock"));
  UnixStub stub(folder, "stub.sock");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"stub.sock", "another process listens there"},
      {"notes.txt", "there is a file of that name, and it is not a socket"},
      {"no/folder.sock", "No such file or directory"}};
  for (const auto& [path, reason] : cases) {
    const ProcessResult second = folder.replay({"stub", "--unix-socket", path});
    BOOST_TEST(second.code == 2);
    BOOST_TEST(second.err == "replay: cannot listen on unix:" + path + ": " + reason + "\n");
  }
  BOOST_TEST(folder.dir().read("notes.txt") == "text");
  const ProcessResult both = folder.replay({"stub", "--unix-socket", "s", "--port", "0"});
  BOOST_TEST(both.code == 1);
  BOOST_TEST(both.err ==
             "replay: --unix-socket and --port: found both, expected one place to listen on\n");
  // A socket that a killed stub has left is taken by the next one.
  stub.process().signal(SIGKILL);
  BOOST_REQUIRE(stub.process().wait().has_value());
  BOOST_REQUIRE(std::filesystem::is_socket(folder.dir() / "stub.sock"));
  UnixStub next(folder, "stub.sock");
  BOOST_TEST(end_with(next.process(), SIGINT) == 0);
  BOOST_TEST(!std::filesystem::exists(folder.dir() / "stub.sock"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
