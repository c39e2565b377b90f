// SPDX-License-Identifier: MIT
#include "host_check.h"

#include <unistd.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <string>

namespace macaw::ui {

BOOST_AUTO_TEST_SUITE(host_check_test)

namespace {

struct Case {
  const char* header;
  const char* ui_host;
  bool ours;
};

std::ostream& operator<<(std::ostream& out, const Case& one) {
  return out << one.header << " for " << one.ui_host;
}

const std::vector<Case> kCases = {
    {"127.0.0.1:9994", "127.0.0.1", true},
    {"127.0.0.1", "127.0.0.1", true},
    {"localhost:9994", "127.0.0.1", true},
    {"LocalHost", "127.0.0.1", true},
    {"[::1]:9994", "127.0.0.1", true},
    {"192.168.0.7:9994", "0.0.0.0", true},
    {"bench.example:9994", "bench.example", true},
    {"Bench.Example", "bench.example", true},
    {"evil.example", "127.0.0.1", false},
    {"evil.example:9994", "0.0.0.0", false},
    {"127.0.0.1.evil.example", "127.0.0.1", false},
    {"localhost.evil.example", "127.0.0.1", false},
    {"evillocalhost", "127.0.0.1", false},
    {"[::1", "127.0.0.1", false},
    {"", "127.0.0.1", false},
    {":9994", "", false},
};

}  // namespace

BOOST_DATA_TEST_CASE(names, kCases) {
  BOOST_TEST(host_is_ours(sample.header, sample.ui_host) == sample.ours);
}

BOOST_AUTO_TEST_CASE(the_machines_name_only_where_every_address_is_listened_on) {
  std::string name(256, '\0');
  BOOST_REQUIRE(gethostname(name.data(), name.size() - 1) == 0);
  name.resize(name.find('\0'));
  BOOST_TEST(host_is_ours(name + ":9994", "0.0.0.0"));
  BOOST_TEST(host_is_ours(name, "*"));
  if (name != "localhost") {
    BOOST_TEST(!host_is_ours(name, "127.0.0.1"));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::ui
