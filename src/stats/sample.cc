// SPDX-License-Identifier: MIT
//
// The texts of the numbers in cells. They are stored and printed: never change one.

#include "macaw/stats/sample.h"

#include <fmt/format.h>

#include "macaw/base/check.h"
#include "macaw/base/grpc_code.h"

namespace macaw::stats {

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kHttpError:
      return "http_error";
    case Outcome::kWrongAnswer:
      return "wrong_answer";
    case Outcome::kRefused:
      return "refused";
    case Outcome::kReset:
      return "reset";
    case Outcome::kMalformed:
      return "malformed";
    case Outcome::kTimeout:
      return "timeout";
    case Outcome::kShed:
      return "shed";
    case Outcome::kUnfinished:
      return "unfinished";
    case Outcome::kGrpcError:
      return "grpc_error";
  }
  return "unknown";
}

std::string grpc_status_name(uint16_t status) {
  MACAW_CHECK(is_grpc_status(status), "status={}", status);
  const auto code = static_cast<uint32_t>(status - kGrpcStatusBase);
  const std::string_view name = grpc_code_name(code);
  return name.empty() ? fmt::format("{}", code) : std::string(name);
}

std::string status_text(uint16_t status) {
  if (status == 0) {
    return "none";
  }
  if (!is_grpc_status(status)) {
    return fmt::format("{}", status);
  }
  const auto code = static_cast<uint32_t>(status - kGrpcStatusBase);
  const std::string_view name = grpc_code_name(code);
  return name.empty() ? fmt::format("{} (gRPC)", code) : fmt::format("{} ({})", name, code);
}

std::string_view event_kind_name(EventKind kind) {
  switch (kind) {
    case EventKind::kError:
      return "error";
    case EventKind::kWarning:
      return "warning";
    case EventKind::kStall:
      return "stall";
    case EventKind::kReaderBehind:
      return "reader_behind";
    case EventKind::kRateChange:
      return "rate_change";
    case EventKind::kPause:
      return "pause";
    case EventKind::kStop:
      return "stop";
    case EventKind::kGeneratorLimit:
      return "generator_limit";
    case EventKind::kStarvation:
      return "starvation";
    case EventKind::kSuspension:
      return "suspension";
    case EventKind::kOverload:
      return "overload";
    case EventKind::kWriterBehind:
      return "writer_behind";
    case EventKind::kClockTrouble:
      return "clock_trouble";
    case EventKind::kSteal:
      return "steal";
    case EventKind::kThrottling:
      return "throttling";
    case EventKind::kResume:
      return "resume";
    case EventKind::kToken:
      return "token";
  }
  return "unknown";
}

std::string_view unsent_reason_name(UnsentReason reason) {
  switch (reason) {
    case UnsentReason::kBacklog:
      return "backlog";
    case UnsentReason::kInterrupted:
      return "interrupted";
    case UnsentReason::kAborted:
      return "aborted";
  }
  return "unknown";
}

}  // namespace macaw::stats
