// SPDX-License-Identifier: MIT
#include "macaw/generators/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "macaw/base/ascii.h"
#include "macaw/base/units.h"
#include "macaw/replay/file/writer.h"
#include "record_fit.h"
#include "time_line.h"

namespace macaw::generators {

namespace {

using datasets::WebFormat;
using datasets::WebRequest;

/// Headers that belong to one connection (RFC 9110, 7.6.1), or that our encoder makes.
constexpr std::array<std::string_view, 10> kConnectionHeaders = {
    "Connection", "Content-Length", "HTTP2-Settings",      "Keep-Alive", "Proxy-Connection",
    "TE",         "Trailer",        "Proxy-Authorization", "Upgrade",    "Transfer-Encoding"};

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::any_of(names.begin(), names.end(),
                     [name](std::string_view other) { return equals_ignoring_case(name, other); });
}

bool is_recorded_by_a_browser(WebFormat format) {
  return format == WebFormat::kHar || format == WebFormat::kCurl;
}

bool matches_any(std::string_view text, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [text](const std::string& pattern) { return matches_pattern(text, pattern); });
}

/// "host" of "host:port", brackets left on.
std::string_view without_port(std::string_view authority) {
  const size_t bracket = authority.find(']');
  return authority.substr(0, authority.find(':', bracket == std::string_view::npos ? 0 : bracket));
}

Result<uint32_t> parse_status(std::string_view text, std::string_view whole) {
  const auto number = parse_u64(text);
  if (!number.ok() || *number > 999) {
    return errorf("found '{}', expected statuses such as 200,3xx,400-499", whole);
  }
  return static_cast<uint32_t>(*number);
}

}  // namespace

Result<StatusSet> StatusSet::parse(std::string_view text) {
  StatusSet set;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t comma = std::min(text.find(',', begin), text.size());
    const std::string_view part = text.substr(begin, comma - begin);
    begin = comma + 1;
    if (part.size() == 3 && (part.ends_with("xx") || part.ends_with("XX"))) {
      MACAW_TRY_ASSIGN(const uint32_t hundreds, parse_status(part.substr(0, 1), text));
      set.ranges_.emplace_back(hundreds * 100, hundreds * 100 + 99);
      continue;
    }
    const size_t dash = std::min(part.find('-'), part.size());
    MACAW_TRY_ASSIGN(const uint32_t low, parse_status(part.substr(0, dash), text));
    uint32_t high = low;
    if (dash < part.size()) {
      MACAW_TRY_ASSIGN(high, parse_status(part.substr(dash + 1), text));
    }
    if (high < low) {
      return errorf("found '{}', expected the lower status first", part);
    }
    set.ranges_.emplace_back(low, high);
  }
  return set;
}

bool StatusSet::contains(std::optional<uint32_t> status) const {
  return ranges_.empty() ||
         (status && std::any_of(ranges_.begin(), ranges_.end(), [status](const auto& range) {
            return range.first <= *status && *status <= range.second;
          }));
}

