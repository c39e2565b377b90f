// SPDX-License-Identifier: MIT
//
// A run as our page reads it, and the answer while there is none. Fields: API.md.
// Thread: any.
#pragma once

#include "macaw/report/json_text.h"
#include "run_choice.h"

namespace macaw::ui {

/// RUN: the fields that every answer of ours begins with. Into an object that has been begun.
void add_run(report::JsonText& json, const store::RunRow& run);
/// What only the head of the page and an export want to know.
void add_run_details(report::JsonText& json, const store::RunRow& run);
/// 200, so that the page goes on asking without an alarm.
server::Response waiting(const RunChoice& choice);
/// The number of seconds of the run so far, the one being filled included.
uint64_t end_of(const store::RunRow& run);

}  // namespace macaw::ui
