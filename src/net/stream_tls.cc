// SPDX-License-Identifier: MIT
//
// Streams with TLS: what the socket brings goes through a TlsSession before the handler sees it,
// and what is written after it. A long write is enciphered as the socket takes it. Thread: the
// loop's.

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "macaw/base/check.h"
#include "stream_impl.h"

namespace macaw::net {
namespace {

/// So much of a write is enciphered at a time.
constexpr size_t kWriteBytes = size_t{64} * 1024;
/// A peer that wants answers (to key updates) and reads none of them gets no more than these.
constexpr size_t kOwnOutputMax = size_t{64} * 1024;
/// A buffer that a long write has grown is not kept by each of thousands of idle connections.
constexpr size_t kBufferKeptMax = size_t{16} * 1024;

}  // namespace

void Stream::Impl::secure(std::unique_ptr<TlsSession> session, bool is_of_server) {
  tls = std::move(session);
  of_server = is_of_server;
  if (loop.plaintext == nullptr) {
    loop.plaintext = std::make_unique<std::array<char, Loop::Impl::kScratchBytes>>();
  }
}

void Stream::Impl::tell_handshake_failed() {
  trouble = tls->trouble();
  if (of_server) {
    handler->stream_ended(EPROTO);
  } else {
    handler->stream_connected(EPROTO);
  }
}

/// Goes on with the handshake; then the stream is open.
void Stream::Impl::shake_hands() {
  const TlsSession::Step step = tls->shake_hands();
  int error = 0;
  const WriteState written = write_out(&error);  // our part of it, or what we have against it
  if (step == TlsSession::Step::kFailed) {
    tell_handshake_failed();
    return;
  }
  if (written == WriteState::kFailed) {
    tls->fail("the connection broke during the TLS handshake");
    tell_handshake_failed();
    return;
  }
  if (step == TlsSession::Step::kMore) {
    return;
  }
  state = State::kOpen;
  info.secured = MonoClock::now();
  tls->describe(info);
  if (!of_server) {
    handler->stream_connected(0);
  }
}

void Stream::Impl::read_secured(std::string_view ciphertext) {
  tls->give(ciphertext);
  if (tls->is_shaking()) {
    shake_hands();
  }
  if (state == State::kOpen && handler != nullptr) {
    deliver_plaintext();
  }
  if (state == State::kOpen || state == State::kConnecting) {
    tls->keep_rest();
  }
}

void Stream::Impl::deliver_plaintext() {
  auto& plaintext = *loop.plaintext;
  while (!paused) {
    const size_t size = tls->read(plaintext.data(), plaintext.size());
    if (size == 0) {
      break;
    }
    handler->stream_read({plaintext.data(), size});
    if (state != State::kOpen || handler == nullptr) {
      return;
    }
  }
  // What TLS says on its own: answers to key updates, alerts.
  int error = 0;
  if (!tls->output().empty() && !write_pending && write_out(&error) == WriteState::kFailed) {
    write_error = error;
  }
  if (write_pending && tls->output().size() > kOwnOutputMax) {
    tls->fail("TLS: more messages that want answers than the peer reads");
  }
  if (!tls->trouble().empty()) {
    trouble = tls->trouble();
    report_end(EPROTO);
  } else if (!paused && tls->has_ended()) {
    report_end(0);
  }
}

/// The socket has ended, `error` is an errno value or 0.
void Stream::Impl::end_secured(int error) {
  if (state == State::kConnecting) {
    tls->fail(error == 0 ? "closed during the TLS handshake"
                         : "the connection broke during the TLS handshake");
    tell_handshake_failed();
    return;
  }
  error = error == 0 ? write_error : error;
  if (error == 0 && !peer_ended) {
    // Whoever cuts connections could pass half an answer for a whole one.
    trouble = "closed without TLS's close_notify";
    error = EPROTO;
  }
  if (error != 0) {
    report_end(error);
  }
}

Stream::WriteState Stream::Impl::write_secured(std::string_view plaintext, int* error) {
  MACAW_CHECK(!user_write_pending);
  unencrypted = plaintext;
  const WriteState written = write_out(error);
  user_write_pending = written == WriteState::kPending;
  return written;
}

/// Enciphers and writes until nothing is left or the socket takes no more.
Stream::WriteState Stream::Impl::write_out(int* error) {
  if (write_pending) {
    return WriteState::kPending;  // goes on when that has gone out
  }
  for (;;) {
    const std::string_view part = unencrypted.substr(0, kWriteBytes);
    unencrypted.remove_prefix(part.size());
    if (!tls->write(part)) {
      trouble = tls->trouble();
      *error = EPROTO;
      return WriteState::kFailed;
    }
    std::string& output = tls->output();
    if (output.empty()) {
      return WriteState::kDone;
    }
    writing.swap(output);
    output.clear();
    const WriteState written = write_raw(writing, error);
    if (written != WriteState::kDone) {
      return written;
    }
    if (writing.capacity() > kBufferKeptMax) {
      std::string().swap(writing);
    }
  }
}

void Stream::Impl::handle_secured_write() {
  const bool is_open = state == State::kOpen || state == State::kConnecting;
  if (!is_open || handler == nullptr) {
    return;
  }
  int error = 0;
  switch (write_out(&error)) {
    case WriteState::kPending:
      return;
    case WriteState::kFailed:
      report_write_failure(error);
      return;
    case WriteState::kDone:
      break;
  }
  if (std::exchange(user_write_pending, false)) {
    handler->stream_drained();
  }
}

/// As far as the socket takes it at once: nobody waits for a goodbye.
void Stream::Impl::say_goodbye() {
  if (write_pending || state != State::kOpen) {
    return;
  }
  tls->say_goodbye();
  uv_buf_t buffer = uv_buf_init(tls->output().data(), static_cast<unsigned>(tls->output().size()));
  static_cast<void>(uv_try_write(&raw.stream, &buffer, 1));
  tls->output().clear();
}

}  // namespace macaw::net
