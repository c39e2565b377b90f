// SPDX-License-Identifier: MIT
//
// The bytes of every answer.

#include "src/stub/answers.h"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <set>

#include "src/stub/recommendations.h"

namespace macaw::stub {
namespace {

BOOST_AUTO_TEST_SUITE(answers_test)

constexpr int64_t kAnswersMs = 1479696000123;
constexpr std::string_view kAnswersJson = "application/json;charset=UTF-8";

server::Response ask(std::string target, std::vector<std::string> keys = {}) {
  http::Request request;
  request.method = "GET";
  request.target = std::move(target);
  return answer_request(request, {.consumer_keys = keys, .now_ms = kAnswersMs});
}

void check_json(const std::string& target, const std::string& body,
                std::vector<std::string> keys = {}) {
  const server::Response response = ask(target, std::move(keys));
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.content_type == kAnswersJson);
  BOOST_TEST(response.body == body);
}

void check_page(const std::string& target, int status, const std::string& message) {
  const server::Response response = ask(target);
  BOOST_TEST(response.status == status, target);
  BOOST_TEST(response.content_type == "text/html;charset=utf-8");
  BOOST_TEST(response.body ==
             "<html><head><title>Error report</title></head><body><h1>HTTP Status " +
                 std::to_string(status) + " - " + message + "</h1></body></html>");
}

BOOST_AUTO_TEST_CASE(action) {
  check_json("/js/action/new?consumer_key=K&user=12&item=318&type=1&jsonpCallback=j",
             R"(j({"actionId":null,"user":"12","item":"318","type":1,"date":1479696000123,)"
             R"("value":0.0,"times":1,"comment":null,"tags":null,"recTag":null,"referrer":null,)"
             R"("extraData":null}))");
  check_json(
      "http://seldon-server/js/action/new?consumer_key=K&user=a%22b&item=x+y&type=-2&rlabs=1"
      "&rectag=default&source=http%3A%2F%2Fs&extra_data=e&jsonpCallback=cb",
      R"(cb({"actionId":null,"user":"a\"b","item":"x y","type":-2,"date":1479696000123,)"
      R"("value":0.0,"times":1,"comment":null,"tags":null,"recTag":"default",)"
      R"("referrer":"http://s","extraData":"e"}))");
}

BOOST_AUTO_TEST_CASE(recommendations) {
  check_json("/js/recommendations?consumer_key=K&user=12&item=318&limit=2&jsonpCallback=j",
             R"~(j({"size":2,"requested":2,"list":[{"id":"4669","name":"","type":1,)~"
             R"~("first_action":1465689600000,"last_action":1465689600000,"popular":false,)~"
             R"~("demographics":[],"attributes":{},"attributesName":{"title":"Movie 4669 (1959)",)~"
             R"~("recommendationUuid":"1"}},{"id":"7600","name":"","type":1,)~"
             R"~("first_action":1465689600000,"last_action":1465689600000,"popular":false,)~"
             R"~("demographics":[],"attributes":{},"attributesName":{"title":"Movie 7600 (1999)",)~"
             R"~("recommendationUuid":"1"}}]}))~");
  check_json("/js/recommendations?consumer_key=K&user=12&limit=0&jsonpCallback=j",
             R"(j({"size":0,"requested":0,"list":[]}))");
  check_json("/js/recommendations?consumer_key=K&user=12&limit=-3&jsonpCallback=j",
             R"(j({"size":0,"requested":-3,"list":[]}))");
  check_json("/js/recommendations?consumer_key=K&user=12&limit=0&cohort=true&jsonpCallback=j",
             R"(j({"recommendedItems":[],"cohort":"-"}))");
  // Ten when no limit is given; an empty one counts as none.
  BOOST_TEST(ask("/js/recommendations?consumer_key=K&user=12&jsonpCallback=j").body ==
             ask("/js/recommendations?consumer_key=K&user=12&limit=&jsonpCallback=j").body);
  BOOST_TEST(ask("/js/recommendations?consumer_key=K&user=12&jsonpCallback=j")
                 .body.starts_with(R"(j({"size":10,"requested":10,"list":[{"id":")"));
}

std::vector<std::string> ids(const std::string& body) {
  std::vector<std::string> found;
  constexpr std::string_view kMark = R"({"id":")";
  for (size_t at = body.find(kMark); at != std::string::npos; at = body.find(kMark, at + 1)) {
    const size_t begin = at + kMark.size();
    found.push_back(body.substr(begin, body.find('"', begin) - begin));
  }
  return found;
}

BOOST_AUTO_TEST_CASE(recommended_items_differ_and_repeat) {
  const auto whole = ids(make_recommendations("12", "318", 20'000, /*cohort=*/false));
  BOOST_TEST(whole.size() == kCatalogueItems - 1);
  const std::set<std::string> distinct(whole.begin(), whole.end());
  BOOST_TEST(distinct.size() == whole.size());
  BOOST_TEST(!distinct.contains("318"));
  BOOST_TEST(!distinct.contains("0"));
  BOOST_TEST(distinct.contains("1"));
  BOOST_TEST(distinct.contains("10681"));

  const auto ten = ids(make_recommendations("12", "318", 10, false));
  BOOST_TEST(ten == ids(make_recommendations("12", "318", 10, false)),
             boost::test_tools::per_element());
  BOOST_TEST(ten != ids(make_recommendations("13", "318", 10, false)));
  BOOST_TEST(ten != ids(make_recommendations("12", "319", 10, false)));
  BOOST_TEST(ten != ids(make_recommendations("12", std::nullopt, 10, false)));
  BOOST_TEST(ten == ids(make_recommendations("12", "318", 10, /*cohort=*/true)),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(user) {
  check_json("/js/user/new?consumer_key=K&user=5&jsonpCallback=j",
             R"(j({"id":"5","username":"5","first_action":null,"last_action":null,"type":1,)"
             R"("num_actions":0,"active":false,"dimensions":null,"attributes":null,)"
             R"("attributesName":null}))");
  BOOST_TEST(ask("/js/user/new?consumer_key=K&user=5&username=Ann&jsonpCallback=j")
                 .body.starts_with(R"(j({"id":"5","username":"Ann",)"));
}

BOOST_AUTO_TEST_CASE(event) {
  check_json("/js/event/new?consumer_key=K&json=%7B%22a%22%3A1%7D&jsonpCallback=j",
             R"(j({"json":"{\"a\":1}"}))");
  check_json("/js/event/new?consumer_key=K&b=2&jsonpCallback=j&a=1",
             R"(j({"json":"{\"b\":\"2\",\"a\":\"1\"}"}))");
}

BOOST_AUTO_TEST_CASE(predict) {
  const std::string target = "/js/predict?json=%7B%22f1%22%3A1.5%7D&consumer_key=K&jsonpCallback=j";
  const std::string body = ask(target + "&puid=p1").body;
  BOOST_TEST(body.starts_with(R"(j({"meta":{"puid":"p1","modelName":"stub","variation":"stub"},)"
                              R"("predictions":[{"prediction":0.)"));
  for (const char digit : std::string("0123456789")) {
    BOOST_TEST(body.find(fmt::format(R"(,"predictedClass":"{}","confidence":0.)", digit)) !=
               std::string::npos);
  }
  BOOST_TEST(body.ends_with(R"(}],"custom":null}))"));
  BOOST_TEST(body == ask(target + "&puid=p1").body);
  const std::string fresh = ask(target).body;
  BOOST_TEST(fresh.find(R"(","modelName")") == std::string(R"(j({"meta":{"puid":")").size() + 40);
  check_json("/js/predict?json=broken&consumer_key=K&jsonpCallback=j",
             R"(j({"meta":null,"predictions":[],"custom":null}))");
}

BOOST_AUTO_TEST_CASE(consumer_keys) {
  const std::string unauthorized =
      R"({"error_id":3,"error_msg":"Consumer not Authorized","http_response":400})";
  const std::string no_key =
      R"({"error_id":16,"error_msg":"Please specify your consumer_key","http_response":400})";
  const std::string call = "/js/recommendations?user=1&limit=0";
  check_json(call + "&jsonpCallback=j", "j(" + no_key + ")");
  check_json(call, no_key);
  check_json(call + "&consumer_key=X&jsonpCallback=j", "j(" + unauthorized + ")", {"K", "L"});
  check_json(call + "&consumer_key=X", unauthorized, {"K", "L"});
  check_json(call + "&consumer_key=L&jsonpCallback=j", R"(j({"size":0,"requested":0,"list":[]}))",
             {"K", "L"});
  // The key is looked at before the other parameters.
  check_json("/js/action/new?consumer_key=X&type=x", unauthorized, {"K"});
}

BOOST_AUTO_TEST_CASE(bad_parameters_get_an_error_page) {
  const std::string incorrect = "The request sent by the client was syntactically incorrect.";
  const std::string action = "/js/action/new?consumer_key=K&jsonpCallback=j";
  check_page(action + "&item=1&type=1", 400, "Required String parameter 'user' is not present");
  check_page(action + "&user=1&type=1", 400, "Required String parameter 'item' is not present");
  check_page(action + "&user=1&item=1", 400, "Required Integer parameter 'type' is not present");
  check_page(action + "&user=1&item=1&type=one", 400, incorrect);
  check_page("/js/action/new?consumer_key=K&user=1&item=1&type=1", 400,
             "Required String parameter 'jsonpCallback' is not present");
  const std::string list = "/js/recommendations?consumer_key=K&jsonpCallback=j";
  check_page(list, 400, "Required String parameter 'user' is not present");
  check_page(list + "&user=1&limit=ten", 400, incorrect);
  check_page(list + "&user=1&dimension=x", 400, incorrect);
  check_page(list + "&user=1&cohort=perhaps", 400, incorrect);
  check_page("/js/user/new?consumer_key=K&jsonpCallback=j", 400,
             "Required String parameter 'user' is not present");
}

BOOST_AUTO_TEST_CASE(other_paths) {
  for (const std::string path :
       {"/", "/js", "/js/item/new", "/js/recommendations/", "/JS/predict"}) {
    check_page(path, 404, "Not Found");
  }
}

BOOST_AUTO_TEST_CASE(the_generic_error) {
  http::Request request;
  request.target = "/js/action/new?jsonpCallback=j";
  const server::Response response = answer_generic_error(request);
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.body ==
             R"(j({"error_id":13,"error_msg":"A generic error occurred","http_response":400}))");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::stub
