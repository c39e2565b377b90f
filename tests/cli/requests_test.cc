// SPDX-License-Identifier: MIT
//
// What the options of a run make of every request of a file, byte for byte at the target.
#include "replay_fixture.h"
#include "support/scripted_server.h"

namespace macaw::test {

namespace {

/// What a target gets of a file when it is played with these options, one request after another.
std::vector<std::string> received(const ReplayFolder& folder, std::vector<std::string> args) {
  const ScriptedServer server(script::answer(http_ok("{}")));
  args.insert(args.end(), {"--rps", "max", "-c", "1", "--no-probe", "--expect", "status",
                           "--target", server.host_port()});
  const ProcessResult result = folder.play(args);
  BOOST_TEST_REQUIRE(result.code == 0, result.out + result.err);
  std::vector<std::string> texts;
  for (const RecordedRequest& request : server.requests()) {
    std::string text = request.raw;
    const size_t at = text.find(server.host_port());
    if (at != std::string::npos) {
      text.replace(at, server.host_port().size(), "TARGET");
    }
    texts.push_back(text);
  }
  return texts;
}

constexpr const char* kMixed = R"({"url":"/a?x=1"})"
                               "\n"
                               R"({"url":"http://h:1/b","method":"PUT","text":"old",)"
                               R"("header":{"Content-Type":"text/plain","Host":"own"}})"
                               "\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(requests_test)

BOOST_AUTO_TEST_CASE(method_and_body_for_all) {
  const ReplayFolder folder;
  folder.dir().write("out.jsonl", kMixed);
  BOOST_TEST(received(folder, {"out.jsonl", "--data", "a=1&b=2"}) ==
                 (std::vector<std::string>{
                     "POST /a?x=1 HTTP/1.1\r\nHost: TARGET\r\n"
                     "Content-Type: application/x-www-form-urlencoded\r\nUser-Agent: macaw\r\n"
                     "Accept: */*\r\nContent-Length: 7\r\n\r\na=1&b=2",
                     "POST /b HTTP/1.1\r\nHost: own\r\n"
                     "Content-Type: application/x-www-form-urlencoded\r\nUser-Agent: macaw\r\n"
                     "Accept: */*\r\nContent-Length: 7\r\n\r\na=1&b=2"}),
             boost::test_tools::per_element());
  BOOST_TEST(Sql(folder.db()).rows("select distinct method, endpoint from requests order by 2") ==
                 (std::vector<std::string>{"POST|/a", "POST|/b"}),
             boost::test_tools::per_element());
  BOOST_TEST(received(folder, {"out.jsonl", "-X", "PATCH", "--json", "[1]", "-H", "Host: mine"}) ==
                 (std::vector<std::string>{
                     "PATCH /a?x=1 HTTP/1.1\r\nHost: mine\r\nContent-Type: application/json\r\n"
                     "User-Agent: macaw\r\nAccept: */*\r\nContent-Length: 3\r\n\r\n[1]",
                     "PATCH /b HTTP/1.1\r\nHost: mine\r\nContent-Type: application/json\r\n"
                     "User-Agent: macaw\r\nAccept: */*\r\nContent-Length: 3\r\n\r\n[1]"}),
             boost::test_tools::per_element());
  BOOST_TEST(received(folder, {"out.jsonl", "--method", "DELETE"}) ==
                 (std::vector<std::string>{
                     "DELETE /a?x=1 HTTP/1.1\r\nHost: TARGET\r\nUser-Agent: macaw\r\n"
                     "Accept: */*\r\n\r\n",
                     "DELETE /b HTTP/1.1\r\nContent-Type: text/plain\r\nHost: own\r\n"
                     "User-Agent: macaw\r\nAccept: */*\r\nContent-Length: 3\r\n\r\nold"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_body_from_a_file_is_sent_byte_for_byte) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", "/a\n");
  const std::string body("{\n \"x\": \"\0\"\r\n}\n", 15);
  folder.dir().write("body.json", body);
  const auto sent =
      received(folder, {"out.txt", "--data", "@body.json", "-H", "Content-Type: mine"});
  BOOST_TEST_REQUIRE(sent.size() == 1U);
  BOOST_TEST(sent[0].ends_with("\r\nContent-Length: 15\r\n\r\n" + body), sent[0]);
  BOOST_TEST(contains(sent[0], "\r\nContent-Type: mine\r\n"));
  BOOST_TEST(!contains(sent[0], "urlencoded"));
}

BOOST_AUTO_TEST_CASE(again_finds_the_body_where_the_run_was_started) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", "/a\n");
  folder.dir().write("body.json", "[1,2]");
  BOOST_TEST(received(folder, {"out.txt", "--json", "@body.json"}).size() == 1U);
  const ScriptedServer server(script::answer(http_ok("{}")));
  ProcessOptions options =
      folder.options({"again", folder.db(), "1", "--target", server.host_port(), "--no-probe"});
  options.cwd = "/";
  const ProcessResult result = run_process("replay", std::move(options));
  BOOST_TEST(result.code == 0, result.out + result.err);
  BOOST_TEST_REQUIRE(server.requests().size() == 1U);
  BOOST_TEST(server.requests()[0].raw.ends_with("\r\n\r\n[1,2]"));
}

BOOST_AUTO_TEST_CASE(a_call_that_cannot_be_made_is_refused_with_its_line) {
  const ReplayFolder folder;
  const auto complaint = [&](const std::string& line, std::vector<std::string> args = {}) {
    folder.dir().write("out.jsonl", line + "\n");
    args.insert(args.begin(), {"out.jsonl", "--rps", "1"});
    if (!contains(line, "http")) {
      args.insert(args.end(), {"--target", "127.0.0.1:1"});
    }
    const ProcessResult result = folder.play(args);
    BOOST_TEST(result.code == 1);
    BOOST_TEST(lines_of(result.err).size() == 1U, result.err);
    return result.err;
  };
  BOOST_TEST(complaint(R"({"call":"a.B/C","message":{}})") ==
             "replay: out.jsonl:1: found call 'a.B/C', expected one of --proto, --protoset or the "
             "built-in services\n");
  const std::string decode = R"({"call":"jetstream_proto.Orchestrator/Decode",)";
  const std::string wrong = complaint(decode + R"("message":{"max_tokens":"many"}})");
  BOOST_TEST(wrong.starts_with("replay: out.jsonl:1: message: jetstream_proto.DecodeRequest: "),
             wrong);
  BOOST_TEST(contains(complaint(decode + R"("url":"http://127.0.0.1:1/path"})"),
                      "found a call whose url has a path"));
  BOOST_TEST(contains(complaint(decode + R"("message":{}})", {"--data", "x"}),
                      "found a gRPC call, expected HTTP requests only with"));
  folder.dir().write("broken.proto", "syntax = \"proto3\";\nmessage M { strin q = 1; }\n");
  BOOST_TEST(complaint(decode + R"("message":{}})", {"--proto", "broken.proto"}) ==
             "replay: broken.proto:2:13: \"strin\" is not defined.\n");
  BOOST_TEST(complaint(decode + R"("message":{}})", {"--protoset", "none.bin"}) ==
             "replay: none.bin: No such file or directory\n");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_sent_is_one_line) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", "/a\n");
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"-X", "GE T"}, "--method: found 'GE T', expected a word such as PUT"},
      {{"-X", ""}, "--method: found '', expected a word such as PUT"},
      {{"--data", "@missing"}, "--data: "},
      {{"--json", "@-"}, "--json: found '@-', expected the name of a file behind the @"},
      {{"--data", "a", "--json", "b"}, "--data and --json: found both, expected one body"},
      {{"-H", "Host: a", "-H", "host: b"},
       "--header: found Host 2 times, expected it once: a request has one"}};
  for (const auto& [args, says] : cases) {
    std::vector<std::string> all{"out.txt", "--rps", "max", "--target", "127.0.0.1:1"};
    all.insert(all.end(), args.begin(), args.end());
    const ProcessResult result = folder.play(all);
    BOOST_TEST(result.code == 1);
    BOOST_TEST(result.err.starts_with("replay: " + says), result.err);
    BOOST_TEST(lines_of(result.err).size() == 1U, result.err);
  }
}

