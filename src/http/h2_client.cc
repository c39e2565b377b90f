// SPDX-License-Identifier: MIT
//
// See h2_client.h.

#include "macaw/http/h2_client.h"

#include <fmt/format.h>
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "h2_fields.h"
#include "h2_memory.h"
#include "h2_request_head.h"
#include "macaw/base/check.h"

namespace macaw::http {
namespace {

/// Larger heads than servers take; nghttp2 wants a bound.
constexpr size_t kRequestHeadMax = size_t{64} << 20;
constexpr size_t kFrameHeadBytes = 9;

/// Whether it is a part of a request or an answer. Others belong to a stream, too (WINDOW_UPDATE
/// while the request is read, RST_STREAM), but an answer does not begin with them.
bool is_of_message(uint8_t type) {
  return type == NGHTTP2_HEADERS || type == NGHTTP2_CONTINUATION || type == NGHTTP2_DATA;
}
}  // namespace

std::string_view h2_error_name(uint32_t code) {
  // nghttp2's own says "unknown" in its own way.
  return code <= NGHTTP2_HTTP_1_1_REQUIRED ? nghttp2_http2_strerror(code) : "unknown error code";
}

struct H2ClientSession::Impl {
  explicit Impl(const Settings& of_settings);
  ~Impl();

  void start();
  void end();
  bool feed(std::string_view bytes);
  bool take_output(size_t bytes, std::string& out);
  void submit(std::string_view request, H2Stream& stream);

  H2Stream* stream_of(int32_t id) const {
    return static_cast<H2Stream*>(nghttp2_session_get_stream_user_data(session, id));
  }

  /// The stream carries nothing any more; what comes for its number goes nowhere.
  void let_go(H2Stream& stream) {
    nghttp2_session_set_stream_user_data(session, stream.id_, nullptr);
    stream.id_ = 0;
    stream.body_left_ = {};
  }

  void fail(H2Stream& stream, H2Failure failure, std::string_view reason) {
    let_go(stream);
    stream.answer_failed(failure, reason);
  }

  int handle_frame(const nghttp2_frame& frame);
  void handle_frame_sent(const nghttp2_frame& frame);
  int handle_header(const nghttp2_frame& frame, std::string_view name, std::string_view value);
  int handle_stream_close(int32_t id, uint32_t code);
  void end_answer(H2Stream& stream, bool request_is_out);

  static Impl& of(void* user) { return *static_cast<Impl*>(user); }

  static nghttp2_session_callbacks* make_callbacks();
  static ssize_t read_body(nghttp2_session* raw, int32_t id, uint8_t* to, size_t room,
                           uint32_t* flags, nghttp2_data_source* source, void* user);

  const Settings settings;
  H2Memory memory;
  nghttp2_session_callbacks* callbacks;
  nghttp2_option* options = nullptr;
  nghttp2_session* session = nullptr;
  H2RequestHead head;
  bool is_tls = false;
  bool settings_came = false;
  std::string trouble;
};

nghttp2_session_callbacks* H2ClientSession::Impl::make_callbacks() {
  nghttp2_session_callbacks* made = nullptr;
  MACAW_CHECK(nghttp2_session_callbacks_new(&made) == 0, "no memory");
  nghttp2_session_callbacks_set_on_begin_frame_callback(
      made, [](nghttp2_session*, const nghttp2_frame_hd* frame, void* user) {
        if (H2Stream* const stream =
                is_of_message(frame->type) ? of(user).stream_of(frame->stream_id) : nullptr) {
          stream->frame_begins(frame->length + kFrameHeadBytes);
        }
        return 0;
      });
  nghttp2_session_callbacks_set_on_header_callback(
      made, [](nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_size,
               const uint8_t* value, size_t value_size, uint8_t, void* user) {
        return of(user).handle_header(*frame, view_of(name, name_size), view_of(value, value_size));
      });
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
      made,
      [](nghttp2_session*, uint8_t, int32_t id, const uint8_t* data, size_t size, void* user) {
        if (H2Stream* const stream = of(user).stream_of(id)) {
          stream->body_came(view_of(data, size));
        }
        return 0;
      });
  nghttp2_session_callbacks_set_on_frame_recv_callback(
      made, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
        return of(user).handle_frame(*frame);
      });
  nghttp2_session_callbacks_set_on_frame_send_callback(
      made, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
        of(user).handle_frame_sent(*frame);
        return 0;
      });
  nghttp2_session_callbacks_set_on_stream_close_callback(
      made, [](nghttp2_session*, int32_t id, uint32_t code, void* user) {
        return of(user).handle_stream_close(id, code);
      });
  nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(
      made, [](nghttp2_session*, const nghttp2_frame* frame, int error, void* user) {
        if (H2Stream* const stream = of(user).stream_of(frame->hd.stream_id)) {
          stream->violation_ = error;
        }
        return 0;
      });
  return made;
}

