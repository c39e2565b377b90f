// SPDX-License-Identifier: MIT
//
// One question to a small HTTP server of ours, and its answer. Thread: any; it blocks, and runs a
// loop of its own.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/base/time.h"
#include "macaw/http/url.h"

namespace macaw::app {

struct Question {
  http::HostPort server;
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::string unix_socket = {};  ///< a path: `server` listens there
  Nanos timeout = std::chrono::seconds(5);
};

struct HttpAnswer {
  int status = 0;
  std::string body;  ///< its first 64 KB
};

/// Error: there was no answer (nobody listens, not HTTP, not in time).
Result<HttpAnswer> ask(const Question& question);

}  // namespace macaw::app
