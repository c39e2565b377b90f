// SPDX-License-Identifier: MIT
//
// Answers judged by what their own records expect.

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "macaw/replay/engine/check.h"

namespace macaw::replay {

using stats::Outcome;

namespace {

struct RecordCase {
  std::string expectation;
  int status;
  std::string body;
  Outcome outcome;
  std::string reason;
};

std::ostream& operator<<(std::ostream& out, const RecordCase& c) {
  return out << c.expectation << " of " << c.status << " " << c.body.substr(0, 60);
}

Judgement judged(Check& check, std::string_view expectation, int status, std::string_view body,
                 std::string_view target = "/a", bool whole = true) {
  return check.judge({.request_target = target,
                      .status = status,
                      .content_type = "application/json",
                      .body = body,
                      .body_is_whole = whole,
                      .expectation = expectation});
}

constexpr auto kOk = Outcome::kOk;
constexpr auto kHttp = Outcome::kHttpError;
constexpr auto kWrong = Outcome::kWrongAnswer;

const std::vector<RecordCase> kRecordCases = {
    {R"({"status":200})", 200, "", kOk, ""},
    {R"({"status":200})", 404, "", kHttp, "HTTP 404, expected 200"},
    {R"({"status":404})", 404, "", kOk, ""},
    {R"({"status":404})", 200, "", kHttp, "HTTP 200, expected 404"},
    {R"({"status":["2xx",404]})", 299, "", kOk, ""},
    {R"({"status":["2xx",404]})", 404, "", kOk, ""},
    {R"({"status":["2xx",404]})", 300, "", kHttp, "HTTP 300, expected 2xx or 404"},
    {"{}", 399, "", kOk, ""},
    {"{}", 400, "", kHttp, "HTTP 400"},
    {R"({"contains":"yes"})", 200, "oh yes", kOk, ""},
    {R"({"contains":"yes"})", 200, "no", kWrong, "the answer does not contain the expected text"},
    {R"({"contains":"yes"})", 500, "yes", kHttp, "HTTP 500"},
    {R"({"json":{"pointer":"/a/0/b","equals":5}})", 200, R"({"a":[{"b":5.0}]})", kOk, ""},
    {R"({"json":{"pointer":"/a/0/b","equals":5}})", 200, R"({"a":[{"b":"5"}]})", kWrong,
     "/a/0/b is not what was expected"},
    {R"({"json":{"pointer":"/a/1/b","equals":5}})", 200, R"({"a":[{"b":5}]})", kWrong,
     "/a/1/b is not in the answer"},
    {R"({"json":{"pointer":"/a/00","exists":true}})", 200, R"({"a":[1]})", kWrong,
     "/a/00 is not in the answer"},
    {R"({"json":{"pointer":"","equals":[1,{"x":null,"y":true}]}})", 200,
     R"([1,{"y":true,"x":null}])", kOk, ""},
    {R"({"json":{"pointer":"","equals":[1,2]}})", 200, "[2,1]", kWrong,
     "the whole answer is not what was expected"},
    {R"({"json":{"pointer":"/p","equals":0.30000000000000004}})", 200,
     R"({"p":3.0000000000000004e-1})", kOk, ""},
    {R"({"json":{"pointer":"/p","equals":0}})", 200, R"({"p":0e308})", kOk, ""},
    {R"({"json":{"pointer":"/p","equals":0.1234567890123456789}})", 200,
     R"({"p":0.1234567890123456789})", kOk, ""},
    {R"({"json":[{"pointer":"/a","exists":true},{"pointer":"/error","exists":false}]})", 200,
     R"({"a":null})", kOk, ""},
    {R"({"json":[{"pointer":"/a","exists":true},{"pointer":"/error","exists":false}]})", 200,
     R"({"a":1,"error":"x"})", kWrong, "/error is in the answer, which must not have it"},
    {R"({"json":{"pointer":"/*","exists":true}})", 200, R"([1])", kWrong,
     "/* is not in the answer"},
    {R"({"json":{"pointer":"/a","exists":true}})", 200, "{", kWrong, "the answer is no JSON"},
    {R"({"json":{"pointer":"/a","exists":true}})", 200, "", kWrong, "empty body"},
    {R"({"overlap":{"pointer":"/list/*/item","ids":[1,2,3,4,5],"min":0.8}})", 200,
     R"({"list":[{"item":5},{"item":4},{"item":9},{"item":3},{"item":1.0}]})", kOk, ""},
    {R"({"overlap":{"pointer":"/list/*/item","ids":[1,2,3,4,5],"min":0.8}})", 200,
     R"({"list":[{"item":5},{"item":5},{"item":5},{"item":3},{"item":"1"}]})", kWrong,
     "/list/*/item has less than 0.8 of the expected ids"},
    {R"({"overlap":{"pointer":"/*","ids":["a","b"]}})", 200, R"({"x":"a","y":"b"})", kOk, ""},
    {R"({"overlap":{"pointer":"/*/*","ids":["a","b"],"min":1}})", 200, R"([["a"],["b"],7])", kOk,
     ""},
    {R"({"overlap":{"pointer":"/ids/*","ids":["a"],"min":0.5}})", 200, R"({"list":[]})", kWrong,
     "/ids/* has less than 0.5 of the expected ids"},
    {R"({"overlap":{"pointer":"/*","ids":[9007199254740993]}})", 200, "[9007199254740992]", kWrong,
     "/* has less than 1 of the expected ids"},
    {R"("none")", 503, "", kOk, ""},
    {R"("contains:x")", 503, "y", kWrong, "the answer does not contain \"x\""},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(expectation_check_test)

BOOST_DATA_TEST_CASE(cases, boost::unit_test::data::make(kRecordCases), c) {
  const auto check = make_check({}).value();
  for (int again = 0; again < 2; ++again) {  // compiled, and kept
    const Judgement judgement = judged(*check, c.expectation, c.status, c.body);
    BOOST_TEST((judgement.outcome == c.outcome), stats::outcome_name(judgement.outcome));
    BOOST_TEST(judgement.reason.view() == c.reason);
  }
}

BOOST_AUTO_TEST_CASE(a_record_replaces_the_checks_of_the_run) {
  const auto check = make_check({"contains:run"}).value();
  BOOST_TEST((judged(*check, "", 200, "x").outcome == kWrong));
  BOOST_TEST((judged(*check, R"({"status":200})", 200, "x").outcome == kOk));
  BOOST_TEST((judged(*check, "", 200, "run").outcome == kOk));
}

BOOST_AUTO_TEST_CASE(the_callback_of_the_request_is_taken_off) {
  const auto check = make_check({}).value();
  const std::string asked = R"({"overlap":{"pointer":"/list/*/id","ids":["1","2"],"min":1}})";
  const std::string target = "/js/recommendations?user=1&jsonpCallback=j";
  BOOST_TEST(
      (judged(*check, asked, 200, R"(j({"list":[{"id":"2"},{"id":"1"}]});)", target).outcome ==
       kOk));
  BOOST_TEST(
      (judged(*check, asked, 200, R"({"list":[{"id":"2"},{"id":"1"}]})", target).outcome == kOk));
  BOOST_TEST(judged(*check, asked, 200, R"(k({"list":[]}))", target).reason.view() ==
             "the answer is no JSON");
}

BOOST_AUTO_TEST_CASE(a_cut_answer) {
  const auto check = make_check({}).value();
  const Judgement json = judged(*check, R"({"json":{"pointer":"/a","exists":true}})", 200,
                                R"({"a":1})", "/a", /*whole=*/false);
  BOOST_TEST((json.outcome == kWrong));
  BOOST_TEST(json.reason.view() ==
             "the answer is longer than what is kept of it, so its JSON cannot be judged "
             "(--keep-body SIZE keeps more)");
  BOOST_TEST((judged(*check, R"({"contains":"a"})", 200, "a", "/a", false).outcome == kOk));
  BOOST_TEST(judged(*check, R"({"contains":"b"})", 200, "a", "/a", false).reason.view() ==
             "the kept start of the answer does not contain the expected text (--keep-body SIZE "
             "keeps more)");
  BOOST_TEST((judged(*check, R"({"status":200})", 200, "a", "/a", false).outcome == kOk));
}

BOOST_AUTO_TEST_CASE(every_share_of_a_hundred_is_exact) {
  const auto check = make_check({}).value();
  std::string ids = "0";
  std::string body = "[-1";
  for (int k = 1; k < 100; ++k) {
    ids += "," + std::to_string(k);
  }
  for (int found = 0; found <= 100; ++found) {
    for (const int wanted : {found, found + 1}) {
      const std::string min =
          wanted >= 100 ? "1" : "0." + std::to_string(wanted / 10) + std::to_string(wanted % 10);
      const Judgement judgement =
          judged(*check, R"({"overlap":{"pointer":"/*","ids":[)" + ids + R"(],"min":)" + min + "}}",
                 200, body + "]");
      BOOST_TEST((judgement.outcome == (found >= std::min(wanted, 100) ? kOk : kWrong)),
                 found << " of 100, at least " << min);
    }
    body += "," + std::to_string(found);
  }
}

BOOST_AUTO_TEST_CASE(more_expectations_than_are_kept) {
  const auto check = make_check({}).value();
  for (int round = 0; round < 2; ++round) {
    for (int k = 0; k < 1000; ++k) {
      const std::string id = std::to_string(k);
      const std::string asked = R"({"json":{"pointer":"/id","equals":)" + id + "}}";
      BOOST_TEST_REQUIRE((judged(*check, asked, 200, R"({"id":)" + id + "}").outcome == kOk));
      BOOST_TEST_REQUIRE((judged(*check, asked, 200, R"({"id":-1})").outcome == kWrong));
    }
  }
}

BOOST_AUTO_TEST_CASE(deep_answers_do_not_exhaust_the_stack) {
  const auto check = make_check({}).value();
  const size_t depth = 1'000'000;
  const std::string body = std::string(depth, '[') + std::string(depth, ']');
  const std::string equals = R"({"json":{"pointer":"","equals":[[[[[]]]]]}})";
  BOOST_TEST(judged(*check, equals, 200, body).reason.view() ==
             "the whole answer is not what was expected");
  const std::string overlap = R"({"overlap":{"pointer":"/*/*/*","ids":[1]}})";
  BOOST_TEST((judged(*check, overlap, 200, body).outcome == kWrong));
}

BOOST_AUTO_TEST_CASE(what_is_compressed_is_called_so) {
  const auto check = make_check({}).value();
  const auto judge = [&check](std::string_view expectation, std::string_view body, bool whole) {
    return check->judge({.request_target = "/a",
                         .status = 200,
                         .content_type = "application/json",
                         .content_encoding = "br",
                         .body = body,
                         .body_is_whole = whole,
                         .expectation = expectation});
  };
  for (const std::string_view expectation :
       {R"({"contains":"yes"})", R"({"json":{"pointer":"/a","equals":5}})",
        R"({"overlap":{"pointer":"/a/*","ids":[1]}})", R"("contains:yes")"}) {
    for (const bool whole : {true, false}) {
      const Judgement judgement = judge(expectation, "\x8b\x02", whole);
      BOOST_TEST((judgement.outcome == kWrong));
      BOOST_TEST(judgement.reason.view() ==
                 "the answer is compressed (Content-Encoding: br), so its text cannot be judged");
    }
  }
  BOOST_TEST((judge(R"({"json":{"pointer":"/a","equals":5}})", R"({"a":5})", true).outcome == kOk));
  BOOST_TEST((judge(R"({"status":200})", "\x8b\x02", true).outcome == kOk));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay
