// SPDX-License-Identifier: MIT
#include "macaw/base/result.h"

#include <boost/test/unit_test.hpp>
#include <memory>

namespace macaw {

namespace {

Result<int> half(int value) {
  if (value % 2 != 0) {
    return errorf("found {}, expected an even number", value);
  }
  return value / 2;
}

Result<int> quarter(int value) {
  MACAW_TRY_ASSIGN(const int halved, half(value));
  MACAW_TRY_ASSIGN(const int result, half(halved));
  return result;
}

Status check_even(int value) {
  MACAW_TRY(half(value));
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(result_test)

BOOST_AUTO_TEST_CASE(positions_are_written_in_one_way) {
  BOOST_TEST(Error::at("a.txt", 3, 7, "found x, expected y").message() ==
             "a.txt:3:7: found x, expected y");
  BOOST_TEST(Error::at("a.txt", 3, 0, "found x").message() == "a.txt:3: found x");
  BOOST_TEST(Error::at("a.txt", 0, 0, "found x").message() == "a.txt: found x");
  BOOST_TEST(Error::at("a.txt", 0, 7, "found x").message() == "a.txt: found x");
}

BOOST_AUTO_TEST_CASE(errors_travel_up) {
  BOOST_TEST(*quarter(12) == 3);
  BOOST_TEST(quarter(6).error().message() == "found 3, expected an even number");
  BOOST_TEST(quarter(5).error().message() == "found 5, expected an even number");
  BOOST_TEST(check_even(2).ok());
  BOOST_TEST(check_even(1).error().message() == "found 1, expected an even number");
}

BOOST_AUTO_TEST_CASE(values_can_be_moved_out) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  BOOST_TEST(result.ok());
  const std::unique_ptr<int> value = std::move(result).value();
  BOOST_TEST(*value == 5);
  Result<std::string> text(std::string("abc"));
  BOOST_TEST(text->size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
