// SPDX-License-Identifier: MIT
#include "macaw/generators/export.h"

#include <fmt/format.h>

#include <utility>

#include "macaw/base/ascii.h"
#include "record_fit.h"

namespace macaw::generators {

namespace {

bool has_bad_escape(std::string_view text) {
  for (size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (!is_percent_escape(text, at)) {
      return true;
    }
  }
  return false;
}

/// Iago takes lines apart with java.net.URI, which follows RFC 2396: these are in none of its sets
/// of characters. Others above ASCII are.
bool is_java_uri(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  return target.find_first_of("\"<>\\^`{|}") == std::string_view::npos &&
         path.find_first_of("[]") == std::string_view::npos && !has_bad_escape(target);
}

}  // namespace

Export::Export(ExportSettings settings)
    : settings_(std::move(settings)),
      check_(settings_.format == ExportFormat::kIago ? replay::Format::kUrlList
                                                     : replay::Format::kJsonLines) {}

replay::Format Export::file_format() const {
  return settings_.format == ExportFormat::kIago ? replay::Format::kUrlList
                                                 : replay::Format::kJsonLines;
}

void Export::lose(bool there, std::string_view what, uint64_t line) {
  if (there) {
    report_.remarks.add(what, line, 0);
  }
}

std::optional<std::string> Export::fit_vegeta(replay::Record& record) {
  if (!record.grpc_call.empty()) {
    return "a gRPC call, which vegeta does not make";
  }
  if (record.url.starts_with('/')) {
    if (settings_.host.empty()) {
      return "a path without a host, which vegeta needs (--host names one)";
    }
    record.url.insert(0, "http://" + settings_.host);
  }
  if (!record.body_file.empty()) {
    auto bytes = settings_.read_body(record.body_file);
    if (!bytes.ok()) {
      return fmt::format("a body file that cannot be read: {}", bytes.error().message());
    }
    record.body = std::move(bytes).value();
    record.body_file.clear();
  }
  lose(record.time.has_value(), "t left out, vegeta has a rate only", record.line);
  lose(!record.user.empty(), "user left out, vegeta has none", record.line);
  lose(!record.name.empty(), "name left out, vegeta has none", record.line);
  lose(!record.expect.empty(), "expect left out, vegeta checks nothing but the status",
       record.line);
  record.time.reset();
  record.user.clear();
  record.name.clear();
  record.expect.clear();
  return std::nullopt;
}

std::optional<std::string> Export::fit_iago(replay::Record& record) {
  if (auto reason = fit_url_list(record, report_.remarks, record.line, 0)) {
    return reason;
  }
  const std::string_view target = target_of(record.url);
  const std::string_view path = target.substr(0, target.find_first_of("?#"));
  if (path.empty()) {
    return "a URL without a path, which Iago skips";
  }
  if (!is_java_uri(target.substr(0, target.find('#')))) {
    return "a URL that is none to java.net.URI, a bad line to Iago";
  }
  lose(path.find('%') != std::string_view::npos, "escapes in the path: Iago sends them decoded",
       record.line);
  if (record.url.starts_with('/') && !settings_.host.empty()) {
    record.url.insert(0, "http://" + settings_.host);
  }
  return std::nullopt;
}

Status Export::run(replay::Reader& source, const RecordSink& sink, const Reporter& reporter) {
  replay::Record record;
  for (;;) {
    MACAW_TRY_ASSIGN(const bool more, source.next(record));
    if (!more) {
      return {};
    }
    constexpr uint64_t kProgressEvery = 4096;
    if (++report_.found % kProgressEvery == 0 && reporter.progress) {
      reporter.progress(source.bytes_on_disk_read(), source.bytes_on_disk());
    }
    const bool iago = settings_.format == ExportFormat::kIago;
    if (const auto reason = iago ? fit_iago(record) : fit_vegeta(record)) {
      report_.unusable.add(*reason, record.line, 0);
      continue;
    }
    if (const auto wrong = check_(record)) {
      report_.unusable.add("a request that the format cannot hold", record.line, 0, *wrong);
      continue;
    }
    ++report_.written;
    MACAW_TRY(sink(record));
  }
}

}  // namespace macaw::generators