H2ClientSession::Impl::Impl(const Settings& of_settings)
    : settings(of_settings), callbacks(make_callbacks()) {
  MACAW_CHECK(nghttp2_option_new(&options) == 0, "no memory");
  nghttp2_option_set_peer_max_concurrent_streams(options, settings.streams_max);
  nghttp2_option_set_max_send_header_block_length(options, kRequestHeadMax);
  nghttp2_option_set_no_closed_streams(options, 1);  // they serve priorities, which we do not use
}

H2ClientSession::Impl::~Impl() {
  end();
  nghttp2_option_del(options);
  nghttp2_session_callbacks_del(callbacks);
}

void H2ClientSession::Impl::end() {
  nghttp2_session_del(session);
  session = nullptr;
}

void H2ClientSession::Impl::start() {
  end();
  settings_came = false;
  trouble.clear();
  MACAW_CHECK(
      nghttp2_session_client_new3(&session, callbacks, this, options, memory.callbacks()) == 0,
      "no memory");
  const std::array<nghttp2_settings_entry, 3> entries{{
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<uint32_t>(kStreamWindow)},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<uint32_t>(settings.header_bytes_max)},
  }};
  MACAW_CHECK(nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, entries.data(), entries.size()) ==
              0);
  MACAW_CHECK(
      nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kConnectionWindow) == 0);
}

bool H2ClientSession::Impl::feed(std::string_view bytes) {
  if (!settings_came && bytes.starts_with("HTTP/1")) {
    trouble = "the server speaks HTTP/1, not HTTP/2";
    return false;
  }
  const ssize_t taken = nghttp2_session_mem_recv(
      session, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  if (taken < 0) {
    trouble = nghttp2_strerror(static_cast<int>(taken));
  }
  return taken >= 0;
}

bool H2ClientSession::Impl::take_output(size_t bytes, std::string& out) {
  const size_t before = out.size();
  while (out.size() - before < bytes) {
    const uint8_t* data = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session, &data);
    if (size <= 0) {
      break;  // below 0: out of memory, and then nothing goes out any more
    }
    out.append(view_of(data, static_cast<size_t>(size)));
  }
  return out.size() > before;
}

void H2ClientSession::Impl::handle_frame_sent(const nghttp2_frame& frame) {
  if (frame.hd.type == NGHTTP2_GOAWAY && frame.goaway.error_code != NGHTTP2_NO_ERROR) {
    const std::string_view said = view_of(frame.goaway.opaque_data, frame.goaway.opaque_data_len);
    trouble = fmt::format("not HTTP/2: {} ({})", said.empty() ? "a broken frame" : said,
                          h2_error_name(frame.goaway.error_code));
    return;
  }
  if (H2Stream* const stream =
          is_of_message(frame.hd.type) ? stream_of(frame.hd.stream_id) : nullptr) {
    stream->frame_sent(frame.hd.length + kFrameHeadBytes);
  }
}

int H2ClientSession::Impl::handle_header(const nghttp2_frame& frame, std::string_view name,
                                         std::string_view value) {
  H2Stream* const stream = stream_of(frame.hd.stream_id);
  if (stream == nullptr) {
    return 0;
  }
  stream->header_bytes_ += name.size() + value.size();
  if (stream->header_bytes_ > settings.header_bytes_max) {
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame.hd.stream_id, NGHTTP2_CANCEL);
    fail(*stream, H2Failure::kMalformed, "the head of the answer is too large");
    return 0;
  }
  stream->header_came(name, value);
  return 0;
}

int H2ClientSession::Impl::handle_frame(const nghttp2_frame& frame) {
  switch (frame.hd.type) {
    case NGHTTP2_SETTINGS:
      settings_came = settings_came || (frame.hd.flags & NGHTTP2_FLAG_ACK) == 0;
      break;
    case NGHTTP2_GOAWAY:
      if (frame.goaway.error_code != NGHTTP2_NO_ERROR) {
        trouble = fmt::format("the server ended the connection ({})",
                              h2_error_name(frame.goaway.error_code));
      }
      break;
    case NGHTTP2_RST_STREAM:
      if (H2Stream* const stream = stream_of(frame.hd.stream_id)) {
        stream->reset_by_server_ = true;
      }
      break;
    case NGHTTP2_HEADERS:
    case NGHTTP2_DATA: {
      H2Stream* const stream = stream_of(frame.hd.stream_id);
      if (stream != nullptr && (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
        end_answer(*stream,
                   nghttp2_session_get_stream_local_close(session, frame.hd.stream_id) != 0);
      }
      break;
    }
    default:
      break;
  }
  return 0;
}

/// What is left of a request whose answer is complete is of no use to anybody.
void H2ClientSession::Impl::end_answer(H2Stream& stream, bool request_is_out) {
  if (!request_is_out) {
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, stream.id_, NGHTTP2_CANCEL);
  }
  let_go(stream);
  stream.answer_ended();
}

