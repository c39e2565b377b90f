// SPDX-License-Identifier: MIT
//
// A listening socket. Out of descriptors, libuv itself accepts and closes what waits, with a
// descriptor it keeps for that. The file of a Unix socket is made and removed here: libuv would
// call every trouble with its folder a lack of permission. Thread: the loop's.

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include <cerrno>
#include <memory>
#include <string>

#include "macaw/base/check.h"
#include "macaw/net/stream.h"
#include "stream_impl.h"
#include "uv_cast.h"

namespace macaw::net {

namespace {

/// Removes a socket that nobody listens on any more. Error: something else has the name.
Status remove_stale_socket(const Address& address) {
  const std::string path = address.unix_path();

  struct stat status {};

  if (::lstat(path.c_str(), &status) != 0) {
    return {};  // nothing there; what else is wrong, bind() says
  }
  if (!S_ISSOCK(status.st_mode)) {
    return errorf("cannot listen on {}: there is a file of that name, and it is not a socket",
                  address.to_string());
  }
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) {
    return errorf("cannot listen on {}: {}", address.to_string(), error_text(errno));
  }
  const bool refused = ::connect(fd, static_cast<const sockaddr*>(address.data()),
                                 static_cast<socklen_t>(address.size())) != 0 &&
                       errno == ECONNREFUSED;
  ::close(fd);
  if (!refused) {
    return errorf("cannot listen on {}: another process listens there", address.to_string());
  }
  if (::unlink(path.c_str()) != 0) {
    return errorf(
        "cannot listen on {}: what an earlier process has left there cannot be removed: "
        "{}",
        address.to_string(), error_text(errno));
  }
  return {};
}

/// Unless somebody has put another one in its place.
void remove_socket_file(const std::string& path, const struct stat& made) {
  struct stat status {};

  if (!path.empty() && ::stat(path.c_str(), &status) == 0 && status.st_dev == made.st_dev &&
      status.st_ino == made.st_ino) {
    static_cast<void>(::unlink(path.c_str()));
  }
}

}  // namespace

struct Listener::Impl {
  /// The cell of one listen().
  struct Socket {
    StreamHandle raw{};
    std::string unix_path;  ///< of a Unix socket that was bound

    struct stat unix_file {};

    bool owned = true;
    bool waiting = false;  ///< a connection waits to be taken
    Listener* owner = nullptr;
    std::shared_ptr<std::function<void(Listener&)>> accepted;
  };

  static void on_connection(uv_stream_t* server, int status);
  /// Return an errno value, 0 for success.
  int listen_on(Listener& owner, const Address& address, int backlog);
  int listen_on_unix(Listener& owner, const Address& address, int backlog);
  /// REQUIRES: the handle is made.
  void take_socket(Listener& owner, std::unique_ptr<Socket> made);

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

void Listener::Impl::take_socket(Listener& owner, std::unique_ptr<Socket> made) {
  made->raw.stream.data = made.get();
  made->owner = &owner;
  made->accepted = accepted;
  socket = made.release();
}

int Listener::Impl::listen_on(Listener& owner, const Address& address, int backlog) {
  const auto* const bytes = static_cast<const sockaddr*>(address.data());
  auto made = std::make_unique<Socket>();
  int result = uv_tcp_init_ex(&loop.raw, &made->raw.tcp, bytes->sa_family);
  if (result != 0) {
    return -result;
  }
  take_socket(owner, std::move(made));
  // Sets SO_REUSEADDR. libuv keeps a busy address to itself until uv_listen().
  result = uv_tcp_bind(&socket->raw.tcp, bytes, /*flags=*/0);
  if (result == 0) {
    result = uv_listen(&socket->raw.stream, backlog, &Impl::on_connection);
  }
  if (result == 0) {
    sockaddr_storage bound{};
    int size = sizeof(bound);
    result = uv_tcp_getsockname(&socket->raw.tcp, as_sockaddr(&bound), &size);
    if (result == 0) {
      port = Address(&bound, static_cast<size_t>(size)).port();
      return 0;
    }
  }
  owner.close();
  return -result;
}

int Listener::Impl::listen_on_unix(Listener& owner, const Address& address, int backlog) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) {
    return errno;
  }
  if (::bind(fd, static_cast<const sockaddr*>(address.data()),
             static_cast<socklen_t>(address.size())) != 0) {
    const int error = errno;
    ::close(fd);
    return error;
  }
  auto made = std::make_unique<Socket>();
  made->unix_path = address.unix_path();
  static_cast<void>(::stat(made->unix_path.c_str(), &made->unix_file));
  // Neither can fail: the first makes no socket, the second is given one.
  MACAW_CHECK(uv_pipe_init(&loop.raw, &made->raw.pipe, /*ipc=*/0) == 0);
  MACAW_CHECK(uv_pipe_open(&made->raw.pipe, fd) == 0);
  take_socket(owner, std::move(made));
  const int result = uv_listen(&socket->raw.stream, backlog, &Impl::on_connection);
  if (result != 0) {
    owner.close();
  }
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

Status Listener::listen_unix(const std::string& path, int backlog) {
  MACAW_CHECK(impl_->socket == nullptr, "listening already");
  MACAW_TRY_ASSIGN(const Address address, Address::unix_socket(path));
  MACAW_TRY(remove_stale_socket(address));
  if (const int error = impl_->listen_on_unix(*this, address, backlog); error != 0) {
    return errorf("cannot listen on {}: {}", address.to_string(), error_text(error));
  }
  return {};
}

uint16_t Listener::port() const {
  return impl_->port;
}

int Listener::accept_into(Stream& stream, TlsServer* tls) {
  MACAW_CHECK(impl_->socket != nullptr && impl_->socket->waiting);
  MACAW_CHECK(stream.state() == Stream::State::kClosed);
  impl_->socket->waiting = false;
  stream.impl_->open_to_accept(!impl_->socket->unix_path.empty());
  stream.impl_->info.started = MonoClock::now();
  if (tls != nullptr) {
    stream.impl_->secure(std::make_unique<TlsSession>(*tls), /*is_of_server=*/true);
  }
  int error = -uv_accept(&impl_->socket->raw.stream, &stream.impl_->raw.stream);
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
  cell->open_to_accept(!impl_->socket->unix_path.empty());
  uv_accept(&impl_->socket->raw.stream, &cell->raw.stream);
  cell->start_close(/*reset=*/true);
}

void Listener::close() {
  if (impl_->socket != nullptr) {
    remove_socket_file(impl_->socket->unix_path, impl_->socket->unix_file);
    give_up(impl_->socket);
    impl_->socket = nullptr;
    impl_->port = 0;
  }
}

}  // namespace macaw::net
