// SPDX-License-Identifier: MIT
//
// See response_parser.h. Of llhttp's lenient flags two are on, because servers need them. "Chunked
// length": servers behind proxies do send both Transfer-Encoding and Content-Length; the former
// then rules (RFC 9112, 6.3). Its danger, smuggled requests, exists only on the server's side.
// "Keep alive": without it nothing is read after a 1xx that is HTTP/1.0 or says "Connection:
// close"; after the response itself we stop reading anyway.

#include "macaw/http/response_parser.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "macaw/base/check.h"
#include "macaw/http/request_encoder.h"
#include "message_parser.h"

namespace macaw::http {

struct ResponseParser::Impl : MessageParser {
  static constexpr size_t kContentTypeMax = 128;
  static constexpr std::string_view kContentType = "content-type";
  static constexpr std::string_view kSetCookie = "set-cookie";
  static constexpr std::string_view kLocation = "location";
  static constexpr size_t kContentEncodingMax = 32;
  static constexpr std::string_view kContentEncoding = "content-encoding";

  explicit Impl(Limits limits);

  static Impl& of(llhttp_t* parser) { return static_cast<Impl&>(MessageParser::of(parser)); }

  static const llhttp_settings_t& settings();
  static int on_header_field(llhttp_t* parser, const char* at, size_t size);
  static int on_header_value(llhttp_t* parser, const char* at, size_t size);
  static int on_header_value_complete(llhttp_t* parser);
  static int on_headers_complete(llhttp_t* parser);
  static int on_body(llhttp_t* parser, const char* at, size_t size);
  static int on_message_complete(llhttp_t* parser);

  static int on_version_complete(llhttp_t* parser) { return of(parser).check_version(); }

  void start(bool head_request);
  ParseState finish();

  bool header_is(std::string_view name) const {
    return equals_ignoring_case({header_name.data(), header_name_size}, name);
  }