int H2ClientSession::Impl::handle_stream_close(int32_t id, uint32_t code) {
  H2Stream* const stream = stream_of(id);
  if (stream == nullptr) {
    return 0;
  }
  // Also what a GOAWAY says of streams behind the last one that the server looked at.
  if (code == NGHTTP2_REFUSED_STREAM) {
    fail(*stream, H2Failure::kNotProcessed, "the server refused the stream (REFUSED_STREAM)");
    return 0;
  }
  if (stream->reset_by_server_) {
    fail(*stream, H2Failure::kReset,
         fmt::format("the server reset the stream ({})", h2_error_name(code)));
    return 0;
  }
  // We have reset it: nghttp2 has seen something that HTTP does not allow.
  fail(*stream, H2Failure::kMalformed,
       fmt::format("not an HTTP/2 answer: {}", stream->violation_ != 0
                                                   ? nghttp2_strerror(stream->violation_)
                                                   : h2_error_name(code)));
  return 0;
}

ssize_t H2ClientSession::Impl::read_body(nghttp2_session* /*raw*/, int32_t id, uint8_t* to,
                                         size_t room, uint32_t* flags,
                                         nghttp2_data_source* /*source*/, void* user) {
  H2Stream* const stream = of(user).stream_of(id);
  if (stream == nullptr) {
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // cancelled: its RST_STREAM is on the way
  }
  std::string_view& left = stream->body_left_;
  const size_t size = std::min(room, left.size());
  std::memcpy(to, left.data(), size);
  left.remove_prefix(size);
  if (left.empty()) {
    *flags |= NGHTTP2_DATA_FLAG_EOF;
  }
  return static_cast<ssize_t>(size);
}

void H2ClientSession::Impl::submit(std::string_view request, H2Stream& stream) {
  MACAW_CHECK(stream.id_ == 0, "the stream carries a request already");
  head.translate(request, is_tls ? "https" : "http");
  const nghttp2_data_provider provider{.source = {.ptr = nullptr}, .read_callback = &read_body};
  stream.body_left_ = head.body();
  stream.header_bytes_ = 0;
  stream.reset_by_server_ = false;
  stream.violation_ = 0;
  const int32_t id = nghttp2_submit_request(session, /*pri_spec=*/nullptr, head.fields().data(),
                                            head.fields().size(),
                                            head.body().empty() ? nullptr : &provider, &stream);
  MACAW_CHECK(id > 0, "{}", nghttp2_strerror(id));
  stream.id_ = id;
}

H2ClientSession::H2ClientSession(const Settings& settings)
    : impl_(std::make_unique<Impl>(settings)) {}

H2ClientSession::~H2ClientSession() = default;

void H2ClientSession::start(bool is_tls) {
  impl_->is_tls = is_tls;
  impl_->start();
}

bool H2ClientSession::feed(std::string_view bytes) {
  return impl_->feed(bytes);
}

bool H2ClientSession::take_output(size_t bytes, std::string& out) {
  return impl_->take_output(bytes, out);
}

bool H2ClientSession::is_over() const {
  return nghttp2_session_want_read(impl_->session) == 0 &&
         nghttp2_session_want_write(impl_->session) == 0;
}

bool H2ClientSession::is_ready() const {
  return impl_->settings_came;
}

uint32_t H2ClientSession::streams_max() const {
  return std::min(
      impl_->settings.streams_max,
      nghttp2_session_get_remote_settings(impl_->session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS));
}

bool H2ClientSession::takes_requests() const {
  return nghttp2_session_check_request_allowed(impl_->session) != 0;
}

void H2ClientSession::submit(std::string_view request, H2Stream& stream) {
  impl_->submit(request, stream);
}

void H2ClientSession::cancel(H2Stream& stream) {
  if (stream.id_ != 0) {
    nghttp2_submit_rst_stream(impl_->session, NGHTTP2_FLAG_NONE, stream.id_, NGHTTP2_CANCEL);
    impl_->let_go(stream);
  }
}

std::string_view H2ClientSession::trouble() const {
  return impl_->trouble;
}

}  // namespace macaw::http
