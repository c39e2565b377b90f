// SPDX-License-Identifier: MIT
//
// The graph UI: routes over read-only queries, and the page. Serves a run while it plays and any
// run afterwards; the database may come later. Iago's URLs and JSON shapes are kept (ui/API.md).
// Nothing it answers changes anything, but for a run that plays and is given to set_control().
// Thread: the loop's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "macaw/base/result.h"
#include "macaw/base/time.h"
#include "macaw/net/loop.h"
#include "macaw/replay/engine/run_control.h"

namespace macaw::ui {

struct UiOptions {
  /// Also the only name, besides localhost and IP addresses, under which it answers (DNS
  /// rebinding). "0.0.0.0", "::" or "*": every address, and the machine's own name.
  std::string host = "127.0.0.1";
  uint16_t port = 9994;         ///< 0: any free port
  bool port_may_change = true;  ///< a busy port: another one is used instead, see port()
  std::string database;         ///< path
  std::string page_folder;  ///< the page from this ui/web instead of the embedded one, for editing
};

class UiServer {
 public:
  UiServer(net::Loop& loop, UiOptions options);
  ~UiServer();
  UiServer(const UiServer&) = delete;
  UiServer& operator=(const UiServer&) = delete;

  /// Error: no port could be had. The database need not exist yet.
  Status start();
  /// The port that it listens on: UiOptions::port, unless that was 0 or busy.
  uint16_t port() const;
  /// "http://127.0.0.1:9994/graph/?g=metric:client/request_latency_ms"
  std::string graph_url() const;
  /// "127.0.0.1:9994": where a program on this machine finds it.
  std::string address() const;
  /// Whoever shows `token` may steer run `run` through `control`, which must stay valid until the
  /// next call. Null: nobody can steer anything (as at the beginning).
  void set_control(replay::RunControl* control, std::string token = {}, int64_t run = 0);
  /// When anything was last asked for, now while a page listens; MonoTime() when nothing was.
  MonoTime last_request() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace macaw::ui
