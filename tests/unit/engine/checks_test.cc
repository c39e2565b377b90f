// SPDX-License-Identifier: MIT
//
// What counts as a right answer.

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "macaw/replay/engine/check.h"

using macaw::replay::Answer;
using macaw::replay::Check;
using macaw::replay::Judgement;
using macaw::replay::make_check;
using macaw::stats::Outcome;

namespace {

constexpr std::string_view kRecommend =
    "/js/recommendations?consumer_key=k&user=1&item=2&limit=10&jsonpCallback=j";
constexpr std::string_view kAction =
    "/js/action/new?consumer_key=k&user=1&item=2&type=1&jsonpCallback=j";
constexpr std::string_view kPredict = "/js/predict?consumer_key=k&json={}&jsonpCallback=j";

std::unique_ptr<Check> check_of(const std::vector<std::string>& expectations) {
  auto check = make_check(expectations);
  BOOST_REQUIRE(check.ok());
  return std::move(check).value();
}

struct Case {
  std::string_view target;
  int status;
  std::string_view body;
  Outcome outcome;
  std::string_view reason;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.target << " -> " << c.status << " " << c.body;
}

const std::vector<Case> kCases = {
    {kRecommend, 200, R"(j({"size":1,"requested":10,"list":[{"id":"1"}]}))", Outcome::kOk, ""},
    {kRecommend, 200, R"(j({"size":0,"requested":10,"list":[]}))", Outcome::kOk, ""},
    {kRecommend, 200, R"(j({"recommendedItems":[],"cohort":"-"}))", Outcome::kOk, ""},
    {kRecommend, 200, R"(j({"size":0}))", Outcome::kWrongAnswer, "recommendations without a list"},
    {kRecommend, 200, R"(j({"a":{"list":[]}}))", Outcome::kWrongAnswer,
     "recommendations without a list"},
    {kRecommend, 200, "", Outcome::kWrongAnswer, "empty body"},
    {kRecommend, 200, R"(k({"list":[]}))", Outcome::kWrongAnswer,
     "the answer is not the callback that was asked for"},
    {kRecommend, 200, R"({"list":[]})", Outcome::kWrongAnswer,
     "the answer is not the callback that was asked for"},
    {kRecommend, 200, R"(j({"list":[])", Outcome::kWrongAnswer, "the callback is not closed"},
    {kRecommend, 200, R"(j({"list":[))", Outcome::kWrongAnswer, "no JSON inside the callback"},
    {kAction, 200, R"(j({"actionId":null,"user":"1","item":"2","date":1420000000000}))",
     Outcome::kOk, ""},
    {kAction, 200, R"(j({"error_id":3,"error_msg":"Consumer not Authorized","http_response":400}))",
     Outcome::kWrongAnswer, "Seldon error 3: Consumer not Authorized"},
    {kAction, 200, R"(j({"error_msg":"A generic error occurred","error_id":13}))",
     Outcome::kWrongAnswer, "Seldon error 13: A generic error occurred"},
    {kAction, 200, R"(j({"extraData":{"error_id":3}}))", Outcome::kOk, ""},
    {kPredict, 200, R"(j({"meta":null,"predictions":[],"custom":null}))", Outcome::kWrongAnswer,
     "no predictions"},
    {kPredict, 200, R"(j({"meta":{},"predictions":[{"prediction":1.0}],"custom":null}))",
     Outcome::kOk, ""},
    {kPredict, 503, "unavailable", Outcome::kHttpError, "HTTP 503"},
    {"/js/recommendations?user=1", 200, "anything", Outcome::kOk, ""},  // asks for no callback
    {"/", 200, "", Outcome::kOk, ""},
    {"/", 399, "", Outcome::kOk, ""},
    {"/", 400, "", Outcome::kHttpError, "HTTP 400"},
    {"/", 500, "", Outcome::kHttpError, "HTTP 500"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(checks_test)

BOOST_DATA_TEST_CASE(the_usual_checks, boost::unit_test::data::make(kCases), c) {
  const auto check = check_of({});
  const Judgement judgement = check->judge(
      {.request_target = c.target, .status = c.status, .content_type = {}, .body = c.body});
  BOOST_TEST((judgement.outcome == c.outcome));
  BOOST_TEST(judgement.reason.view() == c.reason);
}

BOOST_AUTO_TEST_CASE(a_cut_body_is_judged_by_what_is_there) {
  const auto check = check_of({});
  const Judgement judgement = check->judge({.request_target = kRecommend,
                                            .status = 200,
                                            .content_type = {},
                                            .body = R"(j({"list":[{"id":)",
                                            .body_is_whole = false});
  BOOST_TEST((judgement.outcome == Outcome::kOk));
}

BOOST_AUTO_TEST_CASE(contains) {
  const auto check = check_of({"status", "contains:cat"});
  const auto judge = [&](int status, std::string_view body) {
    return check->judge({.request_target = "/", .status = status, .content_type = {}, .body = body})
        .outcome;
  };
  BOOST_TEST((judge(200, "a cat") == Outcome::kOk));
  BOOST_TEST((judge(200, "a dog") == Outcome::kWrongAnswer));
  BOOST_TEST((judge(500, "a cat") == Outcome::kHttpError));
}

BOOST_AUTO_TEST_CASE(what_is_compressed_is_called_so) {
  const auto judge = [](const char* expectation, std::string_view coding, std::string_view body,
                        std::string_view target = "/") {
    return check_of({expectation})
        ->judge({.request_target = target,
                 .status = 200,
                 .content_type = {},
                 .content_encoding = coding,
                 .body = body});
  };
  const std::string_view gzip =
      "the answer is compressed (Content-Encoding: gzip), so its text cannot be judged";
  BOOST_TEST((judge("contains:cat", "gzip", "\x1f\x8b").outcome == Outcome::kWrongAnswer));
  BOOST_TEST(judge("contains:cat", "gzip", "\x1f\x8b").reason.view() == gzip);
  BOOST_TEST(judge("contains:cat", "GZip", "\x1f\x8b").reason.view() == gzip);
  BOOST_TEST(judge("seldon", "gzip", "\x1f\x8b", kRecommend).reason.view() == gzip);
  // A server makes up no reasons.
  BOOST_TEST(judge("contains:cat", "secret-17", "x").reason.view() ==
             "the answer is compressed (Content-Encoding: another), so its text cannot be judged");
  // One that says it and does not do it is right.
  BOOST_TEST((judge("contains:cat", "gzip", "a cat").outcome == Outcome::kOk));
  BOOST_TEST(judge("contains:cat", "identity", "a dog").reason.view() ==
             "the answer does not contain \"cat\"");
  // Where nobody asks for the text, it may be anything.
  BOOST_TEST((judge("status", "gzip", "\x1f\x8b", kRecommend).outcome == Outcome::kOk));
  BOOST_TEST((judge("seldon", "gzip", "\x1f\x8b", "/").outcome == Outcome::kOk));
}

BOOST_AUTO_TEST_CASE(none_accepts_everything) {
  const auto check = check_of({"none"});
  BOOST_TEST(
      (check->judge({.request_target = kRecommend, .status = 500, .content_type = {}, .body = ""})
           .outcome == Outcome::kOk));
}

BOOST_AUTO_TEST_CASE(wrong_expectations_are_refused) {
  BOOST_TEST(make_check({"contains:"}).error().message() ==
             "--expect: found 'contains:', expected status, seldon, contains:TEXT or none");
  BOOST_TEST(!make_check({"statuz"}).ok());
  BOOST_TEST(!make_check({"none", "status"}).ok());
}

BOOST_AUTO_TEST_CASE(brackets_as_deep_as_a_body_can_hold_do_not_use_up_the_stack) {
  const auto check = check_of({});
  const auto judge = [&](std::string_view opening) {
    std::string body = "j(";
    while (body.size() + opening.size() < 64 * 1024) {
      body += opening;
    }
    body += ")";
    return check->judge({.request_target = "/js/x?jsonpCallback=j",
                         .status = 200,
                         .content_type = "",
                         .body = body,
                         .body_is_whole = true});
  };
  for (const std::string_view opening : {"[", "{\"a\":", "[{\"a\":"}) {
    const auto judgement = judge(opening);
    BOOST_TEST((judgement.outcome == Outcome::kWrongAnswer));
    BOOST_TEST(judgement.reason.view() == "no JSON inside the callback");
  }
}

BOOST_AUTO_TEST_SUITE_END()
