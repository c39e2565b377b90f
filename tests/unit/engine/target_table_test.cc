// SPDX-License-Identifier: MIT
//
// Which requests share a target: the place, its scheme, what is spoken there, and with TLS the name
// that the certificate must hold.

#include "replay/engine/target_table.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

namespace macaw::replay {
namespace {

/// The entry for an origin, which has a number of its own or shares that of another.
const TargetEntry& entry_of(TargetTable& table, std::string_view origin, bool is_grpc = false) {
  const auto id = table.id_of(origin, is_grpc, 1);
  BOOST_REQUIRE(id.has_value());
  return table.entry(*id);
}

Transmission with_version(HttpVersion version) {
  Transmission transmission;
  transmission.http_version = version;
  return transmission;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(target_table_test)

BOOST_AUTO_TEST_CASE(spellings_of_one_place_are_one_target) {
  const Transmission transmission;
  TargetTable table(transmission);
  const auto plain = table.id_of("h", false, 3);
  BOOST_TEST((table.id_of("h:80", false, 4) == plain));
  const auto secure = table.id_of("https://h", false, 5);
  BOOST_TEST((secure != plain));
  BOOST_TEST((table.id_of("HTTPS://h:443", false, 6) == secure));
  BOOST_TEST((table.id_of("https://h:80", false, 7) != plain));
  BOOST_TEST((table.id_of("h:443", false, 8) != secure));
  BOOST_TEST(table.count() == 4);
  BOOST_TEST(table.entry(*plain).place.key() == "h:80");
  BOOST_TEST(table.entry(*plain).line == 3U);
  BOOST_TEST(table.entry(*secure).place.key() == "https://h:443");
  BOOST_TEST(table.entry(*secure).line == 5U);
}

BOOST_AUTO_TEST_CASE(what_is_spoken) {
  const auto spoken = [](HttpVersion version, std::string_view origin, bool is_grpc) {
    const Transmission transmission = with_version(version);
    TargetTable table(transmission);
    return entry_of(table, origin, is_grpc).protocol;
  };
  BOOST_TEST((spoken(HttpVersion::kAuto, "h", false) == TargetProtocol::kHttp1));
  BOOST_TEST((spoken(HttpVersion::kAuto, "https://h", false) == TargetProtocol::kEither));
  for (const char* const origin : {"h", "https://h"}) {
    BOOST_TEST((spoken(HttpVersion::k1, origin, false) == TargetProtocol::kHttp1), origin);
    BOOST_TEST((spoken(HttpVersion::k2, origin, false) == TargetProtocol::kHttp2), origin);
    for (const HttpVersion version : {HttpVersion::kAuto, HttpVersion::k1, HttpVersion::k2}) {
      BOOST_TEST((spoken(version, origin, true) == TargetProtocol::kHttp2), origin);
    }
  }
}

/// Also where all is HTTP/2: what is known of a target (that its answers are of gRPC) is known
/// before the start.
BOOST_AUTO_TEST_CASE(grpc_calls_have_a_target_of_their_own) {
  const Transmission automatic;
  TargetTable apart(automatic);
  BOOST_TEST((apart.id_of("h", false, 1) != apart.id_of("h", true, 1)));
  BOOST_TEST((apart.id_of("h", true, 1) == apart.id_of("h:80", true, 1)));
  const Transmission http2 = with_version(HttpVersion::k2);
  TargetTable all_http2(http2);
  BOOST_TEST((all_http2.id_of("h", false, 1) != all_http2.id_of("h", true, 1)));
}

BOOST_AUTO_TEST_CASE(a_name_is_verified_that_stood_before_connect_to) {
  Transmission transmission;
  const http::HostPort stand_in{"127.0.0.1", 8443};
  transmission.connect_to = {{.from = {"a", 443}, .to = stand_in},
                             {.from = {"b", 443}, .to = stand_in}};
  TargetTable table(transmission);
  const TargetEntry& entry = entry_of(table, "https://a");
  BOOST_TEST(entry.place.key() == "https://127.0.0.1:8443");
  BOOST_TEST(entry.server_name == "a");
  // A connection whose certificate was checked for one name serves no other.
  BOOST_TEST((table.id_of("https://a", false, 1) != table.id_of("https://b", false, 1)));
  // Without TLS there is nothing to check.
  BOOST_TEST((table.id_of("a:443", false, 1) == table.id_of("b:443", false, 1)));
}

BOOST_AUTO_TEST_CASE(a_target_takes_what_other_hosts_are_named) {
  Transmission transmission;
  transmission.target = http::HostPort{.host = "t", .port = 443, .tls = true};
  TargetTable table(transmission);
  const auto id = table.id_of("h", false, 7);
  BOOST_REQUIRE(id.has_value());
  BOOST_TEST((table.id_of("https://other:1", false, 8) == id));
  BOOST_TEST((table.id_of({}, false, 9) == id));
  BOOST_TEST(table.entry(*id).place.key() == "https://t:443");
  BOOST_TEST(table.entry(*id).server_name == "t");
  BOOST_TEST((table.entry(*id).protocol == TargetProtocol::kEither));
  BOOST_TEST(table.entry(*id).line == 0U);
}

BOOST_AUTO_TEST_CASE(there_is_a_most) {
  const Transmission transmission;
  TargetTable table(transmission);
  for (size_t k = 0; k < TargetTable::kTargetsMax; ++k) {
    BOOST_REQUIRE(table.id_of("https://h" + std::to_string(k), false, 1).has_value());
  }
  BOOST_TEST(!table.id_of("https://more", false, 1).has_value());
  BOOST_TEST(table.id_of("https://h7", false, 1).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay
