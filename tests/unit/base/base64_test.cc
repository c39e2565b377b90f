// SPDX-License-Identifier: MIT
#include "macaw/base/base64.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

namespace macaw {

BOOST_AUTO_TEST_SUITE(base64_test)

BOOST_AUTO_TEST_CASE(the_examples_of_rfc_4648) {
  const std::vector<std::pair<std::string, std::string>> examples{
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {"\xff\xfe\xfb", "//77"},
  };
  for (const auto& [bytes, text] : examples) {
    std::string encoded = "before ";
    encode_base64(bytes, encoded);
    BOOST_TEST(encoded == "before " + text);
    std::string decoded = "replaced";
    BOOST_TEST(decode_base64(text, decoded));
    BOOST_TEST(decoded == bytes);
  }
}

BOOST_AUTO_TEST_CASE(what_no_encoder_writes_is_refused) {
  std::string out;
  for (const std::string text :
       {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zm 9", "Zm9v\n", "Zg==Zg==", "Zm9-"}) {
    BOOST_TEST(!decode_base64(text, out), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
