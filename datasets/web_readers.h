// SPDX-License-Identifier: MIT
//
// What the readers of foreign requests share, and the parsers that tests and fuzz targets call
// directly. Private to datasets. Thread: one object belongs to one thread; functions are pure.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "macaw/datasets/web_requests.h"
#include "macaw/io/line_reader.h"

namespace macaw::datasets {

/// Forgets everything, keeps capacity.
void clear(WebRequest& request);

/// One line of a log. False with `unusable` (but its line) filled when there is no request in it.
bool parse_access_log_line(std::string_view line, WebRequest& request, Finding& unusable);

/// One line of vegeta's JSON targets.
bool parse_vegeta_json_line(std::string_view line, WebRequest& request, Finding& unusable);

/// Either a request or why there is none.
struct FoundRequest {
  WebRequest request;
  std::optional<Finding> unusable;
};

/// A whole archive, entry by entry. `path` is for the error.
Result<std::vector<FoundRequest>> parse_har(std::string_view text, const std::string& path);

/// The bytes of files that others name, each read once.
class NamedFiles {
 public:
  using ReadFile = std::function<Result<std::string>(const std::string& name)>;

  explicit NamedFiles(ReadFile read) : read_(std::move(read)) {}

  /// Relative names count from the folder of `path`, then from the working folder.
  static NamedFiles beside(const std::string& path);

  /// Nothing when there is no such file, with `why` set. The pointer stays valid.
  const std::string* find(std::string_view name, std::string& why);

 private:
  ReadFile read_;
  std::map<std::string, std::string, std::less<>> files_;
};

/// All command lines of a text.
std::vector<FoundRequest> parse_curl_commands(std::string_view text, NamedFiles& files);

/// The lines of a file, without a byte order mark.
class WebLines {
 public:
  explicit WebLines(io::LineReader lines) : lines_(std::move(lines)) {}

  Result<std::optional<std::string_view>> next();

  /// Of the line that next() returned last.
  uint64_t line() const { return lines_.line(); }

  /// Bytes of the line that stood before what next() returned.
  uint64_t columns_before() const { return columns_before_; }

  uint64_t bytes_on_disk_read() const { return lines_.bytes_on_disk_read(); }

  uint64_t bytes_on_disk() const { return lines_.bytes_on_disk(); }

 private:
  io::LineReader lines_;
  uint64_t columns_before_ = 0;
};

std::unique_ptr<WebRequestReader> make_vegeta_http_reader(io::LineReader lines, NamedFiles files);

}  // namespace macaw::datasets
