// SPDX-License-Identifier: MIT
//
// Record: one request of a replay file, before any run-time decision (target, connection, time).
// Grammar and fields: replay/FORMAT.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "macaw/base/time.h"

namespace macaw::replay {

struct Header {
  std::string name;
  std::string value;
  bool operator==(const Header&) const = default;
};

struct Record {
  std::string method = "GET";
  /// As written in the file: an absolute URL or an origin-form target ("/path?query"). Never
  /// decoded, normalised or re-ordered.
  std::string url;
  std::vector<Header> headers;
  std::string body;
  /// A file whose bytes are the body, relative to the replay file's folder; empty: `body` is it.
  std::string body_file;
  /// Recorded time since the start of the recording.
  std::optional<Nanos> time;
  /// Endpoint label; empty: method and path.
  std::string name;
  /// Keeps the requests of one user on one worker and in order; empty: none.
  std::string user;
  /// Raw JSON text of the record's own `expect`; empty: the run's checks apply.
  std::string expect;
  /// gRPC: full method name and the message as JSON text.
  std::string grpc_call;
  std::string grpc_message;
  /// `${...}` in the URL, the header values and the body are to be filled in; they were checked
  /// when the record was read. False: they go out as they are.
  bool is_template = false;

  /// Where it stands in the file, from 1.
  uint64_t line = 0;

  bool operator==(const Record&) const = default;
};

/// Where a file comes from: its `#macaw/1;...` line or its "x-macaw" object.
struct Provenance {
  int version = 1;
  /// In file order; keys are lower-case words, values hold only characters legal in a URI fragment
  /// (RFC 3986 section 3.5) except ';' and '='.
  std::vector<std::pair<std::string, std::string>> fields;

  /// The value of a key, or an empty view.
  std::string_view get(std::string_view key) const;
  bool operator==(const Provenance&) const = default;
};

enum class Format : uint8_t { kUrlList, kJsonLines };

}  // namespace macaw::replay
