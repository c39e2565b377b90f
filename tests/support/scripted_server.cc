// SPDX-License-Identifier: MIT
//
// See scripted_server.h. Everything that waits, waits in ppoll() beside the stop descriptor.

#include "support/scripted_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <utility>

namespace macaw::test {
namespace {

constexpr Nanos kForEver{-1};
constexpr Nanos kPatience = std::chrono::seconds(30);

void require(bool condition, const char* what) {
  if (!condition) {
    throw std::runtime_error(fmt::format("{}: errno {}", what, errno));
  }
}

sockaddr* as_sockaddr(sockaddr_in& address) {
  return reinterpret_cast<sockaddr*>(&address);
}

sockaddr_in loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

uint16_t listen_on_free_port(int fd, int backlog) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  require(bind(fd, as_sockaddr(address), size) == 0, "bind");
  require(listen(fd, backlog) == 0, "listen");
  require(getsockname(fd, as_sockaddr(address), &size) == 0, "getsockname");
  return ntohs(address.sin_port);
}

void listen_on_path(int fd, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  require(path.size() < sizeof(address.sun_path), "path");
  path.copy(address.sun_path, path.size());
  require(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0, "bind");
  require(listen(fd, /*backlog=*/1024) == 0, "listen");
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto lower = [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return lower(x) == lower(y);
  });
}

std::string_view header_value(std::string_view head, std::string_view name) {
  size_t line = head.find("\r\n");
  while (line != std::string_view::npos) {
    const size_t begin = line + 2;
    line = head.find("\r\n", begin);
    const std::string_view text = head.substr(begin, line - begin);
    const size_t colon = text.find(':');
    if (colon != std::string_view::npos && equal_ignoring_case(text.substr(0, colon), name)) {
      const size_t value = text.find_first_not_of(' ', colon + 1);
      return value == std::string_view::npos ? std::string_view() : text.substr(value);
    }
  }
  return {};
}

/// How many bytes the first request in `input` has, once it is whole.
std::optional<size_t> request_size(std::string_view input) {
  const size_t blank = input.find("\r\n\r\n");
  if (blank == std::string_view::npos) {
    return std::nullopt;
  }
  const size_t head = blank + 4;
  const std::string_view text = input.substr(0, blank);
  if (equal_ignoring_case(header_value(text, "transfer-encoding"), "chunked")) {
    const size_t end = input.find("0\r\n\r\n", head);  // good enough for bodies without this text
    return end == std::string_view::npos ? std::nullopt : std::optional(end + 5);
  }
  size_t body = 0;
  const std::string_view length = header_value(text, "content-length");
  std::from_chars(length.data(), length.data() + length.size(), body);
  return input.size() < head + body ? std::nullopt : std::optional(head + body);
}

}  // namespace

std::string http_answer(int status, std::string_view body, std::string_view extra_headers) {
  return fmt::format("HTTP/1.1 {} Scripted\r\n{}Content-Length: {}\r\n\r\n{}", status,
                     extra_headers, body.size(), body);
}

std::string http_ok(std::string_view body, std::string_view extra_headers) {
  return http_answer(200, body, extra_headers);
}

Gate::Gate() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  require(fd_.get() >= 0, "eventfd");
}

void Gate::open() {
  require(eventfd_write(fd_.get(), 1) == 0, "eventfd_write");
}

ScriptedConnection::Wait ScriptedConnection::wait_for(int fd, short events, Nanos timeout) const {
  std::array<pollfd, 2> watched{pollfd{.fd = server_.stop_.get(), .events = POLLIN, .revents = 0},
                                pollfd{.fd = fd, .events = events, .revents = 0}};
  constexpr Nanos::rep kSecond = 1'000'000'000;
  const timespec span{.tv_sec = timeout.count() / kSecond, .tv_nsec = timeout.count() % kSecond};
  for (;;) {
    const int ready =
        ppoll(watched.data(), watched.size(), timeout == kForEver ? nullptr : &span, nullptr);
    if (ready < 0 && errno == EINTR) {
      continue;
    }
    require(ready >= 0, "ppoll");
    if (watched[0].revents != 0) {
      return Wait::kStopped;
    }
    return ready > 0 ? Wait::kReady : Wait::kTimeout;
  }
}

bool ScriptedConnection::receive(size_t most) {
  if (socket_.get() < 0 || wait_for(socket_.get(), POLLIN, kForEver) != Wait::kReady) {
    return false;
  }
  std::array<char, 64 * 1024> buffer{};
  const ssize_t size = recv(socket_.get(), buffer.data(), std::min(buffer.size(), most), 0);
  if (size <= 0) {
    return false;
  }
  if (input_.empty()) {
    input_since_ = MonoClock::now();
  }
  input_.append(buffer.data(), static_cast<size_t>(size));
  return true;
}

bool ScriptedConnection::read_request() {
  std::optional<size_t> size = request_size(input_);
  while (!size) {
    if (!receive()) {
      return false;
    }
    size = request_size(input_);
  }
  request_ = input_.substr(0, *size);
  input_.erase(0, *size);
  ++requests_;
  const MonoTime now = MonoClock::now();
  server_.record(
      {.connection = index_, .first_byte = input_since_, .complete = now, .raw = request_});
  input_since_ = now;
  return true;
}

