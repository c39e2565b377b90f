// SPDX-License-Identifier: MIT
//
// Before the run: names, the first request, and what is refused at the start.

#include <boost/test/unit_test.hpp>
#include <string>

#include "engine_run.h"
#include "support/scripted_server.h"

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
using macaw::replay::Replayer;
using macaw::stats::Outcome;
using macaw::test::EngineRun;
using macaw::test::http_answer;
using macaw::test::http_ok;
using macaw::test::ScriptedServer;
namespace script = macaw::test::script;

namespace {

std::unique_ptr<Replayer> prepare(EngineRun& run, const std::string& text) {
  run.options.selection.file = run.folder.write("run.txt", text);
  run.options.timing.profile = macaw::replay::RateProfile::constant({.events = 100, .per = 1s});
  const auto survey = macaw::replay::survey_file(run.options.selection.file, nullptr);
  BOOST_REQUIRE(survey.ok());
  auto replayer = Replayer::prepare(run.options, &*survey);
  BOOST_REQUIRE_MESSAGE(replayer.ok(), (replayer.ok() ? "" : replayer.error().message()));
  return std::move(replayer).value();
}

std::string refusal(EngineRun& run, const std::string& text = "http://h/\n") {
  run.options.selection.file = run.folder.write("run.txt", text);
  run.options.timing.profile = macaw::replay::RateProfile::constant({.events = 100, .per = 1s});
  const auto survey = macaw::replay::survey_file(run.options.selection.file, nullptr);
  BOOST_REQUIRE(survey.ok());
  const auto replayer = Replayer::prepare(run.options, &*survey);
  BOOST_REQUIRE(!replayer.ok());
  return replayer.error().message();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(probe_test)

BOOST_AUTO_TEST_CASE(the_first_record_is_sent_once) {
  const ScriptedServer server(script::answer(http_ok("fine")));
  EngineRun run;
  run.aim_at(server.port());
  const auto replayer = prepare(run, "/first?n=1\n/second\n");
  BOOST_REQUIRE(!replayer->resolve().has_value());
  const auto probe = replayer->probe();
  BOOST_TEST(!probe.trouble.has_value());
  BOOST_TEST((probe.answer.outcome == Outcome::kOk));
  BOOST_TEST(probe.answer.status == 200);
  BOOST_REQUIRE(server.requests().size() == 1U);
  BOOST_TEST(server.requests()[0].raw.starts_with("GET /first?n=1 HTTP/1.1\r\n"));
}

BOOST_AUTO_TEST_CASE(a_wrong_answer_is_an_answer) {
  const ScriptedServer server(
      script::answer(http_answer(500, "broken\x01 " + std::string(300, 'x'))));
  EngineRun run;
  run.aim_at(server.port());
  const auto replayer = prepare(run, "/first\n");
  BOOST_REQUIRE(!replayer->resolve().has_value());
  const auto probe = replayer->probe();
  BOOST_TEST(!probe.trouble.has_value());
  BOOST_TEST((probe.answer.outcome == Outcome::kHttpError));
  BOOST_TEST(probe.answer.reason == "HTTP 500");
  BOOST_TEST(probe.answer.body_start.starts_with("broken  xxx"));
  BOOST_TEST(probe.answer.body_start.size() == 203U);
}

BOOST_AUTO_TEST_CASE(a_target_that_refuses_is_trouble) {
  uint16_t port = 0;
  {
    const ScriptedServer server(script::say_nothing());
    port = server.port();
  }
  EngineRun run;
  const auto replayer = prepare(run, "# c\nhttp://127.0.0.1:" + std::to_string(port) + "/x\n");
  BOOST_REQUIRE(!replayer->resolve().has_value());
  const auto probe = replayer->probe();
  BOOST_REQUIRE(probe.trouble.has_value());
  BOOST_TEST(probe.trouble->host_port == "127.0.0.1:" + std::to_string(port));
  BOOST_TEST(probe.trouble->line == 2U);
  BOOST_TEST(probe.trouble->reason == "connection refused");
}

BOOST_AUTO_TEST_CASE(silence_is_trouble) {
  const ScriptedServer server(script::say_nothing());
  EngineRun run;
  run.options.transmission.timeout = 100ms;
  run.options.transmission.connect_timeout = 100ms;
  run.aim_at(server.port());
  const auto replayer = prepare(run, "/x\n");
  BOOST_REQUIRE(!replayer->resolve().has_value());
  BOOST_REQUIRE(replayer->probe().trouble.has_value());
}

BOOST_AUTO_TEST_CASE(a_name_that_does_not_resolve_is_trouble_with_its_line) {
  EngineRun run;
  const auto replayer = prepare(run, "http://127.0.0.1:9/x\nhttp://macaw-test.invalid/x\n");
  const auto trouble = replayer->resolve();
  BOOST_REQUIRE(trouble.has_value());
  BOOST_TEST(trouble->host_port == "macaw-test.invalid:80");
  BOOST_TEST(trouble->line == 2U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_played_is_refused) {
  {
    EngineRun run;
    BOOST_TEST(contains(refusal(run, "/a\n"), "run.txt:1:1: found a path without a host"));
  }
  {
    EngineRun run;
    run.options.transmission.workers = 4;
    run.options.transmission.connections = 3;
    BOOST_TEST(contains(refusal(run), "--connections: found 3"));
  }
  {
    EngineRun run;
    run.options.transmission.sequence_header = "X Seq";
    BOOST_TEST(contains(refusal(run), "--seq-header"));
  }
  {
    EngineRun run;
    run.options.transmission.set_query = {{"a b", "c"}};
    BOOST_TEST(contains(refusal(run), "--set-query"));
  }
  {
    EngineRun run;
    run.options.expectations = {"nonsense"};
    BOOST_TEST(contains(refusal(run), "--expect: found 'nonsense'"));
  }
  {
    EngineRun run;
    run.options.timing.source = macaw::replay::Timing::Source::kRecorded;
    BOOST_TEST(contains(refusal(run), "--rps"));
  }
  {
    EngineRun run;
    run.options.groups = {{"(", "x"}};
    BOOST_TEST(contains(refusal(run), "--group"));
  }
}

BOOST_AUTO_TEST_CASE(over_a_unix_socket) {
  EngineRun run;
  const std::string path = run.folder / "server.sock";
  run.options.transmission.unix_socket = path;
  {
    const auto missing = prepare(run, "/x\n")->resolve();
    BOOST_REQUIRE(missing.has_value());
    BOOST_TEST(missing->reason == "No such file or directory");
    BOOST_TEST(missing->host_port == "localhost:80");
  }
  {
    const ScriptedServer server(script::answer(http_answer(404, "nothing here")), path);
    const auto replayer = prepare(run, "/x\n");
    BOOST_REQUIRE(!replayer->resolve().has_value());
    const auto probe = replayer->probe();
    BOOST_TEST(!probe.trouble.has_value());
    BOOST_TEST(probe.answer.status == 404);
    BOOST_TEST(server.requests().at(0).raw.find("\r\nHost: localhost\r\n") != std::string::npos);
  }
  // The server has gone, and its file is still there.
  const auto replayer = prepare(run, "/x\n");
  BOOST_REQUIRE(!replayer->resolve().has_value());
  const auto gone = replayer->probe();
  BOOST_REQUIRE(gone.trouble.has_value());
  BOOST_TEST(gone.trouble->reason == "connection refused");
}

BOOST_AUTO_TEST_SUITE_END()
