// SPDX-License-Identifier: MIT
#include "macaw/datasets/column_table.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "dataset_text.h"
#include "macaw/base/hash.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

using datasets::ColumnTable;
using datasets::FieldKind;
using Names = std::vector<std::string>;

std::string shown(const ColumnTable& table) {
  std::string text;
  for (const std::string& name : table.names()) {
    text += name + " ";
  }
  for (uint64_t row = 0; row < table.rows(); ++row) {
    text += "/";
    for (size_t column = 0; column < table.names().size(); ++column) {
      text += " " + std::string(table.field(row, column));
    }
  }
  return text;
}

/// The table, or the error without the file's name.
std::string table_text(const std::string& bytes, const Names& columns, FieldKind kind) {
  const test::TempDir folder;
  const auto table = ColumnTable::read(folder.write("in.csv", bytes), columns, kind, nullptr);
  return table ? shown(*table) : test::without_folder(table.error().message(), folder);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(column_table_test)

BOOST_AUTO_TEST_CASE(takes_columns_by_name_by_position_or_all) {
  const std::string file = "id,x,y\n7,0.50,1e3\n8,-1,2\n";
  BOOST_TEST(table_text(file, {"y", "id"}, FieldKind::kNumber) == "y id / 1e3 7/ 2 8");
  BOOST_TEST(table_text(file, {"2", "3"}, FieldKind::kNumber) == "x y / 0.50 1e3/ -1 2");
  BOOST_TEST(table_text(file, {}, FieldKind::kNumber) == "id x y / 7 0.50 1e3/ 8 -1 2");
  BOOST_TEST(table_text("1,2\n3,4\n", {}, FieldKind::kNumber) == "f1 f2 / 1 2/ 3 4");
  BOOST_TEST(table_text("1,2\n3,4\n", {"2"}, FieldKind::kInteger) == "f2 / 2/ 4");
  BOOST_TEST(table_text("a,b\n", {"1"}, FieldKind::kText) == "f1 / a");
}

BOOST_AUTO_TEST_CASE(a_list_of_keys_needs_no_header) {
  BOOST_TEST(table_text("42\n-7\n", {"cc_num"}, FieldKind::kInteger) == "cc_num / 42/ -7");
  BOOST_TEST(table_text("cc_num\n42\n", {"cc_num"}, FieldKind::kInteger) == "cc_num / 42");
}

BOOST_AUTO_TEST_CASE(knows_the_first_line_of_scikit_learn) {
  const std::string file = "2,2,setosa,other\n5.1,3.5,0\n4.9,3.0,1\n";
  BOOST_TEST(table_text(file, {}, FieldKind::kNumber) == "f1 f2 / 5.1 3.5/ 4.9 3.0");
  BOOST_TEST(table_text(file, {"3"}, FieldKind::kNumber) == "f3 / 0/ 1");
  BOOST_TEST(table_text("1,2,setosa\n5.1,3.5\n", {}, FieldKind::kNumber) ==
             "DIR/in.csv:2:8: found 2 fields, expected 3 as the first row says");
  BOOST_TEST(table_text("3,2,setosa\n5.1,3.5,0\n", {}, FieldKind::kNumber) ==
             "DIR/in.csv:1:1: found a promise of 3 rows and 1 of them, expected as many: the file "
             "is cut off or has grown");
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
  const std::string file = "id,x\n7,0.5\n8,.5\n";
  BOOST_TEST(table_text(file, {"x"}, FieldKind::kNumber) ==
             "DIR/in.csv:3:3: found '.5' for 'x', expected a number such as 0.5");
  BOOST_TEST(table_text(file, {"x"}, FieldKind::kInteger) ==
             "DIR/in.csv:2:3: found '0.5' for 'x', expected an integer such as 42");
  BOOST_TEST(table_text(file, {"z"}, FieldKind::kNumber) ==
             "DIR/in.csv:1:1: found no column 'z', expected one of 'id', 'x'");
  BOOST_TEST(table_text(file, {"3"}, FieldKind::kNumber) ==
             "DIR/in.csv:1:1: found no column '3', expected one of 'id', 'x'");
  BOOST_TEST(table_text("x,x\n1,2\n", {"x"}, FieldKind::kNumber) ==
             "DIR/in.csv:1:3: found column 'x' a second time, expected each name once");
  BOOST_TEST(table_text("", {"x"}, FieldKind::kNumber) ==
             "DIR/in.csv:1: found no row, expected at least one");
  BOOST_TEST(table_text("x\n", {"x"}, FieldKind::kNumber) ==
             "DIR/in.csv:1: found no row, expected at least one");
  BOOST_TEST(table_text("x\ny\n", {"cc_num"}, FieldKind::kInteger) ==
             "DIR/in.csv:1:1: found no column 'cc_num', expected one of 'x'");
}

BOOST_AUTO_TEST_CASE(reads_the_real_iris) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* data = std::getenv("MACAW_TEST_DATA");
  const std::string path = std::string(data == nullptr ? "" : data) + "/iris/iris_sklearn.csv";
  if (!std::filesystem::exists(path)) {
    BOOST_TEST_MESSAGE("SKIPPED: no iris in $MACAW_TEST_DATA");
    return;
  }
  const auto table = ColumnTable::read(path, {}, FieldKind::kNumber, nullptr);
  BOOST_REQUIRE_MESSAGE(table.ok(), (table.ok() ? "" : table.error().message()));
  BOOST_TEST(table->rows() == 150U);
  BOOST_TEST(table->names() == (Names{"f1", "f2", "f3", "f4"}), boost::test_tools::per_element());
  BOOST_TEST(table->field(0, 0) == "5.1");
  BOOST_TEST(table->field(149, 3) == "1.8");
  BOOST_TEST(table->sha256().size() == 64U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
