// SPDX-License-Identifier: MIT
//
// Connections and streams as columns, and back.

#include "transport_rows.h"

#include <limits>

#include "macaw/base/check.h"

namespace macaw::store {

namespace {

using stats::ConnectionKind;
using stats::ConnectionTotals;
using stats::Histogram;
using stats::StreamCell;
using stats::StreamTotals;

// mean, p50, p95, p99, max; NULL where there is nothing to measure.
void put_span_figures(std::vector<Value>& values, const Histogram& histogram) {
  if (histogram.empty()) {
    values.insert(values.end(), 5, Value(std::numeric_limits<double>::quiet_NaN()));
    return;
  }
  values.emplace_back(histogram.mean_ns() / 1e6);
  for (const double q : {0.5, 0.95, 0.99}) {
    values.emplace_back(millis_at(histogram, q));
  }
  values.emplace_back(static_cast<double>(histogram.max_ns()) / 1e6);
}

Result<Histogram> histogram_of(const Value& bytes) {
  return Histogram::deserialize(std::get<std::string>(bytes));
}

uint64_t count_at(const std::vector<Value>& values, size_t k) {
  return static_cast<uint64_t>(std::get<int64_t>(values[k]));
}

}  // namespace

void put_connection(Statement& statement, int64_t run, const ConnectionRow& row) {
  const stats::ConnectionCell& cell = row.cell;
  statement.put(sample_id(run, row.number)).put(cell.worker).put(cell.connection);
  statement.put(cell.at_ns).put_u64(cell.connect_ns);
  if (cell.tls_version != 0) {
    statement.put_u64(cell.handshake_ns);
  } else {
    statement.put_null();
  }
  statement.put(cell.http_version).put(cell.tls_version).put(cell.resumed != 0 ? 1 : 0);
  statement.put(cell.local_port).put(cell.target);
}

void put_stream(Statement& statement, int64_t run, const StreamCell& cell) {
  statement.put(sample_id(run, cell.index)).put(cell.messages);
  if (cell.messages > 0) {
    statement.put_u64(cell.first_ns);
    statement.put_u64(cell.last_ns > cell.first_ns ? cell.last_ns - cell.first_ns : 0);
    statement.put_u64(cell.gap_max_ns);
  } else {
    statement.put_null().put_null().put_null();
  }
  statement.put_u64(cell.message_bytes);
}

StreamCell take_stream(Statement& row) {
  StreamCell cell;
  cell.index = row.take_u64() & (static_cast<uint64_t>(kIndexesPerRun) - 1);
  cell.messages = static_cast<uint32_t>(row.take());
  cell.first_ns = row.take_u64();  // NULL is taken as 0
  cell.last_ns = cell.first_ns + row.take_u64();
  cell.gap_max_ns = row.take_u64();
  cell.message_bytes = row.take_u64();
  return cell;
}

std::vector<Value> connection_totals_values(const ConnectionTotals& totals) {
  std::vector<Value> values;
  values.reserve(kConnectionTotalsColumns.size());
  values.emplace_back(static_cast<int64_t>(totals.opened()));
  put_span_figures(values, totals.connect);
  put_span_figures(values, totals.handshake);
  values.emplace_back(totals.connect.serialize());
  values.emplace_back(totals.handshake.serialize());
  MACAW_CHECK(values.size() == kConnectionTotalsColumns.size(), "{} values", values.size());
  return values;
}

std::vector<Value> stream_totals_values(const StreamTotals& totals) {
  std::vector<Value> values;
  values.reserve(kStreamTotalsColumns.size());
  values.emplace_back(static_cast<int64_t>(totals.streams));
  values.emplace_back(static_cast<int64_t>(totals.messages));
  values.emplace_back(static_cast<int64_t>(totals.bytes));
  const std::array<const Histogram*, 3> spans = {&totals.first_message, &totals.per_message,
                                                 &totals.gap};
  for (const Histogram* span : spans) {
    put_span_figures(values, *span);
  }
  for (const Histogram* span : spans) {
    values.emplace_back(span->serialize());
  }
  MACAW_CHECK(values.size() == kStreamTotalsColumns.size(), "{} values", values.size());
  return values;
}

std::vector<Value> take_connection_totals_values(Statement& row) {
  return take_values(row, kConnectionTotalsColumns.size(), /*integers=*/1, /*blobs=*/2);
}

std::vector<Value> take_stream_totals_values(Statement& row) {
  return take_values(row, kStreamTotalsColumns.size(), /*integers=*/3, /*blobs=*/3);
}

Result<ConnectionTotals> connection_totals_of(const std::vector<Value>& values) {
  constexpr size_t kFirst = kConnectionTotalsColumns.size() - 2;
  ConnectionTotals totals;
  MACAW_TRY_ASSIGN(totals.connect, histogram_of(values[kFirst]));
  MACAW_TRY_ASSIGN(totals.handshake, histogram_of(values[kFirst + 1]));
  return totals;
}

Result<StreamTotals> stream_totals_of(const std::vector<Value>& values) {
  constexpr size_t kFirst = kStreamTotalsColumns.size() - 3;
  StreamTotals totals;
  totals.streams = count_at(values, 0);
  totals.messages = count_at(values, 1);
  totals.bytes = count_at(values, 2);
  MACAW_TRY_ASSIGN(totals.first_message, histogram_of(values[kFirst]));
  MACAW_TRY_ASSIGN(totals.per_message, histogram_of(values[kFirst + 1]));
  MACAW_TRY_ASSIGN(totals.gap, histogram_of(values[kFirst + 2]));
  return totals;
}

ConnectionKind take_connection_kind(Statement& row) {
  ConnectionKind kind;
  kind.http_version = static_cast<uint8_t>(row.take());
  kind.tls_version = static_cast<uint8_t>(row.take());
  kind.resumed = row.take() != 0;
  return kind;
}

}  // namespace macaw::store
