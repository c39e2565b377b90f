// SPDX-License-Identifier: MIT

#include <boost/test/unit_test.hpp>
#include <cerrno>

#include "macaw/net/stream.h"
#include "stream_recorder.h"

namespace macaw::net {
namespace {

using test::StreamFixture;
using test::StreamRecorder;

BOOST_FIXTURE_TEST_SUITE(listener_test, StreamFixture)

BOOST_AUTO_TEST_CASE(a_busy_port_is_an_error_with_address_and_reason) {
  Listener second(loop, [](Listener& from) { from.reject(); });
  const Status status = second.listen("127.0.0.1", listener->port());
  BOOST_REQUIRE(!status.ok());
  BOOST_TEST(
      status.error().message() ==
      fmt::format("cannot listen on 127.0.0.1:{}: Address already in use", listener->port()));
  BOOST_TEST(second.port() == 0);
  BOOST_TEST(second.listen("127.0.0.1", 0).ok());  // the failure left it usable
  BOOST_TEST(second.port() != 0);
  BOOST_TEST(second.port() != listener->port());
}

BOOST_AUTO_TEST_CASE(an_unknown_host_is_an_error) {
  Listener second(loop, [](Listener& from) { from.reject(); });
  BOOST_TEST(!second.listen("no such host", 0).ok());
}

BOOST_AUTO_TEST_CASE(rejected_connections_are_reset) {
  Listener refusing(loop, [](Listener& from) { from.reject(); });
  BOOST_REQUIRE(refusing.listen("127.0.0.1", 0).ok());
  StreamRecorder client(loop);
  BOOST_REQUIRE(client.stream->connect(resolve("127.0.0.1", refusing.port())->front()) == 0);
  // The reset may come before or after our end has noticed that it is connected.
  run_until([&] {
    return client.saw(fmt::format("ended {}", ECONNRESET)) ||
           client.saw(fmt::format("connected {}", ECONNRESET));
  });
}

BOOST_AUTO_TEST_CASE(closed_and_opened_again) {
  const uint16_t port = listener->port();
  listener->close();
  BOOST_TEST(listener->port() == 0);
  settle();
  BOOST_REQUIRE(listener->listen("127.0.0.1", port).ok());
  BOOST_TEST(listener->port() == port);
  StreamRecorder client(loop);
  connect_pair(client);
}

BOOST_AUTO_TEST_CASE(destroyed_inside_its_own_callback) {
  std::unique_ptr<Listener> doomed;
  const auto witness = std::make_shared<int>(7);
  int seen = 0;
  doomed = std::make_unique<Listener>(loop, [&doomed, &seen, witness](Listener& /*from*/) {
    doomed.reset();
    seen = *witness;  // what was captured is still there
  });
  BOOST_REQUIRE(doomed->listen("127.0.0.1", 0).ok());
  StreamRecorder client(loop);
  BOOST_REQUIRE(client.stream->connect(resolve("127.0.0.1", doomed->port())->front()) == 0);
  run_until([&] { return seen == 7; });
}

BOOST_AUTO_TEST_CASE(many_connections_at_once) {
  std::vector<std::unique_ptr<StreamRecorder>> clients;
  for (int k = 0; k < 200; ++k) {
    clients.push_back(std::make_unique<StreamRecorder>(loop));
    BOOST_REQUIRE(clients.back()->stream->connect(address) == 0);
  }
  run_until([&] { return accepts == 200; });
  BOOST_TEST(accepted.size() == 200U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::net
