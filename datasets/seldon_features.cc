// SPDX-License-Identifier: MIT
#include "macaw/datasets/seldon_features.h"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "field_text.h"
#include "macaw/base/ascii.h"
#include "macaw/io/line_reader.h"

namespace macaw::datasets {

namespace {

constexpr std::string_view kExpectedFeature =
    R"(expected a feature such as {"name":"f1","type":"numeric","min":0,"max":5})";

/// Takes features out of one JSON value after another, and remembers where it stands.
class FeatureParser {
 public:
  FeatureParser(const std::string& text, const std::string& source)
      : text_(text), source_(source) {}

  Result<std::vector<NumericFeature>> run();

 private:
  Status take_value(const rapidjson::Value& value);
  Status take_feature(const rapidjson::Value& object);

  Error error(const std::string& what) const { return error_at(source_, text_, offset_, what); }

  const std::string& text_;
  const std::string& source_;
  size_t offset_ = 0;  ///< of the value at hand
  std::vector<NumericFeature> features_;
};

Result<std::vector<NumericFeature>> FeatureParser::run() {
  while (true) {
    offset_ = std::min(text_.find_first_not_of(" \t\r\n", offset_), text_.size());
    if (offset_ == text_.size()) {
      break;
    }
    rapidjson::Document document;
    rapidjson::StringStream stream(text_.c_str() + offset_);
    constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseStopWhenDoneFlag |
                                rapidjson::kParseValidateEncodingFlag |
                                rapidjson::kParseFullPrecisionFlag;
    document.ParseStream<kFlags>(stream);
    if (document.HasParseError()) {
      offset_ = std::min(offset_ + document.GetErrorOffset(), text_.size());
      return error(fmt::format("found no valid JSON ({}), {}",
                               rapidjson::GetParseError_En(document.GetParseError()),
                               kExpectedFeature));
    }
    MACAW_TRY(take_value(document));
    offset_ += stream.Tell();
  }
  if (features_.empty()) {
    return error(fmt::format("found no feature, {}", kExpectedFeature));
  }
  return std::move(features_);
}

Status FeatureParser::take_value(const rapidjson::Value& value) {
  if (!value.IsArray()) {
    return take_feature(value);
  }
  for (const rapidjson::Value& element : value.GetArray()) {
    MACAW_TRY(take_feature(element));
  }
  return {};
}

Status FeatureParser::take_feature(const rapidjson::Value& object) {
  const auto member = [&](const char* name) -> const rapidjson::Value* {
    if (!object.IsObject()) {
      return nullptr;
    }
    const auto found = object.FindMember(name);
    return found != object.MemberEnd() ? &found->value : nullptr;
  };
  const rapidjson::Value* name = member("name");
  const rapidjson::Value* type = member("type");
  const rapidjson::Value* min = member("min");
  const rapidjson::Value* max = member("max");
  if (name == nullptr || !name->IsString()) {
    return error(fmt::format("found no \"name\" text, {}", kExpectedFeature));
  }
  NumericFeature feature;
  feature.name.assign(name->GetString(), name->GetStringLength());
  if (type == nullptr || !type->IsString() ||
      std::string_view(type->GetString(), type->GetStringLength()) != "numeric") {
    return error(fmt::format("found feature {} of another type than numeric, {}",
                             in_quotes(feature.name), kExpectedFeature));
  }
  if (min == nullptr || !min->IsNumber() || max == nullptr || !max->IsNumber() ||
      min->GetDouble() > max->GetDouble() || !std::isfinite(max->GetDouble() - min->GetDouble())) {
    return error(fmt::format("found feature {} without numbers min <= max, {}",
                             in_quotes(feature.name), kExpectedFeature));
  }
  feature.min = min->GetDouble();
  feature.max = max->GetDouble();
  const bool again =
      std::any_of(features_.begin(), features_.end(),
                  [&](const NumericFeature& other) { return other.name == feature.name; });
  if (again) {
    return error(fmt::format("found feature {} a second time, expected each name once",
                             in_quotes(feature.name)));
  }
  features_.push_back(std::move(feature));
  return {};
}

}  // namespace

Result<std::vector<NumericFeature>> parse_seldon_features(const std::string& text,
                                                          const std::string& source) {
  return FeatureParser(text, source).run();
}

Result<std::vector<NumericFeature>> read_seldon_features(const std::string& path) {
  MACAW_TRY_ASSIGN(const std::string text, io::read_file(path));
  return parse_seldon_features(text, path);
}

}  // namespace macaw::datasets
