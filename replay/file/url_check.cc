// SPDX-License-Identifier: MIT
#include "url_check.h"

#include "macaw/http/url.h"

namespace macaw::replay {

std::optional<Fault> UrlCheck::check_fully(std::string_view url) {
  const http::UrlResult result = http::parse_url(url);
  if (!result.url) {
    return Fault{result.error.column, result.error.message};
  }
  const http::UrlView& parts = *result.url;
  if (!parts.scheme.empty()) {
    const auto origin_size =
        static_cast<size_t>(parts.authority.data() - url.data()) + parts.authority.size();
    origin_.assign(url.substr(0, origin_size));
  }
  return std::nullopt;
}

}  // namespace macaw::replay
