// SPDX-License-Identifier: MIT
//
// A small stored run for the formats: a dozen requests over four seconds, an example of everything
// that a format must decide about, and names that need quoting everywhere.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "macaw/report/formats.h"
#include "macaw/store/run_writer.h"
#include "support/temp_dir.h"

namespace macaw::report {

struct FormatRunOptions {
  std::string label = "A/B \"<cache>\", caf\xC3\xA9";
  store::RowPolicy rows;
  bool with_requests = true;
  bool grpc = false;  ///< successes and two of the failures are answers to gRPC calls
  bool finished = true;
  stats::Verdict verdict;
};

/// The samples in order of index, as they are stored.
std::vector<stats::Sample> format_run_samples();

/// A database with that run, and a reader on it. Errors end the program: this is a fixture.
class FormatRun {
 public:
  explicit FormatRun(const FormatRunOptions& options = {});

  /// The bytes of a format's file, by the options; the error's message when there is one.
  std::string written(std::string_view format, const FormatOptions& options = {},
                      size_t file = 0) const;

  FormatInput input(const FormatOptions& options) const;

  const RunSummary& summary() const { return summary_; }

  store::RunReader& reader() const { return *reader_; }

  std::string database() const { return folder_ / "macaw.sqlite"; }

 private:
  test::TempDir folder_;
  std::unique_ptr<store::RunWriter> writer_;  ///< of a run that is still being played
  std::unique_ptr<store::RunReader> reader_;
  RunSummary summary_;
};

}  // namespace macaw::report
