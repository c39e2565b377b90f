// SPDX-License-Identifier: MIT
//
// Requests of foreign files as text that a test can compare.
#pragma once

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "../../../datasets/web_readers.h"
#include "macaw/base/time.h"

namespace macaw::test {

/// "3:1 GET /a [Name: value] {body} @2015-05-17T10:05:03.000Z status=200 client=1.2.3.4 !remark".
inline std::string web_text(const datasets::WebRequest& request) {
  std::string text =
      fmt::format("{}:{} {} {}", request.line, request.column, request.method, request.url);
  for (const auto& [name, value] : request.headers) {
    text += fmt::format(" [{}: {}]", name, value);
  }
  text += request.body.empty() ? "" : fmt::format(" {{{}}}", request.body);
  text += request.time ? " @" + format_iso8601(*request.time) : "";
  text += request.status ? fmt::format(" status={}", *request.status) : "";
  text += request.client.empty() ? "" : " client=" + request.client;
  text += request.login.empty() ? "" : " login=" + request.login;
  text += request.from_cache ? " cached" : "";
  for (const auto& remark : request.remarks) {
    text += fmt::format(" !{}:{} {}", remark.line, remark.column, remark.reason);
  }
  return text;
}

/// "3:1 reason: detail".
inline std::string finding_text(const datasets::Finding& finding) {
  return fmt::format("{}:{} {}{}{}", finding.line, finding.column, finding.reason,
                     finding.detail.empty() ? "" : ": ", finding.detail);
}

/// All items of a file, or its error as the only one.
inline std::vector<std::string> web_items(datasets::WebFormat format, const std::string& path) {
  auto reader = datasets::open_web_requests(format, path);
  if (!reader.ok()) {
    return {reader.error().message()};
  }
  std::vector<std::string> items;
  datasets::WebRequest request;
  datasets::Finding unusable;
  for (;;) {
    const auto item = (*reader)->next(request, unusable);
    if (!item.ok()) {
      items.push_back(item.error().message());
      return items;
    }
    if (*item == datasets::WebItem::kEnd) {
      return items;
    }
    items.push_back(*item == datasets::WebItem::kRequest ? web_text(request)
                                                         : "UNUSABLE " + finding_text(unusable));
  }
}

inline void check_items(const std::vector<std::string>& found,
                        const std::vector<std::string>& expected) {
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

}  // namespace macaw::test
