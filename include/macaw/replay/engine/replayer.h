// SPDX-License-Identifier: MIT
//
// Plays a replay file: a reader thread turns records into ready-to-send bytes, workers (one event
// loop each) send them when they are due and stamp what comes back. Life of a run: prepare() ->
// probe() -> start() -> ... finished() called back ... -> join(). Thread: all calls from one thread
// (main), except RunControl.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/base/time.h"
#include "macaw/replay/engine/options.h"
#include "macaw/replay/engine/run_control.h"
#include "macaw/replay/engine/sample_sink.h"
#include "macaw/replay/file/reader.h"
#include "macaw/stats/sample.h"

namespace macaw::replay {

/// An endpoint that the reader has met: method and path without query, or the label; ids from 1.
/// The last possible id, 1001, is "(other)".
struct Endpoint {
  uint16_t id = 0;
  std::string method;
  std::string path;
};

inline constexpr uint16_t kEndpointsMax = 1001;

/// The plan as far as it is known before the start.
struct Plan {
  uint64_t requests = 0;  ///< 0: without end (--loop without a limit) or not known (stdin)
  Nanos span{};           ///< run time at which one more request would be due; 0 when not known
  Nanos nominal_span{};   ///< the same in nominal time
  double mean_rps = 0;    ///< 0 for saturation or when not known
  uint64_t passes = 1;    ///< how often the file is started; 0: for ever
};

/// What a run would do, without sending anything. Of a schedule all of it is exact.
struct Forecast {
  uint64_t requests = 0;
  uint64_t bytes_out = 0;
  /// When the last one is due, and the second in which most are; not known without a schedule.
  Nanos last_due{};
  uint64_t peak_second = 0;
  uint64_t peak_requests = 0;

  struct Share {
    Endpoint endpoint;
    uint64_t requests = 0;
  };

  std::vector<Share> endpoints;  ///< by id

  std::optional<Error> input_error;  ///< a bad line: all before it is in the numbers
};

/// The answer to the first request, sent before the run.
struct ProbeAnswer {
  stats::Outcome outcome = stats::Outcome::kOk;
  int status = 0;
  std::string reason;      ///< why it is not ok
  std::string body_start;  ///< first 200 bytes, printable
};

/// Why the run cannot start although all input is well-formed: the host does not resolve, the
/// target refuses. `host` and `line` say where the name came from.
struct TargetTrouble {
  std::string host_port;
  uint64_t line = 0;   ///< of the replay file; 0: from --target or --connect-to
  std::string reason;  ///< "connection refused", "Name or service not known"
};

struct RunResult {
  std::string
      end_reason;  ///< "end of file", "duration reached", "requests reached", or stop's text
  bool stopped_early = false;
  std::optional<Error> input_error;  ///< a bad line met while playing (stdin, --no-check)
  Nanos elapsed{};                   ///< from the run's time 0 to the last outcome
  /// How long requests went out: the span of the schedule, longer when the last ones had to wait.
  /// Pauses are left out.
  Nanos sending{};
  /// The mean rate that the plan asked for while it was not paused, when it was changed on the way.
  std::optional<double> steered_rps;
  /// Closed loop: how many users played on average, from the end of the warm-up to the end of
  /// sending; nothing when the run was paused.
  std::optional<double> mean_users;
  uint64_t scheduled = 0;
  uint64_t sent = 0;
  uint64_t unsent = 0;
  /// The part of `unsent` that never reached a worker (worker 255); the rest went through the
  /// sinks. Count 0: none.
  stats::UnsentCell undelivered;
  uint64_t cells_lost = 0;  ///< refused by a sink

  /// The clock that all times are read from was in trouble: by how much, and how.
  struct ClockTrouble {
    Nanos by{};
    std::string text;
  };

  std::optional<ClockTrouble> clock_trouble;
};

class Replayer {
 public:
  /// Checks the options against each other and the file (survey is null for stdin and --no-check).
  /// Error: wrong input (exit code 1).
  static Result<std::unique_ptr<Replayer>> prepare(RunOptions options, const FileSurvey* survey);
  virtual ~Replayer() = default;

  virtual const Plan& plan() const = 0;
  /// Instead of a run: reads what would be played. REQUIRES: the plan has an end.
  virtual Forecast forecast() = 0;
  /// Resolves all names. Exit code 2 when it returns something.
  virtual std::optional<TargetTrouble> resolve() = 0;

  /// Sends the file's first record once, outside of the run. A transport failure is TargetTrouble;
  /// any HTTP answer is an answer.
  struct ProbeResult {
    std::optional<TargetTrouble> trouble;
    ProbeAnswer answer;
  };

  virtual ProbeResult probe() = 0;

  struct Callbacks {
    /// On the reader thread, before the first request of the endpoint is handed to a worker.
    std::function<void(const Endpoint&)> endpoint_found;
    /// On a worker's thread, once, after the last outcome of the last worker has been pushed. Wake
    /// main here.
    std::function<void()> finished;
  };

  /// One sink per worker; they outlive the run. Returns the run's monotonic time 0, a few
  /// milliseconds ahead of now.
  virtual MonoTime start(const std::vector<SampleSink*>& sinks, Callbacks callbacks) = 0;
  virtual RunControl& control() = 0;
  /// Run time at which --duration is over as things stand: pauses and changes of the rate move it.
  /// Nanos::max() in a pause, and without --duration. Thread: any.
  virtual Nanos duration_end() const = 0;
  /// The mean rate that the plan asks for between two run times; 0 when it has none. Thread: any.
  virtual double target_rps(Nanos from, Nanos to) const = 0;
  /// Waits for the end of all threads. REQUIRES: start() was called.
  virtual RunResult join() = 0;
};

}  // namespace macaw::replay
