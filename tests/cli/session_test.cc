// SPDX-License-Identifier: MIT
//
// Access tokens that are fetched and renewed; cookies and redirects as a person asks for them.
#include <atomic>
#include <fstream>
#include <sstream>

#include "replay_fixture.h"
#include "support/scripted_server.h"

namespace macaw::test {

namespace {

constexpr const char* kClientSecret = "s3cr3t-of-the-client";

ProcessResult play_with_secret(const ReplayFolder& folder, std::vector<std::string> args) {
  args.insert(args.end(), {"--no-ui", "--expect", "status"});
  ProcessOptions options = folder.options(std::move(args));
  options.env = {{"SECRET", kClientSecret}};
  return run_process("replay", std::move(options));
}

std::string file_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

const std::string kPrediction =
    R"({"method":"POST","url":"/api/v0.1/predictions","header":{"Content-Type":)"
    R"(["application/json"]},"text":"{\"data\":{\"ndarray\":[[1.0,2.0]]}}"})"
    "\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(session_test)

BOOST_AUTO_TEST_CASE(a_token_by_client_credentials_is_renewed) {
  const ReplayFolder folder;
  folder.dir().write("out.jsonl", kPrediction);
  const StubTarget stub(
      {"--require-token", "--token-life", "5s", "--client", std::string("shop:") + kClientSecret});
  const ProcessResult result = play_with_secret(
      folder, {"out.jsonl", "--rps", "50", "--duration", "4500ms", "--target", stub.host_port(),
               "--token-url", "/oauth/token", "--token-client", "shop:$SECRET"});
  BOOST_TEST((result.code == 0 || result.code == 4), result.err);  // as the machine had time
  BOOST_TEST(contains(result.out, "\n  token at "), result.out);
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select group_concat(distinct status) from requests") == "200");
  // After 4 s, at which the first one is still valid.
  BOOST_TEST(sql.one("select group_concat(distinct text) from events where kind = 'token'") ==
             "access token renewed, for 5 s");
  BOOST_TEST(contains(sql.one("select argv from runs"), R"("--token-client","shop:$SECRET")"));
  BOOST_TEST(!contains(file_bytes(folder.db()), kClientSecret));
}

BOOST_AUTO_TEST_CASE(seldons_token_stands_in_the_query) {
  const ReplayFolder folder;
  folder.dir().write("out.jsonl", kPrediction);
  const StubTarget stub({"--require-token", "--client", std::string("shop:") + kClientSecret});
  const ProcessResult result = play_with_secret(
      folder, {"out.jsonl", "--rps", "max", "--requests", "20", "--target", stub.host_port(),
               "--token-url", "http://" + stub.host_port() + "/token", "--token-request", "get",
               "--token-client", "shop:$SECRET", "--token-query", "oauth_token"});
  BOOST_TEST(result.code == 0, result.out + result.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select status || ' ' || count(*) from requests group by status") == "200 20");
}

BOOST_AUTO_TEST_CASE(no_token_no_run) {
  const ReplayFolder folder;
  folder.dir().write("out.jsonl", kPrediction);
  const StubTarget stub({"--require-token", "--client", "shop:another"});
  const auto with_url = [&](const std::string& url, const std::string& how) {
    return play_with_secret(
        folder, {"out.jsonl", "--rps", "10", "--target", stub.host_port(), "--token-url", url,
                 "--token-request", how, "--token-client", "shop:$SECRET"});
  };
  const ProcessResult refused = with_url("/oauth/token", "post");
  BOOST_TEST(refused.code == 2);
  BOOST_TEST(refused.err == "replay: no access token: " + stub.host_port() +
                                " answered with status 401: 'Bad credentials'\n");
  const ProcessResult seldon = with_url("/token", "get");
  BOOST_TEST(seldon.code == 2);
  BOOST_TEST(seldon.err == "replay: no access token: " + stub.host_port() +
                               " answered with status 400: 'Wrong consumer secret'\n");
  const ProcessResult nobody = with_url("http://127.0.0.1:1/token", "post");
  BOOST_TEST(nobody.code == 2);
  BOOST_TEST(contains(nobody.err, "no access token: 127.0.0.1:1: "), nobody.err);
}

BOOST_AUTO_TEST_CASE(answers_that_hold_no_token) {
  const ReplayFolder folder;
  folder.dir().write("out.jsonl", kPrediction);
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"hello", " answered with what is no JSON object\n"},
      {"{}", " answered without an access_token\n"},
      {R"({"access_token":7})", " answered without an access_token\n"},
      {R"({"access_token":"a\r\nX: 1"})",
       " answered with an access_token that no header can hold\n"},
      {R"({"error":"not s3cr3t-of-the-client"})",
       " answered without an access_token: 'not [redacted]'\n"}};
  for (const auto& [body, says] : cases) {
    const ScriptedServer server(script::answer(http_ok(body)));
    const ProcessResult result =
        play_with_secret(folder, {"out.jsonl", "--rps", "10", "--target", server.host_port(),
                                  "--token-url", "/t", "--token-client", "shop:$SECRET"});
    BOOST_TEST(result.code == 2);
    BOOST_TEST(result.err == "replay: no access token: " + server.host_port() + says);
  }
}

