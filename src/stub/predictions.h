// SPDX-License-Identifier: MIT
//
// What prediction services over HTTP answer: TensorFlow Serving's REST API (and KServe's first
// protocol, which is the same), Seldon Core, KServe's second protocol. Predictions follow from the
// body, so the same request gets the same bytes. Sources and guesses: README.md.
// Thread: any.
#pragma once

#include <cstdint>
#include <string>

#include "macaw/http/request_parser.h"
#include "macaw/server/http_server.h"
#include "routes.h"

namespace macaw::stub {

/// `instances` is how many a TensorFlow request must hold; 0: any number.
server::Response answer_tensorflow(const http::Request& request, uint64_t instances);
server::Response answer_seldon_core(const http::Request& request);
server::Response answer_seldon_feedback(const http::Request& request);
server::Response answer_infer(const http::Request& request, const Route& route);

/// {"error":"..."}, as TensorFlow Serving and KServe say it.
server::Response json_error(int status, std::string_view message);

}  // namespace macaw::stub
