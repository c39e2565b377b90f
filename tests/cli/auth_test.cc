// SPDX-License-Identifier: MIT
//
// Secrets reach the target and nothing else: not the database, not a report, not a message.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "replay_fixture.h"
#include "support/scripted_server.h"

namespace macaw::test {

namespace {

constexpr const char* kSecret = "s3cr3t-of-the-test";

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

/// Plays with the secret in the environment variable KEY.
ProcessResult play_with_key(const ReplayFolder& folder, std::vector<std::string> args) {
  args.insert(args.end(), {"--no-ui", "--rps", "max", "--expect", "status"});
  ProcessOptions options = folder.options(std::move(args));
  options.env = {{"KEY", kSecret}};
  options.env_removed.emplace_back("UNSET_KEY");
  return run_process("replay", std::move(options));
}

/// No file of the folder, and no report of the run, has the secret.
void check_secret_is_nowhere(const ReplayFolder& folder) {
  const std::vector<std::string> formats = {"text",        "json",   "csv", "junit", "hgrm",
                                            "vegeta-json", "locust", "ghz", "html"};
  size_t reports = 0;
  for (const std::string& format : formats) {
    const ProcessResult report =
        folder.replay({"report", "macaw.sqlite", "--format", format, "-o", "report-" + format});
    reports += report.code == 0 ? 1U : 0U;
    BOOST_TEST(!contains(report.out + report.err, kSecret), format);
  }
  BOOST_TEST(reports >= 6U);
  size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.dir().path())) {
    if (entry.is_regular_file()) {
      BOOST_TEST(!contains(bytes_of(entry.path()), kSecret), entry.path().string());
      ++files;
    }
  }
  BOOST_TEST(files > reports);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(auth_test)

BOOST_AUTO_TEST_CASE(a_variable_is_sent_and_stored_as_it_was_typed) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", "/a\n/b\n");
  // A server that repeats what it got, in an error that is shown and stored.
  const ScriptedServer server(
      script::answer(http_answer(401, std::string("unknown key ") + kSecret)));
  const ProcessResult result =
      play_with_key(folder, {"out.txt", "--auth", "ApiKey ${KEY}", "--target", server.host_port()});
  BOOST_TEST(result.code == 0, result.out + result.err);
  BOOST_TEST_REQUIRE(server.requests().size() == 3U);
  for (const RecordedRequest& request : server.requests()) {
    BOOST_TEST(contains(request.raw, std::string("\r\nAuthorization: ApiKey ") + kSecret + "\r\n"));
  }
  BOOST_TEST(!contains(result.out + result.err, kSecret), result.err);
  BOOST_TEST(contains(result.err, "unknown key [redacted]"), result.err);
  Sql sql(folder.db());
  BOOST_TEST(contains(sql.one("select argv from runs"), R"("--auth","ApiKey ${KEY}")"));
  check_secret_is_nowhere(folder);
}

// Texts of errors that quote what a server said: Seldon's own, and what is no HTTP.
BOOST_AUTO_TEST_CASE(what_a_server_repeats_is_not_stored) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", "/js/a?jsonpCallback=cb\n/junk\n/js/b?jsonpCallback=cb\n");
  const std::string message = "no consumer has the key " + std::string(kSecret);
  // The text is cut within the second one.
  const std::string filler(135, '.');
  const ScriptedServer server([&](ScriptedConnection& client) {
    while (client.read_request()) {
      const std::string& request = client.request();
      if (contains(request, "/junk")) {
        client.send(std::string(kSecret) + " is not your key\r\n");
        return;
      }
      const std::string text = contains(request, "/js/a") ? message : filler + kSecret + filler;
      client.send(http_ok("cb({\"error_id\":3,\"error_msg\":\"" + text + "\"})"));
    }
  });
  ProcessOptions options = folder.options({"out.txt", "--auth", "ApiKey $KEY", "--no-ui", "--rps",
                                           "100", "--no-probe", "--target", server.host_port()});
  options.env = {{"KEY", kSecret}};
  const ProcessResult result = run_process("replay", options);
  check_ended_well(result);
  BOOST_TEST(!contains(result.out + result.err, kSecret), result.out + result.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.rows("select outcome, count(*) from requests group by 1 order by 1") ==
                 (std::vector<std::string>{"malformed|1", "wrong_answer|2"}),
             boost::test_tools::per_element());
  const auto texts = sql.rows("select text from events where kind = 'error' order by text");
  const auto stored = [&texts](const std::string& text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
  };
  BOOST_TEST(stored("Seldon error 3: no consumer has the key [redacted]"), texts.front());
  BOOST_TEST(sql.count("select count(*) from events where text like '%s3cr3t%'") == 0U);
  BOOST_TEST(sql.count("select count(*) from events where text like 'not HTTP%[redacted]%'") == 1U);
  check_secret_is_nowhere(folder);
}

