// SPDX-License-Identifier: MIT
//
// See worker.h. This file: the queue and the clock. worker_samples.cc: what becomes of answers.

#include "worker.h"

#include <algorithm>
#include <utility>

#include "macaw/base/check.h"
#include "plan.h"

namespace macaw::replay {
namespace {

/// When a turn has handed out so many requests, and worked at it for so long, it reads answers
/// again: a generator that cannot keep up must not stop listening. (Over HTTP/1.1 the number takes
/// about that time; HTTP/2 hands out several times as many in it, and writes those of a connection
/// at once.)
constexpr int kSendsPerTurn = 64;
constexpr Nanos kTurnMax = std::chrono::microseconds(250);

/// `--per-user`: so much of the file is read ahead, over all workers, to find each user's next
/// record.
constexpr size_t kOwnRecordsMax = size_t{64} << 20;

}  // namespace

Worker::Worker(const WorkerSetup& setup)
    : setup_(setup),
      transmission_(setup.options->transmission),
      state_(*setup.state),
      link_(setup.state->link(setup.number)),
      timer_(
          loop_, [this] { handle_timer(); },
          transmission_.spin ? net::PacingTimer::Wait::kSpin : net::PacingTimer::Wait::kSleep),
      waker_(loop_, [this] { handle_wake(); }),
      turn_end_(loop_, [this] { pump(); }),
      tls_(make_tls(*setup.options, *setup.targets)) {
  make_driver();
  if (Sessions::needed(transmission_)) {
    sessions_.emplace(transmission_);
  }
  auto check = make_check(setup.options->expectations);
  MACAW_CHECK(check.ok(), "checked by prepare()");
  check_ = std::move(check).value();
  for (uint32_t k = 0; k < setup.connections_max; ++k) {
    exchanges_.push_back(std::make_unique<Exchange>());
    free_.push_back(exchanges_.back().get());
  }
  unsent_.worker = static_cast<uint8_t>(setup.number);
}

void Worker::make_driver() {
  const Timing& timing = setup_.options->timing;
  switch (timing.source) {
    case Timing::Source::kSaturate:
      driver_ = std::make_unique<SaturatingDriver>(*setup_.clock);
      return;
    case Timing::Source::kUsers: {
      const ClosedLoop& loop = *timing.closed_loop;
      auto driver = std::make_unique<ClosedLoopDriver>(loop, timing.seed, *setup_.clock,
                                                       setup_.number, state_.workers());
      users_ = driver.get();
      driver_ = std::move(driver);
      if (loop.per_user) {
        own_records_.emplace(loop.users.users_max() / state_.workers() + 1,
                             kOwnRecordsMax / state_.workers());
      }
      return;
    }
    default:
      driver_ = std::make_unique<OpenLoopDriver>(*setup_.clock);
  }
}

Worker::~Worker() {
  link_.attach(nullptr);
}

WorkerResult Worker::run() {
  auto settings = pool_settings(*setup_.options, setup_.connections_max);
  settings.tls = tls_;
  pool_ = std::make_unique<ConnectionPool>(loop_, settings, *setup_.targets, state_.run_start(),
                                           static_cast<TransportObserver&>(*this));
  link_.attach(&waker_);
  second_timer_ = std::make_unique<net::PeriodicTimer>(loop_, std::chrono::seconds(1),
                                                       [this] { handle_second(); });
  idle_before_ = loop_.idle_time();
  second_before_ = now();
  usage_before_ = read_usage();
  usage_before_at_ = second_before_;
  tracker_.look(Nanos(0));
  pump();
  loop_.run();

  handle_second();
  if (unsent_.count > 0) {
    unsent_.reason = state_.reason();
    result_.unsent = unsent_.count;
    push(stats::Cell::of(unsent_));
  }
  link_.attach(nullptr);
  second_timer_.reset();
  pool_.reset();
  return result_;
}

void Worker::handle_timer() {
  const Nanos now = this->now();
  const Nanos lateness = now - armed_;
  lateness_max_ = std::max(lateness_max_, lateness);
  armed_ = Nanos::max();
  expire_timeouts(now);
  pool_->expire(now);
  pump();
}

void Worker::lane_free() {
  if (head_is_blocked_ || more_is_due_ || !redirected_.empty() || !driver_->has_plan()) {
    // Reads first, then writes: each side keeps its code in the cache, and a target that had
    // nothing to do is woken once for all of them (ARCHITECTURE.md, "What it costs").
    turn_end_.ask();
  } else if (result_.last_done >= armed_) {
    pump();
  } else {
    finish_if_done();  // nothing is due before the timer fires
  }
}

void Worker::pump() {
  if (pumping_) {
    return;  // the outer call goes on with what this one would have done
  }
  pumping_ = true;
  const Nanos now = this->now();
  check_plan_end(now);
  send_redirected();
  if (state_.stop() == RunState::Stop::kNone) {
    look_for_lateness(now);
    send_due(now);
  }
  // Looked at again: sending may have ended the plan.
  if (state_.stop() != RunState::Stop::kNone) {
    discard_after_stop();
    if (state_.stop() == RunState::Stop::kNow || closes_at_end()) {
      give_up_in_flight();
    }
  }
  pool_->flush();
  arm_timer(this->now());
  pumping_ = false;
  finish_if_done();
}

void Worker::look_for_lateness(Nanos now) {
  // A head that waits for a connection, or for its turn, is not late because we did not run.
  if (!have_head_ || head_is_blocked_ || more_is_due_ || !driver_->intends() ||
      state_.stop() != RunState::Stop::kNone) {
    return;
  }
  const Due due = this->due(now);
  if (now - due.intended > kLateEnough && head_.index != late_told_) {
    late_told_ = head_.index;
    tell_lateness(now, now - due.intended);
  }
}

void Worker::send_due(Nanos now) {
  more_is_due_ = false;
  head_is_blocked_ = false;
  tracker_.look(now);
  const Nanos began = now;
  for (int sends = 0; load_head(now); ++sends) {
    const Due due = this->due(now);
    if (due.intended > now) {
      return;
    }
    if (!pool_->can_accept(head_.target)) {
      tracker_.blocked(now);
      head_is_blocked_ = true;
      behind_max_ = std::max(behind_max_, now - due.intended);
      return;
    }
    if (sends >= kSendsPerTurn && now - began >= kTurnMax) {
      more_is_due_ = true;
      behind_max_ = std::max(behind_max_, now - due.intended);
      return;
    }
    take_head(now, due.intended);
    // Sending takes time, and that is the scheduler's own time for whatever is due next.
    const Nanos sent = std::max(now, this->now());
    tracker_.look(sent);
    if (sent - now > kLateEnough && load_head(sent)) {
      look_for_lateness(sent);
    }
    now = sent;
  }
}

bool Worker::load_head(Nanos now) {
  if (own_records_) {
    return load_own_records(now);
  }
  if (have_head_) {
    return true;
  }
  if (ended_) {
    return false;
  }
  const auto block = next_block();
  if (block.empty()) {
    if (!std::exchange(starved_, true)) {
      starved_since_ = now;
    }
    return false;
  }
  const bool was_starved = std::exchange(starved_, false);
  if (was_starved) {
    tracker_.refilled(now);
  }
  head_ = RequestBlock::read(block);
  if (head_.kind == RequestBlock::Kind::kEnd) {
    link_.ring.pop();
    ended_ = true;
    return false;
  }
  have_head_ = true;
  if (was_starved) {
    const Due due = this->due(now);
    // Without a plan everything was due at once: late is what came after there was nothing to send.
    const Nanos wanted = driver_->intends() ? due.intended : starved_since_;
    reader_late_max_ = std::max(reader_late_max_, now - wanted);
  }
  return true;
}

/// The oldest block, or none: then the reader thread wakes us when there is one.
std::span<const std::byte> Worker::next_block() {
  auto block = link_.ring.front();
  if (block.empty()) {
    link_.starving.exchange(true, std::memory_order_acq_rel);  // pairs with the feeder's
    block = link_.ring.front();
    if (!block.empty()) {
      link_.starving.store(false, std::memory_order_relaxed);
    }
  }
  return block;
}

/// Reads ahead as far as memory allows: whose turn it is decides what is sent, not the file.
bool Worker::load_own_records(Nanos now) {
  while (!ended_ && own_records_->has_room()) {
    const auto block = next_block();
    if (block.empty()) {
      break;
    }
    const RequestBlock head = RequestBlock::read(block);
    if (head.kind == RequestBlock::Kind::kEnd) {
      ended_ = true;
    } else {
      own_records_->push(head.user, block);
      users_->offered(head.user, now);
    }
    pop_block();
  }
  have_head_ = !own_records_->empty();
  return have_head_;
}

/// When the head is due. Of users with records of their own, the head is that of who is ready
/// first.
Due Worker::due(Nanos now) {
  const Due due = driver_->next({.index = head_.index, .nominal = head_.nominal()}, now);
  if (own_records_ && due.intended != Nanos::max()) {
    head_ = RequestBlock::read(own_records_->front(due.sender));
  }
  return due;
}

std::span<const std::byte> Worker::head_block() {
  return own_records_ ? own_records_->front(head_.user) : link_.ring.front();
}

void Worker::drop_head() {
  have_head_ = false;
  if (own_records_) {
    own_records_->pop(head_.user);
  } else {
    pop_block();
  }
}

void Worker::pop_block() {
  link_.ring.pop();
  link_.taken.store(link_.taken.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void Worker::take_head(Nanos now, Nanos intended) {
  Exchange& exchange = acquire_exchange();
  exchange.index = head_.index;
  exchange.line = head_.line;
  exchange.endpoint = head_.endpoint;
  exchange.target = head_.target;
  exchange.head = head_.head;
  exchange.is_tls = setup_.targets->entry(head_.target).place.tls;
  exchange.is_grpc = head_.is_grpc;
  exchange.intended = driver_->intends() ? intended : now;
  exchange.ready = driver_->intends() ? tracker_.ready(intended, now) : now;
  exchange.target_offset = head_.target_offset;
  exchange.target_size = head_.target_size;
  exchange.expectation.assign(head_.expectation(head_block()));
  exchange.sender = driver_->taken({.index = head_.index, .nominal = head_.nominal()}, now);
  if (sessions_) {
    exchange.rendered.assign(head_.wire(head_block()));
    exchange.splices = head_.splices;
    exchange.user = users_ != nullptr && !own_records_ ? exchange.sender : head_.session;
    sessions_->complete(exchange);
  } else {
    exchange.wire.assign(head_.wire(head_block()));
  }
  drop_head();
  ++result_.taken;
  ++active_;
  pool_->submit(exchange);
}

void Worker::discard_after_stop() {
  head_is_blocked_ = false;
  more_is_due_ = false;
  const Nanos now = this->now();
  while (load_head(now)) {
    if (own_records_) {
      own_records_->clear();
      continue;
    }
    // Without a plan nothing was due but for an answer.
    if (driver_->has_plan() && due(now).intended <= state_.due_until()) {
      if (unsent_.count == 0) {
        unsent_.first = head_.index;
      }
      unsent_.last = head_.index;
      ++unsent_.count;
    }
    drop_head();
  }
}

void Worker::give_up_in_flight() {
  if (gave_up_) {
    return;
  }
  gave_up_ = true;
  ignoring_ = closes_at_end() && setup_.options->selection.at_end == Selection::AtEnd::kIgnore;
  const Nanos now = this->now();
  for (const auto& exchange : exchanges_) {
    if (exchange->active) {
      abandon(*exchange);
      end_exchange(*exchange, now, stats::Outcome::kUnfinished, 0,
                   exchange->sent_once ? "in flight when the run was stopped"
                                       : "waiting for a connection when the run was stopped");
    }
  }
}

/// The duration is over, and what is in flight is not waited for.
bool Worker::closes_at_end() const {
  return setup_.options->selection.at_end != Selection::AtEnd::kWait &&
         state_.stop() != RunState::Stop::kNone && !state_.stopped_early();
}

void Worker::expire_timeouts(Nanos now) {
  while (oldest_ != nullptr && now - oldest_->sent >= transmission_.timeout) {
    Exchange& exchange = *oldest_;
    abandon(exchange);
    end_exchange(exchange, now, stats::Outcome::kTimeout, 0, "no answer within the timeout");
  }
}

void Worker::check_plan_end(Nanos now) {
  if (plan_end_told_ || state_.stop() != RunState::Stop::kNone) {
    return;
  }
  if (now < give_up_at()) {
    return;
  }
  plan_end_told_ = true;
  const auto& closed_loop = setup_.options->timing.closed_loop;
  if (driver_->has_plan() && setup_.options->selection.at_end == Selection::AtEnd::kWait) {
    state_.end_plan(Nanos::max(), "the rest of the backlog was given up after --drain");
  } else if (closed_loop && now >= closed_loop->users.ends_at()) {
    state_.end_plan(Nanos(-1), "the last user left");
  } else {
    state_.end_plan(driver_->has_plan() ? Nanos::max() : Nanos(-1), "duration reached");
  }
}

/// When what is left of the plan is given up, as things stand; Nanos::max(): never.
Nanos Worker::give_up_at() const {
  const Selection& selection = setup_.options->selection;
  if (!driver_->has_plan() || selection.at_end != Selection::AtEnd::kWait) {
    const Nanos over =
        selection.duration ? setup_.clock->intended(*selection.duration) : Nanos::max();
    const auto& closed_loop = setup_.options->timing.closed_loop;
    return closed_loop ? std::min(over, closed_loop->users.ends_at()) : over;
  }
  const Nanos end = ended_ ? Nanos(0) : plan_end(*setup_.plan, *setup_.clock);
  return end > Nanos(0) && end < Nanos::max() - transmission_.drain ? end + transmission_.drain
                                                                    : Nanos::max();
}

void Worker::arm_timer(Nanos now) {
  Nanos deadline = pool_->next_deadline();
  if (more_is_due_) {
    deadline = now;
  } else if (head_is_blocked_) {
    deadline = std::min(deadline, now + ReadyTracker::kBlockedLookPeriod);
  } else if (have_head_) {
    deadline = std::min(deadline, due(now).intended);
  }
  if (oldest_ != nullptr) {
    deadline = std::min(deadline, oldest_->sent + transmission_.timeout);
  }
  if (!plan_end_told_) {
    deadline = std::min(deadline, give_up_at());
  }
  if (armed_ != Nanos::max() && armed_ >= now && armed_ <= deadline) {
    return;  // firing early costs one look; moving the timer, a system call for each request
  }
  if (deadline == Nanos::max()) {
    timer_.disarm();
  } else {
    timer_.arm(state_.run_start() + deadline);
  }
  // A deadline that has passed already must not look like a stall of the loop.
  armed_ = deadline == Nanos::max() ? deadline : std::max(deadline, now);
}

void Worker::finish_if_done() {
  if (ended_ && !have_head_ && active_ == 0) {
    loop_.stop();
  }
}

}  // namespace macaw::replay
