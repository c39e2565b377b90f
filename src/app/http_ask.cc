// SPDX-License-Identifier: MIT
#include "http_ask.h"

#include <optional>

#include "macaw/http/request_encoder.h"
#include "macaw/http/response_parser.h"
#include "macaw/net/loop.h"
#include "macaw/net/stream.h"

namespace macaw::app {

namespace {

/// A connection for one exchange.
class Asker final : private net::StreamHandler {
 public:
  Asker(net::Loop& loop, std::string wire)
      : loop_(loop), stream_(loop, *this), wire_(std::move(wire)) {
    parser_.start(/*head_request=*/false);
  }

  void connect(const net::Address& address) {
    if (const int error = stream_.connect(address); error != 0) {
      end(net::error_text(error));
    }
  }

  const std::optional<std::string>& trouble() const { return trouble_; }

  bool ended() const { return ended_; }

  const http::ResponseParser& parser() const { return parser_; }

  void end(std::optional<std::string> trouble) {
    if (!ended_) {
      ended_ = true;
      trouble_ = std::move(trouble);
      stream_.close();
      loop_.stop();
    }
  }

 private:
  void stream_connected(int error) override {
    if (error != 0 || stream_.write(wire_, &error) == net::Stream::WriteState::kFailed) {
      end(net::error_text(error));
    }
  }

  void stream_read(std::string_view bytes) override { judge(parser_.feed(bytes)); }

  void stream_ended(int error) override {
    if (error != 0) {
      end(net::error_text(error));
    } else {
      judge(parser_.finish());
    }
  }

  void stream_drained() override {}

  void stream_closed() override {}

  void judge(http::ParseState state) {
    if (state == http::ParseState::kComplete) {
      end(std::nullopt);
    } else if (state == http::ParseState::kMalformed) {
      end(std::string(parser_.error()));
    }
  }

  net::Loop& loop_;
  net::Stream stream_;
  std::string wire_;
  http::ResponseParser parser_;
  bool ended_ = false;
  std::optional<std::string> trouble_;
};

Result<std::vector<net::Address>> addresses_of(const Question& question) {
  if (question.unix_socket.empty()) {
    return net::resolve(question.server.host, question.server.port);
  }
  MACAW_TRY_ASSIGN(const net::Address address, net::Address::unix_socket(question.unix_socket));
  return std::vector{address};
}

}  // namespace

Result<HttpAnswer> ask(const Question& question) {
  MACAW_TRY_ASSIGN(const std::vector<net::Address> addresses, addresses_of(question));
  const std::string host = question.server.key();
  std::vector<http::HeaderView> headers;
  for (const auto& [name, value] : question.headers) {
    headers.push_back({name, value});
  }
  std::string wire;
  http::encode_request({.method = question.method,
                        .target = question.target,
                        .host = host,
                        .headers = headers,
                        .body = question.body,
                        .close = true},
                       wire);
  std::string trouble = "no address";
  for (const net::Address& address : addresses) {
    net::Loop loop;
    Asker asker(loop, wire);
    net::DeadlineTimer timer(loop, [&asker] { asker.end("no answer in time"); });
    timer.arm(MonoClock::now() + question.timeout);
    asker.connect(address);
    if (!asker.ended()) {
      loop.run();
    }
    if (!asker.trouble()) {
      return HttpAnswer{asker.parser().status(), std::string(asker.parser().body())};
    }
    trouble = *asker.trouble();
  }
  return errorf("{}: {}", host, trouble);
}

}  // namespace macaw::app
