// SPDX-License-Identifier: MIT
#include "macaw/http/reference.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

namespace macaw::http {

namespace {

std::string text_of(std::string_view base, std::string_view location) {
  const auto resolved = resolve_reference(base, location);
  if (!resolved.ok()) {
    return "error: " + resolved.error().message();
  }
  return resolved->scheme + "|" + resolved->authority + "|" + resolved->target;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reference_test)

BOOST_AUTO_TEST_CASE(the_table_of_rfc_3986) {
  // Section 5.4, for http://a/b/c/d;p?q.
  const std::vector<std::pair<std::string, std::string>> cases{
      {"g", "||/b/c/g"},
      {"./g", "||/b/c/g"},
      {"g/", "||/b/c/g/"},
      {"/g", "||/g"},
      {"//g", "|g|/"},
      {"?y", "||/b/c/d;p?y"},
      {"g?y", "||/b/c/g?y"},
      {"#s", "||/b/c/d;p?q"},
      {"g#s", "||/b/c/g"},
      {"g?y#s", "||/b/c/g?y"},
      {";x", "||/b/c/;x"},
      {"g;x", "||/b/c/g;x"},
      {"", "||/b/c/d;p?q"},
      {".", "||/b/c/"},
      {"./", "||/b/c/"},
      {"..", "||/b/"},
      {"../", "||/b/"},
      {"../g", "||/b/g"},
      {"../..", "||/"},
      {"../../g", "||/g"},
      {"../../../g", "||/g"},
      {"/./g", "||/g"},
      {"/../g", "||/g"},
      {"g.", "||/b/c/g."},
      {"..g", "||/b/c/..g"},
      {"./../g", "||/b/g"},
      {"./g/.", "||/b/c/g/"},
      {"g/./h", "||/b/c/g/h"},
      {"g/../h", "||/b/c/h"},
      {"g;x=1/../y", "||/b/c/y"},
      {"g?y/../x", "||/b/c/g?y/../x"},
  };
  for (const auto& [location, expected] : cases) {
    BOOST_TEST_CONTEXT(location) {
      BOOST_TEST(text_of("/b/c/d;p?q", location) == expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(other_hosts_and_schemes) {
  BOOST_TEST(text_of("/a", "http://h:81/x/../y?z#f") == "http|h:81|/y?z");
  BOOST_TEST(text_of("/a", "HTTPS://h") == "https|h|/");
  BOOST_TEST(text_of("/a", "http://h?q") == "http|h|/?q");
  BOOST_TEST(text_of("/a", "//[::1]:8080/b") == "|[::1]:8080|/b");
}

BOOST_AUTO_TEST_CASE(what_is_no_place) {
  for (const std::string location : {"/a b", "mailto:x@y", "http://", "ftp://h/", "/a\tb"}) {
    BOOST_TEST(text_of("/", location).starts_with("error: found "), location);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::http
