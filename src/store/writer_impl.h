// SPDX-License-Identifier: MIT
//
// What the parts of RunWriter share: the lock, the one read-write connection, and a prepared
// statement for each kind of row. Thread: one at a time, as RunWriter.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "database.h"
#include "macaw/store/run_writer.h"
#include "run_lock.h"

namespace macaw::store {

struct RunWriter::Impl {
  std::string path;
  RunLock lock;  // outlives the database: who gets it finds the file closed
  Database database;
  Statement begin;
  Statement commit;
  Statement insert_sample;
  Statement insert_samples;  // kRowsPerInsert of them
  Statement put_interval;
  Statement get_interval;
  Statement put_totals;
  Statement put_status;
  Statement put_health;
  Statement put_event;
  Statement put_error;
  Statement put_unsent;
  Statement put_endpoint;
  Statement put_progress;
  Statement set_label;
  Statement put_connection;
  Statement put_connection_totals;
  Statement put_stream;
  Statement put_stream_totals;
  int64_t run = 0;
  RowPolicy policy;
  Nanos warmup{};
  // add_samples(): index and position of the rows to be written, sorted.
  std::vector<std::pair<uint64_t, size_t>> order;

  Status prepare();
  Status prepare_transport();
  Status mark_killed_runs();
  Status ensure_transaction();
};

}  // namespace macaw::store
