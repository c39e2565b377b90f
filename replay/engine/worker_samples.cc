// SPDX-License-Identifier: MIT
//
// See worker.h. This file: the ends of exchanges, samples, events and health.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "macaw/base/check.h"
#include "plan.h"
#include "redirect.h"
#include "worker.h"

namespace macaw::replay {
namespace {

uint32_t saturate_u32(uint64_t value) {
  return static_cast<uint32_t>(std::min<uint64_t>(value, std::numeric_limits<uint32_t>::max()));
}

/// Less of a second than this says nothing about it.
constexpr Nanos kSecondMin = std::chrono::milliseconds(500);
/// A worker that has run, or waited for a processor, for so much of a second was as much in the way
/// as the target: answers wait for a worker that is busy for 80 % of the time about twice as long
/// as it is with one of them (an M/D/1 queue), and ever longer beyond.
constexpr double kBusyShare = 0.8;

constexpr uint64_t kDelta48Max = (uint64_t{1} << 48) - 1;

/// Nanoseconds from `from` to `to`, never negative.
uint64_t after(Nanos from, Nanos to) {
  return to > from ? static_cast<uint64_t>((to - from).count()) : 0;
}

/// As a sample's 48-bit field holds it.
uint64_t saturate_48(uint64_t value) {
  return value < kDelta48Max ? value : kDelta48Max;
}

}  // namespace

Exchange& Worker::acquire_exchange() {
  if (free_.empty()) {
    // While descriptors have run out, requests wait without a connection of their own; and one of
    // HTTP/2 carries many. There are never more than were on their way at once.
    exchanges_.push_back(std::make_unique<Exchange>());
    free_.push_back(exchanges_.back().get());
  }
  Exchange& exchange = *free_.back();
  free_.pop_back();
  exchange.active = true;
  exchange.resent = false;
  exchange.sent_once = false;
  exchange.first_byte_seen = false;
  exchange.new_connection = false;
  exchange.connection = 0;
  exchange.bytes_in = 0;
  exchange.bytes_out = 0;
  exchange.redirects = 0;
  exchange.messages = 0;
  exchange.message_bytes = 0;
  exchange.message_gap_max = Nanos(0);
  exchange.is_redirected = false;
  exchange.connection_in_use = nullptr;
  return exchange;
}

void Worker::list_append(Exchange& exchange) {
  exchange.older = newest_;
  exchange.newer = nullptr;
  (newest_ != nullptr ? newest_->newer : oldest_) = &exchange;
  newest_ = &exchange;
  exchange.in_flight = true;
  ++in_flight_;
}

void Worker::list_remove(Exchange& exchange) {
  (exchange.older != nullptr ? exchange.older->newer : oldest_) = exchange.newer;
  (exchange.newer != nullptr ? exchange.newer->older : newest_) = exchange.older;
  exchange.in_flight = false;
  --in_flight_;
}

void Worker::exchange_sent(Exchange& exchange) {
  if (exchange.redirects > 0) {
    exchange.sent = exchange.first_sent;
    return;
  }
  if (exchange.in_flight) {
    list_remove(exchange);  // sent again: its time starts anew
  } else {
    ++result_.sent;
  }
  if (!driver_->intends()) {
    exchange.intended = exchange.sent;
    exchange.ready = exchange.sent;
  }
  result_.last_sent = std::max(result_.last_sent, exchange.sent);
  list_append(exchange);
  if (oldest_ == &exchange && !pumping_) {
    arm_timer(exchange.sent);  // a connection has just opened, and no other timeout is waited for
  }
}

void Worker::exchange_answered(Exchange& exchange, Nanos done, const TransportAnswer& answer) {
  if (sessions_) {
    sessions_->keep(exchange, answer.set_cookies);
  }
  if (exchange.is_grpc) {
    end_call(exchange, done, answer);
    return;
  }
  if (transmission_.redirects_max > 0 && is_redirect(answer.status) && !answer.location.empty()) {
    if (const Status followed = redirect(exchange, answer); !followed) {
      end_exchange(exchange, done, stats::Outcome::kWrongAnswer, answer.status,
                   followed.error().message());
    }
    return;
  }
  const Judgement judgement = check_->judge({.request_target = exchange.request_target(),
                                             .status = answer.status,
                                             .content_type = answer.content_type,
                                             .content_encoding = answer.content_encoding,
                                             .body = answer.body,
                                             .body_is_whole = answer.body_is_whole,
                                             .expectation = exchange.expectation});
  end_exchange(exchange, done, judgement.outcome, answer.status, judgement.reason.view());
}

void Worker::end_call(Exchange& exchange, Nanos done, const TransportAnswer& answer) {
  if (!grpc_judge_) {
    grpc_judge_.emplace(*setup_.options);  // a stream of records whose first calls come late
  }
  const Judgement judgement = grpc_judge_->judge(exchange, answer, *check_);
  end_exchange(exchange, done, judgement.outcome, GrpcJudge::status_of(answer),
               judgement.reason.view());
}

void Worker::push_stream(const Exchange& exchange) {
  stats::StreamCell cell;
  cell.worker = static_cast<uint8_t>(setup_.number);
  cell.endpoint = exchange.endpoint;
  cell.messages = saturate_u32(exchange.messages);
  cell.index = exchange.index;
  cell.intended_ns = exchange.intended.count();
  cell.first_ns = after(exchange.intended, exchange.first_message);
  cell.last_ns = after(exchange.intended, exchange.last_message);
  cell.gap_max_ns = after(Nanos(0), exchange.message_gap_max);
  cell.message_bytes = exchange.message_bytes;
  push(stats::Cell::of(cell));
}

/// The same exchange goes out again: its response time ends with the last answer. Not at once: the
/// connection that brought this one is free only afterwards.
Status Worker::redirect(Exchange& exchange, const TransportAnswer& answer) {
  if (exchange.redirects == transmission_.redirects_max) {
    return Error("redirected more often than --redirects allows");
  }
  MACAW_TRY_ASSIGN(const RedirectedRequest next,
                   redirected(sessions_ ? exchange.rendered : exchange.wire, exchange.splices,
                              answer.status, answer.location, exchange.is_tls));
  if (exchange.redirects++ == 0) {
    exchange.first_sent = exchange.sent;
  }
  exchange.bytes_out += exchange.wire_bytes;
  exchange.first_byte_seen = false;
  exchange.target_offset = next.target_offset;
  exchange.target_size = next.target_size;
  if (sessions_) {
    exchange.rendered = next.rendered;
    exchange.splices = next.splices;
    sessions_->complete(exchange);
  } else {
    exchange.wire = next.rendered;
  }
  exchange.is_redirected = true;
  redirected_.push_back(&exchange);
  turn_end_.ask();
  return {};
}

/// Before what is due next: they are older.
void Worker::send_redirected() {
  size_t sent = 0;
  while (sent < redirected_.size() && pool_->can_accept(redirected_[sent]->target)) {
    Exchange& exchange = *redirected_[sent++];
    exchange.is_redirected = false;
    pool_->submit(exchange);
  }
  redirected_.erase(redirected_.begin(), redirected_.begin() + static_cast<std::ptrdiff_t>(sent));
}

void Worker::abandon(Exchange& exchange) {
  if (exchange.is_redirected) {
    std::erase(redirected_, &exchange);
  } else {
    pool_->abandon(exchange);
  }
}

void Worker::exchange_failed(Exchange& exchange, Nanos done, stats::Outcome outcome,
                             std::string_view reason) {
  end_exchange(exchange, done, outcome, 0, reason);
  pump();
}

void Worker::end_exchange(Exchange& exchange, Nanos done, stats::Outcome outcome, int status,
                          std::string_view reason) {
  MACAW_CHECK(exchange.active, "exchange {} ends twice", exchange.index);
  if (exchange.in_flight) {
    list_remove(exchange);
  }
  exchange.active = false;
  --active_;
  if (outcome != stats::Outcome::kOk && !ignoring_) {
    const ErrorBook::Entry* first =
        errors_.count(outcome, exchange.endpoint, reason, exchange.index);
    if (first != nullptr) {
      tell_error(*first, 1);
    }
  }
  const bool in_warmup = exchange.intended < setup_.options->selection.warmup;
  stats::Sample sample;
  sample.outcome = outcome;
  sample.worker = static_cast<uint8_t>(setup_.number);
  sample.flags = static_cast<uint8_t>(
      (exchange.resent ? stats::kFlagResent : 0) | (exchange.sent_once ? 0 : stats::kFlagNotSent) |
      (exchange.new_connection ? stats::kFlagNewConnection : 0) |
      (exchange.redirects > 0 ? stats::kFlagRedirected : 0) | (in_warmup ? stats::kFlagWarmup : 0) |
      (ignoring_ ? stats::kFlagIgnored : 0));
  sample.line = exchange.line;
  sample.index = exchange.index & kDelta48Max;
  sample.status = static_cast<uint16_t>(status);
  sample.endpoint = exchange.endpoint;
  sample.connection = exchange.connection;
  sample.intended_ns = exchange.intended.count();
  sample.ready_ns = saturate_48(after(exchange.intended, exchange.ready)) & kDelta48Max;
  sample.done_ns = after(exchange.intended, done);
  const uint64_t sent_ns =
      exchange.sent_once ? after(exchange.intended, exchange.sent) : sample.done_ns;
  sample.sent_ns = saturate_48(sent_ns) & kDelta48Max;
  sample.first_byte_ns =
      exchange.first_byte_seen ? after(exchange.intended, exchange.first_byte) : sample.done_ns;
  sample.bytes_out =
      exchange.sent_once ? saturate_u32(exchange.wire_bytes + exchange.bytes_out) : 0;
  sample.bytes_in = saturate_u32(exchange.bytes_in);
  if (exchange.is_streamed && exchange.messages > 0) {
    push_stream(exchange);  // right before its sample
  }
  push(stats::Cell::of(sample));
  result_.last_done = std::max(result_.last_done, done);
  driver_->completed(exchange.sender, done);
  free_.push_back(&exchange);
}

void Worker::push(const stats::Cell& cell) {
  if (!setup_.sink->push(cell)) {
    ++result_.cells_lost;
  }
}

void Worker::push_event(stats::EventKind kind, std::string_view text, int64_t value, uint64_t count,
                        stats::Outcome outcome, uint16_t endpoint) {
  stats::EventCell event;
  event.event = kind;
  event.worker = static_cast<uint8_t>(setup_.number);
  event.outcome = outcome;
  event.endpoint = endpoint;
  event.text_size = static_cast<uint16_t>(text.size());
  event.at_ns = now().count();
  event.value = value;
  event.count = count;
  const size_t head = std::min(text.size(), event.text.size());
  std::copy_n(text.begin(), head, event.text.begin());
  push(stats::Cell::of(event));
  for (text.remove_prefix(head); !text.empty();) {
    stats::TextCell more;
    more.worker = event.worker;
    const size_t part = std::min(text.size(), more.text.size());
    std::copy_n(text.begin(), part, more.text.begin());
    push(stats::Cell::of(more));
    text.remove_prefix(part);
  }
}

void Worker::tell_error(const ErrorBook::Entry& entry, uint64_t count) {
  push_event(stats::EventKind::kError, entry.reason.view(), static_cast<int64_t>(entry.first_index),
             count, entry.outcome, entry.endpoint);
}

void Worker::connection_opened(const stats::ConnectionCell& cell) {
  stats::ConnectionCell told = cell;
  told.worker = static_cast<uint8_t>(setup_.number);
  push(stats::Cell::of(told));
}

void Worker::generator_limit(std::string_view what) {
  if (!limit_told_) {
    push_event(stats::EventKind::kGeneratorLimit, what, static_cast<int64_t>(result_.taken));
    limit_told_ = true;
  }
}

void Worker::handle_second() {
  errors_.for_each_untold([this](ErrorBook::Entry& entry) {
    tell_error(entry, entry.untold);
    entry.untold = 0;
  });
  const Nanos now = this->now();
  look_for_lateness(now);  // before the second's use of the processor is closed
  const Nanos idle = loop_.idle_time();
  const Nanos elapsed = std::max(now - second_before_, Nanos(1));
  const Nanos busy = std::clamp(elapsed - (idle - idle_before_), Nanos(0), elapsed);
  second_before_ = now;
  idle_before_ = idle;

  stats::HealthCell health;
  health.worker = static_cast<uint8_t>(setup_.number);
  health.busy_permille = static_cast<uint16_t>(busy.count() * 1000 / elapsed.count());
  health.connections = static_cast<uint16_t>(pool_->connections());
  health.users = static_cast<uint16_t>(users_at(now));
  health.at_ns = now.count();
  health.in_flight = in_flight_;
  health.sent = result_.sent;
  health.scheduled = result_.taken + unsent_.count + backlog(now);
  health.turn_ns_max = static_cast<uint64_t>(std::max<int64_t>(lateness_max_.count(), 0));
  const ThreadUsage usage = read_usage();
  health.cpu_ns = static_cast<uint64_t>(usage.ran.count());
  health.run_wait_ns = static_cast<uint64_t>(usage.waited.count());
  push(stats::Cell::of(health));
  tell_faults_of_second(usage - usage_before_, now - usage_before_at_);
  usage_before_ = usage;
  usage_before_at_ = now;
  lateness_max_ = reader_late_max_ = behind_max_ = Nanos(0);
  limit_told_ = false;
}

/// Of a closed loop, those of this worker that play.
uint32_t Worker::users_at(Nanos now) const {
  const auto& loop = setup_.options->timing.closed_loop;
  return loop ? loop->users.users_at(now, setup_.number, state_.workers()) : 0;
}

/// What it worked; staying awake before a deadline is no work.
ThreadUsage Worker::read_usage() const {
  ThreadUsage usage = usage_reader_.read();
  usage.ran -= std::min(timer_.awake_time(), usage.ran);
  return usage;
}

void Worker::tell_lateness(Nanos now, Nanos lateness) {
  const ThreadUsage usage = read_usage();
  const Nanos span = now - usage_before_at_;
  push_event(explain_lateness(usual_usage_, usage - usage_before_, span, std::min(lateness, span)),
             "", lateness.count());
  usage_before_ = usage;  // explained: not to be counted again
  usage_before_at_ = now;
}

void Worker::tell_faults_of_second(const ThreadUsage& used, Nanos elapsed) {
  if (elapsed < kSecondMin) {
    return;  // most of it has been explained already
  }
  const double seconds = to_seconds(elapsed);
  const auto per_second = [seconds](Nanos part) {
    return Nanos(static_cast<Nanos::rep>(static_cast<double>(part.count()) / seconds));
  };
  usual_usage_ = {per_second(used.ran), per_second(used.waited)};
  if (reader_late_max_ > kLateEnough) {
    push_event(stats::EventKind::kReaderBehind, "", reader_late_max_.count());
  }
  // A worker with time to spare waits for the target; one without cannot know what the target could
  // do. Catching up with what a stall has left takes no whole second.
  if (behind_max_ > kLateEnough && to_seconds(used.ran + used.waited) > kBusyShare * seconds) {
    const auto percent = [&used, elapsed](Nanos part) {
      return std::min<int64_t>(100, part.count() * 100 / elapsed.count());
    };
    std::array<char, 96> text{};
    const auto end = fmt::format_to_n(text.data(), text.size(),
                                      "it ran for {} % of that second, and waited for a processor "
                                      "for {} %",
                                      percent(used.ran), percent(used.waited));
    push_event(stats::EventKind::kOverload, {text.data(), std::min(end.size, text.size())},
               behind_max_.count());
  }
}

uint64_t Worker::backlog(Nanos now) const {
  // How far the plan has got, by the law of the rate; recorded times say it only as far as they
  // have been read.
  if (!driver_->has_plan() || !have_head_ || !setup_.options->timing.profile || ended_) {
    return 0;
  }
  const Nanos end = plan_end(*setup_.plan, *setup_.clock);
  const Nanos until = end > Nanos(0) ? std::min(now, end) : now;
  const uint64_t due =
      setup_.options->timing.profile->cumulative(setup_.clock->nominal_at(until)).whole;
  return due > head_.index ? (due - head_.index) / state_.workers() : 0;
}

}  // namespace macaw::replay
