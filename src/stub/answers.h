// SPDX-License-Identifier: MIT
//
// What the Seldon API answers to a request, without latency and without errors to order. Pure:
// the same request and time give the same bytes.
// Thread: any.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "macaw/http/request_parser.h"
#include "macaw/server/http_server.h"

namespace macaw::stub {

struct AnswerContext {
  std::span<const std::string> consumer_keys;  ///< empty: any
  int64_t now_ms = 0;                          ///< since the Unix epoch
};

server::Response answer_request(const http::Request& request, const AnswerContext& context);

/// Members of a JSON array: ten classes, as for MNIST; confidences that sum up to one.
std::string class_predictions(uint64_t draw);

/// HTTP 200 with Seldon's "A generic error occurred".
server::Response answer_generic_error(const http::Request& request);
/// The error page of the servlet container.
server::Response answer_error_page(int status, const std::string& message);

}  // namespace macaw::stub
