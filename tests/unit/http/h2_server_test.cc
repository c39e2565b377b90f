// SPDX-License-Identifier: MIT
//
// The server's side of HTTP/2 without a socket: requests however they are split, answers whole, in
// pieces and with trailers, windows, goodbyes. Answers are read by our own client's side, which its
// own tests hold against hand-built frames.

#include "macaw/http/h2_server.h"

#include <boost/test/unit_test.hpp>
#include <memory>

#include "h2_sessions.h"

using macaw::http::H2ClientSession;
using macaw::http::H2Failure;
using macaw::http::H2ServerSession;
using macaw::http::H2Stream;
using macaw::http::Request;
using macaw::test::get_request;
using macaw::test::payload_of;
using macaw::test::post_head;
using macaw::test::ServerSession;
namespace h2 = macaw::test::h2;

namespace {

struct AnswerRecorder : H2Stream {
  void frame_sent(size_t /*bytes*/) override {}

  void frame_begins(size_t /*bytes*/) override {}

  void header_came(std::string_view name, std::string_view value) override {
    told += std::string(name) + "=" + std::string(value) + ";";
  }

  void body_came(std::string_view bytes) override { told += bytes; }

  void answer_ended() override { told += "|end"; }

  void answer_failed(H2Failure failure, std::string_view reason) override {
    told += "|failed " + std::to_string(static_cast<int>(failure)) + " " + std::string(reason);
  }

  std::string told;
};

/// Both sides, and what each has to say carried over until nobody has anything to say.
struct TwoSides : ServerSession {
  explicit TwoSides(const H2ServerSession::Settings& settings = {}) : ServerSession(settings) {
    client.start();
  }

  void exchange() {
    for (bool more = true; more;) {
      std::string up;
      std::string down;
      more = client.take_output(1000, up);
      session.feed(up);
      more = session.take_output(1000, down) || more;
      BOOST_REQUIRE(client.feed(down));
      session.go_on();
    }
  }

  AnswerRecorder& ask(std::string_view request) {
    answers.push_back(std::make_unique<AnswerRecorder>());
    client.submit(request, *answers.back());
    exchange();
    return *answers.back();
  }

