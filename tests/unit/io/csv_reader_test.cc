// SPDX-License-Identifier: MIT
#include "macaw/io/csv_reader.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/temp_dir.h"

namespace macaw {

namespace {

using io::CsvReader;

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
      std::string message = more.error().message();
      if (const size_t at = message.find(folder.path()); at != std::string::npos) {
        message.replace(at, folder.path().size(), "DIR");
      }
      return text + message;
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

BOOST_AUTO_TEST_SUITE(csv_reader_test)

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
      {"a,\"b\nc\"\r\n\"1\r\n\r\n, \"\"\",2\n\"\n\",\"\n\"", "a|b\nc\n1\n\n, \"|2\n\n|\n\n"},
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
       "a|b\nDIR/in.csv:2:3: found a quote without its end, expected another behind the field"},
      {"a,b\n1,\"2\n3\"\n4\n",
       "a|b\n1|2\n3\nDIR/in.csv:4:2: found 1 field, expected 2 as in the "
       "first row"},
      {"a,b\n1,\"2\n3\"x\n", "a|b\nDIR/in.csv:3:3: found 'x' behind a closing quote, expected ','"},
      {"a,b\n\"1\"x,2\n", "a|b\nDIR/in.csv:2:4: found 'x' behind a closing quote, expected ','"},
      {"a,b\n1,2\"\n",
       "a|b\nDIR/in.csv:2:4: found a quote within a field, expected quotes around it all and two "
       "for one inside"},
  };
  for (const auto& [bytes, expected] : files) {
    BOOST_TEST(rows_text(bytes) == expected);
  }
}

BOOST_AUTO_TEST_CASE(a_quote_nobody_closes_does_not_eat_the_memory) {
  std::string bytes = "a,b\n1,\"2\n";
  for (int line = 0; line < 3'000'000; ++line) {
    bytes += "three,four\n";
  }
  BOOST_TEST(rows_text(bytes) ==
             "a|b\nDIR/in.csv:2:3: found a quote without its end, expected another behind the "
             "field");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
