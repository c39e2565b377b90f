// SPDX-License-Identifier: MIT
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "report_runs.h"
#include "support/golden.h"
#include "table.h"

namespace macaw::report {

BOOST_AUTO_TEST_SUITE(text_test)

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end == std::string::npos ? text.size() : end + 1;
  }
  return lines;
}

/// The words, without escape sequences and without either mark of unsupported percentiles.
std::vector<std::string> words_of(std::string text) {
  for (size_t at; (at = text.find('\x1b')) != std::string::npos;) {
    text.erase(at, text.find('m', at) - at + 1);
  }
  std::vector<std::string> words;
  std::istringstream in(text);
  for (std::string word; in >> word;) {
    word.erase(0, word.starts_with('~') ? 1 : 0);
    words.push_back(word == "dim:" ? ":" : word);
  }
  return words;
}

struct Case {
  const char* name;
  RunSummary (*make)();
};

std::ostream& operator<<(std::ostream& out, const Case& one) {
  return out << one.name;
}

const std::vector<Case> kCases = {
    {"healthy", healthy_run}, {"failing", failing_run}, {"tiny", tiny_run}, {"killed", killed_run}};

}  // namespace

BOOST_DATA_TEST_CASE(golden, kCases) {
  const RunSummary summary = sample.make();
  test::check_golden("unit/report/golden/" + std::string(sample.name) + ".txt",
                     format_text(summary, {}));
}

BOOST_AUTO_TEST_CASE(golden_in_colour) {
  test::check_golden("unit/report/golden/failing_colour.txt",
                     format_text(failing_run(), {/*colour=*/true, 100}));
}

BOOST_DATA_TEST_CASE(fits_into_100_columns_and_ends_lines_without_blanks, kCases) {
  const std::string text = format_text(sample.make(), {});
  BOOST_TEST(text.ends_with("\n"));
  for (const std::string& line : lines_of(text)) {
    BOOST_TEST(text_width(line) <= 100U, line);
    BOOST_TEST(!line.ends_with(" "), line);
  }
}

BOOST_DATA_TEST_CASE(colour_changes_only_the_mark_of_unsupported_percentiles, kCases) {
  const RunSummary summary = sample.make();
  const std::string coloured = format_text(summary, {/*colour=*/true, 200});
  BOOST_TEST(coloured.find('\x1b') != std::string::npos);
  BOOST_TEST(words_of(coloured) == words_of(format_text(summary, {false, 200})),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_targets_text_cannot_reach_the_terminal) {
  const std::string text = format_text(failing_run(), {});
  BOOST_TEST(text.find('\x1b') == std::string::npos);
  BOOST_TEST(text.find("\\x1b[2Junknown\\xc2\\x9buser") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(broken_conservation_is_shouted) {
  RunSummary summary = healthy_run();
  summary.run.counts.scheduled = 6001;
  const std::string text = format_text(summary, {});
  BOOST_TEST(text.find("scheduled 6,001 = 6,000 ok + 0 unsent (DOES NOT HOLD)") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_the_machine_does_all_the_time_takes_one_line) {
  RunSummary summary = failing_run();
  const std::vector<store::EventRow> others = summary.events;
  summary.events.clear();
  for (int second = 1; second <= 30; ++second) {
    store::EventRow steal;
    steal.kind = stats::EventKind::kSteal;
    steal.at = from_seconds(second);
    steal.value = 40'000'000;
    summary.events.push_back(steal);
  }
  summary.events.insert(summary.events.end(), others.begin(), others.end());
  const std::string text = format_text(summary, {});
  BOOST_TEST(text.find("\n  steal in 30 seconds, 1.20 s in all\n") != std::string::npos, text);
  BOOST_TEST(text.find("\n  stall of ") != std::string::npos);
  BOOST_TEST(text.find("in the table events") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_was_done_is_not_pushed_out_by_what_happened) {
  RunSummary summary = healthy_run();
  for (int second = 0; second < 30; ++second) {
    store::EventRow stall;
    stall.at = std::chrono::seconds(second);
    stall.kind = stats::EventKind::kStall;
    stall.value = 12'000'000;
    summary.events.push_back(stall);
  }
  store::EventRow change;
  change.at = std::chrono::seconds(30);
  change.kind = stats::EventKind::kRateChange;
  change.text = "60/s -> 150/s";
  summary.events.push_back(change);
  const std::string text = format_text(summary, {});
  BOOST_TEST(text.find("rate_change at 30 s: 60/s -> 150/s\n") != std::string::npos, text);
  BOOST_TEST(text.find("and 20 more, in the table events") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(only_the_busiest_of_many_endpoints_are_shown) {
  RunSummary summary = healthy_run();
  for (uint16_t k = 3; k < 100; ++k) {
    stats::Aggregate few;
    stats::Sample one;
    one.done_ns = 1000;
    few.add(one);
    summary.totals.push_back({{k, "GET", "/rare/" + std::to_string(k)}, few});
  }
  const std::string text = format_text(summary, {});
  BOOST_TEST(text.find("/js/recommendations") != std::string::npos);
  BOOST_TEST(text.find("/rare/20") != std::string::npos);
  BOOST_TEST(text.find("/rare/21") == std::string::npos);
  BOOST_TEST(text.find("and 79 more endpoints") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::report
