// SPDX-License-Identifier: MIT
//
// Every SQL example of the documents runs against a real database, through the library and through
// the stock shell where there is one; the views agree with the rows.

#include <sys/wait.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "store/store_fixture.h"

namespace macaw::store {

namespace {

using stats::Sample;

// Two runs; the second has 30 s, errors and every kind of row.
struct Database {
  Database() {
    for (const char* label : {"before", "after"}) {
      DrainedRun run(path, make_start(label));
      run.drain().command([](RunWriter& writer) {
        const Status added = writer.add_endpoint({1, "GET", "/js/recommendations"});
        return added.ok() ? writer.add_endpoint({2, "GET", "/js/action/new"}) : added;
      });
      stats::ConnectionCell connection;
      connection.tls_version = 13;
      run.push(connection);
      for (Sample sample : SampleSource(100).take(3'000)) {
        make_call(run, sample);
        run.push(sample);
        samples.push_back(sample);
      }
      stats::EventCell error;
      error.event = stats::EventKind::kError;
      error.outcome = stats::Outcome::kReset;
      error.endpoint = 1;
      error.text_size = 9;
      std::string("it's gone").copy(error.text.data(), 9);
      run.push(error);
      stats::HealthCell health;
      health.at_ns = 1'000'000'000;
      run.push(health);
      run.stop();
    }
    samples.erase(samples.begin(), samples.begin() + 3'000);
  }

  // One request in thirty is a gRPC call with a streamed answer, some of them fail.
  static void make_call(DrainedRun& run, Sample& sample) {
    if (sample.index % 30 != 0 || sample.outcome != stats::Outcome::kOk) {
      return;
    }
    const bool fails = sample.index % 600 == 0;
    sample.status = fails ? 1'014 : 1'000;
    sample.outcome = fails ? stats::Outcome::kGrpcError : stats::Outcome::kOk;
    stats::StreamCell stream;
    stream.index = sample.index;
    stream.messages = 4;
    stream.first_ns = kMs;
    stream.last_ns = 4 * kMs;
    run.push(stream);
  }

  TempDir dir;
  std::string path = dir.file("a.sqlite");
  std::vector<Sample> samples;
};

std::string source_file(const std::string& name) {
  const std::string path = std::string(std::getenv("MACAW_SOURCE_DIR")) + "/" + name;
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> sql_blocks(const std::string& markdown) {
  std::vector<std::string> blocks;
  const std::string begin = "\n```sql\n";
  for (size_t at = markdown.find(begin); at != std::string::npos; at = markdown.find(begin, at)) {
    at += begin.size();
    const size_t end = markdown.find("\n```", at);
    BOOST_REQUIRE(end != std::string::npos);
    blocks.push_back(markdown.substr(at, end - at) + "\n");
    at = end;
  }
  return blocks;
}

bool is_ddl(const std::string& block) {
  return block.starts_with("CREATE ");
}

// The statements of a block; none of the examples has a semicolon in a text.
std::vector<std::string> statements(const std::string& block) {
  std::vector<std::string> all;
  std::stringstream in(block);
  for (std::string statement; std::getline(in, statement, ';');) {
    if (statement.find_first_not_of(" \n") != std::string::npos) {
      all.push_back(statement);
    }
  }
  return all;
}

bool have_shell() {
  return std::system("sqlite3 --version >/dev/null 2>&1") == 0;
}

// What the stock shell prints, errors included; read-only, as a person would look.
std::string shell(const std::string& path, const std::string& sql, const TempDir& dir) {
  std::ofstream(dir.file("in.sql")) << sql;
  const std::string command =
      "sqlite3 -readonly -bail '" + path + "' < '" + dir.file("in.sql") + "' 2>&1";
  FILE* out = popen(command.c_str(), "r");
  BOOST_REQUIRE(out != nullptr);
  std::string text;
  std::array<char, 4'096> buffer{};
  while (const size_t size = fread(buffer.data(), 1, buffer.size(), out)) {
    text.append(buffer.data(), size);
  }
  const int status = pclose(out);
  BOOST_REQUIRE_MESSAGE(WIFEXITED(status) && WEXITSTATUS(status) == 0, sql << text);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schema_test)

BOOST_AUTO_TEST_CASE(examples_of_the_documents_run) {
  const Database database;
  PlainSqlite sqlite(database.path, SQLITE_OPEN_READONLY);
  const bool with_shell = have_shell();
  if (!with_shell) {
    BOOST_TEST_MESSAGE("no sqlite3 shell here: examples run through the library only");
  }
  size_t examples = 0;
  for (const char* document : {"src/store/SCHEMA.md", "README.md"}) {
    for (const std::string& block : sql_blocks(source_file(document))) {
      if (is_ddl(block)) {
        continue;
      }
      for (const std::string& statement : statements(block)) {
        ++examples;
        BOOST_TEST(!sqlite.rows(statement).empty(), document << ": no rows from\n" << statement);
        if (with_shell) {
          BOOST_TEST(!shell(database.path, statement + ";\n", database.dir).empty(), statement);
        }
      }
    }
  }
  BOOST_TEST(examples >= 11U);
}

BOOST_AUTO_TEST_CASE(the_page_shows_the_ddl_as_it_is) {
  const std::string schema = source_file("src/store/schema.sql");
  size_t tables = 0;
  for (const std::string& block : sql_blocks(source_file("src/store/SCHEMA.md"))) {
    if (is_ddl(block)) {
      BOOST_TEST(schema.find(block) != std::string::npos);
      for (size_t at = 0; (at = block.find("CREATE TABLE ", at)) != std::string::npos; ++at) {
        ++tables;
      }
    }
  }
  BOOST_TEST(tables == 15U);
}

BOOST_AUTO_TEST_CASE(every_view_has_rows_and_a_twin) {
  const Database database;
  PlainSqlite sqlite(database.path, SQLITE_OPEN_READONLY);
  const auto views = sqlite.rows("SELECT name FROM sqlite_master WHERE type = 'view'");
  BOOST_TEST(views.size() == 22U);
  for (const std::string& view : views) {
    BOOST_TEST(sqlite.one("SELECT count(*) > 0 FROM " + view) == "1", view);
    if (!view.ends_with("_by_run") && view != "run_summary" && view != "newest_run") {
      // The twin has one column more, and its newest run is the view.
      const std::string newest = "(SELECT max(run) FROM runs)";
      const auto of_view = sqlite.rows("SELECT " + newest + ", * FROM " + view);
      const auto of_twin = sqlite.rows("SELECT * FROM " + view + "_by_run WHERE run = " + newest);
      BOOST_TEST((of_view == of_twin), view);
    }
  }
}

BOOST_AUTO_TEST_CASE(requests_show_what_was_measured) {
  const Database database;
  PlainSqlite sqlite(database.path, SQLITE_OPEN_READONLY);
  const auto rows = sqlite.rows(
      "SELECT i, line, endpoint, round(intended_ms * 1e6), round(lag_ms * 1e6),"
      " round(response_ms * 1e6), round(service_ms * 1e6), outcome, status, worker FROM requests");
  BOOST_REQUIRE(rows.size() == database.samples.size());
  for (size_t k = 0; k < rows.size(); ++k) {
    const Sample& sample = database.samples[k];
    const bool sent = (sample.flags & stats::kFlagNotSent) == 0;
    const std::string expected = fmt::format(
        "{}|{}|{}|{}.0|{}.0|{}.0|{}|{}|{}|{}", static_cast<uint64_t>(sample.index), sample.line,
        sample.endpoint == 1 ? "/js/recommendations" : "/js/action/new", sample.intended_ns,
        static_cast<uint64_t>(sample.ready_ns), sample.done_ns,
        sent ? fmt::format("{}.0", sample.service_ns()) : "", stats::outcome_name(sample.outcome),
        static_cast<unsigned>(sample.status), sample.worker);
    BOOST_REQUIRE(rows[k] == expected);
  }
  BOOST_TEST(sqlite.one("SELECT at FROM requests WHERE i = 250") == "2026-11-21T02:35:03.623Z");
}

BOOST_AUTO_TEST_CASE(percentiles_of_the_views_are_those_of_the_rows) {
  const Database database;
  PlainSqlite sqlite(database.path, SQLITE_OPEN_READONLY);
  for (const auto& [column, q] :
       {std::pair{"p50_ms", 0.5}, std::pair{"p90_ms", 0.9}, std::pair{"p95_ms", 0.95}}) {
    const double stored = std::stod(
        sqlite.one(fmt::format("SELECT {} FROM endpoint_latency WHERE endpoint = 'all'", column)));
    const auto rank = static_cast<uint64_t>(std::ceil(q * 3'000));
    const double exact = std::stod(sqlite.one(
        fmt::format("SELECT response_ms FROM requests ORDER BY outcome <> 'ok', response_ms"
                    " LIMIT 1 OFFSET {}",
                    rank - 1)));
    BOOST_TEST(std::abs(stored - exact) <= 0.004 * exact);
  }
  // One request in a hundred fails, which p99.9 cannot ignore.
  BOOST_TEST(sqlite.one("SELECT p999_ms = 9e999, max_ms = 9e999, ok_p999_ms < 1000"
                        " FROM endpoint_latency WHERE endpoint = 'all'") == "1|1|1");
  BOOST_TEST(sqlite.one("SELECT sum(requests) FROM second_latency") == "3000");
  BOOST_TEST(sqlite.one("SELECT sum(count) FROM outcomes WHERE endpoint = 'all'") == "3000");
  for (const char* endpoint : {"all", "/js/recommendations"}) {
    const std::string where = fmt::format(" WHERE endpoint = '{}'", endpoint);
    BOOST_TEST(sqlite.one("SELECT status, outcome, count FROM statuses" + where + " LIMIT 1") ==
               sqlite.one("SELECT status, outcome, count(*) FROM requests" +
                          (endpoint == std::string_view("all") ? std::string() : where) +
                          " GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1"));
  }
  BOOST_TEST(sqlite.one("SELECT count(*), sum(count) FROM statuses WHERE endpoint = 'all'") ==
             sqlite.one("SELECT count(*), sum(n) FROM (SELECT count(*) AS n FROM requests"
                        " GROUP BY status, outcome)"));
  BOOST_TEST(sqlite.one("SELECT example FROM outcomes WHERE endpoint = 'all'"
                        " AND outcome = 'reset'") == "it's gone");
  BOOST_TEST(sqlite.one("SELECT round(rps, 3) FROM endpoint_latency WHERE endpoint = 'all'") ==
             "50.0");
}

BOOST_AUTO_TEST_CASE(counting_to_the_bucket_finds_the_exact_percentile) {
  const Database database;
  PlainSqlite sqlite(database.path, SQLITE_OPEN_READONLY);
  std::string query;
  for (const std::string& block : sql_blocks(source_file("src/store/SCHEMA.md"))) {
    query = block.find("AS exact_ms") == std::string::npos ? query : block;
  }
  BOOST_TEST_REQUIRE(!query.empty());
  std::vector<uint64_t> all;  // failures are slower than any success
  for (const Sample& sample : database.samples) {
    all.push_back(stats::is_success(sample.outcome) ? sample.response_ns() : UINT64_MAX);
  }
  std::sort(all.begin(), all.end());
  const auto replace_all = [](std::string text, const std::string& from, const std::string& to) {
    for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
      text.replace(at, from.size(), to);
    }
    return text;
  };
  for (const uint64_t percent : {50U, 90U, 95U}) {
    const std::string number = std::to_string(percent);
    const auto found = sqlite.rows(replace_all(replace_all(query, "p95_ms", "p" + number + "_ms"),
                                               "* 95 ", "* " + number + " "));
    const uint64_t rank = (all.size() * percent + 99) / 100;
    BOOST_TEST_REQUIRE(found.size() == 1U);
    BOOST_TEST(std::llround(std::stod(found[0]) * 1e6) == static_cast<int64_t>(all[rank - 1]));
  }
  // p99.9 falls among the failures.
  const auto none =
      sqlite.rows(replace_all(replace_all(query, "p95_ms", "p999_ms"), "* 95 ", "* 100 "));
  BOOST_TEST(none.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::store
