// SPDX-License-Identifier: MIT
#include "ui_fixture.h"

namespace macaw::ui {

test::MadeRunOptions UiFixture::options() const {
  test::MadeRunOptions made;
  made.database = database;
  return made;
}

void UiFixture::add_runs() {
  test::MadeRunOptions calm = options();
  calm.label = "before the cache";
  calm.started_s -= 3600;
  calm.planned_s = 30;
  calm.trouble = false;
  test::MadeRun(calm).finish();
  test::MadeRun(options()).finish();
}

server::Response UiFixture::get(std::string_view target) {
  http::Request request;
  request.method = "GET";
  request.target = std::string(target);
  request.headers = {{"Host", "127.0.0.1:9994"}};
  return router.answer(request);
}

std::string UiFixture::body(std::string_view target, int status) {
  const server::Response response = get(target);
  BOOST_TEST(response.status == status, target << ": " << response.status << response.body);
  return response.body;
}

rapidjson::Document UiFixture::json(std::string_view target) {
  const server::Response response = get(target);
  BOOST_TEST(response.status == 200, target << ": " << response.status << " " << response.body);
  BOOST_TEST(response.content_type == "application/json");
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(response.body);
  BOOST_REQUIRE_MESSAGE(!document.HasParseError(), response.body);
  return document;
}

}  // namespace macaw::ui