  H2ClientSession client{{}};
  std::vector<std::unique_ptr<AnswerRecorder>> answers;
};

constexpr std::string_view kGet = "GET /a?b HTTP/1.1\r\nHost: h:1\r\n\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(h2_server_test)

BOOST_AUTO_TEST_CASE(says_its_limits_first) {
  ServerSession server({.limits = {.header_bytes_max = 1000}, .streams_max = 7});
  const auto frames = server.frames();
  BOOST_REQUIRE(frames.size() == 2U);
  BOOST_TEST(frames[0].type == h2::kSettings);
  BOOST_TEST(frames[0].payload ==
             h2::setting(3, 7) + h2::setting(4, 64 * 1024) + h2::setting(6, 1000));
  BOOST_TEST(frames[1].type == h2::kWindowUpdate);
  BOOST_TEST(frames[1].payload == h2::number(1024 * 1024 - 65535));
  BOOST_TEST(!server.session.is_over());
}

BOOST_AUTO_TEST_CASE(the_same_request_however_it_is_split) {
  const std::string bytes = std::string(H2ServerSession::preface()) + h2::settings() +
                            h2::headers(1, {{":method", "POST"},
                                            {":scheme", "http"},
                                            {":path", "/a?b"},
                                            {":authority", "h:1"},
                                            {"x-one", "1"},
                                            {"cookie", "a=1"},
                                            {"host", "other"},
                                            {"cookie", "b=2"}}) +
                            h2::data(1, "hello ", /*end_stream=*/false) +
                            h2::data(1, "world", /*end_stream=*/false) +
                            h2::headers(1, {{"x-trailer", "forgotten"}}, /*end_stream=*/true);
  for (size_t piece = 1; piece <= bytes.size(); piece += piece < 40 ? 1 : 17) {
    ServerSession server;
    for (size_t at = 0; at < bytes.size(); at += piece) {
      server.session.feed(bytes.substr(at, piece));
    }
    BOOST_REQUIRE(server.recorder.told.size() == 1U);
    BOOST_TEST(server.recorder.told[0] ==
               "1 POST /a?b Host=h:1 x-one=1 cookie=a=1; b=2 hello world");
  }
}

BOOST_AUTO_TEST_CASE(answers) {
  TwoSides sides;
  sides.recorder.handler = [&](int32_t stream, const Request& request) {
    BOOST_TEST(request.http2);
    sides.session.answer(stream, {.status = request.method == "PUT" ? 204 : 200,
                                  .content_type = "text/plain",
                                  .extra_headers = "X-A: 1\r\nConnection: close\r\nX-B:2\r\n",
                                  .body = "hello"});
  };
  BOOST_TEST(sides.ask(kGet).told ==
             ":status=200;content-type=text/plain;content-length=5;x-a=1;x-b=2;hello|end");
  BOOST_TEST(sides.ask("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n").told ==
             ":status=200;content-type=text/plain;content-length=5;x-a=1;x-b=2;|end");
  BOOST_TEST(sides.ask("PUT / HTTP/1.1\r\nHost: h\r\n\r\nnew").told ==
             ":status=204;content-type=text/plain;x-a=1;x-b=2;|end");
  BOOST_TEST(sides.recorder.told[2] == "5 PUT / Host=h new");
  BOOST_TEST(sides.session.output_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(trailers) {
  TwoSides sides;
  std::string body = "message";
  sides.recorder.handler = [&](int32_t stream, const Request&) {
    sides.session.answer(stream, {.content_type = "application/grpc", .body = body},
                         {{"grpc-status", "0"}, {"grpc-message", "fine"}});
  };
  BOOST_TEST(sides.ask(kGet).told ==
             ":status=200;content-type=application/grpc;messagegrpc-status=0;grpc-message=fine;"
             "|end");
  body.clear();
  BOOST_TEST(sides.ask(kGet).told ==
             ":status=200;content-type=application/grpc;grpc-status=0;grpc-message=fine;|end");
  body.clear();
}

BOOST_AUTO_TEST_CASE(an_answer_in_pieces) {
  TwoSides sides;
  AnswerRecorder& answer = sides.ask(kGet);
  sides.session.begin_answer(1, {.content_type = "text/event-stream"});
  sides.exchange();
  BOOST_TEST(answer.told == ":status=200;content-type=text/event-stream;");
  for (const std::string_view piece : {"one ", "two ", "three"}) {
    answer.told.clear();
    sides.session.add_body(1, piece);
    sides.exchange();
    BOOST_TEST(answer.told == piece);
  }
  sides.session.end_answer(1, {{"x-sum", "3"}});
  sides.exchange();
  BOOST_TEST(answer.told == "threex-sum=3;|end");

  AnswerRecorder& bare = sides.ask(kGet);
  sides.session.begin_answer(3, {.content_type = "a/b"});
  sides.session.add_body(3, "x");
  sides.session.end_answer(3);
  sides.exchange();
  BOOST_TEST(bare.told == ":status=200;content-type=a/b;x|end");
}

BOOST_AUTO_TEST_CASE(answers_come_in_any_order) {
  TwoSides sides;
  AnswerRecorder& first = sides.ask(kGet);
  AnswerRecorder& second = sides.ask(kGet);
  sides.session.answer(3, {.body = "b"});
  sides.exchange();
  BOOST_TEST(second.told.ends_with("b|end"));
  BOOST_TEST(first.told.empty());
  sides.session.answer(1, {.body = "a"});
  sides.exchange();
  BOOST_TEST(first.told.ends_with("a|end"));
}

BOOST_AUTO_TEST_CASE(long_bodies_both_ways) {
  TwoSides sides;
  const std::string body(5'000'000, 'x');
  size_t came = 0;
  sides.recorder.handler = [&](int32_t stream, const Request& request) {
    came = request.body.size();
    sides.session.answer(stream, {.body = request.body});
  };
  const std::string request = "POST / HTTP/1.1\r\nHost: h\r\n\r\n" + body;
  const AnswerRecorder& answer = sides.ask(request);
  BOOST_TEST(came == body.size());
  BOOST_TEST(answer.told.size() ==
             body.size() + std::string(":status=200;content-length=5000000;|end").size());
  BOOST_TEST(sides.session.output_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(a_reset_instead_of_an_answer) {
  TwoSides sides;
  sides.recorder.handler = [&](int32_t stream, const Request&) { sides.session.reset(stream, 2); };
  BOOST_TEST(sides.ask(kGet).told == "|failed 0 the server reset the stream (INTERNAL_ERROR)");
  BOOST_TEST(sides.recorder.told.size() == 1U);  // who resets is not told
}

BOOST_AUTO_TEST_CASE(a_client_that_gives_up) {
  TwoSides sides;
  AnswerRecorder& answer = sides.ask(kGet);
  sides.session.begin_answer(1, {.body = "x"});
  sides.exchange();
  sides.client.cancel(answer);
  sides.exchange();
  BOOST_REQUIRE(sides.recorder.told.size() == 2U);
  BOOST_TEST(sides.recorder.told[1] == "1 gone");
  // Late words do no harm.
  sides.session.add_body(1, "y");
  sides.session.end_answer(1);
  sides.session.answer(1, {});
  sides.session.reset(1, 2);
  BOOST_TEST(sides.ask(kGet).told.empty());
  BOOST_TEST(sides.session.output_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(an_answer_before_the_end_of_the_request) {
  ServerSession server({.limits = {.header_bytes_max = 1000, .body_bytes_max = 10}});
  server.shake_hands();
  server.session.feed(post_head(1) + h2::data(1, "12345678901", /*end_stream=*/false));
  const auto frames = server.frames();
  BOOST_TEST(server.recorder.told.empty());
  BOOST_REQUIRE(frames.size() == 3U);
  BOOST_TEST(frames[0].type == h2::kHeaders);
  BOOST_TEST(frames[1].payload == "the body is too long\n");
  BOOST_TEST(frames[2].payload == h2::number(h2::kNoError));
  BOOST_TEST(frames[2].type == h2::kRstStream);
  server.session.feed(get_request(3));
  BOOST_TEST(server.recorder.told.size() == 1U);
}

BOOST_AUTO_TEST_CASE(goodbye_after_so_many_requests) {
  TwoSides sides({.requests_max = 2});
  AnswerRecorder& first = sides.ask(kGet);
  AnswerRecorder& second = sides.ask(kGet);
  BOOST_TEST(!sides.client.takes_requests());
  BOOST_TEST(!sides.session.is_over());
  sides.session.answer(1, {.body = "a"});
  sides.session.answer(3, {.body = "b"});
  sides.exchange();
  BOOST_TEST(first.told.ends_with("a|end"));
  BOOST_TEST(second.told.ends_with("b|end"));
  BOOST_TEST(sides.session.is_over());
  BOOST_TEST(sides.recorder.told.size() == 2U);
}

/// What comes in the same bytes as the last request is not looked at, and may be sent again.
BOOST_AUTO_TEST_CASE(later_requests_than_the_last_are_refused) {
  ServerSession server({.requests_max = 1});
  server.shake_hands();
  server.session.feed(get_request(1) + get_request(3));
  BOOST_TEST(server.recorder.told.size() == 1U);
  const auto frames = server.frames();
  BOOST_TEST(payload_of(frames, h2::kGoaway) == h2::number(1) + h2::number(h2::kNoError));
  BOOST_TEST(payload_of(frames, h2::kRstStream) == h2::number(h2::kRefusedStream));
}

BOOST_AUTO_TEST_CASE(a_session_begins_anew) {
  ServerSession server;
  for (int connection = 0; connection < 3; ++connection) {
    server.session.start();
    server.recorder.told.clear();
    server.shake_hands();
    server.session.feed(get_request(1, "/x"));
    BOOST_REQUIRE(server.recorder.told.size() == 1U);
    BOOST_TEST(server.recorder.told[0] == "1 GET /x Host=h ");
    server.session.stop();
    server.session.feed(get_request(3));
    server.session.answer(1, {.body = "late"});
    BOOST_TEST(server.frames().empty());
    BOOST_TEST(server.recorder.told.size() == 1U);
  }
}

/// Whoever hears of a request may end everything there and then.
BOOST_AUTO_TEST_CASE(stopped_amidst) {
  ServerSession server;
  server.shake_hands();
  server.recorder.handler = [&](int32_t, const Request& request) {
    server.session.stop();
    BOOST_TEST(request.target == "/x");
  };
  server.session.feed(get_request(1, "/x") + get_request(3, "/x"));
  BOOST_TEST(server.recorder.told.size() == 1U);
  BOOST_TEST(server.session.is_over());
}

BOOST_AUTO_TEST_SUITE_END()
