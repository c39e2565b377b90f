// SPDX-License-Identifier: MIT
//
// Writes JSON, for reports and for the UI. Values that are not finite become null, and bytes that
// are not UTF-8 (a path may hold any) the replacement character, so that what comes out is always
// JSON. Numbers are written with as many digits as it takes to read back the same double.
// Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace macaw::report {

class JsonText {
 public:
  enum class Layout : uint8_t { kCompact, kPretty };

  explicit JsonText(Layout layout = Layout::kCompact);
  ~JsonText();
  JsonText(const JsonText&) = delete;
  JsonText& operator=(const JsonText&) = delete;

  JsonText& begin_object();
  JsonText& end_object();
  JsonText& begin_array();
  JsonText& end_array();
  JsonText& key(std::string_view name);
  JsonText& text(std::string_view value);
  JsonText& count(uint64_t value);
  JsonText& integer(int64_t value);
  JsonText& number(double value);
  JsonText& boolean(bool value);
  JsonText& null();
  /// A whole array.
  JsonText& numbers(std::span<const double> values);
  JsonText& counts(std::span<const uint64_t> values);

  /// REQUIRES: every object and array has been ended.
  std::string take();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace macaw::report
