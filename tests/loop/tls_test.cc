// SPDX-License-Identifier: MIT
//
// Streams with TLS: our client and our server, and what each does with a peer that is wrong.

#include "macaw/net/tls.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <fstream>

#include "stream_recorder.h"
#include "support/process.h"
#include "support/scripted_server.h"
#include "support/temp_dir.h"

namespace macaw::net {
namespace {

using test::LoopFixture;
using test::ScriptedConnection;
using test::ScriptedServer;
using test::StreamRecorder;
using test::TempDir;
using State = Stream::State;
using WriteState = Stream::WriteState;

std::string event_of(const char* name, int error) {
  return fmt::format("{} {}", name, error);
}

/// A listener with TLS on a free port; what it accepts goes to `accepted`.
struct TlsFixture : LoopFixture {
  void listen(const TlsServerOptions& options) {
    auto made = TlsServer::make(options);
    BOOST_REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.error().message()));
    server = std::move(made).value();
    listener = std::make_unique<Listener>(loop, [this](Listener& from) {
      accepted.push_back(std::make_unique<StreamRecorder>(loop));
      BOOST_TEST(from.accept_into(*accepted.back()->stream, server.get()) == 0);
    });
    BOOST_REQUIRE(listener->listen("127.0.0.1", 0).ok());
    address = resolve("127.0.0.1", listener->port())->front();
  }

  /// One that trusts the server.
  TlsClientOptions trusting() {
    TlsClientOptions options;
    options.ca_file = folder.write("server.pem", server->certificate_pem());
    return options;
  }

  std::unique_ptr<TlsClient> make_client(const TlsClientOptions& options) {
    auto made = TlsClient::make(options);
    BOOST_REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.error().message()));
    return std::move(made).value();
  }

  void connect(StreamRecorder& client, TlsClient& tls, std::string_view name = "localhost",
               Alpn offer = Alpn::kEither) {
    const TlsConnect how{.client = &tls, .server_name = name, .offer = offer};
    BOOST_REQUIRE(client.stream->connect(address, &how) == 0);
    run_until([&] { return !client.events.empty(); });
  }

  TempDir folder;
  std::unique_ptr<TlsServer> server;
  std::unique_ptr<Listener> listener;
  Address address;
  std::vector<std::unique_ptr<StreamRecorder>> accepted;
};

/// What the client saw of a handshake with a server that is given as a script.
std::string trouble_with(LoopFixture& fixture, const ScriptedServer& server) {
  TlsClientOptions options;
  options.verify = false;
  auto tls = TlsClient::make(options);
  BOOST_REQUIRE(tls.ok());
  StreamRecorder client(fixture.loop);
  const TlsConnect how{.client = tls->get(), .server_name = "localhost", .offer = Alpn::kHttp1};
  const Address address = resolve("127.0.0.1", server.port())->front();
  BOOST_REQUIRE(client.stream->connect(address, &how) == 0);
  fixture.run_until([&] { return !client.events.empty(); });
  BOOST_TEST(client.events.front() == event_of("connected", EPROTO));
  return std::string(client.stream->tls_trouble());
}

BOOST_FIXTURE_TEST_SUITE(tls_test, TlsFixture)

BOOST_AUTO_TEST_CASE(both_versions_both_ways) {
  for (const TlsVersion version : {TlsVersion::k12, TlsVersion::k13}) {
    listen({.min = version, .max = version, .alpn = {"h2", "http/1.1"}});
    const auto tls = make_client(trusting());
    StreamRecorder client(loop);
    connect(client, *tls);
    BOOST_TEST(client.events.front() == "connected 0");
    run_until([&] { return accepted.back()->stream->state() == State::kOpen; });
    StreamRecorder& peer = *accepted.back();
    for (const Stream* stream : {client.stream.get(), peer.stream.get()}) {
      const ConnectInfo& info = stream->connect_info();
      BOOST_CHECK(info.tls == version);
      BOOST_TEST(!info.resumed);
      BOOST_TEST(info.alpn == "h2");
      BOOST_CHECK(info.started <= info.connected);
      BOOST_CHECK(info.connected < info.secured);
    }
    int error = 0;
    BOOST_CHECK(client.stream->write("hello", &error) == WriteState::kDone);
    run_until([&] { return peer.received == "hello"; });
    BOOST_CHECK(peer.stream->write("world", &error) == WriteState::kDone);
    run_until([&] { return client.received == "world"; });
    client.stream->close();
    run_until([&] { return client.saw("closed") && !peer.events.empty(); });
    BOOST_TEST(peer.events.front() == "ended 0");  // by a goodbye, not by a cut
    peer.stream->close();
    run_until([&] { return peer.saw("closed"); });
    listener->close();
  }
}

BOOST_AUTO_TEST_CASE(long_writes_both_ways) {
  listen({});
  const auto tls = make_client(trusting());
  StreamRecorder client(loop);
  connect(client, *tls);
  run_until([&] { return accepted.back()->stream->state() == State::kOpen; });
  StreamRecorder& peer = *accepted.back();
  std::string up(16'000'000, 'u');
  std::string down(9'000'001, 'd');
  for (size_t k = 0; k < up.size(); k += 997) {
    up[k] = static_cast<char>('a' + k % 26);
  }
  int error = 0;
  BOOST_CHECK(client.stream->write(up, &error) == WriteState::kPending);
  BOOST_CHECK(peer.stream->write(down, &error) == WriteState::kPending);
  run_until([&] {
    return peer.received.size() == up.size() && client.received.size() == down.size() &&
           client.saw("drained") && peer.saw("drained");
  });
  BOOST_TEST((peer.received == up));
  BOOST_TEST((client.received == down));
  // And the connection goes on.
  BOOST_CHECK(client.stream->write("x", &error) == WriteState::kDone);
  run_until([&] { return peer.received.size() == up.size() + 1; });
}

BOOST_AUTO_TEST_CASE(a_paused_reader_gets_the_rest_when_it_goes_on) {
  listen({});
  const auto tls = make_client(trusting());
  StreamRecorder client(loop);
  connect(client, *tls);
  run_until([&] { return accepted.back()->stream->state() == State::kOpen; });
  StreamRecorder& peer = *accepted.back();
  // Each read pauses; records that came with it are kept, not lost and not delivered.
  peer.on_event = [&](const std::string& event) {
    if (event == "read") {
      peer.stream->pause_reading();
    }
  };
  const std::string text(400'000, 'p');
  int error = 0;
  client.stream->write(text, &error);
  while (peer.received.size() < text.size()) {
    const size_t before = peer.received.size();
    settle();
    settle();
    BOOST_REQUIRE(peer.received.size() <= before + 64 * 1024);
    peer.stream->resume_reading();
    run_until([&] { return peer.received.size() > before; });
  }
  BOOST_TEST((peer.received == text));
}

// The goodbye came in one read with the bytes before it.
BOOST_AUTO_TEST_CASE(a_paused_reader_gets_the_end_when_it_goes_on) {
  listen({});
  const auto tls = make_client(trusting());
  StreamRecorder client(loop);
  connect(client, *tls);
  run_until([&] { return accepted.back()->stream->state() == State::kOpen; });
  StreamRecorder& peer = *accepted.back();
  peer.on_event = [&](const std::string& event) {
    if (event == "read") {
      peer.stream->pause_reading();
    }
  };
  int error = 0;
  BOOST_CHECK(client.stream->write("all", &error) == WriteState::kDone);
  BOOST_TEST(client.stream->end_writing() == 0);
  run_until([&] { return peer.received == "all"; });
  settle();
  BOOST_TEST(peer.events.empty());
  peer.stream->resume_reading();
  run_until([&] { return !peer.events.empty(); });
  settle();
  BOOST_TEST(peer.events == std::vector<std::string>{"ended 0"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(servers_on_two_ports_of_a_host_are_resumed_each) {
  listen({});
  const std::unique_ptr<TlsServer> first_server = std::move(server);
  const std::unique_ptr<Listener> first = std::make_unique<Listener>(loop, [&](Listener& from) {
    accepted.push_back(std::make_unique<StreamRecorder>(loop));
    BOOST_TEST(from.accept_into(*accepted.back()->stream, first_server.get()) == 0);
  });
  BOOST_REQUIRE(first->listen("127.0.0.1", 0).ok());
  listen({});
  TlsClientOptions options;
  options.verify = false;
  const auto tls = make_client(options);
  const Address addresses[] = {resolve("127.0.0.1", first->port())->front(), address};
  for (const bool is_known : {false, true}) {
    for (const Address& next : addresses) {
      address = next;
      StreamRecorder client(loop);
      connect(client, *tls);
      run_until([&] { return accepted.back()->stream->state() == State::kOpen; });
      int error = 0;
      accepted.back()->stream->write("x", &error);  // behind the session
      run_until([&] { return client.received == "x"; });
      BOOST_TEST(client.stream->connect_info().resumed == is_known);
    }
  }
}

BOOST_AUTO_TEST_CASE(sessions_are_resumed_or_not) {
  for (const TlsVersion version : {TlsVersion::k12, TlsVersion::k13}) {
    for (const bool resume : {true, false}) {
      listen({.min = version, .max = version});
      TlsClientOptions options = trusting();
      options.resume = resume;
      const auto tls = make_client(options);
      for (int connection = 0; connection < 3; ++connection) {
        StreamRecorder client(loop);
        connect(client, *tls);
        BOOST_TEST(client.events.front() == "connected 0");
        run_until([&] { return accepted.back()->stream->state() == State::kOpen; });
        // The server's tickets come with its first words at the latest.
        int error = 0;
        accepted.back()->stream->write("x", &error);
        run_until([&] { return client.received == "x"; });
        BOOST_TEST(client.stream->connect_info().resumed == (resume && connection > 0));
        client.stream->close(/*reset=*/connection == 1);  // a rude end is no reason against it
        run_until([&] { return client.saw("closed"); });
      }
      accepted.clear();
      listener->close();
    }
  }
}

BOOST_AUTO_TEST_CASE(a_certificate_must_be_trusted_and_the_servers) {
  listen({});
  const auto untrusting = make_client({});
  StreamRecorder first(loop);
  connect(first, *untrusting);
  BOOST_TEST(first.events.front() == event_of("connected", EPROTO));
  BOOST_TEST(first.stream->tls_trouble() == "certificate verify failed: self-signed certificate");

  const auto trusting_client = make_client(trusting());
  StreamRecorder second(loop);
  connect(second, *trusting_client, "example.org");
  BOOST_TEST(second.stream->tls_trouble() == "certificate verify failed: hostname mismatch");
  StreamRecorder third(loop);
  connect(third, *trusting_client, "127.0.0.2");
  BOOST_TEST(third.stream->tls_trouble() == "certificate verify failed: IP address mismatch");
  StreamRecorder fourth(loop);
  connect(fourth, *trusting_client, "127.0.0.1");
  BOOST_TEST(fourth.events.front() == "connected 0");

  const auto careless = make_client({.verify = false});
  StreamRecorder fifth(loop);
  connect(fifth, *careless, "example.org");
  BOOST_TEST(fifth.events.front() == "connected 0");
}

BOOST_AUTO_TEST_CASE(clients_with_certificates) {
  listen({});
  const std::string pem = folder.write("client.pem", server->certificate_pem());
  listener->close();
  listen({.client_ca_file = pem});
  // Without one: TLS 1.3 tells it after the client believes that all is well.
  const auto nobody = make_client(trusting());
  StreamRecorder client(loop);
  connect(client, *nobody);
  run_until([&] { return client.events.back() != "connected 0"; });
  BOOST_TEST(client.events.back() == event_of("ended", EPROTO));
  BOOST_TEST(client.stream->tls_trouble() == "TLS: tlsv13 alert certificate required");
  run_until([&] { return !accepted.back()->events.empty(); });
  BOOST_TEST(accepted.back()->events.back() == event_of("ended", EPROTO));
}

BOOST_AUTO_TEST_CASE(no_protocol_in_common) {
  listen({.alpn = {"h2"}});
  const auto tls = make_client(trusting());
  StreamRecorder client(loop);
  connect(client, *tls, "localhost", Alpn::kHttp1);
  BOOST_TEST(client.events.front() == event_of("connected", EPROTO));
  BOOST_TEST(client.stream->tls_trouble() ==
             "the peer speaks no version of HTTP that was offered (ALPN)");
}

BOOST_AUTO_TEST_CASE(versions_that_do_not_meet) {
  listen({.min = TlsVersion::k13});
  TlsClientOptions options = trusting();
  options.max = TlsVersion::k12;
  const auto tls = make_client(options);
  StreamRecorder client(loop);
  connect(client, *tls);
  BOOST_TEST(client.stream->tls_trouble() == "TLS: tlsv1 alert protocol version");
}

BOOST_AUTO_TEST_CASE(peers_that_speak_no_tls) {
  const ScriptedServer http([](ScriptedConnection& client) {
    client.take_some();
    client.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    client.hold();
  });
  BOOST_TEST(trouble_with(*this, http) == "the peer does not speak TLS");
  const ScriptedServer closing([](ScriptedConnection& client) { client.take_some(); });
  BOOST_TEST(trouble_with(*this, closing) == "closed during the TLS handshake");
  const ScriptedServer resetting([](ScriptedConnection& client) {
    client.take_some();
    client.reset();
  });
  BOOST_TEST(trouble_with(*this, resetting) == "the connection broke during the TLS handshake");
  const ScriptedServer alerting([](ScriptedConnection& client) {
    client.take_some();
    client.send(std::string("\x15\x03\x03\x00\x02\x02\x28", 7));  // fatal: handshake failure
    client.hold();
  });
  BOOST_TEST(trouble_with(*this, alerting).find("handshake failure") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_cut_off_is_no_end) {
  listen({});
  StreamRecorder client(loop);
  const auto tls = make_client(trusting());
  connect(client, *tls);
  run_until([&] { return accepted.back()->stream->state() == State::kOpen; });
  int error = 0;
  accepted.back()->stream->write("half", &error);
  run_until([&] { return client.received == "half"; });
  accepted.back()->stream->close(/*reset=*/true);  // without a goodbye
  run_until([&] { return client.events.size() > 1; });
  BOOST_TEST(client.events.back() != "ended 0");
}

BOOST_AUTO_TEST_CASE(a_handshake_that_never_ends_can_be_given_up) {
  const ScriptedServer silent([](ScriptedConnection& client) { client.hold(); });
  address = resolve("127.0.0.1", silent.port())->front();
  const auto tls = make_client({});
  StreamRecorder client(loop);
  const TlsConnect how{.client = tls.get(), .server_name = "x", .offer = Alpn::kHttp1};
  BOOST_REQUIRE(client.stream->connect(address, &how) == 0);
  BOOST_REQUIRE(silent.wait_for_connections(1));
  settle();
  BOOST_TEST(client.events.empty());
  BOOST_CHECK(client.stream->state() == State::kConnecting);
  client.stream->close(/*reset=*/true);
  run_until([&] { return client.saw("closed"); });
  // The slot is as good as new.
  listen({});
  const auto trusting_client = make_client(trusting());
  client.events.clear();
  connect(client, *trusting_client);
  BOOST_TEST(client.events.front() == "connected 0");
}

BOOST_AUTO_TEST_CASE(files_that_do_not_serve) {
  const auto error_of = [](const TlsClientOptions& options) {
    const auto made = TlsClient::make(options);
    return made.ok() ? std::string() : made.error().message();
  };
  const std::string text = folder.write("text.pem", "not a certificate\n");
  const std::string missing = folder / "missing.pem";
  BOOST_TEST(error_of({.ca_file = missing}) == missing + ": No such file or directory");
  BOOST_TEST(error_of({.ca_file = text}).starts_with(text + ": found no certificates"));
  BOOST_TEST(error_of({.cert_file = text}).starts_with(text + ": found no certificate in PEM"));
  listen({});
  const std::string pem = folder.write("cert.pem", server->certificate_pem());
  BOOST_TEST(error_of({.cert_file = pem}).starts_with(pem + ": found no private key of " + pem));
}

/// OpenSSL's own server and client, which were made by others.
BOOST_AUTO_TEST_CASE(openssl_serves_us_and_is_served) {
  listen({.alpn = {"http/1.1"}});
  test::Process client(
      "openssl", {.args = {"s_client", "-connect", fmt::format("127.0.0.1:{}", listener->port()),
                           "-alpn", "http/1.1", "-quiet", "-verify_quiet", "-no_ign_eof"},
                  .stdin_text = "over here\n"});
  run_until([&] { return !accepted.empty() && accepted.back()->received == "over here\n"; });
  BOOST_TEST(accepted.back()->stream->connect_info().alpn == "http/1.1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::net
