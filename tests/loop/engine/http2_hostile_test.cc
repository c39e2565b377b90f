// SPDX-License-Identifier: MIT
//
// Servers that break HTTP/2, or use it against us: every request ends as one outcome with the right
// name, the run ends on time, and memory stays bounded.

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "engine_run.h"
#include "support/h2_script.h"

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
namespace bdata = boost::unit_test::data;
using macaw::stats::Outcome;
using macaw::test::EngineRun;
using macaw::test::H2Peer;
using macaw::test::ScriptedConnection;
using macaw::test::ScriptedServer;
namespace h2 = macaw::test::h2;

namespace {

/// What the server sends when a request has come, on its stream.
struct Attack {
  std::string name;
  std::function<std::string(uint32_t stream)> bytes;
  Outcome outcome;
  bool closes = false;  ///< the server closes afterwards
};

std::ostream& operator<<(std::ostream& out, const Attack& attack) {
  return out << attack.name;
}

std::string repeated(const std::string& text, size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (size_t k = 0; k < times; ++k) {
    all += text;
  }
  return all;
}

/// Beyond what a head may have: in many fields, none of them large.
std::string long_head(uint32_t stream) {
  const std::string block = h2::fields({{":status", "200"}}) +
                            repeated(h2::field("x-padding", std::string(1000, 'p')), 100);
  std::string bytes = h2::frame(h2::kHeaders, 0, stream, block.substr(0, 16000));
  for (size_t at = 16000; at < block.size(); at += 16000) {
    const bool last = at + 16000 >= block.size();
    bytes +=
        h2::frame(h2::kContinuation, last ? h2::kEndHeaders : 0, stream, block.substr(at, 16000));
  }
  return bytes;
}

/// HPACK: a field of 4,000 bytes goes into the table and is then named by one byte, often.
std::string hpack_bomb(uint32_t stream) {
  const std::string value(3900, 'b');
  std::string block = h2::fields({{":status", "200"}});
  block += '\x40';  // literal with incremental indexing, new name
  block += h2::field("x", value).substr(1);
  block += std::string(10'000, '\xbe');  // index 62: the newest entry
  return h2::frame(h2::kHeaders, h2::kEndHeaders, stream, block);
}

const std::vector<Attack> kAttacks{
    {"a frame larger than allowed",
     [](uint32_t stream) { return h2::frame(h2::kData, 0, stream, std::string(20'000, 'x')); },
     Outcome::kMalformed},
    {"data before a head", [](uint32_t stream) { return h2::data(stream, "x"); },
     Outcome::kMalformed},
    {"data on stream 0", [](uint32_t) { return h2::data(0, "x"); }, Outcome::kMalformed},
    {"an answer on a stream that nobody opened",
     [](uint32_t stream) { return h2::answer(stream + 100, "x"); }, Outcome::kMalformed},
    {"a head without a status",
     [](uint32_t stream) {
       return h2::headers(stream, {{"a", "b"}}, true);
     },
     Outcome::kMalformed},
    {"a status that is no number",
     [](uint32_t stream) {
       return h2::headers(stream, {{":status", "2x0"}}, true);
     },
     Outcome::kMalformed},
    {"two statuses",
     [](uint32_t stream) {
       return h2::headers(stream, {{":status", "200"}, {":status", "200"}}, true);
     },
     Outcome::kMalformed},
    {"a name in upper case",
     [](uint32_t stream) {
       return h2::headers(stream, {{":status", "200"}, {"Upper", "x"}}, true);
     },
     Outcome::kMalformed},
    {"a connection header",
     [](uint32_t stream) {
       return h2::headers(stream, {{":status", "200"}, {"connection", "close"}}, true);
     },
     Outcome::kMalformed},
    {"a length that is a lie",
     [](uint32_t stream) {
       return h2::headers(stream, {{":status", "200"}, {"content-length", "7"}}) +
              h2::data(stream, "x");
     },
     Outcome::kMalformed},
    {"HPACK that means nothing",
     [](uint32_t stream) {
       return h2::frame(h2::kHeaders, h2::kEndHeaders, stream, "\xff\xff\xff\xff\xff\xff");
     },
     Outcome::kMalformed},
    {"a head that is too long", &long_head, Outcome::kMalformed},
    {"an HPACK bomb", &hpack_bomb, Outcome::kMalformed},
    {"interim heads without end",
     [](uint32_t stream) {
       return repeated(h2::headers(stream, {{":status", "103"}, {"link", std::string(500, 'l')}}),
                       300);
     },
     Outcome::kMalformed},
    {"continuations without end",
     [](uint32_t stream) {
       return h2::frame(h2::kHeaders, 0, stream, h2::fields({{":status", "200"}})) +
              repeated(h2::frame(h2::kContinuation, 0, stream, ""), 5000);
     },
     Outcome::kMalformed},
    {"something between a head and its continuation",
     [](uint32_t stream) {
       return h2::frame(h2::kHeaders, 0, stream, h2::fields({{":status", "200"}})) +
              h2::data(stream, "x");
     },
     Outcome::kMalformed},
    {"a promise that we forbade",
     [](uint32_t stream) {
       return h2::frame(
           h2::kPushPromise, h2::kEndHeaders, stream,
           h2::number(2) +
               h2::fields(
                   {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "x"}}));
     },
     Outcome::kMalformed},
    {"a window of nothing more",
     [](uint32_t) { return h2::frame(h2::kWindowUpdate, 0, 0, h2::number(0)); },
     Outcome::kMalformed},
    {"a window that overflows",
     [](uint32_t) { return h2::frame(h2::kWindowUpdate, 0, 0, h2::number(0x7FFFFFFF)); },
     Outcome::kMalformed},
    {"a setting out of range",
     [](uint32_t) { return h2::settings(h2::setting(/*MAX_FRAME_SIZE*/ 5, 1)); },
     Outcome::kMalformed},
    {"settings of a wrong size", [](uint32_t) { return h2::settings("12345"); },
     Outcome::kMalformed},
    {"a ping of a wrong size", [](uint32_t) { return h2::frame(h2::kPing, 0, 0, "1"); },
     Outcome::kMalformed},
    {"half a frame", [](uint32_t stream) { return h2::answer(stream, "hello").substr(0, 20); },
     Outcome::kReset, /*closes=*/true},
    {"half an answer",
     [](uint32_t stream) {
       return h2::headers(stream, {{":status", "200"}}) + h2::data(stream, "x", false);
     },
     Outcome::kReset, /*closes=*/true},
    {"a reset in the middle",
     [](uint32_t stream) {
       return h2::headers(stream, {{":status", "200"}}) + h2::rst(stream, h2::kInternalError);
     },
     Outcome::kReset},
    {"a reset that says no error", [](uint32_t stream) { return h2::rst(stream, h2::kNoError); },
     Outcome::kReset},
    {"an end with a reason",
     [](uint32_t stream) { return h2::goaway(stream, h2::kEnhanceYourCalm); }, Outcome::kReset,
     /*closes=*/true},
    {"nothing at all", [](uint32_t) { return std::string(); }, Outcome::kTimeout},
    {"a window of nothing for ever",
     [](uint32_t) { return h2::settings(h2::setting(/*INITIAL_WINDOW_SIZE*/ 4, 0)); },
     Outcome::kTimeout},
    {"unknown frames first",
     [](uint32_t stream) {
       return repeated(h2::frame(0xEE, 0xFF, stream, std::string(1000, 'u')), 1000) +
              h2::answer(stream, "ok");
     },
     Outcome::kOk},
    {"pings first",
     [](uint32_t stream) {
       return repeated(h2::frame(h2::kPing, 0, 0, "12345678"), 500) + h2::answer(stream, "ok");
     },
     Outcome::kOk},
    {"empty data first",
     [](uint32_t stream) {
       return h2::headers(stream, {{":status", "200"}}) +
              repeated(h2::data(stream, "", false), 5000) + h2::data(stream, "ok");
     },
     Outcome::kOk},
    {"padding",
     [](uint32_t stream) {
       return h2::headers(stream, {{":status", "200"}}) +
              h2::frame(h2::kData, 8 | h2::kEndStream, stream,
                        std::string(1, '\x20') + "ok" + std::string(32, '\0'));
     },
     Outcome::kOk},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http2_hostile_test)

BOOST_DATA_TEST_CASE(one_outcome_per_request, bdata::make(kAttacks), attack) {
  const ScriptedServer server([&attack = attack](ScriptedConnection& client) {
    H2Peer peer(client);
    while (const auto stream = peer.next_head()) {
      if (!client.send(attack.bytes(*stream)) || attack.closes) {
        return;
      }
    }
  });
  EngineRun run(server.port(), 6);
  run.options.transmission.http_version = macaw::replay::HttpVersion::k2;
  run.options.transmission.connections = 2;
  run.options.transmission.streams = 1;  // so that each meets the attack, and not another's
  run.options.transmission.timeout = attack.outcome == Outcome::kTimeout ? 200ms : 20s;
  run.play();
  BOOST_TEST(run.count(attack.outcome) == 6U);
}

/// Attacks on whole connections end what is on them under one name, and the good ones go on.
BOOST_AUTO_TEST_CASE(good_connections_do_not_suffer) {
  const ScriptedServer server([](ScriptedConnection& client) {
    H2Peer peer(client);
    const bool is_bad = client.index() % 2 == 0;
    while (const auto stream = peer.next_head()) {
      if (!client.send(is_bad ? h2::data(0, "x") : h2::answer(*stream, "ok"))) {
        return;
      }
    }
  });
  EngineRun run(server.port(), 100);
  run.options.transmission.http_version = macaw::replay::HttpVersion::k2;
  run.options.transmission.connections = 4;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) + run.count(Outcome::kMalformed) == 100U);
  BOOST_TEST(run.count(Outcome::kOk) > 50U);
}

/// Each ping wants an answer, and the server reads none of them.
BOOST_AUTO_TEST_CASE(floods_that_want_answers_end_the_connection) {
  for (const bool pings : {true, false}) {
    const std::string one = pings ? h2::frame(h2::kPing, 0, 0, "12345678") : h2::settings();
    const std::string many = repeated(one, 1000);
    const ScriptedServer server([&many](ScriptedConnection& client) {
      H2Peer peer(client);
      if (!peer.next_head()) {
        return;
      }
      while (client.send(many)) {  // never reads again
      }
    });
    EngineRun run(server.port(), 2);
    run.options.transmission.http_version = macaw::replay::HttpVersion::k2;
    run.options.transmission.connections = 1;
    run.options.transmission.timeout = 3s;
    run.play();
    BOOST_TEST(run.count(Outcome::kOk) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(settings_that_never_come_are_a_connect_that_takes_too_long) {
  const ScriptedServer server([](ScriptedConnection& client) { client.hold(); });
  EngineRun run(server.port(), 3);
  run.options.transmission.http_version = macaw::replay::HttpVersion::k2;
  run.options.transmission.connect_timeout = 200ms;
  run.play();
  BOOST_TEST(run.count(Outcome::kTimeout) == 3U);
  for (const auto& sample : run.samples) {
    BOOST_TEST((sample.flags & macaw::stats::kFlagNotSent) != 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
