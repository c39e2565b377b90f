// SPDX-License-Identifier: MIT
//
// What a record may expect of its answer: as values, and what a person reads about each mistake.
#include "macaw/replay/file/expectation.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "files.h"

namespace macaw::replay {

namespace data = boost::unit_test::data;

namespace {

Expectation good(std::string_view json) {
  ExpectationResult result = parse_expectation(json);
  BOOST_REQUIRE_MESSAGE(result.expectation.has_value(), json << ": " << result.fault);
  return *result.expectation;
}

std::string key_of_number(std::string_view number) {
  std::string key;
  number_key(number, key);
  return key;
}

struct BadExpectation {
  std::string json;
  std::string error;
};

std::ostream& operator<<(std::ostream& out, const BadExpectation& bad) {
  return out << bad.json.substr(0, 80);
}

std::string nested(size_t depth) {
  return R"({"json":{"pointer":"","equals":)" + std::string(depth, '[') + std::string(depth, ']') +
         "}}";
}

std::string steps(size_t count) {
  std::string pointer;
  for (size_t k = 0; k < count; ++k) {
    pointer += "/a";
  }
  return R"({"json":{"exists":true,"pointer":")" + pointer + "\"}}";
}

// Each stands behind {"url":"/","expect": , which is 20 bytes.
const std::vector<BadExpectation> kBad = {
    {R"({"stauts":200})",
     "1:22: found key 'stauts', expected one of status, contains, json and overlap"},
    {R"({"status":200,"status":201})", "1:35: found key 'status' a second time, expected it once"},
    {R"({"status":99})",
     "1:31: found status '99', expected 100 to 599 as a number, or a class such as \"2xx\""},
    {R"({"status":2e2})",
     "1:31: found status '2e2', expected 100 to 599 as a number, or a class such as \"2xx\""},
    {R"({"status":[200, "6xx"]})",
     "1:37: found status '6xx', expected 100 to 599 as a number, or a class such as \"2xx\""},
    {R"({"status":"200"})",
     "1:31: found status '200', expected 100 to 599 as a number, or a class such as \"2xx\""},
    {R"({"status":[]})", "1:32: found an empty array, expected a status such as 200 or \"2xx\""},
    {R"({"status":true})",
     "1:31: found true, expected 'status' as a number such as 200, a class such as \"2xx\", or an "
     "array of them"},
    {R"({"contains":""})",
     "1:33: found an empty string, expected 'contains' as a string that is not empty"},
    {R"({"contains":["a"]})",
     "1:33: found an array, expected 'contains' as a string that is not empty"},
    {R"({"json":{"pointer":"a","exists":true}})",
     "1:41: found pointer 'a', expected one that is empty or begins with /"},
    {R"({"json":{"pointer":"/a~2","exists":true}})",
     "1:43: found '~' in pointer '/a~2', expected ~0 (for ~) or ~1 (for /)"},
    {R"({"json":{"pointer":"/\u0061~","exists":true}})",
     "1:40: found '~' in pointer '/a~', expected ~0 (for ~) or ~1 (for /)"},
    {R"({"json":{"pointer":"/a"}})",
     "1:29: found a condition with neither equals nor exists, expected pointer and one of equals "
     "and exists"},
    {R"({"json":[{"pointer":"/a","exists":true},{"equals":1}]})",
     "1:61: found a condition with no pointer, expected pointer and one of equals and exists"},
    {R"({"json":{"pointer":"/a","equals":1,"exists":true}})",
     "1:29: found a condition with both equals and exists, expected pointer and one of equals and "
     "exists"},
    {R"({"json":{"pointer":"/a","exists":1}})",
     "1:54: found number '1', expected 'exists' as true or false"},
    {R"({"json":{"pointer":"/a","is":1}})",
     "1:45: found key 'is', expected one of pointer, equals and exists"},
    {R"({"json":[]})",
     "1:30: found an empty array, expected 'json' as an object with pointer and "
     "equals or exists, or an array of them"},
    {R"({"json":"x"})",
     "1:29: found a string, expected 'json' as an object with pointer and equals "
     "or exists, or an array of them"},
    {R"({"overlap":[]})",
     "1:32: found an array, expected 'overlap' as an object with pointer, ids and min"},
    {R"({"overlap":{"pointer":"/a"}})",
     "1:32: found an overlap without ids, expected pointer and ids"},
    {R"({"overlap":{"ids":[1]}})",
     "1:32: found an overlap without pointer, expected pointer and ids"},
    {R"({"overlap":{"pointer":"/a","ids":[]}})",
     "1:55: found an empty array, expected an id: a string or a number"},
    {R"({"overlap":{"pointer":"/a","ids":[1,"1",1.0]}})",
     "1:61: found id '1' a second time, expected it once"},
    {R"({"overlap":{"pointer":"/a","ids":[null]}})",
     "1:55: found null, expected an id: a string or a number"},
    {R"({"overlap":{"pointer":"/a","ids":7}})",
     "1:54: found number '7', expected 'ids' as an array of strings and numbers"},
    {R"({"overlap":{"pointer":"/a","ids":[1],"min":1.5}})",
     "1:64: found '1.5', expected 'min' as a number from 0 to 1"},
    {R"({"overlap":{"pointer":"/a","ids":[1],"min":-0.1}})",
     "1:64: found '-0.1', expected 'min' as a number from 0 to 1"},
    {R"({"overlap":{"pointer":"/a","ids":[1],"max":1}})",
     "1:58: found key 'max', expected one of pointer, ids and min"},
    {R"("stats")",
     "1:21: found 'stats', expected status, seldon, contains:TEXT, none, or an object"},
    {R"("contains:")",
     "1:21: found 'contains:', expected status, seldon, contains:TEXT, none, or an object"},
    {nested(65), "1:116: found nesting in 'equals' deeper than 64, expected less"},
    {steps(65), "1:54: found a pointer of 65 steps, expected at most 64"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(expectation_test)

BOOST_AUTO_TEST_CASE(statuses) {
  using Range = Expectation::StatusRange;
  BOOST_TEST((good(R"({"status":200})").statuses == std::vector<Range>{{200, 200}}));
  BOOST_TEST((good(R"({"status":"2xx"})").statuses == std::vector<Range>{{200, 299}}));
  BOOST_TEST(
      (good(R"({"status":[404,"5xx"]})").statuses == std::vector<Range>{{404, 404}, {500, 599}}));
  BOOST_TEST(good("{}").statuses.empty());
}

BOOST_AUTO_TEST_CASE(pointers_are_unescaped) {
  const auto pointer = [](const std::string& text) {
    return good(R"({"json":{"pointer":")" + text + R"(","exists":false}})")
        .conditions.front()
        .pointer.steps;
  };
  BOOST_TEST(pointer("").empty());
  BOOST_TEST(pointer("/") == std::vector<std::string>{""}, boost::test_tools::per_element());
  BOOST_TEST(pointer("/a/0//b~1c~0d~01") == (std::vector<std::string>{"a", "0", "", "b/c~d~1"}),
             boost::test_tools::per_element());
  BOOST_TEST(pointer("/\\u00e9\\\"") == std::vector<std::string>{"\xc3\xa9\""},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(conditions_keep_their_values_as_text) {
  const Expectation one = good(R"({ "json" : {"equals": {"a": [1, "]}", null]} , "pointer": "/x"},)"
                               R"( "contains": "\"y\u0041" })");
  BOOST_REQUIRE(one.conditions.size() == 1U);
  BOOST_TEST(one.conditions[0].equals == R"({"a": [1, "]}", null]})");
  BOOST_TEST(one.conditions[0].pointer.text == "/x");
  BOOST_TEST(one.contains == "\"yA");
  const Expectation more =
      good(R"({"json":[{"pointer":"/a","equals":-1.5e3},{"pointer":"/b","equals":"q\"\\"},)"
           R"({"pointer":"/c","equals":null},{"pointer":"/d","equals":false},)"
           R"({"pointer":"/e","exists":false}]})");
  std::vector<std::string> values;
  for (const auto& condition : more.conditions) {
    values.push_back(condition.equals);
  }
  BOOST_TEST(values == (std::vector<std::string>{"-1.5e3", R"("q\"\\")", "null", "false", ""}),
             boost::test_tools::per_element());
  BOOST_TEST(!more.conditions.back().exists);
}

BOOST_AUTO_TEST_CASE(overlaps) {
  const Expectation made =
      good(R"({"overlap":{"ids":["b",7,"a"],"min":0.8,"pointer":"/list/*/item"}})");
  BOOST_REQUIRE(made.overlap.has_value());
  BOOST_TEST(made.overlap->ids == (std::vector<std::string>{"n7", "sa", "sb"}),
             boost::test_tools::per_element());
  BOOST_TEST(made.overlap->min == 0.8);
  BOOST_TEST(made.overlap->pointer.steps == (std::vector<std::string>{"list", "*", "item"}),
             boost::test_tools::per_element());
  BOOST_TEST(good(R"({"overlap":{"pointer":"/a","ids":[1]}})").overlap->min == 1.0);
}

BOOST_AUTO_TEST_CASE(names_of_checks) {
  BOOST_TEST(good(R"("none")").check == "none");
  BOOST_TEST(good(R"("contains:a b")").check == "contains:a b");
}

BOOST_AUTO_TEST_CASE(equal_numbers_have_equal_keys) {
  for (const char* same : {"7", "7.0", "0.7e1", "70E-1"}) {
    BOOST_TEST(key_of_number(same) == "n7");
  }
  BOOST_TEST(key_of_number("-0") == key_of_number("0.0"));
  BOOST_TEST(key_of_number("0.10") == key_of_number("1e-1"));
  BOOST_TEST(key_of_number("9007199254740993") != key_of_number("9007199254740992"));
  BOOST_TEST(key_of_number("18446744073709551615") == "n18446744073709551615");
  BOOST_TEST(key_of_number("1e999") == "n1e999");
  std::string key;
  string_key("7", key);
  BOOST_TEST(key != key_of_number("7"));
}

BOOST_DATA_TEST_CASE(mistakes, data::make(kBad), bad) {
  const Loaded loaded = load_text(R"({"url":"/","expect":)" + bad.json + "}");
  BOOST_TEST(loaded.error == "FILE:" + bad.error);
}

BOOST_AUTO_TEST_CASE(the_column_counts_from_the_line) {
  const Loaded loaded = load_text(
      "{\"url\":\"/\"}\n"
      R"({"expect" : {"status":200,"x":1},"url":"/"})");
  BOOST_TEST(loaded.error ==
             "FILE:2:27: found key 'x', expected one of status, contains, json and overlap");
}

BOOST_AUTO_TEST_CASE(as_deep_as_allowed) {
  BOOST_TEST(good(nested(64)).conditions.front().equals.size() == 128U);
  BOOST_TEST(good(steps(64)).conditions.front().pointer.steps.size() == 64U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay
