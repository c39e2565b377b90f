// SPDX-License-Identifier: MIT

#include "macaw/grpc/frame.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "macaw/base/random.h"

using macaw::grpc::append_frame;
using macaw::grpc::FrameReader;

namespace {

std::string framed(const std::vector<std::string>& messages) {
  std::string bytes;
  for (const std::string& message : messages) {
    append_frame(message, bytes);
  }
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(frame_test)

BOOST_AUTO_TEST_CASE(a_head_says_the_length_big_end_first) {
  BOOST_TEST((framed({std::string(258, 'x')}).substr(0, 6) == std::string("\0\0\0\1\2x", 6)));
  BOOST_TEST((framed({""}) == std::string(5, '\0')));
}

BOOST_AUTO_TEST_CASE(the_same_however_it_is_split) {
  const std::vector<std::string> messages{"first", "", std::string(70'000, 'y'), "last"};
  const std::string bytes = framed(messages);
  macaw::Random random(3);
  FrameReader reader;  // used again and again
  for (size_t piece_max = 1; piece_max < 100'000; piece_max *= 3) {
    reader.start(/*keep_max=*/3);
    BOOST_TEST(reader.is_between_messages());
    for (size_t at = 0; at < bytes.size();) {
      const std::string piece = bytes.substr(at, 1 + random.below(piece_max));
      BOOST_REQUIRE(reader.feed(piece));
      at += piece.size();
      BOOST_REQUIRE(at == bytes.size() || reader.messages() < messages.size());
    }
    BOOST_TEST(reader.messages() == 4U);
    BOOST_TEST(reader.message_bytes() == 70'009U);
    BOOST_TEST(reader.first_message() == "fir");
    BOOST_TEST(!reader.first_is_whole());
    BOOST_TEST(reader.is_between_messages());
  }
}

BOOST_AUTO_TEST_CASE(the_first_message_is_kept_as_far_as_asked) {
  FrameReader reader;
  reader.start(5);
  BOOST_TEST(reader.feed(framed({"first", "second"})));
  BOOST_TEST(reader.first_message() == "first");
  BOOST_TEST(reader.first_is_whole());
  reader.start(100);
  BOOST_TEST(reader.first_message().empty());
  BOOST_TEST(!reader.first_is_whole());
  BOOST_TEST(reader.feed(framed({""})));
  BOOST_TEST(reader.first_is_whole());
}

BOOST_AUTO_TEST_CASE(every_place_in_a_message_is_no_end) {
  const std::string bytes = framed({"whole"});
  for (size_t size = 0; size <= bytes.size(); ++size) {
    FrameReader reader;
    reader.start(10);
    BOOST_TEST(reader.feed(bytes.substr(0, size)));
    BOOST_TEST(reader.is_between_messages() == (size == 0 || size == bytes.size()));
    BOOST_TEST(reader.messages() == (size == bytes.size() ? 1U : 0U));
  }
}

BOOST_AUTO_TEST_CASE(compressed_messages_and_noise_are_refused) {
  FrameReader reader;
  reader.start(10);
  BOOST_TEST(reader.feed(framed({"good"})));
  BOOST_TEST(!reader.feed(std::string("\1\0\0\0\1x", 6)));
  BOOST_TEST(reader.trouble() == "a compressed message, which nobody has asked for");
  reader.start(10);
  BOOST_TEST(reader.trouble().empty());
  BOOST_TEST(!reader.feed("HTTP/1.1 200 OK"));
  BOOST_TEST(reader.trouble() == "what should be a gRPC message is none");
}

BOOST_AUTO_TEST_SUITE_END()
