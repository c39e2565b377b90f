// SPDX-License-Identifier: MIT
//
// A server that does as little as a server can: one thread, one epoll, the same answer to
// everything. It can stamp when each request arrived, beside the index that the request carries in
// a header, and writes the stamps to a file on SIGTERM. So the benchmarks see what a generator
// sent, and when, without asking the generator. Requests with bodies are not for it.
//
// The file: one line "macaw-arrivals 1 COUNT REALTIME_MINUS_MONOTONIC_NS STAMP", then COUNT pairs
// of 64-bit integers in the machine's order: index (-1: none), nanoseconds of CLOCK_MONOTONIC.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Options {
  uint16_t port = 0;
  std::string stamp = "none";
  std::string header;
  std::string out;
  size_t body = 2;
  size_t expected = 0;
};

struct Arrival {
  int64_t index = -1;
  int64_t at_ns = 0;
};

int64_t now_ns(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// The two clocks are read one after the other; what lies between is kept small by trying again.
int64_t realtime_minus_monotonic() {
  int64_t best = 0;
  int64_t narrowest = INT64_MAX;
  for (int attempt = 0; attempt < 100; ++attempt) {
    const int64_t before = now_ns(CLOCK_MONOTONIC);
    const int64_t wall = now_ns(CLOCK_REALTIME);
    const int64_t after = now_ns(CLOCK_MONOTONIC);
    if (after - before < narrowest) {
      narrowest = after - before;
      best = wall - before - (after - before) / 2;
    }
  }
  return best;
}

[[noreturn]] void die(const char* what) {
  fmt::print(stderr, "arrival_server: {}: {}\n", what, std::strerror(errno));
  std::exit(1);
}

void must(bool ok, const char* what) {
  if (!ok) {
    die(what);
  }
}

struct Connection {
  int fd = -1;
  size_t used = 0;       // bytes of an unfinished request in `bytes`
  uint64_t owed = 0;     // bytes of answers not yet sent
  size_t position = 0;   // within the answer
  bool blocked = false;  // waits for EPOLLOUT
  std::array<char, 16384> bytes{};
};

class ArrivalServer {
 public:
  explicit ArrivalServer(const Options& options);
  void run();
  void finish() const;

 private:
  void add(int fd, uint32_t events, void* data, int operation) const;
  void accept_all();
  /// False: the connection is over.
  bool read_from(Connection& connection);
  bool write_to(Connection& connection);
  ssize_t receive(Connection& connection, int64_t& at_ns) const;
  size_t take_requests(Connection& connection, int64_t at_ns);
  int64_t index_of(std::string_view head) const;

  Options options_;
  bool kernel_stamps_ = false;
  bool stamps_ = false;
  std::string header_;   // "\r\nName: "
  std::string answers_;  // one answer, or as many as make a full send
  size_t answer_size_ = 0;
  int64_t realtime_offset_ns_ = 0;
  int epoll_ = -1;
  int listener_ = -1;
  int signals_ = -1;
  uint64_t requests_ = 0;
  uint64_t connections_ = 0;
  std::vector<Arrival> arrivals_;
};

ArrivalServer::ArrivalServer(const Options& options)
    : options_(options),
      kernel_stamps_(options.stamp == "kernel"),
      stamps_(options.stamp != "none"),
      header_(options.header.empty() ? "" : "\r\n" + options.header + ": ") {
  const std::string answer = fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}",
                                         options.body, std::string(options.body, '1'));
  answer_size_ = answer.size();
  do {
    answers_ += answer;
  } while (answers_.size() < 4096);
  // Pages are touched now, so that none has to be found while requests arrive.
  arrivals_.resize(stamps_ ? options.expected : 0);
  arrivals_.clear();
  realtime_offset_ns_ = realtime_minus_monotonic();

  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  must(sigprocmask(SIG_BLOCK, &set, nullptr) == 0, "sigprocmask");
  signal(SIGPIPE, SIG_IGN);
  signals_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  must(signals_ >= 0, "signalfd");

  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  must(listener_ >= 0, "socket");
  const int one = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  must(bind(listener_, generic, sizeof address) == 0, "bind");
  must(listen(listener_, 4096) == 0, "listen");
  socklen_t size = sizeof address;
  must(getsockname(listener_, generic, &size) == 0, "getsockname");

  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  must(epoll_ >= 0, "epoll_create1");
  add(listener_, EPOLLIN, &listener_, EPOLL_CTL_ADD);
  add(signals_, EPOLLIN, &signals_, EPOLL_CTL_ADD);
  fmt::print("{}\n", ntohs(address.sin_port));
  std::fflush(stdout);
}

void ArrivalServer::add(int fd, uint32_t events, void* data, int operation) const {
  epoll_event event{};
  event.events = events;
  event.data.ptr = data;
  must(epoll_ctl(epoll_, operation, fd, &event) == 0, "epoll_ctl");
}

void ArrivalServer::accept_all() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      return;  // none left, or none that can be served
    }
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (kernel_stamps_) {
      setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
    }
    auto connection = std::make_unique<Connection>();
    connection->fd = fd;
    ++connections_;
    add(fd, EPOLLIN, connection.release(), EPOLL_CTL_ADD);
  }
}

