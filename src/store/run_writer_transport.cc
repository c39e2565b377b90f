// SPDX-License-Identifier: MIT
//
// The writer's rows of connections and streams, and their sums.

#include "macaw/base/check.h"
#include "macaw/store/run_writer.h"
#include "transport_rows.h"
#include "writer_impl.h"

namespace macaw::store {

namespace {

// As long as a batch of samples takes.
constexpr size_t kRowsBetween = 64;

template <typename Columns>
std::string insert_row(std::string_view table, const Columns& columns) {
  return fmt::format("INSERT INTO {} ({}) VALUES ({})", table,
                     column_list(columns.data(), columns.size()), parameter_list(columns.size()));
}

}  // namespace

Status RunWriter::Impl::prepare_transport() {
  MACAW_TRY_ASSIGN(put_connection,
                   database.prepare(insert_row("connection_rows", kConnectionColumns)));
  MACAW_TRY_ASSIGN(put_stream, database.prepare(insert_row("stream_rows", kStreamColumns)));
  MACAW_TRY_ASSIGN(
      put_connection_totals,
      database.prepare(upsert("connection_totals", "run, http_version, tls_version, resumed", 4,
                              kConnectionTotalsColumns.data(), kConnectionTotalsColumns.size())));
  MACAW_TRY_ASSIGN(put_stream_totals, database.prepare(upsert("stream_totals", "run, endpoint", 2,
                                                              kStreamTotalsColumns.data(),
                                                              kStreamTotalsColumns.size())));
  return {};
}

Status RunWriter::add_connections(std::span<const ConnectionRow> rows,
                                  const std::function<void()>& between) {
  MACAW_TRY(impl_->ensure_transaction());
  for (size_t k = 0; k < rows.size(); ++k) {
    put_connection(impl_->put_connection, impl_->run, rows[k]);
    MACAW_TRY(impl_->put_connection.execute());
    if (between && k % kRowsBetween == kRowsBetween - 1) {
      between();
    }
  }
  return {};
}

Status RunWriter::add_streams(std::span<const stats::StreamCell> cells,
                              const std::function<void()>& between) {
  MACAW_TRY(impl_->ensure_transaction());
  for (size_t k = 0; k < cells.size(); ++k) {
    put_stream(impl_->put_stream, impl_->run, cells[k]);
    MACAW_TRY(impl_->put_stream.execute());
    if (between && k % kRowsBetween == kRowsBetween - 1) {
      between();
    }
  }
  return {};
}

Status RunWriter::put_connection_totals(const stats::ConnectionKind& kind,
                                        const stats::ConnectionTotals& totals) {
  MACAW_TRY(impl_->ensure_transaction());
  Statement& put = impl_->put_connection_totals;
  const std::vector<Value> values = connection_totals_values(totals);
  put.put(impl_->run).put(kind.http_version).put(kind.tls_version).put(kind.resumed ? 1 : 0);
  put_values(put, values);
  return put.execute();
}

Status RunWriter::put_stream_totals(uint16_t endpoint, const stats::StreamTotals& totals) {
  MACAW_TRY(impl_->ensure_transaction());
  Statement& put = impl_->put_stream_totals;
  const std::vector<Value> values = stream_totals_values(totals);
  put.put(impl_->run).put(endpoint);
  put_values(put, values);
  return put.execute();
}

}  // namespace macaw::store
