// SPDX-License-Identifier: MIT
//
// Connections and streams as columns, and back. As in rows.h: the writer stores these values,
// verify recomputes and compares them.
// Thread: any.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "macaw/stats/transport.h"
#include "macaw/store/run_record.h"
#include "rows.h"

namespace macaw::store {

inline constexpr std::array<std::string_view, 11> kConnectionColumns = {
    "id",           "worker",      "connection", "at_ns",      "connect_ns", "handshake_ns",
    "http_version", "tls_version", "resumed",    "local_port", "target"};

inline constexpr std::array<std::string_view, 6> kStreamColumns = {
    "id", "messages", "first_ns", "span_ns", "gap_ns", "bytes"};

inline constexpr std::array<std::string_view, 13> kConnectionTotalsColumns = {
    "opened",           "connect_mean_ms",  "connect_p50_ms",    "connect_p95_ms",
    "connect_p99_ms",   "connect_max_ms",   "handshake_mean_ms", "handshake_p50_ms",
    "handshake_p95_ms", "handshake_p99_ms", "handshake_max_ms",  "connect",
    "handshake"};

inline constexpr std::array<std::string_view, 21> kStreamTotalsColumns = {
    "streams",        "messages",       "bytes",
    "first_mean_ms",  "first_p50_ms",   "first_p95_ms",
    "first_p99_ms",   "first_max_ms",   "message_mean_ms",
    "message_p50_ms", "message_p95_ms", "message_p99_ms",
    "message_max_ms", "gap_mean_ms",    "gap_p50_ms",
    "gap_p95_ms",     "gap_p99_ms",     "gap_max_ms",
    "first_message",  "per_message",    "gap"};

void put_connection(Statement& statement, int64_t run, const ConnectionRow& row);
void put_stream(Statement& statement, int64_t run, const stats::StreamCell& cell);
/// From the columns kStreamColumns; the endpoint is the sample's to tell.
stats::StreamCell take_stream(Statement& row);

std::vector<Value> connection_totals_values(const stats::ConnectionTotals& totals);
std::vector<Value> stream_totals_values(const stats::StreamTotals& totals);

/// What the next columns of the row hold, in the order above.
std::vector<Value> take_connection_totals_values(Statement& row);
std::vector<Value> take_stream_totals_values(Statement& row);

Result<stats::ConnectionTotals> connection_totals_of(const std::vector<Value>& values);
Result<stats::StreamTotals> stream_totals_of(const std::vector<Value>& values);

/// From the columns http_version, tls_version and resumed.
stats::ConnectionKind take_connection_kind(Statement& row);

}  // namespace macaw::store
