// SPDX-License-Identifier: MIT
//
// Checks the URL of a record. Most lines of a file name the same host as the line before: then only
// the bytes after it are looked at. Private to replay/file.
// Thread: one object belongs to one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "text.h"

namespace macaw::replay {

class UrlCheck {
 public:
  /// Nothing, or what is wrong, with a column within `url`.
  std::optional<Fault> operator()(std::string_view url) {
    if (!url.empty() && !has_blank_or_control(url) &&
        (url.front() == '/' || begins_like_the_last(url))) {
      return std::nullopt;
    }
    return check_fully(url);
  }

 private:
  bool begins_like_the_last(std::string_view url) const {
    if (origin_.empty() || !url.starts_with(origin_)) {
      return false;
    }
    const std::string_view rest = url.substr(origin_.size());
    return rest.empty() || rest.front() == '/' || rest.front() == '?' || rest.front() == '#';
  }

  std::optional<Fault> check_fully(std::string_view url);

  std::string origin_;  // "http://host:port" of the last URL that was parsed and is good
};

}  // namespace macaw::replay
