// SPDX-License-Identifier: MIT
//
// What a summary says as text of that which lies below the requests: gRPC statuses, connections and
// streams. Each is empty where there is nothing worth a line.
// Thread: any.
#pragma once

#include <string>

#include "macaw/report/summary.h"

namespace macaw::report {

/// How gRPC calls ended, when there were any.
std::string grpc_status_table(const stats::Aggregate& total, const TextStyle& style);
/// Of TLS or HTTP/2, or when more connections were opened than may be open at once. `noted`: the
/// mark of unsupported percentiles has been explained.
std::string connection_table(const RunSummary& summary, const TextStyle& style, bool& noted);
std::string stream_table(const RunSummary& summary, const TextStyle& style, bool& noted);

}  // namespace macaw::report
