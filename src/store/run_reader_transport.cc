// SPDX-License-Identifier: MIT
//
// Queries of connections and streams.

#include <fmt/format.h>

#include "macaw/store/run_reader.h"
#include "reader_impl.h"
#include "transport_rows.h"

namespace macaw::store {

Result<stats::ConnectionBook> RunReader::connections(int64_t run) {
  MACAW_TRY_ASSIGN(const int64_t number, impl_->number(run));
  MACAW_TRY_ASSIGN(
      Statement query,
      impl_->database.prepare(fmt::format(
          "SELECT http_version, tls_version, resumed, {} FROM connection_totals"
          " WHERE run = ?",
          column_list(kConnectionTotalsColumns.data(), kConnectionTotalsColumns.size()))));
  query.put(number);
  stats::ConnectionBook book;
  while (true) {
    MACAW_TRY_ASSIGN(const bool more, query.step());
    if (!more) {
      return book;
    }
    const stats::ConnectionKind kind = take_connection_kind(query);
    auto totals = connection_totals_of(take_connection_totals_values(query));
    if (!totals.ok()) {
      return errorf("{}: connections of {}: {}", impl_->path, kind.name(),
                    totals.error().message());
    }
    book.emplace(kind, std::move(*totals));
  }
}

Result<stats::StreamBook> RunReader::streams(int64_t run) {
  MACAW_TRY_ASSIGN(const int64_t number, impl_->number(run));
  MACAW_TRY_ASSIGN(Statement query,
                   impl_->database.prepare(fmt::format(
                       "SELECT endpoint, {} FROM stream_totals WHERE run = ?",
                       column_list(kStreamTotalsColumns.data(), kStreamTotalsColumns.size()))));
  query.put(number);
  stats::StreamBook book;
  while (true) {
    MACAW_TRY_ASSIGN(const bool more, query.step());
    if (!more) {
      return book;
    }
    const auto endpoint = static_cast<uint16_t>(query.take());
    auto totals = stream_totals_of(take_stream_totals_values(query));
    if (!totals.ok()) {
      return errorf("{}: streams of endpoint {}: {}", impl_->path, endpoint,
                    totals.error().message());
    }
    book.emplace(endpoint, std::move(*totals));
  }
}

}  // namespace macaw::store