  const size_t body_kept_max;
  const bool session_headers;
  std::unique_ptr<char[]> body;
  size_t body_kept = 0;
  uint64_t body_bytes = 0;
  uint64_t content_length = 0;
  bool has_content_length = false;
  bool head = false;
  bool fed = false;
  int status = 0;
  int interim_status = 0;
  /// One byte more than the longest name we look for, so that longer names stay different from it.
  std::array<char, kContentEncoding.size() + 1> header_name{};
  size_t header_name_size = 0;
  std::array<char, kContentTypeMax> content_type{};
  size_t content_type_size = 0;
  std::array<char, kContentEncodingMax> content_encoding{};
  size_t content_encoding_size = 0;
  std::string location;
  std::string set_cookies;
};

ResponseParser::Impl::Impl(Limits limits)
    : MessageParser(HTTP_RESPONSE, &settings(), limits.header_bytes_max),
      body_kept_max(limits.body_kept_max),
      session_headers(limits.session_headers),
      // Uninitialised, so that pages which no body reaches cost no memory.
      body(std::make_unique_for_overwrite<char[]>(limits.body_kept_max)) {
  llhttp_set_lenient_chunked_length(&parser, 1);
  llhttp_set_lenient_keep_alive(&parser, 1);
}

const llhttp_settings_t& ResponseParser::Impl::settings() {
  static const llhttp_settings_t made = [] {
    llhttp_settings_t s;
    llhttp_settings_init(&s);
    s.on_version_complete = on_version_complete;
    s.on_header_field = on_header_field;
    s.on_header_value = on_header_value;
    s.on_header_value_complete = on_header_value_complete;
    s.on_headers_complete = on_headers_complete;
    s.on_body = on_body;
    s.on_message_complete = on_message_complete;
    return s;
  }();
  return made;
}

void ResponseParser::Impl::start(bool head_request) {
  restart();
  body_kept = 0;
  body_bytes = 0;
  content_length = 0;
  has_content_length = false;
  head = head_request;
  fed = false;
  status = 0;
  interim_status = 0;
  header_name_size = 0;
  content_type_size = 0;
  location.clear();
  set_cookies.clear();
  content_encoding_size = 0;
}

int ResponseParser::Impl::on_header_field(llhttp_t* parser, const char* at, size_t size) {
  Impl& self = of(parser);
  if (self.headers_done) {
    return self.count_trailer_bytes(size);
  }
  const size_t room = self.header_name.size() - self.header_name_size;
  const size_t copied = std::min(size, room);
  std::memcpy(self.header_name.data() + self.header_name_size, at, copied);
  self.header_name_size += copied;
  return 0;
}

int ResponseParser::Impl::on_header_value(llhttp_t* parser, const char* at, size_t size) {
  Impl& self = of(parser);
  if (self.headers_done) {
    return self.count_trailer_bytes(size);
  }
  const auto keep = [at, size](auto& kept, size_t& kept_size) {
    const size_t copied = std::min(size, kept.size() - kept_size);
    std::memcpy(kept.data() + kept_size, at, copied);
    kept_size += copied;
  };
  if (self.header_is(kContentType)) {
    keep(self.content_type, self.content_type_size);
  } else if (self.header_is(kContentEncoding)) {
    keep(self.content_encoding, self.content_encoding_size);
  } else if (self.session_headers && self.header_is(kLocation)) {
    self.location.append(at, size);
  } else if (self.session_headers && self.header_is(kSetCookie)) {
    self.set_cookies.append(at, size);
  }
  return 0;
}

int ResponseParser::Impl::on_header_value_complete(llhttp_t* parser) {
  Impl& self = of(parser);
  if (self.session_headers && self.header_is(kSetCookie)) {
    self.set_cookies += '\n';
  }
  self.header_name_size = 0;
  return 0;
}

int ResponseParser::Impl::on_headers_complete(llhttp_t* parser) {
  constexpr int kNoBody = 1;
  Impl& self = of(parser);
  const int code = parser->status_code;
  if (code == 101) {
    return self.fail("101 Switching Protocols, but nobody asked for an upgrade");
  }
  if (code < 100) {
    return self.fail("bad status code {}", code);
  }
  if (code < 200) {
    self.interim_status = code;
    self.content_type_size = 0;
    self.location.clear();
    self.set_cookies.clear();
    self.content_encoding_size = 0;
    return kNoBody;
  }
  self.headers_done = true;
  self.status = code;
  // A 304 (and an answer to HEAD) may carry the Content-Length that the body would have had.
  if (self.head || code == 204 || code == 304) {
    return kNoBody;
  }
  self.has_content_length =
      (parser->flags & F_CONTENT_LENGTH) != 0 && (parser->flags & F_TRANSFER_ENCODING) == 0;
  self.content_length = self.has_content_length ? parser->content_length : 0;
  return 0;
}

int ResponseParser::Impl::on_body(llhttp_t* parser, const char* at, size_t size) {
  Impl& self = of(parser);
  const size_t copied = std::min(size, self.body_kept_max - self.body_kept);
  if (copied > 0) {
    std::memcpy(self.body.get() + self.body_kept, at, copied);
  }
  self.body_kept += copied;
  self.body_bytes += size;
  return 0;
}

int ResponseParser::Impl::on_message_complete(llhttp_t* parser) {
  Impl& self = of(parser);
  if (!self.headers_done) {
    return 0;  // a 1xx: the response is still to come
  }
  self.keep_alive = llhttp_should_keep_alive(parser) != 0;
  self.state = ParseState::kComplete;
  return HPE_PAUSED;
}

ParseState ResponseParser::Impl::finish() {
  consumed = 0;
  if (state != ParseState::kNeedMore) {
    return state;
  }
  // Calls on_message_complete() when the body ends with the connection.
  static_cast<void>(llhttp_finish(&parser));
  if (state == ParseState::kComplete) {
    keep_alive = false;
  } else if (has_content_length) {
    fail("closed after {} of {} body bytes", body_bytes, content_length);
  } else if (headers_done) {
    fail("closed inside a chunked body, after {} bytes of it", body_bytes);
  } else if (!fed) {
    fail("closed before the first byte of a response");
  } else if (interim_status != 0) {
    fail("closed after a {}, before the headers of the response were complete", interim_status);
  } else {
    fail("closed inside the headers, after {} bytes", bytes_seen);
  }
  return state;
}

ResponseParser::ResponseParser(Limits limits) : impl_(std::make_unique<Impl>(limits)) {}

ResponseParser::~ResponseParser() = default;
ResponseParser::ResponseParser(ResponseParser&&) noexcept = default;
ResponseParser& ResponseParser::operator=(ResponseParser&&) noexcept = default;

void ResponseParser::start(bool head_request) {
  impl_->start(head_request);
}

ParseState ResponseParser::feed(std::string_view bytes) {
  impl_->fed |= !bytes.empty();
  const ParseState state = impl_->feed(bytes);
  if (state == ParseState::kComplete && impl_->consumed < bytes.size()) {
    impl_->keep_alive = false;
  }
  return state;
}

size_t ResponseParser::consumed() const {
  return impl_->consumed;
}

ParseState ResponseParser::finish() {
  return impl_->finish();
}

bool ResponseParser::started() const {
  return impl_->fed;
}

int ResponseParser::status() const {
  return impl_->status;
}

bool ResponseParser::keep_alive() const {
  return impl_->keep_alive;
}

std::string_view ResponseParser::body() const {
  return {impl_->body.get(), impl_->body_kept};
}

uint64_t ResponseParser::body_bytes() const {
  return impl_->body_bytes;
}

std::string_view ResponseParser::content_type() const {
  return {impl_->content_type.data(), impl_->content_type_size};
}

std::string_view ResponseParser::location() const {
  return impl_->location;
}

std::string_view ResponseParser::set_cookies() const {
  return impl_->set_cookies;
}

std::string_view ResponseParser::content_encoding() const {
  return {impl_->content_encoding.data(), impl_->content_encoding_size};
}

std::string_view ResponseParser::error() const {
  return impl_->error();
}

}  // namespace macaw::http
