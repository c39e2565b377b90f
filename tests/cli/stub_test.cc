// SPDX-License-Identifier: MIT
//
// `replay stub` as a person starts it: its options, and runs against it.
#include <csignal>

#include "replay_fixture.h"

namespace macaw::test {

BOOST_AUTO_TEST_SUITE(stub_test)

namespace {

/// A JSON line that asks for a prediction of `instances` keys.
std::string predict_line(size_t instances, const std::string& headers) {
  std::string list;
  for (size_t k = 0; k < instances; ++k) {
    list += std::string(k == 0 ? "" : ", ") + R"({\"cc_num\": 4000000000000000})";
  }
  return R"({"method":"POST","url":"http://ingress/v1/models/m:predict","header":{)" + headers +
         R"(},"text":"{\"instances\": [)" + list + "]}\"}\n";
}

const std::string kHeaders = R"("Host":["m.p.hopsworks.ai"],"Authorization":["ApiKey K"],)"
                             R"("Content-Type":["application/json"])";

/// "status count, status count" of the newest run.
std::string statuses(const ReplayFolder& folder) {
  Sql sql(folder.db());
  return sql.one(
      "select group_concat(status || ' ' || n, ', ') from (select status, count(*) n from requests"
      " group by 1 order by 1)");
}

}  // namespace

BOOST_AUTO_TEST_CASE(options_that_are_wrong) {
  const ReplayFolder folder;
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--preset", "iris"},
       "replay: --preset: found 'iris', expected one of hopsworks, mnist-rest, mnist-grpc, "
       "flowers-direct, flowers-executor, flowers-grpc-direct, flowers-grpc-executor, ml10m\n"},
      {{"--delay", "1ms"}, "replay: --delay needs --proxy\n"},
      {{"--proxy", "127.0.0.1:1", "--preset", "ml10m"},
       "replay: --preset is the time of answers, and --proxy has none of its own; use --delay\n"},
      {{"--proxy", "127.0.0.1:1", "--latency", "1ms"},
       "replay: --latency is the time of answers, and --proxy has none of its own; use --delay\n"},
      {{"--proxy", "https://127.0.0.1:1"},
       "replay: --proxy: found 'https://127.0.0.1:1', expected a server without TLS\n"},
      {{"--client", "key"}, "replay: --client: found 'key', expected KEY:SECRET\n"}};
  for (const auto& [options, says] : cases) {
    std::vector<std::string> args{"stub", "--port", "0"};
    args.insert(args.end(), options.begin(), options.end());
    const ProcessResult result = folder.replay(args);
    BOOST_TEST(result.code == 1, result.out + result.err);
    BOOST_TEST(result.out == "");
    BOOST_TEST(result.err == says);
  }
  for (const std::string option : {"--workers", "--token-life", "--require-instances", "--proxy"}) {
    const ProcessResult result = folder.replay({"stub", "--port", "0", option, "x y"});
    BOOST_TEST(result.code == 1, option);
    BOOST_TEST(result.err.starts_with("replay: " + option + ": "), result.err);
    BOOST_TEST_REQUIRE(lines_of(result.err).size() == 1U, result.err);
  }
  const ProcessResult nowhere =
      folder.replay({"stub", "--port", "0", "--proxy", "macaw-test.invalid:80"});
  BOOST_TEST(nowhere.code == 2);
  BOOST_TEST(contains(nowhere.err, "macaw-test.invalid"), nowhere.err);
}

BOOST_AUTO_TEST_CASE(predictions_of_those_who_are_let_in) {
  const ReplayFolder folder;
  const StubTarget strict({"--preset", "hopsworks", "--require-host", "m.p.hopsworks.ai",
                           "--require-key", "K", "--require-instances", "25"});
  folder.dir().write("out.jsonl", predict_line(25, kHeaders) + predict_line(24, kHeaders) +
                                      predict_line(25, R"("Host":["m.p.hopsworks.ai"])") +
                                      predict_line(25, R"("Host":["m.p.hopsworks.ai"],)"
                                                       R"("Authorization":["ApiKey X"])") +
                                      predict_line(25, R"("Authorization":["ApiKey K"])"));
  const ProcessResult result = folder.play({"out.jsonl", "--rps", "100", "--connect-to",
                                            "ingress:80:" + strict.host_port(), "--no-probe"});
  check_ended_well(result);
  BOOST_TEST(statuses(folder) == "200 1, 400 1, 401 1, 403 1, 404 1");
  // The guide's size, and no answer before the preset's fastest.
  Sql sql(folder.db());
  BOOST_TEST(sql.number("select service_ms from requests where status = 200") >= 7);
}

BOOST_AUTO_TEST_CASE(a_hop_before_a_stub) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(20));
  const StubTarget behind({"--consumer-key", "k"});
  const StubTarget hop({"--proxy", behind.host_port(), "--delay", "3ms"});
  const ProcessResult result =
      folder.play({"out.txt", "--rps", "200", "--target", hop.host_port(), "--no-probe"});
  check_ended_well(result);
  BOOST_TEST(statuses(folder) == "200 20");
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select distinct outcome from requests") == "ok");
  BOOST_TEST(sql.number("select min(service_ms) from requests") >= 3);
}

BOOST_AUTO_TEST_CASE(a_hop_before_nothing) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(4));
  std::string nowhere;
  {
    StubTarget gone;
    nowhere = gone.host_port();
    end_with(gone.process(), SIGTERM);
  }
  const StubTarget hop({"--proxy", nowhere});
  static_cast<void>(
      folder.play({"out.txt", "--rps", "100", "--target", hop.host_port(), "--no-probe"}));
  BOOST_TEST(statuses(folder) == "502 4");
}

BOOST_AUTO_TEST_CASE(a_preset_of_the_stub_that_a_run_starts) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(20));
  const ProcessResult result = folder.play({"out.txt", "--rps", "100", "--no-probe", "--target",
                                            "stub", "--stub-preset", "flowers-direct"});
  check_ended_well(result);
  Sql sql(folder.db());
  // The preset's fastest answer takes 53.958 ms.
  BOOST_TEST(sql.number("select min(service_ms) from requests") >= 53.958);
  const ProcessResult mixed =
      folder.play({"out.txt", "--rps", "100", "--no-probe", "--target", "stub", "--stub-preset",
                   "flowers-direct", "--stub-latency", "/js/action=1ms"});
  check_ended_well(mixed);
  BOOST_TEST(sql.number("select min(service_ms) from requests where endpoint = "
                        "'/js/recommendations'") >= 53.958);
  BOOST_TEST(sql.number("select min(service_ms) from requests where endpoint = "
                        "'/js/action/new'") < 53.958);

  const std::string names =
      "hopsworks, mnist-rest, mnist-grpc, flowers-direct, flowers-executor, flowers-grpc-direct, "
      "flowers-grpc-executor, ml10m";
  const ProcessResult unknown =
      folder.play({"out.txt", "--rps", "100", "--target", "stub", "--stub-preset", "iris"});
  BOOST_TEST(unknown.code == 1);
  BOOST_TEST(unknown.err == "replay: --stub-preset: found 'iris', expected one of " + names + "\n");
  const ProcessResult alone = folder.play({"out.txt", "--rps", "100", "--stub-preset", "ml10m"});
  BOOST_TEST(alone.code == 1);
  BOOST_TEST(alone.err == "replay: --stub-preset needs --target stub\n");
  const std::string help = folder.replay({"--help"}).out;
  BOOST_TEST(contains(help, "--stub-preset"));
  BOOST_TEST(contains(help, "TensorFlow Serving"));
  BOOST_TEST(!contains(help, "stub of the Seldon API"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
