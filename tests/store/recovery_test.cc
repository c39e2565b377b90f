// SPDX-License-Identifier: MIT
//
// Killed runs, second writers, files that are no run databases, full disks.

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include "store/store_fixture.h"

extern char** environ;

namespace macaw::store {

namespace {

using stats::Sample;

// The program of store_victim.cc; killed at the latest when this ends.
class Victim {
 public:
  explicit Victim(const std::string& database) {
    std::array<int, 2> ends{};
    BOOST_REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::string program = MACAW_STORE_VICTIM;
    std::string path = database;
    const std::array<char*, 3> argv = {program.data(), path.data(), nullptr};
    const int code = posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    out_ = fdopen(ends[0], "r");
    BOOST_REQUIRE_MESSAGE(code == 0, "cannot start " << program);
  }

  ~Victim() {
    kill();
    fclose(out_);
  }

  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  /// Waits for the next commit; how many seconds are complete in it.
  uint64_t commit() {
    std::array<char, 64> line{};
    BOOST_REQUIRE(fgets(line.data(), line.size(), out_) != nullptr);
    return std::stoull(line.data());
  }

  void kill() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
      pid_ = 0;
    }
  }

  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
  FILE* out_ = nullptr;
};

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// Opening it for reading, and for writing.
std::pair<std::string, std::string> open_errors(const std::string& path) {
  return {error_of(RunReader::open(path)), error_of(RunWriter::open(path))};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recovery_test)

BOOST_DATA_TEST_CASE(a_killed_run_lacks_at_most_its_last_second,
                     boost::unit_test::data::xrange(1, 4), commits) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  Victim victim(path);
  uint64_t seconds = 0;
  for (int k = 0; k < 2 * commits || seconds < 1; ++k) {
    seconds = victim.commit();
  }
  victim.kill();

  // A reader says so at once, and changes nothing.
  {
    const auto reader = need(RunReader::open(path));
    const RunRow run = need(reader->run(0));
    BOOST_TEST((run.state == RunState::kKilled));
    BOOST_TEST((run.verdict.kind == stats::VerdictKind::kSuspect));
    PlainSqlite sqlite(path);
    BOOST_TEST(sqlite.one("SELECT state FROM runs") == "running");
    BOOST_TEST(sqlite.one("PRAGMA integrity_check") == "ok");
    uint64_t next = 0;
    need(reader->for_each_sample(0, [&next](const Sample& sample) {
      BOOST_REQUIRE(static_cast<uint64_t>(sample.index) == next);
      ++next;
    }));
    // All requests that were answered in the seconds that the last commit called complete: a
    // request ends within 2 ms, 10 requests, of its intended time.
    BOOST_TEST(next >= seconds * 5'000 - 10);
    BOOST_TEST(to_seconds(run.spans.elapsed) >= static_cast<double>(seconds));
    const Verification verification = need(verify_run(*reader, 0));
    BOOST_TEST(verification.ok());
    BOOST_TEST(verification.rows == next);
    BOOST_TEST(verification.note.find("killed") != std::string::npos);
  }
  // The next writer writes it down, and goes on.
  const auto writer = need(RunWriter::open(path));
  BOOST_TEST(need(writer->begin_run(make_start())) == 2);
  PlainSqlite sqlite(path);
  BOOST_TEST(sqlite.one("SELECT state, verdict FROM runs WHERE run = 1") == "killed|SUSPECT");
  BOOST_TEST(sqlite.one("SELECT state FROM runs WHERE run = 2") == "running");
}

BOOST_AUTO_TEST_CASE(a_second_writer_is_refused_at_once) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  {
    const auto writer = need(RunWriter::open(path));
    const std::string mine = "another run is writing it (process " + std::to_string(getpid());
    BOOST_TEST(error_of(RunWriter::open(path)).find(mine) != std::string::npos);
    // By another name of the same file, too.
    std::filesystem::create_symlink(path, dir.file("link.sqlite"));
    BOOST_TEST(error_of(RunWriter::open(dir.file("link.sqlite"))).find(mine) != std::string::npos);
    const auto reader = need(RunReader::open(path));
    need(writer->begin_run(make_start()));
    BOOST_TEST((need(reader->run(0)).state == RunState::kRunning));
  }
  BOOST_TEST(!std::filesystem::exists(path + "-lock"));
  need(RunWriter::open(path));
}

BOOST_AUTO_TEST_CASE(a_writer_of_another_process_is_named) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  Victim victim(path);
  victim.commit();
  BOOST_TEST(error_of(RunWriter::open(path)) == path + ": another run is writing it (process " +
                                                    std::to_string(victim.pid()) +
                                                    "); wait for its end, or name another file");
  const auto reader = need(RunReader::open(path));
  BOOST_TEST((need(reader->run(0)).state == RunState::kRunning));
  victim.kill();
  BOOST_TEST((need(reader->run(0)).state == RunState::kKilled));
}

BOOST_AUTO_TEST_CASE(other_files_are_refused_with_one_line) {
  const TempDir dir;
  const auto both = [](const std::string& error) { return std::pair(error, error); };
  const std::string folder = dir.path().string();
  BOOST_TEST((open_errors(folder) == both(folder + ": a folder, expected a run database")));

  const std::string text = dir.file("text.txt");
  write_file(text, "/js/recommendations?consumer_key=abc\n");
  BOOST_TEST((open_errors(text) == both(text + ": not an SQLite file, expected a run database")));
  BOOST_TEST(!std::filesystem::exists(text + "-lock"));

  BOOST_TEST(std::filesystem::file_size(text) == 37U);  // untouched
  write_file(text, std::string(5'000, 'x'));
  BOOST_TEST((open_errors(text) == both(text + ": not an SQLite file, expected a run database")));

  const std::string other = dir.file("other.sqlite");
  PlainSqlite(other, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE).execute("CREATE TABLE t (a)");
  BOOST_TEST((open_errors(other) ==
              both(other + ": an SQLite database, but not a run database of Macaw")));

  const std::string deep = dir.file("no/such/a.sqlite");
  BOOST_TEST((open_errors(deep) ==
              both(deep + ": the folder " + dir.file("no/such") + " does not exist")));
  const std::string missing = dir.file("missing.sqlite");
  BOOST_TEST(error_of(RunReader::open(missing)) == missing + ": no such file");
  BOOST_TEST(!std::filesystem::exists(missing));

  BOOST_TEST(error_of(RunReader::open("/dev/null")) ==
             "/dev/null: not a regular file, expected a run database");
}

// Opening and closing the file by other means than SQLite would drop the process's locks on it;
// then another process could believe to be alone, and remove the log while it is in use.
BOOST_AUTO_TEST_CASE(opening_does_not_drop_the_locks_of_this_process) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  DrainedRun run(path, make_start());
  for (const Sample& sample : SampleSource(100).take(500)) {
    run.push(sample);
  }
  BOOST_TEST(!RunWriter::open(path).ok());
  need(RunReader::open(path));
  const std::string command = "sqlite3 '" + path + "' 'SELECT count(*) FROM runs' >/dev/null 2>&1";
  if (std::system(command.c_str()) != 0) {
    BOOST_TEST_MESSAGE("no sqlite3 shell here: nobody else looked at the file");
  }
  BOOST_TEST(std::filesystem::exists(path + "-wal"));
  run.stop();
  BOOST_TEST(need(verify_run(*need(RunReader::open(path)), 0)).rows == 500U);
}

BOOST_AUTO_TEST_CASE(other_versions_are_refused) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  need(RunWriter::open(path));
  PlainSqlite(path).execute("PRAGMA user_version = 5");
  const std::string newer =
      path + ": written by a newer Macaw (schema version 5, this one knows up to 4)";
  BOOST_TEST((open_errors(path) == std::pair(newer, newer)));
  PlainSqlite(path).execute("PRAGMA user_version = 3");
  const std::string older = path + ": schema version 3 is too old for this Macaw (it knows 4)";
  BOOST_TEST((open_errors(path) == std::pair(older, older)));
}

