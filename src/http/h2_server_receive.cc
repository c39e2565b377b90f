// SPDX-License-Identifier: MIT
//
// What arrives at an H2ServerSession: see h2_server_impl.h.
// Thread: that of the session.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "h2_server_impl.h"

namespace macaw::http {
namespace {

/// What every field costs besides its bytes (RFC 9113 section 6.5.2).
constexpr size_t kFieldCost = 32;
/// A block of fields so many times as large as the limit is meant to do harm.
constexpr size_t kBombFactor = 16;

/// By hand, for a session that nghttp2 has given up.
std::string goaway_frame(int32_t last_stream, uint32_t code) {
  constexpr std::string_view kHead("\0\0\x08\x07\0\0\0\0\0", 9);
  std::string bytes(kHead);
  for (const uint32_t value : {static_cast<uint32_t>(last_stream), code}) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes += static_cast<char>((value >> shift) & 0xFFU);
    }
  }
  return bytes;
}

}  // namespace

void H2ServerSession::Impl::feed(std::string_view bytes) {
  if (stopped || broken) {
    return;
  }
  const ssize_t taken = nghttp2_session_mem_recv(
      session, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  if (taken < 0) {
    broken = true;
    const uint32_t code =
        taken == NGHTTP2_ERR_FLOODED ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_PROTOCOL_ERROR;
    last_words = goaway_frame(nghttp2_session_get_last_proc_stream_id(session), code);
    return;
  }
  tell();
}

void H2ServerSession::Impl::tell() {
  tell_gone();
  while (!stopped && !whole.empty() && has_room()) {
    const int32_t id = whole.front();
    whole.pop_front();
    H2ServerStream* const stream = find(id);
    if (stream == nullptr || stream->ended) {
      continue;  // taken back
    }
    stream->told = true;
    request_bytes -= stream->request.body.size();
    const Request request = std::move(stream->request);
    stream->request = {};
    requests.request_came(id, request);
  }
}

void H2ServerSession::Impl::tell_gone() {
  for (const int32_t id : std::exchange(gone, {})) {
    if (!stopped) {
      requests.stream_gone(id);
    }
  }
}

int H2ServerSession::Impl::handle_begin(const nghttp2_frame& frame) {
  if (frame.hd.type != NGHTTP2_HEADERS || frame.headers.cat != NGHTTP2_HCAT_REQUEST) {
    return 0;
  }
  const int32_t id = frame.hd.stream_id;
  if (last_stream != 0 && id > last_stream) {
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_REFUSED_STREAM);
    return 0;
  }
  streams.try_emplace(id);
  if (++requests_begun == settings.requests_max) {
    say_goodbye(id);
  }
  return 0;
}

void H2ServerSession::Impl::handle_header(const nghttp2_frame& frame, std::string_view name,
                                          std::string_view value) {
  H2ServerStream* const stream = find(frame.hd.stream_id);
  if (stream == nullptr) {
    return;
  }
  const size_t limit = settings.limits.header_bytes_max;
  const bool was_bomb = stream->header_bytes > kBombFactor * limit;
  stream->header_bytes += name.size() + value.size() + kFieldCost;
  if (!was_bomb && stream->header_bytes > kBombFactor * limit) {
    nghttp2_session_terminate_session(session, NGHTTP2_ENHANCE_YOUR_CALM);
  }
  // Trailers are read and forgotten.
  if (stream->header_bytes <= limit && frame.headers.cat == NGHTTP2_HCAT_REQUEST) {
    stream->add_field(name, value);
  }
}

void H2ServerSession::Impl::handle_body(int32_t id, std::string_view bytes) {
  H2ServerStream* const stream = find(id);
  if (stream == nullptr || stream->ended) {
    return;
  }
  std::string& body = stream->request.body;
  if (bytes.size() > settings.limits.body_bytes_max - body.size()) {
    refuse(id, *stream, 413, "the body is too long");
    return;
  }
  request_bytes += bytes.size();
  body.append(bytes);
  if (request_bytes > std::max(kRequestsBytesMax, settings.limits.body_bytes_max)) {
    reset(id, NGHTTP2_REFUSED_STREAM);
  }
}

void H2ServerSession::Impl::handle_frame(const nghttp2_frame& frame) {
  if (frame.hd.type != NGHTTP2_HEADERS && frame.hd.type != NGHTTP2_DATA) {
    return;
  }
  const int32_t id = frame.hd.stream_id;
  H2ServerStream* const stream = find(id);
  if (stream == nullptr || stream->ended) {
    return;
  }
  if (frame.hd.type == NGHTTP2_HEADERS) {
    check_head(id, *stream);
  }
  if (!stream->ended && (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
    stream->request.http2 = true;
    stream->is_head = stream->request.method == "HEAD";
    whole.push_back(id);
  }
}

/// What the head alone tells against the request. nghttp2 has seen that it is well formed.
void H2ServerSession::Impl::check_head(int32_t id, H2ServerStream& stream) {
  const Request& request = stream.request;
  const std::string_view length = request.header("content-length");
  uint64_t body_bytes = 0;
  std::from_chars(length.data(), length.data() + length.size(), body_bytes);
  if (stream.header_bytes > settings.limits.header_bytes_max) {
    refuse(id, stream, 431, "the head is too long");
  } else if (request.target.empty()) {
    refuse(id, stream, 501, "CONNECT is not served");
  } else if (body_bytes > settings.limits.body_bytes_max) {
    refuse(id, stream, 413, "the body is too long");
  }
}

void H2ServerSession::Impl::refuse(int32_t id, H2ServerStream& stream, int status,
                                   std::string_view reason) {
  request_bytes -= stream.request.body.size();
  stream.request = {};
  const std::string body = fmt::format("{}\n", reason);
  begin_answer(id, {.status = status, .content_type = "text/plain; charset=utf-8", .body = body},
               /*is_whole=*/true, {});
}

void H2ServerSession::Impl::handle_stream_close(int32_t id) {
  const auto found = streams.find(id);
  if (found == streams.end()) {
    return;
  }
  H2ServerStream& stream = found->second;
  output_bytes -= stream.body_left();
  request_bytes -= stream.request.body.size();  // nothing is left there of what was told
  if (stream.told && !stream.ended) {
    gone.push_back(id);
  }
  streams.erase(found);
}

}  // namespace macaw::http
