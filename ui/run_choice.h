// SPDX-License-Identifier: MIT
//
// Which run a request is about (`run=N`; the newest without it), and over which seconds. That there
// is no database or no run yet is a state of its own, not an error: the page goes on asking.
// Thread: the loop's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "database.h"
#include "macaw/server/http_server.h"
#include "query.h"
#include "series.h"

namespace macaw::ui {

struct RunChoice {
  store::RunReader* reader = nullptr;  ///< set when `run` is
  std::optional<store::RunRow> run;    ///< none: nothing is stored yet
  int64_t newest = 0;                  ///< number of the newest run, 0 for none
  std::vector<store::EndpointRow> endpoints;
  std::string waiting_for;                  ///< one line, where there is no run
  std::optional<server::Response> refusal;  ///< the answer, where the request is wrong
};

RunChoice choose_run(Database& database, const Query& query);

/// `from`, `to` and `resolution`.
Result<Span> span_of(const Query& query);

}  // namespace macaw::ui
