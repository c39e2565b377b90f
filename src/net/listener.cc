// SPDX-License-Identifier: MIT
//
// A listening TCP socket. Out of descriptors, libuv itself accepts and closes what waits, with a
// descriptor it keeps for that.
// Thread: the loop's.

#include <fmt/format.h>
#include <sys/socket.h>
#include <uv.h>

#include <memory>
#include <string>

#include "macaw/base/check.h"
#include "macaw/net/stream.h"
#include "stream_impl.h"
#include "uv_cast.h"

namespace macaw::net {

struct Listener::Impl {
  /// The cell of one listen().
  struct Socket {
    uv_tcp_t raw{};
    bool owned = true;
    bool waiting = false;  ///< a connection waits to be taken
    Listener* owner = nullptr;
    std::shared_ptr<std::function<void(Listener&)>> accepted;
  };

  static void on_connection(uv_stream_t* server, int status);
  /// Returns an errno value, 0 for success.
  int listen_on(Listener& owner, const Address& address, int backlog);

  Loop::Impl& loop;
  std::shared_ptr<std::function<void(Listener&)>> accepted;
  Socket* socket = nullptr;
  uint16_t port = 0;
};

void Listener::Impl::on_connection(uv_stream_t* server, int status) {
  auto& socket = *static_cast<Socket*>(server->data);
  if (!socket.owned || status != 0) {
    return;  // an accept that failed: its client learns it from the connection
  }
  socket.waiting = true;
  (*socket.accepted)(*socket.owner);
  MACAW_CHECK(!socket.owned || !socket.waiting, "the connection was neither accepted nor rejected");
}

Listener::Listener(Loop& loop, std::function<void(Listener&)> accepted)
    : impl_(new Impl{
          .loop = loop.impl(),
          .accepted = std::make_shared<std::function<void(Listener&)>>(std::move(accepted))}) {}

Listener::~Listener() {
  close();
  delete impl_;
}

int Listener::Impl::listen_on(Listener& owner, const Address& address, int backlog) {
  const auto* const bytes = static_cast<const sockaddr*>(address.data());
  auto made = std::make_unique<Socket>();
  int result = uv_tcp_init_ex(&loop.raw, &made->raw, bytes->sa_family);
  if (result != 0) {
    return -result;
  }
  made->raw.data = made.get();
  made->owner = &owner;
  made->accepted = accepted;
  socket = made.release();
  // Sets SO_REUSEADDR. libuv keeps a busy address to itself until uv_listen().
  result = uv_tcp_bind(&socket->raw, bytes, /*flags=*/0);
  if (result == 0) {
    result = uv_listen(as_stream(&socket->raw), backlog, &Impl::on_connection);
  }
  if (result == 0) {
    sockaddr_storage bound{};
    int size = sizeof(bound);
    result = uv_tcp_getsockname(&socket->raw, as_sockaddr(&bound), &size);
    if (result == 0) {
      port = Address(&bound, static_cast<size_t>(size)).port();
      return 0;
    }
  }
  owner.close();
  return -result;
}

Status Listener::listen(const std::string& host, uint16_t port, int backlog) {
  MACAW_CHECK(impl_->socket == nullptr, "listening already");
  MACAW_TRY_ASSIGN(const auto addresses, resolve(host, port));
  std::string reasons;
  for (const Address& address : addresses) {
    const int error = impl_->listen_on(*this, address, backlog);
    if (error == 0) {
      return {};
    }
    reasons.append(reasons.empty() ? "" : "; ");
    reasons.append(fmt::format("cannot listen on {}: {}", address.to_string(), error_text(error)));
  }
  return Error(reasons);
}

uint16_t Listener::port() const {
  return impl_->port;
}

int Listener::accept_into(Stream& stream) {
  MACAW_CHECK(impl_->socket != nullptr && impl_->socket->waiting);
  MACAW_CHECK(stream.state() == Stream::State::kClosed);
  impl_->socket->waiting = false;
  int error = stream.impl_->open_handle(AF_UNSPEC);
  MACAW_CHECK(error == 0, "{}", error_text(error));
  error = -uv_accept(as_stream(&impl_->socket->raw), as_stream(&stream.impl_->tcp));
  if (error == 0) {
    error = stream.impl_->start_reading();
  }
  if (error != 0) {
    Stream::Impl::replace(stream.impl_);
  }
  return error;
}

void Listener::reject() {
  MACAW_CHECK(impl_->socket != nullptr && impl_->socket->waiting);
  impl_->socket->waiting = false;
  auto* const cell = new Stream::Impl(impl_->loop, nullptr);
  MACAW_CHECK(cell->open_handle(AF_UNSPEC) == 0);
  uv_accept(as_stream(&impl_->socket->raw), as_stream(&cell->tcp));
  cell->start_close(/*reset=*/true);
}

void Listener::close() {
  if (impl_->socket != nullptr) {
    give_up(impl_->socket);
    impl_->socket = nullptr;
    impl_->port = 0;
  }
}

}  // namespace macaw::net
