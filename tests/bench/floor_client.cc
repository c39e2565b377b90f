// SPDX-License-Identifier: MIT
//
// What a client of libuv and llhttp costs at least: it sends the same request over and over, parses
// the answers, takes two timestamps per request and stores nothing. Everything that the replayer
// costs beyond this is its own. Closed loop (--requests over --connections, each sending its next
// request when the answer is there), or paced (--rate) by an absolute timerfd in the loop, or paced
// by a loop that never sleeps (--spin). Prints one line of JSON.

#include <fmt/format.h>
#include <llhttp.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <uv.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

constexpr uint64_t kNanosPerSecond = 1'000'000'000;
constexpr size_t kIndexDigits = 10;

struct Options {
  uint16_t port = 0;
  size_t connections = 64;
  uint64_t requests = 100'000;
  uint64_t rate = 0;  // 0: closed loop
  bool spin = false;
  std::string header;
  std::string path = "/";
};

class FloorClient;

struct Connection {
  FloorClient* client = nullptr;
  uv_tcp_t tcp{};
  uv_connect_t connect{};
  llhttp_t parser{};
  uint64_t sent_ns = 0;
};

[[noreturn]] void die(const char* what, int code) {
  fmt::print(stderr, "floor_client: {}: {}\n", what, code < 0 ? uv_strerror(code) : "failed");
  std::exit(1);
}

void must(int code, const char* what) {
  if (code < 0) {
    die(what, code);
  }
}

class FloorClient {
 public:
  explicit FloorClient(const Options& options);
  void run();
  void print();

 private:
  static void on_connect(uv_connect_t* request, int status);
  static void on_alloc(uv_handle_t* handle, size_t suggested, uv_buf_t* buffer);
  static void on_read(uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer);
  static int on_message_complete(llhttp_t* parser);
  static void on_timer(uv_poll_t* poll, int status, int events);
  static void on_idle(uv_idle_t* idle);

  void start();
  void send(Connection& connection, uint64_t now);
  void handle_answer(Connection& connection);
  /// Paced: sends what is due, as far as connections are free, and sees to the next wake-up.
  void send_due(uint64_t now);
  void arm(uint64_t at_ns) const;
  void finish();

  uint64_t due_ns(uint64_t i) const { return start_ns_ + i * kNanosPerSecond / options_.rate; }

  Options options_;
  uv_loop_t loop_{};
  llhttp_settings_t settings_{};
  std::vector<Connection> connections_;
  std::vector<Connection*> idle_;  // last in, first out
  std::string request_;
  size_t index_at_ = 0;  // where the index stands in the request; 0: nowhere
  std::array<char, 65536> scratch_{};
  size_t connected_ = 0;
  uint64_t sent_ = 0;
  uint64_t done_ = 0;
  uint64_t start_ns_ = 0;
  uint64_t end_ns_ = 0;
  uint64_t service_sum_ns_ = 0;
  uint64_t service_max_ns_ = 0;
  std::vector<uint64_t> lag_ns_;  // paced only
  int timer_ = -1;
  uv_poll_t timer_poll_{};
  uv_idle_t spinner_{};
};

FloorClient::FloorClient(const Options& options)
    : options_(options), connections_(options.connections) {
  request_ = fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n", options.path, options.port);
  if (!options.header.empty()) {
    request_ += options.header + ": ";
    index_at_ = request_.size();
    request_ += std::string(kIndexDigits, '0') + "\r\n";
  }
  request_ += "User-Agent: macaw\r\nAccept: */*\r\n\r\n";
  if (options.rate > 0) {
    lag_ns_.resize(options.requests);
  }
  must(uv_loop_init(&loop_), "uv_loop_init");
  llhttp_settings_init(&settings_);
  settings_.on_message_complete = &FloorClient::on_message_complete;
  sockaddr_in address{};
  must(uv_ip4_addr("127.0.0.1", options.port, &address), "uv_ip4_addr");
  for (Connection& connection : connections_) {
    connection.client = this;
    must(uv_tcp_init(&loop_, &connection.tcp), "uv_tcp_init");
    must(uv_tcp_nodelay(&connection.tcp, 1), "uv_tcp_nodelay");
    connection.tcp.data = &connection;
    connection.connect.data = &connection;
    llhttp_init(&connection.parser, HTTP_RESPONSE, &settings_);
    connection.parser.data = &connection;
    must(uv_tcp_connect(&connection.connect, &connection.tcp,
                        reinterpret_cast<const sockaddr*>(&address), &FloorClient::on_connect),
         "uv_tcp_connect");
  }
}

