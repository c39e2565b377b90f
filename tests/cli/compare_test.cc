// SPDX-License-Identifier: MIT
//
// `replay compare` on databases whose truth is known.
#include "cli/compared_runs.h"
#include "replay_fixture.h"
#include "support/golden.h"

namespace macaw::test {

namespace {

/// A database with runs 1, 2, ... as given.
struct ComparedFolder : ReplayFolder {
  explicit ComparedFolder(const std::vector<ComparedRunOptions>& runs) {
    for (ComparedRunOptions run : runs) {
      run.seed = ++seed;
      write_compared_run(db(), run);
    }
  }

  ProcessResult compare(std::vector<std::string> args) const {
    args.insert(args.begin(), {"compare", "macaw.sqlite"});
    return replay(std::move(args));
  }

  uint64_t seed = 0;
};

std::string first_line(const ProcessResult& result) {
  return result.out.empty() ? result.err : lines_of(result.out).front();
}

ComparedRunOptions slower_by(double factor) {
  ComparedRunOptions options;
  options.label = "after";
  options.factor = factor;
  return options;
}

ComparedRunOptions before() {
  ComparedRunOptions options;
  options.label = "before";
  return options;
}

ComparedRunOptions short_run() {
  ComparedRunOptions options;
  options.requests = 3'000;
  options.seconds = 30;
  return options;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(compare_test)

BOOST_AUTO_TEST_CASE(a_slower_run_is_called_slower) {
  const ComparedFolder folder({before(), slower_by(1.2)});
  const ProcessResult text = folder.compare({"1", "2"});
  BOOST_TEST(text.code == 0, text.err);
  BOOST_TEST(first_line(text).starts_with("B is slower: p99 +"), text.out);
  check_golden("cli/golden/compare.txt", text.out);
  const ProcessResult json = folder.compare({"1", "2", "--format", "json", "--fail-if", "p99>+5%"});
  BOOST_TEST(json.code == 3);
  check_golden("cli/golden/compare.json", json.out);
  const ProcessResult back = folder.compare({"2", "1"});
  BOOST_TEST(first_line(back).starts_with("B is faster: p99 -"), back.out);
}

BOOST_AUTO_TEST_CASE(numbers_in_json_are_right) {
  const ComparedFolder folder({before(), slower_by(1.2)});
  const auto json = json_of(folder.compare({"1", "2", "--format", "json"}).out);
  const auto& all = json["endpoints"][0];
  Sql sql(folder.db());
  // The nearest rank of 20,000 rows, exactly.
  const double exact = sql.number(
      "select response_ms from requests_by_run where run = 1 order by response_ms limit 1 "
      "offset 19799");
  BOOST_TEST(all["changes"][3]["statistic"].GetString() == std::string("p99"));
  BOOST_TEST(all["changes"][3]["a_ms"].GetDouble() == exact, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(all["changes"][3]["primary"].GetBool());
  for (const auto& change : all["changes"].GetArray()) {
    if (change["change"].GetString() == std::string("not_enough")) {
      BOOST_TEST(change["statistic"].GetString() == std::string("p99.9"));
      BOOST_TEST(change["missing"]["need"].GetUint64() == 100'000U);
      continue;
    }
    // 20 us are on the generator's side and do not grow.
    BOOST_TEST(change["change_low_percent"].GetDouble() < 20);
    BOOST_TEST(change["change_high_percent"].GetDouble() > 19.5);
  }
}

BOOST_AUTO_TEST_CASE(equal_runs_show_no_change_and_the_same_bytes_again) {
  const ComparedFolder folder({before(), before(), before()});
  const ProcessResult text = folder.compare({"2", "3"});
  BOOST_TEST(first_line(text).starts_with("No change found: p99"), text.out);
  BOOST_TEST(contains(first_line(text), "p50 unchanged"), text.out);
  BOOST_TEST(folder.compare({"2", "3"}).out == text.out);
  BOOST_TEST(folder.compare({"2", "3", "--seed", "2"}).out != text.out);
  BOOST_TEST(folder.compare({"2", "3", "--fail-if", "p99>+1%", "--fail-if", "p50<-1%"}).code == 0);
  const ProcessResult demand = folder.compare({"2", "3", "--fail-if", "p50>-1%"});
  BOOST_TEST(demand.code == 3, demand.err);
}

BOOST_AUTO_TEST_CASE(conditions_decide_the_exit_code) {
  const ComparedFolder folder({before(), slower_by(1.2)});
  for (const char* condition : {"p99>+5%", "p50>+500us", "mean>=+10%", "/js/action/new:p90>+5%"}) {
    const ProcessResult breached = folder.compare({"1", "2", "--fail-if", condition});
    BOOST_TEST(breached.code == 3, condition);
    BOOST_TEST(contains(breached.err, condition), breached.err);
    BOOST_TEST(first_line(breached).starts_with("B is slower"));
  }
  for (const char* condition : {"p99>+40%", "p50>+30ms", "p95<-1%"}) {
    BOOST_TEST(folder.compare({"1", "2", "--fail-if", condition}).code == 0, condition);
  }
  // A gate does not pass on nothing.
  const ProcessResult missing = folder.compare({"1", "2", "--fail-if", "p99.9>+500%"});
  BOOST_TEST(missing.code == 3);
  BOOST_TEST(contains(missing.err, "80,000 more"), missing.err);
  for (const char* condition : {"p99>5%", "p98>+5%", "p99>+5", "errors>+1%", "service.p99>+5%",
                                "/nowhere:p99>+5%", "p99+5%"}) {
    const ProcessResult wrong = folder.compare({"1", "2", "--fail-if", condition});
    BOOST_TEST(wrong.code == 1, condition);
    BOOST_TEST(lines_of(wrong.err).size() == 1U, wrong.err);
  }
}

BOOST_AUTO_TEST_CASE(an_invalid_run_is_refused) {
  ComparedRunOptions invalid = before();
  invalid.verdict = {stats::VerdictKind::kInvalid, "3 rows were lost"};
  const ComparedFolder folder({before(), invalid});
  const ProcessResult refused = folder.compare({"1", "2"});
  BOOST_TEST(refused.code == 4);
  BOOST_TEST(refused.out == "");
  BOOST_TEST(contains(refused.err, "3 rows were lost"), refused.err);
  const ProcessResult accepted = folder.compare({"1", "2", "--accept-invalid"});
  BOOST_TEST(accepted.code == 0);
  BOOST_TEST(contains(accepted.out, "warning: run 2 of B is INVALID: 3 rows were lost"),
             accepted.out);
}

BOOST_AUTO_TEST_CASE(two_databases_and_why_runs_are_no_pairs) {
  const ComparedFolder folder({before(), before(), before()});
  ComparedRunOptions other = slower_by(1.3);
  other.seed = 77;
  write_compared_run(folder.dir() / "other.sqlite", other);
  other.seed = 78;
  other.file_sha256 = std::string(64, 'b');
  write_compared_run(folder.dir() / "other.sqlite", other);
  other.seed = 79;
  other.file_sha256 = std::string(64, 'a');
  other.first_line = 100;
  write_compared_run(folder.dir() / "other.sqlite", other);

  const ProcessResult same = folder.compare({"other.sqlite", "--run-b", "1"});
  BOOST_TEST(contains(same.out, "run 3 of macaw.sqlite"), same.out);
  BOOST_TEST(contains(same.out, "\npaired: the same file and the same records"), same.out);
  const ProcessResult files = folder.compare({"other.sqlite", "--run-a", "2", "--run-b", "2"});
  BOOST_TEST(contains(files.out, "\nunpaired: the replay files differ"), files.out);
  BOOST_TEST(!contains(files.out, "Records that moved"), files.out);
  const ProcessResult newest = folder.compare({"other.sqlite"});
  BOOST_TEST(contains(newest.out,
                      "unpaired: the same file, but request 0 is line 1 in A and line "
                      "100 in B"),
             newest.out);
  for (const ProcessResult* result : {&same, &files, &newest}) {
    BOOST_TEST(result->code == 0, result->err);
    BOOST_TEST(first_line(*result).starts_with("B is slower"), result->out);
  }
}

BOOST_AUTO_TEST_CASE(too_few_requests_say_how_many_are_missing) {
  const ComparedFolder folder({short_run(), short_run()});
  const ProcessResult result = folder.compare({"1", "2"});
  BOOST_TEST(result.code == 0, result.err);
  BOOST_TEST(first_line(result) ==
                 "Not enough data to compare p99: 3,000 requests on a side, 10,000 needed: 7,000 "
                 "more",
             result.out);
  const ProcessResult median = folder.compare({"1", "2", "--primary", "p50"});
  BOOST_TEST(first_line(median).starts_with("No change found: p50"), median.out);
}

BOOST_AUTO_TEST_CASE(runs_of_unequal_length_are_compared_as_far_as_both_go) {
  const ComparedFolder folder({before(), [] {
                                 ComparedRunOptions options = before();
                                 options.requests = 12'000;
                                 options.seconds = 120;
                                 return options;
                               }()});
  const ProcessResult result = folder.compare({"1", "2"});
  BOOST_TEST(contains(result.out, "only the first 12,000 requests of each are compared"),
             result.out);
  BOOST_TEST(contains(result.out, "all: 12,000 and 12,000 requests"), result.out);
}

BOOST_AUTO_TEST_CASE(endpoints_and_records_that_moved_are_named) {
  ComparedRunOptions one_endpoint = before();
  one_endpoint.endpoint_factor = 1.5;
  ComparedRunOptions some_lines = before();
  some_lines.slow_lines_ms = 60;
  const ComparedFolder folder({before(), one_endpoint, some_lines});
  const auto endpoint =
      json_of(folder.compare({"1", "2", "--format", "json", "--primary", "p90"}).out);
  BOOST_TEST_REQUIRE(endpoint["moved_endpoints"].Size() == 1U);
  BOOST_TEST(endpoint["moved_endpoints"][0].GetString() == std::string("/js/action/new"));
  const ProcessResult chosen = folder.compare({"1", "2", "--primary", "/js/action/new:mean"});
  BOOST_TEST(first_line(chosen).starts_with("B is slower: mean of /js/action/new +"), chosen.out);
  const auto records = json_of(folder.compare({"1", "3", "--format", "json"}).out);
  const auto& moved = records["moved_records"];
  BOOST_TEST_REQUIRE(moved.Size() == 10U);
  for (const auto& record : moved.GetArray()) {
    BOOST_TEST(record["line"].GetUint64() % 200 == 8U);
    BOOST_TEST(record["pairs"].GetUint64() == 10U);
    BOOST_TEST(record["difference_ms"].GetDouble() > 50);
  }
}

BOOST_AUTO_TEST_CASE(failures_are_slower_than_anything) {
  ComparedRunOptions failing = before();
  failing.failures_per_1000 = 30;
  const ComparedFolder folder({before(), failing, failing});
  const ProcessResult worse = folder.compare({"1", "2", "--fail-if", "p99>+5%"});
  BOOST_TEST(contains(first_line(worse), "B is slower: p99 from "), worse.out);
  BOOST_TEST(contains(first_line(worse), " to > 30 s"), worse.out);
  BOOST_TEST(worse.code == 3);
  const ProcessResult both = folder.compare({"2", "3", "--fail-if", "p99>+5%"});
  BOOST_TEST(first_line(both).starts_with("Both fail: p99 is > 30 s"), both.out);
  BOOST_TEST(both.code == 3);
  const auto json = json_of(folder.compare({"1", "2", "--format", "json"}).out);
  const auto& p99 = json["endpoints"][0]["changes"][3];
  BOOST_TEST(p99["b_ms"].IsNull());
  BOOST_TEST(p99["failed"][0].GetString() == std::string("b_ms"));
}

BOOST_AUTO_TEST_CASE(several_runs_a_side_are_the_units) {
  ComparedRunOptions slower = short_run();
  slower.factor = 1.3;
  const ComparedFolder folder({short_run(), slower, short_run(), slower, short_run(), slower});
  const ProcessResult result = folder.compare({"--a", "1,3,5", "--b", "2,4,6"});
  BOOST_TEST(result.code == 0, result.err);
  BOOST_TEST(first_line(result).starts_with("B is slower: p99 +"), result.out);
  BOOST_TEST(contains(result.out, "the run is the unit (3 and 3)"), result.out);
  const ProcessResult two = folder.compare({"--a", "1,3", "--b", "2,4"});
  BOOST_TEST(contains(first_line(two), "2 runs on a side, 3 needed: 1 more"), two.out);
  BOOST_TEST(contains(two.out, "\nnot enough data for p50, p90, p95, p99, p99.9, mean: 2 runs"),
             two.out);
  const ProcessResult uneven = folder.compare({"--a", "1,3,5", "--b", "2,4"});
  BOOST_TEST(contains(uneven.out, "unpaired: 3 runs against 2"), uneven.out);
}

BOOST_AUTO_TEST_CASE(runs_without_all_rows_are_compared_by_their_histograms) {
  ComparedRunOptions a = before();
  a.rows.kind = store::RowPolicy::Kind::kErrors;
  ComparedRunOptions b = a;
  b.factor = 1.2;
  const ComparedFolder folder({a, b, before(), slower_by(1.2)});
  const ProcessResult text = folder.compare({"1", "2"});
  BOOST_TEST(first_line(text).starts_with("B is slower: p99 +"), text.out);
  BOOST_TEST(contains(text.out, "from stored histograms"), text.out);
  BOOST_TEST(contains(text.out, "\npaired: "), text.out);
}

BOOST_AUTO_TEST_CASE(the_page_is_whole_and_asks_nobody) {
  const ComparedFolder folder({before(), slower_by(1.2)});
  const ProcessResult result = folder.compare({"1", "2", "--format", "html", "-o", "compare.html"});
  BOOST_TEST(result.code == 0, result.err);
  BOOST_TEST(result.out == "");
  const std::string page = folder.dir().read("compare.html");
  BOOST_TEST(page.starts_with("<!DOCTYPE html>"));
  BOOST_TEST(page.ends_with("</html>\n"));
  for (const char* part : {"<h1>B is slower: p99 +", "before", "after", "<svg", "Percentiles",
                           "/js/recommendations", "prefers-color-scheme: dark"}) {
    BOOST_TEST(contains(page, part), part);
  }
  for (const char* part : {"<script", "http:", "https:", "url(", "@import", "nan", "inf "}) {
    BOOST_TEST(!contains(page, part), part);
  }
}

BOOST_AUTO_TEST_CASE(wrong_arguments_are_explained) {
  const ComparedFolder folder({short_run(), short_run()});
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"1", "1"},
      {"1", "3"},
      {"1", "two"},
      {"1", "2", "--a", "1"},
      {"--a", "1"},
      {"1", "2", "--format", "xml"},
      {"1", "2", "--primary", "p98"},
      {"1", "2", "--primary", "/nowhere:p99"},
      {"1", "2", "--clock", "wall"},
      {"nothing.sqlite"},
      {"--a", "1,,2", "--b", "2"},
  };
  for (const auto& args : wrong) {
    const ProcessResult result = folder.compare(args);
    BOOST_TEST(result.code == 1, result.err);
    BOOST_TEST(lines_of(result.err).size() == 1U, result.err);
    BOOST_TEST(result.out == "");
  }
}

BOOST_AUTO_TEST_CASE(runs_that_were_really_played) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(20));
  for (int k = 0; k < 2; ++k) {
    const ProcessResult played = folder.play({"out.txt", "--rps", "max", "--target", "stub"});
    BOOST_TEST_REQUIRE(played.code == 0, played.err);
  }
  const ProcessResult result = folder.replay({"compare", "macaw.sqlite", "1", "2"});
  BOOST_TEST(result.code == 0, result.err);
  BOOST_TEST(first_line(result).starts_with("Not enough data to compare p99: 20 requests"),
             result.out);
  BOOST_TEST(contains(result.out, "\npaired: the same file and the same records"), result.out);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
