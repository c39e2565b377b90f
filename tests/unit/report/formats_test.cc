// SPDX-License-Identifier: MIT
//
// Each format against its golden, and what all of them must agree about.
#include "macaw/report/formats.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <ostream>
#include <set>

#include "browser/made_run.h"
#include "format_run.h"
#include "support/golden.h"

namespace macaw::report {

BOOST_AUTO_TEST_SUITE(formats_test)

namespace {

struct GoldenCase {
  std::string format;
  std::string file;
  FormatOptions options;
};

std::ostream& operator<<(std::ostream& out, const GoldenCase& of) {
  return out << of.file;
}

FormatOptions with_clock(Clock clock) {
  FormatOptions options;
  options.clock = clock;
  return options;
}

FormatOptions with_table(CsvTable table) {
  FormatOptions options;
  options.table = table;
  return options;
}

FormatOptions with_rounding() {
  FormatOptions options;
  options.locust_rounding = true;
  return options;
}

FormatOptions with_rules(const std::vector<std::string>& rules) {
  FormatOptions options;
  for (const std::string& rule : rules) {
    options.fail_if.push_back(parse_threshold(rule).value());
  }
  return options;
}

const std::vector<GoldenCase> kGoldenCases = {
    {"csv", "requests.csv", {}},
    {"csv", "seconds.csv", with_table(CsvTable::kSeconds)},
    {"csv", "endpoints.csv", with_table(CsvTable::kEndpoints)},
    {"hgrm", "response.hgrm", {}},
    {"hgrm", "service.hgrm", with_clock(Clock::kService)},
    {"vegeta", "vegeta.txt", {}},
    {"vegeta", "vegeta_service.txt", with_clock(Clock::kService)},
    {"vegeta-json", "vegeta.json", {}},
    {"vegeta-results", "vegeta_results.jsonl", {}},
    {"vegeta-results", "vegeta_results_service.jsonl", with_clock(Clock::kService)},
    {"vegeta-csv", "vegeta_results.csv", {}},
    {"ghz", "ghz.json", {}},
    {"locust-stats", "locust_stats.csv", {}},
    {"locust-stats", "locust_stats_rounded.csv", with_rounding()},
    {"locust-history", "locust_stats_history.csv", {}},
    {"locust-history", "locust_stats_history_rounded.csv", with_rounding()},
    {"locust-failures", "locust_failures.csv", {}},
    {"locust-exceptions", "locust_exceptions.csv", {}},
    {"locust-distribution", "locust_distribution.csv", {}},
    {"locust-distribution", "locust_distribution_rounded.csv", with_rounding()},
    {"junit", "junit.xml",
     with_rules({"p50<1s", "errors>10%", "say \"hi\", <b>&:p50>1ms", "nowhere:p99>1ms"})},
};

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const Format& format : formats()) {
    names.emplace_back(format.name);
  }
  return names;
}

/// What a reader gets when the sink fails after so many bytes.
struct FullDisk {
  size_t room;
  size_t calls_after_error = 0;
  bool failed = false;

  Status operator()(std::string_view bytes) {
    calls_after_error += failed ? 1 : 0;
    if (bytes.size() > room) {
      failed = true;
      return errorf("disk full");
    }
    room -= bytes.size();
    return {};
  }
};

}  // namespace

BOOST_DATA_TEST_CASE(golden, kGoldenCases, golden_case) {
  const FormatRun run;
  test::check_golden("unit/report/golden/formats/" + golden_case.file,
                     run.written(golden_case.format, golden_case.options));
}

BOOST_AUTO_TEST_CASE(locust_writes_the_files_of_its_parts) {
  const FormatRun run;
  const std::vector<std::pair<std::string, std::string>> parts = {
      {"_stats.csv", "locust-stats"},
      {"_stats_history.csv", "locust-history"},
      {"_failures.csv", "locust-failures"},
      {"_exceptions.csv", "locust-exceptions"},
      {"_distribution.csv", "locust-distribution"},
  };
  const Format& locust = **find_format("locust");
  BOOST_TEST_REQUIRE(locust.files.size() == parts.size());
  for (size_t k = 0; k < parts.size(); ++k) {
    BOOST_TEST(locust.files[k].suffix == parts[k].first);
    BOOST_TEST(run.written("locust", {}, k) == run.written(parts[k].second));
  }
}

BOOST_AUTO_TEST_CASE(names_are_unique_and_listed_in_the_error) {
  std::set<std::string> seen;
  const auto unknown = find_format("xlsx");
  BOOST_TEST_REQUIRE(!unknown.ok());
  for (const std::string& name : format_names()) {
    BOOST_TEST(seen.insert(name).second, name);
    BOOST_TEST(find_format(name).ok());
    BOOST_TEST(unknown.error().message().find(name) != std::string::npos, name);
  }
}

BOOST_DATA_TEST_CASE(a_run_without_requests_can_be_written, format_names(), name) {
  FormatRunOptions options;
  options.with_requests = false;
  const FormatRun run(options);
  for (size_t file = 0; file < (*find_format(name))->files.size(); ++file) {
    const std::string text = run.written(name, {}, file);
    for (const char* number : {":nan", ",nan", ":inf", ",inf", " nan", " inf"}) {
      BOOST_TEST(text.find(number) == std::string::npos, text);
    }
    BOOST_TEST(
        (name.starts_with("vegeta-") && name != "vegeta-json" ? text.empty() : !text.empty()),
        text);
  }
}

