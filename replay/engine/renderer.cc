// SPDX-License-Identifier: MIT
//
// See renderer.h.

#include "renderer.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "macaw/base/check.h"
#include "macaw/grpc/status.h"
#include "macaw/http/url.h"
#include "macaw/io/line_reader.h"
#include "target_table.h"

namespace macaw::replay {

Renderer::Renderer(const Transmission& transmission, std::string file, uint64_t seed)
    : transmission_(transmission),
      file_(std::move(file)),
      templates_(seed, file_),
      calls_(transmission.grpc, file_) {
  if (transmission_.target) {
    target_host_header_ = transmission_.target->host_header();
  } else if (!transmission_.unix_socket.empty()) {
    target_host_header_ = kHostOfUnixSocket;  // of records that have none
  }
}

Result<RenderedRequest> Renderer::render(const Record& record, std::string_view sequence,
                                         uint64_t index) {
  if (!record.is_template) {
    return render_as_it_is(record, sequence);
  }
  MACAW_TRY_ASSIGN(const Record* const filled, templates_.fill(record, index));
  MACAW_TRY_ASSIGN(RenderedRequest rendered, render_as_it_is(*filled, sequence));
  // All requests of one template are one endpoint.
  if (!rendered.is_grpc) {
    rendered.path = http::parse_url(record.url).url->path;
  }
  return rendered;
}

/// What stands in the Host header, or :authority.
Result<std::string_view> Renderer::host_of(const Record& record, const http::UrlView& url) const {
  if (url.authority.empty() && target_host_header_.empty()) {
    return Error::at(file_, record.line, 1,
                     fmt::format("found a {} without a host, expected http://HOST/... or --target "
                                 "HOST:PORT",
                                 record.grpc_call.empty() ? "path" : "call"));
  }
  const bool is_ours = transmission_.target || url.authority.empty();
  return is_ours ? std::string_view(target_host_header_) : url.authority;
}

/// What says how an HTTP request is made has no meaning for a call, and one without a query has no
/// place for a token in it.
Status Renderer::check_options_of_calls(const Record& record) const {
  const RequestOverrides& overrides = transmission_.overrides;
  std::string_view options;
  if (!overrides.method.empty() || overrides.body) {
    options = "--method, --data and --json";
  } else if (!transmission_.set_query.empty()) {
    options = "--set-query";
  } else if (transmission_.token && !transmission_.token->query.empty()) {
    options = "--token-query (--token-header NAME puts the token into the metadata)";
  } else {
    return {};
  }
  return Error::at(file_, record.line, 0,
                   fmt::format("found a gRPC call, expected HTTP requests only with {}", options));
}

/// What a record or -H gives goes out in the place of ours, and not beside it.
void Renderer::add_unless_given(std::string_view name, std::string_view value) {
  const bool is_given =
      std::any_of(headers_.begin(), headers_.end(), [name](const http::HeaderView& header) {
        return http::equals_ignoring_case(header.name, name);
      });
  if (!is_given) {
    headers_.push_back({name, value});
  }
}

/// A gRPC call is a POST with a message for a body.
Result<RenderedRequest> Renderer::render_call(const Record& record, std::string_view sequence) {
  http::UrlView url;
  if (!record.url.empty()) {
    url = *http::parse_url(record.url).url;
  }
  if (url.target.size() > 1) {
    return Error::at(file_, record.line, 0,
                     "found a call whose url has a path, expected http://HOST:PORT");
  }
  MACAW_TRY(check_options_of_calls(record));
  MACAW_TRY_ASSIGN(const std::string_view host, host_of(record, url));
  MACAW_TRY_ASSIGN(const std::string_view ready, body_of(record));
  MACAW_TRY_ASSIGN(const GrpcCall call, calls_.make(record, ready));
  collect_headers(record, sequence);
  const std::string timeout = grpc::format_timeout(transmission_.timeout);
  add_unless_given("content-type", "application/grpc");
  add_unless_given("te", "trailers");
  add_unless_given("grpc-timeout", timeout);
  http::RequestView request;
  request.method = "POST";
  request.target = call.path;
  request.host = host;
  request.headers = headers_;
  request.body = call.body;
  request.bare = true;
  wire_.clear();
  http::encode_request(request, wire_);

  RenderedRequest rendered;
  rendered.wire = wire_;
  rendered.target_offset = static_cast<uint32_t>(request.method.size() + 1);
  rendered.target_size = static_cast<uint32_t>(call.path.size());
  rendered.method = request.method;
  rendered.path = call.path;
  rendered.authority = url.origin();
  rendered.is_grpc = true;
  rendered.is_streamed = call.is_streamed;
  rendered.expectation = record.expect;
  rendered.splices = find_splices(rendered, wire_.size() - call.body.size());
  return rendered;
}

Result<RenderedRequest> Renderer::render_as_it_is(const Record& record, std::string_view sequence) {
  if (!record.grpc_call.empty()) {
    return render_call(record, sequence);
  }
  const http::UrlResult parsed = http::parse_url(record.url);
  MACAW_CHECK(parsed.url.has_value(), "url '{}' was checked by the reader", record.url);
  const http::UrlView& url = *parsed.url;
  MACAW_TRY_ASSIGN(const std::string_view host, host_of(record, url));
  const std::string_view target = target_of(url);
  MACAW_TRY_ASSIGN(const std::string_view body, body_of(record));
  collect_headers(record, sequence);

  const std::string& forced = transmission_.overrides.method;
  const std::string_view method = forced.empty() ? record.method : forced;
  http::RequestView request;
  request.method = method;
  request.target = target;
  request.host = host;
  request.headers = headers_;
  request.body = body;
  request.close = !transmission_.keep_alive;
  wire_.clear();
  http::encode_request(request, wire_);

  RenderedRequest rendered;
  rendered.wire = wire_;
  rendered.target_offset = static_cast<uint32_t>(method.size() + 1);
  // As it stands on the wire: the encoder begins "?query" with a slash.
  rendered.target_size =
      static_cast<uint32_t>(wire_.find(' ', rendered.target_offset) - rendered.target_offset);
  rendered.method = method;
  rendered.path = url.path;
  rendered.authority = url.origin();
  rendered.head = method == "HEAD";
  rendered.expectation = record.expect;
  rendered.splices = find_splices(rendered, wire_.size() - body.size());
  return rendered;
}

std::string_view Renderer::target_of(const http::UrlView& url) {
  const bool token_in_query = transmission_.token && !transmission_.token->query.empty();
  if (transmission_.set_query.empty() && !token_in_query) {
    return url.target;
  }
  target_.assign(url.target);
  for (const auto& [name, value] : transmission_.set_query) {
    target_ = http::set_query_parameter(target_, name, value);
  }
  if (token_in_query) {
    target_ = http::set_query_parameter(target_, transmission_.token->query, "");
  }
  return target_;
}

Splices Renderer::find_splices(const RenderedRequest& rendered, size_t head_size) const {
  constexpr size_t kLineEnd = 2;
  const std::string_view head = rendered.wire.substr(0, head_size);
  const auto end_of_header = [head](std::string_view name, std::string_view value) {
    const std::string line = fmt::format("\r\n{}: {}\r\n", name, value);
    const size_t at = head.find(line);
    MACAW_CHECK(at != std::string_view::npos, "header {} was rendered", name);
    return static_cast<uint32_t>(at + line.size() - kLineEnd);
  };
  Splices splices;
  if (const auto& token = transmission_.token) {
    if (token->query.empty()) {
      splices.token = end_of_header(token->header, token->header_prefix());
    } else {
      const std::string_view target = head.substr(rendered.target_offset, rendered.target_size);
      const auto value = http::query_parameter(target.substr(target.find('?') + 1), token->query);
      MACAW_CHECK(value.has_value(), "parameter {} was rendered", token->query);
      splices.token = static_cast<uint32_t>(value->data() - rendered.wire.data());
    }
  }
  if (transmission_.cookies) {
    const auto own = std::find_if(headers_.begin(), headers_.end(), [](const auto& header) {
      return http::equals_ignoring_case(header.name, "Cookie");
    });
    splices.has_cookie_header = own != headers_.end();
    splices.cookies = splices.has_cookie_header ? end_of_header(own->name, own->value)
                                                : static_cast<uint32_t>(head_size - kLineEnd);
  }
  return splices;
}

Result<std::string_view> Renderer::body_of(const Record& record) {
  if (transmission_.overrides.body) {
    return std::string_view(*transmission_.overrides.body);
  }
  if (record.body_file.empty()) {
    return std::string_view(record.body);
  }
  auto known = body_files_.find(record.body_file);
  if (known == body_files_.end()) {
    const auto path = std::filesystem::path(file_).parent_path() / record.body_file;
    auto bytes = io::read_file(path.string());
    if (!bytes.ok()) {
      return Error::at(file_, record.line, 0, "body_file: " + bytes.error().message());
    }
    known = body_files_.emplace(record.body_file, std::move(bytes).value()).first;
  }
  return std::string_view(known->second);
}

void Renderer::collect_headers(const Record& record, std::string_view sequence) {
  headers_.clear();
  const auto replaced = [this](std::string_view name) {
    if (transmission_.token && http::equals_ignoring_case(transmission_.token->header, name)) {
      return true;
    }
    return std::any_of(
        transmission_.headers.begin(), transmission_.headers.end(),
        [name](const Header& header) { return http::equals_ignoring_case(header.name, name); });
  };
  const RequestOverrides& overrides = transmission_.overrides;
  for (const Header& header : record.headers) {
    if (!replaced(header.name) && !(overrides.body && http::describes_body(header.name))) {
      headers_.push_back({header.name, header.value});
    }
  }
  for (const Header& header : transmission_.headers) {
    headers_.push_back({header.name, header.value});
  }
  if (transmission_.token && transmission_.token->query.empty()) {
    headers_.push_back({transmission_.token->header, transmission_.token->header_prefix()});
  }
  if (!overrides.content_type.empty() && !replaced("Content-Type")) {
    headers_.push_back({"Content-Type", overrides.content_type});
  }
  if (!transmission_.sequence_header.empty()) {
    headers_.push_back({transmission_.sequence_header, sequence});
  }
}

}  // namespace macaw::replay
