// SPDX-License-Identifier: MIT
//
// Requests as the server's parser hands them on.
// Thread: any.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "macaw/http/request_parser.h"

namespace macaw::test {

using MadeHeaders = std::vector<std::pair<std::string, std::string>>;

inline http::Request made_request(std::string method, std::string target, std::string body = {},
                                  MadeHeaders headers = {}) {
  http::Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.body = std::move(body);
  request.headers = std::move(headers);
  return request;
}

}  // namespace macaw::test
