// SPDX-License-Identifier: MIT
//
// Addresses, statuses and headers.
#include <boost/test/data/test_case.hpp>

#include "ui_fixture.h"

namespace macaw::ui {

BOOST_AUTO_TEST_SUITE(router_test)

namespace {

struct Refused {
  const char* target;
  int status;
  const char* body;
};

std::ostream& operator<<(std::ostream& out, const Refused& one) {
  return out << one.target;
}

const std::vector<Refused> kRefused = {
    {"/x", 404, "no such page: /x\n"},
    {"/x/stats.json", 404, "no such page: /x/stats.json\n"},
    {"/static/dashboard.html", 404, "no such page: /static/dashboard.html\n"},
    {"/static/../CMakeLists.txt", 404, "no such page: /static/../CMakeLists.txt\n"},
    {"/shutdown", 404, "no such page: /shutdown\n"},
    {"/favicon.ico", 404, "no such page: /favicon.ico\n"},
    {"/api/x", 404, "no such page: /api/x\n"},
    {"/export/x.html", 404, "no such page: /export/x.html\n"},
    {"/export/1", 404, "no such page: /export/1\n"},
    {"/export/0.html", 404, "no such page: /export/0.html\n"},
    {"/graph_data/nothing", 404, "no such key: nothing; /graph_data lists them\n"},
    {"/graph_data/metric:client/request_latency_ms?p=", 400,
     "p: found \"\", expected indexes from 0 to 7, such as p=1,5\n"},
    {"/graph_data/metric:client/request_latency_ms?p=1,", 400,
     "p: found \"1,\", expected indexes from 0 to 7, such as p=1,5\n"},
    {"/graph_data/metric:client/request_latency_ms?p=8", 400,
     "p: found \"8\", expected indexes from 0 to 7, such as p=1,5\n"},
    {"/graph_data/metric:client/request_latency_ms?resolution=7", 400,
     "resolution: found 7, expected 1, 10, 60 or 600 seconds\n"},
    {"/graph_data/metric:client/request_latency_ms?from=-1", 400,
     "from: found \"-1\", expected a number from 0 to 9223372036854775807\n"},
    {"/graph_data/metric:client/request_latency_ms?endpoint=3", 400,
     "endpoint: found 3, expected one of the run's, see /api/run\n"},
    {"/graph_data/gauge:client/pending?endpoint=1", 400,
     "endpoint: gauge:client/pending is not measured by endpoint\n"},
    {"/graph_data?run=x", 400,
     "run: found \"x\", expected a number from 0 to "
     "9223372036854775807\n"},
    {"/api/series?g=nothing", 400, "no such key: nothing; /graph_data lists them\n"},
    {"/stats.json?period=59", 400, "period: found \"59\", expected at least 60 seconds\n"},
    {"/stats.json?namespace=x", 400, "namespace and filtered are not supported; use period=60\n"},
    {"/stats.json?callback=a(b)", 400, "callback: expected the name of a function\n"},
};

}  // namespace

BOOST_DATA_TEST_CASE(refused, kRefused) {
  UiFixture ui;
  test::MadeRun(ui.options()).add_second();
  BOOST_TEST(ui.body(sample.target, sample.status) == sample.body);
}

BOOST_FIXTURE_TEST_CASE(an_unknown_run, UiFixture) {
  BOOST_TEST(body("/api/run?run=1", 404) == database + " does not exist yet\n");
  add_runs();
  for (const char* target :
       {"/api/run?run=9", "/api/series?run=9", "/api/summary?run=9", "/api/heat?run=9",
        "/api/spectrum?run=9", "/api/parts?run=9", "/stats.json?run=9", "/graph_data?run=9",
        "/graph_data/gauge:client/pending?run=9", "/export/9.html"}) {
    BOOST_TEST(body(target, 404) == database + ": there is no run 9\n");
  }
}

BOOST_FIXTURE_TEST_CASE(small_commands, UiFixture) {
  BOOST_TEST(body("/ping") == "{\"response\":\"pong\"}\n");
  BOOST_TEST(body("/ping.json") == "{\"response\":\"pong\"}\n");
  BOOST_TEST(body("/ping.txt") == "pong\n");
  BOOST_TEST(body("/health") == "OK\n");
  BOOST_TEST(body("/").find("data-mode=\"chart\"") != std::string::npos);
  BOOST_TEST(get("/graph").extra_headers.starts_with("Location: /graph/\r\n"));
}

BOOST_FIXTURE_TEST_CASE(only_reading, UiFixture) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
    http::Request request;
    request.method = method;
    request.target = "/stats.json";
    const server::Response response = router.answer(request);
    BOOST_TEST(response.status == 405);
    BOOST_TEST(response.extra_headers.starts_with("Allow: GET, HEAD\r\n"));
  }
}

