// SPDX-License-Identifier: MIT
//
// JSON over RapidJSON's writers.
#include "macaw/report/json_text.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <cmath>

#include "macaw/base/check.h"
#include "utf8.h"

namespace macaw::report {

namespace {

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const size_t length = utf8_sequence_length(text, at);
    out += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(at, length);
    at += std::max<size_t>(length, 1);
  }
  return out;
}

rapidjson::SizeType size_of(std::string_view text) {
  return static_cast<rapidjson::SizeType>(text.size());
}

}  // namespace

struct JsonText::Impl {
  explicit Impl(Layout of_layout) : layout(of_layout) { pretty.SetIndent(' ', 2); }

  /// The two writers share nothing but the names of their functions.
  template <typename Write>
  void write(Write&& with) {
    if (layout == Layout::kPretty) {
      with(pretty);
    } else {
      with(compact);
    }
  }

  bool complete() const {
    return layout == Layout::kPretty ? pretty.IsComplete() : compact.IsComplete();
  }

  Layout layout;
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> compact{buffer};
  rapidjson::PrettyWriter<rapidjson::StringBuffer> pretty{buffer};
};

JsonText::JsonText(Layout layout) : impl_(std::make_unique<Impl>(layout)) {}

JsonText::~JsonText() = default;

JsonText& JsonText::begin_object() {
  impl_->write([](auto& writer) { writer.StartObject(); });
  return *this;
}

JsonText& JsonText::end_object() {
  impl_->write([](auto& writer) { writer.EndObject(); });
  return *this;
}

JsonText& JsonText::begin_array() {
  impl_->write([](auto& writer) { writer.StartArray(); });
  return *this;
}

JsonText& JsonText::end_array() {
  impl_->write([](auto& writer) { writer.EndArray(); });
  return *this;
}

JsonText& JsonText::key(std::string_view name) {
  const std::string valid = valid_utf8(name);
  impl_->write([&valid](auto& writer) { writer.Key(valid.data(), size_of(valid)); });
  return *this;
}

JsonText& JsonText::text(std::string_view value) {
  const std::string valid = valid_utf8(value);
  impl_->write([&valid](auto& writer) { writer.String(valid.data(), size_of(valid)); });
  return *this;
}

JsonText& JsonText::count(uint64_t value) {
  impl_->write([value](auto& writer) { writer.Uint64(value); });
  return *this;
}

JsonText& JsonText::integer(int64_t value) {
  impl_->write([value](auto& writer) { writer.Int64(value); });
  return *this;
}

JsonText& JsonText::number(double value) {
  if (!std::isfinite(value)) {
    return null();
  }
  impl_->write([value](auto& writer) { writer.Double(value); });
  return *this;
}

JsonText& JsonText::boolean(bool value) {
  impl_->write([value](auto& writer) { writer.Bool(value); });
  return *this;
}

JsonText& JsonText::null() {
  impl_->write([](auto& writer) { writer.Null(); });
  return *this;
}

JsonText& JsonText::numbers(std::span<const double> values) {
  begin_array();
  for (const double value : values) {
    number(value);
  }
  return end_array();
}

JsonText& JsonText::counts(std::span<const uint64_t> values) {
  begin_array();
  for (const uint64_t value : values) {
    count(value);
  }
  return end_array();
}

std::string JsonText::take() {
  MACAW_CHECK(impl_->complete());
  return {impl_->buffer.GetString(), impl_->buffer.GetSize()};
}

}  // namespace macaw::report
