// SPDX-License-Identifier: MIT
//
// What a worker says about one request, and the other 64-byte cells that travel through the same
// ring. A cell is one cache line, trivially copyable, and its first byte tells its kind. Times are
// nanoseconds: `intended` since the start of the run, the rest after `intended`, so that rows stay
// small on disk.
// Thread: values, without shared state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace macaw::stats {

/// How a request ended. Exactly one per request. The numbers are stored: never renumber.
enum class Outcome : uint8_t {
  kOk = 1,
  kHttpError = 2,    ///< status 400 or above
  kWrongAnswer = 3,  ///< an answer that a check rejects (a Seldon error inside a 200, ...)
  kRefused = 4,      ///< no connection: refused, unreachable
  kReset = 5,        ///< the connection broke before the answer was complete
  kMalformed = 6,    ///< the answer is not HTTP, or breaks its own framing
  kTimeout = 7,      ///< no complete answer within --timeout, or no connection within its own
  kShed = 8,         ///< given up on purpose by us (a later policy)
  kUnfinished = 9,   ///< still in flight when the run was stopped
  kGrpcError = 10,   ///< a complete gRPC answer with a status other than OK
};
inline constexpr size_t kOutcomes = 11;  ///< array size for counting by outcome; index 0 is unused

/// "ok", "http_error", "wrong_answer", ...; the texts in SQL and JSON. "unknown" for other numbers.
std::string_view outcome_name(Outcome outcome);

constexpr bool is_success(Outcome outcome) {
  return outcome == Outcome::kOk;
}

/// The target answered completely, rightly or wrongly.
constexpr bool is_answer(Outcome outcome) {
  return outcome == Outcome::kOk || outcome == Outcome::kHttpError ||
         outcome == Outcome::kWrongAnswer || outcome == Outcome::kGrpcError;
}

/// The status of a gRPC call is stored as this much above its code (0 to 16; others that a server
/// makes up, to 99): 1000 is OK, 1014 UNAVAILABLE. So one column tells both kinds apart.
inline constexpr uint16_t kGrpcStatusBase = 1000;

constexpr bool is_grpc_status(uint16_t status) {
  return status >= kGrpcStatusBase && status < kGrpcStatusBase + 100;
}

/// For people: "503", "UNAVAILABLE (14)", "20 (gRPC)"; "none" for 0, where there was no answer.
std::string status_text(uint16_t status);
/// "UNAVAILABLE"; the bare code where gRPC has no name for it. REQUIRES: is_grpc_status(status)
std::string grpc_status_name(uint16_t status);

enum class CellKind : uint8_t {
  kNone = 0,
  kSample = 1,
  kEvent = 2,
  kText = 3,
  kHealth = 4,
  kUnsent = 5,
  kConnection = 6,
  kStream = 7,
};

enum SampleFlag : uint8_t {
  kFlagResent = 1,         ///< sent again after a stale keep-alive connection
  kFlagNotSent = 2,        ///< ended before its first byte was written (refused, connect timeout)
  kFlagNewConnection = 4,  ///< first request on its connection
  kFlagWarmup = 8,         ///< intended within the warm-up: in no total, but in its interval
  kFlagIgnored = 16,       ///< in flight at the end, and to be ignored: in no sum at all
  kFlagRedirected = 32,    ///< went out again, to where an answer sent it
};

struct Sample {
  CellKind kind = CellKind::kSample;
  Outcome outcome = Outcome::kOk;
  uint8_t worker = 0;
  uint8_t flags = 0;
  uint32_t line = 0;             ///< of the replay file
  uint64_t index : 48 = 0;       ///< i, the position in the schedule
  uint64_t status : 16 = 0;      ///< HTTP status, 0 for none
  int64_t intended_ns = 0;       ///< since the start of the run
  uint64_t ready_ns : 48 = 0;    ///< after intended: the scheduler lag
  uint64_t endpoint : 16 = 0;    ///< from 1; 0 is "all" and never in a sample
  uint64_t sent_ns : 48 = 0;     ///< after intended; equal to done_ns when not sent
  uint64_t connection : 16 = 0;  ///< slot number within the worker
  uint64_t first_byte_ns = 0;    ///< after intended; equal to done_ns when no byte came
  uint64_t done_ns = 0;          ///< after intended: the response time
  uint32_t bytes_out = 0;
  uint32_t bytes_in = 0;  ///< saturates

