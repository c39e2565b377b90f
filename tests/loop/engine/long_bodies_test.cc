// SPDX-License-Identifier: MIT
//
// Requests that no socket buffer holds, and servers that take their time over them, or do not read
// them at all: one outcome each, under the right name. And requests that announce their body.

#include <array>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "engine_run.h"
#include "support/scripted_server.h"

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
using macaw::Nanos;
using macaw::stats::Outcome;
using macaw::test::EngineRun;
using macaw::test::Gate;
using macaw::test::http_answer;
using macaw::test::http_ok;
using macaw::test::ScriptedConnection;
using macaw::test::ScriptedServer;
namespace script = macaw::test::script;

namespace {

/// Far more than the kernel holds for a reader that does not read: 4 MB and 6 MB where nobody has
/// changed it.
constexpr size_t kBody = 16'000'000;

/// `count` requests with such a body, one after another.
struct LongRun : EngineRun {
  explicit LongRun(size_t count) {
    options.transmission.overrides.method = "POST";
    options.transmission.overrides.body = std::string(kBody, 'x');
    options.transmission.connections = 1;
    options.transmission.timeout = 60s;  // whoever waits for it is wrong, and late
    options.transmission.drain = 60s;
    add_lines(count);
  }

  void play_against(const ScriptedServer& server) {
    aim_at(server.port());
    const auto before = macaw::MonoClock::now();
    play();
    BOOST_TEST((macaw::MonoClock::now() - before < 40s));
  }
};

/// Answers when it has the head, and then does what `then` says.
ScriptedServer::Script answer_early(const std::string& bytes,
                                    std::function<void(ScriptedConnection&)> then) {
  return [bytes, then = std::move(then)](ScriptedConnection& client) {
    if (client.read_head() && client.send(bytes)) {
      then(client);
    }
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(long_bodies_test)

BOOST_AUTO_TEST_CASE(a_server_that_reads_slowly_gets_all_of_it) {
  constexpr Nanos kPause = 2ms;
  const ScriptedServer server([&](ScriptedConnection& client) {
    // Little at a time, as long as it takes: then an answer, and the next one.
    while (client.read_head()) {
      size_t left = kBody - 512;  // the head has taken some of it
      size_t taken = 1;
      for (size_t pauses = 0; taken > 0 && left > 64 * 1024; left -= taken) {
        if (++pauses % 8 == 0) {
          client.stall(kPause);
        }
        taken = client.read_some(64 * 1024);
      }
      if (taken == 0 || !client.send(http_ok("read"))) {
        return;
      }
      client.hold();  // the rest
    }
  });
  LongRun run(1);
  run.play_against(server);
  BOOST_TEST(run.count(Outcome::kOk) == 1U);
  const macaw::stats::Sample& sample = run.samples.at(0);
  BOOST_TEST(sample.bytes_out > kBody);
  // 30 pauses at least lie between the send and the answer.
  BOOST_TEST(sample.first_byte_ns - sample.sent_ns >= static_cast<uint64_t>((30 * kPause).count()));
}

BOOST_AUTO_TEST_CASE(whole_requests_share_a_connection) {
  const ScriptedServer server(script::answer(http_ok("read")));
  LongRun run(3);
  run.play_against(server);
  BOOST_TEST(run.count(Outcome::kOk) == 3U);
  BOOST_TEST(server.connections() == 1U);
  for (const auto& request : server.requests()) {
    BOOST_TEST(request.raw.size() == run.samples.at(0).bytes_out);
    BOOST_TEST(request.raw.ends_with("xxxx"));
  }
}

BOOST_AUTO_TEST_CASE(an_answer_before_the_end_of_the_request_counts) {
  // The rest is not read before the answer was: a server that read on at once could keep up with
  // the kernel's copying, and the whole request would have gone out in one call.
  std::array<Gate, 3> answered;
  const ScriptedServer server(
      answer_early(http_answer(413, "too large"), [&answered](ScriptedConnection& client) {
        if (client.wait(answered.at(client.index()))) {
          client.hold();
        }
      }));
  LongRun run(3);
  run.on_sample = [&answered](const macaw::stats::Sample& sample) {
    answered.at(sample.index).open();
  };
  run.play_against(server);
  BOOST_TEST(run.count(Outcome::kHttpError) == 3U);
  for (const auto& sample : run.samples) {
    BOOST_TEST(sample.status == 413);
    BOOST_TEST((sample.flags & macaw::stats::kFlagResent) == 0);
  }
  // What was left of each request was in the way of the next one.
  BOOST_TEST(server.connections() == 3U);
}

BOOST_AUTO_TEST_CASE(an_early_answer_counts_when_the_server_resets_over_the_rest) {
  const ScriptedServer server(answer_early(http_answer(413, "too large"),
                                           [](ScriptedConnection& client) { client.close(); }));
  LongRun run(10);
  run.play_against(server);
  BOOST_TEST(run.count(Outcome::kHttpError) == 10U);
  BOOST_TEST(run.resent() == 0U);
}

BOOST_AUTO_TEST_CASE(an_early_answer_counts_when_the_server_reads_no_more) {
  Gate never;
  const ScriptedServer server(answer_early(
      http_ok("enough"), [&never](ScriptedConnection& client) { client.wait(never); }));
  LongRun run(3);
  run.play_against(server);
  BOOST_TEST(run.count(Outcome::kOk) == 3U);
  BOOST_TEST(server.connections() == 3U);
}

BOOST_AUTO_TEST_CASE(an_early_answer_over_a_unix_socket_counts_too) {
  LongRun run(10);
  const std::string path = run.folder / "server.sock";
  const ScriptedServer server(answer_early(http_answer(413, "too large"),
                                           [](ScriptedConnection& client) { client.close(); }),
                              path);
  run.options.transmission.unix_socket = path;
  run.play();
  BOOST_TEST(run.count(Outcome::kHttpError) == 10U);
}

BOOST_AUTO_TEST_CASE(a_reset_without_an_answer_is_a_reset) {
  const ScriptedServer server([](ScriptedConnection& client) {
    client.read_head();
    client.close();
  });
  LongRun run(3);
  run.play_against(server);
  BOOST_TEST(run.count(Outcome::kReset) == 3U);
}

// The end of the connection would complete such an answer; a break must not.
BOOST_AUTO_TEST_CASE(half_an_answer_before_a_reset_is_a_reset) {
  const ScriptedServer server(answer_early("HTTP/1.1 200 OK\r\n\r\nhalf",
                                           [](ScriptedConnection& client) { client.close(); }));
  LongRun run(5);
  run.play_against(server);
  BOOST_TEST(run.count(Outcome::kReset) == 5U);
}

BOOST_AUTO_TEST_CASE(bodies_of_the_file_have_room_too) {
  const ScriptedServer server(script::answer(http_ok("read")));
  EngineRun run(server.port());
  const std::string body(5'000'000, 'y');
  run.folder.write("image.bin", body + body);
  run.lines = {R"({"method":"POST","url":"/text","text":")" + body + "\"}",
               R"({"method":"POST","url":"/file","body_file":"image.bin"})", R"({"url":"/small"})"};
  run.options.transmission.workers = 2;
  run.options.transmission.timeout = 60s;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 3U);
  BOOST_TEST(run.samples.at(1).bytes_out > 2 * body.size());
}

// We send the header and do not wait: the body follows at once, and a 100 is skipped. So servers
// that say 100 and servers that do not are asked alike.
BOOST_AUTO_TEST_CASE(a_body_that_was_announced_is_not_held_back) {
  for (const bool server_says_100 : {true, false}) {
    const std::string hint = server_says_100 ? "HTTP/1.1 100 Continue\r\n\r\n" : "";
    const ScriptedServer server([&hint](ScriptedConnection& client) {
      // Nothing before the whole request: whoever waited for the 100 would wait in vain.
      while (client.read_request() && client.send(hint + http_ok("read"))) {
      }
    });
    EngineRun run(server.port());
    run.lines = {R"({"method":"POST","url":"/x","text":"body","header":{"Expect":"100-continue"}})",
                 R"({"method":"POST","url":"/y","text":"body"})"};
    run.options.transmission.connections = 1;
    run.play();
    BOOST_TEST(run.count(Outcome::kOk) == 2U);
    BOOST_TEST(server.connections() == 1U);
    BOOST_REQUIRE(server.requests().size() == 2U);
    const std::string raw = server.requests()[0].raw;
    BOOST_TEST(raw.find("\r\nExpect: 100-continue\r\n") != std::string::npos);
    BOOST_TEST(raw.ends_with("\r\n\r\nbody"));
    for (const auto& sample : run.samples) {
      BOOST_TEST(sample.status == 200);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_expectation_that_is_refused_is_an_answer) {
  const ScriptedServer server(script::answer(http_answer(417, "no")));
  EngineRun run(server.port(), 2);
  run.options.transmission.headers = {{"Expect", "100-continue"}};
  run.options.transmission.overrides.body = "body";
  run.options.transmission.overrides.method = "PUT";
  run.play();
  BOOST_TEST(run.count(Outcome::kHttpError) == 2U);
  for (const auto& sample : run.samples) {
    BOOST_TEST(sample.status == 417);
  }
}

BOOST_AUTO_TEST_CASE(compressed_answers_are_left_as_they_are) {
  const std::string bytes("\x1f\x8b\x08\x00\x00\x00\x00\x00", 8);
  const ScriptedServer server(
      script::answer(http_ok(bytes, "Content-Encoding: gzip\r\nContent-Type: text/plain\r\n")));
  EngineRun run(server.port());
  run.lines = {R"({"url":"/any"})", R"({"url":"/text","expect":"contains:hello"})"};
  run.options.transmission.connections = 1;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 1U);
  BOOST_TEST(run.count(Outcome::kWrongAnswer) == 1U);
  BOOST_REQUIRE(run.errors.size() == 1U);
  const auto& text = run.errors[0].text;
  BOOST_TEST(std::string_view(text.data(), text.size()).starts_with("the answer is compressed"));
  for (const auto& request : server.requests()) {
    BOOST_TEST(request.raw.find("Accept-Encoding") == std::string::npos);
  }
  for (const auto& sample : run.samples) {
    BOOST_TEST(sample.bytes_in ==
               http_ok(bytes, "Content-Encoding: gzip\r\nContent-Type: text/plain\r\n").size());
  }
}

BOOST_AUTO_TEST_SUITE_END()
