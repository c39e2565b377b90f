// SPDX-License-Identifier: MIT
#include "record_fit.h"

#include <fmt/format.h>

#include <algorithm>

#include "macaw/base/ascii.h"

namespace macaw::generators {

namespace {

/// Length of "http://" or "https://" at the beginning, or 0.
size_t scheme_length(std::string_view url) {
  for (const std::string_view scheme :
       {std::string_view("http://"), std::string_view("https://")}) {
    if (equals_ignoring_case(url.substr(0, scheme.size()), scheme)) {
      return scheme.size();
    }
  }
  return 0;
}

}  // namespace

std::string_view authority_of(std::string_view url) {
  const size_t begin = scheme_length(url);
  if (begin == 0) {
    return {};
  }
  return url.substr(begin, url.find_first_of("/?#", begin) - begin);
}

std::string_view target_of(std::string_view url) {
  const size_t begin = scheme_length(url);
  if (begin == 0) {
    return url;
  }
  return url.substr(std::min(url.find_first_of("/?#", begin), url.size()));
}

bool is_https(std::string_view url) {
  return scheme_length(url) == std::string_view("https://").size();
}

std::optional<std::string> fit_url_list(replay::Record& record, Tally& remarks, uint64_t line,
                                        uint64_t column) {
  if (!record.grpc_call.empty()) {
    return "a gRPC call, a URL list holds GETs only";
  }
  if (record.method != "GET") {
    return fmt::format("method {}, a URL list holds GETs only",
                       record.method.substr(0, 20));  // each is a line for a person
  }
  if (!record.body.empty() || !record.body_file.empty()) {
    return "a body, which a URL list cannot hold";
  }
  const auto lose = [&](bool there, std::string_view what) {
    if (there) {
      remarks.add(fmt::format("{} left out, a URL list has none", what), line, column);
    }
  };
  lose(!record.headers.empty(), "headers");
  lose(record.time.has_value(), "the time");
  lose(!record.user.empty(), "the user");
  lose(!record.name.empty(), "the name");
  lose(!record.expect.empty(), "the expectation");
  record.headers.clear();
  record.time.reset();
  record.user.clear();
  record.name.clear();
  record.expect.clear();
  return std::nullopt;
}

}  // namespace macaw::generators
