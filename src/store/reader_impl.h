// SPDX-License-Identifier: MIT
//
// What RunReader's queries and verify_run() share. Knows how to run a query, not what it means.
// Thread: one object belongs to one thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "database.h"
#include "macaw/store/run_reader.h"

namespace macaw::store {

struct RunReader::Impl {
  std::string path;
  Database database;

  Result<std::vector<RunRow>> runs(const std::string& where);
  Result<std::vector<EndpointFigures>> figures(int64_t run, std::string_view where);
  /// The run itself, or the newest for 0. Error when it is not there.
  Result<int64_t> number(int64_t run);

  /// All rows of a query whose only parameter is the run.
  template <typename Row, typename Take>
  Result<std::vector<Row>> collect(int64_t run, std::string_view sql, Take&& take) {
    MACAW_TRY_ASSIGN(const int64_t found, number(run));
    MACAW_TRY_ASSIGN(Statement query, database.prepare(sql));
    query.put(found);
    std::vector<Row> rows;
    while (true) {
      MACAW_TRY_ASSIGN(const bool more, query.step());
      if (!more) {
        return rows;
      }
      rows.push_back(take(query));
    }
  }
};

}  // namespace macaw::store