bool ScriptedConnection::read_head() {
  while (input_.find("\r\n\r\n") == std::string::npos) {
    if (!receive(512)) {
      return false;
    }
  }
  return true;
}

size_t ScriptedConnection::read_some(size_t most) {
  input_.clear();
  const size_t taken = receive(most) ? input_.size() : 0;
  input_.clear();
  return taken;
}

std::string ScriptedConnection::take_some() {
  if (input_.empty() && !receive()) {
    return {};
  }
  return std::exchange(input_, {});
}

bool ScriptedConnection::send(std::string_view bytes) {
  while (!bytes.empty() && socket_.get() >= 0) {
    if (wait_for(socket_.get(), POLLOUT, kForEver) != Wait::kReady) {
      return false;
    }
    const ssize_t size =
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size < 0 && errno != EAGAIN) {
      return false;
    }
    bytes.remove_prefix(size > 0 ? static_cast<size_t>(size) : 0);
  }
  return bytes.empty();
}

bool ScriptedConnection::drip(std::string_view bytes, Nanos gap) {
  for (size_t k = 0; k < bytes.size(); ++k) {
    if (!send(bytes.substr(k, 1))) {
      return false;
    }
    if (gap > Nanos::zero()) {
      stall(gap);
    } else {
      std::this_thread::yield();
    }
  }
  return true;
}

void ScriptedConnection::stall(Nanos span) {
  wait_for(-1, 0, span);
}

bool ScriptedConnection::wait(const Gate& gate) {
  return wait_for(gate.fd(), POLLIN, kForEver) == Wait::kReady;
}

void ScriptedConnection::hold() {
  while (receive()) {
    input_.clear();
  }
}

void ScriptedConnection::end_writing() {
  if (socket_.get() >= 0) {
    shutdown(socket_.get(), SHUT_WR);
  }
}

void ScriptedConnection::close() {
  socket_.reset();
}

void ScriptedConnection::reset() {
  if (socket_.get() >= 0) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    socket_.reset();
  }
}

ScriptedServer::ScriptedServer(Script script, const std::string& unix_path)
    : script_(std::move(script)),
      listener_(socket(unix_path.empty() ? AF_INET : AF_UNIX,
                       SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
      stop_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      stop_listening_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  require(listener_.get() >= 0 && stop_.get() >= 0 && stop_listening_.get() >= 0, "descriptors");
  if (unix_path.empty()) {
    port_ = listen_on_free_port(listener_.get(), /*backlog=*/1024);
  } else {
    listen_on_path(listener_.get(), unix_path);
  }
  acceptor_ = std::thread([this] { accept_connections(); });
}

ScriptedServer::~ScriptedServer() {
  eventfd_write(stop_.get(), 1);
  stop_listening();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

void ScriptedServer::stop_listening() {
  eventfd_write(stop_listening_.get(), 1);
  if (acceptor_.joinable()) {
    acceptor_.join();
  }
}

void ScriptedServer::accept_connections() {
  for (;;) {
    std::array<pollfd, 2> watched{
        pollfd{.fd = stop_listening_.get(), .events = POLLIN, .revents = 0},
        pollfd{.fd = listener_.get(), .events = POLLIN, .revents = 0}};
    if (poll(watched.data(), watched.size(), -1) < 0) {
      continue;
    }
    if (watched[0].revents != 0) {
      listener_.reset();
      return;
    }
    UniqueFd client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (client.get() < 0) {
      continue;
    }
    const int on = 1;
    setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    size_t index = 0;
    {
      const std::lock_guard lock(mutex_);
      index = connections_++;
    }
    changed_.notify_all();
    threads_.emplace_back([this, index, socket = std::move(client)]() mutable {
      ScriptedConnection connection(*this, std::move(socket), index);
      script_(connection);
    });
  }
}

void ScriptedServer::record(RecordedRequest request) {
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
  }
  changed_.notify_all();
}

std::string ScriptedServer::host_port() const {
  return fmt::format("127.0.0.1:{}", port_);
}

std::vector<RecordedRequest> ScriptedServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

size_t ScriptedServer::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

bool ScriptedServer::wait_for_requests(size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return requests_.size() >= count; });
}

bool ScriptedServer::wait_for_connections(size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return connections_ >= count; });
}

FullBacklog::FullBacklog() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  require(listener_.get() >= 0, "socket");
  port_ = listen_on_free_port(listener_.get(), /*backlog=*/0);
  sockaddr_in address = loopback(port_);
  // On loopback a connect that has room ends at once; the first that does not finds the queue full.
  for (int attempt = 0; attempt < 64; ++attempt) {
    UniqueFd filler(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    require(filler.get() >= 0, "socket");
    static_cast<void>(connect(filler.get(), as_sockaddr(address), sizeof(address)));
    pollfd writable{.fd = filler.get(), .events = POLLOUT, .revents = 0};
    const bool taken = poll(&writable, 1, /*timeout=*/100) == 1;
    fillers_.push_back(std::move(filler));
    if (!taken) {
      return;
    }
  }
  throw std::runtime_error("the accept queue does not fill up");
}

}  // namespace macaw::test
