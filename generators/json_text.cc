// SPDX-License-Identifier: MIT
#include "json_text.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>

#include "macaw/base/ascii.h"
#include "macaw/base/check.h"

namespace macaw::generators {

namespace {

using ValidatingWriter =
    rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::UTF8<>,
                      rapidjson::CrtAllocator, rapidjson::kWriteValidateEncodingFlag>;

}  // namespace

void append_number(uint64_t number, std::string& text) {
  std::array<char, std::numeric_limits<uint64_t>::digits10 + 1> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.append(digits.data(), static_cast<size_t>(end - digits.data()));
}

void append_python_float(double number, std::string& text) {
  MACAW_CHECK(std::isfinite(number));
  constexpr size_t kLongest = 32;  // "-1.7976931348623157e+308" and some
  std::array<char, kLongest> buffer{};
  const double size = std::abs(number);
  // Python's repr leaves the fixed form at 1e16 and below 1e-4.
  const bool fixed = number == 0 || (size >= 1e-4 && size < 1e16);
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                 fixed ? std::chars_format::fixed : std::chars_format::scientific)
                       .ptr;
  const std::string_view digits(buffer.data(), static_cast<size_t>(end - buffer.data()));
  text.append(digits);
  if (fixed && digits.find('.') == std::string_view::npos) {
    text.append(".0");
  }
}

bool append_json_string(std::string_view value, std::string& text) {
  const std::string terminated(value);  // the validation reads up to the byte behind
  rapidjson::StringBuffer buffer;
  ValidatingWriter writer(buffer);
  const bool good =
      writer.String(terminated.data(), static_cast<rapidjson::SizeType>(terminated.size()));
  text.append(buffer.GetString(), buffer.GetSize());
  return good;
}

void append_quote_plus(std::string_view value, std::string& text) {
  const size_t begin = text.size();
  append_percent_encoded(value, "_.- ", text);
  std::replace(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), ' ', '+');
}

void append_requests_quote(std::string_view value, std::string& text) {
  append_percent_encoded(value, "-._~!$&'()*+,/:;=?@[]", text);
}

}  // namespace macaw::generators
