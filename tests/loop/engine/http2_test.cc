// SPDX-License-Identifier: MIT
//
// HTTP/2: many requests on a connection, what the server says of it, and what becomes of requests
// that a server did not look at.

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <vector>

#include "engine_run.h"
#include "support/h2_script.h"

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
using macaw::stats::Outcome;
using macaw::test::EngineRun;
using macaw::test::Gate;
using macaw::test::H2Peer;
using macaw::test::ScriptedConnection;
using macaw::test::ScriptedServer;
namespace h2 = macaw::test::h2;

namespace {

constexpr uint16_t kMaxConcurrentStreams = 3;  // the number of the setting

struct Http2Run : EngineRun {
  Http2Run(uint16_t port, size_t count) : EngineRun(port, count) {
    options.transmission.http_version = macaw::replay::HttpVersion::k2;
    options.transmission.connections = 1;
  }

  std::set<std::string> reasons() const {
    std::set<std::string> texts;
    for (const auto& error : errors) {
      texts.emplace(error.text.data(), std::min<size_t>(error.text_size, error.text.size()));
    }
    return texts;
  }
};

ScriptedServer::Script answer_all(std::string body, std::string entries = {}) {
  return [body = std::move(body), entries = std::move(entries)](ScriptedConnection& client) {
    H2Peer peer(client, entries);
    while (const auto stream = peer.next_request()) {
      if (!peer.send(h2::answer(*stream, body))) {
        return;
      }
    }
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http2_test)

BOOST_AUTO_TEST_CASE(requests_share_a_connection) {
  const ScriptedServer server(answer_all("hello"));
  Http2Run run(server.port(), 200);
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 200U);
  BOOST_TEST(server.connections() == 1U);
  BOOST_REQUIRE(run.connections.size() == 1U);
  BOOST_TEST(run.connections[0].http_version == 2U);
  BOOST_TEST(run.connections[0].tls_version == 0U);
  for (const auto& sample : run.samples) {
    BOOST_TEST((sample.status == 200));
    BOOST_TEST(((sample.flags & macaw::stats::kFlagNewConnection) != 0) == (sample.index == 0));
    // HEADERS and DATA with their heads of nine bytes each.
    BOOST_TEST(sample.bytes_in == h2::answer(1, "hello").size());
    BOOST_TEST(sample.bytes_out > 9U);
  }
}

BOOST_AUTO_TEST_CASE(requests_are_on_their_way_at_once) {
  const ScriptedServer server([](ScriptedConnection& client) {
    H2Peer peer(client);
    // No answer before all have come: one that waited for another would wait for ever.
    std::vector<uint32_t> streams;
    while (streams.size() < 50) {
      const auto stream = peer.next_request();
      if (!stream) {
        return;
      }
      streams.push_back(*stream);
    }
    std::reverse(streams.begin(), streams.end());
    for (const uint32_t stream : streams) {
      peer.send(h2::answer(stream, "ok"));
    }
    client.hold();
  });
  Http2Run run(server.port(), 50);
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 50U);
  BOOST_TEST(server.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(no_more_at_once_than_asked_for_or_allowed) {
  for (const bool server_limits : {true, false}) {
    std::atomic<size_t> most = 0;
    const ScriptedServer server([&](ScriptedConnection& client) {
      H2Peer peer(client, server_limits ? h2::setting(kMaxConcurrentStreams, 4) : "");
      // Four at a time, as long as they come; a fifth before an answer would be counted.
      std::vector<uint32_t> open;
      while (const auto stream = peer.next_request()) {
        open.push_back(*stream);
        most = std::max<size_t>(most, open.size());
        if (open.size() == 4) {
          client.stall(5ms);
          for (const uint32_t each : open) {
            peer.send(h2::answer(each, "ok"));
          }
          open.clear();
        }
      }
    });
    Http2Run run(server.port(), 40);
    run.rate = "5k";
    run.options.transmission.streams = server_limits ? 100 : 4;
    run.play();
    BOOST_TEST(run.count(Outcome::kOk) == 40U);
    BOOST_TEST(most == 4U);
    BOOST_TEST(server.connections() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(full_connections_are_joined_by_others) {
  Gate gate;
  const ScriptedServer server([&gate](ScriptedConnection& client) {
    H2Peer peer(client, h2::setting(kMaxConcurrentStreams, 10));
    client.wait(gate);
    while (const auto stream = peer.next_request()) {
      peer.send(h2::answer(*stream, "ok"));
    }
  });
  Http2Run run(server.port(), 30);
  run.rate = "5k";
  run.options.transmission.connections = 8;
  run.while_playing = [&](macaw::replay::RunControl&) {
    server.wait_for_connections(3);
    gate.open();
  };
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 30U);
  BOOST_TEST(server.connections() == 3U);
}

BOOST_AUTO_TEST_CASE(without_keep_alive_each_request_has_its_own_connection) {
  const ScriptedServer server(answer_all("ok"));
  Http2Run run(server.port(), 20);
  run.options.transmission.keep_alive = false;
  run.options.transmission.connections = 4;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 20U);
  BOOST_TEST(server.connections() == 20U);
}

BOOST_AUTO_TEST_CASE(a_refused_stream_is_sent_once_more) {
  const ScriptedServer server([](ScriptedConnection& client) {
    H2Peer peer(client);
    bool refuse = true;
    while (const auto stream = peer.next_request()) {
      peer.send(refuse ? h2::rst(*stream, h2::kRefusedStream) : h2::answer(*stream, "ok"));
      refuse = false;
    }
  });
  Http2Run run(server.port(), 5);
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 5U);
  BOOST_TEST(run.resent() == 1U);
}

BOOST_AUTO_TEST_CASE(a_server_that_refuses_for_ever_is_believed) {
  const ScriptedServer server([](ScriptedConnection& client) {
    H2Peer peer(client);
    while (const auto stream = peer.next_request()) {
      peer.send(h2::rst(*stream, h2::kRefusedStream));
    }
  });
  Http2Run run(server.port(), 5);
  run.play();
  BOOST_TEST(run.count(Outcome::kReset) == 5U);
  BOOST_TEST(run.resent() == 5U);
}

/// The server goes away after it has taken up the second request: what it has taken up it answers,
/// the others go elsewhere, and nobody loses anything.
BOOST_AUTO_TEST_CASE(goaway_sends_the_rest_elsewhere) {
  const ScriptedServer server([](ScriptedConnection& client) {
    H2Peer peer(client);
    std::vector<uint32_t> streams;
    while (const auto stream = peer.next_request()) {
      streams.push_back(*stream);
      if (client.index() > 0) {
        peer.send(h2::answer(*stream, "second"));
      } else if (streams.size() == 5) {
        peer.send(h2::goaway(streams[1], h2::kNoError));
        peer.send(h2::answer(streams[0], "first") + h2::answer(streams[1], "first"));
      }
    }
  });
  Http2Run run(server.port(), 20);
  run.rate = "2k";
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 20U);
  BOOST_TEST(server.connections() == 2U);
  BOOST_TEST(run.resent() >= 3U);
  BOOST_TEST((run.samples[0].flags & macaw::stats::kFlagResent) == 0);
  BOOST_TEST((run.samples[1].flags & macaw::stats::kFlagResent) == 0);
  BOOST_TEST((run.samples[2].flags & macaw::stats::kFlagResent) != 0);
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_reset_is_one_error) {
  const ScriptedServer server([](ScriptedConnection& client) {
    H2Peer peer(client);
    for (size_t n = 0; const auto stream = peer.next_request(); ++n) {
      peer.send(n == 1 ? h2::rst(*stream, h2::kInternalError) : h2::answer(*stream, "ok"));
    }
  });
  Http2Run run(server.port(), 5);
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 4U);
  BOOST_TEST(run.count(Outcome::kReset) == 1U);
  BOOST_TEST(server.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(a_connection_closed_while_idle_is_a_detour) {
  const ScriptedServer server([](ScriptedConnection& client) {
    H2Peer peer(client);
    for (size_t n = 0; n < 3; ++n) {
      const auto stream = peer.next_request();
      if (!stream || !peer.send(h2::answer(*stream, "ok"))) {
        return;
      }
    }
    // The fourth is swallowed: the race between its sending and our close.
    peer.next_head();
  });
  Http2Run run(server.port(), 9);
  run.rate = "50";
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 9U);
  BOOST_TEST(run.resent() >= 2U);
}

BOOST_AUTO_TEST_CASE(a_connection_that_breaks_breaks_what_it_has_begun) {
  const ScriptedServer server([](ScriptedConnection& client) {
    H2Peer peer(client);
    const auto stream = peer.next_request();
    if (stream && client.index() == 0) {
      peer.send(h2::headers(*stream, {{":status", "200"}}) +
                h2::data(*stream, "half", /*end_stream=*/false));
      return;
    }
    if (stream) {
      peer.send(h2::answer(*stream, "ok"));
    }
    client.hold();
  });
  Http2Run run(server.port(), 2);
  run.rate = "20";
  run.play();
  BOOST_TEST(run.count(Outcome::kReset) == 1U);
  BOOST_TEST(run.count(Outcome::kOk) == 1U);
}

BOOST_AUTO_TEST_CASE(a_timeout_costs_its_own_stream) {
  std::atomic<size_t> cancelled = 0;
  const ScriptedServer server([&cancelled](ScriptedConnection& client) {
    H2Peer peer(client);
    size_t n = 0;
    while (const auto frame = peer.next_frame()) {
      if (frame->type == h2::kHeaders && ++n != 3) {
        peer.send(h2::answer(frame->stream, "ok"));
      }
      cancelled += frame->type == h2::kRstStream ? 1 : 0;
    }
  });
  Http2Run run(server.port(), 10);
  run.options.transmission.timeout = 300ms;
  run.rate = "20";  // the last ones are due after the timeout of the third
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 9U);
  BOOST_TEST(run.count(Outcome::kTimeout) == 1U);
  BOOST_TEST(server.connections() == 1U);
  BOOST_TEST(cancelled == 1U);
}

