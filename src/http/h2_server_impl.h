// SPDX-License-Identifier: MIT
//
// The inside of an H2ServerSession: what arrives is in h2_server_receive.cc, what goes out in
// h2_server.cc. Requests are told when nghttp2 is not on the stack, so that whoever hears of one
// may do anything, and so that what a client sends and takes back in one breath costs nothing.
// Thread: that of the session.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "h2_memory.h"
#include "h2_server_stream.h"
#include "macaw/http/h2_server.h"

namespace macaw::http {

struct H2ServerSession::Impl {
  Impl(const Settings& of_settings, H2Requests& of_requests);
  ~Impl();

  void start();
  void clear();
  void feed(std::string_view bytes);
  void tell();
  void tell_gone();
  bool take_output(size_t bytes, std::string& out);
  void begin_answer(int32_t id, const ResponseView& response, bool is_whole,
                    const Trailers& trailers);
  void resume(int32_t id, H2ServerStream& stream);
  void reset(int32_t id, uint32_t code);

  bool has_room() const { return output_bytes <= kOutputBytesMax; }

  H2ServerStream* find(int32_t id) {
    const auto found = streams.find(id);
    return found == streams.end() ? nullptr : &found->second;
  }

  void say_goodbye(int32_t last_stream);
  void refuse(int32_t id, H2ServerStream& stream, int status, std::string_view reason);
  void check_head(int32_t id, H2ServerStream& stream);

  int handle_begin(const nghttp2_frame& frame);
  void handle_header(const nghttp2_frame& frame, std::string_view name, std::string_view value);
  void handle_body(int32_t id, std::string_view bytes);
  void handle_frame(const nghttp2_frame& frame);
  void handle_frame_sent(const nghttp2_frame& frame);
  void handle_stream_close(int32_t id);
  ssize_t read_answer(int32_t id, uint8_t* to, size_t room, uint32_t* flags);

  static Impl& of(void* user) { return *static_cast<Impl*>(user); }

  static nghttp2_session_callbacks* make_callbacks();

  const Settings settings;
  H2Requests& requests;
  H2Memory memory;
  nghttp2_session_callbacks* callbacks;
  nghttp2_option* options = nullptr;
  nghttp2_session* session = nullptr;
  std::unordered_map<int32_t, H2ServerStream> streams;
  std::deque<int32_t> whole;  // requests that are to be told
  std::vector<int32_t> gone;  // streams that are
  size_t request_bytes = 0;
  size_t output_bytes = 0;
  uint64_t requests_begun = 0;
  int32_t last_stream = 0;  // of a goodbye
  bool stopped = true;
  bool broken = false;  // nghttp2 has given up
  std::string last_words;
};

}  // namespace macaw::http