ssize_t ArrivalServer::receive(Connection& connection, int64_t& at_ns) const {
  char* to = connection.bytes.data() + connection.used;
  const size_t room = connection.bytes.size() - connection.used;
  if (!kernel_stamps_) {
    const ssize_t size = recv(connection.fd, to, room, 0);
    at_ns = stamps_ ? now_ns(CLOCK_MONOTONIC) : 0;
    return size;
  }
  iovec part{to, room};
  alignas(cmsghdr) std::array<char, 128> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t size = recvmsg(connection.fd, &message, 0);
  at_ns = 0;
  for (cmsghdr* item = CMSG_FIRSTHDR(&message); size > 0 && item != nullptr;
       item = CMSG_NXTHDR(&message, item)) {
    if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SO_TIMESTAMPNS) {
      timespec time{};
      std::memcpy(&time, CMSG_DATA(item), sizeof time);
      at_ns = int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec - realtime_offset_ns_;
    }
  }
  if (at_ns == 0) {
    at_ns = now_ns(CLOCK_MONOTONIC);  // the kernel switches its stamps on with some delay
  }
  return size;
}

int64_t ArrivalServer::index_of(std::string_view head) const {
  const size_t at = header_.empty() ? std::string_view::npos : head.find(header_);
  if (at == std::string_view::npos) {
    return -1;
  }
  int64_t index = -1;
  std::from_chars(head.data() + at + header_.size(), head.data() + head.size(), index);
  return index;
}

/// Counts and stamps the whole requests in the buffer, and keeps what follows them.
size_t ArrivalServer::take_requests(Connection& connection, int64_t at_ns) {
  std::string_view rest(connection.bytes.data(), connection.used);
  size_t count = 0;
  for (;;) {
    const size_t end = rest.find("\r\n\r\n");
    if (end == std::string_view::npos) {
      break;
    }
    if (stamps_) {
      arrivals_.push_back({index_of(rest.substr(0, end)), at_ns});
    }
    rest.remove_prefix(end + 4);
    ++count;
  }
  if (!rest.empty()) {
    std::memmove(connection.bytes.data(), rest.data(), rest.size());
  }
  connection.used = rest.size();
  return count;
}

bool ArrivalServer::read_from(Connection& connection) {
  int64_t at_ns = 0;
  const ssize_t size = receive(connection, at_ns);
  if (size <= 0) {
    return size < 0 && (errno == EAGAIN || errno == EINTR);
  }
  connection.used += static_cast<size_t>(size);
  const size_t count = take_requests(connection, at_ns);
  if (connection.used == connection.bytes.size()) {
    return false;  // a head that does not end
  }
  requests_ += count;
  connection.owed += count * answer_size_;
  return connection.blocked || write_to(connection);
}

bool ArrivalServer::write_to(Connection& connection) {
  while (connection.owed > 0) {
    const uint64_t part =
        std::min<uint64_t>(connection.owed, answers_.size() - connection.position);
    const ssize_t size = send(connection.fd, answers_.data() + connection.position, part, 0);
    if (size < 0) {
      if (errno != EAGAIN && errno != EINTR) {
        return false;
      }
      if (!connection.blocked) {
        connection.blocked = true;
        add(connection.fd, EPOLLIN | EPOLLOUT, &connection, EPOLL_CTL_MOD);
      }
      return true;
    }
    connection.owed -= static_cast<uint64_t>(size);
    connection.position = (connection.position + static_cast<size_t>(size)) % answer_size_;
  }
  if (connection.blocked) {
    connection.blocked = false;
    add(connection.fd, EPOLLIN, &connection, EPOLL_CTL_MOD);
  }
  return true;
}

void ArrivalServer::run() {
  std::array<epoll_event, 256> events{};
  for (;;) {
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    for (int k = 0; k < count; ++k) {
      const epoll_event& event = events[static_cast<size_t>(k)];
      if (event.data.ptr == &signals_) {
        return;
      }
      if (event.data.ptr == &listener_) {
        accept_all();
        continue;
      }
      auto& connection = *static_cast<Connection*>(event.data.ptr);
      bool alive = true;
      if ((event.events & EPOLLOUT) != 0) {
        alive = write_to(connection);
      }
      if (alive && (event.events & ~uint32_t{EPOLLOUT}) != 0) {
        alive = read_from(connection);
      }
      if (!alive) {
        close(connection.fd);
        delete &connection;
      }
    }
  }
}

void ArrivalServer::finish() const {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  fmt::print(R"({{"requests": {}, "connections": {}, "cpu_s": {:.3f}, "clock_step_ns": {}}})"
             "\n",
             requests_, connections_, seconds(usage.ru_utime) + seconds(usage.ru_stime),
             realtime_minus_monotonic() - realtime_offset_ns_);
  if (!stamps_) {
    return;
  }
  FILE* file = std::fopen(options_.out.c_str(), "wb");
  must(file != nullptr, options_.out.c_str());
  fmt::print(file, "macaw-arrivals 1 {} {} {}\n", arrivals_.size(), realtime_offset_ns_,
             options_.stamp);
  static_assert(sizeof(Arrival) == 16);
  const size_t written = std::fwrite(arrivals_.data(), sizeof(Arrival), arrivals_.size(), file);
  must(std::fclose(file) == 0 && written == arrivals_.size(), options_.out.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Answers every request in the same way; prints its port; ends on SIGTERM.");
  app.add_option("--port", options.port, "0 is any free one");
  app.add_option("--stamp", options.stamp,
                 "none; user: after recv; kernel: when the bytes reached the socket")
      ->check(CLI::IsMember({"none", "user", "kernel"}));
  app.add_option("--seq-header", options.header, "header with a request's index, spelt so");
  auto* out = app.add_option("--out", options.out, "file for the stamps");
  app.add_option("--body", options.body, "bytes of an answer's body");
  app.add_option("--expect-requests", options.expected, "memory for stamps, made in advance");
  CLI11_PARSE(app, argc, argv);
  if (options.stamp != "none" && out->count() == 0) {
    fmt::print(stderr, "arrival_server: --stamp needs --out\n");
    return 1;
  }
  ArrivalServer server(options);
  server.run();
  server.finish();
  return 0;
}
