// SPDX-License-Identifier: MIT
//
// Who may steer a run, what they are told, and that a page elsewhere can do nothing.
#include "control_api.h"

#include <boost/test/data/test_case.hpp>
#include <vector>

#include "ui_fixture.h"

namespace macaw::ui {

BOOST_AUTO_TEST_SUITE(control_api_test)

namespace {

constexpr const char* kToken = "00112233445566778899aabbccddeeff";

/// Writes down what it is asked for.
class FakeRun final : public replay::RunControl {
 public:
  replay::RunStatus status() const override { return state; }

  Result<replay::RunChange> set_rate(double per_second, std::string_view who) override {
    return note(fmt::format("rate {} by {}", per_second, who));
  }

  Result<replay::RunChange> pause(std::string_view who) override {
    return note(fmt::format("pause by {}", who));
  }

  Result<replay::RunChange> resume(std::string_view who) override {
    return note(fmt::format("resume by {}", who));
  }

  Status stop(std::string_view who) override {
    const auto noted = note(fmt::format("stop by {}", who));
    return noted.ok() ? Status() : Status(noted.error());
  }

  void stop_scheduling(stats::UnsentReason /*reason*/, std::string /*why*/) override {}

  void stop_now(std::string /*why*/) override {}

  replay::RunStatus state{.playing = true,
                          .paused = false,
                          .target_rps = 100,
                          .no_rate = "",
                          .elapsed = std::chrono::milliseconds(1500),
                          .planned_end = std::chrono::seconds(60)};
  std::string refusal;
  std::vector<std::string> asked;

 private:
  Result<replay::RunChange> note(std::string text) {
    asked.push_back(std::move(text));
    if (!refusal.empty()) {
      return Error(refusal);
    }
    return replay::RunChange{.changed = true, .from = std::chrono::milliseconds(1550)};
  }
};

struct ControlFixture : UiFixture {
  ControlFixture() { router.control().set(&run, kToken, 7); }

  /// As `replay control` sends it; headers of the same name are replaced.
  http::Request request(const std::string& action, const std::string& body) const {
    http::Request made;
    made.method = "POST";
    made.target = "/api/control/" + action;
    made.headers = {{"Host", "127.0.0.1:9994"}, {"X-Macaw-Token", kToken}};
    made.body = body;
    return made;
  }

  server::Response post(const std::string& action, const std::string& body = "") {
    return router.answer(request(action, body));
  }

