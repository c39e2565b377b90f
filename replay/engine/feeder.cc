// SPDX-License-Identifier: MIT
//
// See feeder.h.

#include "feeder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <map>
#include <thread>
#include <utility>

#include "macaw/base/check.h"
#include "request_block.h"

namespace macaw::replay {

namespace {

/// A full ring holds thousands of requests, so milliseconds of sleep cost nothing; and each time
/// that we wake on a worker's core it loses its caches to us.
constexpr Nanos kWaitForRoom = std::chrono::milliseconds(5);

/// Less than what workers are given ahead (hand_out.cc), or nobody would ever start.
constexpr uint64_t kNeededAtStartMax = 512;

}  // namespace

Feeder::Feeder(const RunOptions& options, const Plan& plan, RecordSource& source,
               const RunClock& plan_clock, const RunClock& clock, EndpointTable endpoints,
               TargetTable& targets, RunState& state)
    : options_(options),
      plan_(plan),
      source_(source),
      plan_clock_(plan_clock),
      clock_(clock),
      endpoints_(std::move(endpoints)),
      targets_(targets),
      state_(state),
      renderer_(options.transmission, options.selection.file, options.timing.seed),
      hand_out_(options.timing, state) {
  if (options.timing.source == Timing::Source::kProfile) {
    arrivals_.emplace(*options.timing.profile, options.timing.arrivals, options.timing.seed);
  }
}

void Feeder::on_endpoint(std::function<void(const Endpoint&)> callback) {
  endpoints_.on_found(std::move(callback));
}

void Feeder::run() {
  Next next = advance();
  while (next == Next::kRequest) {
    if (!deliver()) {
      next = input_error_ ? Next::kEnd : Next::kStopped;
      break;
    }
    ++index_;
    if (index_ >= needed_at_start()) {
      primed_.store(true, std::memory_order_release);  // pairs with the acquire in primed()
    }
    next = advance();
  }
  if (next == Next::kStopped) {
    count_due();
  }
  push_ends();
  primed_.store(true, std::memory_order_release);
}

/// Users of a closed loop may all want a request at time 0. What comes through a pipe is not waited
/// for.
uint64_t Feeder::needed_at_start() const {
  const auto& loop = options_.timing.closed_loop;
  return loop && options_.selection.file != "-"
             ? std::min<uint64_t>(loop->users.users_at(Nanos(0)), kNeededAtStartMax)
             : 1;
}

Feeder::Next Feeder::advance() {
  have_record_ = false;
  if (state_.stop() != RunState::Stop::kNone) {
    return Next::kStopped;
  }
  if (options_.selection.requests && index_ >= *options_.selection.requests) {
    end_reason_ = "requests reached";
    return Next::kEnd;
  }
  auto found = source_.next(record_);
  if (!found.ok()) {
    return fail(found.error());
  }
  if (!*found) {
    end_reason_ = "end of file";
    return Next::kEnd;
  }
  switch (options_.timing.source) {
    case Timing::Source::kProfile:
      nominal_ = arrivals_->next();
      break;
    case Timing::Source::kRecorded:
      if (!record_.time) {
        return fail(Error::at(source_.path(), record_.line, 0,
                              "found a request without a time, expected t (recorded timing)"));
      }
      nominal_ = source_.recorded_time();
      break;
    case Timing::Source::kSaturate:
    case Timing::Source::kUsers:
      nominal_ = Nanos(0);
      break;
  }
  if (plan_is_over(nominal_)) {
    end_reason_ = "duration reached";
    return Next::kEnd;
  }
  have_record_ = true;
  return Next::kRequest;
}

bool Feeder::plan_is_over(Nanos nominal) const {
  // Read far ahead of its time, so pauses and changes of the rate cannot say what belongs to the
  // plan: they move it as a whole.
  const Nanos intended = plan_clock_.intended(nominal);
  // A rate that ends at zero for ever leaves requests that are never due.
  return intended == Nanos::max() ||
         (options_.selection.duration && options_.timing.is_open_loop() &&
          intended >= *options_.selection.duration);
}

Forecast Feeder::forecast() {
  Forecast forecast;
  std::map<uint16_t, Forecast::Share> shares;
  endpoints_.on_found([&shares](const Endpoint& found) { shares[found.id].endpoint = found; });
  uint64_t second = 0;
  uint64_t in_second = 0;
  while (advance() == Next::kRequest) {
    const auto rendered = render();
    if (!rendered) {
      break;
    }
    ++forecast.requests;
    forecast.bytes_out += rendered->wire.size();
    ++shares[endpoints_.id_of(rendered->method, rendered->path, record_.name)].requests;
    const Nanos due = plan_clock_.intended(nominal_);
    const auto due_second = static_cast<uint64_t>(due / std::chrono::seconds(1));
    in_second = due_second == second ? in_second + 1 : 1;
    second = due_second;
    if (in_second > forecast.peak_requests) {
      forecast.peak_requests = in_second;
      forecast.peak_second = second;
    }
    forecast.last_due = due;
    ++index_;
  }
  for (auto& [id, share] : shares) {
    forecast.endpoints.push_back(std::move(share));
  }
  forecast.input_error = input_error_;
  return forecast;
}

/// Nothing for a record that cannot be sent.
std::optional<RenderedRequest> Feeder::render() {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), index_).ptr;
  auto rendered =
      renderer_.render(record_, {digits.data(), static_cast<size_t>(end - digits.data())}, index_);
  if (!rendered.ok()) {
    fail(rendered.error());
    return std::nullopt;
  }
  return *rendered;
}

