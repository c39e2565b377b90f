// SPDX-License-Identifier: MIT
//
// See target_table.h.

#include "target_table.h"

#include "macaw/base/check.h"

namespace macaw::replay {

TargetTable::TargetTable(const Transmission& transmission) : transmission_(transmission) {}

http::HostPort TargetTable::place_of(std::string_view authority) const {
  http::HostPort place;
  if (transmission_.target) {
    place = *transmission_.target;
  } else if (authority.empty()) {
    MACAW_CHECK(!transmission_.unix_socket.empty(), "the renderer refuses records without a host");
    place.host = kHostOfUnixSocket;
  } else {
    auto parsed = http::parse_host_port(authority);
    MACAW_CHECK(parsed.ok(), "authority '{}' was checked by the reader", authority);
    place = *parsed;
  }
  for (const ConnectTo& rule : transmission_.connect_to) {
    if (rule.from == place) {
      return rule.to;
    }
  }
  return place;
}

std::optional<uint16_t> TargetTable::id_of(std::string_view authority, uint64_t line) {
  if (transmission_.target) {
    if (count_ > 0) {
      return 0;  // the only one
    }
    authority = {};
    line = 0;
  }
  if (const auto known = by_authority_.find(authority); known != by_authority_.end()) {
    return known->second;
  }
  const http::HostPort place = place_of(authority);
  for (uint16_t id = 0; id < count_; ++id) {
    if (entries_[id]->place == place) {  // "host" and "host:80"
      by_authority_.emplace(authority, id);
      return id;
    }
  }
  if (count_ == kTargetsMax) {
    return std::nullopt;
  }
  const uint16_t id = count_++;
  entries_[id] = std::make_unique<TargetEntry>();
  entries_[id]->place = place;
  entries_[id]->line = line;
  by_authority_.emplace(authority, id);
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
