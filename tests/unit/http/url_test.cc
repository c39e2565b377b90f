// SPDX-License-Identifier: MIT
//
// URLs are taken apart without changing a byte, and refused with the column where they go wrong.

#include "macaw/http/url.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace macaw::http::test {

struct UrlCase {
  std::string text;
  std::string scheme;
  std::string authority;
  std::string host;
  int port;
  std::string target;
  std::string path;
  std::string query;
};

static std::ostream& operator<<(std::ostream& out, const UrlCase& c) {
  return out << c.text;
}

struct BadUrl {
  std::string text;
  size_t column;
  std::string error;
};

static std::ostream& operator<<(std::ostream& out, const BadUrl& c) {
  return out << c.text;
}

namespace {

namespace data = boost::unit_test::data;

std::vector<UrlCase> good_urls() {
  return {
      {"/", "", "", "", 80, "/", "/", ""},
      {"/a/b?c=d", "", "", "", 80, "/a/b?c=d", "/a/b", "c=d"},
      {"/a?", "", "", "", 80, "/a?", "/a", ""},
      {"/a??b", "", "", "", 80, "/a??b", "/a", "?b"},
      {"/a#frag", "", "", "", 80, "/a", "/a", ""},
      {"/a#frag?no", "", "", "", 80, "/a", "/a", ""},
      {"/a?b#c", "", "", "", 80, "/a?b", "/a", "b"},
      {"//a/b", "", "", "", 80, "//a/b", "//a/b", ""},
      {"/../a/./b//c", "", "", "", 80, "/../a/./b//c", "/../a/./b//c", ""},
      {"/%zz%41?q=%", "", "", "", 80, "/%zz%41?q=%", "/%zz%41", "q=%"},
      {"/\xc3\xa4|{}\"<>\\^`", "", "", "", 80, "/\xc3\xa4|{}\"<>\\^`", "/\xc3\xa4|{}\"<>\\^`", ""},
      {"http://h", "http", "h", "h", 80, "/", "/", ""},
      {"http://h/", "http", "h", "h", 80, "/", "/", ""},
      {"http://h:8080/a?b", "http", "h:8080", "h", 8080, "/a?b", "/a", "b"},
      {"http://h:/a", "http", "h:", "h", 80, "/a", "/a", ""},
      {"http://h:1", "http", "h:1", "h", 1, "/", "/", ""},
      {"http://h:65535/", "http", "h:65535", "h", 65535, "/", "/", ""},
      {"http://h:00080/", "http", "h:00080", "h", 80, "/", "/", ""},
      {"https://h/", "https", "h", "h", 443, "/", "/", ""},
      {"https://h:8443/a?b", "https", "h:8443", "h", 8443, "/a?b", "/a", "b"},
      {"https://h:80/", "https", "h:80", "h", 80, "/", "/", ""},
      {"HTTPS://[::1]?q", "HTTPS", "[::1]", "::1", 443, "?q", "/", "q"},
      {"HTTP://Example.ORG/A", "HTTP", "Example.ORG", "Example.ORG", 80, "/A", "/A", ""},
      {"http://h?a=b", "http", "h", "h", 80, "?a=b", "/", "a=b"},
      {"http://h#f", "http", "h", "h", 80, "/", "/", ""},
      {"http://h/a@b:c", "http", "h", "h", 80, "/a@b:c", "/a@b:c", ""},
      {"http://[::1]:80/a", "http", "[::1]:80", "::1", 80, "/a", "/a", ""},
      {"http://[fe80::1:2]", "http", "[fe80::1:2]", "fe80::1:2", 80, "/", "/", ""},
      {"http://[::ffff:10.0.0.1]/", "http", "[::ffff:10.0.0.1]", "::ffff:10.0.0.1", 80, "/", "/",
       ""},
      {"http://seldon-server/js/action/new?user=1&jsonpCallback=f%28%29", "http", "seldon-server",
       "seldon-server", 80, "/js/action/new?user=1&jsonpCallback=f%28%29", "/js/action/new",
       "user=1&jsonpCallback=f%28%29"},
  };
}

std::vector<BadUrl> bad_urls() {
  return {
      {"", 1, "found nothing"},
      {"h/a", 1, "found 'h/a', expected 'http://host/path' or '/path'"},
      {"ftp://h/", 1, "found 'ftp://h/'"},
      {"http:/h/", 1, "found 'http:/h/'"},
      {"httpx://h/", 1, "found 'httpx://h/'"},
      {"https:/h/", 1, "found 'https:/h/'"},
      {"https://", 9, "found no host"},
      {"https://u@h/", 10, "user info"},
      {"https://h:0/", 11, "found '0'"},
      {"?a=b", 1, "found '?a=b'"},
      {" /a", 1, "a blank"},
      {"/a b", 3, "a blank"},
      {"/a\tb", 3, "a blank ('\\x09')"},
      {"/a\r", 3, "a control character ('\\x0d')"},
      {"/a#\x7f", 4, "a control character ('\\x7f')"},
      {std::string("/a\0b", 4), 3, "a control character ('\\x00')"},
      {"http:///a", 8, "found no host"},
      {"http://", 8, "found no host"},
      {"http://:80/", 8, "found no host"},
      {"http://u@h/", 9, "user info"},
      {"http://u:p@h/", 11, "user info"},
      {"http://h:x/", 10, "found 'x', expected a port from 1 to 65535"},
      {"http://h:0/", 10, "found '0'"},
      {"http://h:65536/", 10, "found '65536'"},
      {"http://h:99999999999999999999/", 10, "expected a port"},
      {"http://h:80a/", 10, "found '80a'"},
      {"http://h:-1/", 10, "found '-1'"},
      {"http://::1/", 8, "in brackets"},
      {"http://[::1/", 8, "'[' without ']'"},
      {"http://[]/", 9, "expected an IPv6 address"},
      {"http://[::g]/", 11, "expected an IPv6 address"},
      {"http://[10.0.0.1]/", 9, "expected an IPv6 address"},
      {"http://[::1]x/", 13, "after the address"},
      {"http://[::1]:0/", 14, "expected a port"},
      {"http://a]b/", 9, "in the host"},
  };
}

std::string host_port_text(std::string_view text) {
  const auto parsed = parse_host_port(text);
  if (!parsed) {
    return parsed.error().message();
  }
  return parsed->host + " " + std::to_string(parsed->port) + (parsed->tls ? " tls" : "");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(url_test)

BOOST_DATA_TEST_CASE(good, data::make(good_urls()), c) {
  const UrlResult parsed = parse_url(c.text);
  BOOST_REQUIRE(parsed.url.has_value());
  BOOST_TEST(parsed.url->scheme == c.scheme);
  BOOST_TEST(parsed.url->authority == c.authority);
  BOOST_TEST(parsed.url->host == c.host);
  BOOST_TEST(parsed.url->port == c.port);
  BOOST_TEST(parsed.url->target == c.target);
  BOOST_TEST(parsed.url->path == c.path);
  BOOST_TEST(parsed.url->query == c.query);
}

BOOST_DATA_TEST_CASE(bad, data::make(bad_urls()), c) {
  const UrlResult parsed = parse_url(c.text);
  BOOST_REQUIRE(!parsed.url.has_value());
  BOOST_TEST(parsed.error.column == c.column);
  BOOST_TEST(parsed.error.message.find(c.error) != std::string::npos,
             "'" << parsed.error.message << "' does not say '" << c.error << "'");
}

BOOST_AUTO_TEST_CASE(parts_are_views_into_the_text) {
  const std::string text = "http://host:81/path?query#fragment";
  const UrlResult parsed = parse_url(text);
  BOOST_REQUIRE(parsed.url.has_value());
  for (const std::string_view part :
       {parsed.url->scheme, parsed.url->authority, parsed.url->host, parsed.url->target,
        parsed.url->path, parsed.url->query, parsed.url->origin()}) {
    BOOST_TEST((part.data() >= text.data() && part.data() + part.size() <= &text.back()));
  }
}

BOOST_AUTO_TEST_CASE(host_ports) {
  BOOST_TEST(host_port_text("h") == "h 80");
  BOOST_TEST(host_port_text("h:8080") == "h 8080");
  BOOST_TEST(host_port_text("10.0.0.1:1") == "10.0.0.1 1");
  BOOST_TEST(host_port_text("[::1]") == "::1 80");
  BOOST_TEST(host_port_text("[::1]:81") == "::1 81");
  BOOST_TEST(host_port_text("http://h:81") == "h 81");
  BOOST_TEST(host_port_text("HTTP://h/") == "h 80");
  BOOST_TEST(host_port_text("https://h") == "h 443 tls");
  BOOST_TEST(host_port_text("https://h/") == "h 443 tls");
  BOOST_TEST(host_port_text("https://h:80") == "h 80 tls");
  BOOST_TEST(host_port_text("HTTPS://[::1]:8443") == "::1 8443 tls");
  BOOST_TEST(host_port_text("https") == "https 80");
  BOOST_TEST(host_port_text("h:443") == "h 443");
  for (const char* const bad :
       {"",         "h:x",       "h:0",         "h:70000",     ":80",         "::1",
        "[::1",     "u@h",       "h/",          "h/a",         "http://h/a",  "http://",
        "https://", "https:///", "https://h/a", "https://u@h", "https://h:0", "a b",
        "h?q",      "h#f"}) {
    BOOST_TEST(!parse_host_port(bad).ok(), bad);
  }
  BOOST_TEST(host_port_text("ftp://h") ==
             "found 'ftp://h', expected host, host:port, [v6]:port, http://host:port or "
             "https://host:port");
  BOOST_TEST(host_port_text("h:x") == "'h:x': found 'x', expected a port from 1 to 65535");
}

BOOST_AUTO_TEST_CASE(host_port_texts) {
  const HostPort plain{"h", 80};
  const HostPort other{"h", 8080};
  const HostPort v6{"::1", 80};
  const HostPort v6_other{"::1", 81};
  BOOST_TEST(plain.key() == "h:80");
  BOOST_TEST(plain.host_header() == "h");
  BOOST_TEST(other.key() == "h:8080");
  BOOST_TEST(other.host_header() == "h:8080");
  BOOST_TEST(v6.key() == "[::1]:80");
  BOOST_TEST(v6.host_header() == "[::1]");
  BOOST_TEST(v6_other.host_header() == "[::1]:81");
}

BOOST_AUTO_TEST_CASE(host_port_texts_with_tls) {
  const HostPort usual{.host = "h", .port = 443, .tls = true};
  const HostPort http_port{.host = "h", .port = 80, .tls = true};
  const HostPort v6{.host = "::1", .port = 8443, .tls = true};
  BOOST_TEST(usual.key() == "https://h:443");
  BOOST_TEST(usual.host_header() == "h");
  BOOST_TEST(http_port.key() == "https://h:80");
  BOOST_TEST(http_port.host_header() == "h:80");
  BOOST_TEST(v6.key() == "https://[::1]:8443");
  BOOST_TEST(v6.host_header() == "[::1]:8443");
  const HostPort in_the_clear{"h", 443};
  BOOST_TEST(in_the_clear.host_header() == "h:443");
  BOOST_TEST((in_the_clear != usual));
  for (const HostPort& place : {usual, http_port, v6, in_the_clear}) {
    const auto again = parse_host_port(place.key());
    BOOST_TEST_CONTEXT(place.key()) {
      BOOST_TEST((again.ok() && *again == place));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_origin_is_what_a_host_port_is_read_from) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"/path", ""},
      {"http://h/a", "h"},
      {"http://h:80?q", "h:80"},
      {"https://h", "https://h"},
      {"https://h:8443/a?b#c", "https://h:8443"},
      {"HTTPS://[::1]?q", "HTTPS://[::1]"},
  };
  for (const auto& [text, origin] : cases) {
    const UrlResult parsed = parse_url(text);
    BOOST_REQUIRE(parsed.url.has_value());
    BOOST_TEST(parsed.url->origin() == origin);
    BOOST_TEST(parsed.url->is_https() == (origin.size() > 8));
    if (!origin.empty()) {
      const auto place = parse_host_port(parsed.url->origin());
      const HostPort expected{std::string(parsed.url->host), parsed.url->port,
                              parsed.url->is_https()};
      BOOST_TEST((place.ok() && *place == expected), text);
    }
  }
}

BOOST_AUTO_TEST_CASE(finds_parameters) {
  const std::string_view query = "a=1&bb=%20x+&c&a=2&=empty&d==e&";
  BOOST_TEST(query_parameter(query, "a").value() == "1");
  BOOST_TEST(query_parameter(query, "bb").value() == "%20x+");
  BOOST_TEST(query_parameter(query, "c").value() == "");
  BOOST_TEST(query_parameter(query, "d").value() == "=e");
  BOOST_TEST(query_parameter(query, "").value() == "empty");
  BOOST_TEST(!query_parameter(query, "b").has_value());
  BOOST_TEST(!query_parameter(query, "A").has_value());
  BOOST_TEST(!query_parameter("", "a").has_value());
}

BOOST_AUTO_TEST_CASE(sets_parameters) {
  BOOST_TEST(set_query_parameter("/p?a=1&key=old&b=2", "key", "new") == "/p?a=1&key=new&b=2");
  BOOST_TEST(set_query_parameter("/p?key=old", "key", "") == "/p?key=");
  BOOST_TEST(set_query_parameter("/p?key", "key", "v") == "/p?key=v");
  BOOST_TEST(set_query_parameter("/p?key=1&key=2", "key", "v") == "/p?key=v&key=v");
  BOOST_TEST(set_query_parameter("/p?keys=1&x=key=2", "key", "v") == "/p?keys=1&x=key=2&key=v");
  BOOST_TEST(set_query_parameter("/p", "key", "a%20b") == "/p?key=a%20b");
  BOOST_TEST(set_query_parameter("/p?", "key", "v") == "/p?key=v");
  BOOST_TEST(set_query_parameter("/p?a&", "key", "v") == "/p?a&key=v");
  BOOST_TEST(set_query_parameter("/p?a=b?", "key", "v") == "/p?a=b?&key=v");
  BOOST_TEST(set_query_parameter("/p?a&&b", "key", "v") == "/p?a&&b&key=v");
  BOOST_TEST(set_query_parameter("/key=1", "key", "v") == "/key=1?key=v");
}

BOOST_AUTO_TEST_CASE(decodes_for_servers) {
  BOOST_TEST(decode_query_value("a+b%20c%2Bd%2f") == "a b c+d/");
  BOOST_TEST(decode_query_value("100%") == "100%");
  BOOST_TEST(decode_query_value("%4") == "%4");
  BOOST_TEST(decode_query_value("%4g%zz") == "%4g%zz");
  BOOST_TEST(decode_query_value("%41") == "A");
  BOOST_TEST(decode_query_value("%00") == std::string(1, '\0'));
  BOOST_TEST(decode_query_value("") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::http::test
