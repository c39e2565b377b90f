// SPDX-License-Identifier: MIT
//
// Summaries of runs that were really stored.
#include <boost/test/unit_test.hpp>

#include "browser/made_run.h"
#include "macaw/report/summary.h"
#include "macaw/report/threshold.h"
#include "support/temp_dir.h"

namespace macaw::report {

BOOST_AUTO_TEST_SUITE(read_summary_test)

namespace {

struct StoredRuns {
  test::MadeRunOptions options() const {
    test::MadeRunOptions options;
    options.database = folder / "macaw.sqlite";
    return options;
  }

  RunSummary read(int64_t run) const {
    auto reader = store::RunReader::open(folder / "macaw.sqlite");
    BOOST_REQUIRE(reader.ok());
    auto summary = read_summary(**reader, run);
    BOOST_REQUIRE(summary.ok());
    return std::move(*summary);
  }

  test::TempDir folder;
};

bool holds_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_finished_run, StoredRuns) {
  test::MadeRun(options()).finish();
  const RunSummary summary = read(0);
  BOOST_TEST(summary.run.run == 1);
  BOOST_TEST(summary.database == folder / "macaw.sqlite");
  BOOST_TEST(summary.totals.size() == 3U);
  BOOST_TEST(summary.totals[0].totals.requests() == 5500U);
  // On both endpoints requests time out and get 503: four kinds of error.
  BOOST_TEST(summary.errors.size() == 4U);
  BOOST_TEST(summary.events.empty());
  uint64_t errors = 0;
  for (const store::EventRow& error : summary.errors) {
    errors += error.count;
  }
  BOOST_TEST(errors == summary.totals[0].totals.errors());
  const std::string text = format_text(summary, {});
  BOOST_TEST(text.starts_with("VALID\nout.txt -> 127.0.0.1:8080\n"));
  BOOST_TEST(holds_line(text,
                        "scheduled 5,500 = 5,411 ok + 20 http_error + 69 timeout + 0 unsent "
                        "(holds)"));
  BOOST_TEST(holds_line(text, "run 1 in " + (folder / "macaw.sqlite")));
  BOOST_TEST(evaluate(*parse_threshold("/js/action/new:errors>=43"), summary)->breached);
  BOOST_TEST(!evaluate(*parse_threshold("/js/action/new:errors>43"), summary)->breached);
}

BOOST_FIXTURE_TEST_CASE(a_running_run_says_how_far_it_is, StoredRuns) {
  test::MadeRun made(options());
  for (int k = 0; k < 7; ++k) {
    made.add_second();
  }
  const RunSummary summary = read(1);
  BOOST_TEST(summary.run.counts.sent == 700U);
  BOOST_TEST(summary.achieved_rps() == 100.0);
  const std::string text = format_text(summary, {});
  BOOST_TEST(text.starts_with("RUNNING  the run is still being played: no verdict yet\n"));
  BOOST_TEST(holds_line(text, "700 requests answered or failed so far"));
}

BOOST_FIXTURE_TEST_CASE(a_killed_run, StoredRuns) {
  {
    test::MadeRun made(options());
    made.add_second();
  }
  const RunSummary summary = read(1);
  BOOST_TEST(summary.run.counts.sent == 100U);
  BOOST_TEST(format_text(summary, {}).starts_with("SUSPECT  the run was killed"));
  BOOST_TEST(holds_line(format_text(summary, {}), "100 requests answered or failed so far"));
}

BOOST_FIXTURE_TEST_CASE(an_unknown_run, StoredRuns) {
  test::MadeRun(options()).finish();
  auto reader = store::RunReader::open(folder / "macaw.sqlite");
  BOOST_REQUIRE(reader.ok());
  const auto summary = read_summary(**reader, 9);
  BOOST_REQUIRE(!summary.ok());
  BOOST_TEST(summary.error().message() == (folder / "macaw.sqlite") + ": there is no run 9");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::report
