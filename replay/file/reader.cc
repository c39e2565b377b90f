// SPDX-License-Identifier: MIT
//
// Lines into records. The path of a URL list's line is short on purpose: one look at its bytes, one
// copy into the record.
#include "macaw/replay/file/reader.h"

#include <fmt/format.h>

#include <utility>

#include "json_record.h"
#include "macaw/base/check.h"
#include "macaw/io/line_reader.h"
#include "provenance.h"
#include "seconds.h"
#include "url_check.h"

namespace macaw::replay {

namespace {

constexpr std::string_view kWhiteSpace = " \t\r";

void fill_with_url(std::string_view url, Record& record) {
  record.method.assign("GET");
  record.url.assign(url);
  record.headers.clear();
  record.body.clear();
  record.body_file.clear();
  record.time.reset();
  record.name.clear();
  record.user.clear();
  record.expect.clear();
  record.grpc_call.clear();
  record.grpc_message.clear();
  record.is_template = false;
}

std::string seconds_text(Nanos time) {
  std::string text;
  append_seconds(time, text);
  return text;
}

}  // namespace

struct Reader::Impl {
  explicit Impl(io::LineReader reader) : lines(std::move(reader)) {}

  io::LineReader lines;
  ReaderOptions options;
  Format format = Format::kUrlList;
  std::optional<Provenance> provenance;
  std::optional<std::string_view> pending;  // the first line, read to tell the format
  size_t columns_before = 0;                // of a byte order mark
  UrlCheck url_check;
  JsonRecordParser json;
  bool any_record = false;
  std::optional<Nanos> last_time;
  std::optional<Error> failed;

  Status find_format();
  Result<std::optional<std::string_view>> next_line();
  Result<bool> next(Record& record);
  Result<bool> next_url(Record& record);
  Result<bool> next_json(Record& record);
  Status check_time(const Record& record);
  Status read_comment(std::string_view line);

  Error error(const Fault& fault) const {
    const size_t skipped = lines.line() == 1 ? columns_before : 0;
    return lines.error(fault.column + skipped, fault.message);
  }
};

Status Reader::Impl::find_format() {
  for (;;) {
    MACAW_TRY_ASSIGN(pending, lines.next());
    if (!pending) {
      return {};
    }
    if (lines.line() == 1 && pending->starts_with(io::kByteOrderMark)) {
      columns_before = io::kByteOrderMark.size();
      pending->remove_prefix(columns_before);
    }
    const size_t first = pending->find_first_not_of(kWhiteSpace);
    if (first != std::string_view::npos) {
      format = (*pending)[first] == '{' ? Format::kJsonLines : Format::kUrlList;
      return {};
    }
  }
}

Result<std::optional<std::string_view>> Reader::Impl::next_line() {
  if (pending) {
    return std::exchange(pending, std::nullopt);
  }
  return lines.next();
}

Result<bool> Reader::Impl::next(Record& record) {
  auto more = format == Format::kUrlList ? next_url(record) : next_json(record);
  if (more.ok() && *more) {
    record.line = lines.line();
    any_record = true;
  }
  return more;
}

Result<bool> Reader::Impl::next_url(Record& record) {
  for (;;) {
    auto line = next_line();
    if (!line.ok()) {
      return line.error();
    }
    if (!*line) {
      return false;
    }
    const std::string_view text = **line;
    if (text.empty()) {
      continue;
    }
    if (text.front() == '#') {
      MACAW_TRY(read_comment(text));
      continue;
    }
    if (const auto fault = url_check(text)) {
      if (text.find_first_not_of(kWhiteSpace) == std::string_view::npos) {
        continue;
      }
      return error(*fault);
    }
    fill_with_url(text, record);
    return true;
  }
}

/// The first provenance counts. Later ones come with concatenated files, but their version must be
/// one that we can read.
Status Reader::Impl::read_comment(std::string_view line) {
  if (!line.starts_with(kProvenancePrefix)) {
    return {};
  }
  Provenance found;
  if (const auto fault = parse_provenance(line, found)) {
    return error(*fault);
  }
  if (!provenance && !any_record) {
    provenance = std::move(found);
  }
  return {};
}

Result<bool> Reader::Impl::next_json(Record& record) {
  for (;;) {
    MACAW_TRY_ASSIGN(const std::optional<std::string_view> line, next_line());
    if (!line) {
      return false;
    }
    if (line->find_first_not_of(kWhiteSpace) == std::string_view::npos) {
      continue;
    }
    if (const auto fault = json.parse(*line, record, any_record ? nullptr : &provenance)) {
      return error(*fault);
    }
    MACAW_TRY(check_time(record));
    return true;
  }
}

Status Reader::Impl::check_time(const Record& record) {
  if (any_record && record.time.has_value() != last_time.has_value()) {
    return error({json.time_column(),
                  record.time ? "found 't', expected none: the records before have none"
                              : "found no 't', expected one: the records before have it"});
  }
  if (record.time && last_time && *record.time < *last_time && !options.any_order) {
    return error({json.time_column(),
                  fmt::format("found t={} after t={}, expected times that do not go backwards (or "
                              "--sort)",
                              seconds_text(*record.time), seconds_text(*last_time))});
  }
  last_time = record.time;
  return {};
}

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

Result<Reader> Reader::open(std::string path, ReaderOptions options) {
  MACAW_TRY_ASSIGN(io::LineReader lines,
                   io::LineReader::open(std::move(path), {.hash = options.hash}));
  auto impl = std::make_unique<Impl>(std::move(lines));
  impl->options = options;
  MACAW_TRY(impl->find_format());
  return Reader(std::move(impl));
}

Result<bool> Reader::next(Record& record) {
  if (impl_->failed && !impl_->options.go_on) {
    return *impl_->failed;
  }
  auto more = impl_->next(record);
  if (!more.ok()) {
    impl_->failed = more.error();
  }
  return more;
}

const std::string& Reader::path() const {
  return impl_->lines.path();
}

Format Reader::format() const {
  return impl_->format;
}

const std::optional<Provenance>& Reader::provenance() const {
  return impl_->provenance;
}

uint64_t Reader::bytes() const {
  return impl_->lines.bytes();
}

uint64_t Reader::bytes_on_disk_read() const {
  return impl_->lines.bytes_on_disk_read();
}

uint64_t Reader::bytes_on_disk() const {
  return impl_->lines.bytes_on_disk();
}

std::string Reader::sha256() const {
  MACAW_CHECK(impl_->options.hash);
  return impl_->lines.sha256();
}

}  // namespace macaw::replay
