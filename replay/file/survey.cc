// SPDX-License-Identifier: MIT
//
// The first pass over a file: everything the reader checks, plus what a run wants to know
// beforehand.
#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <unordered_set>

#include "macaw/http/url.h"
#include "macaw/replay/file/reader.h"
#include "macaw/replay/file/template_text.h"

namespace macaw::replay {

namespace {

constexpr size_t kAuthoritiesMax = 1'000;
constexpr size_t kCsvColumnsMax = 1'000;
constexpr uint64_t kRecordsPerProgress = 1 << 16;

/// "http://host:port" of a checked absolute URL: all up to the path, query or fragment.
std::string_view origin_of(std::string_view url) {
  const size_t begin = url.find("//") + 2;
  return url.substr(0, std::min(url.find_first_of("/?#", begin), url.size()));
}

/// Collects distinct authorities. Origins as written are remembered, so that an authority is taken
/// apart once per spelling and not once per line.
class Authorities {
 public:
  explicit Authorities(FileSurvey& survey) : survey_(survey) {}

  Status add(const Record& record) {
    if (record.url.empty() || record.url.front() == '/') {
      if (survey_.first_line_without_host == 0) {
        survey_.first_line_without_host = record.line;
      }
      return {};
    }
    const std::string_view origin = origin_of(record.url);
    const bool is_grpc = !record.grpc_call.empty();
    if ((origin == last_ && is_grpc == last_is_grpc_) ||
        survey_.authorities.size() >= kAuthoritiesMax) {
      return {};
    }
    last_.assign(origin);
    last_is_grpc_ = is_grpc;
    if (!known_origins_[is_grpc ? 1 : 0].insert(last_).second) {
      return {};
    }
    MACAW_TRY_ASSIGN(const http::HostPort host_port, http::parse_host_port(origin));
    std::string key = host_port.key();
    const bool known = std::any_of(
        survey_.authorities.begin(), survey_.authorities.end(),
        [&](const FileSurvey::Authority& a) { return a.host_port == key && a.is_grpc == is_grpc; });
    if (!known) {
      survey_.authorities.push_back({std::move(key), record.line, is_grpc});
    }
    return {};
  }

 private:
  FileSurvey& survey_;
  std::string last_;
  bool last_is_grpc_ = false;
  std::array<std::unordered_set<std::string>, 2> known_origins_;  // of gRPC calls the second
};

/// Collects the CSV columns that templates ask for, each once.
void add_csv_columns(const Record& record, FileSurvey& survey) {
  const auto add = [&](std::string_view text) {
    size_t at = 0;
    while (const auto place = next_reference(text, at)) {
      at = place->end;
      const TemplateReference& reference = place->reference;
      const auto same = [&](const FileSurvey::CsvColumn& known) {
        return known.file == reference.file && known.column == reference.column;
      };
      auto& columns = survey.csv_columns;
      if (reference.kind == TemplateReference::Kind::kCsv && columns.size() < kCsvColumnsMax &&
          std::none_of(columns.begin(), columns.end(), same)) {
        columns.push_back(
            {std::string(reference.file), std::string(reference.column), record.line});
      }
    }
  };
  add(record.url);
  for (const Header& header : record.headers) {
    add(header.value);
  }
  add(record.body);
}

/// What framing takes beside the parts of a record: the request line, our own headers, and two
/// bytes and a colon for each header's.
constexpr uint64_t kFramingBytes = 512;
constexpr uint64_t kHeaderFramingBytes = 4;

/// Sizes of records, and of the files that they name, each looked at once.
class RequestSizes {
 public:
  explicit RequestSizes(const std::filesystem::path& path) : folder_(path.parent_path()) {}

  uint64_t of(const Record& record) {
    uint64_t size = kFramingBytes + record.method.size() + record.url.size() + record.body.size() +
                    record.expect.size();
    for (const Header& header : record.headers) {
      size += header.name.size() + header.value.size() + kHeaderFramingBytes;
    }
    return record.body_file.empty() ? size : size + size_of_file(record.body_file);
  }

 private:
  uint64_t size_of_file(const std::string& name) {
    const auto [known, is_new] = sizes_.try_emplace(name, 0);
    if (is_new) {
      std::error_code error;
      const uint64_t size = std::filesystem::file_size(folder_ / name, error);
      known->second = error ? 0 : size;  // who renders it says what is wrong
    }
    return known->second;
  }

  std::filesystem::path folder_;
  std::unordered_map<std::string, uint64_t> sizes_;
};

}  // namespace

Result<FileSurvey> survey_file(const std::string& path,
                               const std::function<void(uint64_t, uint64_t)>& progress,
                               bool any_order) {
  MACAW_TRY_ASSIGN(Reader reader, Reader::open(path, {.hash = true, .any_order = any_order}));
  FileSurvey survey;
  Authorities authorities(survey);
  RequestSizes sizes(path);
  Record record;
  for (;;) {
    const Result<bool> more = reader.next(record);
    if (!more.ok()) {
      return more.error();
    }
    if (!*more) {
      break;
    }
    ++survey.records;
    if (record.time) {
      survey.first_time = std::min(survey.first_time.value_or(*record.time), *record.time);
      survey.last_time = std::max(survey.last_time.value_or(*record.time), *record.time);
    }
    MACAW_TRY(authorities.add(record));
    survey.largest_request = std::max(survey.largest_request, sizes.of(record));
    if (record.is_template) {
      add_csv_columns(record, survey);
    }
    if (progress && survey.records % kRecordsPerProgress == 0) {
      progress(reader.bytes_on_disk_read(), reader.bytes_on_disk());
    }
  }
  if (progress) {
    progress(reader.bytes_on_disk_read(), reader.bytes_on_disk());
  }
  survey.format = reader.format();
  survey.bytes = reader.bytes();
  survey.sha256 = reader.sha256();
  survey.provenance = reader.provenance();
  return survey;
}

BadLines find_bad_lines(const std::string& path, size_t most, bool any_order) {
  BadLines bad;
  auto reader = Reader::open(path, {.hash = false, .any_order = any_order, .go_on = true});
  if (!reader.ok()) {
    return {.errors = {reader.error()}, .count = 1};
  }
  Record record;
  std::string last;
  while (true) {
    const auto more = reader->next(record);
    if (more.ok() && !*more) {
      return bad;
    }
    if (more.ok()) {
      continue;
    }
    if (more.error().message() == last) {
      return bad;  // nothing can be read beyond it
    }
    last = more.error().message();
    ++bad.count;
    if (bad.errors.size() < most) {
      bad.errors.push_back(more.error());
    }
  }
}

}  // namespace macaw::replay
