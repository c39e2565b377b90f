// SPDX-License-Identifier: MIT
//
// The pool: how many connections, which one, what happens to stale ones.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <vector>

#include "engine_run.h"
#include "support/scripted_server.h"

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
using macaw::stats::Outcome;
using macaw::test::EngineRun;
using macaw::test::Gate;
using macaw::test::http_ok;
using macaw::test::ScriptedConnection;
using macaw::test::ScriptedServer;
namespace script = macaw::test::script;

BOOST_AUTO_TEST_SUITE(connections_test)

BOOST_AUTO_TEST_CASE(a_fast_server_is_served_by_few_connections) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run(server.port(), 100);
  run.rate = "200";
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 100U);
  BOOST_TEST(server.connections() <= 20U);  // one, but for stalls of this machine
}

BOOST_AUTO_TEST_CASE(connections_grow_to_the_limit_and_the_rest_waits_in_order) {
  Gate gate;
  ScriptedServer server(script::answer_behind(gate, http_ok("ok")));
  EngineRun run(server.port(), 100);
  run.rate = "5k";
  run.options.transmission.connections = 4;
  run.while_playing = [&](macaw::replay::RunControl&) {
    server.wait_for_requests(4);
    gate.open();
  };
  run.play();
  BOOST_TEST(server.connections() == 4U);
  BOOST_TEST(run.count(Outcome::kOk) == 100U);
  // In order: a request never goes out before one that was due earlier.
  uint64_t sent_before = 0;
  for (const auto& sample : run.samples) {
    const uint64_t sent = static_cast<uint64_t>(sample.intended_ns) + sample.sent_ns;
    BOOST_TEST(sent >= sent_before);
    sent_before = sent;
  }
}

BOOST_AUTO_TEST_CASE(without_keep_alive_each_request_has_its_own_connection) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run(server.port(), 30);
  run.options.transmission.keep_alive = false;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 30U);
  BOOST_TEST(server.connections() == 30U);
  for (const auto& sample : run.samples) {
    BOOST_TEST((sample.flags & macaw::stats::kFlagNewConnection) != 0);
  }
}

BOOST_AUTO_TEST_CASE(a_connection_is_closed_after_so_many_answers) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run(server.port(), 40);
  run.options.transmission.connections = 1;
  run.options.transmission.requests_per_connection = 3;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 40U);
  BOOST_TEST(run.resent() == 0U);
  BOOST_TEST(server.connections() == 14U);
  std::vector<size_t> carried(14);
  for (const auto& request : server.requests()) {
    ++carried.at(request.connection);
    BOOST_TEST(request.raw.find("Connection:") == std::string::npos);
  }
  BOOST_TEST(carried.back() == 1U);
  carried.back() = 3;
  BOOST_TEST(carried == std::vector<size_t>(14, 3), boost::test_tools::per_element());
  BOOST_TEST(std::count_if(run.samples.begin(), run.samples.end(), [](const auto& sample) {
               return (sample.flags & macaw::stats::kFlagNewConnection) != 0;
             }) == 14);
}

BOOST_AUTO_TEST_CASE(one_answer_per_connection_and_no_word_of_it) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run(server.port(), 20);
  run.options.transmission.requests_per_connection = 1;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 20U);
  BOOST_TEST(server.connections() == 20U);
  for (const auto& request : server.requests()) {
    BOOST_TEST(request.raw.find("Connection:") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(every_connection_counts_for_itself) {
  const ScriptedServer server(script::answer_after(1ms, http_ok("ok")));
  EngineRun run(server.port(), 400);
  run.options.timing.source = macaw::replay::Timing::Source::kSaturate;
  run.options.transmission.connections = 6;
  run.options.transmission.workers = 2;
  run.options.transmission.requests_per_connection = 7;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 400U);
  std::vector<size_t> carried(server.connections());
  for (const auto& request : server.requests()) {
    ++carried.at(request.connection);
  }
  // The last six end with the run.
  BOOST_TEST(std::count(carried.begin(), carried.end(), 7U) >=
             static_cast<std::ptrdiff_t>(carried.size()) - 6);
  BOOST_TEST(*std::max_element(carried.begin(), carried.end()) == 7U);
}

// The server takes the third request of each connection and closes: what is sent again is the first
// of its new connection and is not charged for the old one.
BOOST_AUTO_TEST_CASE(what_is_resent_counts_on_its_new_connection) {
  const ScriptedServer server(script::swallow_after(2, http_ok("ok")));
  EngineRun run(server.port(), 30);
  run.rate = "200";
  run.options.transmission.connections = 1;
  run.options.transmission.requests_per_connection = 4;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 30U);
  BOOST_TEST(run.resent() == 14U);
  BOOST_TEST(server.connections() == 15U);
}

BOOST_AUTO_TEST_CASE(a_stale_connection_costs_a_detour_and_no_error) {
  const ScriptedServer server(script::swallow_after(3, http_ok("ok")));
  EngineRun run(server.port(), 40);
  run.rate = "200";
  run.options.transmission.connections = 1;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 40U);
  // Every fourth request of a connection is swallowed, and is the first of the next connection.
  BOOST_TEST(run.resent() == 13U);
}