  FakeRun run;
};

struct WrongBody {
  const char* action;
  const char* body;
  const char* answer;
};

std::ostream& operator<<(std::ostream& out, const WrongBody& one) {
  return out << one.action << " " << one.body;
}

const std::vector<WrongBody> kWrongBodies = {
    {"rate", "", "the body is not a JSON object, expected {\"rps\": 200}"},
    {"rate", "200", "the body is not a JSON object"},
    {"rate", "{\"rps\": 200", "the body is not a JSON object"},
    {"rate", "{\"rps\": 200} x", "the body is not a JSON object"},
    {"rate", "{}", "\"rps\" is missing"},
    {"rate", "{\"rps\": \"200\"}", "\"rps\": not known, or of the wrong kind"},
    {"rate", "{\"rps\": null}", "\"rps\": not known, or of the wrong kind"},
    {"rate", "{\"rps\": NaN}", "the body is not a JSON object"},
    {"rate", "{\"rps\": 1, \"x\": 2}", "\"x\": not known, or of the wrong kind"},
    {"pause", "{\"rps\": 1}", "\"rps\": not known, or of the wrong kind"},
    {"stop", "[]", "the body is not a JSON object, expected {} or {\"by\": \"NAME\"}"},
    {"stop", "{\"by\": 1}", "\"by\": not known, or of the wrong kind"},
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(how_it_stands, ControlFixture) {
  BOOST_TEST(
      body("/api/control") ==
      "{\"available\":true,\"run\":7,\"paused\":false,\"target_rps\":100.0,"
      "\"can_change_rate\":true,\"reason\":\"\",\"elapsed_s\":1.5,\"planned_end_s\":60.0}\n");
  run.state.paused = true;
  run.state.target_rps.reset();
  run.state.no_rate = "the run plays recorded times";
  run.state.planned_end = Nanos(0);
  BOOST_TEST(body("/api/control") ==
             "{\"available\":true,\"run\":7,\"paused\":true,\"target_rps\":null,"
             "\"can_change_rate\":false,\"reason\":\"the run plays recorded times\","
             "\"elapsed_s\":1.5,\"planned_end_s\":null}\n");
  run.state = {};
  const auto ending = json("/api/control");
  BOOST_TEST(!ending["available"].GetBool());
  BOOST_TEST(ending["reason"].GetString() == std::string("the run is ending"));
}

BOOST_FIXTURE_TEST_CASE(changes, ControlFixture) {
  const server::Response rate =
      post("rate", R"json({"rps": 250.5, "by": "replay control (ann)"})json");
  BOOST_TEST(rate.status == 200, rate.body);
  BOOST_TEST(rate.body.find("\"changed\":true,\"at_s\":1.55}") != std::string::npos, rate.body);
  BOOST_TEST(post("pause").status == 200);
  BOOST_TEST(post("resume", "{}").status == 200);
  http::Request by_page = request("stop", "{}");
  by_page.headers.emplace_back("Origin", "http://127.0.0.1:9994");
  BOOST_TEST(router.answer(by_page).status == 200);
  http::Request as_text = request("pause", "");
  as_text.headers.emplace_back("Accept", "text/plain");
  BOOST_TEST(router.answer(as_text).body == "run 7: 100/s, 1.5 s of 60.0 s\n");
  BOOST_TEST(run.asked == (std::vector<std::string>{"rate 250.5 by replay control (ann)",
                                                    "pause by a client", "resume by a client",
                                                    "stop by the page", "pause by a client"}),
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(the_run_refuses, ControlFixture) {
  run.refusal = "the run plays as fast as answers come";
  for (const char* action : {"pause", "resume", "stop"}) {
    const server::Response response = post(action);
    BOOST_TEST(response.status == 409);
    BOOST_TEST(response.body == run.refusal + "\n");
  }
}

BOOST_FIXTURE_TEST_CASE(nothing_without_the_token, ControlFixture) {
  std::vector<std::string> wrong = {"",
                                    "x",
                                    std::string(kToken) + "0",
                                    std::string(kToken, 31),
                                    std::string(32, '0'),
                                    std::string(kToken) + kToken};
  for (size_t k = 0; k < 32; ++k) {
    wrong.emplace_back(kToken);
    wrong.back()[k] ^= 1;
  }
  for (const std::string& token : wrong) {
    http::Request asked = request("stop", "");
    asked.headers[1].second = token;
    const server::Response response = router.answer(asked);
    BOOST_TEST(response.status == 403, token);
    BOOST_TEST(response.body.starts_with(token.empty() ? "X-Macaw-Token: missing"
                                                       : "X-Macaw-Token: wrong"));
  }
  BOOST_TEST(run.asked.empty());
  // Nor in a run without one.
  router.control().set(&run, "", 7);
  http::Request asked = request("stop", "");
  asked.headers[1].second = "";
  BOOST_TEST(router.answer(asked).status == 403);
  BOOST_TEST(run.asked.empty());
}

BOOST_FIXTURE_TEST_CASE(nothing_from_a_page_elsewhere, ControlFixture) {
  for (const char* origin : {"http://evil.example", "null", "https://127.0.0.1:9994",
                             "http://127.0.0.1:9995", "http://127.0.0.1:9994.evil.example"}) {
    http::Request asked = request("stop", "");
    asked.headers.emplace_back("Origin", origin);
    BOOST_TEST(router.answer(asked).status == 403, origin);
  }
  // Under a name that has been made to point here.
  http::Request rebound = request("stop", "");
  rebound.headers[0].second = "rebound.example:9994";
  rebound.headers.emplace_back("Origin", "http://rebound.example:9994");
  BOOST_TEST(router.answer(rebound).status == 403);
  http::Request nameless = request("stop", "");
  nameless.headers.erase(nameless.headers.begin());
  BOOST_TEST(router.answer(nameless).status == 403);
  // Without a preflight's leave the header cannot be set: no answer gives it.
  http::Request preflight = request("stop", "");
  preflight.method = "OPTIONS";
  const server::Response response = router.answer(preflight);
  BOOST_TEST(response.status == 405);
  BOOST_TEST(response.extra_headers.find("Access-Control") == std::string::npos);
  BOOST_TEST(run.asked.empty());
}

BOOST_FIXTURE_TEST_CASE(methods, ControlFixture) {
  for (const char* method : {"GET", "HEAD", "PUT", "DELETE"}) {
    http::Request asked = request("pause", "");
    asked.method = method;
    const server::Response response = router.answer(asked);
    BOOST_TEST(response.status == 405);
    BOOST_TEST(response.extra_headers.find("Allow: POST\r\n") != std::string::npos);
  }
  http::Request asked = request("pause", "");
  asked.target = "/api/control";
  BOOST_TEST(router.answer(asked).status == 405);
  BOOST_TEST(post("restart").status == 404);
  BOOST_TEST(post("").status == 404);
  asked.target = "/api/controlx";
  BOOST_TEST(router.answer(asked).status == 405);
  BOOST_TEST(run.asked.empty());
}

BOOST_DATA_TEST_CASE(bodies_are_checked, kWrongBodies) {
  ControlFixture ui;
  const server::Response response = ui.post(sample.action, sample.body);
  BOOST_TEST(response.status == 400);
  BOOST_TEST(response.body.starts_with(sample.answer), response.body);
  BOOST_TEST(response.body.find('\n') == response.body.size() - 1);
  BOOST_TEST(ui.run.asked.empty());
}

BOOST_FIXTURE_TEST_CASE(bodies_and_names_are_bounded, ControlFixture) {
  BOOST_TEST(post("pause", std::string(1025, ' ')).status == 413);
  BOOST_TEST(run.asked.empty());
  const std::string name = "a\\nb\\u0007" + std::string(100, 'x');
  BOOST_TEST(post("pause", R"({"by": ")" + name + "\"}").status == 200);
  BOOST_TEST(run.asked.at(0) == "pause by a?b?" + std::string(56, 'x'));
  // Deep nesting costs nothing.
  BOOST_TEST(post("pause", std::string(1000, '[')).status == 400);
}

BOOST_FIXTURE_TEST_CASE(nothing_to_control, UiFixture) {
  const auto status = json("/api/control");
  BOOST_TEST(!status["available"].GetBool());
  BOOST_TEST(status["run"].IsNull());
  BOOST_TEST(status["reason"].GetString() ==
             std::string("no run is being played here, so there is nothing to control"));
  http::Request asked;
  asked.method = "POST";
  asked.target = "/api/control/stop";
  asked.headers = {{"Host", "127.0.0.1:9994"}, {"X-Macaw-Token", ""}};
  const server::Response response = router.answer(asked);
  BOOST_TEST(response.status == 409);
  BOOST_TEST(response.body == "no run is being played here, so there is nothing to control\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::ui
