// SPDX-License-Identifier: MIT
//
// Over loopback: cookies that come back from their user only, redirects that are followed.

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <map>
#include <string>

#include "engine_run.h"
#include "support/scripted_server.h"

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
using macaw::replay::Timing;
using macaw::stats::Outcome;
using macaw::stats::Sample;
using macaw::test::EngineRun;
using macaw::test::http_answer;
using macaw::test::http_ok;
using macaw::test::ScriptedConnection;
using macaw::test::ScriptedServer;

namespace {

/// "a=1; b=2" of the request's Cookie header, or nothing.
std::string cookies_of(const std::string& request) {
  const size_t at = request.find("\r\nCookie: ");
  if (at == std::string::npos) {
    return {};
  }
  const size_t begin = at + 10;
  return request.substr(begin, request.find("\r\n", begin) - begin);
}

std::string path_of_request(const std::string& request) {
  const size_t begin = request.find(' ') + 1;
  return request.substr(begin, request.find(' ', begin) - begin);
}

/// Gives each session that has none a number of its own, and counts what comes back.
ScriptedServer::Script session_server(std::atomic<int>& sessions) {
  return [&sessions](ScriptedConnection& client) {
    while (client.read_request()) {
      if (cookies_of(client.request()).empty()) {
        const std::string number = std::to_string(++sessions);
        client.send(http_ok("new", "Set-Cookie: s=" + number + "; Path=/\r\n"));
      } else {
        client.send(http_ok("known"));
      }
    }
  };
}

/// /0 leads to /1, that to /2, ... until `/last`.
ScriptedServer::Script chain(int last, int status = 302, bool closes = false) {
  return [=](ScriptedConnection& client) {
    while (client.read_request()) {
      const int at = std::stoi(path_of_request(client.request()).substr(1));
      client.send(at >= last ? http_ok("there")
                             : http_answer(status, "moved",
                                           "Location: /" + std::to_string(at + 1) + "\r\n" +
                                               (closes ? "Connection: close\r\n" : "")));
      if (closes && at < last) {
        client.close();
        return;
      }
    }
  };
}

void use_users(EngineRun& run, const std::string& users) {
  run.options.timing.source = Timing::Source::kUsers;
  run.options.timing.closed_loop.emplace(macaw::replay::ClosedLoop{
      .users = std::move(macaw::replay::parse_user_plan(users, {})).value(), .think = {}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session_test)

BOOST_AUTO_TEST_CASE(each_user_of_a_closed_loop_has_its_own_cookies) {
  for (const uint32_t workers : {1U, 2U}) {
    std::atomic<int> sessions{0};
    const ScriptedServer server(session_server(sessions));
    EngineRun run(server.port(), 200);
    use_users(run, "5");
    run.options.transmission.workers = workers;
    run.options.transmission.connections = 5;
    run.options.transmission.cookies = true;
    run.play();
    BOOST_TEST(run.count(Outcome::kOk) == 200U);
    std::map<std::string, int> of_session;
    for (const auto& request : server.requests()) {
      ++of_session[cookies_of(request.raw)];
    }
    // Users that never got a turn have no session; each that had one opened one only.
    BOOST_TEST(of_session[""] == sessions.load());
    BOOST_TEST(sessions.load() <= 5);
    BOOST_TEST(sessions.load() > 0);
  }
}

BOOST_AUTO_TEST_CASE(in_the_open_loop_the_records_user_has_them) {
  std::atomic<int> sessions{0};
  const ScriptedServer server(session_server(sessions));
  EngineRun run(server.port());
  // One user's requests never overlap: each waits for the answer of the one before.
  run.rate = "20";
  for (int n = 0; n < 12; ++n) {
    run.lines.push_back(R"({"method":"GET","url":"/x","user":")" +
                        std::string(n % 2 == 0 ? "ann" : "bob") + R"("})");
  }
  run.options.transmission.cookies = true;
  run.options.transmission.connections = 1;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 12U);
  BOOST_TEST(sessions.load() == 2);
  const auto requests = server.requests();
  BOOST_REQUIRE(requests.size() == 12U);
  for (size_t k = 2; k < requests.size(); ++k) {
    BOOST_TEST(cookies_of(requests[k].raw) == (k % 2 == 0 ? "s=1" : "s=2"));
  }
}

BOOST_AUTO_TEST_CASE(without_cookies_none_are_sent) {
  std::atomic<int> sessions{0};
  const ScriptedServer server(session_server(sessions));
  EngineRun run(server.port(), 10);
  run.play();
  BOOST_TEST(sessions.load() == 10);
}

