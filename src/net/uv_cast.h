// SPDX-License-Identifier: MIT
//
// libuv's struct inheritance in C++: the only reinterpret_casts of the project's event code. Knows
// nothing of the objects above it.
// Thread: any.
#pragma once

#include <sys/socket.h>
#include <uv.h>

namespace macaw::net {

template <typename Raw>
uv_handle_t* as_handle(Raw* raw) {
  return reinterpret_cast<uv_handle_t*>(raw);
}

/// A connection's handle, or a listener's: of TCP, or of a Unix socket, which libuv calls a pipe.
union StreamHandle {
  uv_stream_t stream;
  uv_tcp_t tcp;
  uv_pipe_t pipe;
};

inline sockaddr* as_sockaddr(sockaddr_storage* storage) {
  return reinterpret_cast<sockaddr*>(storage);
}

/// The rule of every small handle: the uv struct lies in a heap cell {raw, callback, owned}. The
/// owner's destructor gives the cell up with this; from then on it calls nobody, and libuv's close
/// callback frees it. So the owner may die inside its own callback, whose std::function lives in
/// the cell.
template <typename Cell>
void give_up(Cell* cell) {
  cell->owned = false;
  uv_close(as_handle(&cell->raw),
           [](uv_handle_t* handle) { delete static_cast<Cell*>(handle->data); });
}

}  // namespace macaw::net