BOOST_AUTO_TEST_CASE(so_many_requests_per_connection) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(12));
  const ScriptedServer server(script::answer(http_ok("cb({\"list\":[]})")));
  const ProcessResult result =
      folder.play({"out.txt", "--rps", "max", "-c", "1", "--no-probe", "--target",
                   server.host_port(), "--requests-per-connection", "5"});
  BOOST_TEST(result.code == 0, result.out + result.err);
  BOOST_TEST(server.connections() == 3U);
  for (const RecordedRequest& request : server.requests()) {
    BOOST_TEST(!contains(request.raw, "Connection:"));
  }
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select count(*) from requests where outcome = 'ok'") == "12");
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--requests-per-connection", "x"}, "replay: --requests-per-connection: "},
      {{"--requests-per-connection", "5000000000"},
       "replay: --requests-per-connection: found '5000000000', expected at most 4294967295"},
      {{"--requests-per-connection", "2", "--no-keepalive"},
       "replay: --no-keepalive has one request per connection: found --requests-per-connection 2"}};
  for (const auto& [options, says] : cases) {
    std::vector<std::string> args{"out.txt", "--rps", "max"};
    args.insert(args.end(), options.begin(), options.end());
    const ProcessResult wrong = folder.play(args);
    BOOST_TEST(wrong.code == 1);
    BOOST_TEST(wrong.err.starts_with(says), wrong.err);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
