// SPDX-License-Identifier: MIT
//
// Sums of connections and of streams.

#include "macaw/stats/transport.h"

namespace macaw::stats {

std::string_view http_version_name(uint8_t version) {
  return version == 2 ? "HTTP/2" : "HTTP/1.1";
}

std::string_view tls_version_name(uint8_t version) {
  switch (version) {
    case 0:
      return "";
    case 12:
      return "TLS 1.2";
    case 13:
      return "TLS 1.3";
    default:
      return "TLS";
  }
}

ConnectionKind ConnectionKind::of(const ConnectionCell& cell) {
  return {cell.http_version, cell.tls_version, cell.resumed != 0};
}

std::string ConnectionKind::name() const {
  std::string name(http_version_name(http_version));
  if (tls_version != 0) {
    name += " over ";
    name += tls_version_name(tls_version);
    name += resumed ? ", resumed" : "";
  }
  return name;
}

void ConnectionTotals::add(uint64_t connect_ns, uint64_t handshake_ns, bool tls) {
  connect.add(connect_ns);
  if (tls) {
    handshake.add(handshake_ns);
  }
}

void StreamTotals::add(const StreamCell& cell) {
  ++streams;
  messages += cell.messages;
  bytes += cell.message_bytes;
  if (cell.messages > 0) {
    first_message.add(cell.first_ns);
  }
  if (cell.messages > 1) {
    const uint64_t span = cell.last_ns > cell.first_ns ? cell.last_ns - cell.first_ns : 0;
    per_message.add(span / (cell.messages - 1));
    gap.add(cell.gap_max_ns);
  }
}

void StreamTotals::merge(const StreamTotals& other) {
  streams += other.streams;
  messages += other.messages;
  bytes += other.bytes;
  first_message.merge(other.first_message);
  per_message.merge(other.per_message);
  gap.merge(other.gap);
}

void add_stream(StreamBook& book, const StreamCell& cell) {
  book[0].add(cell);
  if (cell.endpoint != 0) {
    book[cell.endpoint].add(cell);
  }
}

}  // namespace macaw::stats
