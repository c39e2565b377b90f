// SPDX-License-Identifier: MIT
//
// The cell of a stream: libuv's handle and requests in one block that outlives the Stream by as
// long as libuv needs it. Shared by stream.cc and listener.cc only.
// Thread: the loop's.
#pragma once

#include <uv.h>

#include "loop_impl.h"
#include "macaw/net/stream.h"
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
  /// Open from now on: no delay, and reading. Returns an errno value.
  int start_reading();
  void start_close(bool reset);
  /// Calls nobody from now on; frees itself when libuv is done with it.
  void give_up();
  /// As give_up(), but the Stream goes on with a fresh cell, closed, on the spot.
  static void replace(Impl*& impl);
  void report_end(int error);
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
};

}  // namespace macaw::net
