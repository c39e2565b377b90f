// SPDX-License-Identifier: MIT
//
// See errno_text.h.

#include "errno_text.h"

#include <cerrno>

namespace macaw::replay {

std::string_view errno_text(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "connection refused";
    case ECONNRESET:
      return "connection reset by peer";
    case EPIPE:
      return "connection closed by peer while writing";
    case ETIMEDOUT:
      return "connection timed out";
    case EHOSTUNREACH:
      return "no route to host";
    case ENETUNREACH:
      return "network is unreachable";
    case ECONNABORTED:
      return "connection aborted";
    case EMFILE:
    case ENFILE:
      return "no free file descriptor on our side (EMFILE)";
    case EADDRNOTAVAIL:
      return "no free local port on our side (EADDRNOTAVAIL)";
    case EADDRINUSE:
      return "local address in use";
    case ENOBUFS:
    case ENOMEM:
      return "no buffer space on our side";
    case EACCES:
    case EPERM:
      return "not permitted";
    case ENOENT:
      return "no such socket file";
    default:
      return "connection failed";
  }
}

}  // namespace macaw::replay
