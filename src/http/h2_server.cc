// SPDX-License-Identifier: MIT
//
// See h2_server.h and h2_server_impl.h.
// Thread: that of the session.

#include "macaw/http/h2_server.h"

#include <array>
#include <utility>

#include "h2_fields.h"
#include "h2_server_impl.h"
#include "macaw/base/check.h"

namespace macaw::http {
namespace {

/// Requests that a client takes back: so many at once, and so many a second.
constexpr uint64_t kResetsBurst = 10'000;
constexpr uint64_t kResetsPerSecond = 1'000;
constexpr size_t kQueuedFramesMax = 1'000;

}  // namespace

nghttp2_session_callbacks* H2ServerSession::Impl::make_callbacks() {
  nghttp2_session_callbacks* made = nullptr;
  MACAW_CHECK(nghttp2_session_callbacks_new(&made) == 0, "no memory");
  nghttp2_session_callbacks_set_on_begin_headers_callback(
      made, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
        return of(user).handle_begin(*frame);
      });
  nghttp2_session_callbacks_set_on_header_callback(
      made, [](nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_size,
               const uint8_t* value, size_t value_size, uint8_t, void* user) {
        of(user).handle_header(*frame, view_of(name, name_size), view_of(value, value_size));
        return 0;
      });
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
      made,
      [](nghttp2_session*, uint8_t, int32_t id, const uint8_t* data, size_t size, void* user) {
        of(user).handle_body(id, view_of(data, size));
        return 0;
      });
  nghttp2_session_callbacks_set_on_frame_recv_callback(
      made, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
        of(user).handle_frame(*frame);
        return 0;
      });
  nghttp2_session_callbacks_set_on_frame_send_callback(
      made, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
        of(user).handle_frame_sent(*frame);
        return 0;
      });
  nghttp2_session_callbacks_set_on_stream_close_callback(
      made, [](nghttp2_session*, int32_t id, uint32_t, void* user) {
        of(user).handle_stream_close(id);
        return 0;
      });
  return made;
}

H2ServerSession::Impl::Impl(const Settings& of_settings, H2Requests& of_requests)
    : settings(of_settings), requests(of_requests), callbacks(make_callbacks()) {
  MACAW_CHECK(nghttp2_option_new(&options) == 0, "no memory");
  nghttp2_option_set_no_closed_streams(options, 1);  // they serve priorities, which we do not use
  nghttp2_option_set_stream_reset_rate_limit(options, kResetsBurst, kResetsPerSecond);
}

H2ServerSession::Impl::~Impl() {
  clear();
  nghttp2_option_del(options);
  nghttp2_session_callbacks_del(callbacks);
}

void H2ServerSession::Impl::clear() {
  nghttp2_session_del(session);
  session = nullptr;
  streams.clear();
  whole.clear();
  gone.clear();
  request_bytes = 0;
  output_bytes = 0;
  requests_begun = 0;
  last_stream = 0;
  stopped = true;
  broken = false;
  last_words.clear();
}

void H2ServerSession::Impl::start() {
  clear();
  stopped = false;
  MACAW_CHECK(
      nghttp2_session_server_new3(&session, callbacks, this, options, memory.callbacks()) == 0,
      "no memory");
  const std::array<nghttp2_settings_entry, 3> entries{{
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, settings.streams_max},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, settings.stream_window},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
       static_cast<uint32_t>(settings.limits.header_bytes_max)},
  }};
  MACAW_CHECK(nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, entries.data(), entries.size()) ==
              0);
  MACAW_CHECK(
      nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                            static_cast<int32_t>(settings.connection_window)) == 0);
}

bool H2ServerSession::Impl::take_output(size_t bytes, std::string& out) {
  const size_t before = out.size();
  if (broken) {
    out.append(std::exchange(last_words, {}));
  }
  while (!stopped && !broken && out.size() - before < bytes) {
    const uint8_t* data = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session, &data);
    if (size <= 0) {
      break;  // below 0: out of memory, and then nothing goes out any more
    }
    out.append(view_of(data, static_cast<size_t>(size)));
  }
  tell_gone();
  return out.size() > before;
}

/// Streams up to the last one go on; nghttp2 takes no later ones once this has gone out.
void H2ServerSession::Impl::say_goodbye(int32_t last) {
  if (last_stream == 0) {
    last_stream = last;
    nghttp2_submit_goaway(session, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, nullptr, 0);
  }
}

void H2ServerSession::Impl::handle_frame_sent(const nghttp2_frame& frame) {
  const bool last = (frame.hd.type == NGHTTP2_HEADERS || frame.hd.type == NGHTTP2_DATA) &&
                    (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  const int32_t id = frame.hd.stream_id;
  // An answer that came before the end of its request: what is left of that is of no use.
  if (last && nghttp2_session_get_stream_remote_close(session, id) == 0) {
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_NO_ERROR);
  }
}

ssize_t H2ServerSession::Impl::read_answer(int32_t id, uint8_t* to, size_t room, uint32_t* flags) {
  H2ServerStream* const stream = find(id);
  if (stream == nullptr) {
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }
  const size_t size = stream->take_body(to, room);
  output_bytes -= size;
  if (stream->body_left() > 0) {
    return static_cast<ssize_t>(size);
  }
  if (!stream->ended) {
    stream->deferred = size == 0;
    return stream->deferred ? static_cast<ssize_t>(NGHTTP2_ERR_DEFERRED)
                            : static_cast<ssize_t>(size);
  }
  *flags |= NGHTTP2_DATA_FLAG_EOF;
  if (!stream->trailers.empty()) {
    *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    std::vector<nghttp2_nv> fields;
    for (const auto& [name, value] : stream->trailers) {
      fields.push_back(field_of(name, value));
    }
    nghttp2_submit_trailer(session, id, fields.data(), fields.size());
  }
  return static_cast<ssize_t>(size);
}

