// SPDX-License-Identifier: MIT
//
// Streams and listeners over Unix sockets: the same contract as over TCP, and the socket's file.

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <filesystem>

#include "stream_recorder.h"
#include "support/temp_dir.h"
#include "support/unique_fd.h"

namespace macaw::net {
namespace {

using State = Stream::State;
using WriteState = Stream::WriteState;
using test::LoopFixture;
using test::StreamRecorder;
using test::TempDir;
using test::UniqueFd;
using Events = std::vector<std::string>;

/// A listener on a socket in a folder of its own; what it accepts goes to `accepted`.
struct UnixFixture : LoopFixture {
  UnixFixture()
      : path(folder / "server.sock"),
        listener(std::make_unique<Listener>(loop, [this](Listener& from) {
          accepted.push_back(std::make_unique<StreamRecorder>(loop));
          BOOST_TEST(from.accept_into(*accepted.back()->stream) == 0);
        })) {
    BOOST_REQUIRE(listener->listen_unix(path).ok());
  }

  Address address() const { return *Address::unix_socket(path); }

  StreamRecorder& connect_pair(StreamRecorder& client) {
    const size_t before = accepted.size();
    BOOST_REQUIRE(client.stream->connect(address()) == 0);
    run_until([&] { return client.stream->state() == State::kOpen && accepted.size() > before; });
    return *accepted.back();
  }

  TempDir folder;
  std::string path;
  std::unique_ptr<Listener> listener;
  std::vector<std::unique_ptr<StreamRecorder>> accepted;
};

/// A socket that listens, by the kernel alone; nobody accepts.
UniqueFd deaf_server(const std::string& path, int backlog) {
  UniqueFd server(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const Address address = *Address::unix_socket(path);
  BOOST_REQUIRE(bind(server.get(), static_cast<const sockaddr*>(address.data()),
                     static_cast<socklen_t>(address.size())) == 0);
  BOOST_REQUIRE(listen(server.get(), backlog) == 0);
  return server;
}

BOOST_FIXTURE_TEST_SUITE(unix_socket_test, UnixFixture)

BOOST_AUTO_TEST_CASE(connects_writes_reads_and_closes) {
  StreamRecorder client(loop);
  BOOST_REQUIRE(client.stream->connect(address()) == 0);
  BOOST_CHECK(client.stream->state() == State::kConnecting);
  BOOST_TEST(client.events.empty());  // never from inside connect()
  run_until([&] { return client.saw("connected 0") && accepted.size() == 1; });
  StreamRecorder& server = *accepted.front();
  BOOST_TEST(listener->port() == 0);
  BOOST_TEST(client.stream->local_port() == 0);

  int error = 0;
  BOOST_CHECK(client.stream->write("hello", &error) == WriteState::kDone);
  run_until([&] { return server.received == "hello"; });
  BOOST_TEST(server.stream->end_writing() == 0);
  run_until([&] { return client.saw("ended 0"); });
  BOOST_CHECK(client.stream->write(" world", &error) == WriteState::kDone);
  run_until([&] { return server.received == "hello world"; });
  client.stream->close();
  run_until([&] { return client.saw("closed") && server.saw("ended 0"); });
  BOOST_TEST(client.events == (Events{"connected 0", "ended 0", "closed"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_slot_serves_unix_sockets_and_tcp_in_turn) {
  Listener tcp(loop, [this](Listener& from) {
    accepted.push_back(std::make_unique<StreamRecorder>(loop));
    BOOST_TEST(from.accept_into(*accepted.back()->stream) == 0);
  });
  BOOST_REQUIRE(tcp.listen("127.0.0.1", 0).ok());
  const Address port = resolve("127.0.0.1", tcp.port())->front();
  StreamRecorder client(loop);
  for (int round = 0; round < 20; ++round) {
    client.events.clear();
    BOOST_REQUIRE(client.stream->connect(round % 2 == 0 ? address() : port) == 0);
    run_until([&] { return client.saw("connected 0"); });
    BOOST_TEST((client.stream->local_port() == 0) == (round % 2 == 0));
    client.stream->close(/*reset=*/round % 3 == 0);
    run_until([&] { return client.saw("closed"); });
  }
}

BOOST_AUTO_TEST_CASE(a_big_write_pends_and_drains) {
  StreamRecorder client(loop);
  StreamRecorder& server = connect_pair(client);
  const std::string big(16 * 1024 * 1024, 'x');
  server.stream->pause_reading();
  int error = 0;
  BOOST_CHECK(client.stream->write(big, &error) == WriteState::kPending);
  settle();
  BOOST_TEST(server.received.empty());
  server.stream->resume_reading();
  run_until([&] { return server.received.size() == big.size() && client.saw("drained"); });
  BOOST_TEST((server.received == big));
}

BOOST_AUTO_TEST_CASE(a_peer_that_closes_over_unread_bytes_is_a_reset) {
  StreamRecorder client(loop);
  StreamRecorder& server = connect_pair(client);
  server.stream->pause_reading();
  int error = 0;
  client.stream->write("never read", &error);
  server.stream->close();
  const std::string reset = fmt::format("ended {}", ECONNRESET);
  run_until([&] { return client.saw(reset); });
}

BOOST_AUTO_TEST_CASE(no_socket_and_nobody_behind_it) {
  StreamRecorder client(loop);
  for (const auto& [name, error] :
       {std::pair("missing.sock", ENOENT), std::pair("stale.sock", ECONNREFUSED)}) {
    const std::string place = folder / name;
    if (error == ECONNREFUSED) {
      deaf_server(place, 1);  // gone at once; its file stays
    }
    client.events.clear();
    BOOST_REQUIRE(client.stream->connect(*Address::unix_socket(place)) == 0);
    run_until([&] { return !client.events.empty(); });
    BOOST_TEST(client.events == Events{fmt::format("connected {}", error)},
               boost::test_tools::per_element());
    client.stream->close();
    run_until([&] { return client.saw("closed"); });
  }
}

BOOST_AUTO_TEST_CASE(no_descriptors_is_EMFILE_at_once) {
  StreamRecorder client(loop);
  const Address where = address();
  rlimit before{};
  BOOST_REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit none = before;
  none.rlim_cur = 0;
  BOOST_REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  const int error = client.stream->connect(where);
  BOOST_REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
  BOOST_TEST(error == EMFILE);
  BOOST_CHECK(client.stream->state() == State::kClosed);
  connect_pair(client);
}

// The kernel says EAGAIN where TCP would wait; so it is we who wait.
BOOST_AUTO_TEST_CASE(a_full_queue_is_waited_for) {
  const std::string place = folder / "full.sock";
  const UniqueFd server = deaf_server(place, 0);
  const Address where = *Address::unix_socket(place);
  std::vector<std::unique_ptr<StreamRecorder>> clients;
  for (int k = 0; k < 40; ++k) {
    clients.push_back(std::make_unique<StreamRecorder>(loop));
    BOOST_REQUIRE(clients.back()->stream->connect(where) == 0);
  }
  const auto connected = [&] {
    return std::count_if(clients.begin(), clients.end(),
                         [](const auto& client) { return client->saw("connected 0"); });
  };
  run_until([&] { return connected() == 1; });
  loop.run_once(std::chrono::milliseconds(20));
  settle();
  BOOST_TEST(connected() == 1);
  BOOST_TEST(std::count_if(clients.begin(), clients.end(),
                           [](const auto& client) { return client->events.empty(); }) == 39);
  // One that waits may be closed, or destroyed.
  clients[10]->stream->close();
  clients[11]->stream.reset();
  run_until([&] { return clients[10]->saw("closed"); });
  std::vector<UniqueFd> taken;
  run_until([&] {
    UniqueFd client(accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (client.get() >= 0) {
      taken.push_back(std::move(client));
    }
    return connected() == 38;
  });
  BOOST_TEST(clients[10]->events == Events{"closed"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_last_one_that_waits_may_go) {
  const std::string place = folder / "full.sock";
  const UniqueFd server = deaf_server(place, 0);
  StreamRecorder first(loop);
  StreamRecorder second(loop);
  BOOST_REQUIRE(first.stream->connect(*Address::unix_socket(place)) == 0);
  run_until([&] { return first.saw("connected 0"); });
  const size_t objects = loop.live_objects();
  BOOST_REQUIRE(second.stream->connect(*Address::unix_socket(place)) == 0);
  run_until(
      [&] { return loop.live_objects() == objects + 2; });  // the stream, and what it waits by
  second.stream.reset();
  BOOST_TEST(loop.live_objects() == objects);
}

BOOST_AUTO_TEST_CASE(the_file_goes_with_the_listener) {
  BOOST_TEST(std::filesystem::is_socket(path));
  listener->close();
  BOOST_TEST(!std::filesystem::exists(path));
  BOOST_REQUIRE(listener->listen_unix(path).ok());
  listener.reset();
  BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(the_file_of_another_is_not_removed) {
  BOOST_REQUIRE(unlink(path.c_str()) == 0);
  const UniqueFd other = deaf_server(path, 1);
  listener->close();
  BOOST_TEST(std::filesystem::is_socket(path));
}

BOOST_AUTO_TEST_CASE(what_a_killed_process_left_is_replaced) {
  const std::string place = folder / "stale.sock";
  deaf_server(place, 1);
  BOOST_REQUIRE(std::filesystem::is_socket(place));
  Listener second(loop, [](Listener& from) { from.reject(); });
  BOOST_TEST(second.listen_unix(place).ok());
  StreamRecorder client(loop);
  BOOST_REQUIRE(client.stream->connect(*Address::unix_socket(place)) == 0);
  run_until([&] { return client.saw("ended 0"); });  // rejected
}

BOOST_AUTO_TEST_CASE(what_else_is_there_is_left_alone) {
  Listener second(loop, [](Listener& from) { from.reject(); });
  const Status busy = second.listen_unix(path);
  BOOST_REQUIRE(!busy.ok());
  BOOST_TEST(busy.error().message() ==
             "cannot listen on unix:" + path + ": another process listens there");
  const std::string file = folder.write("notes.txt", "text");
  const Status taken = second.listen_unix(file);
  BOOST_REQUIRE(!taken.ok());
  BOOST_TEST(taken.error().message() == "cannot listen on unix:" + file +
                                            ": there is a file of that name, and it is not a "
                                            "socket");
  BOOST_TEST(std::filesystem::file_size(file) == 4U);
  const Status nowhere = second.listen_unix(folder / "no/such/folder.sock");
  BOOST_REQUIRE(!nowhere.ok());
  BOOST_TEST(nowhere.error().message().ends_with(": No such file or directory"));
  BOOST_TEST(!second.listen_unix(std::string(200, 'p')).ok());
  BOOST_TEST(second.listen_unix(folder / "free.sock").ok());  // the failures left it usable
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::net
