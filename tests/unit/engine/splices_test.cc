// SPDX-License-Identifier: MIT
//
// Requests that are completed when they go out: tokens, cookies, and where a redirect leads.

#include "replay/engine/splices.h"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

#include "replay/engine/redirect.h"
#include "replay/engine/renderer.h"
#include "replay/engine/sessions.h"

namespace macaw::replay {

namespace {

Record record_of(const std::string& url, const std::string& method = "GET",
                 const std::string& body = "") {
  Record record;
  record.url = url;
  record.method = method;
  record.body = body;
  record.line = 1;
  return record;
}

Transmission with_token(const std::string& header, const std::string& query) {
  Transmission transmission;
  transmission.token =
      TokenUse{.token = std::make_shared<AccessToken>(), .header = header, .query = query};
  transmission.token->token->set("T0k");
  return transmission;
}

/// What goes out for a record, with these cookies of the answer before.
struct Sent {
  std::string wire;
  std::string target;
};

Sent sent(const Transmission& transmission, const Record& record,
          std::string_view set_cookies = {}) {
  Renderer renderer(transmission, "file.txt");
  const auto rendered = renderer.render(record, "0");
  BOOST_REQUIRE(rendered.ok());
  Sessions sessions(transmission);
  Exchange exchange;
  exchange.rendered = rendered->wire;
  exchange.splices = rendered->splices;
  exchange.target_offset = rendered->target_offset;
  exchange.target_size = rendered->target_size;
  sessions.complete(exchange);
  if (!set_cookies.empty()) {
    sessions.keep(exchange, set_cookies);
    exchange.target_size = rendered->target_size;
    sessions.complete(exchange);
  }
  return {exchange.wire, std::string(exchange.request_target())};
}

std::string redirected_text(const std::string& request, int status, const std::string& location,
                            bool is_tls = false) {
  const auto next = redirected(request, {}, status, location, is_tls);
  return next.ok() ? next->rendered : "error: " + next.error().message();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(splices_test)

BOOST_AUTO_TEST_CASE(a_token_stands_where_it_is_wanted) {
  BOOST_TEST(sent(with_token("Authorization", ""), record_of("http://h/x")).wire ==
             "GET /x HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer T0k\r\nUser-Agent: macaw\r\n"
             "Accept: */*\r\n\r\n");
  const Sent own = sent(with_token("oauth_token", ""), record_of("http://h/x"));
  BOOST_TEST(own.wire.find("\r\noauth_token: T0k\r\n") != std::string::npos);
  const Sent query = sent(with_token("", "oauth_token"), record_of("http://h/x?a=1"));
  BOOST_TEST(query.wire.starts_with("GET /x?a=1&oauth_token=T0k HTTP/1.1\r\n"));
  BOOST_TEST(query.target == "/x?a=1&oauth_token=T0k");
  const Sent again =
      sent(with_token("", "oauth_token"), record_of("http://h/?oauth_token=old&b=2"));
  BOOST_TEST(again.target == "/?oauth_token=T0k&b=2");
}

BOOST_AUTO_TEST_CASE(a_token_takes_the_place_of_a_records_own) {
  Record record = record_of("http://h/x", "POST", "Authorization: Bearer \r\n");
  record.headers = {{"authorization", "Basic abc"}};
  const std::string wire = sent(with_token("Authorization", ""), record).wire;
  BOOST_TEST(wire.find("Basic") == std::string::npos);
  BOOST_TEST(wire.find("Authorization: Bearer T0k\r\n") != std::string::npos);
  BOOST_TEST(wire.ends_with("\r\n\r\nAuthorization: Bearer \r\n"));
}

BOOST_AUTO_TEST_CASE(a_renewed_token_is_used_at_once) {
  const Transmission transmission = with_token("Authorization", "");
  Renderer renderer(transmission, "f");
  const auto rendered = renderer.render(record_of("http://h/"), "0");
  Sessions sessions(transmission);
  Exchange exchange;
  exchange.rendered = rendered->wire;
  exchange.splices = rendered->splices;
  sessions.complete(exchange);
  transmission.token->token->set("another");
  sessions.complete(exchange);
  BOOST_TEST(exchange.wire.find("Bearer another\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(cookies_stand_in_one_header) {
  Transmission transmission;
  transmission.cookies = true;
  BOOST_TEST(sent(transmission, record_of("http://h/x", "POST", "b"), "a=1\nb=2; Path=/\n").wire ==
             "POST /x HTTP/1.1\r\nHost: h\r\nUser-Agent: macaw\r\nAccept: */*\r\n"
             "Content-Length: 1\r\nCookie: a=1; b=2\r\n\r\nb");
  Record record = record_of("http://h/x");
  record.headers = {{"cookie", "mine=0"}, {"X", "y"}};
  BOOST_TEST(sent(transmission, record).wire.find("\r\ncookie: mine=0\r\nX: y\r\n") !=
             std::string::npos);
  BOOST_TEST(sent(transmission, record, "a=1\n").wire.find("\r\ncookie: mine=0; a=1\r\nX: y\r\n") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(token_and_cookies_together) {
  for (const bool in_query : {true, false}) {
    Transmission transmission = with_token(in_query ? "" : "Z-Token", in_query ? "t" : "");
    transmission.cookies = true;
    Record record = record_of("http://h/x");
    record.headers = {{"Cookie", "mine=0"}};
    const std::string wire = sent(transmission, record, "a=1\n").wire;
    BOOST_TEST(wire.find("\r\nCookie: mine=0; a=1\r\n") != std::string::npos);
    BOOST_TEST(wire.find(in_query ? "GET /x?t=T0k HTTP" : "\r\nZ-Token: T0k\r\n") !=
               std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_jar_belongs_to_a_user_a_target_and_a_path) {
  Transmission transmission;
  transmission.cookies = true;
  Sessions sessions(transmission);
  Exchange exchange;
  exchange.rendered = "GET /a/b HTTP/1.1\r\nHost: h\r\n\r\n";
  exchange.splices.cookies = 26;
  exchange.target_offset = 4;
  exchange.target_size = 4;
  exchange.user = 7;
  sessions.complete(exchange);
  sessions.keep(exchange, "s=7\n");
  const auto has_cookie = [&](uint64_t user, uint16_t target) {
    exchange.user = user;
    exchange.target = target;
    sessions.complete(exchange);
    return exchange.wire.find("Cookie: s=7\r\n\r\n") != std::string::npos;
  };
  BOOST_TEST(has_cookie(7, 0));
  BOOST_TEST(!has_cookie(8, 0));
  BOOST_TEST(!has_cookie(7, 1));
  exchange.rendered = "GET /b/b HTTP/1.1\r\nHost: h\r\n\r\n";
  BOOST_TEST(!has_cookie(7, 0));
}

BOOST_AUTO_TEST_CASE(a_redirect_keeps_what_it_can) {
  const std::string post =
      "POST /a/b?c HTTP/1.1\r\nHost: h:81\r\nContent-Type: text/plain\r\nX: y\r\n"
      "Content-Length: 4\r\n\r\nbody";
  const std::string kept = "Host: h:81\r\nX: y\r\n\r\n";
  for (const int status : {301, 302, 303}) {
    BOOST_TEST(redirected_text(post, status, "/n?q#f") == "GET /n?q HTTP/1.1\r\n" + kept);
  }
  for (const int status : {307, 308}) {
    BOOST_TEST(redirected_text(post, status, "c") == "POST /a/c" + post.substr(11));
  }
  BOOST_TEST(redirected_text("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n", 303, "b") ==
             "HEAD /b HTTP/1.1\r\nHost: h\r\n\r\n");
  BOOST_TEST(redirected_text("PUT /a HTTP/1.1\r\nHost: h\r\n\r\nx", 302, "b") ==
             "PUT /b HTTP/1.1\r\nHost: h\r\n\r\nx");
  BOOST_TEST(redirected_text("GET /a HTTP/1.1\r\nhost: h\r\n\r\n", 302, "http://h:80/b") ==
             "GET /b HTTP/1.1\r\nhost: h\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_redirect_that_is_not_followed) {
  const std::string get = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
  BOOST_TEST(redirected_text(get, 302, "http://other/b") ==
             "error: redirected to another host, which is not followed");
  BOOST_TEST(redirected_text(get, 302, "http://h:8080/b") ==
             "error: redirected to another host, which is not followed");
  BOOST_TEST(redirected_text(get, 302, "https://h/b") ==
             "error: redirected from http to https, which is not followed");
  BOOST_TEST(redirected_text(get, 302, "/a b") == "error: redirected to what is no http URL");
}

BOOST_AUTO_TEST_CASE(a_redirect_over_tls_stays_there) {
  const std::string get = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
  for (const char* const same : {"/b", "https://h/b", "HTTPS://h:443/b", "//h/b", "//h:443/b"}) {
    BOOST_TEST(redirected_text(get, 302, same, true) == "GET /b HTTP/1.1\r\nHost: h\r\n\r\n", same);
  }
  for (const char* const other : {"https://other/b", "https://h:80/b", "//h:80/b"}) {
    BOOST_TEST(redirected_text(get, 302, other, true) ==
                   "error: redirected to another host, which is not followed",
               other);
  }
  BOOST_TEST(redirected_text(get, 302, "http://h/b", true) ==
             "error: redirected from https to http, which is not followed");
  BOOST_TEST(redirected_text(get, 302, "//h:443/b") ==
             "error: redirected to another host, which is not followed");
}

BOOST_AUTO_TEST_CASE(a_redirect_moves_the_splices) {
  Transmission transmission = with_token("Authorization", "");
  transmission.cookies = true;
  Record record = record_of("http://h/login", "POST", "user=x");
  record.headers = {{"Content-Type", "text/plain"}, {"Cookie", "mine=0"}};
  Renderer renderer(transmission, "f");
  const auto rendered = renderer.render(record, "0");
  const auto next = redirected(rendered->wire, rendered->splices, 302, "/a/longer/place");
  BOOST_REQUIRE(next.ok());
  std::string wire;
  splice(next->rendered, next->splices, "T0k", "s=1", wire);
  BOOST_TEST(wire ==
             "GET /a/longer/place HTTP/1.1\r\nHost: h\r\nCookie: mine=0; s=1\r\n"
             "Authorization: Bearer T0k\r\nUser-Agent: macaw\r\nAccept: */*\r\n\r\n");
  // Without a Cookie header of its own, the end of the headers moves too.
  record.headers.pop_back();
  const auto plain = renderer.render(record, "0");
  const auto there = redirected(plain->wire, plain->splices, 307, "/n");
  splice(there->rendered, there->splices, "T", "s=1", wire);
  BOOST_TEST(wire.find("\r\nCookie: s=1\r\n\r\nuser=x") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay
