// SPDX-License-Identifier: MIT
//
// See target_table.h.

#include "target_table.h"

#include "macaw/base/check.h"

namespace macaw::replay {

TargetTable::TargetTable(const Transmission& transmission) : transmission_(transmission) {}

http::HostPort TargetTable::named_by(std::string_view origin) const {
  if (transmission_.target) {
    return *transmission_.target;
  }
  if (origin.empty()) {
    MACAW_CHECK(!transmission_.unix_socket.empty(), "the renderer refuses records without a host");
    return {.host = std::string(kHostOfUnixSocket)};
  }
  auto parsed = http::parse_host_port(origin);
  MACAW_CHECK(parsed.ok(), "origin '{}' was checked by the reader", origin);
  return std::move(parsed).value();
}

TargetProtocol TargetTable::protocol_of(bool tls, bool is_grpc) const {
  if (is_grpc || transmission_.http_version == HttpVersion::k2) {
    return TargetProtocol::kHttp2;
  }
  const bool asks = tls && transmission_.http_version == HttpVersion::kAuto;
  return asks ? TargetProtocol::kEither : TargetProtocol::kHttp1;
}

std::optional<uint16_t> TargetTable::id_of(std::string_view origin, bool is_grpc, uint64_t line) {
  if (transmission_.target) {
    origin = {};
    line = 0;
  }
  Ids& known_ids = by_origin_[is_grpc ? 1 : 0];
  if (const auto known = known_ids.find(origin); known != known_ids.end()) {
    return known->second;
  }
  http::HostPort place = named_by(origin);
  const std::string server_name = place.host;
  for (const ConnectTo& rule : transmission_.connect_to) {
    if (rule.from.host == place.host && rule.from.port == place.port) {
      place.host = rule.to.host;
      place.port = rule.to.port;
      break;
    }
  }
  const TargetProtocol protocol = protocol_of(place.tls, is_grpc);
  for (uint16_t id = 0; id < count_; ++id) {
    const TargetEntry& entry = *entries_[id];
    if (entry.place == place && entry.protocol == protocol && entry.is_grpc == is_grpc &&
        (!place.tls || entry.server_name == server_name)) {  // "host" and "host:80"
      known_ids.emplace(origin, id);
      return id;
    }
  }
  if (count_ == kTargetsMax) {
    return std::nullopt;
  }
  const uint16_t id = count_++;
  entries_[id] = std::make_unique<TargetEntry>();
  entries_[id]->place = place;
  entries_[id]->server_name = server_name;
  entries_[id]->protocol = protocol;
  entries_[id]->is_grpc = is_grpc;
  entries_[id]->line = line;
  known_ids.emplace(origin, id);
  return id;
}

void TargetTable::resolve(uint16_t id) {
  MACAW_CHECK(id < count_);
  if (resolved_[id]) {
    return;
  }
  resolved_[id] = true;
  TargetEntry& entry = *entries_[id];
  if (const std::string& path = transmission_.unix_socket; !path.empty()) {
    entry.trouble = net::unix_socket_trouble(path);
    auto address = net::Address::unix_socket(path);
    MACAW_CHECK(address.ok(), "the path was checked by who made the options");
    if (entry.trouble.empty()) {
      entry.addresses.push_back(*address);
    }
    return;
  }
  auto addresses = net::resolve(entry.place.host, entry.place.port);
  if (addresses.ok()) {
    entry.addresses = std::move(addresses).value();
  } else {
    entry.trouble = addresses.error().message();
  }
}

void TargetTable::add_resolved(const TargetEntry& entry) {
  MACAW_CHECK(count_ < kTargetsMax);
  entries_[count_] = std::make_unique<TargetEntry>(entry);
  resolved_[count_] = true;
  ++count_;
}

}  // namespace macaw::replay