BOOST_AUTO_TEST_CASE(secrets_that_were_typed_are_redacted) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", "/a\n");
  const ScriptedServer server(script::answer(http_ok("{}")));
  const std::string secret = kSecret;
  const std::vector<std::vector<std::string>> ways = {{"--auth", "Bearer " + secret},
                                                      {"-H", "Authorization: Basic " + secret},
                                                      {"--header=Cookie: session=" + secret},
                                                      {"-HX-API-KEY: " + secret},
                                                      {"-H", "proxy-authorization: " + secret}};
  for (const auto& way : ways) {
    std::vector<std::string> args{"out.txt", "--target", server.host_port()};
    args.insert(args.end(), way.begin(), way.end());
    const ProcessResult result = play_with_key(folder, args);
    BOOST_TEST(result.code == 0, result.out + result.err);
    BOOST_TEST(!contains(result.out + result.err, secret));
    BOOST_TEST(contains(server.requests().back().raw, secret));
  }
  Sql sql(folder.db());
  BOOST_TEST(sql.count("select count(*) from runs where argv like '%[redacted]%'") == ways.size());
  check_secret_is_nowhere(folder);
}

BOOST_AUTO_TEST_CASE(again_needs_the_variable_or_the_secret) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", "/a\n");
  const ScriptedServer server(script::answer(http_ok("{}")));
  BOOST_TEST(
      play_with_key(folder, {"out.txt", "--auth", "$KEY", "--target", server.host_port()}).code ==
      0);
  BOOST_TEST(play_with_key(folder, {"out.txt", "-H", std::string("Cookie: ") + kSecret, "--target",
                                    server.host_port()})
                 .code == 0);
  const ProcessResult without = folder.replay({"again", "macaw.sqlite", "1"});
  BOOST_TEST(without.code == 1);
  BOOST_TEST(without.err ==
             "replay: --auth: the environment variable KEY is not set, expected a value\n");
  ProcessOptions with = folder.options({"again", "macaw.sqlite", "1"});
  with.env = {{"KEY", kSecret}};
  BOOST_TEST(run_process("replay", std::move(with)).code == 0);
  BOOST_TEST(contains(server.requests().back().raw, kSecret));
  const ProcessResult cookie = folder.replay({"again", "macaw.sqlite", "2"});
  BOOST_TEST(cookie.code == 1);
  BOOST_TEST(cookie.err ==
             "replay: run 2: the value of the header Cookie was not stored: give it again (-H "
             "'Cookie: ...')\n");
  BOOST_TEST(folder.replay({"again", "macaw.sqlite", "2", "-H", "Cookie: other"}).code == 0);
  const std::string last = server.requests().back().raw;
  BOOST_TEST(contains(last, "\r\nCookie: other\r\n"), last);
  BOOST_TEST(!contains(last, "redacted"), last);
  check_secret_is_nowhere(folder);
}

BOOST_AUTO_TEST_CASE(a_variable_that_is_missing_is_one_line) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", "/a\n");
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--auth", "ApiKey $UNSET_KEY"},
       "--auth: the environment variable UNSET_KEY is not set, expected a value"},
      {{"--auth", "$KEY", "-H", "authorization: x"},
       "--auth and --header Authorization: found both, expected one of them"}};
  for (const auto& [args, says] : cases) {
    std::vector<std::string> all{"out.txt", "--target", "127.0.0.1:1"};
    all.insert(all.end(), args.begin(), args.end());
    const ProcessResult result = play_with_key(folder, all);
    BOOST_TEST(result.code == 1);
    BOOST_TEST(result.err == "replay: " + says + "\n");
    BOOST_TEST(folder.dir().names() == std::vector<std::string>{"out.txt"},
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