void FloorClient::on_connect(uv_connect_t* request, int status) {
  must(status, "connect");
  auto& connection = *static_cast<Connection*>(request->data);
  FloorClient& self = *connection.client;
  must(uv_read_start(reinterpret_cast<uv_stream_t*>(&connection.tcp), &FloorClient::on_alloc,
                     &FloorClient::on_read),
       "uv_read_start");
  self.idle_.push_back(&connection);
  if (++self.connected_ == self.connections_.size()) {
    self.start();
  }
}

void FloorClient::start() {
  start_ns_ = uv_hrtime();
  if (options_.rate == 0) {
    for (Connection& connection : connections_) {
      if (sent_ < options_.requests) {
        send(connection, uv_hrtime());
      }
    }
    return;
  }
  start_ns_ += 5'000'000;  // the first request gets its chance to be in time
  if (options_.spin) {
    must(uv_idle_init(&loop_, &spinner_), "uv_idle_init");
    spinner_.data = this;
    must(uv_idle_start(&spinner_, &FloorClient::on_idle), "uv_idle_start");
    return;
  }
  timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  must(timer_, "timerfd_create");
  must(uv_poll_init(&loop_, &timer_poll_, timer_), "uv_poll_init");
  timer_poll_.data = this;
  must(uv_poll_start(&timer_poll_, UV_READABLE, &FloorClient::on_timer), "uv_poll_start");
  arm(start_ns_);
}

void FloorClient::on_alloc(uv_handle_t* handle, size_t /*suggested*/, uv_buf_t* buffer) {
  FloorClient& self = *static_cast<Connection*>(handle->data)->client;
  *buffer = uv_buf_init(self.scratch_.data(), static_cast<unsigned>(self.scratch_.size()));
}

void FloorClient::on_read(uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer) {
  auto& connection = *static_cast<Connection*>(stream->data);
  if (size == 0) {
    return;
  }
  must(static_cast<int>(size), "read");
  if (llhttp_execute(&connection.parser, buffer->base, static_cast<size_t>(size)) != HPE_OK) {
    die(llhttp_get_error_reason(&connection.parser), 0);
  }
}

int FloorClient::on_message_complete(llhttp_t* parser) {
  auto& connection = *static_cast<Connection*>(parser->data);
  connection.client->handle_answer(connection);
  return 0;
}

void FloorClient::send(Connection& connection, uint64_t now) {
  if (index_at_ > 0) {
    uint64_t rest = sent_;
    for (size_t digit = kIndexDigits; digit-- > 0; rest /= 10) {
      request_[index_at_ + digit] = static_cast<char>('0' + rest % 10);
    }
  }
  connection.sent_ns = now;
  if (options_.rate > 0) {
    lag_ns_[sent_] = now - due_ns(sent_);
  }
  ++sent_;
  const uv_buf_t bytes = uv_buf_init(request_.data(), static_cast<unsigned>(request_.size()));
  const int size = uv_try_write(reinterpret_cast<uv_stream_t*>(&connection.tcp), &bytes, 1);
  must(size, "write");
  if (static_cast<size_t>(size) != request_.size()) {
    die("a request did not fit into the socket", 0);
  }
}

void FloorClient::handle_answer(Connection& connection) {
  const uint64_t now = uv_hrtime();
  const uint64_t service_ns = now - connection.sent_ns;
  service_sum_ns_ += service_ns;
  service_max_ns_ = std::max(service_max_ns_, service_ns);
  if (++done_ == options_.requests) {
    end_ns_ = now;
    finish();
    return;
  }
  if (options_.rate > 0) {
    const bool starved = idle_.empty();
    idle_.push_back(&connection);
    if (starved) {
      send_due(now);
    }
  } else if (sent_ < options_.requests) {
    send(connection, now);
  }
}

void FloorClient::send_due(uint64_t now) {
  while (sent_ < options_.requests && !idle_.empty() && due_ns(sent_) <= now) {
    Connection& connection = *idle_.back();
    idle_.pop_back();
    send(connection, now);
    now = uv_hrtime();  // the next one's time of sending
  }
  if (!options_.spin && !idle_.empty() && sent_ < options_.requests) {
    arm(due_ns(sent_));
  }
}

void FloorClient::arm(uint64_t at_ns) const {
  itimerspec when{};
  when.it_value.tv_sec = static_cast<time_t>(at_ns / kNanosPerSecond);
  when.it_value.tv_nsec = static_cast<long>(at_ns % kNanosPerSecond);
  must(timerfd_settime(timer_, TFD_TIMER_ABSTIME, &when, nullptr), "timerfd_settime");
}

void FloorClient::on_timer(uv_poll_t* poll, int status, int /*events*/) {
  must(status, "timer");
  FloorClient& self = *static_cast<FloorClient*>(poll->data);
  uint64_t expirations = 0;
  if (read(self.timer_, &expirations, sizeof expirations) < 0) {
    return;  // armed anew since
  }
  self.send_due(uv_hrtime());
}

void FloorClient::on_idle(uv_idle_t* idle) {
  static_cast<FloorClient*>(idle->data)->send_due(uv_hrtime());
}

void FloorClient::finish() {
  uv_stop(&loop_);
}

void FloorClient::run() {
  uv_run(&loop_, UV_RUN_DEFAULT);
}

void FloorClient::print() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto micros = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  const auto requests = static_cast<double>(done_);
  const double seconds = static_cast<double>(end_ns_ - start_ns_) / 1e9;
  std::sort(lag_ns_.begin(), lag_ns_.end());
  const auto lag_us = [this](double quantile) {
    const auto last = static_cast<double>(lag_ns_.size()) - 1;
    return lag_ns_.empty()
               ? 0.0
               : static_cast<double>(lag_ns_[static_cast<size_t>(last * quantile)]) / 1e3;
  };
  fmt::print(
      R"({{"requests": {}, "seconds": {:.6f}, "rps": {:.1f}, )"
      R"("cpu_us_per_request": {:.3f}, "user_us_per_request": {:.3f}, )"
      R"("service_us_mean": {:.1f}, "service_us_max": {:.1f}, "start_ns": {}, )"
      R"("lag_us_p50": {:.1f}, "lag_us_p99": {:.1f}, "lag_us_max": {:.1f}}})"
      "\n",
      done_, seconds, requests / seconds,
      (micros(usage.ru_utime) + micros(usage.ru_stime)) / requests,
      micros(usage.ru_utime) / requests, static_cast<double>(service_sum_ns_) / requests / 1e3,
      static_cast<double>(service_max_ns_) / 1e3, start_ns_, lag_us(0.5), lag_us(0.99), lag_us(1));
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("The cheapest client of libuv and llhttp.");
  app.add_option("--port", options.port)->required();
  app.add_option("--connections", options.connections)->check(CLI::PositiveNumber);
  app.add_option("--requests", options.requests)->check(CLI::PositiveNumber);
  app.add_option("--rate", options.rate, "requests per second; without it, a closed loop");
  app.add_flag("--spin", options.spin, "paced: never sleep");
  app.add_option("--seq-header", options.header, "a header that carries the request's index");
  app.add_option("--path", options.path, "path and query of the requests");
  CLI11_PARSE(app, argc, argv);
  FloorClient client(options);
  client.run();
  client.print();
  return 0;
}
