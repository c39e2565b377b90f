// SPDX-License-Identifier: MIT
//
// Everything that decides how a file is played. Plain values; the app fills them from the command
// line.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "macaw/base/ascii.h"
#include "macaw/base/time.h"
#include "macaw/grpc/schema.h"
#include "macaw/http/url.h"
#include "macaw/net/tls.h"
#include "macaw/replay/engine/access_token.h"
#include "macaw/replay/file/record.h"
#include "macaw/replay/schedule/arrivals.h"
#include "macaw/replay/schedule/closed_loop_driver.h"
#include "macaw/replay/schedule/rate_profile.h"
#include "macaw/replay/schedule/run_clock.h"

namespace macaw::replay {

/// When requests are due.
struct Timing {
  enum class Source : uint8_t {
    kProfile,   ///< `profile` and `arrivals`
    kRecorded,  ///< the records' own times
    kSaturate,  ///< `--rps max`: as fast as answers come; intended is sent
    kUsers,     ///< `closed_loop`: users who wait for the end of one request before the next
  };
  Source source = Source::kProfile;
  std::optional<RateProfile> profile;  ///< kProfile
  ArrivalProcess arrivals = ArrivalProcess::kConstant;
  std::optional<ClosedLoop> closed_loop;  ///< kUsers
  Speed speed;                            ///< of nominal against run time
  uint64_t seed = 1;

  /// Whether nominal times are known before the requests are sent.
  bool is_open_loop() const { return source == Source::kProfile || source == Source::kRecorded; }
};

/// Which records are played, and for how long. The plan ends at whichever limit comes first.
struct Selection {
  std::string file;       ///< "-" is stdin
  uint64_t skip = 0;      ///< records left out at the start of the first pass
  std::string only_path;  ///< play only records whose path begins with this; empty: all
  /// Play only records with from <= t < to.
  std::optional<Nanos> from;
  std::optional<Nanos> to;
  /// Recorded times may go backwards in the file: it is read into memory and played in their order.
  bool sort = false;
  bool loop = false;  ///< start again at the end of the file (implied by a limit beyond it)
  std::optional<uint64_t> requests;
  std::optional<Nanos> duration;  ///< requests with intended < duration are played
  /// Requests with intended < warmup are stored, marked, and left out of the numbers.
  Nanos warmup{};

  /// What becomes of requests in flight when the duration is over.
  enum class AtEnd : uint8_t {
    kWait,    ///< they may finish, within their timeout
    kClose,   ///< their connections are closed: unfinished, which counts as a failure
    kIgnore,  ///< the same, but they are left out of the numbers
  };
  AtEnd at_end = AtEnd::kWait;

  /// Whether records are left out for what they are.
  bool is_filtered() const { return !only_path.empty() || from || to; }
};

/// `--connect-to HOST1:PORT1:HOST2:PORT2`: connections meant for the first go to the second; the
/// Host header stays.
struct ConnectTo {
  http::HostPort from;
  http::HostPort to;
};

/// What stands in the place of a part of every record: -X, --data, --json.
struct RequestOverrides {
  std::string method;               ///< empty: the record's
  std::optional<std::string> body;  ///< goes with the headers that describe the record's own
  std::string content_type;         ///< of `body`, unless a header is added that says it
};

/// An access token that is renewed while the run lasts, and where it stands in each request.
struct TokenUse {
  std::shared_ptr<AccessToken> token;
  std::string header;  ///< the name of a header, for Authorization behind "Bearer "; or empty and
  std::string query;   ///< the name of a query parameter

  std::string_view header_prefix() const {
    return equals_ignoring_case(header, "Authorization") ? "Bearer " : "";
  }
};

/// Which HTTP is spoken. gRPC calls go over HTTP/2 whatever it says.
enum class HttpVersion : uint8_t {
  kAuto,  ///< http:// HTTP/1.1; https:// what the server prefers of HTTP/2 and HTTP/1.1 (ALPN)
  k1,     ///< HTTP/1.1
  k2,     ///< HTTP/2: over TLS by ALPN and nothing else, without TLS by prior knowledge
};

/// How requests are sent.
struct Transmission {
  std::optional<http::HostPort> target;  ///< overrides every record's host, Host header included
  std::vector<ConnectTo> connect_to;
  /// A path: all connections go to this Unix socket, and no name is resolved; hosts only stand in
  /// the Host header ("localhost" for records without one). Empty: none. Not with connect_to.
  std::string unix_socket;
  std::vector<Header>
      headers;  ///< added to every request; replaces a record's header of the same name
  RequestOverrides overrides;
  std::vector<std::pair<std::string, std::string>> set_query;  ///< parameter -> value
  std::optional<TokenUse> token;
  bool cookies = false;         ///< a jar for each user
  uint32_t redirects_max = 0;   ///< so many are followed, to the same host
  std::string sequence_header;  ///< name of a header that carries the request's index; empty: none
  bool keep_alive = true;       ///< false: a new connection for each request, Connection: close
  /// A connection is closed by us after so many answers (0: never). The last request on it looks
  /// like the others: which one that will be is decided when it is sent, and rendered it was
  /// before.
  uint32_t requests_per_connection = 0;
  uint32_t connections = 256;  ///< the most at once, over all workers
  HttpVersion http_version = HttpVersion::kAuto;
  net::TlsClientOptions tls;  ///< for https
  grpc::SchemaSources grpc;   ///< what calls mean, besides what is built in
  /// HTTP/2: the most requests at once on a connection (the server may allow less).
  uint32_t streams = 100;
  uint32_t workers = 1;
  Nanos timeout = std::chrono::seconds(30);  ///< from sent to done
  Nanos connect_timeout = std::chrono::seconds(10);
  /// After the last request is due, requests that still wait for a connection may be sent for this
  /// long.
  Nanos drain = std::chrono::seconds(30);
  /// Workers never sleep while requests are to come: precise to a microsecond, for a core each.
  bool spin = false;

  /// How many requests there can be on their way at once, as far as is known before the start.
  uint64_t lanes_max() const {
    return uint64_t{connections} * (http_version == HttpVersion::k2 ? streams : 1);
  }
};

/// `--group REGEX=NAME`: folds ids in paths into one endpoint name. Applied in order to "METHOD
/// /path"; the first match wins. RE2 syntax: matching takes time in proportion to the text, always.
struct EndpointGroup {
  std::string regex;
  std::string name;
};

struct RunOptions {
  Timing timing;
  Selection selection;
  Transmission transmission;
  std::vector<EndpointGroup> groups;
  std::vector<std::string> expectations;  ///< see make_check()
  size_t body_kept_max = 64 * 1024;
};

}  // namespace macaw::replay
