// SPDX-License-Identifier: MIT
//
// Opening, checking and creating run databases, and the thin layer over SQLite's statements.

#include "database.h"

#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>
#include <system_error>
#include <utility>

#include "embed/schema_sql.h"
#include "macaw/base/check.h"

namespace macaw::store {

namespace {

namespace fs = std::filesystem;

constexpr int64_t kApplicationId = 0x4d616361;  // "Maca"
constexpr int64_t kSchemaVersion = 4;
constexpr int kBusyTimeoutMs = 5'000;
// A larger log is moved into the file less often; 16 MB are about 1.5 s at 200,000 rows/s.
constexpr int kCheckpointPages = 4'000;

std::string describe(int code, sqlite3* database) {
  if ((code & 0xff) == SQLITE_NOTADB) {
    return "not an SQLite file, expected a run database";
  }
  std::string text = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  const int system = database != nullptr ? sqlite3_system_errno(database) : 0;
  if (system != 0 && ((code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN)) {
    text += " (" + std::generic_category().message(system) + ")";
  }
  return text;
}

enum class FileKind { kMissing, kEmpty, kFilled };

// What is there, before SQLite makes a journal beside it. It must not be opened here: closing any
// descriptor of a file drops all POSIX locks that this process has on it, and with them those of a
// writer or reader in another thread.
Result<FileKind> look_at(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    const fs::path folder = fs::path(path).parent_path();
    if (!folder.empty() && !fs::is_directory(folder, error)) {
      return errorf("{}: the folder {} does not exist", path, folder.string());
    }
    return FileKind::kMissing;
  }
  if (status.type() == fs::file_type::directory) {
    return errorf("{}: a folder, expected a run database", path);
  }
  if (status.type() != fs::file_type::regular) {
    return errorf("{}: {}", path,
                  error ? error.message() : "not a regular file, expected a run database");
  }
  if (access(path.c_str(), R_OK) != 0) {
    return errorf("{}: {}", path, std::generic_category().message(errno));
  }
  if (fs::file_size(path, error) == 0) {
    return FileKind::kEmpty;
  }
  return FileKind::kFilled;
}

// SQLite's URIs: only three characters are special in a path.
std::string uri_of(const std::string& path, std::string_view query) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02x}", static_cast<unsigned>(c));
    } else {
      uri += c;
    }
  }
  return uri + std::string(query);
}

}  // namespace

Statement::~Statement() {
  sqlite3_finalize(raw_);
}

Statement::Statement(Statement&& other) noexcept
    : raw_(std::exchange(other.raw_, nullptr)),
      state_(other.state_),
      parameter_(other.parameter_),
      column_(other.column_) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(raw_, other.raw_);
  std::swap(state_, other.state_);
  std::swap(parameter_, other.parameter_);
  std::swap(column_, other.column_);
  return *this;
}

// A value that cannot be bound has a wrong parameter number: our own bug.
Statement& Statement::put(int64_t value) {
  const int code = sqlite3_bind_int64(raw_, ++parameter_, value);
  MACAW_DCHECK(code == SQLITE_OK, "code={} parameter={}", code, parameter_);
  static_cast<void>(code);
  return *this;
}

Statement& Statement::put_real(double value) {
  MACAW_CHECK(sqlite3_bind_double(raw_, ++parameter_, value) == SQLITE_OK);
  return *this;
}

Statement& Statement::put_text(std::string_view text) {
  MACAW_CHECK(sqlite3_bind_text64(raw_, ++parameter_, text.data() == nullptr ? "" : text.data(),
                                  text.size(), nullptr, SQLITE_UTF8) == SQLITE_OK);
  return *this;
}

Statement& Statement::put_blob(std::string_view bytes) {
  MACAW_CHECK(sqlite3_bind_blob64(raw_, ++parameter_, bytes.data(), bytes.size(), nullptr) ==
              SQLITE_OK);
  return *this;
}

Statement& Statement::put_null() {
  MACAW_CHECK(sqlite3_bind_null(raw_, ++parameter_) == SQLITE_OK);
  return *this;
}

Status Statement::execute() {
  const int code = sqlite3_step(raw_);
  if (code == SQLITE_DONE) {
    reset();
    return {};
  }
  MACAW_CHECK(code != SQLITE_ROW, "a statement that was to be executed has rows");
  Error failed = error(code);
  reset();
  return failed;
}

