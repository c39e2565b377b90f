// SPDX-License-Identifier: MIT
//
// The two forms of vegeta's targets, as its manual has them and its program reads them. HTTP: a
// line "METHOD URL", headers, "@file" with the body, blank lines between targets and '#' before a
// comment; a body ends its target. JSON: "method", "url", "header" and "body" in base64, a target a
// line; vegeta skips keys it does not know.
#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <algorithm>
#include <utility>

#include "field_text.h"
#include "macaw/base/ascii.h"
#include "macaw/base/base64.h"
#include "web_readers.h"

namespace macaw::datasets {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\f\v";
  const size_t first = text.find_first_not_of(kBlanks);
  return first == std::string_view::npos
             ? std::string_view()
             : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// Whether a line begins a target: a word in capitals, a blank, something.
bool begins_target(std::string_view line) {
  const size_t blank = line.find(' ');
  return blank != std::string_view::npos && blank > 0 &&
         std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(blank),
                     [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; });
}

class VegetaHttpReader final : public WebRequestReader {
 public:
  VegetaHttpReader(io::LineReader lines, NamedFiles files)
      : lines_(std::move(lines)), files_(std::move(files)) {}

  Result<WebItem> next(WebRequest& request, Finding& unusable) override;

  uint64_t bytes_on_disk_read() const override { return lines_.bytes_on_disk_read(); }

  uint64_t bytes_on_disk() const override { return lines_.bytes_on_disk(); }

 private:
  Status advance();
  Finding at_line(std::string reason, std::string detail) const;
  void take_detail(WebRequest& request, std::optional<Finding>& wrong);

  WebLines lines_;
  NamedFiles files_;
  bool started_ = false;
  bool ended_ = false;
  std::string line_;     // the current one, trimmed
  uint64_t column_ = 1;  // where it begins
};

Status VegetaHttpReader::advance() {
  MACAW_TRY_ASSIGN(const auto line, lines_.next());
  ended_ = !line.has_value();
  const std::string_view text = line.value_or(std::string_view());
  const std::string_view kept = trimmed(text);
  column_ = kept.empty() ? 1 : static_cast<uint64_t>(kept.data() - text.data()) + 1;
  column_ += lines_.columns_before();
  line_.assign(kept);
  return {};
}

Finding VegetaHttpReader::at_line(std::string reason, std::string detail) const {
  return {lines_.line(), column_, std::move(reason), std::move(detail)};
}

/// A header, or a body: the current line.
void VegetaHttpReader::take_detail(WebRequest& request, std::optional<Finding>& wrong) {
  if (line_.starts_with('@')) {
    std::string why;
    if (const std::string* body = files_.find(trimmed(std::string_view(line_).substr(1)), why)) {
      request.body = *body;
    } else if (!wrong) {
      wrong = at_line("a body file that cannot be read", std::move(why));
    }
    return;
  }
  const size_t colon = std::min(line_.find(':'), line_.size());
  const std::string_view name = trimmed(std::string_view(line_).substr(0, colon));
  const std::string_view value =
      trimmed(std::string_view(line_).substr(std::min(colon + 1, line_.size())));
  if (is_token(name) && !value.empty()) {
    request.headers.push_back({std::string(name), std::string(value)});
  } else if (!wrong) {
    wrong = at_line("a header that is none",
                    fmt::format("found {}, expected 'Name: value' or '@file'", in_quotes(line_)));
  }
}

Result<WebItem> VegetaHttpReader::next(WebRequest& request, Finding& unusable) {
  if (!std::exchange(started_, true)) {
    MACAW_TRY(advance());
  }
  while (!ended_ && (line_.empty() || line_.starts_with('#'))) {
    MACAW_TRY(advance());
  }
  if (ended_) {
    return WebItem::kEnd;
  }
  clear(request);
  request.line = lines_.line();
  request.column = column_;
  std::optional<Finding> wrong;
  if (begins_target(line_)) {
    const size_t blank = line_.find(' ');
    request.method = line_.substr(0, blank);
    request.url = trimmed(std::string_view(line_).substr(blank));
  } else {
    wrong = at_line("no target", fmt::format("found {}, expected 'METHOD URL'", in_quotes(line_)));
  }
  bool has_body = false;
  MACAW_TRY(advance());
  while (!ended_ && !line_.empty() && !begins_target(line_) && !has_body) {
    has_body = line_.starts_with('@');
    if (!line_.starts_with('#')) {
      take_detail(request, wrong);
    }
    MACAW_TRY(advance());
  }
  if (wrong) {
    unusable = std::move(*wrong);
    return WebItem::kUnusable;
  }
  return WebItem::kRequest;
}

bool refuse_target(Finding& unusable, size_t column, std::string_view reason, std::string detail) {
  unusable.column = column;
  unusable.reason = reason;
  unusable.detail = std::move(detail);
  return false;
}

bool take_headers(const rapidjson::Value& object, WebRequest& request) {
  if (object.IsNull()) {
    return true;
  }
  if (!object.IsObject()) {
    return false;
  }
  for (const auto& [name, values] : object.GetObject()) {
    if (!values.IsArray()) {
      return false;
    }
    for (const rapidjson::Value& value : values.GetArray()) {
      if (!value.IsString()) {
        return false;
      }
      request.headers.push_back({{name.GetString(), name.GetStringLength()},
                                 {value.GetString(), value.GetStringLength()}});
    }
  }
  return true;
}

/// False when the value is not what vegeta expects for the key.
bool take_member(std::string_view key, const rapidjson::Value& value, WebRequest& request) {
  if (key == "method" || key == "url") {
    if (value.IsString()) {
      (key == "url" ? request.url : request.method)
          .assign(value.GetString(), value.GetStringLength());
    }
    return value.IsString();
  }
  if (key == "header") {
    return take_headers(value, request);
  }
  if (key == "body") {
    return value.IsNull() ||
           (value.IsString() &&
            decode_base64({value.GetString(), value.GetStringLength()}, request.body));
  }
  if (!key.starts_with("x-")) {
    // Named as they are, up to a point: each different key is a line for a person.
    constexpr size_t kKeyMax = 32;
    request.remarks.push_back(
        {0,
         1,
         fmt::format("key {} left out, vegeta does not know it", in_quotes(key.substr(0, kKeyMax))),
         {}});
  }
  return true;
}

}  // namespace

std::unique_ptr<WebRequestReader> make_vegeta_http_reader(io::LineReader lines, NamedFiles files) {
  return std::make_unique<VegetaHttpReader>(std::move(lines), std::move(files));
}

bool parse_vegeta_json_line(std::string_view line, WebRequest& request, Finding& unusable) {
  clear(request);
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(line.data(), line.size());
  if (document.HasParseError()) {
    return refuse_target(unusable, document.GetErrorOffset() + 1, "no JSON",
                         rapidjson::GetParseError_En(document.GetParseError()));
  }
  if (!document.IsObject()) {
    return refuse_target(unusable, 1, "no JSON object", "expected {\"method\":...,\"url\":...}");
  }
  for (const auto& [key, value] : document.GetObject()) {
    const std::string_view name(key.GetString(), key.GetStringLength());
    if (!take_member(name, value, request)) {
      return refuse_target(unusable, 1, "a key of a wrong type",
                           fmt::format("found {} of another type, expected strings for method and "
                                       "url, base64 for body, arrays of strings in header",
                                       in_quotes(name)));
    }
  }
  if (request.method.empty() || request.url.empty()) {
    return refuse_target(unusable, 1, "no method or no url", "vegeta wants both");
  }
  request.column = 1;
  return true;
}

}  // namespace macaw::datasets
