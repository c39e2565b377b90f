// SPDX-License-Identifier: MIT
//
// Requests out of files that other programs wrote: access logs, HTTP Archives, vegeta's targets,
// curl command lines. A reader gives what the file says, item by item and in the file's order; what
// becomes of it (times, filters, hosts) is decided above. What cannot be used is an item too, with
// its place, and does not end the reading. Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/base/time.h"

namespace macaw::datasets {

struct WebHeader {
  std::string name;
  std::string value;
  bool operator==(const WebHeader&) const = default;
};

/// Something about a place of a file, for a person. Lines and columns count from 1, columns in
/// bytes; 0: unknown.
struct Finding {
  uint64_t line = 0;
  uint64_t column = 0;
  /// The kind, the same for all of its kind, so that they can be counted: "no HTTP request".
  std::string reason;
  /// What is there: "found '-', expected ...". May be empty.
  std::string detail;
};

struct WebRequest {
  uint64_t line = 0;
  uint64_t column = 0;
  std::string method;
  /// Absolute, or a path with its query; as it stood in the request, nothing decoded. Not checked.
  std::string url;
  std::vector<WebHeader> headers;
  std::string body;
  /// When it was sent, as exactly as the file says.
  std::optional<WallTime> time;
  /// Status of the recorded answer; 0 (in an archive) when there was none.
  std::optional<uint32_t> status;
  /// Access logs: address of the client and name of the user; "-" and nothing are both empty.
  std::string client;
  std::string login;
  /// Archives: the browser answered it itself.
  bool from_cache = false;
  /// What the file says about the request and a WebRequest does not hold.
  std::vector<Finding> remarks;
};

enum class WebItem : uint8_t { kRequest, kUnusable, kEnd };

class WebRequestReader {
 public:
  virtual ~WebRequestReader() = default;
  /// Fills `request` or `unusable`. Errors end the reading: a damaged file, no JSON.
  virtual Result<WebItem> next(WebRequest& request, Finding& unusable) = 0;
  /// For progress; the size is 0 when unknown.
  virtual uint64_t bytes_on_disk_read() const = 0;
  virtual uint64_t bytes_on_disk() const = 0;
};

enum class WebFormat : uint8_t {
  kAccessLog,   ///< Common and Combined Log Format of Apache and nginx
  kHar,         ///< HTTP Archive 1.2
  kVegetaJson,  ///< vegeta's JSON targets, one object a line
  kVegetaHttp,  ///< vegeta's HTTP targets, with @files
  kCurl         ///< command lines of curl, as browsers copy them
};

/// "access-log", "har", "vegeta-json", "vegeta-http", "curl".
std::string_view name_of(WebFormat format);

/// Opens a file (plain, .gz or .zst), or stdin for "-". Archives and command lines are held in
/// memory, the others are read line by line. Files that targets and command lines name (@file) are
/// looked for beside `path`, then in the working folder, and read once.
Result<std::unique_ptr<WebRequestReader>> open_web_requests(WebFormat format,
                                                            const std::string& path);

}  // namespace macaw::datasets