BOOST_AUTO_TEST_CASE(interim_heads_trailers_and_early_answers) {
  const ScriptedServer server([](ScriptedConnection& client) {
    H2Peer peer(client);
    for (size_t n = 0; const auto stream = peer.next_head(); ++n) {
      if (n == 0) {
        peer.send(h2::headers(*stream, {{":status", "100"}}) +
                  h2::headers(*stream, {{":status", "103"}, {"link", "</x>"}}) +
                  h2::answer(*stream, "ok"));
      } else if (n == 1) {
        peer.send(h2::headers(*stream, {{":status", "503"}}) +
                  h2::data(*stream, "busy", /*end_stream=*/false) +
                  h2::headers(*stream, {{"x-checksum", "1"}}, /*end_stream=*/true));
      } else {
        // The whole answer, before the body of the request has been let in.
        peer.send(h2::answer(*stream, "ok"));
      }
    }
  });
  Http2Run run(server.port(), 3);
  run.options.transmission.overrides.method = "POST";
  run.options.transmission.overrides.body = std::string(1'000'000, 'x');  // no window for it
  run.play();
  BOOST_TEST(uint16_t(run.samples[0].status) == 200U);
  BOOST_TEST(uint16_t(run.samples[1].status) == 503U);
  BOOST_TEST(uint16_t(run.samples[2].status) == 200U);
  BOOST_TEST(run.count(Outcome::kOk) == 2U);
  BOOST_TEST(run.count(Outcome::kHttpError) == 1U);
  BOOST_TEST(server.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(fields_of_an_interim_head_are_not_the_answers) {
  const ScriptedServer server([](ScriptedConnection& client) {
    H2Peer peer(client);
    while (const auto stream = peer.next_head()) {
      peer.send(h2::headers(*stream, {{":status", "103"}, {"content-encoding", "gzip"}}) +
                h2::answer(*stream, "ok"));
    }
  });
  Http2Run run(server.port(), 2);
  run.options.expectations = {"contains:ok"};  // which cannot be told of what is compressed
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 2U);
}

BOOST_AUTO_TEST_CASE(fields_are_translated) {
  std::string block;
  const ScriptedServer server([&block](ScriptedConnection& client) {
    H2Peer peer(client, h2::setting(/*HEADER_TABLE_SIZE*/ 1, 0));
    while (const auto frame = peer.next_frame()) {
      if (frame->type == h2::kHeaders) {
        block = frame->payload;
        peer.send(h2::answer(frame->stream, "ok"));
      }
    }
  });
  Http2Run run(server.port(), 1);
  run.options.transmission.headers = {{"X-UPPER", "~~~~"}, {"Connection", "x"}};
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 1U);
  BOOST_TEST(block.find("~~~~") != std::string::npos);
  BOOST_TEST(block.find("onnection") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_server_of_http1_is_no_server_of_http2) {
  const ScriptedServer server([](ScriptedConnection& client) {
    client.take_some();
    client.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    client.hold();
  });
  Http2Run run(server.port(), 3);
  run.play();
  BOOST_TEST(run.count(Outcome::kRefused) == 3U);
  BOOST_TEST(run.reasons().contains("the server speaks HTTP/1, not HT"));
}

BOOST_AUTO_TEST_SUITE_END()
