// SPDX-License-Identifier: MIT
//
// A run as one file. Whether it opens is tests/browser's to say.
#include "macaw/ui/export.h"

#include "ui_fixture.h"

namespace macaw::ui {

BOOST_AUTO_TEST_SUITE(export_test)

namespace {

rapidjson::Document stored_in(const std::string& html) {
  const std::string_view mark = "<script type=\"application/json\" id=\"stored\">";
  const size_t begin = html.find(mark);
  BOOST_REQUIRE(begin != std::string::npos);
  const size_t data = begin + mark.size();
  rapidjson::Document document;
  document.Parse(html.substr(data, html.find("</script>", data) - data).c_str());
  BOOST_REQUIRE(!document.HasParseError());
  return document;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(holds_what_the_page_would_ask_for, UiFixture) {
  add_runs();
  const std::string html = body("/export/2.html");
  const auto stored = stored_in(html);
  BOOST_TEST((stored["run"] == json("/api/run?run=2")));
  BOOST_TEST((stored["summary"] == json("/api/summary?run=2")));
  for (const char* endpoint : {"0", "1", "2"}) {
    const std::string query = fmt::format("?run=2&endpoint={}", endpoint);
    for (const char* chart : {"series", "heat", "spectrum", "parts"}) {
      BOOST_TEST(
          (stored["endpoints"][endpoint][chart] == json(fmt::format("/api/{}{}", chart, query))));
    }
  }
  const auto reader = store::RunReader::open(database);
  BOOST_REQUIRE(reader.ok());
  BOOST_TEST((export_html(**reader, 2).ok() && *export_html(**reader, 2) == html));
  BOOST_TEST((export_html(**reader, 0).ok() && *export_html(**reader, 0) == html));
  BOOST_TEST(!export_html(**reader, 9).ok());
}

BOOST_FIXTURE_TEST_CASE(needs_nothing_from_elsewhere, UiFixture) {
  add_runs();
  const std::string html = body("/export/1.html");
  for (const char* part : {"src=\"", "<link", "/static/", "import ", "{{", "https://cdn"}) {
    BOOST_TEST(html.substr(0, html.find("<script>")).find(part) == std::string::npos, part);
  }
  const size_t modules = html.find("<script type=\"module\">");
  BOOST_REQUIRE(modules != std::string::npos);
  BOOST_TEST(html.find("\nimport ", modules) == std::string::npos);
  BOOST_TEST(html.find("\nexport ", modules) == std::string::npos);
  BOOST_TEST(html.find("Content-Security-Policy") != std::string::npos);
  BOOST_TEST(get("/export/1.html").extra_headers.find("macaw-run-1.html") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(names_cannot_end_the_script, UiFixture) {
  test::MadeRunOptions made = options();
  made.label = "</script><script>alert(1)</script><!--";
  made.planned_s = 2;
  test::MadeRun(made).finish();
  const std::string html = body("/export/1.html");
  BOOST_TEST(html.find("alert(1)</script>") == std::string::npos);
  BOOST_TEST(stored_in(html)["run"]["label"].GetString() == made.label);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::ui
