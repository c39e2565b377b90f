// SPDX-License-Identifier: MIT
//
// Connections and streams out of cells.

#include "drain_transport.h"

#include <utility>

namespace macaw::store {

void TransportCollector::add(const stats::ConnectionCell& cell) {
  const auto kind = stats::ConnectionKind::of(cell);
  connection_book_[kind].add(cell.connect_ns, cell.handshake_ns, cell.tls_version != 0);
  changed_kinds_.insert(kind);
  const uint64_t number = opened_++;
  if (policy_.keeps(number, stats::Outcome::kOk)) {
    connections_.push_back({number, cell});
  }
}

void TransportCollector::take_waiting(size_t ring, const stats::Sample& sample) {
  stats::StreamCell cell = *std::exchange(waiting_[ring], std::nullopt);
  if (cell.index != sample.index) {
    return;  // its own sample did not fit into the ring, and is counted there
  }
  cell.endpoint = static_cast<uint16_t>(sample.endpoint);
  if (sample.counts()) {
    stats::add_stream(stream_book_, cell);
    changed_endpoints_.insert({0, cell.endpoint});
  }
  if (policy_.keeps(sample.index, sample.outcome)) {
    streams_.push_back(cell);
  }
}

uint64_t TransportCollector::drop_rows() {
  const uint64_t count = row_count();
  connections_.clear();
  streams_.clear();
  return count;
}

Status TransportCollector::write(RunWriter& writer, const std::function<void()>& between) const {
  MACAW_TRY(writer.add_connections(connections_, between));
  MACAW_TRY(writer.add_streams(streams_, between));
  for (const stats::ConnectionKind& kind : changed_kinds_) {
    MACAW_TRY(writer.put_connection_totals(kind, connection_book_.at(kind)));
  }
  for (const uint16_t endpoint : changed_endpoints_) {
    MACAW_TRY(writer.put_stream_totals(endpoint, stream_book_.at(endpoint)));
  }
  return {};
}

void TransportCollector::committed() {
  drop_rows();
  changed_kinds_.clear();
  changed_endpoints_.clear();
}

}  // namespace macaw::store
