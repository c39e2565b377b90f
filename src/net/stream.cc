// SPDX-License-Identifier: MIT
//
// Streams over libuv: TCP, and Unix sockets. libuv reports the end of a connect or of a queued
// write from its poll phase only, so no handler is ever called from inside our own functions.
// Thread: the loop's.

#include "macaw/net/stream.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include <cerrno>

#include "macaw/base/check.h"
#include "stream_impl.h"
#include "uv_cast.h"

namespace macaw::net {

int Stream::Impl::open_handle(int family) {
  // The socket is made here and not later by libuv's connect, so that a lack of descriptors leaves
  // no handle behind.
  if (family == AF_UNIX) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
      return errno;
    }
    open_to_accept(/*unix_socket=*/true);
    MACAW_CHECK(uv_pipe_open(&raw.pipe, fd) == 0);  // fails for what is no socket only
    return 0;
  }
  const int result = uv_tcp_init_ex(&loop.raw, &raw.tcp, static_cast<unsigned>(family));
  if (result != 0) {
    return -result;
  }
  start_afresh(/*unix_socket=*/false);
  return 0;
}

void Stream::Impl::open_to_accept(bool unix_socket) {
  // Neither makes a socket, so neither can fail.
  MACAW_CHECK((unix_socket ? uv_pipe_init(&loop.raw, &raw.pipe, /*ipc=*/0)
                           : uv_tcp_init(&loop.raw, &raw.tcp)) == 0);
  start_afresh(unix_socket);
}

void Stream::Impl::start_afresh(bool unix_socket) {
  raw.stream.data = this;
  is_unix = unix_socket;
  write_pending = false;
  paused = false;
  peer_ended = false;
  broken = false;
  write_error = 0;
  tls.reset();
  writing.clear();
  unencrypted = {};
  user_write_pending = false;
  trouble.clear();
  info = {};
}

int Stream::Impl::start_connect(const Address& address) {
  connect_request.data = this;
  if (is_unix) {
    remote = address;
    uv_pipe_connect(&connect_request, &raw.pipe, address.unix_path().c_str(), &Impl::on_connect);
    return 0;
  }
  return -uv_tcp_connect(&connect_request, &raw.tcp, static_cast<const sockaddr*>(address.data()),
                         &Impl::on_connect);
}

int Stream::Impl::start_reading() {
  if (!is_unix) {
    // Fails only on a connection that is broken already, which the next read reports.
    uv_tcp_nodelay(&raw.tcp, 1);
  }
  const int result = uv_read_start(&raw.stream, &Impl::on_alloc, &Impl::on_read);
  info.connected = MonoClock::now();
  info.secured = info.connected;
  if (result == 0) {
    state = tls != nullptr ? State::kConnecting : State::kOpen;
  }
  return -result;
}

void Stream::Impl::start_close(bool reset) {
  stop_waiting_for_room();
  stop_waiting_to_deliver();
  if (tls != nullptr && !reset) {
    say_goodbye();
  }
  state = State::kClosing;
  if (reset && !is_unix && uv_tcp_close_reset(&raw.tcp, &Impl::on_close) == 0) {
    return;
  }
  uv_close(as_handle(&raw), &Impl::on_close);
}

void Stream::Impl::give_up() {
  handler = nullptr;
  if (state == State::kClosed) {
    delete this;
    return;
  }
  if (state != State::kClosing) {
    start_close(/*reset=*/false);
  }
}

void Stream::Impl::replace(Impl*& impl) {
  Impl* const old = impl;
  impl = new Impl(old->loop, old->handler);
  old->handler = nullptr;
  old->start_close(/*reset=*/true);
}

void Stream::Impl::report_end(int error) {
  bool& reported = error == 0 ? peer_ended : broken;
  if (state == State::kOpen && handler != nullptr && !reported && !broken) {
    reported = true;
    handler->stream_ended(error);
  }
}

void Stream::Impl::on_alloc(uv_handle_t* handle, size_t /*suggested*/, uv_buf_t* buffer) {
  auto& scratch = *static_cast<Impl*>(handle->data)->loop.scratch;
  *buffer = uv_buf_init(scratch.data(), static_cast<unsigned>(scratch.size()));
}

void Stream::Impl::on_connect(uv_connect_t* request, int status) {
  static_cast<Impl*>(request->data)->handle_connect(status);
}

void Stream::Impl::handle_connect(int status) {
  ++loop.stream_events;
  if (state != State::kConnecting || handler == nullptr) {
    return;  // closed meanwhile
  }
  if (status == UV_EAGAIN && is_unix) {
    wait_for_room();
    return;
  }
  const int error = status == 0 ? start_reading() : -status;
  if (error == 0 && tls != nullptr) {
    shake_hands();
    return;
  }
  handler->stream_connected(error);
}

void Stream::Impl::on_read(uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer) {
  static_cast<Impl*>(stream->data)->handle_read(size, *buffer);
}

void Stream::Impl::handle_read(ssize_t size, const uv_buf_t& buffer) {
  ++loop.stream_events;
  const bool is_shaking = tls != nullptr && state == State::kConnecting;
  if ((state != State::kOpen && !is_shaking) || handler == nullptr || size == 0) {
    return;
  }
  if (tls != nullptr) {
    if (size > 0) {
      read_secured({buffer.base, static_cast<size_t>(size)});
    } else {
      end_secured(size == UV_EOF ? socket_error() : static_cast<int>(-size));
    }
  } else if (size > 0) {
    handler->stream_read({buffer.base, static_cast<size_t>(size)});
  } else {
    const int error = size == UV_EOF ? socket_error() : static_cast<int>(-size);
    report_end(error == 0 ? write_error : error);
  }
}

