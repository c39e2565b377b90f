// SPDX-License-Identifier: MIT
//
// A faithful small stand-in for the services that replay files address: the Seldon API, prediction
// services (TensorFlow Serving, Seldon Core, KServe), servers of language models; with latency, a
// line, checks and errors to order. Or a hop before another server. Facts: the answers, error
// bodies and content types of the real ones (see src/stub/README.md).
// Thread: the loop's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/base/time.h"
#include "macaw/http/url.h"
#include "macaw/net/loop.h"
#include "macaw/net/tls.h"

namespace macaw::stub {

/// A distribution of service times: "5ms" (fixed), "lognormal:10ms,0.8" (median, sigma),
/// "uniform:1ms..5ms", "exponential:10ms" (mean), "quantiles:50=10ms,90=30ms,99=140ms,100=500ms"
/// (linear between points, from 0=0 unless given; 100 is required). A draw is at most 24 hours.
/// Draws are a pure function of seed and request number.
class LatencyModel {
 public:
  static Result<LatencyModel> parse(std::string_view text);
  LatencyModel();  ///< 0
  Nanos draw(uint64_t seed, uint64_t request) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

/// A path prefix ("" = all) and its model.
using LatencyRule = std::pair<std::string, LatencyModel>;

/// Service times as the guides measured them: "hopsworks", "mnist-rest", "flowers-direct",
/// "flowers-executor", "ml10m". The error lists the names.
Result<std::vector<LatencyRule>> latency_preset(std::string_view name);
std::vector<std::string> latency_preset_names();

/// Share of requests answered wrongly, and how: "503=1%" (any status from 400 to 599),
/// "seldon=0.5%" (HTTP 200 with an error body), "reset=0.1%" (RST when the answer is due),
/// "silent=0.1%" (never answered), "empty=1%" (200 with an empty body); several joined by ','.
struct ErrorRule {
  std::string kind = {};
  double share = 0;
};

Result<std::vector<ErrorRule>> parse_error_rules(std::string_view text);

/// What a request must bring, or it is refused at once. Each check is off when empty.
struct Requirements {
  struct Client {
    std::string key;
    std::string secret;
  };

  /// Host headers that are served, with or without their port, ASCII case ignored; others get 404.
  std::vector<std::string> hosts = {};
  /// "Authorization: ApiKey KEY" of the prediction services: 401 without, 403 for another.
  std::vector<std::string> api_keys = {};
  /// "Authorization: Bearer TOKEN" (or ?oauth_token=TOKEN) of the prediction services, issued by
  /// this stub and not expired; else 401.
  bool token = false;
  /// Who gets a token; empty: everybody.
  std::vector<Client> clients = {};
  /// Instead of 6000 s (/token) and 43199 s (/oauth/token).
  std::optional<int64_t> token_life_ms = {};
  /// So many instances in the body of a TensorFlow request, else 400; 0: any number.
  uint64_t instances = 0;
};

struct StubOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 0;
  std::string unix_socket = {};  ///< a path: listens there, and on no port
  /// The longest prefix wins. Without one: no latency.
  std::vector<LatencyRule> latency = {};
  /// Requests served at a time; later ones wait in line. 0: any number.
  uint64_t at_a_time = 0;
  Requirements require = {};
  /// A hop: after its latency a request goes on to this server instead of being answered here.
  std::optional<http::HostPort> proxy = {};
  std::vector<ErrorRule> errors = {};
  uint64_t seed = 1;
  /// Keys that are accepted; empty: any. Others get Seldon's error 3 inside an HTTP 200.
  std::vector<std::string> consumer_keys = {};
  /// Closes a connection after so many answers (0: never), as Tomcat does after 100.
  uint64_t requests_per_connection = 0;
  /// Speaks TLS, as this says.
  std::shared_ptr<net::TlsServer> tls = {};
};

/// Endpoints: those of the Seldon API (/js/...), of the prediction services (README.md lists them),
/// and /macaw/stats, which tells in JSON what was asked (itself not counted). Other paths get 404.
class SeldonStub {
 public:
  SeldonStub(net::Loop& loop, StubOptions options);
  ~SeldonStub();
  SeldonStub(const SeldonStub&) = delete;
  SeldonStub& operator=(const SeldonStub&) = delete;

  /// The error names the port or the Unix socket that cannot be had, or the proxy's server that
  /// does not resolve.
  Status start();
  uint16_t port() const;
  uint64_t requests() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace macaw::stub
