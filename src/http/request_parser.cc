// SPDX-License-Identifier: MIT
//
// See request_parser.h. All of llhttp's lenient flags are off: a server that guesses can be lied
// to.

#include "macaw/http/request_parser.h"

#include <algorithm>

#include "macaw/base/check.h"
#include "macaw/http/request_encoder.h"
#include "macaw/http/url.h"
#include "message_parser.h"

namespace macaw::http {

std::string_view Request::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [name](const auto& pair) {
    return equals_ignoring_case(pair.first, name);
  });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view Request::path() const {
  // Also takes "http://host/path", which a server must understand (RFC 9112, 3.2.2).
  const UrlResult parsed = parse_url(target);
  return parsed.url ? parsed.url->path : std::string_view(target).substr(0, target.find('?'));
}

std::string_view Request::query() const {
  const UrlResult parsed = parse_url(target);
  if (parsed.url) {
    return parsed.url->query;
  }
  const size_t question = target.find('?');
  return question == std::string::npos ? std::string_view()
                                       : std::string_view(target).substr(question + 1);
}

struct RequestParser::Impl : MessageParser {
  explicit Impl(Limits limits)
      : MessageParser(HTTP_REQUEST, &settings(), limits.header_bytes_max),
        body_bytes_max(limits.body_bytes_max) {}

  static Impl& of(llhttp_t* parser) { return static_cast<Impl&>(MessageParser::of(parser)); }

  static const llhttp_settings_t& settings();
  static int on_url(llhttp_t* parser, const char* at, size_t size);
  static int on_header_field(llhttp_t* parser, const char* at, size_t size);
  static int on_header_value(llhttp_t* parser, const char* at, size_t size);
  static int on_header_value_complete(llhttp_t* parser);
  static int on_headers_complete(llhttp_t* parser);
  static int on_body(llhttp_t* parser, const char* at, size_t size);
  static int on_message_complete(llhttp_t* parser);

  static int on_version_complete(llhttp_t* parser) { return of(parser).check_version(); }

  int fail_body_limit() {
    over_body_limit = true;
    return fail("the body is longer than {} bytes", body_bytes_max);
  }

  const size_t body_bytes_max;
  bool over_body_limit = false;
  bool in_header = false;
  Request request;
};

const llhttp_settings_t& RequestParser::Impl::settings() {
  static const llhttp_settings_t made = [] {
    llhttp_settings_t s;
    llhttp_settings_init(&s);
    s.on_version_complete = on_version_complete;
    s.on_url = on_url;
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

int RequestParser::Impl::on_url(llhttp_t* parser, const char* at, size_t size) {
  of(parser).request.target.append(at, size);
  return 0;
}

int RequestParser::Impl::on_header_field(llhttp_t* parser, const char* at, size_t size) {
  Impl& self = of(parser);
  if (self.headers_done) {
    return self.count_trailer_bytes(size);
  }
  if (!self.in_header) {
    self.request.headers.emplace_back();
    self.in_header = true;
  }
  self.request.headers.back().first.append(at, size);
  return 0;
}

int RequestParser::Impl::on_header_value(llhttp_t* parser, const char* at, size_t size) {
  Impl& self = of(parser);
  if (self.headers_done) {
    return self.count_trailer_bytes(size);
  }
  self.request.headers.back().second.append(at, size);
  return 0;
}

int RequestParser::Impl::on_header_value_complete(llhttp_t* parser) {
  of(parser).in_header = false;
  return 0;
}

int RequestParser::Impl::on_headers_complete(llhttp_t* parser) {
  Impl& self = of(parser);
  self.headers_done = true;
  self.request.method = llhttp_method_name(static_cast<llhttp_method_t>(parser->method));
  const bool by_length = (parser->flags & F_CONTENT_LENGTH) != 0;
  if (by_length && parser->content_length > self.body_bytes_max) {
    return self.fail_body_limit();
  }
  return 0;
}

int RequestParser::Impl::on_body(llhttp_t* parser, const char* at, size_t size) {
  Impl& self = of(parser);
  if (size > self.body_bytes_max - self.request.body.size()) {
    return self.fail_body_limit();
  }
  self.request.body.append(at, size);
  return 0;
}

int RequestParser::Impl::on_message_complete(llhttp_t* parser) {
  Impl& self = of(parser);
  self.keep_alive = llhttp_should_keep_alive(parser) != 0;
  self.request.keep_alive = self.keep_alive;
  self.state = ParseState::kComplete;
  return HPE_PAUSED;
}

RequestParser::RequestParser(Limits limits) : impl_(std::make_unique<Impl>(limits)) {}

RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

ParseState RequestParser::feed(std::string_view bytes) {
  return impl_->feed(bytes);
}

size_t RequestParser::consumed() const {
  return impl_->consumed;
}

const Request& RequestParser::request() const {
  MACAW_CHECK(impl_->state == ParseState::kComplete);
  return impl_->request;
}

void RequestParser::reset() {
  impl_->restart();
  impl_->over_body_limit = false;
  impl_->in_header = false;
  Request& request = impl_->request;
  request.method.clear();
  request.target.clear();
  request.headers.clear();
  request.body.clear();
  request.keep_alive = true;
}

std::string_view RequestParser::error() const {
  return impl_->error();
}

int RequestParser::error_status() const {
  if (impl_->over_body_limit) {
    return 413;
  }
  return impl_->over_header_limit ? 431 : 400;
}

}  // namespace macaw::http