bool matches_pattern(std::string_view text, std::string_view pattern) {
  size_t at = 0;
  size_t in_pattern = 0;
  size_t star = std::string_view::npos;  // the last one, and where it may still stretch to
  size_t stretched = 0;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      stretched = at;
    } else if (in_pattern < pattern.size() && pattern[in_pattern] == text[at]) {
      ++in_pattern;
      ++at;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++stretched;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

struct Import::Impl {
  explicit Impl(ImportSettings given) : settings(std::move(given)), check(settings.format) {}

  ImportSettings settings;
  ImportReport report;
  replay::RecordCheck check;

  bool passes(const WebRequest& request);
  bool take_url(const WebRequest& request, replay::Record& record);
  void take_headers(const WebRequest& request, replay::Record& record);
  std::optional<replay::Record> convert(const WebRequest& request);
  Status emit(replay::Record& record, const RecordSink& sink);
  Status take(WebRequest& request, TimeLine& line, const RecordSink& sink);
};

/// The filters.
bool Import::Impl::passes(const WebRequest& request) {
  const std::string_view target = target_of(request.url);
  const std::string_view path = target.substr(0, target.find_first_of("?#"));
  const std::string_view authority = authority_of(request.url);
  const bool host_is_one =
      std::any_of(settings.hosts.begin(), settings.hosts.end(), [authority](const auto& host) {
        return equals_ignoring_case(host, authority) ||
               equals_ignoring_case(host, without_port(authority));
      });
  const bool method_is_one = std::find(settings.methods.begin(), settings.methods.end(),
                                       request.method) != settings.methods.end();
  const std::pair<bool, std::string_view> filters[] = {
      {settings.methods.empty() || method_is_one, "by --method"},
      {settings.statuses.contains(request.status), "by --status"},
      {settings.hosts.empty() || host_is_one, "by --only-host"},
      {settings.paths.empty() || matches_any(path, settings.paths), "by --path"},
      {!matches_any(path, settings.not_paths), "by --not-path"},
      {!request.from_cache || settings.with_cached,
       "as answered from the browser's cache (--with-cached takes them)"},
  };
  for (const auto& [good, reason] : filters) {
    if (!good) {
      report.left_out.add(reason, request.line, request.column);
      return false;
    }
  }
  return true;
}

/// False when there is no HTTP request in it.
bool Import::Impl::take_url(const WebRequest& request, replay::Record& record) {
  const std::string_view authority = authority_of(request.url);
  const std::string_view target = target_of(request.url);
  if (authority.empty() && !target.starts_with('/')) {
    report.unusable.add("a target that is no http URL and no path", request.line, request.column,
                        fmt::format("found '{}'", request.url.substr(0, 60)));
    return false;
  }
  const bool https = is_https(request.url);
  if (!authority.empty() && !https) {
    record.url = request.url;
    return true;
  }
  if (!settings.host.empty()) {
    record.url = "http://" + settings.host;
  } else if (https) {
    report.remarks.add("an https URL became its path, played by --target (--host names one here)",
                       request.line, request.column);
  }
  record.url += target.starts_with('/') ? "" : "/";
  record.url += target;
  return true;
}

void Import::Impl::take_headers(const WebRequest& request, replay::Record& record) {
  const bool browser = is_recorded_by_a_browser(settings.source);
  const std::string_view authority = authority_of(request.url);
  const bool is_path = record.url.starts_with('/');
  const auto remark = [&](std::string_view what) {
    report.remarks.add(what, request.line, request.column);
  };
  bool has_host = false;
  for (const auto& [name, value] : request.headers) {
    if (settings.source == WebFormat::kAccessLog && !settings.log_headers) {
      continue;
    }
    if (browser && (name.starts_with(':') || is_one_of(name, kConnectionHeaders))) {
      continue;
    }
    if (equals_ignoring_case(name, "Host")) {
      const bool known = !is_path && equals_ignoring_case(value, authority_of(record.url));
      if (browser && (known || !settings.host.empty())) {
        continue;
      }
      has_host = true;
    }
    if (settings.source == WebFormat::kHar && !settings.cookies &&
        equals_ignoring_case(name, "Cookie")) {
      remark("cookies left out (--cookies keeps them)");
      continue;
    }
    if (equals_ignoring_case(name, "Authorization") || equals_ignoring_case(name, "Cookie")) {
      remark(fmt::format("the file now holds a secret: header {}", name));
    }
    record.headers.push_back({name, value});
  }
  if (is_path && !authority.empty() && !has_host) {
    record.headers.insert(record.headers.begin(), {"Host", std::string(authority)});
  }
}

std::optional<replay::Record> Import::Impl::convert(const WebRequest& request) {
  replay::Record record;
  record.method = request.method;
  if (!take_url(request, record)) {
    return std::nullopt;
  }
  take_headers(request, record);
  record.body = request.body;
  if (settings.user != UserKey::kNone) {
    const bool login = settings.user == UserKey::kLogin && !request.login.empty();
    record.user = login ? request.login : request.client;
  }
  record.line = request.line;
  for (const datasets::Finding& remark : request.remarks) {
    // A reader that keeps one of these headers only on demand lost nothing that was wanted.
    if (settings.source != WebFormat::kAccessLog || settings.log_headers) {
      report.remarks.add(remark.reason, remark.line, remark.column, remark.detail);
    }
  }
  constexpr std::array<std::string_view, 3> kWithBody = {"POST", "PUT", "PATCH"};
  if (settings.source == WebFormat::kAccessLog && is_one_of(record.method, kWithBody)) {
    report.remarks.add(fmt::format("{} without its body, which a log does not hold", record.method),
                       request.line, request.column);
  }
  if (settings.format == replay::Format::kUrlList) {
    if (const auto reason = fit_url_list(record, report.remarks, request.line, request.column)) {
      report.unusable.add(*reason, request.line, request.column);
      return std::nullopt;
    }
  }
  if (const auto wrong = check(record)) {
    report.unusable.add("a request that no replay file can hold", request.line, request.column,
                        *wrong);
    return std::nullopt;
  }
  return record;
}

Status Import::Impl::emit(replay::Record& record, const RecordSink& sink) {
  if (report.written >= settings.records_max) {
    report.left_out.add("by --limit", record.line, 0);
    return {};
  }
  if (record.time) {
    report.span = *record.time;
  }
  if (!settings.times || settings.format == replay::Format::kUrlList) {
    record.time.reset();
  }
  ++report.written;
  return sink(record);
}

Status Import::Impl::take(WebRequest& request, TimeLine& line, const RecordSink& sink) {
  if (!passes(request)) {
    return {};
  }
  auto record = convert(request);
  if (!record) {
    return {};
  }
  if (!request.time) {
    return emit(*record, sink);
  }
  report.whole_seconds = report.whole_seconds &&
                         request.time->time_since_epoch() % std::chrono::seconds(1) == Nanos(0);
  MACAW_TRY_ASSIGN(const bool in_time, line.add(*request.time, std::move(*record)));
  if (!in_time) {
    report.unusable.add("a request that stands further back than --window", request.line,
                        request.column);
  }
  return {};
}

Import::Import(ImportSettings settings) : impl_(std::make_unique<Impl>(std::move(settings))) {}

Import::~Import() = default;

Status Import::run(datasets::WebRequestReader& source, const RecordSink& sink,
                   const Reporter& reporter) {
  Impl& impl = *impl_;
  const ImportSettings& settings = impl.settings;
  TimeLine line({settings.spread, settings.gap_max, settings.window},
                [&](replay::Record& record) { return impl.emit(record, sink); });
  WebRequest request;
  datasets::Finding unusable;
  for (;;) {
    MACAW_TRY_ASSIGN(const datasets::WebItem item, source.next(request, unusable));
    if (item == datasets::WebItem::kEnd) {
      break;
    }
    constexpr uint64_t kProgressEvery = 4096;
    if (++impl.report.found % kProgressEvery == 0 && reporter.progress) {
      reporter.progress(source.bytes_on_disk_read(), source.bytes_on_disk());
    }
    if (item == datasets::WebItem::kUnusable) {
      impl.report.unusable.add(unusable.reason, unusable.line, unusable.column, unusable.detail);
      continue;
    }
    MACAW_TRY(impl.take(request, line, sink));
  }
  MACAW_TRY(line.finish());
  impl.report.backward = line.backward();
  impl.report.furthest_back = line.furthest_back();
  return {};
}

const ImportReport& Import::report() const {
  return impl_->report;
}

}  // namespace macaw::generators
