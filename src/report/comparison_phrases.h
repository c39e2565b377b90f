// SPDX-License-Identifier: MIT
//
// How a comparison's numbers read, the same in text and on the page. Thread: any.
#pragma once

#include <string>

#include "macaw/report/comparison.h"

namespace macaw::report {

/// "+3.1 ms (+1.9 .. +4.4)": one unit, and no more digits than the interval is worth.
std::string difference_text(const stats::Change& change, Nanos timeout);
/// "+5.2 % (+3.1 .. +7.4)"
std::string ratio_text(const stats::Change& change);
/// "12.1 ms", "> 30 s", "-" when there is none.
std::string time_text(double ns, Nanos timeout);
/// "+3.10 ms", "fails in B": the difference of a record.
std::string moved_text(const MovedRecord& record, Nanos timeout);
/// "half of the 2,000 lines moved by at most 1.95 ms"
std::string usual_move_text(const Comparison& comparison);
/// "slower", "faster", "no change found", "not enough data", "fails on both sides"
std::string_view kind_text(stats::ChangeKind kind);
/// Why there is no answer, and what would give one: "6,000 requests on a side, 10,000 needed: 4,000
/// more". Empty where there is one.
std::string shortage_text(const stats::Change& change);
/// "0.81", "< 0.001"
std::string p_text(double p);
/// "run 3 of macaw.sqlite"
std::string run_text(const ComparedRun& run);
/// "Response time: from the intended send to the whole answer"
std::string clock_text(const Comparison& comparison);
/// How the numbers came about: "paired: the same file and ..., both runs resampled by ..."
std::string method_text(const Comparison& comparison);

}  // namespace macaw::report
