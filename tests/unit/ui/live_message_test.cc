// SPDX-License-Identifier: MIT
//
// What a page that follows a run is told, step by step.
#include "live_message.h"

#include "ui_fixture.h"

namespace macaw::ui {

BOOST_AUTO_TEST_SUITE(live_message_test)

namespace {

struct Message {
  std::string id;
  std::string event;
  rapidjson::Document data;
};

struct LiveFixture : UiFixture {
  Database live_database{database};

  LiveMessages begin(std::string_view query, std::string_view last_event_id = "") {
    auto messages = LiveMessages::begin(Query(query), last_event_id);
    BOOST_REQUIRE(messages.ok());
    return std::move(*messages);
  }

  std::optional<Message> next(LiveMessages& messages) {
    const std::optional<std::string> text = messages.next(live_database);
    if (!text) {
      return std::nullopt;
    }
    BOOST_REQUIRE(text->ends_with("\n\n"));
    Message message;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line) && !line.empty();) {
      const size_t colon = line.find(": ");
      BOOST_REQUIRE(colon != std::string::npos);
      const std::string name = line.substr(0, colon);
      const std::string value = line.substr(colon + 2);
      if (name == "id") {
        message.id = value;
      } else if (name == "event") {
        message.event = value;
      } else {
        BOOST_TEST(name == "data");
        message.data.Parse(value.c_str());
        BOOST_REQUIRE(!message.data.HasParseError());
      }
    }
    return message;
  }
};

void play(test::MadeRun& run, int seconds) {
  for (; seconds > 0; --seconds) {
    run.add_second();
  }
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(one_message_for_each_second, LiveFixture) {
  test::MadeRun run(options());
  play(run, 3);
  // The page has asked for everything before: seconds 0 and 1 are over.
  LiveMessages messages = begin("of=1&next=2");
  play(run, 1);
  auto message = next(messages);
  BOOST_REQUIRE(message);
  BOOST_TEST(message->event == "second");
  BOOST_TEST(message->id == "1:2");
  BOOST_TEST(!next(messages));
  play(run, 1);
  message = next(messages);
  BOOST_REQUIRE(message);
  BOOST_TEST(message->id == "1:3");
  BOOST_TEST(message->data["from"].GetUint64() == 3U);
  BOOST_TEST(message->data["response"]["t"].Size() == 1U);
  BOOST_TEST(message->data["traffic"]["requests"][0].GetUint64() == 100U);
  BOOST_TEST(message->data["state"].GetString() == "running");
  BOOST_TEST(!next(messages));
}

BOOST_FIXTURE_TEST_CASE(a_second_that_changes_is_told_again, LiveFixture) {
  test::MadeRun run(options());
  play(run, 36);
  LiveMessages messages = begin("of=1&next=35");
  next(messages);
  // Requests of seconds 35 and 36 are answered in 37 only: then their rows change.
  play(run, 1);
  next(messages);
  play(run, 1);
  next(messages);
  play(run, 1);
  const auto message = next(messages);
  BOOST_REQUIRE(message);
  BOOST_TEST(message->id == "1:37");
  BOOST_TEST(message->data["from"].GetUint64() <= 37U);
}

BOOST_FIXTURE_TEST_CASE(a_lost_page_resumes_where_it_was, LiveFixture) {
  test::MadeRun run(options());
  play(run, 20);
  LiveMessages messages = begin("next=3&of=1", "1:9");
  const auto message = next(messages);
  BOOST_REQUIRE(message);
  BOOST_TEST(message->id == "1:18");
  // Seconds that it has had may have changed meanwhile: it gets those of the last minute again.
  BOOST_TEST(message->data["from"].GetUint64() == 0U);
  BOOST_TEST(message->data["response"]["t"].Size() == 19U);
  BOOST_TEST(!next(messages));
}

BOOST_FIXTURE_TEST_CASE(who_was_away_for_long_gets_a_bounded_message, LiveFixture) {
  test::MadeRunOptions made = options();
  made.planned_s = 1000;
  made.period_ms = 500;
  made.trouble = false;
  test::MadeRun run(made);
  play(run, 900);
  LiveMessages messages = begin("", "1:9");
  const auto message = next(messages);
  BOOST_REQUIRE(message);
  // It says so itself: the page sees the hole and asks for everything.
  BOOST_TEST(message->data["from"].GetUint64() == 599U);
}

BOOST_FIXTURE_TEST_CASE(a_run_begins_ends_and_is_followed_by_another, LiveFixture) {
  LiveMessages messages = begin("");
  auto message = next(messages);
  BOOST_REQUIRE(message);
  BOOST_TEST(message->event == "waiting");
  BOOST_TEST(!next(messages));
  {
    test::MadeRun run(options());
    play(run, 1);
    message = next(messages);
    BOOST_REQUIRE(message);
    BOOST_TEST(message->event == "run");
    BOOST_TEST(message->data["run"].GetInt64() == 1);
    run.finish();
  }
  message = next(messages);
  BOOST_REQUIRE(message);
  BOOST_TEST(message->event == "end");
  BOOST_TEST(message->data["verdict"].GetString() == "VALID");
  BOOST_TEST(!next(messages));
  test::MadeRun second(options());
  message = next(messages);
  BOOST_REQUIRE(message);
  BOOST_TEST(message->event == "run");
  BOOST_TEST(message->data["run"].GetInt64() == 2);
}

BOOST_FIXTURE_TEST_CASE(who_looks_at_an_old_run_hears_of_a_newer_one, LiveFixture) {
  test::MadeRun(options()).finish();
  LiveMessages messages = begin("run=1&of=1&next=60");
  BOOST_TEST(next(messages)->event == "end");  // it may have ended while the page asked
  BOOST_TEST(!next(messages));
  test::MadeRun second(options());
  const auto message = next(messages);
  BOOST_REQUIRE(message);
  BOOST_TEST(message->event == "newer");
  BOOST_TEST(message->data["newest"].GetInt64() == 2);
  BOOST_TEST(message->data["run"].GetInt64() == 1);
}

BOOST_FIXTURE_TEST_CASE(of_one_endpoint, LiveFixture) {
  test::MadeRun run(options());
  play(run, 3);
  LiveMessages messages = begin("of=1&next=1&endpoint=2");
  const auto message = next(messages);
  BOOST_REQUIRE(message);
  BOOST_TEST(message->data["endpoint"].GetUint() == 2U);
  BOOST_TEST(message->data["traffic"]["requests"][0].GetUint64() == 50U);
}

BOOST_AUTO_TEST_CASE(wrong_numbers_are_refused) {
  BOOST_TEST(!LiveMessages::begin(Query("run=x"), "").ok());
  BOOST_TEST(!LiveMessages::begin(Query("endpoint=70000"), "").ok());
  // What a browser sends back is not the operator's doing.
  BOOST_TEST(LiveMessages::begin(Query(""), "nonsense").ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::ui
