// SPDX-License-Identifier: MIT
//
// See h2_request_head.h.

#include "h2_request_head.h"

#include <algorithm>

#include "h2_fields.h"
#include "macaw/base/ascii.h"
#include "macaw/base/check.h"

namespace macaw::http {
void H2RequestHead::add(std::string_view name, std::string_view value) {
  fields_.push_back(field_of(name, value));
}

void H2RequestHead::translate(std::string_view request, std::string_view scheme) {
  const size_t head_size = request.find("\r\n\r\n");
  MACAW_CHECK(head_size != std::string_view::npos, "a request without a head");
  std::string_view head = request.substr(0, head_size + 2);
  body_ = request.substr(head_size + 4);
  const size_t method_end = head.find(' ');
  const size_t line_end = head.find("\r\n");
  const size_t target_end = head.rfind(' ', line_end);
  MACAW_CHECK(method_end < target_end && target_end < line_end, "a request line of three parts");
  const std::string_view method = head.substr(0, method_end);
  const std::string_view target = head.substr(method_end + 1, target_end - method_end - 1);
  head.remove_prefix(line_end + 2);

  fields_.clear();
  names_.resize(head.size());  // no name can be longer than all of them; it does not move again
  size_t names_used = 0;
  add(":method", method);
  add(":scheme", scheme);
  add(":path", target);
  add(":authority", {});
  const size_t authority = fields_.size() - 1;
  while (!head.empty()) {
    const size_t end = head.find("\r\n");
    const size_t colon = head.find(':');
    MACAW_CHECK(colon < end, "a header line has a colon");
    const size_t value_at = std::min(head.find_first_not_of(' ', colon + 1), end);
    const std::string_view value = head.substr(value_at, end - value_at);
    char* const lower = names_.data() + names_used;
    std::transform(head.begin(), head.begin() + static_cast<std::ptrdiff_t>(colon), lower,
                   ascii_lower);
    const std::string_view name(lower, colon);
    head.remove_prefix(end + 2);
    if (name == "host") {
      fields_[authority] = field_of(":authority", value);
    } else if (!is_of_connection(name, value)) {
      names_used += colon;
      add(name, value);
    }
  }
}

}  // namespace macaw::http
