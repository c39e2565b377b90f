// SPDX-License-Identifier: MIT
//
// Each way in which a server can treat a request has one outcome, and only one.

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "engine_run.h"
#include "support/scripted_server.h"

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
using macaw::stats::Outcome;
using macaw::test::EngineRun;
using macaw::test::http_answer;
using macaw::test::http_ok;
using macaw::test::ScriptedServer;
namespace script = macaw::test::script;

namespace {

struct Case {
  std::string_view name;
  ScriptedServer::Script script;
  Outcome outcome;
  std::string_view reason;
  int status;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.name;
}

const std::vector<Case> kCases = {
    {"an answer", script::answer(http_ok("hello")), Outcome::kOk, "", 200},
    {"byte by byte", script::drip(http_ok("hello")), Outcome::kOk, "", 200},
    {"closed by the end of the connection", script::send_and_close("HTTP/1.1 200 OK\r\n\r\nhello"),
     Outcome::kOk, "", 200},
    {"HTTP/1.0", script::send_and_close("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"),
     Outcome::kOk, "", 200},
    {"chunked",
     script::answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
     Outcome::kOk, "", 200},
    {"no content", script::answer("HTTP/1.1 204 No Content\r\n\r\n"), Outcome::kOk, "", 204},
    {"a hint first", script::answer("HTTP/1.1 103 Early Hints\r\n\r\n" + http_ok("x")),
     Outcome::kOk, "", 200},
    {"service unavailable", script::answer(http_answer(503, "busy")), Outcome::kHttpError,
     "HTTP 503", 503},
    {"not HTTP", script::send_and_close("SSH-2.0-OpenSSH\r\n"), Outcome::kMalformed, "", 0},
    {"a bad chunk",
     script::send_and_close("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
     Outcome::kMalformed, "", 200},
    {"closed at once", script::send_and_close(""), Outcome::kReset, "closed without an answer", 0},
    {"closed in the headers", script::send_and_close("HTTP/1.1 200 OK\r\nContent-"),
     Outcome::kReset, "closed in the middle of the answer", 0},
    {"closed in the body",
     script::send_and_close("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), Outcome::kReset,
     "closed in the middle of the answer", 0},
    {"reset at once", script::send_and_reset(""), Outcome::kReset, "connection reset by peer", 0},
    {"silence", script::say_nothing(), Outcome::kTimeout, "no answer within the timeout", 0},
};

std::string reason_of(const EngineRun& run) {
  if (run.errors.empty()) {
    return {};
  }
  const auto& text = run.errors.front().text;
  return std::string(text.data(), std::min<size_t>(run.errors.front().text_size, text.size()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(outcomes_test)

BOOST_DATA_TEST_CASE(every_request_ends_in_its_outcome, boost::unit_test::data::make(kCases), c) {
  const ScriptedServer server(c.script);
  EngineRun run;
  run.add_lines(5);
  run.aim_at(server.port());
  run.options.transmission.timeout = c.outcome == Outcome::kTimeout ? 200ms : 5000ms;
  run.play();
  BOOST_TEST(run.samples.size() == 5U);
  BOOST_TEST(run.count(c.outcome) == 5U);
  BOOST_TEST(run.result.end_reason == "end of file");
  for (const auto& sample : run.samples) {
    if (c.status != 0 && c.outcome != Outcome::kMalformed) {
      BOOST_TEST(+sample.status == static_cast<unsigned>(c.status));
    }
    BOOST_TEST(sample.bytes_out > 0U);
  }
  if (!c.reason.empty()) {
    BOOST_TEST(reason_of(run) == c.reason.substr(0, 32));
  }
}

BOOST_AUTO_TEST_CASE(nobody_listens) {
  uint16_t port = 0;
  {
    ScriptedServer server(script::say_nothing());
    port = server.port();
  }
  EngineRun run;
  run.add_lines(5);
  run.aim_at(port);
  run.play();
  BOOST_TEST(run.count(Outcome::kRefused) == 5U);
  BOOST_TEST(run.result.sent == 0U);
  BOOST_TEST(reason_of(run) == "connection refused");
  for (const auto& sample : run.samples) {
    BOOST_TEST((sample.flags & macaw::stats::kFlagNotSent) != 0);
    BOOST_TEST(+sample.sent_ns == sample.done_ns);
    BOOST_TEST(sample.bytes_out == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_connect_that_hangs_times_out) {
  const macaw::test::FullBacklog backlog;
  EngineRun run;
  run.add_lines(3);
  run.aim_at(backlog.port());
  run.options.transmission.connect_timeout = 200ms;
  run.play();
  BOOST_TEST(run.count(Outcome::kTimeout) == 3U);
  BOOST_TEST(run.result.sent == 0U);
}

BOOST_AUTO_TEST_CASE(seldon_errors_inside_a_200_are_wrong_answers) {
  const ScriptedServer server([](macaw::test::ScriptedConnection& client) {
    while (client.read_request()) {
      const bool wrong = client.request().find("n=1&") != std::string::npos;
      client.send(http_ok(wrong ? R"(j({"error_id":3,"error_msg":"Consumer not Authorized"}))"
                                : R"(j({"size":0,"list":[]}))"));
    }
  });
  EngineRun run;
  for (int k = 0; k < 10; ++k) {
    run.lines.push_back("/js/recommendations?n=" + std::to_string(k % 2) + "&jsonpCallback=j");
  }
  run.aim_at(server.port());
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 5U);
  BOOST_TEST(run.count(Outcome::kWrongAnswer) == 5U);
}

BOOST_AUTO_TEST_CASE(one_silent_request_in_a_hundred_is_counted_and_the_rest_unharmed) {
  // Censoring: what never answers must be there, as slow as the timeout, not missing.
  const ScriptedServer server([](macaw::test::ScriptedConnection& client) {
    while (client.read_request()) {
      if (client.request().find("?n=50 ") != std::string::npos) {
        client.hold();
      }
      client.send(http_ok("ok"));
    }
  });
  EngineRun run;
  run.add_lines(100);
  run.aim_at(server.port());
  run.options.transmission.timeout = 300ms;
  run.play();
  BOOST_TEST(run.count(Outcome::kTimeout) == 1U);
  BOOST_TEST(run.count(Outcome::kOk) == 99U);
  BOOST_TEST(run.samples[50].response_ns() >= 300'000'000U);
  BOOST_TEST((run.samples[50].outcome == Outcome::kTimeout));
}

BOOST_AUTO_TEST_CASE(an_error_is_told_once_and_counted_always) {
  const ScriptedServer server(script::answer(http_answer(500, "no")));
  EngineRun run;
  run.add_lines(50);
  run.aim_at(server.port());
  run.play();
  uint64_t occurrences = 0;
  for (const auto& error : run.errors) {
    occurrences += error.count;
  }
  BOOST_TEST(occurrences == 50U);
  BOOST_TEST(run.errors.size() <= 3U);
}

BOOST_AUTO_TEST_CASE(cells_that_find_no_room_are_counted) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run;
  run.add_lines(50);
  run.aim_at(server.port());
  run.sink_capacity = 20;
  run.play();
  BOOST_TEST(run.result.cells_lost >= 30U);
}

BOOST_AUTO_TEST_SUITE_END()
