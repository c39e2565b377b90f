// SPDX-License-Identifier: MIT
//
// `replay verify` of connections and streams.

#include <fmt/format.h>

#include <set>
#include <utility>

#include "transport_rows.h"
#include "verify_comparison.h"

namespace macaw::store {

namespace {

using stats::ConnectionBook;
using stats::ConnectionKind;
using stats::StreamBook;

Result<ConnectionBook> connections_from_rows(Database& database, int64_t run) {
  MACAW_TRY_ASSIGN(
      Statement query,
      database.prepare("SELECT http_version, tls_version, resumed, connect_ns, handshake_ns"
                       " FROM connection_rows WHERE id >= ? AND id < ?"));
  query.put(sample_id(run, 0)).put(sample_id(run + 1, 0));
  ConnectionBook book;
  while (true) {
    MACAW_TRY_ASSIGN(const bool more, query.step());
    if (!more) {
      return book;
    }
    stats::ConnectionTotals& totals = book[take_connection_kind(query)];
    const uint64_t connect_ns = query.take_u64();
    const bool tls = !query.next_is_null();
    totals.add(connect_ns, query.take_u64(), tls);
  }
}

// Of the requests that count.
Result<StreamBook> streams_from_rows(Database& database, int64_t run) {
  std::string columns;
  for (const std::string_view column : kStreamColumns) {
    columns += fmt::format("m.{}, ", column);
  }
  MACAW_TRY_ASSIGN(Statement query,
                   database.prepare(fmt::format(
                       "SELECT {}s.endpoint FROM stream_rows m JOIN samples s ON s.id = m.id"
                       " WHERE m.id >= ? AND m.id < ? AND s.flags & {} = 0",
                       columns, stats::kFlagWarmup | stats::kFlagIgnored)));
  query.put(sample_id(run, 0)).put(sample_id(run + 1, 0));
  StreamBook book;
  while (true) {
    MACAW_TRY_ASSIGN(const bool more, query.step());
    if (!more) {
      return book;
    }
    stats::StreamCell cell = take_stream(query);
    cell.endpoint = static_cast<uint16_t>(query.take());
    stats::add_stream(book, cell);
  }
}

Status compare_connections(Database& database, int64_t run, VerifyComparison& comparison) {
  MACAW_TRY_ASSIGN(ConnectionBook computed, connections_from_rows(database, run));
  MACAW_TRY_ASSIGN(
      Statement stored,
      database.prepare(fmt::format(
          "SELECT http_version, tls_version, resumed, {} FROM connection_totals WHERE run = ?",
          column_list(kConnectionTotalsColumns.data(), kConnectionTotalsColumns.size()))));
  stored.put(run);
  while (true) {
    MACAW_TRY_ASSIGN(const bool more, stored.step());
    if (!more) {
      break;
    }
    const ConnectionKind kind = take_connection_kind(stored);
    comparison.compare_values(
        fmt::format("connections of {}", kind.name()), kConnectionTotalsColumns.data(),
        take_connection_totals_values(stored), connection_totals_values(computed[kind]));
    computed.erase(kind);
  }
  for (const auto& [kind, totals] : computed) {
    comparison.differ(fmt::format("connections of {}: their totals are missing", kind.name()));
  }
  return {};
}

Status compare_streams(Database& database, int64_t run, VerifyComparison& comparison) {
  MACAW_TRY_ASSIGN(StreamBook computed, streams_from_rows(database, run));
  MACAW_TRY_ASSIGN(Statement stored,
                   database.prepare(fmt::format(
                       "SELECT endpoint, {} FROM stream_totals WHERE run = ?",
                       column_list(kStreamTotalsColumns.data(), kStreamTotalsColumns.size()))));
  stored.put(run);
  while (true) {
    MACAW_TRY_ASSIGN(const bool more, stored.step());
    if (!more) {
      break;
    }
    const auto endpoint = static_cast<uint16_t>(stored.take());
    comparison.compare_values(
        fmt::format("streams of endpoint {}", endpoint == 0 ? "all" : std::to_string(endpoint)),
        kStreamTotalsColumns.data(), take_stream_totals_values(stored),
        stream_totals_values(computed[endpoint]));
    computed.erase(endpoint);
  }
  for (const auto& [endpoint, totals] : computed) {
    comparison.differ(fmt::format("streams of endpoint {}: their totals are missing", endpoint));
  }
  return {};
}

}  // namespace

Status compare_stream_sums(RunReader& reader, int64_t run, VerifyComparison& comparison) {
  MACAW_TRY_ASSIGN(const StreamBook book, reader.streams(run));
  stats::StreamTotals all;
  stats::StreamTotals sum;
  for (const auto& [endpoint, totals] : book) {
    (endpoint == 0 ? all : sum).merge(totals);
  }
  comparison.compare_values("sum of the streams of all endpoints", kStreamTotalsColumns.data(),
                            stream_totals_values(all), stream_totals_values(sum));
  return {};
}

Status compare_transport(Database& database, int64_t run, VerifyComparison& comparison) {
  MACAW_TRY(compare_connections(database, run, comparison));
  return compare_streams(database, run, comparison);
}

}  // namespace macaw::store