bool Feeder::deliver() {
  const auto rendered = render();
  if (!rendered) {
    return false;
  }
  const auto target = targets_.id_of(rendered->authority, rendered->is_grpc, record_.line);
  if (!target) {
    fail(Error::at(source_.path(), record_.line, 0,
                   fmt::format("found more than {} different hosts", TargetTable::kTargetsMax)));
    return false;
  }
  targets_.resolve(*target);  // blocks only for a name that the first pass did not see

  RequestBlock head;
  head.index = index_;
  head.nominal_ns = nominal_.count();
  head.line = static_cast<uint32_t>(record_.line);
  head.wire_size = static_cast<uint32_t>(rendered->wire.size());
  head.target_offset = rendered->target_offset;
  head.target_size = rendered->target_size;
  head.expectation_size = static_cast<uint32_t>(rendered->expectation.size());
  head.endpoint = endpoints_.id_of(rendered->method, rendered->path, record_.name);
  head.target = *target;
  head.head = rendered->head;
  head.is_grpc = rendered->is_grpc;
  head.is_streamed = rendered->is_streamed;

  const auto& closed_loop = options_.timing.closed_loop;
  if (closed_loop && closed_loop->per_user && record_.user.empty()) {
    fail(Error::at(source_.path(), record_.line, 0,
                   "found a request without a user, expected one (--per-user)"));
    return false;
  }
  const HandOut::Place place = hand_out_.place_of(index_, record_.user);
  head.user = place.user;
  head.session = place.session;
  head.splices = rendered->splices;
  WorkerLink& link = state_.link(place.worker);
  const size_t size = rendered->wire.size() + rendered->expectation.size();
  if (sizeof head + size > link.ring.block_max()) {
    fail(Error::at(source_.path(), record_.line, 0,
                   fmt::format("found a request of {} bytes{}, expected at most {}", size,
                               rendered->expectation.empty() ? "" : " with its expectation",
                               link.ring.block_max() - sizeof head)));
    return false;
  }
  return push(link, head, rendered->wire, rendered->expectation);
}

bool Feeder::push(WorkerLink& link, const RequestBlock& head, std::string_view wire,
                  std::string_view expectation) {
  const bool is_end = head.kind == RequestBlock::Kind::kEnd;
  std::byte* block = nullptr;
  while ((block = link.ring.reserve(sizeof head + wire.size() + expectation.size())) == nullptr) {
    // After a stop the workers empty their rings, so the end mark always finds room.
    if (!is_end && state_.stop() != RunState::Stop::kNone) {
      return false;
    }
    primed_.store(true, std::memory_order_release);  // there is no room for more
    std::this_thread::sleep_for(kWaitForRoom);
  }
  std::memcpy(block, &head, sizeof head);
  const auto put = [block](size_t at, std::string_view bytes) {
    if (!bytes.empty()) {
      std::memcpy(block + at, bytes.data(), bytes.size());
    }
  };
  put(sizeof head, wire);
  put(sizeof head + wire.size(), expectation);
  link.ring.commit();
  // Both sides exchange the flag after their own half of the work, so one of the two sees the
  // other: the worker what was committed, or we that it waits.
  if (link.starving.exchange(false, std::memory_order_acq_rel)) {
    link.wake();
  }
  return true;
}

void Feeder::push_ends() {
  RequestBlock end;
  end.kind = RequestBlock::Kind::kEnd;
  for (uint32_t k = 0; k < state_.workers(); ++k) {
    push(state_.link(k), end, {}, {});
  }
}

Feeder::Next Feeder::fail(Error error) {
  // The input ends at the bad line: what stands before it is played on time, however far ahead we
  // have read.
  end_reason_ = "bad input";
  input_error_ = std::move(error);
  return Next::kEnd;
}

void Feeder::count_due() {
  const Nanos due_until = state_.due_until();
  const auto count = [&](Nanos nominal) {
    const Nanos intended = clock_.intended(nominal);
    if (intended > due_until || plan_is_over(nominal)) {
      return false;
    }
    if (undelivered_.count == 0) {
      undelivered_.first = index_;
    }
    undelivered_.last = index_++;
    ++undelivered_.count;
    return true;
  };
  if (have_record_ && !count(nominal_)) {
    return;
  }
  // A rate law says when the rest would have been due without reading it; recorded times must be
  // read.
  if (arrivals_ && (plan_.requests != 0 || source_.loops())) {
    while ((plan_.requests == 0 || index_ < plan_.requests) && count(arrivals_->next())) {
    }
  } else if (options_.timing.source == Timing::Source::kRecorded &&
             options_.selection.file != "-") {
    const uint64_t limit = options_.selection.requests.value_or(UINT64_MAX);
    while (index_ < limit) {
      auto found = source_.next(record_);
      if (!found.ok() || !*found || !record_.time || !count(source_.recorded_time())) {
        break;
      }
    }
  }
}

}  // namespace macaw::replay
