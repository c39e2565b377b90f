// SPDX-License-Identifier: MIT
//
// Servers that break every rule: each request still ends once, under the right name, in time and in
// constant memory. The everyday ways to fail are in outcomes_test.cc, the pool's own cases in
// connections_test.cc.

#include <algorithm>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "endless_server.h"
#include "engine_run.h"
#include "support/scripted_server.h"

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
using macaw::Nanos;
using macaw::stats::Outcome;
using macaw::stats::Sample;
using macaw::test::EndlessServer;
using macaw::test::EngineRun;
using macaw::test::Gate;
using macaw::test::http_answer;
using macaw::test::http_ok;
using macaw::test::ScriptedConnection;
using macaw::test::ScriptedServer;
namespace script = macaw::test::script;

namespace {

constexpr Nanos kTimeout = 200ms;
/// A run of a few requests takes as long as their timeouts, one after another at worst: well below
/// this. Whoever waits for another deadline instead waits for much longer.
constexpr Nanos kRunMax = 15s;
constexpr Nanos kOtherDeadlines = 60s;

/// Nearly the longest request that may be played.
constexpr size_t kLongBody = 2'000'000;

constexpr std::string_view kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string chunked(std::string_view rest) {
  return std::string(kChunked) + std::string(rest);
}

std::string with_headers(std::string_view headers, std::string_view body) {
  return "HTTP/1.1 200 OK\r\n" + std::string(headers) + "\r\n" + std::string(body);
}

std::string repeat(std::string_view text, size_t times) {
  std::string out;
  for (size_t k = 0; k < times; ++k) {
    out += text;
  }
  return out;
}

/// Sends these bytes and then no more, but stays.
ScriptedServer::Script send_and_hold(std::string bytes) {
  return [bytes = std::move(bytes)](ScriptedConnection& client) {
    if (client.read_request() && client.send(bytes)) {
      client.hold();
    }
  };
}

/// `first`, then `more` again and again until the client has enough; a pause after each makes a
/// drip of it.
ScriptedServer::Script send_for_ever(std::string first, std::string more, Nanos gap = Nanos(0)) {
  return [=](ScriptedConnection& client) {
    bool listens = client.read_request() && client.send(first);
    while (listens) {
      listens = client.send(more);
      if (gap > Nanos(0)) {
        client.stall(gap);
      }
    }
  };
}

struct HostileCase {
  std::string_view name;
  ScriptedServer::Script script;
  Outcome outcome;
  std::string_view reason;  ///< its beginning
};

std::ostream& operator<<(std::ostream& out, const HostileCase& c) {
  return out << c.name;
}

constexpr std::string_view kCut = "closed in the middle of the answ";
constexpr std::string_view kPeerReset = "connection reset by peer";
constexpr std::string_view kSilence = "no answer within the timeout";

const std::vector<HostileCase> kBroken = {
    {"reset in the status line", script::send_and_reset("HTTP/1."), Outcome::kReset, kPeerReset},
    {"reset in the headers", script::send_and_reset("HTTP/1.1 200 OK\r\nContent-"), Outcome::kReset,
     kPeerReset},
    {"reset in a body without a length", script::send_and_reset("HTTP/1.1 200 OK\r\n\r\nhalf"),
     Outcome::kReset, kPeerReset},
    {"closed before the request", [](ScriptedConnection&) {}, Outcome::kReset, ""},
};

const std::vector<HostileCase> kWrongLength = {
    {"too long, then closed",
     script::send_and_close(with_headers("Content-Length: 100\r\n", "hello")), Outcome::kReset,
     kCut},
    {"too long, then silence", send_and_hold(with_headers("Content-Length: 100\r\n", "hello")),
     Outcome::kTimeout, kSilence},
    {"too short", script::answer(with_headers("Content-Length: 2\r\n", "hello")), Outcome::kOk, ""},
    {"two different",
     script::answer(with_headers("Content-Length: 2\r\nContent-Length: 5\r\n", "hello")),
     Outcome::kMalformed, "Content-Length given twice"},
    {"negative", script::answer(with_headers("Content-Length: -1\r\n", "")), Outcome::kMalformed,
     ""},
    {"not a number", script::answer(with_headers("Content-Length: five\r\n", "hello")),
     Outcome::kMalformed, ""},
    {"two in one", script::answer(with_headers("Content-Length: 5, 5\r\n", "hello")),
     Outcome::kMalformed, ""},
    {"beyond 64 bits",
     script::answer(with_headers("Content-Length: 99999999999999999999999\r\n", "hello")),
     Outcome::kMalformed, ""},
};

const std::vector<HostileCase> kChunks = {
    {"no digits", script::answer(chunked("\r\n")), Outcome::kMalformed, "bad chunk size"},
    {"negative", script::answer(chunked("-1\r\n")), Outcome::kMalformed, "bad chunk size"},
    {"with a prefix", script::answer(chunked("0x5\r\nhello\r\n")), Outcome::kMalformed, ""},
    {"two numbers", script::answer(chunked("5 5\r\nhello\r\n")), Outcome::kMalformed, ""},
    {"beyond 64 bits", script::answer(chunked("fffffffffffffffff\r\nx")), Outcome::kMalformed,
     "bad chunk size"},
    {"longer than it said", script::answer(chunked("2\r\nhello\r\n0\r\n\r\n")), Outcome::kMalformed,
     ""},
    {"half a chunk, then closed", script::send_and_close(chunked("5\r\nhel")), Outcome::kReset,
     kCut},
    {"half a chunk, then reset", script::send_and_reset(chunked("5\r\nhel")), Outcome::kReset,
     kPeerReset},
    {"half a chunk, then silence", send_and_hold(chunked("5\r\nhel")), Outcome::kTimeout, kSilence},
    {"closed in a chunk size", script::send_and_close(chunked("5")), Outcome::kReset, kCut},
    {"closed before the last chunk", script::send_and_close(chunked("5\r\nhello\r\n")),
     Outcome::kReset, kCut},
    {"closed before the last line end", script::send_and_close(chunked("5\r\nhello\r\n0\r\n")),
     Outcome::kReset, kCut},
};

const std::vector<HostileCase> kEndless = {
    {"headers", send_for_ever("HTTP/1.1 200 OK\r\n", repeat("X-More: of the same\r\n", 500)),
     Outcome::kMalformed, "headers are longer than 65536 by"},
    {"one header's value", send_for_ever("HTTP/1.1 200 OK\r\nX-Long: ", std::string(10'000, 'x')),
     Outcome::kMalformed, "headers are longer than 65536 by"},
    {"one header's name", send_for_ever("HTTP/1.1 200 OK\r\nX-", std::string(10'000, 'x')),
     Outcome::kMalformed, "headers are longer than 65536 by"},
    {"the reason phrase", send_for_ever("HTTP/1.1 200 ", std::string(10'000, 'x')),
     Outcome::kMalformed, "headers are longer than 65536 by"},
    {"empty lines", send_for_ever("", repeat("\r\n", 5000)), Outcome::kMalformed,
     "headers are longer than 65536 by"},
    {"trailers", send_for_ever(chunked("2\r\nok\r\n0\r\n"), repeat("X-More: x\r\n", 1000)),
     Outcome::kMalformed, "trailers are longer than 65536 b"},
    {"1xx", send_for_ever("", repeat("HTTP/1.1 100 Continue\r\n\r\n", 400)), Outcome::kMalformed,
     "headers are longer than 65536 by"},
    {"the body", send_for_ever("HTTP/1.1 200 OK\r\n\r\n", std::string(100'000, 'x')),
     Outcome::kTimeout, kSilence},
    {"a chunk extension", send_for_ever(chunked("5;x="), std::string(100'000, 'x')),
     Outcome::kTimeout, kSilence},
    {"chunks", send_for_ever(std::string(kChunked), repeat("1\r\nx\r\n", 10'000)),
     Outcome::kTimeout, kSilence},
    // Bytes keep coming, each well within the timeout; but the timeout is the answer's.
    {"a drip of headers", send_for_ever("HTTP/1.1 200 OK\r\nX-Slow: ", "x", kTimeout / 10),
     Outcome::kTimeout, kSilence},
    {"a drip of a body",
     send_for_ever("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", "x", kTimeout / 10),
     Outcome::kTimeout, kSilence},
    {"a drip of 1xx", send_for_ever("", "HTTP/1.1 102 Processing\r\n\r\n", kTimeout / 10),
     Outcome::kTimeout, kSilence},
};

const std::vector<HostileCase> kInterim = {
    {"a storm of 1xx before the answer",
     script::answer(repeat("HTTP/1.1 100 Continue\r\n\r\n", 1000) + http_ok("ok")), Outcome::kOk,
     ""},
    {"1xx and the end", script::send_and_close("HTTP/1.1 100 Continue\r\n\r\n"), Outcome::kReset,
     kCut},
    {"1xx and silence", send_and_hold("HTTP/1.1 100 Continue\r\n\r\n"), Outcome::kTimeout,
     kSilence},
    {"an upgrade that nobody asked for",
     script::answer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\n\r\n"),
     Outcome::kMalformed, "101 Switching Protocols, but nob"},
    {"a banner before the request",
     [](ScriptedConnection& client) {
       client.send("220 mail.example ready\r\n");
       client.hold();
     },
     Outcome::kMalformed, "not HTTP: starts with"},
};

std::vector<HostileCase> all_cases() {
  std::vector<HostileCase> all;
  for (const auto* cases : {&kBroken, &kWrongLength, &kChunks, &kEndless, &kInterim}) {
    all.insert(all.end(), cases->begin(), cases->end());
  }
  return all;
}

struct HostileRun : EngineRun {
  explicit HostileRun(uint16_t port, size_t count = 0) : EngineRun(port, count) {
    options.transmission.timeout = kTimeout;
    options.transmission.connect_timeout = kOtherDeadlines;
    options.transmission.drain = kOtherDeadlines;
  }

  ~HostileRun() { BOOST_TEST((result.elapsed < kRunMax)); }
};

std::string_view first_reason(const EngineRun& run) {
  if (run.errors.empty()) {
    return {};
  }
  const auto& error = run.errors.front();
  return {error.text.data(), std::min<size_t>(error.text_size, error.text.size())};
}

void play_hostile(const HostileCase& c) {
  constexpr size_t kRequests = 4;
  const ScriptedServer server(c.script);
  HostileRun run(server.port(), kRequests);
  if (c.outcome != Outcome::kTimeout) {
    run.options.transmission.timeout = kOtherDeadlines;
  }
  run.play();
  BOOST_TEST(run.samples.size() == kRequests);
  BOOST_TEST(run.count(c.outcome) == kRequests);
  BOOST_TEST(first_reason(run).substr(0, c.reason.size()) == c.reason);
  BOOST_TEST(run.result.end_reason == "end of file");
  for (const Sample& sample : run.samples) {
    if (c.outcome == Outcome::kTimeout) {
      BOOST_TEST(sample.service_ns() >= static_cast<uint64_t>(kTimeout.count()));
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hostile_test)

BOOST_DATA_TEST_CASE(broken_connections, boost::unit_test::data::make(kBroken), c) {
  play_hostile(c);
}

BOOST_DATA_TEST_CASE(wrong_lengths, boost::unit_test::data::make(kWrongLength), c) {
  play_hostile(c);
}

BOOST_DATA_TEST_CASE(chunks, boost::unit_test::data::make(kChunks), c) {
  play_hostile(c);
}

BOOST_DATA_TEST_CASE(answers_without_end, boost::unit_test::data::make(kEndless), c) {
  play_hostile(c);
}

BOOST_DATA_TEST_CASE(what_nobody_asked_for, boost::unit_test::data::make(kInterim), c) {
  play_hostile(c);
}

BOOST_AUTO_TEST_CASE(all_at_once_leave_the_good_answers_alone) {
  // Every third connection is a good one; each of the others is hostile in its own way.
  const std::vector<HostileCase> cases = all_cases();
  const ScriptedServer server([&cases](ScriptedConnection& client) {
    if (client.index() % 3 == 0) {
      script::answer(http_ok("ok", "Connection: close\r\n"))(client);
    } else {
      cases[client.index() % cases.size()].script(client);
    }
  });
  HostileRun run(server.port(), 400);
  run.rate = "400";
  run.options.transmission.connections = 32;
  run.options.transmission.workers = 2;
  run.play();
  BOOST_TEST(run.result.scheduled == 400U);
  BOOST_TEST(run.samples.size() + run.result.unsent == 400U);
  BOOST_TEST(run.count(Outcome::kOk) > 0U);
  BOOST_TEST(run.count(Outcome::kMalformed) > 0U);
}

BOOST_AUTO_TEST_CASE(a_keep_alive_that_is_a_lie_costs_detours_and_no_errors) {
  const ScriptedServer server(script::close_after(1, http_ok("ok", "Connection: keep-alive\r\n")));
  EngineRun run(server.port(), 100);
  run.rate = "2k";  // the next request waits already, and goes out on what is being closed
  run.options.transmission.connections = 2;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 100U);
  BOOST_TEST(server.connections() >= 100U);
}

BOOST_AUTO_TEST_CASE(a_close_that_is_a_lie_is_taken_at_its_word) {
  const ScriptedServer server(script::answer(http_ok("ok", "Connection: close\r\n")));
  EngineRun run(server.port(), 20);
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 20U);
  BOOST_TEST(server.connections() == 20U);
}

BOOST_AUTO_TEST_CASE(a_reset_right_behind_each_answer_harms_none) {
  const ScriptedServer server(script::send_and_reset(http_ok("ok")));
  EngineRun run(server.port(), 50);
  run.rate = "1k";
  run.options.transmission.connections = 2;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 50U);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_reset_under_a_request_is_a_detour) {
  // The worst moment: the request has been read, and the answer to it is a reset.
  const ScriptedServer server([](ScriptedConnection& client) {
    while (client.read_request() && client.requests() <= 3) {
      client.send(http_ok("ok"));
    }
    client.reset();
  });
  EngineRun run(server.port(), 40);
  run.rate = "200";
  run.options.transmission.connections = 1;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 40U);
  BOOST_TEST(run.resent() == 13U);
}

BOOST_AUTO_TEST_CASE(an_answer_too_many_is_not_taken_for_the_next_one) {
  // The second answer comes while the connection is idle; the script goes on only when the client
  // has dropped the connection for it.
  Gate dropped;
  const ScriptedServer server([&](ScriptedConnection& client) {
    if (client.index() == 0 && client.read_request()) {
      client.send(http_ok("ok"));
      client.stall(20ms);  // a packet of its own
      client.send(http_answer(404, "nobody asked"));
      client.hold();
      dropped.open();
      return;
    }
    while (client.read_request() && client.wait(dropped)) {
      client.send(http_ok("ok"));
    }
  });
  EngineRun run(server.port(), 2);
  run.rate = "1";
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 2U);
  BOOST_TEST(server.connections() == 2U);
}

BOOST_AUTO_TEST_CASE(silence_on_a_new_connection_each_time_ends_in_time) {
  // Nothing else is in flight, due or connecting that would make the worker look at its deadlines.
  const ScriptedServer server(script::say_nothing());
  HostileRun run(server.port(), 3);
  run.options.transmission.connections = 1;
  run.play();
  BOOST_TEST(run.count(Outcome::kTimeout) == 3U);
}

BOOST_AUTO_TEST_CASE(a_long_request_may_be_answered_before_it_has_been_read) {
  const std::string refusal = http_answer(413, "too long");
  const ScriptedServer server(script::speak_first(refusal, refusal));
  EngineRun run(server.port());
  const std::string body(kLongBody, 'x');
  for (int k = 0; k < 5; ++k) {
    run.lines.push_back(R"({"method":"POST","url":"/x","text":")" + body + "\"}");
  }
  run.options.transmission.connections = 2;
  run.play();
  BOOST_TEST(run.count(Outcome::kHttpError) == 5U);
}

BOOST_AUTO_TEST_CASE(a_long_request_that_is_never_read_times_out) {
  Gate never;
  const ScriptedServer server([&](ScriptedConnection& client) { client.wait(never); });
  HostileRun run(server.port());
  const std::string body(kLongBody, 'x');
  for (int k = 0; k < 3; ++k) {
    run.lines.push_back(R"({"method":"POST","url":"/x","text":")" + body + "\"}");
  }
  run.options.transmission.connections = 1;
  run.play();
  BOOST_TEST(run.count(Outcome::kTimeout) == 3U);
}

BOOST_AUTO_TEST_CASE(a_server_that_stops_listening_refuses_what_is_left) {
  ScriptedServer server(script::close_after(1, http_ok("ok")));
  EngineRun run(server.port(), 200);
  run.options.transmission.connections = 1;
  run.while_playing = [&](macaw::replay::RunControl&) {
    server.wait_for_requests(10);
    server.stop_listening();
  };
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) >= 10U);
  BOOST_TEST(run.count(Outcome::kRefused) >= 1U);
  // A connection that the kernel had accepted, but not the server, is reset.
  BOOST_TEST(run.count(Outcome::kOk) + run.count(Outcome::kRefused) + run.count(Outcome::kReset) ==
             200U);
}

BOOST_AUTO_TEST_CASE(endless_answers_leave_the_memory_as_it_is) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr size_t kRequests = 500;  // a sanitizer's own memory is in the numbers: only for leaks
#else
  constexpr size_t kRequests = 20'000;
#endif
  const EndlessServer server("HTTP/1.1 200 OK\r\n", repeat("X-More: of the same\r\n", 500));
  EngineRun run(server.port(), 100);
  run.options.selection.requests = kRequests;
  run.options.timing.source = macaw::replay::Timing::Source::kSaturate;
  run.options.transmission.connections = 4;
  size_t ended = 0;
  size_t memory_before = 0;
  size_t memory_after = 0;
  run.on_sample = [&](const Sample&) {
    ++ended;
    if (ended == kRequests / 10) {
      memory_before = macaw::test::resident_bytes();
    } else if (ended == kRequests) {
      memory_after = macaw::test::resident_bytes();
    }
  };
  run.play();
  BOOST_TEST(run.count(Outcome::kMalformed) == kRequests);
  BOOST_TEST(memory_before > 0U);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  // The test keeps every sample: 64 bytes each, in a vector that doubles. A leak of 1 % of each
  // answer would be 12 MB.
  BOOST_TEST_MESSAGE("grown by " << memory_after - memory_before << " bytes");
  BOOST_TEST(memory_after < memory_before + (size_t{8} << 20));
#endif
}

BOOST_AUTO_TEST_SUITE_END()
