// SPDX-License-Identifier: MIT
//
// The JSON summary of ghz (0.55 to 0.121): the key that its own json.Marshal writes first, no space
// and no line end. What it computes from the calls that went well we do too; details are its own
// million at most. Three readings of the rows, because sums, histogram and details follow each
// other in the file and none fits into memory.
#include <algorithm>
#include <array>
#include <cmath>

#include "format_files.h"
#include "macaw/base/ascii.h"
#include "macaw/base/grpc_code.h"
#include "macaw/stats/distribution.h"
#include "macaw/stats/histogram.h"
#include "peer_text.h"
#include "rows.h"

namespace macaw::report {

namespace {

constexpr uint64_t kDetailsMax = 1'000'000;
constexpr size_t kMarks = 11;

/// As grpc-go prints them: "DeadlineExceeded" for DEADLINE_EXCEEDED.
std::string go_code_name(uint32_t code) {
  const std::string_view name = grpc_code_name(code);
  if (name == "OK") {
    return "OK";
  }
  if (name == "CANCELLED") {
    return "Canceled";
  }
  std::string text;
  bool capital = true;
  for (const char c : name) {
    if (c != '_') {
      text += capital ? c : ascii_lower(c);
    }
    capital = c == '_';
  }
  return text.empty() ? fmt::format("Code({})", code) : text;
}

struct GhzSums {
  stats::Histogram all;
  stats::Histogram ok;
  std::map<std::string, uint64_t> errors;
  std::map<std::string, uint64_t> statuses;
};

/// The status of a call as gRPC names it; for HTTP statuses the mapping that gRPC itself defines.
std::string go_status(const stats::Sample& sample) {
  if (const auto status = static_cast<uint16_t>(sample.status);
      stats::is_grpc_status(status) && sample.outcome != stats::Outcome::kWrongAnswer) {
    return go_code_name(status - stats::kGrpcStatusBase);
  }
  switch (sample.outcome) {
    case stats::Outcome::kOk:
      return "OK";
    case stats::Outcome::kTimeout:
      return "DeadlineExceeded";
    case stats::Outcome::kRefused:
    case stats::Outcome::kReset:
      return "Unavailable";
    case stats::Outcome::kMalformed:
      return "Internal";
    case stats::Outcome::kShed:
    case stats::Outcome::kUnfinished:
      return "Canceled";
    case stats::Outcome::kHttpError:
      break;
    default:
      return "Unknown";
  }
  switch (sample.status) {
    case 400:
      return "Internal";
    case 401:
      return "Unauthenticated";
    case 403:
      return "PermissionDenied";
    case 404:
      return "Unimplemented";
    case 429:
    case 502:
    case 503:
    case 504:
      return "Unavailable";
    default:
      return "Unknown";
  }
}

/// What grpc-go makes of a status; of anything else what we do.
std::string ghz_error(RowNames& names, const stats::Sample& sample) {
  return sample.outcome == stats::Outcome::kGrpcError
             ? fmt::format("rpc error: code = {}", go_status(sample))
             : names.error(sample);
}

Result<GhzSums> read_ghz_sums(const FormatInput& input) {
  MACAW_TRY_ASSIGN(RowNames names, RowNames::read(input));
  GhzSums sums;
  MACAW_TRY(
      for_each_counted(*input.reader, input.summary->run.run, [&](const stats::Sample& sample) {
        const uint64_t latency = latency_ns(sample, input.options->clock);
        sums.all.add(latency);
        ++sums.statuses[go_status(sample)];
        if (stats::is_success(sample.outcome)) {
          sums.ok.add(latency);
        } else {
          ++sums.errors[ghz_error(names, sample)];
        }
      }));
  return sums;
}

std::string_view ghz_end_reason(const store::RunRow& run) {
  if (run.state == store::RunState::kInterrupted || run.state == store::RunState::kKilled ||
      run.end_reason.starts_with("aborted")) {
    return "cancel";
  }
  return run.end_reason == "duration" ? "timeout" : "normal";
}

void add_unless_zero(std::string& text, std::string_view name, uint64_t value) {
  if (value != 0) {
    text += fmt::format("\"{}\":{},", name, value);
  }
}

/// Only what a replay has too; ghz leaves its own empty options out as well, but for these.
std::string ghz_options(const store::RunStart& start) {
  std::string text = fmt::format("{{\"host\":{},\"insecure\":true,", go_json_string(start.target));
  add_unless_zero(text, "rps", static_cast<uint64_t>(std::llround(start.target_rps)));
  text +=
      "\"load-schedule\":\"const\",\"load-start\":0,\"load-end\":0,\"load-step\":0,"
      "\"load-step-duration\":0,\"load-max-duration\":0,";
  add_unless_zero(text, "concurrency", start.connections);
  text +=
      "\"concurrency-schedule\":\"const\",\"concurrency-start\":0,\"concurrency-end\":0,"
      "\"concurrency-step\":0,\"concurrency-step-duration\":0,\"concurrency-max-duration\":0,";
  add_unless_zero(text, "total", start.planned);
  text += "\"async\":true,";
  add_unless_zero(text, "connections", start.connections);
  add_unless_zero(text, "duration", static_cast<uint64_t>(start.planned_duration.count()));
  add_unless_zero(text, "timeout", static_cast<uint64_t>(start.timeout.count()));
  text += fmt::format("\"binary\":false,\"CPUs\":{}", start.workers);
  if (!start.label.empty()) {
    text += fmt::format(",\"name\":{}", go_json_string(start.label));
  }
  return text + '}';
}

std::string ghz_counts(const std::map<std::string, uint64_t>& counts) {
  std::string text = "{";
  for (const auto& [name, count] : counts) {
    text += fmt::format("{}{}:{}", text.size() > 1 ? "," : "", go_json_string(name), count);
  }
  return text + '}';
}

std::string ghz_latencies(const stats::Histogram& ok) {
  if (ok.empty()) {
    return "null";
  }
  std::string text = "[";
  for (const int percent : {10, 25, 50, 75, 90, 95, 99}) {
    const uint64_t rank = stats::nearest_rank(percent / 100.0, ok.count());
    text += fmt::format("{}{{\"percentage\":{},\"latency\":{}}}", text.size() > 1 ? "," : "",
                        percent, ok.value_at_rank(rank));
  }
  return text + ']';
}

/// Ten equal steps from the fastest to the slowest; the first mark is the fastest itself.
Result<std::string> ghz_histogram(const FormatInput& input, const stats::Histogram& ok) {
  if (ok.empty()) {
    return std::string("null");
  }
  const double fastest = static_cast<double>(ok.min_ns()) / 1e9;
  const double slowest = static_cast<double>(ok.max_ns()) / 1e9;
  std::array<double, kMarks> marks{};
  std::array<uint64_t, kMarks> counts{};
  for (size_t k = 0; k < kMarks; ++k) {
    marks.at(k) = fastest + (slowest - fastest) / (kMarks - 1) * static_cast<double>(k);
  }
  marks.back() = slowest;
  MACAW_TRY(
      for_each_counted(*input.reader, input.summary->run.run, [&](const stats::Sample& sample) {
        if (stats::is_success(sample.outcome)) {
          const double seconds =
              static_cast<double>(latency_ns(sample, input.options->clock)) / 1e9;
          const auto mark = std::lower_bound(marks.begin(), marks.end() - 1, seconds);
          ++counts.at(static_cast<size_t>(mark - marks.begin()));
        }
      }));
  std::string text = "[";
  for (size_t k = 0; k < kMarks; ++k) {
    const double share = static_cast<double>(counts.at(k)) / static_cast<double>(ok.count());
    text += fmt::format("{}{{\"mark\":{},\"count\":{},\"frequency\":{}}}", k > 0 ? "," : "",
                        go_json_number(marks.at(k)), counts.at(k), go_json_number(share));
  }
  return text + ']';
}

Status write_ghz_details(const FormatInput& input, PieceWriter& out) {
  MACAW_TRY_ASSIGN(RowNames names, RowNames::read(input));
  uint64_t written = 0;
  MACAW_TRY(input.reader->stream_samples(
      input.summary->run.run, store::RunReader::SampleOrder::kIndex,
      [&](const stats::Sample& sample) -> Status {
        if (written >= kDetailsMax) {
          return {};
        }
        const int64_t done = sample.intended_ns + static_cast<int64_t>(sample.done_ns);
        fmt::format_to(std::back_inserter(out.text),
                       "{}{{\"timestamp\":\"{}\",\"latency\":{},\"error\":{},\"status\":\"{}\"}}",
                       written > 0 ? "," : "", go_time(wall_at(*input.summary, done)),
                       latency_ns(sample, input.options->clock),
                       go_json_string(ghz_error(names, sample)), go_status(sample));
        ++written;
        return out.next();
      }));
  return {};
}

}  // namespace

Status write_ghz(const FormatInput& input, const ByteSink& sink) {
  MACAW_TRY_ASSIGN(const GhzSums sums, read_ghz_sums(input));
  const store::RunRow& run = input.summary->run;
  const Nanos total = run.counted();
  const uint64_t count = sums.all.count();
  PieceWriter out(sink);
  out.text =
      fmt::format("{{\"date\":\"{}\",", go_time_seconds(wall_at(*input.summary, total.count())));
  if (!run.start.label.empty()) {
    out.text += fmt::format("\"name\":{},", go_json_string(run.start.label));
  }
  const double rps = total > Nanos(0) ? static_cast<double>(count) / to_seconds(total) : 0;
  out.text += fmt::format(
      "\"endReason\":\"{}\",\"options\":{},\"count\":{},\"total\":{},\"average\":{},"
      "\"fastest\":{},\"slowest\":{},\"rps\":{}",
      ghz_end_reason(run), ghz_options(run.start), count, total.count(),
      static_cast<uint64_t>(sums.all.mean_ns()), sums.ok.min_ns(), sums.ok.max_ns(),
      go_json_number(rps));
  out.text += fmt::format(",\"errorDistribution\":{},\"statusCodeDistribution\":{}",
                          ghz_counts(sums.errors), ghz_counts(sums.statuses));
  MACAW_TRY_ASSIGN(const std::string histogram, ghz_histogram(input, sums.ok));
  out.text += fmt::format(",\"latencyDistribution\":{},\"histogram\":{},\"details\":",
                          ghz_latencies(sums.ok), histogram);
  if (count == 0) {
    out.text += "null";
  } else {
    out.text += '[';
    MACAW_TRY(write_ghz_details(input, out));
    out.text += ']';
  }
  out.text += '}';
  return out.flush();
}

}  // namespace macaw::report
