// SPDX-License-Identifier: MIT
#include "macaw/report/threshold.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "report_runs.h"

namespace macaw::report {

BOOST_AUTO_TEST_SUITE(threshold_test)

namespace {

struct Judged {
  const char* condition;
  bool breached;
  const char* sentence;
};

std::ostream& operator<<(std::ostream& out, const Judged& one) {
  return out << one.condition;
}

struct Refused {
  const char* condition;
  const char* error;
};

std::ostream& operator<<(std::ostream& out, const Refused& one) {
  return out << one.condition;
}

void check(const RunSummary& summary, const Judged& judged) {
  const auto threshold = parse_threshold(judged.condition);
  BOOST_REQUIRE(threshold.ok());
  BOOST_TEST(threshold->text == judged.condition);
  const auto result = evaluate(*threshold, summary);
  BOOST_REQUIRE(result.ok());
  BOOST_TEST(result->breached == judged.breached);
  BOOST_TEST(result->sentence == judged.sentence);
}

// Successes: recommendations 2 to 9 ms, actions 0.2 to 0.9 ms; 30 us of it before the send.
const std::vector<Judged> kHealthy = {
    {"max>50ms", false, "max is 9.02 ms"},
    {"max>9ms", true, "max is 9.02 ms, over 9 ms"},
    {"service.max >= 10ms", false, "service max is 8.99 ms"},
    {"/js/action/new:max>1ms", false, "/js/action/new: max is 929 us"},
    {"/js/action/new:service.max<1ms", true, "/js/action/new: service max is 899 us, under 1 ms"},
    {"errors>0", false, "errors are 0"},
    {"errors>0%", false, "errors are 0 % (0 of 6,000)"},
    {"errors>=0", true, "errors are 0, at or over 0"},
    {"rate<95", false, "rate is 100/s"},
    {"rate<95%", false, "rate is 100/s, 100.0 % of 100/s"},
    {"rate<=100%", true, "rate is 100/s, 100.0 % of 100/s, at or under 100 % of the target"},
    {"rate<5k", true, "rate is 100/s, under 5,000/s"},
    {"/js/action/new:rate<60", true, "/js/action/new: rate is 50/s, under 60/s"},
};

const std::vector<Judged> kFailing = {
    {"p99.9>50ms", true, "p99.9 is > 30 s, over 50 ms"},
    {"p99.9<50ms", false, "p99.9 is > 30 s"},
    {"max>1h", true, "max is > 30 s, over 1 h"},
    {"errors>36", true, "errors are 37, over 36"},
    {"errors>0.5%", true, "errors are 0.62 % (37 of 5,993), over 0.5 %"},
    {"errors > 1 %", false, "errors are 0.62 % (37 of 5,993)"},
    {"/js/action/new:errors>2", false, "/js/action/new: errors are 2"},
    {"mean>100ms", true, "mean is > 201 ms, over 100 ms"},
};

const std::vector<Judged> kTiny = {
    {"p99>50ms", false, "p99 is 7.90 ms (of only 12 samples)"},
};

const std::vector<Judged> kEmpty = {
    {"p99>50ms", true, "p99 is not known (no requests)"},
    {"p50<50ms", true, "p50 is not known (no requests)"},
    {"errors>5%", true, "errors are not known (no requests)"},
    {"rate<1", true, "rate is 0/s, under 1/s"},
};

const std::vector<Refused> kRefused = {
    {"",
     "\"\": column 1: found nothing, expected [ENDPOINT:][service.]METRIC OP VALUE, such as "
     "\"p99>50ms\" or \"/js/action/new:errors>0.1%\""},
    {"p99",
     "\"p99\": column 1: found \"p99\", expected [ENDPOINT:][service.]METRIC OP VALUE, such "
     "as \"p99>50ms\" or \"/js/action/new:errors>0.1%\""},
    {"p999>5ms",
     "\"p999>5ms\": column 1: found \"p999\", expected p50 ... p99.99, max, mean, "
     "errors or rate"},
    {"p49>5ms",
     "\"p49>5ms\": column 1: found \"p49\", expected p50 ... p99.99, max, mean, errors "
     "or rate"},
    {"p>5ms",
     "\"p>5ms\": column 1: found \"p\", expected p50 ... p99.99, max, mean, errors or rate"},
    {"service.errors>1",
     "\"service.errors>1\": column 9: found \"errors\", expected p50 ... "
     "p99.99, max or mean after \"service.\""},
    {"p99>50",
     "\"p99>50\": column 5: found \"50\", expected a duration with its unit, such as "
     "50ms"},
    {"p99>", "\"p99>\": column 5: found nothing, expected a duration with its unit, such as 50ms"},
    {"p99>=fast",
     "\"p99>=fast\": column 6: found \"fast\", expected a duration with its unit, such as 50ms"},
    {"errors>x",
     "\"errors>x\": column 8: found \"x\", expected a count or a percentage, such as "
     "10 or 0.1%"},
    {"errors>-1%",
     "\"errors>-1%\": column 8: found \"-1%\", expected a percentage that is not "
     "negative, such as 0.1%"},
    {"rate<",
     "\"rate<\": column 6: found nothing, expected a rate or a percentage of the target, "
     "such as 95 or 95%"},
    {"/a:rate<95%",
     "\"/a:rate<95%\": column 9: found \"95%\", expected a rate such as 95: only "
     "the total has a target of which to take a share"},
    {":p99>5ms",
     "\":p99>5ms\": column 1: found \":p99\", expected an endpoint's path or label "
     "before the colon"},
    {"p99=5ms",
     "\"p99=5ms\": column 1: found \"p99=5ms\", expected [ENDPOINT:][service.]METRIC OP "
     "VALUE, such as \"p99>50ms\" or \"/js/action/new:errors>0.1%\""},
};

}  // namespace

BOOST_DATA_TEST_CASE(healthy, kHealthy) {
  check(healthy_run(), sample);
}

BOOST_DATA_TEST_CASE(failing, kFailing) {
  check(failing_run(), sample);
}

BOOST_DATA_TEST_CASE(few_samples, kTiny) {
  check(tiny_run(), sample);
}

BOOST_DATA_TEST_CASE(an_empty_run_passes_no_gate, kEmpty) {
  check(killed_run(), sample);
}

BOOST_DATA_TEST_CASE(refused, kRefused) {
  const auto threshold = parse_threshold(sample.condition);
  BOOST_REQUIRE(!threshold.ok());
  BOOST_TEST(threshold.error().message() == sample.error);
}

BOOST_AUTO_TEST_CASE(a_percentile_is_compared_at_the_stored_value) {
  const RunSummary summary = healthy_run();
  const auto p99 = summary.totals[0].totals.response.quantile(0.99).value_ns;
  for (const int64_t offset : {-1, 0, 1}) {
    const auto condition = fmt::format("p99>={}ns", static_cast<int64_t>(p99) + offset);
    BOOST_TEST(evaluate(*parse_threshold(condition), summary)->breached == (offset <= 0));
  }
}

BOOST_AUTO_TEST_CASE(endpoints_with_colons_and_unknown_ones) {
  const auto threshold = parse_threshold("/v1/models/x:predict:p99.9<=1.5s");
  BOOST_REQUIRE(threshold.ok());
  BOOST_TEST(threshold->endpoint == "/v1/models/x:predict");
  BOOST_TEST(threshold->quantile == 0.999);
  BOOST_TEST(threshold->value == 1.5e9);
  const auto result = evaluate(*threshold, healthy_run());
  BOOST_REQUIRE(!result.ok());
  BOOST_TEST(result.error().message() ==
             "--fail-if \"/v1/models/x:predict:p99.9<=1.5s\": the run has no endpoint "
             "\"/v1/models/x:predict\"");
}

BOOST_AUTO_TEST_CASE(changes_are_said_by_their_sign) {
  const auto share = parse_change_threshold("/v1/x:predict:p99.9 >= +5%");
  BOOST_REQUIRE(share.ok());
  BOOST_TEST(share->is_change);
  BOOST_TEST(share->is_share);
  BOOST_TEST(share->endpoint == "/v1/x:predict");
  BOOST_TEST(share->quantile == 0.999);
  BOOST_TEST(share->value == 0.05);
  const auto time = parse_change_threshold("mean<-1.5ms");
  BOOST_REQUIRE(time.ok());
  BOOST_TEST((time->metric == Threshold::Metric::kMean));
  BOOST_TEST(!time->is_share);
  BOOST_TEST(time->value == -1.5e6);
  for (const auto& [text, error] : std::vector<std::pair<std::string, std::string>>{
           {"p99>5%",
            "\"p99>5%\": column 5: found \"5%\", expected a change with its sign, such as +5% or "
            "-3ms"},
           {"p99>+5",
            "\"p99>+5\": column 5: found \"+5\", expected a change with its sign, such as +5% or "
            "-3ms"},
           {"p98>+5%",
            "\"p98>+5%\": column 1: found \"p98\", expected p50, p90, p95, p99, p99.9 or mean"},
           {"errors>+1%",
            "\"errors>+1%\": column 1: found \"errors\", expected p50, p90, p95, p99, p99.9 or "
            "mean"},
           {"p99",
            "\"p99\": column 1: found \"p99\", expected [ENDPOINT:]METRIC OP CHANGE, such as "
            "\"p99>+5%\" or \"/js/action/new:p50>+3ms\""}}) {
    const auto wrong = parse_change_threshold(text);
    BOOST_REQUIRE(!wrong.ok());
    BOOST_TEST(wrong.error().message() == error);
  }
}

BOOST_AUTO_TEST_CASE(a_share_of_no_target) {
  const auto result = evaluate(*parse_threshold("rate<95%"), tiny_run());
  BOOST_REQUIRE(!result.ok());
  BOOST_TEST(result.error().message() ==
             "--fail-if \"rate<95%\": the run has no target rate of which to take a share");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::report
