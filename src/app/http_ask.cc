// SPDX-License-Identifier: MIT
#include "http_ask.h"

#include <optional>

#include "macaw/base/check.h"
#include "macaw/http/request_encoder.h"

namespace macaw::app {

namespace {

std::string wire_of(const Question& question, std::string_view host) {
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
  return wire;
}

}  // namespace

Result<std::vector<net::Address>> addresses_of(const Question& question) {
  if (question.unix_socket.empty()) {
    return net::resolve(question.server.host, question.server.port);
  }
  MACAW_TRY_ASSIGN(const net::Address address, net::Address::unix_socket(question.unix_socket));
  return std::vector{address};
}

Asking::Asking(net::Loop& loop, const Question& question, std::vector<net::Address> addresses,
               Ended ended)
    : host_(question.server.key()),
      timeout_(question.timeout),
      addresses_(std::move(addresses)),
      ended_(std::move(ended)),
      wire_(wire_of(question, question.server.host_header())),
      server_name_(question.server.host),
      stream_(loop, *this),
      timer_(loop, [this] { handle_timer(); }) {
  if (question.server.tls) {
    auto made = net::TlsClient::make(question.tls);
    if (made.ok()) {
      tls_ = std::move(made).value();
    } else {
      trouble_ = made.error().message();
      addresses_.clear();
    }
  }
  timer_.arm(MonoClock::now());  // begins in a turn of the loop, as it ends in one
}

void Asking::handle_timer() {
  if (stream_.state() == net::Stream::State::kClosed) {
    try_next();
  } else {
    give_up("no answer in time");
  }
}

void Asking::try_next() {
  while (next_ < addresses_.size()) {
    parser_.start(/*head_request=*/false);
    const net::TlsConnect how{
        .client = tls_.get(), .server_name = server_name_, .offer = net::Alpn::kHttp1};
    const int error = stream_.connect(addresses_[next_++], tls_ != nullptr ? &how : nullptr);
    if (error == 0) {
      timer_.arm(MonoClock::now() + timeout_);
      return;
    }
    trouble_ = net::error_text(error);
  }
  end(errorf("{}: {}", host_, trouble_));
}

void Asking::give_up(std::string trouble) {
  trouble_ = std::move(trouble);
  stream_.close();  // and then the next address
}

/// errno has no words for what TLS finds wrong.
std::string Asking::describe(int error) const {
  const std::string_view trouble = stream_.tls_trouble();
  return trouble.empty() ? net::error_text(error) : std::string(trouble);
}

void Asking::stream_connected(int error) {
  if (error != 0 || stream_.write(wire_, &error) == net::Stream::WriteState::kFailed) {
    give_up(describe(error));
  }
}

void Asking::stream_read(std::string_view bytes) {
  judge(parser_.feed(bytes));
}

void Asking::stream_ended(int error) {
  if (error != 0) {
    give_up(describe(error));
  } else {
    judge(parser_.finish());
  }
}

void Asking::judge(http::ParseState state) {
  if (state == http::ParseState::kComplete) {
    end(HttpAnswer{parser_.status(), std::string(parser_.body())});
  } else if (state == http::ParseState::kMalformed) {
    give_up(std::string(parser_.error()));
  }
}

void Asking::end(Result<HttpAnswer> answer) {
  addresses_.clear();  // no next one when the stream has closed
  timer_.disarm();
  const Ended ended = std::exchange(ended_, nullptr);
  if (ended) {
    ended(std::move(answer));  // the last thing: it may destroy this
  }
}

Result<HttpAnswer> ask(const Question& question) {
  MACAW_TRY_ASSIGN(std::vector<net::Address> addresses, addresses_of(question));
  net::Loop loop;
  std::optional<Result<HttpAnswer>> answer;
  const Asking asking(loop, question, std::move(addresses), [&](Result<HttpAnswer> ended) {
    answer.emplace(std::move(ended));
    loop.stop();
  });
  loop.run();
  MACAW_CHECK(answer.has_value(), "an Asking ends");
  return *std::move(answer);
}

}  // namespace macaw::app
