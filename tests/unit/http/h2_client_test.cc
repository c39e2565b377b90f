// SPDX-License-Identifier: MIT
//
// The client's side of HTTP/2 without a socket: what goes out for a request, and the same answer
// however its bytes are split. Frames are built by hand (support/h2_script.h).

#include "macaw/http/h2_client.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "support/h2_script.h"

using macaw::http::H2ClientSession;
using macaw::http::H2Failure;
using macaw::http::H2Stream;
namespace h2 = macaw::test::h2;

namespace {

struct Recorder : H2Stream {
  void frame_sent(size_t bytes) override { sent += bytes; }

  void frame_begins(size_t bytes) override { came += bytes; }

  void header_came(std::string_view name, std::string_view value) override {
    told += std::string(name) + "=" + std::string(value) + ";";
  }

  void body_came(std::string_view bytes) override { told += bytes; }

  void answer_ended() override { told += "|end"; }

  void answer_failed(H2Failure failure, std::string_view reason) override {
    told += "|failed " + std::to_string(static_cast<int>(failure)) + " " + std::string(reason);
  }

  std::string told;
  size_t sent = 0;
  size_t came = 0;
};

std::string written(H2ClientSession& session) {
  std::string bytes;
  while (session.take_output(1000, bytes)) {
  }
  return bytes;
}

constexpr std::string_view kGetText = "GET /a?b HTTP/1.1\r\nHost: h:1\r\nAccept: */*\r\n\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(h2_client_test)

BOOST_AUTO_TEST_CASE(begins_with_the_preface) {
  H2ClientSession session({});
  session.start();
  const std::string bytes = written(session);
  BOOST_TEST(bytes.starts_with("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
  // No promises; a stream's window; the head that we take; then the connection's window.
  BOOST_TEST(bytes.substr(24) ==
             h2::settings(h2::setting(2, 0) + h2::setting(4, H2ClientSession::kStreamWindow) +
                          h2::setting(6, 64 * 1024)) +
                 h2::frame(h2::kWindowUpdate, 0, 0,
                           h2::number(H2ClientSession::kConnectionWindow - 65535)));
  BOOST_TEST(!session.is_ready());
  BOOST_TEST(session.feed(h2::settings()));
  BOOST_TEST(session.is_ready());
  BOOST_TEST(session.takes_requests());
  BOOST_TEST(written(session) == h2::frame(h2::kSettings, h2::kAck, 0, {}));
}

BOOST_AUTO_TEST_CASE(the_same_however_it_is_split) {
  const std::string answer = h2::settings() + h2::headers(1, {{":status", "103"}}) +
                             h2::headers(1, {{":status", "200"}, {"content-type", "text/plain"}}) +
                             h2::data(1, "hello ", /*end_stream=*/false) +
                             h2::data(1, "world", /*end_stream=*/false) +
                             h2::headers(1, {{"x-sum", "1"}}, /*end_stream=*/true);
  for (size_t piece = 1; piece <= answer.size(); piece += piece < 40 ? 1 : 17) {
    H2ClientSession session({});
    session.start();
    Recorder stream;
    session.submit(kGetText, stream);
    written(session);
    for (size_t at = 0; at < answer.size(); at += piece) {
      BOOST_REQUIRE(session.feed(answer.substr(at, piece)));
    }
    BOOST_TEST(stream.told ==
               ":status=103;:status=200;content-type=text/plain;hello worldx-sum=1;|end");
    BOOST_TEST(stream.came == answer.size() - h2::settings().size());
  }
}

BOOST_AUTO_TEST_CASE(a_session_begins_anew) {
  H2ClientSession session({});
  for (int connection = 0; connection < 3; ++connection) {
    session.start();
    Recorder first;
    Recorder second;
    session.submit(kGetText, first);
    session.submit(kGetText, second);
    const size_t size = written(session).size();
    BOOST_TEST(size == 24 + 27 + 13 + first.sent + second.sent);
    BOOST_TEST(session.feed(h2::settings() + h2::answer(3, "b")));
    BOOST_TEST(second.told.ends_with("b|end"));
    BOOST_TEST(first.told.empty());
    session.cancel(first);  // before it goes: what is left would be told to it
  }
}

BOOST_AUTO_TEST_CASE(names_and_pseudo_fields) {
  H2ClientSession session({});
  session.start(/*is_tls=*/true);
  BOOST_TEST(session.feed(h2::settings(h2::setting(1, 0))));  // no table: all fields are literal
  written(session);
  Recorder stream;
  session.submit(
      "POST /x HTTP/1.1\r\nHost: h\r\nX-A: ~~~\r\nConnection: close\r\nTE: gzip\r\n"
      "Transfer-Encoding: chunked\r\nKeep-Alive: 5\r\nUpgrade: h2c\r\nContent-Length: "
      "4\r\n\r\nbody",
      stream);
  const std::string bytes = written(session);
  BOOST_TEST(bytes.find("~~~") != std::string::npos);
  BOOST_TEST(bytes.ends_with(h2::data(1, "body")));
  BOOST_TEST(bytes.size() == stream.sent);
  for (const std::string_view gone : {"chunked", "close", "gzip", "h2c"}) {
    BOOST_TEST(bytes.find(gone) == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(what_was_given_up_is_told_nothing) {
  H2ClientSession session({});
  session.start();
  BOOST_TEST(session.feed(h2::settings()));
  written(session);
  Recorder sent;
  Recorder unsent;
  session.submit(kGetText, sent);
  written(session);
  session.submit(kGetText, unsent);
  session.cancel(sent);
  session.cancel(unsent);
  session.cancel(unsent);
  const std::string bytes = written(session);
  BOOST_TEST(bytes.find(h2::rst(1, 8)) != std::string::npos);
  BOOST_TEST(session.feed(h2::answer(1, "late")));
  BOOST_TEST(sent.told.empty());
  BOOST_TEST(unsent.told.empty());
}

BOOST_AUTO_TEST_CASE(a_goaway_says_which_were_looked_at) {
  H2ClientSession session({});
  session.start();
  std::vector<Recorder> streams(3);
  for (Recorder& stream : streams) {
    session.submit(kGetText, stream);
  }
  written(session);
  BOOST_TEST(session.feed(h2::settings() + h2::goaway(3, h2::kNoError)));
  BOOST_TEST(!session.takes_requests());
  BOOST_TEST(streams[2].told.starts_with("|failed 1 "));
  BOOST_TEST(streams[1].told.empty());
  BOOST_TEST(session.feed(h2::answer(1, "a") + h2::answer(3, "b")));
  BOOST_TEST(streams[0].told.ends_with("a|end"));
  BOOST_TEST(streams[1].told.ends_with("b|end"));
  written(session);
  BOOST_TEST(session.is_over());
  BOOST_TEST(session.trouble().empty());
}

BOOST_AUTO_TEST_CASE(an_answer_begins_with_its_head) {
  H2ClientSession session({});
  session.start();
  Recorder stream;
  session.submit(kGetText, stream);
  written(session);
  BOOST_TEST(session.feed(h2::settings() + h2::frame(h2::kWindowUpdate, 0, 1, h2::number(100))));
  BOOST_TEST(stream.came == 0U);
  const std::string answer = h2::answer(1, "x");
  BOOST_TEST(session.feed(answer));
  BOOST_TEST(stream.came == answer.size());

  Recorder reset;
  session.submit(kGetText, reset);
  written(session);
  BOOST_TEST(session.feed(h2::rst(3, h2::kInternalError)));
  BOOST_TEST(reset.told == "|failed 0 the server reset the stream (INTERNAL_ERROR)");
  BOOST_TEST(reset.came == 0U);
}

BOOST_AUTO_TEST_CASE(a_large_head_comes_in_several_frames) {
  H2ClientSession session({});
  session.start();
  Recorder stream;
  session.submit(kGetText, stream);
  written(session);
  const std::string head = h2::field(":status", "200");
  const std::string rest = h2::field("a", "b");
  const std::string answer = h2::frame(h2::kHeaders, h2::kEndStream, 1, head) +
                             h2::frame(h2::kContinuation, h2::kEndHeaders, 1, rest);
  BOOST_TEST(session.feed(h2::settings() + answer));
  BOOST_TEST(stream.told == ":status=200;a=b;|end");
  BOOST_TEST(stream.came == answer.size());
}

BOOST_AUTO_TEST_CASE(a_breach_is_that_of_its_stream) {
  H2ClientSession session({});
  session.start();
  Recorder first;
  Recorder second;
  session.submit(kGetText, first);
  session.submit(kGetText, second);
  written(session);
  BOOST_TEST(session.feed(h2::settings() + h2::headers(1, {{":status", "200"}, {":status", "1"}})));
  BOOST_TEST(session.feed(h2::headers(3, {{":status", "200"}, {"content-length", "5"}}) +
                          h2::data(3, "four")));
  written(session);
  BOOST_TEST(
      first.told.find("|failed 2 not an HTTP/2 answer: Invalid HTTP header") != std::string::npos,
      first.told);
  BOOST_TEST(second.told.ends_with("|failed 2 not an HTTP/2 answer: PROTOCOL_ERROR"), second.told);
}

BOOST_AUTO_TEST_CASE(says_what_was_wrong) {
  H2ClientSession session({});
  session.start();
  BOOST_TEST(session.feed(h2::settings() + h2::data(0, "x")));
  written(session);
  BOOST_TEST(session.is_over());
  BOOST_TEST(session.trouble() == "not HTTP/2: DATA: stream_id == 0 (PROTOCOL_ERROR)");

  session.start();
  BOOST_TEST(session.trouble().empty());
  BOOST_TEST(!session.feed("HTTP/1.1 400 Bad Request\r\n\r\n"));
  BOOST_TEST(session.trouble() == "the server speaks HTTP/1, not HTTP/2");

  session.start();
  BOOST_TEST(session.feed(h2::settings() + h2::goaway(0, h2::kEnhanceYourCalm)));
  BOOST_TEST(session.trouble() == "the server ended the connection (ENHANCE_YOUR_CALM)");
  BOOST_TEST(macaw::http::h2_error_name(99) == "unknown error code");
}

BOOST_AUTO_TEST_CASE(both_sides_limit_what_is_on_its_way) {
  H2ClientSession session({.streams_max = 10});
  session.start();
  BOOST_TEST(session.streams_max() == 10U);
  BOOST_TEST(session.feed(h2::settings(h2::setting(3, 4))));
  BOOST_TEST(session.streams_max() == 4U);
  BOOST_TEST(session.feed(h2::settings(h2::setting(3, 1000))));
  BOOST_TEST(session.streams_max() == 10U);
}

BOOST_AUTO_TEST_SUITE_END()
