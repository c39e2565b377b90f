// SPDX-License-Identifier: MIT
//
// The cell of a stream: libuv's handle and requests in one block that outlives the Stream by as
// long as libuv needs it. Shared by stream.cc and listener.cc only.
// Thread: the loop's.
#pragma once

#include <uv.h>

#include <memory>
#include <string>
#include <string_view>

#include "loop_impl.h"
#include "macaw/net/stream.h"
#include "macaw/net/tls.h"
#include "tls_session.h"
#include "uv_cast.h"

namespace macaw::net {

struct Stream::Impl {
  Impl(Loop::Impl& loop_impl, StreamHandler* stream_handler)
      : loop(loop_impl), handler(stream_handler) {}

  /// Makes the handle for the family, with a socket. Returns an errno value; then nothing is left
  /// to close.
  int open_handle(int family);
  /// The same without a socket, for one that is to be accepted. Cannot fail.
  void open_to_accept(bool unix_socket);
  void start_afresh(bool unix_socket);
  /// Starts to connect the open handle. Returns an errno value.
  int start_connect(const Address& address);
  /// A Unix socket whose server has no room for it is tried again until it is closed, as the kernel
  /// does it for TCP.
  void wait_for_room();
  void stop_waiting_for_room();
  /// No delay, and reading; open from now on, unless there is a TLS handshake first. Returns an
  /// errno value.
  int start_reading();
  WriteState write_raw(std::string_view bytes, int* error);
  void start_close(bool reset);
  /// Calls nobody from now on; frees itself when libuv is done with it.
  void give_up();
  /// As give_up(), but the Stream goes on with a fresh cell, closed, on the spot.
  static void replace(Impl*& impl);
  void report_end(int error);
  /// Of a write that pended.
  void report_write_failure(int error);
  int socket_error();

  static void on_alloc(uv_handle_t* handle, size_t suggested, uv_buf_t* buffer);
  static void on_connect(uv_connect_t* request, int status);
  static void on_read(uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer);
  static void on_write(uv_write_t* request, int status);
  static void on_close(uv_handle_t* handle);

  void handle_connect(int status);
  void handle_read(ssize_t size, const uv_buf_t& buffer);
  void handle_write(int status);
  void handle_close();

  // With TLS, see stream_tls.cc.
  void secure(std::unique_ptr<TlsSession> session, bool is_of_server);
  void shake_hands();
  void tell_handshake_failed();
  void read_secured(std::string_view ciphertext);
  void deliver_plaintext();
  WriteState write_secured(std::string_view plaintext, int* error);
  WriteState write_out(int* error);
  void end_secured(int error);
  void handle_secured_write();
  void say_goodbye();
  /// Plaintext that was kept while reading was paused is delivered by a later event.
  void wait_to_deliver();
  void stop_waiting_to_deliver();

  StreamHandle raw{};
  bool is_unix = false;
  bool waits_for_room = false;
  Address remote;  ///< of a Unix socket
  uv_connect_t connect_request{};
  uv_write_t write_request{};
  Loop::Impl& loop;
  StreamHandler* handler;  ///< null when the Stream is gone
  State state = State::kClosed;
  bool write_pending = false;
  bool paused = false;
  bool peer_ended = false;
  bool broken = false;
  int write_error = 0;  ///< of a write that failed; told when all that came has been read
  ConnectInfo info;

  // With TLS.
  std::unique_ptr<TlsSession> tls;
  bool of_server = false;        ///< accepted: nobody waits for stream_connected()
  std::string writing;           ///< ciphertext in libuv's hands
  std::string_view unencrypted;  ///< of the write that pends, its rest
  bool user_write_pending = false;
  bool waits_to_deliver = false;
  std::string trouble;  ///< why TLS failed
};

}  // namespace macaw::net
