// SPDX-License-Identifier: MIT
//
// HttpServer and Responder. Connections are slots that live as long as the server, so that nothing
// dangles whatever a handler does to them.
// Thread: the loop's.

#include "macaw/server/http_server.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "connection.h"
#include "macaw/base/check.h"
#include "macaw/net/stream.h"

namespace macaw::server {

struct HttpServer::Impl final : ConnectionOwner {
  Impl(net::Loop& of_loop, HttpServerOptions of_options, Handler of_handler)
      : loop(of_loop),
        options(std::move(of_options)),
        handler(std::move(of_handler)),
        headers(options.server_name.empty() ? ""
                                            : fmt::format("Server: {}\r\n", options.server_name)),
        listener(loop, [this](net::Listener&) { accept(); }),
        input_waker(
            loop, [this] { take_waiting_input(); }, /*keeps_loop_alive=*/false) {}

  void accept();
  void handle_request(const http::Request& request, std::shared_ptr<Exchange> exchange) override;

  std::string_view server_headers() const override { return headers; }

  void connection_lingers() override;
  void input_waits(Connection& connection) override;
  void connection_closed(Connection& connection) override;
  void take_waiting_input();
  void sweep();

  net::Loop& loop;
  HttpServerOptions options;
  Handler handler;
  std::string headers;
  net::Listener listener;
  std::vector<std::unique_ptr<Connection>> slots;
  std::vector<Connection*> free_slots;
  uint64_t connections_ever = 0;
  std::vector<Connection*> with_waiting_input;
  net::Waker input_waker;
  /// Runs only while a connection lingers.
  std::unique_ptr<net::PeriodicTimer> sweeper;
};

void HttpServer::Impl::accept() {
  if (slots.size() - free_slots.size() >= options.connections_max) {
    listener.reject();
    return;
  }
  if (free_slots.empty()) {
    slots.push_back(std::make_unique<Connection>(loop, *this, options));
    free_slots.push_back(slots.back().get());
  }
  Connection& connection = *free_slots.back();
  if (listener.accept_into(connection.stream(), options.tls.get()) != 0) {
    return;  // the client has gone already
  }
  free_slots.pop_back();
  connection.start(++connections_ever);
}

void HttpServer::Impl::handle_request(const http::Request& request,
                                      std::shared_ptr<Exchange> exchange) {
  handler(request, Responder(std::make_shared<Responder::State>(std::move(exchange))));
}

void HttpServer::Impl::connection_lingers() {
  if (sweeper == nullptr) {
    sweeper = std::make_unique<net::PeriodicTimer>(loop, from_seconds(1), [this] { sweep(); });
  }
}

void HttpServer::Impl::sweep() {
  bool lingering = false;
  for (const auto& slot : slots) {
    slot->give_up_lingering();
    lingering = lingering || slot->lingers();
  }
  if (!lingering) {
    sweeper.reset();
  }
}

void HttpServer::Impl::input_waits(Connection& connection) {
  with_waiting_input.push_back(&connection);
  input_waker.wake();
}

void HttpServer::Impl::take_waiting_input() {
  // A slot that has found another client meanwhile does not mind.
  for (Connection* const connection : std::exchange(with_waiting_input, {})) {
    connection->take_held_input();
  }
}

void HttpServer::Impl::connection_closed(Connection& connection) {
  free_slots.push_back(&connection);
}

HttpServer::HttpServer(net::Loop& loop, HttpServerOptions options, Handler handler)
    : impl_(std::make_unique<Impl>(loop, std::move(options), std::move(handler))) {}

HttpServer::~HttpServer() {
  close();
}

Status HttpServer::listen(const std::string& host, uint16_t port) {
  return impl_->listener.listen(host, port);
}

Status HttpServer::listen_unix(const std::string& path) {
  return impl_->listener.listen_unix(path);
}

uint16_t HttpServer::port() const {
  return impl_->listener.port();
}

void HttpServer::close() {
  impl_->listener.close();
  for (const auto& slot : impl_->slots) {
    slot->shut(/*reset=*/false);
  }
  impl_->sweeper.reset();
}

size_t HttpServer::connections() const {
  return impl_->slots.size() - impl_->free_slots.size();
}

Responder::State::~State() {
  if (exchange->protocol != nullptr && !exchange->answered) {
    exchange->protocol->abandon(*exchange);
  }
}

Responder::Responder(std::shared_ptr<State> state) : state_(std::move(state)) {}

void Responder::send(Response response) {
  Exchange& exchange = *state_->exchange;
  MACAW_CHECK(!exchange.answered && !exchange.streaming, "answered already");
  if (exchange.protocol != nullptr) {
    exchange.protocol->send(exchange, std::move(response));
  }
  exchange.answered = true;
}

void Responder::begin_stream(int status, std::string_view content_type,
                             std::string_view extra_headers) {
  Exchange& exchange = *state_->exchange;
  MACAW_CHECK(!exchange.answered && !exchange.streaming, "answered already");
  if (exchange.protocol != nullptr) {
    exchange.protocol->begin_stream(exchange, status, content_type, extra_headers);
  }
  exchange.streaming = true;
}

bool Responder::send_chunk(std::string_view bytes) {
  Exchange& exchange = *state_->exchange;
  MACAW_CHECK(exchange.streaming && !exchange.answered, "no stream");
  return exchange.protocol != nullptr && exchange.protocol->send_chunk(exchange, bytes);
}

void Responder::end(const http::Trailers& trailers) {
  Exchange& exchange = *state_->exchange;
  MACAW_CHECK(exchange.streaming && !exchange.answered, "no stream");
  if (exchange.protocol != nullptr) {
    exchange.protocol->end(exchange, trailers);
  }
  exchange.answered = true;
}

void Responder::abort(bool reset) {
  if (Protocol* const protocol = state_->exchange->protocol) {
    protocol->abort(*state_->exchange, reset);
  }
}

bool Responder::connected() const {
  return state_->exchange->protocol != nullptr;
}

uint64_t Responder::connection_id() const {
  return state_->exchange->connection_id;
}

}  // namespace macaw::server