BOOST_AUTO_TEST_CASE(a_request_is_resent_only_once) {
  // The first connection answers once; from then on every request is swallowed.
  const ScriptedServer server([](ScriptedConnection& client) {
    if (client.read_request() && client.index() == 0) {
      client.send(http_ok("ok"));
      client.read_request();
    }
  });
  EngineRun run(server.port(), 2);
  run.rate = "20";
  run.options.transmission.connections = 1;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 1U);
  BOOST_TEST(run.count(Outcome::kReset) == 1U);
  BOOST_TEST(server.requests().size() == 3U);
}

BOOST_AUTO_TEST_CASE(servers_that_close_idle_connections_cause_no_errors) {
  const ScriptedServer server(script::close_after(2, http_ok("ok")));
  EngineRun run(server.port(), 60);
  run.rate = "300";
  run.options.transmission.connections = 2;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 60U);
}

BOOST_AUTO_TEST_CASE(junk_after_an_answer_ends_the_connection_only) {
  const ScriptedServer server(script::answer(http_ok("ok") + "junk"));
  EngineRun run(server.port(), 20);
  run.rate = "100";
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 20U);
  BOOST_TEST(server.connections() == 20U);
}

BOOST_AUTO_TEST_CASE(a_server_that_speaks_before_it_is_asked_is_not_answered_to) {
  const ScriptedServer server(
      script::speak_first("HTTP/1.1 408 Request Timeout\r\n\r\n", http_ok("ok")));
  EngineRun run(server.port(), 10);
  run.rate = "100";
  run.play();
  BOOST_TEST(run.samples.size() == 10U);  // whatever each was: one outcome
}

BOOST_AUTO_TEST_CASE(several_hosts_share_the_limit) {
  const ScriptedServer one(script::answer(http_ok("1")));
  const ScriptedServer two(script::answer(http_ok("2")));
  EngineRun run;
  for (int k = 0; k < 20; ++k) {
    run.lines.push_back("http://" + (k % 2 == 0 ? one : two).host_port() +
                        "/x?n=" + std::to_string(k));
  }
  run.rate = "100";
  run.options.transmission.connections = 1;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 20U);
  BOOST_TEST(one.requests().size() == 10U);
  BOOST_TEST(two.requests().size() == 10U);
}

BOOST_AUTO_TEST_CASE(connections_can_be_sent_elsewhere_with_the_host_header_kept) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run;
  run.lines = {"http://seldon-server/x"};
  run.options.transmission.connect_to = {{macaw::http::HostPort{"seldon-server", 80},
                                          macaw::http::HostPort{"127.0.0.1", server.port()}}};
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 1U);
  BOOST_TEST(server.requests().at(0).raw.find("\r\nHost: seldon-server\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(connections_can_go_to_a_unix_socket_with_the_host_header_kept) {
  EngineRun run;
  const std::string path = run.folder / "server.sock";
  const ScriptedServer server(script::answer(http_ok("ok")), path);
  // No host of these resolves: nobody asks.
  run.lines = {"http://seldon-server/x", "http://other.invalid:8080/y", "/z"};
  run.options.transmission.unix_socket = path;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 3U);
  std::set<std::string> hosts;
  for (const auto& request : server.requests()) {
    const size_t begin = request.raw.find("\r\nHost: ") + 8;
    hosts.insert(request.raw.substr(begin, request.raw.find("\r\n", begin) - begin));
  }
  BOOST_TEST(hosts == (std::set<std::string>{"localhost", "other.invalid:8080", "seldon-server"}),
             boost::test_tools::per_element());
  for (const auto& sample : run.samples) {
    BOOST_TEST(sample.bytes_in > 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_target_and_a_unix_socket_are_one_pool) {
  EngineRun run;
  const std::string path = run.folder / "server.sock";
  const ScriptedServer server(script::answer(http_ok("ok")), path);
  run.lines = {"http://a/x", "http://b/y", "/z"};
  run.options.transmission.unix_socket = path;
  run.options.transmission.target = macaw::http::HostPort{"named.invalid", 8080};
  run.rate = "20";
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 3U);
  BOOST_TEST(server.connections() <= 2U);  // one, but for a stall of this machine
  for (const auto& request : server.requests()) {
    BOOST_TEST(request.raw.find("\r\nHost: named.invalid:8080\r\n") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_stale_connection_of_a_unix_socket_costs_a_detour_too) {
  EngineRun run;
  const std::string path = run.folder / "server.sock";
  const ScriptedServer server(script::swallow_after(3, http_ok("ok")), path);
  run.add_lines(20);
  run.options.transmission.unix_socket = path;
  run.options.transmission.connections = 1;
  run.rate = "200";
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 20U);
  BOOST_TEST(run.resent() == 6U);
}

BOOST_AUTO_TEST_CASE(without_keep_alive_a_unix_socket_has_a_connection_each) {
  EngineRun run;
  const std::string path = run.folder / "server.sock";
  const ScriptedServer server(script::answer(http_ok("ok")), path);
  run.add_lines(50);
  run.options.transmission.unix_socket = path;
  run.options.transmission.keep_alive = false;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 50U);
  BOOST_TEST(server.connections() == 50U);
}

BOOST_AUTO_TEST_CASE(idle_connections_do_not_time_out) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run(server.port(), 4);
  run.rate = "5";
  run.options.transmission.timeout = 100ms;  // shorter than the pause between requests
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 4U);
}

BOOST_AUTO_TEST_SUITE_END()
