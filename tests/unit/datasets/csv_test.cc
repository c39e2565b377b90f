// SPDX-License-Identifier: MIT
#include "macaw/datasets/csv.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

#include "dataset_text.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

using datasets::CsvReader;

/// "a|b" a row, or the error without the file's name.
std::string rows_text(const std::string& bytes) {
  const test::TempDir folder;
  const std::string path = folder.write("in.csv", bytes);
  auto reader = CsvReader::open(path);
  BOOST_REQUIRE(reader.ok());
  std::string text;
  while (true) {
    const auto more = reader->next();
    if (!more) {
      return text + test::without_folder(more.error().message(), folder);
    }
    if (!*more) {
      return text;
    }
    for (size_t k = 0; k < reader->fields().size(); ++k) {
      text += (k == 0 ? "" : "|") + std::string(reader->fields()[k]);
    }
    text += "\n";
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(csv_test)

BOOST_AUTO_TEST_CASE(reads_what_people_have) {
  const std::vector<std::pair<std::string, std::string>> files{
      {"", ""},
      {"a,b\n1,2\n", "a|b\n1|2\n"},
      {"a,b\r\n1,2\r\n", "a|b\n1|2\n"},
      {"\xef\xbb\xbf"
       "a,b\n1,2",
       "a|b\n1|2\n"},
      {"a;b\n1,5;2\n", "a|b\n1,5|2\n"},
      {"a\tb\n1\t2\n", "a|b\n1|2\n"},
      {"a|b,c|d\n1|2|3\n", "a|b,c|d\n1|2|3\n"},
      {"a,b,\n,,\n", "a|b|\n||\n"},
      {"\"a,b\",\"say \"\"hi\"\"\"\n\"\",x\n", "a,b|say \"hi\"\n|x\n"},
      {"\"x;y;z\",b\n1,2\n", "x;y;z|b\n1|2\n"},
      {"one\ntwo\n\n\n", "one\ntwo\n"},
      {"\n\n", ""},
  };
  for (const auto& [bytes, expected] : files) {
    BOOST_TEST(rows_text(bytes) == expected);
  }
}

BOOST_AUTO_TEST_CASE(says_where_a_row_is_wrong) {
  const std::vector<std::pair<std::string, std::string>> files{
      {"a,b\n1\n", "a|b\nDIR/in.csv:2:2: found 1 field, expected 2 as in the first row"},
      {"a,b\n1,2,3,4\n", "a|b\nDIR/in.csv:2:5: found 4 fields, expected 2 as in the first row"},
      {"a,b\n\n1,2\n", "a|b\nDIR/in.csv:2:1: found an empty line, expected a row"},
      {"a,b\n1,\"2\n",
       "a|b\nDIR/in.csv:2:3: found a quote without its end, expected a field that ends in its "
       "line"},
      {"a,b\n\"1\"x,2\n", "a|b\nDIR/in.csv:2:4: found 'x' behind a closing quote, expected ','"},
      {"a,b\n1,2\"\n",
       "a|b\nDIR/in.csv:2:4: found a quote within a field, expected quotes around it all and two "
       "for one inside"},
  };
  for (const auto& [bytes, expected] : files) {
    BOOST_TEST(rows_text(bytes) == expected);
  }
}

BOOST_AUTO_TEST_CASE(knows_json_numbers) {
  for (const char* text : {"0", "-0", "5.1", "10", "-12.50", "1e5", "1E-7", "2.5e+10", "0.0"}) {
    BOOST_TEST(datasets::is_json_number(text), text);
  }
  for (const char* text : {"", "-", "+1", "01", ".5", "5.", "1e", "1e+", "nan", "inf", "0x1", " 1",
                           "1 ", "1,5", "--1", "1.2.3"}) {
    BOOST_TEST(!datasets::is_json_number(text), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
