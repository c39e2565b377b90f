// SPDX-License-Identifier: MIT
//
// HTTP Archive 1.2 (W3C web performance group's draft of 2012, and what browsers and proxies write
// beyond it: "encoding" of a posted text, "_fromCache"). Archives are large because of the answers,
// so they are read as a stream of events; only the requests are kept.
#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <utility>

#include "field_text.h"
#include "macaw/base/ascii.h"
#include "macaw/base/base64.h"
#include "time_text.h"
#include "web_readers.h"

namespace macaw::datasets {

namespace {

constexpr std::string_view kEntry = "/log/entries/*";

/// One entry as far as it has been read.
struct HarEntry {
  uint64_t line = 0;
  uint64_t column = 0;
  std::string started;
  std::string method;
  std::string url;
  std::string status;
  std::vector<WebHeader> headers;
  std::optional<std::string> body;
  std::string body_type;
  std::string body_encoding;
  std::string body_size;
  bool has_parameters = false;
  bool from_cache = false;
};

/// Counts lines as offsets go up.
class TextPlace {
 public:
  explicit TextPlace(std::string_view text) : text_(text) {}

  void move_to(size_t offset) {
    const std::string_view passed = text_.substr(at_, std::min(offset, text_.size()) - at_);
    line_ += static_cast<uint64_t>(std::count(passed.begin(), passed.end(), '\n'));
    if (const size_t last = passed.rfind('\n'); last != std::string_view::npos) {
      line_begin_ = at_ + last + 1;
    }
    at_ += passed.size();
  }

  uint64_t line() const { return line_; }

  uint64_t column() const { return at_ - line_begin_ + 1; }

 private:
  std::string_view text_;
  size_t at_ = 0;
  size_t line_begin_ = 0;
  uint64_t line_ = 1;
};

/// Follows the parser through the document by a path such as "/log/entries/*/request/url".
class HarHandler : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, HarHandler> {
 public:
  HarHandler(std::string_view text, const rapidjson::MemoryStream& stream)
      : stream_(stream), place_(text) {}

  bool Default() { return true; }

  bool Key(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    constexpr size_t kKeyMax = 64;  // longer ones are none of ours
    path_.resize(bases_.back());
    path_ += '/';
    path_.append(text, std::min<size_t>(size, kKeyMax));
    return true;
  }

  bool RawNumber(const char* text, rapidjson::SizeType size, bool copy) {
    const std::string_view below = below_entry();
    return below == "/response/status" || below == "/request/bodySize" ? String(text, size, copy)
                                                                       : true;
  }

  bool String(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    if (std::string* field = field_here()) {
      field->assign(text, size);
    }
    return true;
  }

  bool StartObject() {
    if (path_ == kEntry) {
      entry_ = HarEntry();
      place_.move_to(stream_.Tell());  // at its brace
      entry_.line = place_.line();
      entry_.column = place_.column();
    }
    const std::string_view below = below_entry();
    if (below == "/request/headers/*") {
      entry_.headers.emplace_back();
    } else if (below == "/request/postData/params/*") {
      entry_.has_parameters = true;
    }
    bases_.push_back(path_.size());
    return true;
  }

  bool EndObject(rapidjson::SizeType /*members*/) {
    path_.resize(bases_.back());
    if (path_ == kEntry) {
      entries.push_back(std::move(entry_));
    }
    end_container();
    return true;
  }

  bool StartArray() {
    found_entries = found_entries || path_ == "/log/entries";
    path_ += "/*";
    bases_.push_back(path_.size());
    return true;
  }

  bool EndArray(rapidjson::SizeType /*elements*/) {
    end_container();
    return true;
  }

  std::vector<HarEntry> entries;
  bool found_entries = false;

 private:
  void end_container() {
    bases_.pop_back();
    path_.resize(bases_.empty() ? 0 : bases_.back());
  }

  /// The path below an entry, or nothing when we are not in one.
  std::string_view below_entry() const {
    const std::string_view path = path_;
    return path.starts_with(kEntry) ? path.substr(kEntry.size()) : std::string_view();
  }

