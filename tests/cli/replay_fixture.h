// SPDX-License-Identifier: MIT
//
// The real program `replay` in a folder of its own: files to play, targets, and what it left
// behind. Thread: the test's.
#pragma once

#include <rapidjson/document.h>
#include <sqlite3.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/process.h"
#include "support/temp_dir.h"

namespace macaw::test {

/// Pairs of Seldon calls, a line each; user N stands in lines 2N + 1 and 2N + 2.
inline std::string url_list(size_t lines, std::string_view host = "seldon-server") {
  std::string text;
  for (size_t k = 0; k < lines; ++k) {
    const std::string user = std::to_string(k / 2);
    text += "http://" + std::string(host);
    text += k % 2 == 0 ? "/js/recommendations?consumer_key=k&user=" + user + "&limit=10"
                       : "/js/action/new?consumer_key=k&user=" + user + "&item=7&type=1";
    text += "&jsonpCallback=cb\n";
  }
  return text;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// The stock library on a run database, as a person with sqlite3 would use it.
class Sql {
 public:
  explicit Sql(const std::string& path) {
    BOOST_REQUIRE_EQUAL(sqlite3_open_v2(path.c_str(), &raw_, SQLITE_OPEN_READWRITE, nullptr),
                        SQLITE_OK);
    sqlite3_busy_timeout(raw_, 10'000);
  }

  ~Sql() { sqlite3_close_v2(raw_); }

  Sql(const Sql&) = delete;
  Sql& operator=(const Sql&) = delete;

  /// All rows, columns joined by "|".
  std::vector<std::string> rows(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(raw_, sql.c_str(), -1, &statement, nullptr);
    BOOST_REQUIRE_MESSAGE(code == SQLITE_OK, sql << ": " << sqlite3_errmsg(raw_));
    std::vector<std::string> rows;
    while (sqlite3_step(statement) == SQLITE_ROW) {
      std::string row;
      for (int k = 0; k < sqlite3_column_count(statement); ++k) {
        const void* bytes = sqlite3_column_blob(statement, k);
        row += k == 0 ? "" : "|";
        row.append(static_cast<const char*>(bytes),
                   static_cast<size_t>(sqlite3_column_bytes(statement, k)));
      }
      rows.push_back(row);
    }
    BOOST_REQUIRE_MESSAGE(sqlite3_finalize(statement) == SQLITE_OK, sql);
    return rows;
  }

  /// The only row.
  std::string one(const std::string& sql) {
    const auto all = rows(sql);
    BOOST_REQUIRE_MESSAGE(all.size() == 1, sql << ": " << all.size() << " rows");
    return all.front();
  }

  double number(const std::string& sql) { return std::strtod(one(sql).c_str(), nullptr); }

  uint64_t count(const std::string& sql) { return std::strtoull(one(sql).c_str(), nullptr, 10); }

 private:
  sqlite3* raw_ = nullptr;
};

inline rapidjson::Document json_of(const std::string& text) {
  rapidjson::Document document;
  document.Parse(text.c_str(), text.size());
  BOOST_REQUIRE_MESSAGE(!document.HasParseError() && document.IsObject(), text);
  return document;
}

/// The folder of one test. Programs run in it, so that relative names are relative to it.
class ReplayFolder {
 public:
  const TempDir& dir() const { return dir_; }

  std::string db() const { return dir_ / "macaw.sqlite"; }

  ProcessOptions options(std::vector<std::string> args, std::string input = {}) const {
    ProcessOptions made;
    made.args = std::move(args);
    made.cwd = dir_.path();
    made.stdin_text = std::move(input);
    made.env_removed = {"NO_COLOR"};
    return made;
  }

  ProcessResult replay(std::vector<std::string> args, std::string input = {}) const {
    return run_process("replay", options(std::move(args), std::move(input)));
  }

  /// The main job, without the graphs (their port is one for all).
  ProcessResult play(std::vector<std::string> args, std::string input = {}) const {
    args.emplace_back("--no-ui");
    return replay(std::move(args), std::move(input));
  }

  /// What every stored run must stand: its own verification and the conservation of requests.
  void check_stored(Sql& sql, int64_t run = 1) const {
    const std::string of = " where run = " + std::to_string(run);
    const ProcessResult verified = replay({"verify", "macaw.sqlite", "--run", std::to_string(run)});
    BOOST_TEST(verified.code == 0, verified.out + verified.err);
    BOOST_TEST(sql.count("select scheduled - unsent from runs" + of) ==
               sql.count("select requests from endpoint_totals" + of + " and endpoint = 0"));
  }

 private:
  TempDir dir_;
};

/// `replay stub` on a free port.
class StubTarget {
 public:
  explicit StubTarget(std::vector<std::string> args = {})
      : process_("replay", {.args = with_port(std::move(args))}) {
    BOOST_REQUIRE(process_.wait_for_out("\n"));
    const std::string line = lines_of(process_.out()).front();
    const std::string_view ready = "listening on http://";
    BOOST_REQUIRE_MESSAGE(line.starts_with(ready), line);
    host_port_ = line.substr(ready.size());
  }

  Process& process() { return process_; }

  const std::string& host_port() const { return host_port_; }

 private:
  static std::vector<std::string> with_port(std::vector<std::string> args) {
    args.insert(args.begin(), {"stub", "--port", "0"});
    return args;
  }

  Process process_;
  std::string host_port_;
};

/// Signals a server until it ends. Once is enough, but for the thread sanitizer: it can lose a
/// signal that comes just before its program waits in the kernel.
inline int end_with(Process& process, int number) {
  for (int k = 0; k < 5; ++k) {
    process.signal(number);
    if (const auto status = process.wait(std::chrono::seconds(10))) {
      return status->shell();
    }
  }
  return -1;
}

/// How a whole run may end on a machine that others use too: 0, or 4 when the program itself found
/// that it was late, and says so.
inline void check_ended_well(const ProcessResult& result) {
  const bool invalid = contains(result.out, "INVALID");
  BOOST_TEST(result.code == (invalid ? 4 : 0), result.out + result.err);
}

}  // namespace macaw::test
