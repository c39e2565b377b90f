// SPDX-License-Identifier: MIT
//
// The places that requests go to: one target for each "host:port" to connect to, with its resolved
// addresses. Grows while a stream without a first pass is read; entries never move or change once
// their id has left the reader thread inside a request block. Thread: added to by main before the
// start, then by the reader thread; read by workers (the ring's release/acquire orders it).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/http/url.h"
#include "macaw/net/address.h"
#include "macaw/replay/engine/options.h"

namespace macaw::replay {

/// Where records without a host are sent, as far as their Host header says it.
inline constexpr std::string_view kHostOfUnixSocket = "localhost";

/// What is spoken with a target.
enum class TargetProtocol : uint8_t {
  kHttp1,
  kHttp2,   ///< by prior knowledge; over TLS nothing else is offered
  kEither,  ///< what the server prefers, by ALPN
};

struct TargetEntry {
  http::HostPort place;     ///< where to connect (after --connect-to)
  std::string server_name;  ///< whom a certificate must name (before --connect-to)
  TargetProtocol protocol = TargetProtocol::kHttp1;
  bool is_grpc = false;                 ///< of gRPC calls
  std::vector<net::Address> addresses;  ///< empty: the name did not resolve
  std::string trouble;                  ///< why, when addresses is empty
  uint64_t line = 0;  ///< first line of the file that names it, 0: the command line
};

class TargetTable {
 public:
  static constexpr size_t kTargetsMax = 1024;

  explicit TargetTable(const Transmission& transmission);

  /// The id for a record's origin ("host[:port]" or "https://host[:port]", empty only with --target
  /// or --unix-socket), or for --target when there is one. gRPC calls have a target of their own,
  /// because they go over HTTP/2. Nothing is resolved yet. nullopt: more than kTargetsMax.
  std::optional<uint16_t> id_of(std::string_view origin, bool is_grpc, uint64_t line);

  /// Resolves a target if that was not tried yet. With --unix-socket its address is the socket.
  void resolve(uint16_t id);

  /// A copy of a resolved target of another table; it gets the next id.
  void add_resolved(const TargetEntry& entry);

  const TargetEntry& entry(uint16_t id) const { return *entries_[id]; }

  /// Not while the reader thread may add.
  uint16_t count() const { return count_; }

 private:
  struct TextHash {
    // NOLINTNEXTLINE(readability-identifier-naming): the standard library asks for this name
    using is_transparent = void;

    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  http::HostPort named_by(std::string_view origin) const;
  TargetProtocol protocol_of(bool tls, bool is_grpc) const;

  const Transmission& transmission_;
  std::array<std::unique_ptr<TargetEntry>, kTargetsMax> entries_;
  std::array<bool, kTargetsMax> resolved_{};
  using Ids = std::unordered_map<std::string, uint16_t, TextHash, std::equal_to<>>;
  std::array<Ids, 2> by_origin_;  // of gRPC calls the second
  uint16_t count_ = 0;
};

}  // namespace macaw::replay
