// SPDX-License-Identifier: MIT
//
// Answers as servers send them, good and bad, with what must be understood of each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "macaw/http/response_parser.h"

namespace macaw::http::test {

struct ResponseCase {
  std::string name;
  std::string bytes;
  bool head = false;    ///< the answer to a HEAD request
  bool closes = false;  ///< the peer closes after the bytes

  ParseState state = ParseState::kComplete;
  int status = 200;
  std::string body = {};
  bool keep_alive = true;
  size_t junk = 0;  ///< bytes at the end that are not the response's
  std::string content_type = {};
  std::string content_encoding = {};
  std::string error = {};  ///< a part of it
};

/// Answers that end well.
std::vector<ResponseCase> good_responses();
/// Answers that do not.
std::vector<ResponseCase> bad_responses();

}  // namespace macaw::http::test
