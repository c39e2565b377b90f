// SPDX-License-Identifier: MIT
//
// Templates filled in: the same bytes for the same seed and index; CSV files as they are found.

#include "replay/engine/template_renderer.h"

#include <boost/test/unit_test.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "replay/engine/renderer.h"
#include "support/temp_dir.h"

namespace macaw::replay {

namespace {

Record made_template(std::string url, std::string body = {}) {
  Record record;
  record.url = std::move(url);
  record.body = std::move(body);
  record.line = 5;
  record.is_template = true;
  return record;
}

std::string filled_url(TemplateRenderer& renderer, const std::string& url, uint64_t index) {
  const auto filled = renderer.fill(made_template(url), index);
  return filled.ok() ? (*filled)->url : "error: " + filled.error().message();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(template_renderer_test)

BOOST_AUTO_TEST_CASE(the_same_seed_and_index_give_the_same_bytes) {
  const std::string url = "/${seq}/${rand:-5..5}/${uuid}?again=${rand:0..1000000}";
  TemplateRenderer one(7, "f.jsonl");
  TemplateRenderer two(7, "f.jsonl");
  TemplateRenderer other(8, "f.jsonl");
  filled_url(two, url, 99);  // what was rendered before does not matter
  BOOST_TEST(filled_url(one, url, 3) == filled_url(two, url, 3));
  BOOST_TEST(filled_url(one, url, 3) != filled_url(one, url, 4));
  BOOST_TEST(filled_url(one, url, 3) != filled_url(other, url, 3));
  // Never to change: a file and a seed are a run that somebody may want again.
  BOOST_TEST(filled_url(one, url, 3) == "/3/4/44a18af6-65f9-4aee-8d12-98b3cacd4f0b?again=708726");
}

BOOST_AUTO_TEST_CASE(random_numbers_are_within_their_range_and_reach_its_ends) {
  TemplateRenderer renderer(1, "f.jsonl");
  std::set<std::string> seen;
  for (uint64_t index = 0; index < 1000; ++index) {
    seen.insert(filled_url(renderer, "/${rand:-2..3}", index));
  }
  BOOST_TEST(seen == (std::set<std::string>{"/-1", "/-2", "/0", "/1", "/2", "/3"}),
             boost::test_tools::per_element());
  BOOST_TEST(filled_url(renderer, "/${rand:7..7}", 1) == "/7");
  const std::string whole = "/${rand:-9223372036854775808..9223372036854775807}";
  BOOST_TEST(filled_url(renderer, whole, 1) != filled_url(renderer, whole, 2));
}

BOOST_AUTO_TEST_CASE(uuids_are_of_version_4) {
  TemplateRenderer renderer(1, "f.jsonl");
  const std::regex form("/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  std::set<std::string> seen;
  for (uint64_t index = 0; index < 200; ++index) {
    const std::string url = filled_url(renderer, "/${uuid}", index);
    BOOST_TEST(std::regex_match(url, form), url);
    seen.insert(url);
  }
  BOOST_TEST(seen.size() == 200U);
}

BOOST_AUTO_TEST_CASE(rows_of_a_csv_file_go_round) {
  const test::TempDir folder;
  folder.write("users.csv", "id,name\r\n1,\"Ann, B\"\r\n2,\"O\"\"Hara\"\r\n3,caf\xc3\xa9\r\n");
  TemplateRenderer renderer(1, folder / "f.jsonl");
  const std::string url = "/u?i=${csv:users.csv:id}&n=${csv:users.csv:name}";
  BOOST_TEST(filled_url(renderer, url, 0) == "/u?i=1&n=Ann%2C%20B");
  BOOST_TEST(filled_url(renderer, url, 1) == "/u?i=2&n=O%22Hara");
  BOOST_TEST(filled_url(renderer, url, 2) == "/u?i=3&n=caf%C3%A9");
  BOOST_TEST(filled_url(renderer, url, 3) == "/u?i=1&n=Ann%2C%20B");
  BOOST_TEST(filled_url(renderer, "/${csv:users.csv:name:raw}", 2) == "/caf\xc3\xa9");
  BOOST_TEST(filled_url(renderer, "/${csv:users.csv:name:raw}", 0).find("cannot stand in a URL") !=
             std::string::npos);
  Record record = made_template("/", "${csv:users.csv:name}|$${csv:x}|${seq}");
  record.headers = {{"X-User", "${csv:users.csv:id}"}, {"content-length", "3"}};
  const auto filled = renderer.fill(record, 1);
  BOOST_REQUIRE(filled.ok());
  BOOST_TEST((*filled)->body == "O\"Hara|${csv:x}|1");
  BOOST_TEST(((*filled)->headers == std::vector<Header>{{"X-User", "2"}}));
}

BOOST_AUTO_TEST_CASE(values_for_a_place_inside_a_json_string) {
  const test::TempDir folder;
  folder.write("a.csv",
               "id,name,json\n1,\"O\"\"Hara \\ Co\",7\n2,\"two\nlines\t\x01\",8\n3,caf\xc3\xa9/,9\n"
               "4,bad\xff,10\n");
  TemplateRenderer renderer(1, folder / "f.jsonl");
  const auto body = [&](uint64_t index) {
    const auto filled =
        renderer.fill(made_template("/", R"({"n":"${csv:a.csv:name:json}"})"), index);
    return filled.ok() ? (*filled)->body : "error: " + filled.error().message();
  };
  BOOST_TEST(body(0) == R"({"n":"O\"Hara \\ Co"})");
  BOOST_TEST(body(1) == R"({"n":"two\nlines\t\u0001"})");
  BOOST_TEST(body(2) == "{\"n\":\"caf\xc3\xa9/\"}");
  BOOST_TEST(body(3) == "error: " + (folder / "f.jsonl") +
                            ":5: found a value in row 4 of column 'name' of a.csv that is not "
                            "UTF-8, expected text that JSON can hold");
  // JSON inside a URL is escaped for both; in a header it has no line breaks any more.
  BOOST_TEST(filled_url(renderer, "/p?json=${csv:a.csv:name:json}", 0) ==
             "/p?json=O%5C%22Hara%20%5C%5C%20Co");
  Record record = made_template("/");
  record.headers = {{"X", "${csv:a.csv:name:json}"}};
  BOOST_TEST((*renderer.fill(record, 1))->headers[0].value == R"(two\nlines\t\u0001)");
  // Without it a value goes into a body as it stands, as it always did.
  BOOST_TEST((*renderer.fill(made_template("/", "[${csv:a.csv:name}]"), 0))->body ==
             R"([O"Hara \ Co])");
  // Behind a file alone it is a column.
  BOOST_TEST(filled_url(renderer, "/${csv:a.csv:json}", 0) == "/7");
}

BOOST_AUTO_TEST_CASE(what_a_csv_file_cannot_give) {
  const test::TempDir folder;
  folder.write("a.csv", "x,y\n\"1\n2\",3\n");
  TemplateRenderer renderer(1, folder / "f.jsonl");
  const std::string at = "error: " + (folder / "f.jsonl") + ":5: ";
  BOOST_TEST(filled_url(renderer, "/${csv:a.csv:z}", 0) ==
             at + "found column 'z' of a.csv, expected one of x, y");
  BOOST_TEST(filled_url(renderer, "/${csv:none.csv:z}", 0).starts_with(at + "csv: "));
  Record record = made_template("/");
  record.headers = {{"A", "${csv:a.csv:x}"}};
  BOOST_TEST(renderer.fill(record, 0).error().message() ==
             (folder / "f.jsonl") +
                 ":5: found a value in row 1 of column 'x' of a.csv that cannot stand in a "
                 "header, expected none with line breaks");
  BOOST_TEST(renderer.check_column("a.csv", "y", 1).ok());
  BOOST_TEST(renderer.check_column("a.csv", "q", 9)
                 .error()
                 .message()
                 .starts_with((folder / "f.jsonl") + ":9: found column 'q'"));
}

BOOST_AUTO_TEST_CASE(a_csv_file_has_names_and_rows) {
  const test::TempDir folder;
  const auto table = CsvTable::read(folder.write("t.csv", "a,\"b c\"\r\n1,\"x, y\"\r\n3,\r\n"));
  BOOST_REQUIRE(table.ok());
  BOOST_TEST(table->rows() == 2U);
  BOOST_TEST(table->column("b c").value() == 1U);
  BOOST_TEST(!table->column("b").has_value());
  BOOST_TEST(table->at(0, 1) == "x, y");
  BOOST_TEST(table->at(1, 0) == "3");
  BOOST_TEST(table->at(1, 1).empty());
  const auto error = [&folder](const std::string& text) {
    return CsvTable::read(folder.write("bad.csv", text)).error().message();
  };
  BOOST_TEST(error("").ends_with("bad.csv:1:1: found nothing, expected a row of column names"));
  BOOST_TEST(error("a,b\n").ends_with(
      "bad.csv:2:1: found no row, expected at least one below the column names"));
  BOOST_TEST(error("a,b\n1,2\n3\n")
                 .ends_with("bad.csv:3:2: found 1 field, expected 2 as in the "
                            "first row"));
}

BOOST_AUTO_TEST_CASE(the_renderer_frames_what_was_filled_in) {
  const Transmission transmission;
  Renderer renderer(transmission, "f.jsonl");
  Record record = made_template("http://h/items/${seq}?x=${seq}", "[${seq}]");
  record.method = "PUT";
  const auto rendered = renderer.render(record, "1234", 1234);
  BOOST_REQUIRE(rendered.ok());
  BOOST_TEST(rendered->wire ==
             "PUT /items/1234?x=1234 HTTP/1.1\r\nHost: h\r\nUser-Agent: macaw\r\nAccept: */*\r\n"
             "Content-Length: 6\r\n\r\n[1234]");
  BOOST_TEST(rendered->path == "/items/${seq}");
  BOOST_TEST(rendered->wire.substr(rendered->target_offset, rendered->target_size) ==
             "/items/1234?x=1234");
  record.is_template = false;
  BOOST_TEST(renderer.render(record, "0", 7)->wire.find("[${seq}]") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay
