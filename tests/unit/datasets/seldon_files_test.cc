// SPDX-License-Identifier: MIT
#include "macaw/datasets/seldon_files.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "dataset_text.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

using test::TempDir;

struct BadText {
  std::string text;
  std::string error;

  friend std::ostream& operator<<(std::ostream& out, const BadText& bad) { return out << bad.text; }
};

const std::vector<BadText> kBadItems{
    {"{\"list\":\n [}",
     "DIR/f:2:3: found no valid JSON (Invalid value.), expected a JSON document"},
    {"j({\"list\":[}",
     "DIR/f:1:12: found no valid JSON (Invalid value.), expected a JSON document"},
    {"[]", "DIR/f: found no \"list\" array, expected the body of Seldon's /items"},
    {R"({"list":[]})", "DIR/f: found no item of type 1, expected at least one"},
    {R"({"list":[{"id":"1","type":2}]})", "DIR/f: found no item of type 1, expected at least one"},
    {R"({"list":[{"id":"1","type":1},{"id":2,"type":1}]})",
     R"(DIR/f: list[1]: found no "id" text, expected an item such as {"id":"1","type":1})"},
    {R"({"list":[{"id":"1"}]})",
     R"(DIR/f: list[0]: found no "type" number, expected an item such as {"id":"1","type":1})"},
    {R"({"list":[{"id":"1","type":1},{"id":"1","type":1}]})",
     "DIR/f: list[1]: found item 1 a second time, expected each id once"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(seldon_files_test)

BOOST_AUTO_TEST_CASE(reads_items_plain_and_wrapped) {
  const TempDir folder;
  const std::string body =
      "{\"size\":3,\"requested\":3,\"list\":[{\"id\":\"318\",\"name\":\"\",\"type\":1},"
      "{\"id\":\"9\",\"type\":2},{\"id\":\"a-1\",\"name\":\"(x)\",\"type\":1}]}";
  for (const std::string& text : {body, "j(" + body + ")", " callback( " + body + " );\n"}) {
    const auto items = datasets::read_seldon_items(folder.write("f", text));
    BOOST_REQUIRE_MESSAGE(items.ok(), (items.ok() ? "" : items.error().message()));
    BOOST_TEST(*items == (std::vector<std::string>{"318", "a-1"}),
               boost::test_tools::per_element());
  }
}

BOOST_DATA_TEST_CASE(refuses_bad_items, boost::unit_test::data::make(kBadItems), bad) {
  const TempDir folder;
  const auto items = datasets::read_seldon_items(folder.write("f", bad.text));
  BOOST_REQUIRE(!items.ok());
  BOOST_TEST(test::without_folder(items.error().message(), folder) == bad.error);
}

BOOST_AUTO_TEST_CASE(reads_the_first_key) {
  const TempDir folder;
  const auto key = datasets::read_seldon_key(folder.write(
      "f", R"([{"db":"D","client":"C","key":"K1","secret":"","scope":"js"},{"key":"K2"}])"));
  BOOST_REQUIRE(key.ok());
  BOOST_TEST(*key == "K1");
}

BOOST_AUTO_TEST_CASE(refuses_files_without_a_key) {
  const TempDir folder;
  for (const std::string text : {"[]", "{}", "[1]", R"([{"secret":""}])", R"([{"key":1}])"}) {
    const auto key = datasets::read_seldon_key(folder.write("f", text));
    BOOST_REQUIRE(!key.ok());
    BOOST_TEST(test::without_folder(key.error().message(), folder) ==
               R"(DIR/f: found no key, expected [{"key":"..."}] as seldon-cli prints it)");
  }
  BOOST_TEST(!datasets::read_seldon_key((folder / "missing")).ok());
}

BOOST_AUTO_TEST_CASE(brackets_without_end_do_not_use_up_the_stack) {
  const TempDir folder;
  const std::string path = folder.write("f", std::string(1'000'000, '['));
  for (const auto& message : {datasets::read_seldon_items(path).error().message(),
                              datasets::read_seldon_key(path).error().message()}) {
    BOOST_TEST(message.find(":1:1000001: found no valid JSON") != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
