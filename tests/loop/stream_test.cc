// SPDX-License-Identifier: MIT

#include "macaw/net/stream.h"

#include <sys/resource.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cerrno>

#include "stream_recorder.h"

namespace macaw::net {
namespace {

using State = Stream::State;
using WriteState = Stream::WriteState;
using test::StreamFixture;
using test::StreamRecorder;
using Events = std::vector<std::string>;

std::string errno_event(const char* event, int error) {
  return fmt::format("{} {}", event, error);
}

BOOST_FIXTURE_TEST_SUITE(stream_test, StreamFixture)

BOOST_AUTO_TEST_CASE(connects_writes_reads_and_closes) {
  StreamRecorder client(loop);
  BOOST_CHECK(client.stream->state() == State::kClosed);
  BOOST_REQUIRE(client.stream->connect(address) == 0);
  BOOST_CHECK(client.stream->state() == State::kConnecting);
  BOOST_TEST(client.events.empty());  // never from inside connect()
  run_until([&] { return client.saw("connected 0") && accepts == 1; });
  BOOST_TEST(accept_result == 0);
  StreamRecorder& server = *accepted.front();
  BOOST_TEST(server.events.empty());
  BOOST_TEST(client.stream->local_port() != 0);

  int error = 0;
  BOOST_CHECK(client.stream->write("hello", &error) == WriteState::kDone);
  run_until([&] { return server.received == "hello"; });
  BOOST_CHECK(server.stream->write("world", &error) == WriteState::kDone);
  run_until([&] { return client.received == "world"; });

  client.stream->close();
  BOOST_CHECK(client.stream->state() == State::kClosing);
  BOOST_TEST(!client.saw("closed"));  // never from inside close()
  client.stream->close();             // harmless
  run_until([&] { return client.saw("closed") && server.saw("ended 0"); });
  BOOST_CHECK(client.stream->state() == State::kClosed);
  client.stream->close();  // harmless
  settle();
  BOOST_TEST(client.events == (Events{"connected 0", "closed"}), boost::test_tools::per_element());
  BOOST_TEST(server.events == Events{"ended 0"}, boost::test_tools::per_element());
  BOOST_TEST(client.stream->local_port() == 0);
}

BOOST_AUTO_TEST_CASE(refused) {
  listener->close();
  StreamRecorder client(loop);
  BOOST_REQUIRE(client.stream->connect(address) == 0);
  BOOST_TEST(client.events.empty());
  run_until([&] { return !client.events.empty(); });
  client.stream->close();
  run_until([&] { return client.saw("closed"); });
  BOOST_TEST(client.events == (Events{errno_event("connected", ECONNREFUSED), "closed"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(closed_while_connecting) {
  StreamRecorder client(loop);
  BOOST_REQUIRE(client.stream->connect(address) == 0);
  client.stream->close();
  run_until([&] { return client.saw("closed"); });
  settle();
  BOOST_TEST(client.events == Events{"closed"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(reset_by_peer_and_by_us) {
  StreamRecorder client(loop);
  StreamRecorder& server = connect_pair(client);
  server.stream->close(/*reset=*/true);
  run_until([&] { return client.saw(errno_event("ended", ECONNRESET)) && server.saw("closed"); });
  client.stream->close();
  run_until([&] { return client.saw("closed"); });

  StreamRecorder& second = connect_pair(client);
  client.stream->close(/*reset=*/true);
  run_until([&] { return second.saw(errno_event("ended", ECONNRESET)); });
}

// Bytes and a reset behind them, found by one poll: libuv alone would call it an orderly end.
BOOST_AUTO_TEST_CASE(a_reset_right_behind_bytes_is_a_reset) {
  StreamRecorder client(loop);
  StreamRecorder& server = connect_pair(client);
  int error = 0;
  server.stream->write("half an answer", &error);
  server.stream->close(/*reset=*/true);
  run_until([&] { return client.events.size() > 1; });
  BOOST_TEST(client.received == "half an answer");
  BOOST_TEST(client.events.back() == errno_event("ended", ECONNRESET));
}

// An immediate error leaves the slot closed and usable, also inside the same turn.
BOOST_AUTO_TEST_CASE(no_descriptors_is_EMFILE_at_once) {
  StreamRecorder client(loop);
  rlimit before{};
  BOOST_REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit none = before;
  none.rlim_cur = 0;
  BOOST_REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  const int error = client.stream->connect(address);
  BOOST_REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
  BOOST_TEST(error == EMFILE);
  BOOST_CHECK(client.stream->state() == State::kClosed);
  BOOST_TEST(client.events.empty());
  connect_pair(client);
  BOOST_TEST(client.events == Events{"connected 0"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_impossible_address_fails_at_once) {
  StreamRecorder client(loop);
  const Address broadcast = resolve("255.255.255.255", 1)->front();
  const int error = client.stream->connect(broadcast);
  BOOST_TEST(error != 0);
  BOOST_CHECK(client.stream->state() == State::kClosed);
  connect_pair(client);  // in the same turn
  settle();
  BOOST_TEST(client.events == Events{"connected 0"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(half_closed_streams_still_carry_the_other_direction) {
  StreamRecorder client(loop);
  StreamRecorder& server = connect_pair(client);
  BOOST_TEST(client.stream->end_writing() == 0);
  run_until([&] { return server.saw("ended 0"); });
  int error = 0;
  BOOST_CHECK(server.stream->write("still here", &error) == WriteState::kDone);
  run_until([&] { return client.received == "still here"; });
  server.stream->close();
  run_until([&] { return client.saw("ended 0") && server.saw("closed"); });
  BOOST_TEST(server.events == (Events{"ended 0", "closed"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_big_write_pends_and_drains) {
  StreamRecorder client(loop);
  StreamRecorder& server = connect_pair(client);
  std::string big(16 * 1024 * 1024, '\0');
  for (size_t k = 0; k < big.size(); ++k) {
    big[k] = static_cast<char>('a' + k % 23);
  }
  server.stream->pause_reading();
  int error = 0;
  BOOST_CHECK(client.stream->write(big, &error) == WriteState::kPending);
  BOOST_TEST(!client.saw("drained"));
  settle();
  BOOST_TEST(!client.saw("drained"));
  BOOST_TEST(server.received.empty());
  server.stream->resume_reading();
  run_until([&] { return server.received.size() == big.size() && client.saw("drained"); });
  BOOST_TEST((server.received == big));
  BOOST_CHECK(client.stream->write("x", &error) == WriteState::kDone);
  run_until([&] { return server.received.size() == big.size() + 1; });
  BOOST_TEST(client.events == (Events{"connected 0", "drained"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_next_write_may_begin_inside_drained) {
  StreamRecorder client(loop);
  StreamRecorder& server = connect_pair(client);
  const std::string big(8 * 1024 * 1024, 'x');
  size_t writes = 1;
  int error = 0;
  client.on_event = [&](const std::string& event) {
    if (event == "drained" && writes < 3) {
      ++writes;
      BOOST_CHECK(client.stream->write(big, &error) != WriteState::kFailed);
    }
  };
  BOOST_CHECK(client.stream->write(big, &error) == WriteState::kPending);
  run_until([&] { return server.received.size() == 3 * big.size(); });
  BOOST_TEST(writes == 3U);
}

BOOST_AUTO_TEST_CASE(closing_with_a_pending_write_reports_nothing_but_the_close) {
  StreamRecorder client(loop);
  StreamRecorder& server = connect_pair(client);
  server.stream->pause_reading();
  auto big = std::make_unique<std::string>(16 * 1024 * 1024, 'x');
  int error = 0;
  BOOST_CHECK(client.stream->write(*big, &error) == WriteState::kPending);
  client.stream->close();
  big.reset();  // allowed from close() on
  run_until([&] { return client.saw("closed"); });
  BOOST_TEST(client.events == (Events{"connected 0", "closed"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_break_is_reported_also_after_the_peers_end) {
  StreamRecorder client(loop);
  StreamRecorder& server = connect_pair(client);
  client.stream->end_writing();
  run_until([&] { return server.saw("ended 0"); });
  client.stream->pause_reading();
  const std::string big(16 * 1024 * 1024, 'x');
  int error = 0;
  BOOST_CHECK(server.stream->write(big, &error) == WriteState::kPending);
  client.stream->close(/*reset=*/true);
  run_until([&] { return server.events.size() == 2; });
  BOOST_TEST(server.events.back().starts_with("ended "));
  BOOST_TEST(server.events.back() != "ended 0");
}

// A server that answers before it has read all of a request, and leaves.
BOOST_AUTO_TEST_CASE(what_came_before_a_broken_write_is_read) {
  for (int round = 0; round < 20; ++round) {
    StreamRecorder client(loop);
    StreamRecorder& server = connect_pair(client);
    server.stream->pause_reading();
    int error = 0;
    server.stream->write("an early answer", &error);
    server.stream->close();  // over unread bytes, so that it is a reset
    const std::string big(16 * 1024 * 1024, 'x');
    // All of that may have arrived before the write.
    if (round % 2 == 0) {
      run_until([&] { return server.saw("closed"); });
    }
    if (client.stream->write(big, &error) == WriteState::kFailed) {
      BOOST_TEST((error == ECONNRESET || error == EPIPE));
    } else {
      run_until([&] { return client.events.size() > 1; });
      BOOST_TEST(client.received == "an early answer");
      BOOST_TEST(client.events.back().starts_with("ended "), client.events.back());
    }
    client.stream.reset();
  }
}

BOOST_AUTO_TEST_CASE(writing_to_a_reset_connection_fails_with_errno) {
  StreamRecorder client(loop);
  StreamRecorder& server = connect_pair(client);
  client.stream->pause_reading();  // so that it learns nothing by itself
  server.stream->close(/*reset=*/true);
  run_until([&] { return server.saw("closed"); });
  int error = 0;
  WriteState state = client.stream->write("a", &error);
  if (state == WriteState::kDone) {
    state = client.stream->write("b", &error);
  }
  BOOST_CHECK(state == WriteState::kFailed);
  BOOST_TEST((error == EPIPE || error == ECONNRESET));
}

BOOST_AUTO_TEST_CASE(paused_streams_read_nothing_until_resumed) {
  StreamRecorder client(loop);
  StreamRecorder& server = connect_pair(client);
  server.stream->pause_reading();
  int error = 0;
  client.stream->write("abc", &error);
  settle();
  BOOST_TEST(server.received.empty());
  server.stream->resume_reading();
  run_until([&] { return server.received == "abc"; });
  client.stream->close();
  run_until([&] { return server.saw("ended 0"); });
  server.stream->pause_reading();
  server.stream->resume_reading();  // the end is not told again
  settle();
  BOOST_TEST(server.events == Events{"ended 0"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_slot_serves_a_thousand_connections) {
  StreamRecorder client(loop);
  size_t closes = 0;
  client.on_event = [&](const std::string& event) {
    if (event == "closed") {
      ++closes;
    }
  };
  int error = 0;
  for (size_t round = 0; round < 1000; ++round) {
    StreamRecorder& server = connect_pair(client);
    server.received.clear();
    const std::string text = fmt::format("round {}", round);
    BOOST_REQUIRE(client.stream->write(text, &error) == WriteState::kDone);
    run_until([&] { return server.received == text; });
    client.stream->close(/*reset=*/round % 2 == 0);
    run_until([&] { return closes == round + 1; });
    server.stream->close();
    run_until([&] { return server.stream->state() == State::kClosed; });
  }
  BOOST_TEST(accepts == 1000U);
  BOOST_TEST(accepted.size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_slot_may_connect_again_inside_stream_closed) {
  StreamRecorder client(loop);
  client.on_event = [&](const std::string& event) {
    if (event == "closed" && accepts < 5) {
      BOOST_REQUIRE(client.stream->connect(address) == 0);
    } else if (event == "connected 0") {
      client.stream->close();
    }
  };
  BOOST_REQUIRE(client.stream->connect(address) == 0);
  run_until([&] { return accepts >= 5 && client.stream->state() == State::kClosed; });
}

// Sanitizers look for use after free here.
BOOST_AUTO_TEST_CASE(destroyed_inside_each_of_its_callbacks) {
  for (const std::string moment : {"connected 0", "read", "drained", "ended 0", "closed"}) {
    auto client = std::make_unique<StreamRecorder>(loop);
    bool destroyed = false;
    client->on_event = [&](const std::string& event) {
      if (event == moment) {
        client->stream.reset();
        destroyed = true;
      }
    };
    const std::string big(moment == "drained" ? 16 * 1024 * 1024 : 1, 'x');
    const size_t before = accepts;
    BOOST_REQUIRE(client->stream->connect(address) == 0);
    run_until([&] { return accepts > before && (destroyed || client->saw("connected 0")); });
    StreamRecorder& server = *accepted.back();
    int error = 0;
    if (moment == "read") {
      server.stream->write("x", &error);
    } else if (moment == "drained") {
      client->stream->write(big, &error);
    } else if (moment == "ended 0") {
      server.stream->close();
    } else if (moment == "closed") {
      client->stream->close();
    }
    run_until([&] { return destroyed; }, moment);
    server.stream->close();
    run_until([&] { return server.stream->state() == State::kClosed; });
  }
}

BOOST_AUTO_TEST_CASE(destroyed_in_every_state_without_callbacks) {
  StreamRecorder closed(loop);
  closed.stream.reset();
  StreamRecorder connecting(loop);
  BOOST_REQUIRE(connecting.stream->connect(address) == 0);
  connecting.stream.reset();
  StreamRecorder open(loop);
  connect_pair(open);
  open.stream.reset();
  StreamRecorder closing(loop);
  connect_pair(closing);
  closing.stream->close();
  closing.stream.reset();
  settle();
  BOOST_TEST(connecting.events.empty());
  BOOST_TEST(open.events == Events{"connected 0"}, boost::test_tools::per_element());
  BOOST_TEST(closing.events == Events{"connected 0"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::net
