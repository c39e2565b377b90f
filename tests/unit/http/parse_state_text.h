// SPDX-License-Identifier: MIT
//
// ParseState in BOOST_TEST's messages.
#pragma once

#include <ostream>

#include "macaw/http/response_parser.h"

namespace macaw::http {

inline std::ostream& operator<<(std::ostream& out, ParseState state) {
  switch (state) {
    case ParseState::kNeedMore:
      return out << "need more";
    case ParseState::kComplete:
      return out << "complete";
    case ParseState::kMalformed:
      return out << "malformed";
  }
  return out << "no state";
}

}  // namespace macaw::http
