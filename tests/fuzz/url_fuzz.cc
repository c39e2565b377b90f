// SPDX-License-Identifier: MIT
//
// Taking URLs apart: views into the text, columns within it, and what is put together again is the
// same. Input: the text, or "text value" for a query parameter.

#include <string>
#include <string_view>

#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/http/url.h"

namespace macaw::fuzz {
namespace {

bool is_part_of(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

void check_url(std::string_view text) {
  const http::UrlResult parsed = http::parse_url(text);
  if (!parsed.url) {
    MACAW_CHECK(!parsed.error.message.empty());
    MACAW_CHECK(parsed.error.column >= 1 && parsed.error.column <= text.size() + 1);
    return;
  }
  const http::UrlView& url = *parsed.url;
  MACAW_CHECK(url.target == "/" || is_part_of(url.target, text));
  MACAW_CHECK(url.path == "/" || is_part_of(url.path, text));
  MACAW_CHECK(url.target.find('#') == std::string_view::npos);
  MACAW_CHECK(url.scheme.empty() == url.authority.empty());
  MACAW_CHECK(url.target.front() == '/' || url.target.front() == '?');
  MACAW_CHECK(url.port != 0);
  const size_t question = url.target.find('?');
  MACAW_CHECK(url.query == (question == std::string_view::npos ? std::string_view()
                                                               : url.target.substr(question + 1)));
  if (!url.scheme.empty()) {
    const auto place = http::parse_host_port(url.origin());
    MACAW_CHECK(place.ok() && place->host == url.host && place->port == url.port &&
                place->tls == url.is_https());
  }
  // The target alone is a URL, too, and means the same.
  const std::string origin =
      url.target.front() == '/' ? std::string(url.target) : "/" + std::string(url.target);
  const http::UrlResult again = http::parse_url(origin);
  MACAW_CHECK(again.url && again.url->query == url.query && again.url->path == url.path);
}

void check_host_port(std::string_view text) {
  const auto host = http::parse_host_port(text);
  if (!host.ok()) {
    MACAW_CHECK(!host.error().message().empty());
    return;
  }
  const auto by_key = http::parse_host_port(host->key());
  MACAW_CHECK(by_key.ok() && *by_key == *host);
  const auto by_header =
      http::parse_host_port((host->tls ? "https://" : "http://") + host->host_header());
  MACAW_CHECK(by_header.ok() && *by_header == *host);
}

void check_query(std::string_view target, std::string_view name, std::string_view value) {
  const std::string changed = http::set_query_parameter(target, name, value);
  MACAW_CHECK(changed.size() <=
              target.size() * (value.size() + 2) + name.size() + value.size() + 2);
  const bool plain = !name.empty() && name.find_first_of("&=?#") == std::string_view::npos &&
                     value.find_first_of("&#") == std::string_view::npos &&
                     target.find('#') == std::string_view::npos;
  if (plain) {
    const std::string_view query = std::string_view(changed).substr(changed.find('?') + 1);
    MACAW_CHECK(http::query_parameter(query, name) == value);
    MACAW_CHECK(http::set_query_parameter(changed, name, value) == changed);
  }
  MACAW_CHECK(http::decode_query_value(value).size() <= value.size());
}

}  // namespace
}  // namespace macaw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  macaw::fuzz::FuzzInput input(data, size);
  macaw::fuzz::check_url(input.rest());
  macaw::fuzz::check_host_port(input.rest());
  const std::string_view target = input.take_until(" ");
  const std::string_view name = input.take_until(" ");
  macaw::fuzz::check_query(target, name, input.rest());
  return 0;
}
