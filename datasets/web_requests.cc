// SPDX-License-Identifier: MIT
#include "macaw/datasets/web_requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "field_text.h"
#include "macaw/io/line_reader.h"
#include "web_readers.h"

namespace macaw::datasets {

namespace {

/// Archives of hundreds of megabytes are often one line.
constexpr size_t kWholeLineMax = size_t{4} << 30;

/// A format of which each line stands for itself.
class WebLineReader final : public WebRequestReader {
 public:
  using ParseLine = bool (*)(std::string_view, WebRequest&, Finding&);

  WebLineReader(io::LineReader lines, ParseLine parse) : lines_(std::move(lines)), parse_(parse) {}

  Result<WebItem> next(WebRequest& request, Finding& unusable) override {
    for (;;) {
      MACAW_TRY_ASSIGN(const auto line, lines_.next());
      if (!line) {
        return WebItem::kEnd;
      }
      if (line->find_first_not_of(" \t\r") == std::string_view::npos) {
        continue;
      }
      const bool good = parse_(*line, request, unusable);
      request.line = lines_.line();
      request.column += lines_.columns_before();
      unusable.line = lines_.line();
      unusable.column += lines_.columns_before();
      for (Finding& remark : request.remarks) {
        remark.line = lines_.line();
      }
      return good ? WebItem::kRequest : WebItem::kUnusable;
    }
  }

  uint64_t bytes_on_disk_read() const override { return lines_.bytes_on_disk_read(); }

  uint64_t bytes_on_disk() const override { return lines_.bytes_on_disk(); }

 private:
  WebLines lines_;
  ParseLine parse_;
};

/// A format that was read at once.
class WebListReader final : public WebRequestReader {
 public:
  WebListReader(std::vector<FoundRequest> found, uint64_t bytes)
      : found_(std::move(found)), bytes_(bytes) {}

  Result<WebItem> next(WebRequest& request, Finding& unusable) override {
    if (at_ == found_.size()) {
      return WebItem::kEnd;
    }
    FoundRequest& found = found_[at_++];
    if (found.unusable) {
      unusable = std::move(*found.unusable);
      return WebItem::kUnusable;
    }
    request = std::move(found.request);
    return WebItem::kRequest;
  }

  uint64_t bytes_on_disk_read() const override { return bytes_; }

  uint64_t bytes_on_disk() const override { return bytes_; }

 private:
  std::vector<FoundRequest> found_;
  uint64_t bytes_;
  size_t at_ = 0;
};

/// All lines with LF between them; a byte order mark is left out.
Result<std::string> whole_text(WebLines& lines) {
  std::string text;
  for (;;) {
    MACAW_TRY_ASSIGN(const auto line, lines.next());
    if (!line) {
      return text;
    }
    text.append(*line).append("\n");
  }
}

}  // namespace

std::string_view name_of(WebFormat format) {
  switch (format) {
    case WebFormat::kAccessLog:
      return "access-log";
    case WebFormat::kHar:
      return "har";
    case WebFormat::kVegetaJson:
      return "vegeta-json";
    case WebFormat::kVegetaHttp:
      return "vegeta-http";
    case WebFormat::kCurl:
      break;
  }
  return "curl";
}

void clear(WebRequest& request) {
  request.line = 0;
  request.column = 0;
  request.method.clear();
  request.url.clear();
  request.headers.clear();
  request.body.clear();
  request.time.reset();
  request.status.reset();
  request.client.clear();
  request.login.clear();
  request.from_cache = false;
  request.remarks.clear();
}

NamedFiles NamedFiles::beside(const std::string& path) {
  const size_t slash = path.rfind('/');
  std::string folder = slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
  return NamedFiles([folder = std::move(folder)](const std::string& name) {
    const bool absolute = name.starts_with('/');
    auto bytes = io::read_file(absolute ? name : folder + name);
    if (bytes.ok() || absolute || folder.empty()) {
      return bytes;
    }
    auto from_here = io::read_file(name);
    return from_here.ok() ? from_here : bytes;
  });
}

const std::string* NamedFiles::find(std::string_view name, std::string& why) {
  if (const auto known = files_.find(name); known != files_.end()) {
    return &known->second;
  }
  auto bytes = read_(std::string(name));
  if (!bytes.ok()) {
    why = bytes.error().message();
    return nullptr;
  }
  return &files_.emplace(name, std::move(bytes).value()).first->second;
}

Result<std::optional<std::string_view>> WebLines::next() {
  MACAW_TRY_ASSIGN(auto line, lines_.next());
  columns_before_ = 0;
  if (line && lines_.line() == 1 && line->starts_with(io::kByteOrderMark)) {
    columns_before_ = io::kByteOrderMark.size();
    line->remove_prefix(columns_before_);
  }
  return line;
}

Result<std::unique_ptr<WebRequestReader>> open_web_requests(WebFormat format,
                                                            const std::string& path) {
  const bool whole = format == WebFormat::kHar || format == WebFormat::kCurl;
  const io::LineReaderOptions defaults;
  MACAW_TRY_ASSIGN(auto lines,
                   io::LineReader::open(
                       path, {.line_bytes_max = whole ? kWholeLineMax : defaults.line_bytes_max}));
  if (format == WebFormat::kVegetaHttp) {
    return make_vegeta_http_reader(std::move(lines), NamedFiles::beside(path));
  }
  if (!whole) {
    return std::unique_ptr<WebRequestReader>(std::make_unique<WebLineReader>(
        std::move(lines),
        format == WebFormat::kVegetaJson ? parse_vegeta_json_line : parse_access_log_line));
  }
  WebLines all(std::move(lines));
  MACAW_TRY_ASSIGN(const std::string text, whole_text(all));
  std::vector<FoundRequest> found;
  if (format == WebFormat::kHar) {
    MACAW_TRY_ASSIGN(found, parse_har(text, path == "-" ? "stdin" : path));
  } else {
    NamedFiles files = NamedFiles::beside(path);
    found = parse_curl_commands(text, files);
  }
  return std::unique_ptr<WebRequestReader>(
      std::make_unique<WebListReader>(std::move(found), all.bytes_on_disk()));
}

}  // namespace macaw::datasets
