// SPDX-License-Identifier: MIT
//
// Which records are templates, and what is wrong with those that are.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "files.h"
#include "macaw/replay/file/template_text.h"
#include "support/temp_dir.h"

namespace macaw::replay {

namespace data = boost::unit_test::data;

namespace {

struct BadTemplate {
  std::string line;
  std::string error;
};

std::ostream& operator<<(std::ostream& out, const BadTemplate& bad) {
  return out << bad.line;
}

const std::string kMark = R"("x-macaw":{"template":true})";

const std::vector<BadTemplate> kBadTemplates = {
    {R"({"url":"/a?${sec}",)" + kMark + "}",
     "1:12: found '${sec}', expected ${seq}, ${rand:LOW..HIGH}, ${uuid} or ${csv:FILE:COLUMN} (or "
     "$${ for a ${ that is none)"},
    {"{" + kMark + R"(,"url":"/${seq}/${rand:2..1}"})",
     "1:45: found ${rand:2..1}, expected whole numbers LOW..HIGH such as 1..100"},
    {"{" + kMark + R"(,"url":"/${rand:1}"})",
     "1:38: found ${rand:1}, expected whole numbers LOW..HIGH such as 1..100"},
    {"{" + kMark + R"(,"url":"/${rand:1..99999999999999999999}"})",
     "1:38: found ${rand:1..99999999999999999999}, expected whole numbers LOW..HIGH such as "
     "1..100"},
    {"{" + kMark + R"(,"url":"/${csv:a.csv}"})",
     "1:38: found ${csv:a.csv}, expected ${csv:FILE:COLUMN}"},
    {"{" + kMark + R"(,"url":"/${csv:a.csv:}"})",
     "1:38: found ${csv:a.csv:}, expected ${csv:FILE:COLUMN}"},
    {"{" + kMark + R"(,"url":"/${seq"})",
     "1:38: found '${' without a '}', expected both (or $${ for a ${ that is none)"},
    {R"({"url":"/","header":{"A":"x","B":["${seq}","${x}"]},)" + kMark + "}",
     "1:45: found '${x}', expected ${seq}, ${rand:LOW..HIGH}, ${uuid} or ${csv:FILE:COLUMN} (or "
     "$${ for a ${ that is none)"},
    {R"({"url":"/","text":"\n${y}",)" + kMark + "}",
     "1:22: found '${y}', expected ${seq}, ${rand:LOW..HIGH}, ${uuid} or ${csv:FILE:COLUMN} (or "
     "$${ for a ${ that is none)"},
    {R"({"url":"/","body":"JHt5fQ==",)" + kMark + "}",
     "1:19: found '${y}', expected ${seq}, ${rand:LOW..HIGH}, ${uuid} or ${csv:FILE:COLUMN} (or "
     "$${ for a ${ that is none)"},
    {R"({"url":"http://${seq}/",)" + kMark + "}",
     "1:16: found a ${ in the host, expected it in the path or query"},
    {R"({"url":"/","x-macaw":{"template":1}})",
     "1:34: found a number for 'template', expected true or false"},
    {R"({"url":"/","x-macaw":{"template":"yes"}})",
     "1:34: found a string for 'template', expected true or false"},
    {R"({"url":"/","x-macaw":{"template":null}})",
     "1:34: found null for 'template', expected true or false"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(template_test)

BOOST_AUTO_TEST_CASE(a_record_says_that_it_is_one) {
  const Loaded loaded = load_text(
      R"({"url":"/${seq}","x-macaw":{"template":true,"generator":"g"}})"
      "\n"
      R"({"url":"/${seq}"})"
      "\n"
      R"({"url":"/${seq}","x-macaw":{"template":true}})"
      "\n"
      R"({"url":"/${nothing}","x-macaw":{"template":false}})"
      "\n"
      R"({"url":"/${nothing","x-macaw":{"version":9,"deep":{"template":true},"list":[1],"n":null}})"
      "\n"
      R"({"url":"/","x-macaw":[{"template":true}]})"
      "\n");
  BOOST_TEST(loaded.error == "");
  std::vector<bool> templates;
  for (const Record& record : loaded.records) {
    templates.push_back(record.is_template);
  }
  BOOST_TEST(templates == (std::vector<bool>{true, false, true, false, false, false}),
             boost::test_tools::per_element());
  BOOST_REQUIRE(loaded.provenance.has_value());
  BOOST_TEST(loaded.provenance->get("generator") == "g");
  BOOST_TEST(loaded.provenance->fields.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_template_alone_is_no_provenance) {
  BOOST_TEST(!load_text(R"({"url":"/","x-macaw":{"template":true}})").provenance.has_value());
  BOOST_TEST(load_text(R"({"url":"/","x-macaw":{}})").provenance.has_value());
  BOOST_TEST(
      load_text(R"({"url":"/","x-macaw":{"version":1,"template":true}})").provenance.has_value());
}

BOOST_DATA_TEST_CASE(mistakes, data::make(kBadTemplates), bad) {
  BOOST_TEST(load_text(bad.line).error == "FILE:" + bad.error);
}

BOOST_AUTO_TEST_CASE(a_template_is_written_and_read_again) {
  const test::TempDir folder;
  const std::string path = folder / "out.jsonl";
  Record record = get("/${seq}", 1);
  record.is_template = true;
  auto writer =
      Writer::create(path, Format::kJsonLines, Provenance{.version = 1, .fields = {{"a", "b"}}});
  BOOST_REQUIRE(writer.ok());
  BOOST_REQUIRE(writer->write(record).ok());
  BOOST_REQUIRE(writer->write(record).ok());
  BOOST_REQUIRE(writer->commit().ok());
  const Loaded loaded = load(path);
  BOOST_TEST(loaded.error == "");
  BOOST_REQUIRE(loaded.records.size() == 2U);
  BOOST_TEST(loaded.records[0] == record);
  BOOST_TEST(loaded.records[1].is_template);
  BOOST_TEST(loaded.provenance->get("a") == "b");
}

BOOST_AUTO_TEST_CASE(the_survey_names_the_columns_of_csv_files) {
  const test::TempDir folder;
  folder.write("in.jsonl",
               R"({"url":"/${csv:a.csv:x}","text":"${csv:b:c.csv:y} ${csv:a.csv:x:raw}",)" + kMark +
                   "}\n" + R"({"url":"/","header":{"A":"${csv:a.csv:z}"},)" + kMark + "}\n" +
                   R"({"url":"/${csv:never.csv:x}"})");
  const auto survey = survey_file(folder / "in.jsonl", nullptr);
  BOOST_REQUIRE(survey.ok());
  std::vector<std::string> found;
  for (const auto& used : survey->csv_columns) {
    found.push_back(used.file + "|" + used.column + "|" + std::to_string(used.line));
  }
  BOOST_TEST(found == (std::vector<std::string>{"a.csv|x|1", "b:c.csv|y|1", "a.csv|z|2"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_form_of_a_value_stands_behind_its_column) {
  using Form = TemplateReference::Form;
  const auto form_of = [](const std::string& text) {
    const auto place = next_reference(text, 0);
    BOOST_REQUIRE(place.has_value());
    BOOST_TEST(place->fault == "");
    BOOST_TEST(place->reference.file == "a.csv");
    return std::pair(place->reference.form, std::string(place->reference.column));
  };
  BOOST_CHECK(form_of("${csv:a.csv:x}") == std::pair(Form::kUsual, std::string("x")));
  BOOST_CHECK(form_of("${csv:a.csv:x:raw}") == std::pair(Form::kRaw, std::string("x")));
  BOOST_CHECK(form_of("${csv:a.csv:x:json}") == std::pair(Form::kJson, std::string("x")));
  BOOST_CHECK(form_of("${csv:a.csv:json}") == std::pair(Form::kUsual, std::string("json")));
  BOOST_CHECK(form_of("${csv:a.csv:raw:json}") == std::pair(Form::kJson, std::string("raw")));
}

BOOST_AUTO_TEST_CASE(a_doubled_dollar_is_a_dollar) {
  const auto place = next_reference("a$${b}${seq}", 0);
  BOOST_REQUIRE(place.has_value());
  BOOST_TEST((place->reference.kind == TemplateReference::Kind::kDollar));
  BOOST_TEST(place->begin == 1U);
  BOOST_TEST(place->end == 4U);
  const auto next = next_reference("a$${b}${seq}", place->end);
  BOOST_REQUIRE(next.has_value());
  BOOST_TEST((next->reference.kind == TemplateReference::Kind::kSequence));
  BOOST_TEST(!next_reference("$a {$} $", 0).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay
