// SPDX-License-Identifier: MIT
//
// Sums up what is below the requests: how long connections took to come up, and how the messages of
// streamed answers came. As for samples, the store's drain feeds it live and `replay verify` once
// more from the rows, so all sums are integers. Pure: no clock, no database. Thread: one object
// belongs to one thread.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "macaw/stats/histogram.h"
#include "macaw/stats/sample.h"

namespace macaw::stats {

/// "HTTP/1.1", "HTTP/2"
std::string_view http_version_name(uint8_t version);
/// "TLS 1.2", "TLS 1.3", empty for 0
std::string_view tls_version_name(uint8_t version);

/// Connections of one kind. A resumed session skips most of the work of a handshake, so it is a
/// kind of its own: percentiles over both would be those of neither.
struct ConnectionKind {
  uint8_t http_version = 1;
  uint8_t tls_version = 0;
  bool resumed = false;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the compiler's own 0 for ours
  auto operator<=>(const ConnectionKind&) const = default;

  static ConnectionKind of(const ConnectionCell& cell);
  /// "HTTP/2 over TLS 1.3, resumed"
  std::string name() const;
};

/// Every connection that came up, whenever it did: those of the warm-up carry the run's requests.
struct ConnectionTotals {
  Histogram connect;    ///< of the transport
  Histogram handshake;  ///< of TLS after that; empty without

  void add(uint64_t connect_ns, uint64_t handshake_ns, bool tls);

  uint64_t opened() const { return connect.count(); }

  bool operator==(const ConnectionTotals&) const = default;
};

using ConnectionBook = std::map<ConnectionKind, ConnectionTotals>;

/// Streamed answers whose requests count, however they ended: what came, came when it came.
struct StreamTotals {
  uint64_t streams = 0;  ///< those without a message are in no histogram
  uint64_t messages = 0;
  uint64_t bytes = 0;       ///< of the messages, without their framing
  Histogram first_message;  ///< from the intended send
  Histogram per_message;    ///< (last - first) / (messages - 1) of each stream with two or more
  Histogram gap;            ///< the longest between two messages of each such stream

  void add(const StreamCell& cell);
  void merge(const StreamTotals& other);

  bool operator==(const StreamTotals&) const = default;
};

/// By endpoint; 0 is all of them together, and there as soon as any is.
using StreamBook = std::map<uint16_t, StreamTotals>;

void add_stream(StreamBook& book, const StreamCell& cell);

}  // namespace macaw::stats