BOOST_AUTO_TEST_CASE(redirects_are_followed_within_one_request) {
  for (const bool closes : {false, true}) {
    for (const uint32_t connections : {1U, 8U}) {
      const ScriptedServer server(chain(3, 302, closes));
      EngineRun run(server.port(), 0);
      run.add_lines(40, "/0");
      run.options.transmission.redirects_max = 3;
      run.options.transmission.connections = connections;
      run.play();
      BOOST_TEST(run.count(Outcome::kOk) == 40U);
      BOOST_REQUIRE(run.samples.size() == 40U);
      BOOST_TEST(run.result.sent == 40U);
      for (const Sample& sample : run.samples) {
        BOOST_TEST((sample.status == 200));
        BOOST_TEST((sample.flags & macaw::stats::kFlagRedirected) != 0);
        BOOST_TEST(sample.sent_ns <= sample.first_byte_ns);
        BOOST_TEST(sample.first_byte_ns <= sample.done_ns);
      }
      BOOST_TEST(server.requests().size() == 160U);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_response_time_ends_with_the_last_answer) {
  const ScriptedServer server([](ScriptedConnection& client) {
    while (client.read_request()) {
      client.stall(30ms);
      client.send(path_of_request(client.request()) == "/end"
                      ? http_ok("there")
                      : http_answer(303, "", "Location: /end\r\n"));
    }
  });
  EngineRun run(server.port());
  run.lines = {R"({"method":"POST","url":"/begin","text":"body"})"};
  run.options.transmission.redirects_max = 1;
  run.play();
  BOOST_REQUIRE(run.samples.size() == 1U);
  const Sample& sample = run.samples.front();
  BOOST_TEST(sample.service_ns() >= 60'000'000U);
  BOOST_TEST(sample.first_byte_ns >= 60'000'000U);
  const auto requests = server.requests();
  BOOST_REQUIRE(requests.size() == 2U);
  BOOST_TEST(sample.bytes_out == requests[0].raw.size() + requests[1].raw.size());
  BOOST_TEST(requests[1].raw.starts_with("GET /end HTTP/1.1\r\n"));
  BOOST_TEST(requests[1].raw.ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(too_many_redirects_and_other_hosts_are_wrong_answers) {
  const ScriptedServer server(chain(3));
  EngineRun run(server.port(), 0);
  run.add_lines(5, "/0");
  run.options.transmission.redirects_max = 2;
  run.play();
  BOOST_TEST(run.count(Outcome::kWrongAnswer) == 5U);
  BOOST_REQUIRE(!run.errors.empty());
  const auto& text = run.errors.front().text;
  BOOST_TEST(std::string(text.data(), 20) == "redirected more ofte");
  BOOST_TEST((run.samples.front().status == 302));

  const ScriptedServer elsewhere(
      macaw::test::script::answer(http_answer(302, "", "Location: http://other.example/\r\n")));
  EngineRun away(elsewhere.port(), 5);
  away.options.transmission.redirects_max = 2;
  away.play();
  BOOST_TEST(away.count(Outcome::kWrongAnswer) == 5U);
}

BOOST_AUTO_TEST_CASE(redirects_are_off_by_default) {
  const ScriptedServer server(chain(3));
  EngineRun run(server.port(), 0);
  run.add_lines(5, "/0");
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 5U);
  BOOST_TEST((run.samples.front().status == 302));
}

BOOST_AUTO_TEST_CASE(a_redirect_for_ever_ends_by_the_timeout) {
  const ScriptedServer server(
      macaw::test::script::answer(http_answer(307, "", "Location: /x\r\n")));
  EngineRun run(server.port(), 3);
  run.options.transmission.redirects_max = UINT32_MAX;
  run.options.transmission.connections = 1;
  run.options.transmission.timeout = 50ms;
  run.play();
  BOOST_TEST(run.count(Outcome::kTimeout) == 3U);
}

BOOST_AUTO_TEST_CASE(a_stop_ends_what_is_being_redirected) {
  const ScriptedServer server(
      macaw::test::script::answer(http_answer(307, "", "Location: /x\r\n")));
  EngineRun run(server.port(), 8);
  run.options.transmission.redirects_max = UINT32_MAX;
  run.options.transmission.connections = 2;
  run.while_playing = [&server](macaw::replay::RunControl& control) {
    server.wait_for_requests(30);
    control.stop_now("enough");
  };
  run.play();
  BOOST_TEST(run.count(Outcome::kUnfinished) > 0U);
}

BOOST_AUTO_TEST_CASE(a_login_that_sets_a_cookie_and_redirects) {
  const ScriptedServer server([](ScriptedConnection& client) {
    while (client.read_request()) {
      const std::string path = path_of_request(client.request());
      if (path == "/login") {
        client.send(http_answer(302, "", "Location: /home\r\nSet-Cookie: id=7; Path=/\r\n"));
      } else {
        client.send(cookies_of(client.request()) == "id=7" ? http_ok("welcome")
                                                           : http_answer(403, "who?"));
      }
    }
  });
  EngineRun run(server.port());
  run.lines = {R"({"method":"POST","url":"/login","text":"user=x"})"};
  run.options.transmission.redirects_max = 5;
  run.options.transmission.cookies = true;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
