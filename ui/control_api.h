// SPDX-License-Identifier: MIT
//
// `/api/control`: what the page and `replay control` ask of a run that plays. Only POST changes
// anything, and only with the token that was printed at the start, from a page of our own (Host and
// Origin) or from no page at all. Shapes: API.md.
// Thread: the loop's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "macaw/http/request_parser.h"
#include "macaw/replay/engine/run_control.h"
#include "macaw/server/http_server.h"

namespace macaw::ui {

class ControlApi {
 public:
  /// From here on requests with `token` steer run `run` through `control`, which must stay valid
  /// until the next call. Null: there is nothing to steer.
  void set(replay::RunControl* control, std::string token, int64_t run);

  /// How run `run` stands, where it is the one that plays.
  std::optional<replay::RunStatus> status_of(int64_t run) const;

  /// `/api/control` and what begins with `/api/control/`.
  static bool owns(std::string_view path);
  /// REQUIRES: owns(request.path()), and the Host header, if there is one, is ours
  server::Response answer(const http::Request& request);

 private:
  server::Response change(std::string_view action, const http::Request& request);
  server::Response status(const http::Request& request, const replay::RunChange* change) const;

  replay::RunControl* control_ = nullptr;
  std::string token_;
  int64_t run_ = 0;
};

/// Whether two texts are the same, in a time that does not tell how much of them is.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace macaw::ui
