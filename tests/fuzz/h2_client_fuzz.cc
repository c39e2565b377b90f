// SPDX-License-Identifier: MIT
//
// The client's side of HTTP/2 understands the same however the bytes are split, ends each request
// at most once, and ends none that was given up. Input: a byte of choices, then what a server sent.

#include <array>
#include <string>
#include <string_view>

#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/base/random.h"
#include "macaw/http/h2_client.h"

namespace macaw::fuzz {
namespace {

constexpr size_t kHeaderMax = 512;

class Told final : public http::H2Stream {
 public:
  void frame_sent(size_t /*bytes*/) override { MACAW_CHECK(!is_over); }

  void frame_begins(size_t bytes) override {
    MACAW_CHECK(!is_over && bytes >= 9);
    all += "F" + std::to_string(bytes);
  }

  void header_came(std::string_view name, std::string_view value) override {
    MACAW_CHECK(!is_over);
    header_bytes += name.size() + value.size();
    MACAW_CHECK(header_bytes <= kHeaderMax);
    all.append("H").append(name).append("=").append(value);
  }

  void body_came(std::string_view bytes) override {
    MACAW_CHECK(!is_over);
    all.append(bytes);
  }

  void answer_ended() override { end("E"); }

  void answer_failed(http::H2Failure failure, std::string_view reason) override {
    MACAW_CHECK(!reason.empty() && reason.find('\n') == std::string_view::npos);
    is_malformed = failure == http::H2Failure::kMalformed;
    end("X" + std::to_string(static_cast<int>(failure)));
  }

  void end(const std::string& how) {
    MACAW_CHECK(!is_over, "it ends twice");
    is_over = true;
    all += how;
  }

  std::string all;
  size_t header_bytes = 0;
  bool is_over = false;
  bool is_malformed = false;
};

struct Understood {
  std::string told;
  bool is_clean = true;  ///< nothing in it broke the protocol
};

/// What three requests are told, of which the last is given up half-way.
Understood understand(http::H2ClientSession& session, std::string_view bytes, size_t piece_max) {
  session.start();
  std::array<Told, 3> streams;
  for (Told& stream : streams) {
    session.submit("POST /x HTTP/1.1\r\nHost: h\r\n\r\nbody", stream);
  }
  std::string out;
  session.take_output(SIZE_MAX, out);
  Random random(piece_max);
  const size_t half = bytes.size() / 2;
  bool goes_on = true;
  for (size_t at = 0; at < bytes.size() && goes_on && !session.is_over();) {
    const size_t limit = at < half ? half - at : bytes.size() - at;
    // A copy of its own, so that a read past the piece is a read past an allocation.
    const std::string piece(bytes.substr(at, std::min(limit, 1 + random.below(piece_max))));
    goes_on = session.feed(piece);
    at += piece.size();
    if (at == half) {
      session.cancel(streams[2]);
      streams[2].is_over = true;
    }
  }
  out.clear();
  session.take_output(size_t{1} << 20, out);
  MACAW_CHECK(session.trouble().find('\n') == std::string_view::npos);
  Understood found{.told = session.is_ready() ? "ready" : "",
                   .is_clean = session.trouble().empty()};
  for (Told& stream : streams) {
    session.cancel(stream);
    found.told += stream.all + ";";
    found.is_clean = found.is_clean && !stream.is_malformed;
  }
  return found;
}

}  // namespace
}  // namespace macaw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  macaw::fuzz::FuzzInput input(data, size);
  const uint8_t choices = input.take_byte();
  const std::string_view bytes = input.rest();
  static macaw::http::H2ClientSession used({.header_bytes_max = macaw::fuzz::kHeaderMax});
  macaw::http::H2ClientSession fresh({.header_bytes_max = macaw::fuzz::kHeaderMax});
  const auto whole = macaw::fuzz::understand(fresh, bytes, bytes.size() + 1);
  const auto in_pieces = macaw::fuzz::understand(used, bytes, 1U + (choices >> 4U));
  // How far nghttp2 gets with what breaks the protocol depends on the pieces: the rest of a padded
  // header block that is cut off, say. What is right is understood the same.
  MACAW_CHECK(!whole.is_clean || !in_pieces.is_clean || whole.told == in_pieces.told);
  return 0;
}
