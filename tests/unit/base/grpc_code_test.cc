// SPDX-License-Identifier: MIT
//
// The names of gRPC's codes.

#include "macaw/base/grpc_code.h"

#include <boost/test/unit_test.hpp>
#include <set>

namespace macaw {

BOOST_AUTO_TEST_SUITE(grpc_code_test)

BOOST_AUTO_TEST_CASE(each_code_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (uint32_t code = 0; code < kGrpcCodes; ++code) {
    names.insert(grpc_code_name(code));
  }
  BOOST_TEST(names.size() == kGrpcCodes);
  BOOST_TEST(!names.contains(""));
  // Places that a slip of a line would move.
  BOOST_TEST(grpc_code_name(0) == "OK");
  BOOST_TEST(grpc_code_name(4) == "DEADLINE_EXCEEDED");
  BOOST_TEST(grpc_code_name(8) == "RESOURCE_EXHAUSTED");
  BOOST_TEST(grpc_code_name(14) == "UNAVAILABLE");
  BOOST_TEST(grpc_code_name(16) == "UNAUTHENTICATED");
}

BOOST_AUTO_TEST_CASE(other_codes_have_none) {
  BOOST_TEST(grpc_code_name(kGrpcCodes) == "");
  BOOST_TEST(grpc_code_name(UINT32_MAX) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
