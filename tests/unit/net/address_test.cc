// SPDX-License-Identifier: MIT

#include "macaw/net/address.h"

#include <boost/test/unit_test.hpp>
#include <cerrno>

namespace macaw::net {
namespace {

BOOST_AUTO_TEST_SUITE(address_test)

Address only(const std::string& host, uint16_t port) {
  auto found = resolve(host, port);
  BOOST_REQUIRE_MESSAGE(found.ok(), host);
  BOOST_REQUIRE(found->size() == 1U);
  return found->front();
}

BOOST_AUTO_TEST_CASE(numeric_addresses) {
  BOOST_TEST(only("127.0.0.1", 80).to_string() == "127.0.0.1:80");
  BOOST_TEST(only("127.0.0.1", 65535).port() == 65535);
  BOOST_TEST(only("::1", 9994).to_string() == "[::1]:9994");
  BOOST_TEST(only("2001:db8::00ff", 1).to_string() == "[2001:db8::ff]:1");
  BOOST_TEST(only("2001:db8::00ff", 0x1234).port() == 0x1234);
}

BOOST_AUTO_TEST_CASE(a_name_has_each_address_once) {
  const auto found = resolve("localhost", 8080);
  BOOST_REQUIRE(found.ok());
  BOOST_TEST(!found->empty());
  for (size_t k = 0; k < found->size(); ++k) {
    BOOST_TEST((*found)[k].port() == 8080);
    for (size_t other = 0; other < k; ++other) {
      BOOST_TEST(!((*found)[k] == (*found)[other]));
    }
  }
}

BOOST_AUTO_TEST_CASE(equality) {
  BOOST_TEST((only("127.0.0.1", 80) == only("127.0.0.1", 80)));
  BOOST_TEST(!(only("127.0.0.1", 80) == only("127.0.0.1", 81)));
  BOOST_TEST(!(only("127.0.0.1", 80) == only("127.0.0.2", 80)));
  BOOST_TEST(!(only("127.0.0.1", 80) == only("::1", 80)));
  BOOST_TEST((Address() == Address()));
}

BOOST_AUTO_TEST_CASE(no_address) {
  BOOST_TEST(Address().to_string() == "(no address)");
  BOOST_TEST(Address().port() == 0);
  BOOST_TEST(Address().size() == 0U);
}

BOOST_AUTO_TEST_CASE(unix_sockets) {
  const auto address = Address::unix_socket("/run/server.sock");
  BOOST_REQUIRE(address.ok());
  BOOST_TEST(address->to_string() == "unix:/run/server.sock");
  BOOST_TEST(address->unix_path() == "/run/server.sock");
  BOOST_TEST(address->port() == 0);
  BOOST_TEST((*address == *Address::unix_socket("/run/server.sock")));
  BOOST_TEST(!(*address == *Address::unix_socket("/run/server.soc")));
  BOOST_TEST(only("127.0.0.1", 80).unix_path() == "");
  const std::string longest(Address::kPathMax, 'p');
  BOOST_REQUIRE(Address::unix_socket(longest).ok());
  BOOST_TEST(Address::unix_socket(longest)->unix_path() == longest);
}

BOOST_AUTO_TEST_CASE(paths_that_no_unix_socket_can_have) {
  BOOST_TEST(Address::unix_socket("").error().message() ==
             "found no path, expected that of a Unix socket");
  const std::string longer(Address::kPathMax + 1, 'p');
  BOOST_TEST(Address::unix_socket(longer).error().message() ==
             "found a path of 108 bytes, expected at most 107: '" + longer + "'");
  BOOST_TEST(!Address::unix_socket(std::string_view("a\0b", 3)).ok());
}

BOOST_AUTO_TEST_CASE(why_no_server_can_be_there) {
  BOOST_TEST(unix_socket_trouble("/no/such/socket") == "No such file or directory");
  BOOST_TEST(unix_socket_trouble("/dev/null") == "not a socket");
}

// Neither text can be a host name, so no name server is asked.
BOOST_AUTO_TEST_CASE(the_error_names_the_host) {
  for (const std::string host : {"no such host", "256.256.256.256.256"}) {
    const auto found = resolve(host, 80);
    BOOST_REQUIRE(!found.ok());
    BOOST_TEST(found.error().message().starts_with("cannot resolve the host name '" + host + "': "),
               found.error().message());
  }
  BOOST_REQUIRE(!resolve("", 80).ok());
}

BOOST_AUTO_TEST_CASE(error_texts) {
  BOOST_TEST(error_text(ECONNREFUSED) == "Connection refused");
  BOOST_TEST(error_text(EMFILE) == "Too many open files");
  BOOST_TEST(error_text(123456) == "error 123456");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::net
