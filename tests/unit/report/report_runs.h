// SPDX-License-Identifier: MIT
//
// Runs made by hand for the tests of reports: deterministic, without a database.
#pragma once

#include "macaw/report/summary.h"

namespace macaw::report {

/// 60 s at 100/s over two endpoints, no failure, 6,000 requests.
RunSummary healthy_run();
/// The same with 10 timeouts, 25 HTTP errors, 2 wrong answers, 7 unsent, a stall, 31 % waiting for
/// a connection, and an error text that tries to move the cursor.
RunSummary failing_run();
/// 12 requests, so that no percentile is supported; INVALID.
RunSummary tiny_run();
/// A run that died without a single answer.
RunSummary killed_run();

}  // namespace macaw::report
