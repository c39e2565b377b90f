// SPDX-License-Identifier: MIT

#include "src/stub/relay.h"

#include <boost/test/unit_test.hpp>

#include "made_request.h"

namespace macaw::stub {
namespace {

BOOST_AUTO_TEST_SUITE(relay_test)

BOOST_AUTO_TEST_CASE(requests_keep_all_but_what_is_the_connections) {
  const auto request =
      test::made_request("POST", "/v1/models/flowers/:predict?a=%20b", std::string("{\0}\r\n", 5),
                         {{"Host", "tf-flowers:8000"},
                          {"Connection", "close"},
                          {"X-One", "1"},
                          {"content-length", "5"},
                          {"Expect", "100-continue"},
                          {"x-one", "2"}});
  BOOST_TEST(forwarded_request(request) ==
             "POST /v1/models/flowers/:predict?a=%20b HTTP/1.1\r\nHost: tf-flowers:8000\r\n"
             "X-One: 1\r\nx-one: 2\r\nContent-Length: 5\r\n\r\n" +
                 std::string("{\0}\r\n", 5));
  const auto chunked = test::made_request("PUT", "/", "abc", {{"Transfer-Encoding", "chunked"}});
  BOOST_TEST(forwarded_request(chunked) == "PUT / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
  const auto empty = test::made_request("POST", "/", "", {{"Content-Length", "0"}});
  BOOST_TEST(forwarded_request(empty) == "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
  const auto plain = test::made_request("GET", "/x", "", {{"Host", "h"}});
  BOOST_TEST(forwarded_request(plain) == "GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(the_head_ends_after_interim_answers) {
  const std::string interim =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n";
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n";
  const std::string all = interim + head + "x\r\n\r\n";
  for (size_t size = 0; size <= all.size(); ++size) {
    size_t begin = 0;
    const size_t end = final_head_end(std::string_view(all).substr(0, size), begin);
    if (size < interim.size() + head.size()) {
      BOOST_TEST(end == std::string::npos);
    } else {
      BOOST_TEST(begin == interim.size());
      BOOST_TEST(end == interim.size() + head.size());
    }
  }
}

BOOST_AUTO_TEST_CASE(answers_keep_status_headers_and_body) {
  const server::Response response = relayed_answer(
      404,
      "HTTP/1.1 404 Nowhere\r\nServer: nginx\r\ncontent-type:  text/html; charset=utf-8 \r\n"
      "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 4\r\n"
      "Set-Cookie: a=b\r\nset-cookie: c=d:e\r\nX-Empty:\r\n\r\n",
      std::string_view("a\0\r\n", 4));
  BOOST_TEST(response.status == 404);
  BOOST_TEST(response.content_type == "text/html; charset=utf-8");
  BOOST_TEST(response.extra_headers ==
             "Server: nginx\r\nSet-Cookie: a=b\r\nset-cookie: c=d:e\r\nX-Empty: \r\n");
  BOOST_TEST(response.body == std::string("a\0\r\n", 4));
  BOOST_TEST(!response.close);
  const server::Response bare = relayed_answer(204, "HTTP/1.1 204 No Content\r\n\r\n", "");
  BOOST_TEST(bare.content_type.empty());
  BOOST_TEST(bare.extra_headers.empty());
}

BOOST_AUTO_TEST_CASE(a_failing_next_server_is_a_502) {
  const server::Response response = bad_gateway("h:1: Connection refused");
  BOOST_TEST(response.status == 502);
  BOOST_TEST(response.body == "Bad gateway: h:1: Connection refused\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::stub
