// SPDX-License-Identifier: MIT
//
// A raw server on a free port of 127.0.0.1, or on a Unix socket, that behaves exactly as a test
// says, well or badly: a script is a function that runs on a thread of its own for each connection
// and uses the blocking steps below. It parses no more HTTP than it needs to find the end of a
// request.
//
//   ScriptedServer server([](ScriptedConnection& client) {
//     while (client.read_request()) {
//       client.send(http_ok("hello"));
//     }
//   });
//
// Thread: the test's; scripts run on the server's threads (Boost.Test's macros are not for them).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "macaw/base/time.h"
#include "support/unique_fd.h"

namespace macaw::test {

/// A whole answer with Content-Length.
std::string http_ok(std::string_view body, std::string_view extra_headers = {});
std::string http_answer(int status, std::string_view body, std::string_view extra_headers = {});

/// Holds scripts until the test opens it: what a test needs instead of a sleep. Must outlive the
/// server.
class Gate {
 public:
  Gate();
  void open();

  int fd() const { return fd_.get(); }

 private:
  UniqueFd fd_;
};

struct RecordedRequest {
  size_t connection = 0;  ///< from 0, in the order of arrival
  MonoTime first_byte;    ///< when the script took up the first bytes of it
  MonoTime complete;
  std::string raw;  ///< head and body as they came
};

class ScriptedServer;

/// One client, as a script sees it. Every step returns early when the server stops.
class ScriptedConnection {
 public:
  size_t index() const { return index_; }

  /// Requests that this connection has brought so far.
  size_t requests() const { return requests_; }

  /// Waits for a whole request and records it. False when the client has ended or the server stops.
  bool read_request();

  /// Waits for the head of a request and leaves most of its body in the socket.
  bool read_head();
  /// Takes up to so many bytes off the socket and drops them; 0 at the end.
  size_t read_some(size_t most);
  /// Waits for bytes and takes what has come; empty at the end.
  std::string take_some();

  /// The last one.
  const std::string& request() const { return request_; }

  /// False when the client has gone.
  bool send(std::string_view bytes);
  /// A byte at a time, each in a packet of its own.
  bool drip(std::string_view bytes, Nanos gap = Nanos::zero());
  /// A delay, for scripts whose point is lateness.
  void stall(Nanos span);
  /// False when the server stops first.
  bool wait(const Gate& gate);
  /// Reads and drops whatever comes, says nothing, until the client leaves or the server stops.
  void hold();
  /// FIN; the script may read on.
  void end_writing();
  /// FIN both ways (RST if there is unread input) or RST. No further step does anything.
  void close();
  void reset();

 private:
  friend class ScriptedServer;

  ScriptedConnection(ScriptedServer& server, UniqueFd socket, size_t index)
      : server_(server), socket_(std::move(socket)), index_(index) {}

  /// Waits until the descriptor is ready, the time has passed or the server stops.
  enum class Wait { kReady, kTimeout, kStopped };
  Wait wait_for(int fd, short events, Nanos timeout) const;
  /// Appends what has come, so many bytes at most; false at the end.
  bool receive(size_t most = size_t{64} * 1024);

  ScriptedServer& server_;
  UniqueFd socket_;
  size_t index_;
  size_t requests_ = 0;
  std::string input_;  ///< received, not yet part of a request
  std::string request_;
  MonoTime input_since_;
};

class ScriptedServer {
 public:
  using Script = std::function<void(ScriptedConnection&)>;

  /// The connection is closed when its script returns. With a path it listens on a Unix socket,
  /// whose file stays.
  explicit ScriptedServer(Script script, const std::string& unix_path = {});
  /// Ends all scripts and waits for their threads.
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  uint16_t port() const { return port_; }

  /// "127.0.0.1:PORT"
  std::string host_port() const;
  /// In the order of completion.
  std::vector<RecordedRequest> requests() const;
  size_t connections() const;
  /// Waits until so many requests or connections have come; false after a time that only a broken
  /// program needs.
  bool wait_for_requests(size_t count) const;
  bool wait_for_connections(size_t count) const;
  /// Closes the listening socket: new connections are refused. Scripts go on.
  void stop_listening();

 private:
  friend class ScriptedConnection;
  void accept_connections();
  void record(RecordedRequest request);

  Script script_;
  UniqueFd listener_;
  UniqueFd stop_;  ///< an eventfd, readable from stop on
  UniqueFd stop_listening_;
  uint16_t port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<RecordedRequest> requests_;
  size_t connections_ = 0;
  std::vector<std::thread> threads_;  ///< touched by the acceptor only, until it has ended
  std::thread acceptor_;
};

/// Ready-made scripts.
namespace script {

/// The same bytes for each request.
ScriptedServer::Script answer(std::string bytes);
/// Each answer so much after its request.
ScriptedServer::Script answer_after(Nanos delay, std::string bytes);
/// Keeps each answer back until the gate opens.
ScriptedServer::Script answer_behind(const Gate& gate, std::string bytes);
ScriptedServer::Script drip(std::string bytes, Nanos gap = Nanos::zero());
/// Accepts, reads, never answers.
ScriptedServer::Script say_nothing();
/// Answers the first request of each connection with these bytes, whole or not, then closes: for
/// the middle of headers or of a body.
ScriptedServer::Script send_and_close(std::string bytes);
ScriptedServer::Script send_and_reset(std::string bytes);
/// Closes the idle connection after so many answers, without a word in the last one.
ScriptedServer::Script close_after(size_t answers, std::string bytes);
/// Reads one request more after so many answers and closes without answering it: the stale
/// keep-alive race.
ScriptedServer::Script swallow_after(size_t answers, std::string bytes);
/// Sends the bytes when the connection opens, before any request, then answers as usual.
ScriptedServer::Script speak_first(std::string bytes, std::string answer);

}  // namespace script

/// A port that accepts no connection and refuses none: its queue is full, so a connect hangs.
class FullBacklog {
 public:
  FullBacklog();

  uint16_t port() const { return port_; }

 private:
  UniqueFd listener_;
  std::vector<UniqueFd> fillers_;
  uint16_t port_ = 0;
};

}  // namespace macaw::test
