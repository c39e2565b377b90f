// SPDX-License-Identifier: MIT
//
// See http1_transport.h. Invariant: for each target, every exchange that waits has a connection on
// its way (`waiting <= opening`), except while descriptors or ports have run out and other
// connections of the target will come free.

#include "http1_transport.h"

#include <algorithm>
#include <cerrno>

#include "macaw/base/check.h"

namespace macaw::replay {
namespace {

constexpr Nanos kRetryAfterLimit = std::chrono::milliseconds(100);

bool is_generator_limit(int error) {
  return error == EMFILE || error == ENFILE || error == EADDRNOTAVAIL || error == ENOBUFS ||
         error == ENOMEM;
}

}  // namespace

void Http1Transport::Lanes::push_waiting(Exchange& exchange) {
  exchange.next_waiting = nullptr;
  (waiting_last != nullptr ? waiting_last->next_waiting : waiting_first) = &exchange;
  waiting_last = &exchange;
  ++waiting;
}

Exchange* Http1Transport::Lanes::pop_waiting() {
  Exchange* exchange = waiting_first;
  if (exchange != nullptr) {
    waiting_first = exchange->next_waiting;
    if (waiting_first == nullptr) {
      waiting_last = nullptr;
    }
    --waiting;
  }
  return exchange;
}

void Http1Transport::Lanes::remove_waiting(const Exchange& exchange) {
  Exchange* before = nullptr;
  for (Exchange* at = waiting_first; at != nullptr; before = at, at = at->next_waiting) {
    if (at == &exchange) {
      (before != nullptr ? before->next_waiting : waiting_first) = at->next_waiting;
      if (waiting_last == at) {
        waiting_last = before;
      }
      --waiting;
      return;
    }
  }
  MACAW_CHECK(false, "exchange {} does not wait", exchange.index);
}

Http1Transport::Http1Transport(net::Loop& loop, const Settings& settings,
                               const TargetTable& targets, MonoTime run_start,
                               TransportObserver& observer)
    : settings_(settings), targets_(targets), run_start_(run_start), observer_(observer) {
  for (uint32_t slot = 0; slot < settings.connections_max; ++slot) {
    connections_.push_back(std::make_unique<Http1Connection>(
        loop, static_cast<Http1Pool&>(*this), static_cast<uint16_t>(slot), settings.answers_max,
        http::ResponseParser::Limits{.body_kept_max = settings.body_kept_max,
                                     .session_headers = settings.session_headers}));
  }
  // Slot 0 is opened first.
  for (auto slot = connections_.rbegin(); slot != connections_.rend(); ++slot) {
    closed_.push_back(slot->get());
  }
  connecting_.reserve(connections_.size());
}

Http1Transport::~Http1Transport() = default;

Http1Transport::Lanes& Http1Transport::lanes(uint16_t target) {
  if (target >= lanes_.size()) {
    lanes_.resize(target + 1U);
  }
  if (lanes_[target] == nullptr) {
    lanes_[target] = std::make_unique<Lanes>();
    lanes_[target]->idle.reserve(connections_.size());
    lanes_[target]->address_is_bad.resize(targets_.entry(target).addresses.size());
  }
  return *lanes_[target];
}

bool Http1Transport::can_accept(uint16_t target) const {
  if (target < lanes_.size() && lanes_[target] != nullptr && !lanes_[target]->idle.empty()) {
    return true;
  }
  return !blocked_ && (!closed_.empty() || idle_ > 0);
}

void Http1Transport::submit(Exchange& exchange) {
  Lanes& lanes = this->lanes(exchange.target);
  if (!lanes.idle.empty()) {
    Http1Connection* connection = lanes.idle.back();
    lanes.idle.pop_back();
    --idle_;
    connection->send(exchange);
    return;
  }
  if (targets_.entry(exchange.target).addresses.empty()) {
    observer_.exchange_failed(exchange, now(), stats::Outcome::kRefused,
                              "the host name does not resolve");
    return;
  }
  lanes.push_waiting(exchange);
  ++lanes.opening;
  if (!closed_.empty()) {
    Http1Connection* connection = closed_.back();
    closed_.pop_back();
    open(*connection, exchange.target);
    return;
  }
  // All slots are in use, but one idles for another target.
  Http1Connection* victim = longest_idle();
  MACAW_CHECK(victim != nullptr, "submit() without can_accept()");
  remove_idle(*victim);
  victim->target = exchange.target;
  victim->addresses_left = static_cast<uint32_t>(targets_.entry(exchange.target).addresses.size());
  victim->reopen = true;
  victim->close(/*reset=*/false);
}

Http1Connection* Http1Transport::longest_idle() const {
  for (const auto& lanes : lanes_) {
    if (lanes != nullptr && !lanes->idle.empty()) {
      return lanes->idle.front();
    }
  }
  return nullptr;
}

void Http1Transport::open(Http1Connection& connection, uint16_t target) {
  connection.target = target;
  connection.addresses_left = static_cast<uint32_t>(targets_.entry(target).addresses.size());
  try_address(connection);
}

uint32_t Http1Transport::pick_address(Lanes& lanes, size_t count) const {
  for (size_t step = 0; step < count; ++step) {
    const auto address = static_cast<uint32_t>((lanes.next_address + step) % count);
    if (lanes.address_is_bad[address] == 0) {
      lanes.next_address = address + 1;
      return address;
    }
  }
  // All have failed: all get another chance.
  std::fill(lanes.address_is_bad.begin(), lanes.address_is_bad.end(), uint8_t{0});
  return lanes.next_address++ % static_cast<uint32_t>(count);
}

void Http1Transport::try_address(Http1Connection& connection) {
  Lanes& lanes = this->lanes(connection.target);
  const auto& addresses = targets_.entry(connection.target).addresses;
  int error = 0;
  do {
    connection.address = pick_address(lanes, addresses.size());
    --connection.addresses_left;
    error = connection.connect(addresses[connection.address]);
    if (error == 0) {
      connection.connect_started = now();
      connecting_.push_back(&connection);
      return;
    }
    if (is_generator_limit(error)) {
      observer_.generator_limit(errno_text(error));
      blocked_ = true;
      blocked_until_ = now() + kRetryAfterLimit;
      connection.addresses_left = 0;
    } else {
      lanes.address_is_bad[connection.address] = 1;
    }
  } while (connection.addresses_left > 0);
  closed_.push_back(&connection);
  give_up_connect(connection, error);
}

void Http1Transport::connection_opened(Http1Connection& connection) {
  forget_connecting(connection);
  Lanes& lanes = this->lanes(connection.target);
  lanes.address_is_bad[connection.address] = 0;
  --lanes.opening;
  if (Exchange* exchange = connection.resend; exchange != nullptr) {
    connection.resend = nullptr;
    connection.send(*exchange);
    return;
  }
  serve(connection);
}

void Http1Transport::connection_idle(Http1Connection& connection) {
  serve(connection);
}

void Http1Transport::serve(Http1Connection& connection) {
  Lanes& lanes = this->lanes(connection.target);
  if (Exchange* exchange = lanes.pop_waiting(); exchange != nullptr) {
    connection.send(*exchange);
    return;
  }
  connection.become_idle();
  lanes.idle.push_back(&connection);
  ++idle_;
  observer_.lane_free();
}

void Http1Transport::remove_idle(Http1Connection& connection) {
  auto& idle = lanes(connection.target).idle;
  const auto place = std::find(idle.begin(), idle.end(), &connection);
  if (place != idle.end()) {
    idle.erase(place);
    --idle_;
  }
}

void Http1Transport::idle_connection_lost(Http1Connection& connection) {
  remove_idle(connection);
}

void Http1Transport::forget_connecting(const Http1Connection& connection) {
  const auto place = std::find(connecting_.begin(), connecting_.end(), &connection);
  if (place != connecting_.end()) {
    connecting_.erase(place);
  }
}

void Http1Transport::connect_failed(Http1Connection& connection, int error) {
  forget_connecting(connection);
  lanes(connection.target).address_is_bad[connection.address] = 1;
  if (connection.addresses_left > 0) {
    connection.reopen = true;
    connection.close(/*reset=*/true);
    return;
  }
  connection.close(/*reset=*/true);
  give_up_connect(connection, error);
}

void Http1Transport::give_up_connect(Http1Connection& connection, int error) {
  Lanes& lanes = this->lanes(connection.target);
  --lanes.opening;
  const auto outcome = error == ETIMEDOUT ? stats::Outcome::kTimeout : stats::Outcome::kRefused;
  const std::string_view reason =
      error == ETIMEDOUT ? "no connection within the connect timeout" : errno_text(error);
  if (Exchange* exchange = connection.resend; exchange != nullptr) {
    connection.resend = nullptr;
    exchange->connection_in_use = nullptr;
    observer_.exchange_failed(*exchange, now(), outcome, reason);
    return;
  }
  const bool others_will_come = is_generator_limit(error) && closed_.size() < connections_.size();
  while (lanes.waiting > lanes.opening && !others_will_come) {
    observer_.exchange_failed(*lanes.pop_waiting(), now(), outcome, reason);
  }
}

void Http1Transport::connection_closed(Http1Connection& connection) {
  if (connection.reopen) {
    connection.reopen = false;
    try_address(connection);
    return;
  }
  closed_.push_back(&connection);
  observer_.lane_free();
}

void Http1Transport::resend_on_new(Http1Connection& connection, Exchange& exchange) {
  exchange.connection_in_use = &connection;
  connection.resend = &exchange;
  connection.reopen = true;
  connection.addresses_left =
      static_cast<uint32_t>(targets_.entry(connection.target).addresses.size());
  ++lanes(connection.target).opening;
}

void Http1Transport::abandon(Exchange& exchange) {
  Http1Connection* connection = exchange.connection_in_use;
  exchange.connection_in_use = nullptr;
  if (connection == nullptr) {
    lanes(exchange.target).remove_waiting(exchange);
    return;
  }
  if (connection->resend == &exchange) {
    connection->resend = nullptr;  // its new connection will serve others
    return;
  }
  connection->close(/*reset=*/true);
}

void Http1Transport::expire(Nanos now) {
  if (blocked_ && now >= blocked_until_) {
    blocked_ = false;
    for (size_t target = 0; target < lanes_.size(); ++target) {
      while (lanes_[target] != nullptr && lanes_[target]->waiting > lanes_[target]->opening &&
             !closed_.empty() && !blocked_) {
        Http1Connection* connection = closed_.back();
        closed_.pop_back();
        ++lanes_[target]->opening;
        open(*connection, static_cast<uint16_t>(target));
      }
    }
    observer_.lane_free();
  }
  while (!connecting_.empty() &&
         now - connecting_.front()->connect_started >= settings_.connect_timeout) {
    connect_failed(*connecting_.front(), ETIMEDOUT);
  }
}

Nanos Http1Transport::next_deadline() const {
  Nanos deadline = blocked_ ? blocked_until_ : Nanos::max();
  if (!connecting_.empty()) {
    deadline = std::min(deadline, connecting_.front()->connect_started + settings_.connect_timeout);
  }
  return deadline;
}

size_t Http1Transport::connections() const {
  return connections_.size() - closed_.size();
}

}  // namespace macaw::replay
