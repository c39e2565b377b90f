// SPDX-License-Identifier: MIT
//
// Records that say what their answers must be like, from the file to the database and the reports.
#include "replay_fixture.h"
#include "support/scripted_server.h"

namespace macaw::test {

namespace {

/// Answers with what the path asks for: /status/N, else the part behind /body/.
ScriptedServer::Script echo() {
  return [](ScriptedConnection& client) {
    while (client.read_request()) {
      const std::string& request = client.request();
      const size_t begin = request.find(' ') + 1;
      const std::string path = request.substr(begin, request.find(' ', begin) - begin);
      if (path.starts_with("/status/")) {
        client.send(http_answer(std::atoi(path.c_str() + 8), "{}"));
      } else if (path.starts_with("/long/")) {
        client.send(http_ok("{\"a\":\"" +
                            std::string(std::strtoul(path.c_str() + 6, nullptr, 10), 'x') + "\"}"));
      } else {
        client.send(http_ok("{\"list\":[{\"item\":1},{\"item\":2},{\"item\":3}],\"ok\":true}"));
      }
    }
  };
}

std::string overlap_of(int first, int count) {
  std::string ids;
  for (int k = first; k < first + count; ++k) {
    ids += (ids.empty() ? "" : ",") + std::to_string(k);
  }
  return R"({"overlap":{"pointer":"/list/*/item","ids":[)" + ids + R"(],"min":0.6}})";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(expect_test)

BOOST_AUTO_TEST_CASE(each_record_is_judged_by_its_own_words) {
  const ReplayFolder folder;
  folder.dir().write("out.jsonl",
                     R"({"url":"/status/404","expect":{"status":404}})"
                     "\n"
                     R"({"url":"/status/404","expect":{"status":[200,"3xx"]}})"
                     "\n"
                     R"({"url":"/status/404"})"
                     "\n"
                     R"({"url":"/status/500","expect":"none"})"
                     "\n"
                     R"({"url":"/body/","expect":{"json":{"pointer":"/ok","equals":true}}})"
                     "\n"
                     R"({"url":"/body/","expect":{"json":{"pointer":"/ok","equals":1}}})"
                     "\n"
                     R"({"url":"/body/","expect":{"contains":"nothing like it"}})"
                     "\n"
                     R"({"url":"/body/","expect":)" +
                         overlap_of(1, 5) + "}\n" + R"({"url":"/body/","expect":)" +
                         overlap_of(2, 5) + "}\n");
  const ScriptedServer server(echo());
  const ProcessResult result = folder.play(
      {"out.jsonl", "--rps", "max", "-c", "1", "--no-probe", "--target", server.host_port()});
  BOOST_TEST(result.code == 0, result.out + result.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.rows("select line, outcome, status from requests order by i") ==
                 (std::vector<std::string>{"1|ok|404", "2|http_error|404", "3|http_error|404",
                                           "4|ok|500", "5|ok|200", "6|wrong_answer|200",
                                           "7|wrong_answer|200", "8|ok|200", "9|wrong_answer|200"}),
             boost::test_tools::per_element());
  BOOST_TEST(sql.rows("select text from events where kind = 'error' order by value") ==
                 (std::vector<std::string>{"HTTP 404, expected 200 or 3xx", "HTTP 404",
                                           "/ok is not what was expected",
                                           "the answer does not contain the expected text",
                                           "/list/*/item has less than 0.6 of the expected ids"}),
             boost::test_tools::per_element());
  BOOST_TEST(contains(result.out, "/ok is not what was expected"), result.out);
  folder.check_stored(sql);
}

BOOST_AUTO_TEST_CASE(faults_of_many_different_expectations_are_one_kind) {
  const ReplayFolder folder;
  std::string file;
  for (int k = 0; k < 3000; ++k) {
    file += R"({"url":"/body/","expect":)" + overlap_of(k % 2 == 0 ? 1 : k + 10, 3) + "}\n";
  }
  folder.dir().write("out.jsonl", file);
  const ScriptedServer server(echo());
  const ProcessResult result = folder.play({"out.jsonl", "--rps", "3000", "-d", "2s", "-t", "2",
                                            "--target", server.host_port(), "--format", "json"});
  check_ended_well(result);
  Sql sql(folder.db());
  BOOST_TEST(sql.rows("select outcome, count from outcomes where endpoint = 'all'") ==
                 (std::vector<std::string>{"ok|3000", "wrong_answer|3000"}),
             boost::test_tools::per_element());
  BOOST_TEST(sql.count("select count(distinct text) from events where kind = 'error'") == 1U);
  // Second by second: what was good, and what was answered wrongly. (The last answers may come in a
  // third second, in which nothing was due.)
  BOOST_TEST(sql.rows("select start_s, ok, wrong_answer from intervals where resolution = 1 and "
                      "endpoint = 0 and requests > 0 order by 1") ==
                 (std::vector<std::string>{"0|1500|1500", "1|1500|1500"}),
             boost::test_tools::per_element());
  const ProcessResult page =
      folder.replay({"report", "macaw.sqlite", "--format", "html", "-o", "page.html"});
  BOOST_TEST(page.code == 0, page.err);
  BOOST_TEST(contains(folder.dir().read("page.html"), R"("outcomes":{"wrong_answer":[1500,1500)"));
  const ProcessResult seconds =
      folder.replay({"report", "macaw.sqlite", "--format", "csv", "--table", "seconds"});
  BOOST_TEST(contains(seconds.out, "\n1,all,,3000,1500,1500,0,1500,0,"), seconds.out);
  folder.check_stored(sql);
}

BOOST_AUTO_TEST_CASE(an_answer_longer_than_what_is_kept) {
  const ReplayFolder folder;
  const std::string expect = R"("expect":{"json":{"pointer":"/a","exists":true}}})";
  folder.dir().write("out.jsonl", R"({"url":"/long/65000",)" + expect + "\n" +
                                      R"({"url":"/long/66000",)" + expect + "\n");
  const ScriptedServer server(echo());
  const std::vector<std::string> args{"out.jsonl", "--rps",           "max", "-c", "1",
                                      "--target",  server.host_port()};
  BOOST_TEST(folder.play(args).code == 0);
  Sql sql(folder.db());
  BOOST_TEST(sql.rows("select outcome from requests order by i") ==
                 (std::vector<std::string>{"ok", "wrong_answer"}),
             boost::test_tools::per_element());
  BOOST_TEST(contains(sql.one("select text from events where kind = 'error'"), "--keep-body SIZE"));
  std::vector<std::string> more = args;
  more.insert(more.end(), {"--keep-body", "128k"});
  BOOST_TEST(folder.play(more).code == 0);
  BOOST_TEST(sql.one("select distinct outcome from requests") == "ok");
}

BOOST_AUTO_TEST_CASE(a_wrong_expectation_is_one_line_before_anything_is_sent) {
  const ReplayFolder folder;
  folder.dir().write("out.jsonl",
                     "{\"url\":\"/a\"}\n"
                     R"({"url":"/a","expect":{"overlap":{"pointer":"/a","ids":[1],"min":2}}})");
  const ScriptedServer server(echo());
  const ProcessResult result =
      folder.play({"out.jsonl", "--rps", "max", "--target", server.host_port()});
  BOOST_TEST(result.code == 1);
  BOOST_TEST(result.err ==
             "replay: out.jsonl:2:65: found '2', expected 'min' as a number from 0 to 1\n");
  BOOST_TEST(server.connections() == 0U);
  BOOST_TEST(folder.dir().names() == std::vector<std::string>{"out.jsonl"},
             boost::test_tools::per_element());
  // Met only while it plays: what stands before is played.
  const ProcessResult streamed =
      folder.play({"out.jsonl", "--rps", "max", "--no-check", "--target", server.host_port()});
  BOOST_TEST(streamed.code == 1);
  BOOST_TEST(contains(streamed.err, "out.jsonl:2:65: found '2'"), streamed.err);
  BOOST_TEST(Sql(folder.db()).one("select count(*) from requests") == "1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