  std::string* field_here() {
    const std::string_view below = below_entry();
    if (below.starts_with("/request/headers/*/") && !entry_.headers.empty()) {
      WebHeader& header = entry_.headers.back();
      return below.ends_with("*/name")    ? &header.name
             : below.ends_with("*/value") ? &header.value
                                          : nullptr;
    }
    if (below == "/request/postData/text") {
      return &entry_.body.emplace();
    }
    const std::pair<std::string_view, std::string*> fields[] = {
        {"/startedDateTime", &entry_.started},
        {"/request/method", &entry_.method},
        {"/request/url", &entry_.url},
        {"/request/bodySize", &entry_.body_size},
        {"/request/postData/mimeType", &entry_.body_type},
        {"/request/postData/encoding", &entry_.body_encoding},
        {"/request/postData/_encoding", &entry_.body_encoding},
        {"/response/status", &entry_.status},
    };
    for (const auto& [path, field] : fields) {
      if (below == path) {
        return field;
      }
    }
    entry_.from_cache = entry_.from_cache || below == "/_fromCache";
    return nullptr;
  }

  const rapidjson::MemoryStream& stream_;
  TextPlace place_;
  std::string path_;
  std::vector<size_t> bases_;  // the path's size in each open container
  HarEntry entry_;
};

FoundRequest refuse_entry(FoundRequest found, std::string_view reason, std::string detail) {
  found.unusable =
      Finding{found.request.line, found.request.column, std::string(reason), std::move(detail)};
  return found;
}

/// False when what is posted cannot be had from the archive.
bool take_body(HarEntry& entry, WebRequest& request) {
  if (entry.body) {
    const bool encoded = equals_ignoring_case(entry.body_encoding, "base64");
    if (encoded && !decode_base64(*entry.body, request.body)) {
      return false;
    }
    if (!encoded) {
      request.body = std::move(*entry.body);
    }
  } else if (entry.has_parameters) {
    return false;
  }
  if (request.body.empty() && entry.body_size.find_first_of("123456789") == 0) {
    request.remarks.push_back(
        {request.line, request.column, "body not recorded, sent without one", {}});
  }
  const bool has_type = std::any_of(
      request.headers.begin(), request.headers.end(),
      [](const WebHeader& header) { return equals_ignoring_case(header.name, "Content-Type"); });
  if (!request.body.empty() && !entry.body_type.empty() && !has_type) {
    request.headers.push_back({"Content-Type", entry.body_type});
  }
  return true;
}

FoundRequest convert_entry(HarEntry& entry) {
  FoundRequest found;
  WebRequest& request = found.request;
  request.line = entry.line;
  request.column = entry.column;
  if (entry.method.empty() || entry.url.empty()) {
    return refuse_entry(std::move(found), "no request in the entry",
                        "found no method or no url, expected both in \"request\"");
  }
  request.method = std::move(entry.method);
  request.url = std::move(entry.url);
  request.headers = std::move(entry.headers);
  request.from_cache = entry.from_cache;
  request.time = parse_iso_time(entry.started);
  if (!request.time) {
    return refuse_entry(std::move(found), "no time in the entry",
                        fmt::format("found startedDateTime {}, expected a time such as "
                                    "2023-03-29T17:37:42.482Z",
                                    in_quotes(entry.started)));
  }
  size_t at = 0;
  uint32_t status = 0;
  if (read_u32(entry.status, at, status)) {
    request.status = status;
  }
  if (!take_body(entry, request)) {
    return refuse_entry(std::move(found), "posted data that the archive does not hold",
                        "found parameters without a text (or bad base64), expected "
                        "\"postData\" with \"text\"");
  }
  return found;
}

}  // namespace

Result<std::vector<FoundRequest>> parse_har(std::string_view text, const std::string& path) {
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::MemoryStream stream(text.data(), text.size());
  HarHandler handler(text, stream);
  rapidjson::Reader reader;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, handler);
  if (result.IsError()) {
    TextPlace place(text);
    place.move_to(result.Offset());
    return Error::at(path, place.line(), place.column(),
                     fmt::format("found no valid JSON ({}), expected an HTTP Archive",
                                 rapidjson::GetParseError_En(result.Code())));
  }
  if (!handler.found_entries) {
    return errorf("{}: found no \"entries\" in \"log\", expected an HTTP Archive (HAR 1.2)", path);
  }
  std::vector<FoundRequest> found;
  found.reserve(handler.entries.size());
  for (HarEntry& entry : handler.entries) {
    found.push_back(convert_entry(entry));
  }
  return found;
}

}  // namespace macaw::datasets
