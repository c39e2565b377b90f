// SPDX-License-Identifier: MIT
//
// SQLite as the rest of this module sees it: an open run database, prepared statements with values
// bound and read in order, and errors that are one line for a person. Knows the file and its
// version, nothing of what is in its tables.
// Thread: one object belongs to one thread at a time (the connections are opened without mutexes).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "macaw/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace macaw::store {

/// What a database and its statements share.
struct DatabaseState {
  std::string path;
  bool failed = false;  ///< something has failed since it was last cleared
};

class Statement {
 public:
  Statement() = default;
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;

  // The next parameter. Texts and blobs must live until the statement has been run.
  Statement& put(int64_t value);

  Statement& put_u64(uint64_t value) { return put(static_cast<int64_t>(value)); }

  Statement& put_real(double value);  ///< not a number: NULL
  Statement& put_text(std::string_view text);
  Statement& put_blob(std::string_view bytes);
  Statement& put_null();

  /// Runs to the end and is ready for the next values.
  Status execute();
  /// True when there is a row to be read with take_...(). At the end and after an error it is ready
  /// for the next values.
  Result<bool> step();
  void reset();

  // The next column of the row.
  int64_t take();

  uint64_t take_u64() { return static_cast<uint64_t>(take()); }

  double take_real();  ///< NULL: not a number
  std::string take_text();
  /// Valid until the next step.
  std::string_view take_blob();
  bool next_is_null() const;

 private:
  friend class Database;

  Statement(sqlite3_stmt* statement, DatabaseState* state) : raw_(statement), state_(state) {}

  Error error(int code) const;

  sqlite3_stmt* raw_ = nullptr;
  DatabaseState* state_ = nullptr;
  int parameter_ = 0;
  int column_ = 0;
};

class Database {
 public:
  Database() = default;
  ~Database();
  Database(Database&& other) noexcept;
  Database& operator=(Database&& other) noexcept;

  /// Whether there can be a run database at all: no folder, no other kind of file.
  static Status check_file(const std::string& path);
  /// Read and write; an absent or empty file becomes a new run database.
  static Result<Database> open_to_write(const std::string& path);
  /// Never writes, works beside a writer and in a folder without write permission.
  static Result<Database> open_to_read(const std::string& path);

  /// Statements end before their database.
  Result<Statement> prepare(std::string_view sql);
  Status execute(const char* sql);
  /// The first column of the first row, 0 if there is none.
  Result<int64_t> query_int(std::string_view sql);

  bool in_transaction() const;

  bool failed() const { return state_->failed; }

  void clear_failed() { state_->failed = false; }

  int64_t last_row() const;
  /// Moves the write-ahead log into the file; with `truncate`, empties the log if no reader is in
  /// its way. Failing leaves everything as it was, and valid.
  void checkpoint(bool truncate);

 private:
  static Result<Database> open_raw(const std::string& path, const std::string& uri, int flags);
  Status prepare_to_write();
  Status check_identity();
  Error error(int code) const;

  sqlite3* raw_ = nullptr;
  std::unique_ptr<DatabaseState> state_;  // on the heap, because statements point at it
};

/// The name of a table's columns as "a, b, c", and as many "?, ?, ?".
std::string column_list(const std::string_view* names, size_t count);
std::string parameter_list(size_t count);
/// Inserts a row, or sets `columns` of the one that has the same keys.
std::string upsert(std::string_view table, std::string_view keys, size_t key_count,
                   const std::string_view* columns, size_t count);

}  // namespace macaw::store