  uint64_t response_ns() const { return done_ns; }

  uint64_t service_ns() const { return done_ns - sent_ns; }

  uint64_t lag_ns() const { return ready_ns; }

  /// Whether it counts in the numbers of the run.
  bool counts() const { return (flags & (kFlagWarmup | kFlagIgnored)) == 0; }
};

static_assert(sizeof(Sample) == 64);

enum class EventKind : uint8_t {
  kError =
      1,  ///< a distinct error: `value` is the index of its first request, `count` how many more
  kWarning = 2,
  kStall = 3,           ///< a turn of the worker's loop took `value` nanoseconds of its own work
  kReaderBehind = 4,    ///< records were not there in time; `value` nanoseconds
  kRateChange = 5,      ///< `value` is the new rate in thousandths of a request per second
  kPause = 6,           ///< nothing becomes due from here on; kResume ends it
  kStop = 7,            ///< scheduling stopped early; the text says why
  kGeneratorLimit = 8,  ///< descriptors or ports exhausted on our side
  kStarvation = 9,      ///< the worker's thread waited for a processor; `value` nanoseconds late
  kSuspension = 10,     ///< it neither ran nor waited for a processor: stopped, blocked, or the
                        ///< machine itself did not run; `value` nanoseconds late
  kOverload = 11,       ///< more was due than a busy worker could send; `value` nanoseconds behind
  kWriterBehind = 12,   ///< a sample ring was over half full; `value` cells waited
  kClockTrouble =
      13,            ///< the clock that times are read from cannot be trusted; `value` nanoseconds
  kResume = 14,      ///< the end of a pause; `value` as of kRateChange
  kSteal = 15,       ///< in the last second, the hypervisor kept one of our processors busy with
                     ///< others for `value` nanoseconds
  kThrottling = 16,  ///< in the last second, our control group's quota of processor time was used
                     ///< up for `value` nanoseconds, over all processors
  kToken = 17,       ///< the access token was renewed
};
inline constexpr uint8_t kEventKinds = 17;  ///< their numbers are 1 to this

/// "error", "warning", "stall", ...
std::string_view event_kind_name(EventKind kind);

/// An event; the rest of a text longer than 32 bytes follows in kText cells of the same worker. A
/// worker sends a kError with its text when the error occurs first, and again, about once a second,
/// with the number of further occurrences in `count`.
struct EventCell {
  CellKind kind = CellKind::kEvent;
  EventKind event = EventKind::kWarning;
  uint8_t worker = 0;
  Outcome outcome = Outcome::kOk;  ///< for kError
  uint16_t text_size = 0;          ///< whole text, over all cells
  uint16_t endpoint = 0;
  int64_t at_ns = 0;  ///< since the start of the run
  int64_t value = 0;
  uint64_t count = 1;
  std::array<char, 32> text{};
};

static_assert(sizeof(EventCell) == 64);

struct TextCell {
  CellKind kind = CellKind::kText;
  uint8_t worker = 0;
  std::array<char, 62> text{};
};

static_assert(sizeof(TextCell) == 64);