BOOST_FIXTURE_TEST_CASE(other_names_are_refused_everywhere, UiFixture) {
  for (const char* target : {"/", "/graph/", "/stats.json", "/static/dashboard.js", "/health"}) {
    http::Request request;
    request.method = "GET";
    request.target = target;
    request.headers = {{"Host", "rebound.example:9994"}};
    const server::Response response = router.answer(request);
    BOOST_TEST(response.status == 403);
    BOOST_TEST(response.body ==
               "Host: found \"rebound.example:9994\", expected an IP address, localhost or "
               "127.0.0.1; start with --ui-host NAME to be reached under another name\n");
  }
}

BOOST_FIXTURE_TEST_CASE(every_answer_is_guarded, UiFixture) {
  for (const char* target : {"/graph/", "/x", "/stats.json", "/static/dashboard.js"}) {
    const std::string headers = get(target).extra_headers;
    for (const char* part :
         {"Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';",
          "frame-ancestors 'none'\r\n", "X-Content-Type-Options: nosniff\r\n",
          "Cross-Origin-Resource-Policy: same-origin\r\n", "Cache-Control: no-store\r\n"}) {
      BOOST_TEST(headers.find(part) != std::string::npos, target << ": " << part);
    }
  }
}

BOOST_FIXTURE_TEST_CASE(the_page_and_all_it_loads, UiFixture) {
  const std::string page = body("/graph/?g=metric:client/request_latency_ms");
  BOOST_TEST(page.find("{{") == std::string::npos);
  BOOST_TEST(page.find("<title>Response time - Macaw</title>") != std::string::npos);
  size_t files = 0;
  for (size_t at = 0; (at = page.find("\"/static/", at)) != std::string::npos; ++at) {
    const size_t end = page.find('"', at + 1);
    const server::Response file = get(page.substr(at + 1, end - at - 1));
    BOOST_TEST(file.status == 200);
    BOOST_TEST(!file.body.empty());
    ++files;
  }
  BOOST_TEST(files == 24U);  // with the modules, so that they come all at once
  BOOST_TEST(page.find("http://") == std::string::npos);
  BOOST_TEST(page.find("https://") == std::string::npos);
  BOOST_TEST(get("/static/dashboard.js").content_type == "text/javascript; charset=utf-8");
  BOOST_TEST(get("/static/uplot.LICENSE.txt").body.find("MIT License") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(the_list_names_every_key, UiFixture) {
  add_runs();
  const std::string page = body("/graph/?run=2");
  BOOST_TEST(page.find("<a href=\"/graph/?g=metric:client/request_latency_ms/js/action/new"
                       "&amp;run=2\">Response time of /js/action/new</a>") != std::string::npos);
  BOOST_TEST(page.find("data-mode=\"list\"") != std::string::npos);
  BOOST_TEST(page.find("<details id=\"keys\" open>") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(names_from_the_file_cannot_become_markup, UiFixture) {
  auto opened = store::RunWriter::open(database);
  BOOST_REQUIRE(opened.ok());
  store::RunStart start;
  start.label = "<script>";
  BOOST_REQUIRE((*opened)->begin_run(start).ok());
  BOOST_REQUIRE((*opened)->add_endpoint({1, "GET", "/<b onclick='x'>&\"\xFF"}).ok());
  BOOST_REQUIRE((*opened)->commit().ok());
  const std::string page = body("/graph/");
  BOOST_TEST(page.find("<b") == page.find("<body"));
  BOOST_TEST(page.find("/&lt;b onclick=&#39;x&#39;&gt;&amp;&quot;") != std::string::npos);
  BOOST_TEST(
      page.find("?g=metric:client/request_latency_ms/%3Cb%20onclick%3D%27x%27%3E%26%22%FF\"") !=
      std::string::npos);
  // The same name comes back through a URL.
  const auto data = json(
      "/graph_data/metric:client/request_latency_ms/"
      "%3Cb%20onclick=%27x%27%3E%26%22%FF");
  BOOST_TEST(data.MemberBegin()->value.Empty());
}

BOOST_AUTO_TEST_CASE(a_page_folder_is_read_each_time) {
  const test::TempDir folder;
  Router router(folder / "macaw.sqlite", "127.0.0.1", folder.path());
  http::Request request;
  request.method = "GET";
  request.target = "/static/dashboard.js";
  BOOST_TEST(router.answer(request).status == 404);
  std::ofstream(folder / "dashboard.js") << "// one";
  BOOST_TEST(router.answer(request).body == "// one");
  std::ofstream(folder / "dashboard.js") << "// two";
  BOOST_TEST(router.answer(request).body == "// two");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::ui