/// libuv takes a hang-up after the last bytes for the peer's end without asking whether it was a
/// reset, and a cut answer would pass for a whole one.
int Stream::Impl::socket_error() {
  uv_os_fd_t fd = -1;
  int error = 0;
  socklen_t size = sizeof(error);
  if (uv_fileno(as_handle(&raw), &fd) != 0 ||
      getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
    return 0;
  }
  return error;
}

void Stream::Impl::on_write(uv_write_t* request, int status) {
  static_cast<Impl*>(request->data)->handle_write(status);
}

void Stream::Impl::handle_write(int status) {
  ++loop.stream_events;
  write_pending = false;
  if (tls != nullptr && status == 0) {
    handle_secured_write();
    return;
  }
  if (state != State::kOpen || handler == nullptr) {
    return;
  }
  if (status == 0) {
    handler->stream_drained();
    return;
  }
  report_write_failure(-status);
}

void Stream::Impl::report_write_failure(int error) {
  const bool is_gone = error == EPIPE || error == ECONNRESET;
  if (is_gone && !paused && !peer_ended) {
    // What the peer had sent before it went may still lie in the socket: an answer that came early,
    // say. Reading tells the end behind it.
    write_error = error;
    return;
  }
  report_end(error);
}

void Stream::Impl::on_close(uv_handle_t* handle) {
  static_cast<Impl*>(handle->data)->handle_close();
}

void Stream::Impl::handle_close() {
  state = State::kClosed;
  write_pending = false;
  tls.reset();
  if (handler == nullptr) {
    delete this;
    return;
  }
  handler->stream_closed();  // may reuse or destroy the stream
}

Stream::Stream(Loop& loop, StreamHandler& handler) : impl_(new Impl(loop.impl(), &handler)) {}

Stream::~Stream() {
  impl_->give_up();
}

Stream::State Stream::state() const {
  return impl_->state;
}

int Stream::connect(const Address& address, const TlsConnect* tls) {
  MACAW_CHECK(impl_->state == State::kClosed, "state={}", static_cast<int>(impl_->state));
  const auto* const target = static_cast<const sockaddr*>(address.data());
  int error = impl_->open_handle(target->sa_family);
  if (error != 0) {
    return error;
  }
  impl_->info.started = MonoClock::now();
  if (tls != nullptr) {
    impl_->secure(std::make_unique<TlsSession>(*tls, address.port()), /*is_of_server=*/false);
  }
  error = impl_->start_connect(address);
  if (error != 0) {
    Impl::replace(impl_);  // a libuv handle closes in a later turn; the slot is free now
    return error;
  }
  impl_->state = State::kConnecting;
  return 0;
}

Stream::WriteState Stream::Impl::write_raw(std::string_view bytes, int* error) {
  // libuv's buffers are not const, but it only reads them.
  uv_buf_t buffer =
      uv_buf_init(const_cast<char*>(bytes.data()), static_cast<unsigned>(bytes.size()));
  int result = uv_try_write(&raw.stream, &buffer, 1);
  if (result >= 0 && static_cast<size_t>(result) == bytes.size()) {
    return WriteState::kDone;
  }
  if (result >= 0 || result == UV_EAGAIN) {
    const auto written = static_cast<size_t>(result > 0 ? result : 0);
    buffer.base += written;
    buffer.len -= written;
    write_request.data = this;
    result = uv_write(&write_request, &raw.stream, &buffer, 1, &Impl::on_write);
    if (result == 0) {
      write_pending = true;
      return WriteState::kPending;
    }
  }
  if (error != nullptr) {
    *error = -result;
  }
  return WriteState::kFailed;
}

Stream::WriteState Stream::write(std::string_view bytes, int* error) {
  Impl& self = *impl_;
  MACAW_CHECK(self.state == State::kOpen, "state={}", static_cast<int>(self.state));
  if (self.tls != nullptr) {
    return self.write_secured(bytes, error);
  }
  MACAW_CHECK(!self.write_pending);
  return self.write_raw(bytes, error);
}

int Stream::end_writing() {
  MACAW_CHECK(impl_->state == State::kOpen && !impl_->write_pending);
  if (impl_->tls != nullptr) {
    impl_->say_goodbye();
  }
  uv_os_fd_t fd = -1;
  const int result = uv_fileno(as_handle(&impl_->raw), &fd);
  if (result != 0) {
    return -result;
  }
  return ::shutdown(fd, SHUT_WR) == 0 ? 0 : errno;
}

void Stream::pause_reading() {
  if (impl_->state == State::kOpen && !impl_->paused) {
    impl_->paused = true;
    uv_read_stop(&impl_->raw.stream);
  }
}

void Stream::resume_reading() {
  if (impl_->state == State::kOpen && impl_->paused) {
    impl_->paused = false;
    if (!impl_->peer_ended && !impl_->broken) {
      uv_read_start(&impl_->raw.stream, &Impl::on_alloc, &Impl::on_read);
    }
    if (impl_->tls != nullptr && impl_->tls->has_rest()) {
      impl_->wait_to_deliver();
    }
  }
}

void Stream::close(bool reset) {
  if (impl_->state == State::kConnecting || impl_->state == State::kOpen) {
    impl_->start_close(reset);
  }
}

const ConnectInfo& Stream::connect_info() const {
  return impl_->info;
}

std::string_view Stream::tls_trouble() const {
  return impl_->trouble;
}

uint16_t Stream::local_port() const {
  if (impl_->state != State::kOpen || impl_->is_unix) {
    return 0;
  }
  sockaddr_storage storage{};
  int size = sizeof(storage);
  if (uv_tcp_getsockname(&impl_->raw.tcp, as_sockaddr(&storage), &size) != 0) {
    return 0;
  }
  return Address(&storage, static_cast<size_t>(size)).port();
}

}  // namespace macaw::net