Result<bool> Statement::step() {
  column_ = 0;
  const int code = sqlite3_step(raw_);
  if (code == SQLITE_ROW) {
    return true;
  }
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  Error failed = error(code);
  reset();
  return failed;
}

void Statement::reset() {
  // Its result repeats the error of the step before.
  static_cast<void>(sqlite3_reset(raw_));
  parameter_ = 0;
  column_ = 0;
}

int64_t Statement::take() {
  return sqlite3_column_int64(raw_, column_++);
}

double Statement::take_real() {
  if (next_is_null()) {
    ++column_;
    return std::numeric_limits<double>::quiet_NaN();
  }
  return sqlite3_column_double(raw_, column_++);
}

std::string Statement::take_text() {
  // SQLite's text is unsigned char; as a blob the same bytes come as void.
  return std::string(take_blob());
}

std::string_view Statement::take_blob() {
  const int column = column_++;
  const void* bytes = sqlite3_column_blob(raw_, column);
  const int size = sqlite3_column_bytes(raw_, column);
  return {static_cast<const char*>(bytes), static_cast<size_t>(size)};
}

bool Statement::next_is_null() const {
  return sqlite3_column_type(raw_, column_) == SQLITE_NULL;
}

Error Statement::error(int code) const {
  state_->failed = true;
  return errorf("{}: {}", state_->path, describe(code, sqlite3_db_handle(raw_)));
}

Database::~Database() {
  // Statements are members of the same objects, declared after their database.
  sqlite3_close_v2(raw_);
}

Database::Database(Database&& other) noexcept
    : raw_(std::exchange(other.raw_, nullptr)), state_(std::move(other.state_)) {}

Database& Database::operator=(Database&& other) noexcept {
  std::swap(raw_, other.raw_);
  std::swap(state_, other.state_);
  return *this;
}

Error Database::error(int code) const {
  state_->failed = true;
  return errorf("{}: {}", state_->path, describe(code, raw_));
}

Status Database::check_file(const std::string& path) {
  const auto kind = look_at(path);
  return kind.ok() ? Status() : Status(kind.error());
}

Result<Database> Database::open_raw(const std::string& path, const std::string& uri, int flags) {
  Database database;
  database.state_ = std::make_unique<DatabaseState>(DatabaseState{path});
  const int code = sqlite3_open_v2(uri.c_str(), &database.raw_,
                                   flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code != SQLITE_OK) {
    return database.error(code);
  }
  sqlite3_extended_result_codes(database.raw_, 1);
  sqlite3_busy_timeout(database.raw_, kBusyTimeoutMs);
  return database;
}

Result<Database> Database::open_to_write(const std::string& path) {
  MACAW_TRY_ASSIGN(const FileKind kind, look_at(path));
  MACAW_TRY_ASSIGN(Database database,
                   open_raw(path, uri_of(path, ""), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
  if (sqlite3_db_readonly(database.raw_, "main") == 1) {
    return errorf("{}: no permission to write", path);
  }
  if (kind == FileKind::kFilled) {
    // A file with nothing in it (an empty database, or a creation that was killed) becomes ours.
    MACAW_TRY_ASSIGN(const int64_t tables,
                     database.query_int("SELECT count(*) FROM sqlite_master"));
    MACAW_TRY_ASSIGN(const int64_t id, database.query_int("PRAGMA application_id"));
    if (tables > 0 || id != 0) {
      MACAW_TRY(database.check_identity());
      MACAW_TRY(database.prepare_to_write());
      return database;
    }
  }
  MACAW_TRY(database.prepare_to_write());
  MACAW_TRY(database.execute("BEGIN IMMEDIATE"));
  const std::string schema(schema_sql);
  MACAW_TRY(database.execute(schema.c_str()));
  MACAW_TRY(database.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                         kApplicationId, kSchemaVersion)
                                 .c_str()));
  MACAW_TRY(database.execute("COMMIT"));
  return database;
}

