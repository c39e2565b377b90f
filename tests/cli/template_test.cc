// SPDX-License-Identifier: MIT
//
// Templates from the file to the target's socket.
#include <set>

#include "replay_fixture.h"
#include "support/scripted_server.h"

namespace macaw::test {

namespace {

constexpr const char* kFile =
    R"({"url":"/u/${csv:users.csv:id}?n=${seq}&r=${rand:1..1000000}","method":"POST",)"
    R"("header":{"X-Request-Id":"${uuid}"},"text":"{\"name\":\"${csv:users.csv:name}\"}",)"
    R"("x-macaw":{"template":true}})"
    "\n"
    R"({"url":"/plain/${seq}"})"
    "\n";

/// The request lines, headers and bodies that came, in any order.
std::multiset<std::string> played(const ReplayFolder& folder, std::vector<std::string> args) {
  const ScriptedServer server(script::answer(http_ok("{}")));
  args.insert(args.begin(), {"out.jsonl", "--rps", "max", "-n", "40", "--no-probe", "--expect",
                             "status", "--target", server.host_port(), "-H", "Host: h"});
  const ProcessResult result = folder.play(args);
  BOOST_TEST_REQUIRE(result.code == 0, result.out + result.err);
  std::multiset<std::string> texts;
  for (const RecordedRequest& request : server.requests()) {
    texts.insert(request.raw);
  }
  return texts;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(template_test)

BOOST_AUTO_TEST_CASE(the_same_requests_whatever_the_threads) {
  const ReplayFolder folder;
  folder.dir().write("out.jsonl", kFile);
  folder.dir().write("users.csv", "id,name\n7,Ann\n8,\"B. \"\"C\"\"\"\n9,D\n");
  const auto once = played(folder, {"--seed", "5"});
  BOOST_TEST(once.size() == 40U);
  BOOST_TEST((once == played(folder, {"--seed", "5", "-t", "3"})));
  BOOST_TEST((once != played(folder, {"--seed", "6"})));
  const auto has = [&once](const std::string& begin, const std::string& end) {
    return std::any_of(once.begin(), once.end(), [&](const std::string& text) {
      return text.starts_with(begin) && text.ends_with(end);
    });
  };
  BOOST_TEST(has("POST /u/7?n=0&r=", "\r\nContent-Length: 14\r\n\r\n{\"name\":\"Ann\"}"));
  BOOST_TEST(has("POST /u/9?n=2&r=", "\r\n\r\n{\"name\":\"D\"}"));
  BOOST_TEST(has("POST /u/8?n=4&r=", "\r\n\r\n{\"name\":\"B. \"C\"\"}"));
  // A record that asks for nothing goes out as it was recorded.
  BOOST_TEST(has("GET /plain/${seq} HTTP/1.1\r\n", "\r\n\r\n"));
  BOOST_TEST(Sql(folder.db()).rows("select distinct endpoint from requests order by 1") ==
                 (std::vector<std::string>{"/plain/${seq}", "/u/${csv:users.csv:id}"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_wrong_template_is_one_line_before_anything_is_sent) {
  const ReplayFolder folder;
  folder.dir().write("users.csv", "id\n1\n");
  const std::string good = "{\"url\":\"/a\"}\n";
  const std::string mark = R"("x-macaw":{"template":true}})";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"url":"/${user}",)" + mark, "replay: out.jsonl:2:10: found '${user}', expected ${seq}"},
      {R"({"url":"/${csv:none.csv:id}",)" + mark, "replay: out.jsonl:2: csv: "},
      {R"({"url":"/${csv:users.csv:name}",)" + mark,
       "replay: out.jsonl:2: found column 'name' of users.csv, expected one of id"}};
  const ScriptedServer server(script::answer(http_ok("{}")));
  for (const auto& [line, says] : cases) {
    folder.dir().write("out.jsonl", good + line + "\n");
    const ProcessResult result =
        folder.play({"out.jsonl", "--rps", "max", "--target", server.host_port()});
    BOOST_TEST(result.code == 1);
    BOOST_TEST(result.err.starts_with(says), result.err);
    BOOST_TEST(lines_of(result.err).size() == 1U, result.err);
  }
  BOOST_TEST(server.connections() == 0U);
}

BOOST_AUTO_TEST_CASE(values_inside_json_strings) {
  const ReplayFolder folder;
  folder.dir().write(
      "out.jsonl",
      R"({"url":"/n","method":"POST","text":"{\"name\":\"${csv:users.csv:name:json}\"}",)"
      R"("x-macaw":{"template":true}})"
      "\n");
  folder.dir().write("users.csv", "id,name\n8,\"B. \"\"C\"\"\n\\D\"\n");
  const auto requests = played(folder, {});
  BOOST_TEST_REQUIRE(requests.size() == 40U);
  BOOST_TEST(requests.begin()->ends_with(R"({"name":"B. \"C\"\n\\D"})"), *requests.begin());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
