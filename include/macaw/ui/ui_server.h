// SPDX-License-Identifier: MIT
//
// The graph UI: routes over read-only queries, and the page. Serves a run while it plays and any run afterwards. Iago's URLs and JSON shapes are kept (ui/API.md).
// Thread: the loop's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "macaw/base/result.h"
#include "macaw/net/loop.h"

namespace macaw::ui {

struct UiOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 9994;      ///< 0: any free port
  bool port_may_change = true;  ///< a busy port: the next free one is used instead, and started() says so
  std::string database;      ///< path
  std::string page_folder;   ///< serve the page from disk instead of the embedded one (for editing)
};

class UiServer {
 public:
  UiServer(net::Loop& loop, UiOptions options);
  ~UiServer();

  /// Error: no port could be had. The database may still be empty.
  Status start();
  uint16_t port() const;
  /// "http://127.0.0.1:9994/graph/?g=metric:client/request_latency_ms"
  std::string graph_url() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace macaw::ui