/// A worker's state, about once a second.
struct HealthCell {
  CellKind kind = CellKind::kHealth;
  uint8_t worker = 0;
  uint16_t busy_permille = 0;  ///< share of the last second outside the kernel's wait
  uint16_t connections = 0;    ///< open
  uint16_t users = 0;          ///< of a closed loop, that play
  int64_t at_ns = 0;           ///< since the start of the run, at the end of that second
  uint64_t in_flight = 0;
  uint64_t scheduled = 0;    ///< due so far (this worker)
  uint64_t sent = 0;         ///< so far (this worker)
  uint64_t turn_ns_max = 0;  ///< longest turn of the loop in the last second
  uint64_t cpu_ns = 0;       ///< thread CPU time since its start
  uint64_t run_wait_ns = 0;  ///< time the thread was ready and had no processor, since its start
};

static_assert(sizeof(HealthCell) == 64);

enum class UnsentReason : uint8_t {
  kBacklog = 1,      ///< due, but no connection came free before the end of the run
  kInterrupted = 2,  ///< due, but the run was stopped first
  kAborted = 3,      ///< due, but --abort-if ended the run
};
std::string_view unsent_reason_name(UnsentReason reason);

/// Requests of one worker that were due and never sent: `count` of its indexes in first..last.
struct UnsentCell {
  CellKind kind = CellKind::kUnsent;
  UnsentReason reason = UnsentReason::kBacklog;
  uint8_t worker = 0;
  std::array<uint8_t, 5> reserved{};
  uint64_t first = 0;
  uint64_t last = 0;
  uint64_t count = 0;
  std::array<uint64_t, 4> reserved2{};
};

static_assert(sizeof(UnsentCell) == 64);

/// A connection that came up, once it is ready to carry requests.
struct ConnectionCell {
  CellKind kind = CellKind::kConnection;
  uint8_t worker = 0;
  uint8_t http_version = 1;  ///< 1: HTTP/1.1, 2: HTTP/2
  uint8_t tls_version = 0;   ///< 0: none, 12: TLS 1.2, 13: TLS 1.3
  uint8_t resumed = 0;       ///< 1: the TLS session was resumed
  uint8_t reserved = 0;
  uint16_t connection = 0;    ///< slot number within the worker, as in the samples it carries
  int64_t at_ns = 0;          ///< since the start of the run: when the connect began
  uint64_t connect_ns = 0;    ///< from there to the end of the TCP (or Unix) connect
  uint64_t handshake_ns = 0;  ///< from there to the end of the TLS handshake; 0 without TLS
  uint16_t local_port = 0;    ///< 0: not known, or a Unix socket
  uint16_t target = 0;        ///< number of the host within the run
  std::array<uint8_t, 28> reserved2{};
};

static_assert(sizeof(ConnectionCell) == 64);

/// How the messages of a streamed gRPC answer came; goes before the sample of the same index.
struct StreamCell {
  CellKind kind = CellKind::kStream;
  uint8_t worker = 0;
  uint16_t endpoint = 0;
  uint32_t messages = 0;       ///< whole ones; saturates
  uint64_t index = 0;          ///< i of its sample
  int64_t intended_ns = 0;     ///< that of its sample
  uint64_t first_ns = 0;       ///< the first whole message, after intended; 0 without messages
  uint64_t last_ns = 0;        ///< the last one
  uint64_t gap_max_ns = 0;     ///< the longest time between two messages that follow each other
  uint64_t message_bytes = 0;  ///< of all messages, without their framing
  uint64_t reserved = 0;
};

static_assert(sizeof(StreamCell) == 64);

/// Any of the above by its first byte.
struct alignas(8) Cell {
  std::array<std::byte, 64> bytes{};

  CellKind kind() const { return static_cast<CellKind>(bytes[0]); }

  template <typename T>
  static Cell of(const T& value) {
    static_assert(sizeof(T) == sizeof(Cell));
    Cell cell;
    std::memcpy(cell.bytes.data(), &value, sizeof cell);
    return cell;
  }

  template <typename T>
  T as() const {
    static_assert(sizeof(T) == sizeof(Cell));
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
};

static_assert(sizeof(Cell) == 64);

}  // namespace macaw::stats
