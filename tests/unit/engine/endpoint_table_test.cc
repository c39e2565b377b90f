// SPDX-License-Identifier: MIT
//
// Endpoints: in order of appearance, folded by groups, bounded.

#include "replay/engine/endpoint_table.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using macaw::replay::Endpoint;
using macaw::replay::EndpointTable;
using macaw::replay::kEndpointsMax;

namespace {

EndpointTable table_of(const std::vector<macaw::replay::EndpointGroup>& groups,
                       std::vector<Endpoint>& found) {
  auto table = EndpointTable::create(groups);
  BOOST_REQUIRE(table.ok());
  table->on_found([&found](const Endpoint& endpoint) { found.push_back(endpoint); });
  return std::move(table).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(endpoint_table_test)

BOOST_AUTO_TEST_CASE(method_and_path_or_label) {
  std::vector<Endpoint> found;
  EndpointTable table = table_of({}, found);
  BOOST_TEST(table.id_of("GET", "/a", "") == 1);
  BOOST_TEST(table.id_of("POST", "/a", "") == 2);
  BOOST_TEST(table.id_of("GET", "/a", "") == 1);
  BOOST_TEST(table.id_of("GET", "/a", "login") == 3);
  BOOST_TEST(table.id_of("GET", "/b", "login") == 3);
  BOOST_REQUIRE(found.size() == 3U);
  BOOST_TEST(found[1].method == "POST");
  BOOST_TEST(found[2].path == "login");
}

BOOST_AUTO_TEST_CASE(groups_fold_ids_in_paths) {
  std::vector<Endpoint> found;
  EndpointTable table =
      table_of({{"^GET /users/[0-9]+$", "/users/ID"}, {"/items/", "items"}}, found);
  BOOST_TEST(table.id_of("GET", "/users/17", "") == 1);
  BOOST_TEST(table.id_of("GET", "/users/18", "") == 1);
  BOOST_TEST(table.id_of("GET", "/users/new", "") == 2);
  BOOST_TEST(table.id_of("PUT", "/items/4", "") == 3);
  BOOST_REQUIRE(found.size() == 3U);
  BOOST_TEST(found[0].path == "/users/ID");
}

// std::regex recurses once per character, and ends the program on a long path.
BOOST_AUTO_TEST_CASE(a_long_path_and_bytes_that_are_no_text) {
  std::vector<Endpoint> found;
  EndpointTable table = table_of({{"/a.*z$", "long"}, {"^GET /b.c$", "byte"}}, found);
  BOOST_TEST(table.id_of("GET", "/" + std::string(1'000'000, 'a') + "z", "") == 1);
  BOOST_TEST(table.id_of("GET",
                         "/b\xff"
                         "c",
                         "") == 2);
  BOOST_REQUIRE(found.size() == 2U);
  BOOST_TEST(found[0].path == "long");
  BOOST_TEST(found[1].path == "byte");
}

BOOST_AUTO_TEST_CASE(beyond_a_thousand_everything_is_other) {
  std::vector<Endpoint> found;
  EndpointTable table = table_of({}, found);
  for (int k = 0; k < 1000; ++k) {
    BOOST_TEST(table.id_of("GET", "/" + std::to_string(k), "") == k + 1);
  }
  BOOST_TEST(table.id_of("GET", "/one-more", "") == kEndpointsMax);
  BOOST_TEST(table.id_of("GET", "/and-more", "") == kEndpointsMax);
  BOOST_TEST(table.id_of("GET", "/7", "") == 8);
  BOOST_REQUIRE(found.size() == 1001U);
  BOOST_TEST(found.back().path == "(other)");
}

BOOST_AUTO_TEST_CASE(a_bad_expression_is_refused) {
  const auto table = EndpointTable::create({{"[", "x"}});
  BOOST_REQUIRE(!table.ok());
  BOOST_TEST(table.error().message().find("--group: '['") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
