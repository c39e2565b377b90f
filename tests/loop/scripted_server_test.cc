// SPDX-License-Identifier: MIT
//
// The fixtures themselves: a script does what it says, and nothing hangs at the end.

#include "support/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cerrno>

namespace macaw::test {
namespace {

BOOST_AUTO_TEST_SUITE(scripted_server_test)

/// A blocking client.
class Client {
 public:
  explicit Client(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    connected_ =
        connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }

  bool connected() const { return connected_; }

  void send(std::string_view bytes) {
    BOOST_REQUIRE(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                  static_cast<ssize_t>(bytes.size()));
  }

  std::string receive(size_t size) {
    std::string text(size, '\0');
    const ssize_t got = recv(socket_.get(), text.data(), size, MSG_WAITALL);
    text.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return text;
  }

  /// Everything up to the end; "RESET" behind it if that was one.
  std::string receive_all() {
    std::string text;
    std::array<char, 1000> buffer{};
    for (;;) {
      const ssize_t got = recv(socket_.get(), buffer.data(), buffer.size(), 0);
      if (got <= 0) {
        return got == 0 ? text : text + "RESET";
      }
      text.append(buffer.data(), static_cast<size_t>(got));
    }
  }

 private:
  UniqueFd socket_;
  bool connected_ = false;
};

const std::string kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

BOOST_AUTO_TEST_CASE(answers_and_records) {
  const std::string answer = http_ok("hello");
  BOOST_TEST(answer == "HTTP/1.1 200 Scripted\r\nContent-Length: 5\r\n\r\nhello");
  ScriptedServer server(script::answer(answer));
  const std::string post = "POST /p HTTP/1.1\r\ncontent-length:  4\r\nX: y\r\n\r\nbody";
  const std::string chunked =
      "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  Client client(server.port());
  client.send(kGet + post + chunked);
  BOOST_TEST(client.receive(3 * answer.size()) == answer + answer + answer);
  Client second(server.port());
  second.send(kGet);
  BOOST_TEST(second.receive(answer.size()) == answer);
  BOOST_TEST(server.wait_for_requests(4));
  const auto requests = server.requests();
  BOOST_REQUIRE(requests.size() == 4U);
  BOOST_TEST(requests[0].raw == kGet);
  BOOST_TEST(requests[1].raw == post);
  BOOST_TEST(requests[2].raw == chunked);
  BOOST_TEST(requests[2].connection == 0U);
  BOOST_TEST(requests[3].connection == 1U);
  for (size_t k = 1; k < requests.size(); ++k) {
    BOOST_TEST((requests[k - 1].first_byte <= requests[k - 1].complete));
    BOOST_TEST((requests[k - 1].complete <= requests[k].complete));
  }
  BOOST_TEST(server.connections() == 2U);
}

BOOST_AUTO_TEST_CASE(ways_to_end) {
  ScriptedServer half(script::send_and_close("HTTP/1.1 200 OK\r\nContent-Le"));
  ScriptedServer reset(script::send_and_reset(""));
  ScriptedServer twice(script::close_after(2, "x"));
  ScriptedServer swallow(script::swallow_after(1, "x"));
  const auto talk = [](const ScriptedServer& server) {
    Client client(server.port());
    client.send(kGet + kGet);
    return client.receive_all();
  };
  BOOST_TEST(talk(half).starts_with("HTTP/1.1 200 OK\r\nContent-Le"));
  BOOST_TEST(talk(reset) == "RESET");
  BOOST_TEST(talk(twice) == "xx");
  BOOST_TEST(talk(swallow) == "x");
}

BOOST_AUTO_TEST_CASE(drips_and_speaks_first) {
  ScriptedServer dripping(script::drip("byte by byte", std::chrono::microseconds(10)));
  Client client(dripping.port());
  client.send(kGet);
  BOOST_TEST(client.receive(12) == "byte by byte");
  ScriptedServer eager(script::speak_first("before", "after"));
  Client second(eager.port());
  BOOST_TEST(second.receive(6) == "before");
  second.send(kGet);
  BOOST_TEST(second.receive(5) == "after");
}

BOOST_AUTO_TEST_CASE(a_gate_holds_answers_back) {
  Gate gate;
  ScriptedServer server(script::answer_behind(gate, "x"));
  Client client(server.port());
  client.send(kGet);
  BOOST_TEST(server.wait_for_requests(1));
  std::array<char, 1> byte{};
  gate.open();
  BOOST_TEST(client.receive(byte.size()) == "x");
}

// Destruction must not wait for clients.
BOOST_AUTO_TEST_CASE(stops_whatever_its_scripts_do) {
  Gate never;
  std::vector<std::unique_ptr<ScriptedServer>> servers;
  servers.push_back(std::make_unique<ScriptedServer>(script::say_nothing()));
  servers.push_back(std::make_unique<ScriptedServer>(script::answer_behind(never, "x")));
  servers.push_back(
      std::make_unique<ScriptedServer>(script::answer_after(std::chrono::hours(1), "x")));
  servers.push_back(
      std::make_unique<ScriptedServer>(script::answer(std::string(64 * 1024 * 1024, 'x'))));
  std::vector<Client> clients;
  for (const auto& server : servers) {
    clients.emplace_back(server->port());
    clients.back().send(kGet);
    BOOST_TEST(server->wait_for_requests(1));
  }
}

BOOST_AUTO_TEST_CASE(a_closed_port_refuses_and_open_connections_go_on) {
  ScriptedServer server(script::answer("x"));
  Client client(server.port());
  BOOST_TEST(server.wait_for_connections(1));
  server.stop_listening();
  BOOST_TEST(!Client(server.port()).connected());
  client.send(kGet);
  BOOST_TEST(client.receive(1) == "x");
}

BOOST_AUTO_TEST_CASE(a_full_backlog_lets_connects_hang) {
  const FullBacklog full;
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(full.port());
  BOOST_TEST(connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == -1);
  BOOST_TEST(errno == EINPROGRESS);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::test