Result<Database> Database::open_to_read(const std::string& path) {
  MACAW_TRY_ASSIGN(const FileKind kind, look_at(path));
  if (kind == FileKind::kMissing) {
    return errorf("{}: no such file", path);
  }
  if (kind == FileKind::kEmpty) {
    return errorf("{}: empty (0 bytes), expected a run database", path);
  }
  MACAW_TRY_ASSIGN(Database database, open_raw(path, uri_of(path, ""), SQLITE_OPEN_READONLY));
  const Status identity = database.check_identity();
  const int code = sqlite3_errcode(database.raw_) & 0xff;
  if (identity.ok() || (code != SQLITE_CANTOPEN && code != SQLITE_READONLY)) {
    if (!identity.ok()) {
      return identity.error();
    }
    return database;
  }
  // In a folder that we may not write to SQLite cannot make its index of the write-ahead log. It
  // does not need one when there is no log: the run was closed properly and nobody writes.
  std::error_code error;
  const uintmax_t log = fs::file_size(path + "-wal", error);
  if (!error && log > 0) {
    return errorf(
        "{}: has a write-ahead log ({}-wal) that cannot be read in this folder; "
        "copy both to one where you may write",
        path, path);
  }
  MACAW_TRY_ASSIGN(Database immutable,
                   open_raw(path, uri_of(path, "?immutable=1"), SQLITE_OPEN_READONLY));
  MACAW_TRY(immutable.check_identity());
  return immutable;
}

Status Database::prepare_to_write() {
  MACAW_TRY_ASSIGN(Statement wal, prepare("PRAGMA journal_mode = WAL"));
  MACAW_TRY_ASSIGN(const bool row, wal.step());
  if (const std::string mode = row ? wal.take_text() : ""; mode != "wal") {
    return errorf("{}: cannot keep a write-ahead log (its journal mode stays \"{}\")", state_->path,
                  mode);
  }
  wal.reset();
  MACAW_TRY(execute("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000"));
  sqlite3_wal_autocheckpoint(raw_, kCheckpointPages);
  return {};
}

Status Database::check_identity() {
  MACAW_TRY_ASSIGN(const int64_t id, query_int("PRAGMA application_id"));
  MACAW_TRY_ASSIGN(const int64_t version, query_int("PRAGMA user_version"));
  if (id != kApplicationId) {
    return errorf("{}: an SQLite database, but not a run database of Macaw", state_->path);
  }
  if (version > kSchemaVersion) {
    return errorf("{}: written by a newer Macaw (schema version {}, this one knows up to {})",
                  state_->path, version, kSchemaVersion);
  }
  if (version < kSchemaVersion) {
    return errorf("{}: schema version {} is too old for this Macaw (it knows {})", state_->path,
                  version, kSchemaVersion);
  }
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(raw_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) {
    return error(code);
  }
  return Statement(statement, state_.get());
}

Status Database::execute(const char* sql) {
  const int code = sqlite3_exec(raw_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    return error(code);
  }
  return {};
}

Result<int64_t> Database::query_int(std::string_view sql) {
  MACAW_TRY_ASSIGN(Statement statement, prepare(sql));
  MACAW_TRY_ASSIGN(const bool row, statement.step());
  return row ? statement.take() : 0;
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(raw_) == 0;
}

int64_t Database::last_row() const {
  return sqlite3_last_insert_rowid(raw_);
}

void Database::checkpoint(bool truncate) {
  // Readers that stay in the way are not worth waiting for: the log is valid as it is.
  sqlite3_busy_timeout(raw_, 500);
  sqlite3_wal_checkpoint_v2(raw_, "main",
                            truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
                            nullptr, nullptr);
  sqlite3_busy_timeout(raw_, kBusyTimeoutMs);
}

std::string column_list(const std::string_view* names, size_t count) {
  std::string list;
  for (size_t k = 0; k < count; ++k) {
    list += (k == 0 ? "" : ", ") + std::string(names[k]);
  }
  return list;
}

std::string upsert(std::string_view table, std::string_view keys, size_t key_count,
                   const std::string_view* columns, size_t count) {
  std::string sets;
  for (size_t k = 0; k < count; ++k) {
    sets += fmt::format("{}{} = excluded.{}", k == 0 ? "" : ", ", columns[k], columns[k]);
  }
  return fmt::format("INSERT INTO {} ({}, {}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}", table,
                     keys, column_list(columns, count), parameter_list(key_count + count), keys,
                     sets);
}

std::string parameter_list(size_t count) {
  std::string list;
  for (size_t k = 0; k < count; ++k) {
    list += k == 0 ? "?" : ", ?";
  }
  return list;
}

}  // namespace macaw::store