BOOST_AUTO_TEST_CASE(an_empty_file_becomes_a_database_when_written) {
  const TempDir dir;
  const std::string path = dir.file("a?b#c%20.sqlite");  // special in a URI
  write_file(path, "");
  BOOST_TEST(error_of(RunReader::open(path)) ==
             path + ": empty (0 bytes), expected a run database");
  need(need(RunWriter::open(path))->begin_run(make_start()));
  need(RunReader::open(path));
  BOOST_TEST(std::filesystem::file_size(path) > 0U);
}

BOOST_AUTO_TEST_CASE(a_closed_run_is_one_file_that_reads_from_a_locked_folder) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  DrainedRun run(path, make_start());
  for (const Sample& sample : SampleSource(100).take(100)) {
    run.push(sample);
  }
  run.stop();
  run.close();
  size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(dir.path())) {
    ++files;
  }
  BOOST_TEST(files == 1U);

  // Root may write anywhere, so be nobody for a while.
  const bool root = geteuid() == 0;
  BOOST_REQUIRE(chmod(path.c_str(), 0444) == 0);
  BOOST_REQUIRE(chmod(dir.path().c_str(), 0555) == 0);
  BOOST_REQUIRE(!root || seteuid(65'534) == 0);
  auto reader = RunReader::open(path);
  const std::string refused = error_of(RunWriter::open(path));
  const uint64_t requests = reader.ok() ? need((*reader)->totals(0)).at(0).totals.requests() : 0;
  BOOST_REQUIRE(!root || seteuid(0) == 0);
  BOOST_REQUIRE(chmod(dir.path().c_str(), 0755) == 0);
  need(std::move(reader));
  BOOST_TEST(requests == 100U);
  BOOST_TEST(refused == path + ": cannot make its lock " + path + "-lock: Permission denied");
}

// Files of this process may not grow beyond a limit: to SQLite, a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{bytes, old_.rlim_max};
    BOOST_REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }

  ~FullDisk() { heal(); }

  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

  void heal() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_{};
  void (*old_handler_)(int) = nullptr;
};

BOOST_AUTO_TEST_CASE(a_full_disk_loses_rows_and_says_so) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  DrainedRun run(path, make_start());
  SampleSource source(1'000);
  stats::Verdict verdict;
  {
    const FullDisk full(std::filesystem::file_size(path) + (1 << 20));
    run.drain().start();
    for (int k = 0; k < 250'000; ++k) {
      run.push(source.next());
    }
    verdict = run.stop();
  }
  BOOST_TEST_MESSAGE(run.drain().first_error());
  BOOST_TEST(run.drain().first_error().starts_with(path + ": "));
  BOOST_TEST((verdict.kind == stats::VerdictKind::kInvalid));
  BOOST_TEST_MESSAGE(verdict.reason);
  BOOST_TEST(verdict.reason.find("rows were lost") != std::string::npos);
  run.close();
  BOOST_TEST(PlainSqlite(path).one("PRAGMA integrity_check") == "ok");
  const auto reader = need(RunReader::open(path));
  const RunRow row = need(reader->run(0));
  BOOST_TEST((row.state == RunState::kFinished));
  BOOST_TEST((row.verdict.kind == stats::VerdictKind::kInvalid));
  BOOST_TEST(row.counts.rows_lost > 0U);
}

BOOST_AUTO_TEST_CASE(a_disk_that_heals_loses_nothing) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  DrainedRun run(path, make_start());
  SampleSource source(1'000);
  {
    FullDisk full(std::filesystem::file_size(path) + (1 << 18));
    run.drain().start();
    for (int k = 0; k < 50'000; ++k) {
      run.push(source.next());
    }
    while (run.drain().first_error().empty()) {
      std::this_thread::yield();
    }
  }
  const stats::Verdict verdict = run.stop();
  BOOST_TEST((verdict == stats::Verdict{}));
  const auto reader = need(RunReader::open(path));
  const Verification verification = need(verify_run(*reader, 0));
  BOOST_TEST(verification.ok());
  BOOST_TEST(verification.rows == 50'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::store