BOOST_AUTO_TEST_CASE(a_token_that_cannot_be_renewed_is_told_once) {
  const ReplayFolder folder;
  folder.dir().write("out.jsonl", kPrediction);
  std::atomic<int> asked{0};
  const ScriptedServer server([&asked](ScriptedConnection& client) {
    while (client.read_request()) {
      if (!client.request().starts_with("POST /t ")) {
        client.send(http_ok("{}"));
      } else {
        client.send(++asked == 1 ? http_ok(R"({"access_token":"first","expires_in":1})")
                                 : http_answer(503, "not now"));
      }
    }
  });
  const ProcessResult result = play_with_secret(
      folder, {"out.jsonl", "--rps", "20", "--duration", "3500ms", "--target", server.host_port(),
               "--token-url", "/t", "--token-client", "shop:$SECRET"});
  BOOST_TEST(asked.load() >= 3);
  Sql sql(folder.db());
  const std::string says =
      "access token not renewed: " + server.host_port() + " answered with status 503";
  BOOST_TEST(sql.one("select text from events where kind = 'warning'") == says);
  BOOST_TEST(contains(result.err, says), result.err);
  for (const RecordedRequest& request : server.requests()) {
    BOOST_TEST((request.raw.starts_with("POST /t ") ||
                contains(request.raw, "\r\nAuthorization: Bearer first\r\n")));
  }
  BOOST_TEST(!contains(file_bytes(folder.db()), "Bearer first"));
}

BOOST_AUTO_TEST_CASE(options_that_do_not_fit_together) {
  const ReplayFolder folder;
  folder.dir().write("out.jsonl", kPrediction);
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--token-client", "a:b"}, "--token-client needs --token-url"},
      {{"--token-query", "t"}, "--token-query needs --token-url"},
      {{"--token-url", "/t"}, "--token-url: found a path, expected http://HOST/... or a --target"},
      {{"--token-url", "http://h/t"}, "--token-url needs --token-client 'ID:$SECRET'"},
      {{"--token-url", "https://h/t"}, "--token-url needs --token-client 'ID:$SECRET'"},
      {{"--token-url", "http://h/t", "--token-client", "a"},
       "--token-client: found no ':', expected 'ID:$SECRET'"},
      {{"--token-url", "http://h/t", "--token-client", "a:$NOT_THERE"},
       "--token-client: the environment variable NOT_THERE is not set, expected a value"},
      {{"--token-url", "http://h/t", "--token-client", "a:b", "--token-request", "put"},
       "--token-request: found 'put', expected post or get"},
      {{"--token-url", "http://h/t", "--token-client", "a:b", "--token-header", "a b"},
       "--token-header: found 'a b', expected the name of a header"},
      {{"--token-url", "http://h/t", "--token-client", "a:b", "--token-query", "a=b"},
       "--token-query: found 'a=b', expected the name of a parameter"},
      {{"--token-url", "http://h/t", "--token-client", "a:b", "--token-query", "a",
        "--token-header", "b"},
       "--token-header and --token-query: found both, expected one place"},
      {{"--token-url", "http://h/t", "--token-client", "a:b", "-H", "authorization: x"},
       "--token-url and a header Authorization of yours: found both, expected one of them"},
      {{"--redirects", "101"}, "--redirects: found 101, expected at most 100"},
  };
  for (const auto& [options, says] : cases) {
    std::vector<std::string> args{"out.jsonl", "--rps", "1"};
    args.insert(args.end(), options.begin(), options.end());
    const ProcessResult result = folder.play(args);
    BOOST_TEST(result.code == 1, says);
    BOOST_TEST(result.err == "replay: " + says + "\n");
  }
}

BOOST_AUTO_TEST_CASE(a_secret_that_was_typed_must_be_given_again) {
  const ReplayFolder folder;
  folder.dir().write("out.jsonl", kPrediction);
  const StubTarget stub({"--require-token"});
  const ProcessResult first =
      folder.play({"out.jsonl", "--rps", "max", "--requests", "3", "--target", stub.host_port(),
                   "--token-url", "/oauth/token", "--token-client", "shop:typed"});
  BOOST_TEST(first.code == 0, first.out + first.err);
  BOOST_TEST(!contains(file_bytes(folder.db()), "typed"));
  const ProcessResult again = folder.replay({"again", "macaw.sqlite", "1", "--no-ui"});
  BOOST_TEST(again.code == 1);
  BOOST_TEST(contains(again.err, "the secret of --token-client was not stored: give it again"),
             again.err);
  const ProcessResult given =
      folder.replay({"again", "macaw.sqlite", "1", "--no-ui", "--token-client", "shop:typed"});
  BOOST_TEST(given.code == 0, given.out + given.err);
}

BOOST_AUTO_TEST_CASE(cookies_and_redirects) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", "/login\n/login\n");
  const ScriptedServer server([](ScriptedConnection& client) {
    while (client.read_request()) {
      if (client.request().starts_with("GET /login ")) {
        client.send(http_answer(302, "", "Location: home?x=1\r\nSet-Cookie: id=7; Path=/\r\n"));
      } else {
        client.send(contains(client.request(), "\r\nCookie: id=7\r\n") ? http_ok("welcome")
                                                                       : http_answer(403, "who?"));
      }
    }
  });
  const ProcessResult result = folder.play(
      {"out.txt", "--rps", "max", "--target", server.host_port(), "--cookies", "--redirects", "2"});
  BOOST_TEST(result.code == 0, result.out + result.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select status || ' ' || redirected || ' ' || count(*) from requests"
                     " group by status, redirected") == "200 1 2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
