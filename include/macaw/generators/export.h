// SPDX-License-Identifier: MIT
//
// Records for other programs: vegeta's JSON targets and Iago's URL list. What those cannot express
// is counted and named. Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "macaw/base/result.h"
#include "macaw/generators/generator.h"
#include "macaw/generators/tally.h"
#include "macaw/replay/file/reader.h"
#include "macaw/replay/file/record.h"
#include "macaw/replay/file/writer.h"

namespace macaw::generators {

enum class ExportFormat : uint8_t {
  kVegetaJson,  ///< method, url, header, body; every URL absolute
  kIago         ///< a URL a line, GETs only
};

struct ExportSettings {
  ExportFormat format = ExportFormat::kVegetaJson;
  /// "host" or "host:port" for records that name none.
  std::string host;
  /// The bytes of a `body_file`, by its name in the record.
  std::function<Result<std::string>(const std::string& name)> read_body;
};

struct ExportReport {
  uint64_t found = 0;
  uint64_t written = 0;
  Tally unusable;
  Tally remarks;
};

class Export {
 public:
  explicit Export(ExportSettings settings);

  /// Gives what the format can express to the sink, as records that a replay::Writer of
  /// file_format() writes so that the other program reads them. A line that the reader refuses is
  /// an error.
  Status run(replay::Reader& source, const RecordSink& sink, const Reporter& reporter);

  replay::Format file_format() const;

  const ExportReport& report() const { return report_; }

 private:
  /// The reason to count by when it cannot be expressed.
  std::optional<std::string> fit_vegeta(replay::Record& record);
  std::optional<std::string> fit_iago(replay::Record& record);
  void lose(bool there, std::string_view what, uint64_t line);

  ExportSettings settings_;
  ExportReport report_;
  replay::RecordCheck check_;
};

}  // namespace macaw::generators