BOOST_AUTO_TEST_CASE(an_empty_run_in_the_words_of_the_peers) {
  FormatRunOptions options;
  options.with_requests = false;
  const FormatRun run(options);
  BOOST_TEST(
      run.written("vegeta-json") ==
      "{\"latencies\":{\"total\":0,\"mean\":0,\"50th\":0,\"90th\":0,\"95th\":0,\"99th\":0,"
      "\"max\":0,\"min\":0},\"bytes_in\":{\"total\":0,\"mean\":0},\"bytes_out\":{\"total\":"
      "0,\"mean\":0},\"earliest\":\"0001-01-01T00:00:00Z\",\"latest\":\"0001-01-01T00:00:00Z"
      "\",\"end\":\"0001-01-01T00:00:00Z\",\"duration\":0,\"wait\":0,\"requests\":0,\"rate\":"
      "0,\"throughput\":0,\"success\":0,\"status_codes\":{},\"errors\":[]}\n");
  const std::string stats = run.written("locust-stats");
  BOOST_TEST(stats.ends_with("\r\n,Aggregated,0,0,0,0.0,0,0,0,0.0,0.0,N/A,N/A,N/A,N/A,N/A,N/A,N/A,"
                             "N/A,N/A,N/A,N/A\r\n"),
             stats);
  const std::string ghz = run.written("ghz");
  BOOST_TEST(ghz.ends_with("\"latencyDistribution\":null,\"histogram\":null,\"details\":null}"),
             ghz);
}

// A write error must end the reading of ten million rows, and nothing is written behind it.
BOOST_DATA_TEST_CASE(a_full_disk_ends_the_report, format_names(), name) {
  test::TempDir folder;
  test::MadeRunOptions options;
  options.database = folder / "macaw.sqlite";
  options.trouble = false;
  test::MadeRun(options).finish();
  const auto reader = store::RunReader::open(options.database);
  BOOST_TEST_REQUIRE(reader.ok());
  const auto summary = read_summary(**reader, 0);
  BOOST_TEST_REQUIRE(summary.ok());
  const FormatOptions format_options;
  FullDisk disk{10};
  const ByteSink sink = std::ref(disk);
  const Status status =
      (*find_format(name))->files[0].write({reader->get(), &*summary, &format_options}, sink);
  BOOST_TEST_REQUIRE(!status.ok());
  BOOST_TEST(status.error().message() == "disk full");
  BOOST_TEST(disk.calls_after_error == 0U);
}

BOOST_AUTO_TEST_CASE(formats_of_rows_refuse_a_run_that_kept_only_some) {
  FormatRunOptions options;
  options.rows = {store::RowPolicy::Kind::kSample, 10};
  const FormatRun run(options);
  for (const Format& format : formats()) {
    const Status status = check_format(format, run.summary());
    BOOST_TEST(status.ok() == !format.needs_rows, std::string(format.name));
    if (!status.ok()) {
      BOOST_TEST(status.error().message().find("--rows sample:10") != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_run_that_is_still_being_played_can_be_written) {
  FormatRunOptions options;
  options.finished = false;
  const FormatRun run(options);
  BOOST_TEST((run.summary().run.state == store::RunState::kRunning));
  BOOST_TEST(run.written("vegeta-results") == FormatRun().written("vegeta-results"));
  BOOST_TEST(run.written("junit").find(">RUNNING<") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_invalid_run_fails_its_first_case) {
  FormatRunOptions options;
  options.verdict = {stats::VerdictKind::kInvalid, "3 rows were lost"};
  const std::string xml = FormatRun(options).written("junit");
  BOOST_TEST(xml.find("tests=\"1\" failures=\"1\" errors=\"0\"") != std::string::npos, xml);
  BOOST_TEST(xml.find("message=\"INVALID: 3 rows were lost\"") != std::string::npos, xml);
}

BOOST_AUTO_TEST_CASE(grpc_calls_in_the_words_of_the_peers) {
  FormatRunOptions options;
  options.grpc = true;
  const FormatRun run(options);
  const auto holds = [&run](const char* format, const std::string& part) {
    const std::string text = run.written(format);
    BOOST_TEST(text.find(part) != std::string::npos, format << " has no " << part << ":\n" << text);
  };
  // 12 requests: one refused, one timed out, the rest has a status of its own.
  holds("ghz", "\"statusCodeDistribution\":{\"DeadlineExceeded\":2,\"OK\":8,\"Unavailable\":2}");
  holds("ghz", "\"rpc error: code = DeadlineExceeded\":1");
  holds("ghz", "\"error\":\"rpc error: code = Unavailable\",\"status\":\"Unavailable\"}");
  // vegeta reads HTTP, where the answer to a call is a 200.
  holds("vegeta-json", "\"status_codes\":{\"0\":2,\"200\":10}");
  holds("vegeta-json", "\"UNAVAILABLE (14)\"");
  holds("locust-failures", "/js/recommendations,UNAVAILABLE (14): as its server says,1");
  holds("csv", ",1014,UNAVAILABLE,grpc_error,");
  holds("csv", ",1000,OK,ok,");
  holds("csv", ",0,,timeout,");
}

// The lines of the plot must never go back in time, and their numbers have no gaps.
BOOST_AUTO_TEST_CASE(results_by_the_service_clock_are_in_order_of_sending) {
  const FormatRun run;
  std::vector<uint64_t> order;
  int64_t before = 0;
  BOOST_TEST_REQUIRE(run.reader()
                         .stream_samples(1, store::RunReader::SampleOrder::kSent,
                                         [&](const stats::Sample& sample) -> Status {
                                           const int64_t sent =
                                               sample.intended_ns +
                                               static_cast<int64_t>(sample.sent_ns);
                                           BOOST_TEST(sent >= before);
                                           before = sent;
                                           order.push_back(sample.index);
                                           return {};
                                         })
                         .ok());
  const std::vector<uint64_t> expected = {0, 1, 2, 4, 5, 3, 6, 7, 8, 9, 10, 11};
  BOOST_TEST(order == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::report