void H2ServerSession::Impl::begin_answer(int32_t id, const ResponseView& response, bool is_whole,
                                         const Trailers& trailers) {
  H2ServerStream* const stream = find(id);
  if (stream == nullptr || stopped || broken) {
    return;
  }
  MACAW_CHECK(!stream->answering && !stream->ended, "answered already");
  stream->answering = true;
  stream->ended = is_whole;
  const bool never_has_body =
      response.status < 200 || response.status == 204 || response.status == 304;
  const bool with_length =
      is_whole && trailers.empty() && !response.body.empty() && !never_has_body;
  const H2ResponseHead head(response, with_length);
  const bool with_body = !never_has_body && !stream->is_head;
  if (with_body) {
    stream->body = response.body;
    stream->trailers = trailers;
    output_bytes += stream->body.size();
  }
  const nghttp2_data_provider provider{
      .source = {.ptr = nullptr},
      .read_callback = [](nghttp2_session*, int32_t of_stream, uint8_t* to, size_t room,
                          uint32_t* flags, nghttp2_data_source*,
                          void* user) { return of(user).read_answer(of_stream, to, room, flags); }};
  const bool ends_with_head =
      is_whole && (!with_body || (response.body.empty() && trailers.empty()));
  const int error = nghttp2_submit_response(session, id, head.fields().data(), head.fields().size(),
                                            ends_with_head ? nullptr : &provider);
  // A stream that is about to be reset takes no answer.
  MACAW_CHECK(error == 0 || error == NGHTTP2_ERR_DATA_EXIST, "{}", nghttp2_strerror(error));
}

void H2ServerSession::Impl::resume(int32_t id, H2ServerStream& stream) {
  if (std::exchange(stream.deferred, false)) {
    nghttp2_session_resume_data(session, id);
  }
}

void H2ServerSession::Impl::reset(int32_t id, uint32_t code) {
  H2ServerStream* const stream = find(id);
  if (stream != nullptr && !stopped && !broken) {
    stream->ended = true;
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, code);
  }
}

H2ServerSession::H2ServerSession(const Settings& settings, H2Requests& requests)
    : impl_(std::make_unique<Impl>(settings, requests)) {}

H2ServerSession::~H2ServerSession() = default;

std::string_view H2ServerSession::preface() {
  return {NGHTTP2_CLIENT_MAGIC, NGHTTP2_CLIENT_MAGIC_LEN};
}

void H2ServerSession::start() {
  impl_->start();
}

void H2ServerSession::stop() {
  impl_->stopped = true;
}

void H2ServerSession::clear() {
  impl_->clear();
}

void H2ServerSession::feed(std::string_view bytes) {
  impl_->feed(bytes);
}

void H2ServerSession::go_on() {
  impl_->tell();
}

bool H2ServerSession::can_go_on() const {
  return !impl_->stopped && !impl_->whole.empty() && impl_->has_room();
}

bool H2ServerSession::take_output(size_t bytes, std::string& out) {
  return impl_->take_output(bytes, out);
}

bool H2ServerSession::is_over() const {
  if (impl_->stopped || impl_->broken) {
    return impl_->last_words.empty();
  }
  return nghttp2_session_want_read(impl_->session) == 0 &&
         nghttp2_session_want_write(impl_->session) == 0;
}

bool H2ServerSession::is_full() const {
  return !impl_->stopped && !impl_->broken &&
         nghttp2_session_get_outbound_queue_size(impl_->session) > kQueuedFramesMax;
}

size_t H2ServerSession::output_bytes() const {
  return impl_->output_bytes;
}

size_t H2ServerSession::output_bytes(int32_t stream) const {
  const H2ServerStream* const found = impl_->find(stream);
  return found == nullptr ? 0 : found->body_left();
}

void H2ServerSession::answer(int32_t stream, const ResponseView& response,
                             const Trailers& trailers) {
  impl_->begin_answer(stream, response, /*is_whole=*/true, trailers);
}

void H2ServerSession::begin_answer(int32_t stream, const ResponseView& response) {
  impl_->begin_answer(stream, response, /*is_whole=*/false, {});
}

void H2ServerSession::add_body(int32_t stream, std::string_view bytes) {
  H2ServerStream* const found = impl_->find(stream);
  if (found != nullptr && !found->ended && !found->is_head) {
    found->body.append(bytes);
    impl_->output_bytes += bytes.size();
    impl_->resume(stream, *found);
  }
}

void H2ServerSession::end_answer(int32_t stream, const Trailers& trailers) {
  H2ServerStream* const found = impl_->find(stream);
  if (found != nullptr && !found->ended) {
    found->ended = true;
    found->trailers = trailers;
    impl_->resume(stream, *found);
  }
}

void H2ServerSession::reset(int32_t stream, uint32_t error_code) {
  impl_->reset(stream, error_code);
}

void H2ServerSession::say_goodbye() {
  if (!impl_->stopped && !impl_->broken) {
    impl_->say_goodbye(nghttp2_session_get_last_proc_stream_id(impl_->session));
  }
}

}  // namespace macaw::http
