// SPDX-License-Identifier: MIT
//
// A faithful small stand-in for the parts of the Seldon API that replay files address, with latency
// and errors to order. Facts: the answers, error bodies and content types of SeldonIO's
// seldon-server (see src/stub/README.md).
// Thread: the loop's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/base/time.h"
#include "macaw/net/loop.h"

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

/// Share of requests answered wrongly, and how: "503=1%" (any status from 400 to 599),
/// "seldon=0.5%" (HTTP 200 with an error body), "reset=0.1%" (RST when the answer is due),
/// "silent=0.1%" (never answered), "empty=1%" (200 with an empty body); several joined by ','.
struct ErrorRule {
  std::string kind = {};
  double share = 0;
};

Result<std::vector<ErrorRule>> parse_error_rules(std::string_view text);

struct StubOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 0;
  /// Path prefix ("" = all) and its model; the longest prefix wins. Without one: no latency.
  std::vector<std::pair<std::string, LatencyModel>> latency = {};
  std::vector<ErrorRule> errors = {};
  uint64_t seed = 1;
  /// Keys that are accepted; empty: any. Others get Seldon's error 3 inside an HTTP 200.
  std::vector<std::string> consumer_keys = {};
  /// Closes a connection after so many answers (0: never), as Tomcat does after 100.
  uint64_t requests_per_connection = 0;
};

/// Endpoints: /js/recommendations, /js/action/new, /js/user/new, /js/event/new, /js/predict, and
/// /macaw/stats, which tells in JSON what was asked (itself not counted). Other paths get 404.
class SeldonStub {
 public:
  SeldonStub(net::Loop& loop, StubOptions options);
  ~SeldonStub();
  SeldonStub(const SeldonStub&) = delete;
  SeldonStub& operator=(const SeldonStub&) = delete;

  Status start();
  uint16_t port() const;
  uint64_t requests() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace macaw::stub
