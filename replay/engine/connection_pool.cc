// SPDX-License-Identifier: MIT
//
// See connection_pool.h. Invariant: for each target, every exchange that waits has a lane on its
// way
// (`!wants_connection()`), except while descriptors, ports or slots have run out and other
// connections of the target will come free.

#include "connection_pool.h"

#include <algorithm>
#include <cerrno>

#include "errno_text.h"
#include "macaw/base/check.h"

namespace macaw::replay {
namespace {

std::shared_ptr<net::TlsClient> make_client(const net::TlsClientOptions& options) {
  auto made = net::TlsClient::make(options);
  MACAW_CHECK(made.ok(), "{}", made.error().message());
  return std::move(made).value();
}

constexpr Nanos kRetryAfterLimit = std::chrono::milliseconds(100);

bool is_generator_limit(int error) {
  return error == EMFILE || error == ENFILE || error == EADDRNOTAVAIL || error == ENOBUFS ||
         error == ENOMEM;
}

}  // namespace

void ConnectionPool::Lanes::push_waiting(Exchange& exchange) {
  exchange.next_waiting = nullptr;
  (waiting_last != nullptr ? waiting_last->next_waiting : waiting_first) = &exchange;
  waiting_last = &exchange;
  ++waiting;
}

void ConnectionPool::Lanes::push_waiting_first(Exchange& exchange) {
  exchange.next_waiting = waiting_first;
  waiting_first = &exchange;
  if (waiting_last == nullptr) {
    waiting_last = &exchange;
  }
  ++waiting;
}

/// The first one that may go out on a connection of that kind, or null.
Exchange* ConnectionPool::Lanes::pop_waiting(bool on_new_one) {
  Exchange* before = nullptr;
  Exchange* found = waiting_first;
  while (found != nullptr && found->needs_new_connection && !on_new_one) {
    before = found;
    found = found->next_waiting;
  }
  if (found != nullptr) {
    unlink(before, *found);
  }
  return found;
}

void ConnectionPool::Lanes::remove_waiting(const Exchange& exchange) {
  Exchange* before = nullptr;
  Exchange* at = waiting_first;
  while (at != nullptr && at != &exchange) {
    before = at;
    at = at->next_waiting;
  }
  MACAW_CHECK(at != nullptr, "exchange {} does not wait", exchange.index);
  unlink(before, *at);
}

void ConnectionPool::Lanes::unlink(Exchange* before, const Exchange& exchange) {
  (before != nullptr ? before->next_waiting : waiting_first) = exchange.next_waiting;
  if (waiting_last == &exchange) {
    waiting_last = before;
  }
  --waiting;
}

ConnectionPool::ConnectionPool(net::Loop& loop, const Settings& settings,
                               const TargetTable& targets, MonoTime run_start,
                               TransportObserver& observer)
    : settings_(settings),
      targets_(targets),
      run_start_(run_start),
      observer_(observer),
      tls_(settings.tls) {
  for (uint32_t slot = 0; slot < settings.connections_max; ++slot) {
    connections_.push_back(std::make_unique<Connection>(loop, static_cast<ConnectionOwner&>(*this),
                                                        static_cast<uint16_t>(slot),
                                                        settings_.protocol));
  }
  // Slot 0 is opened first.
  for (auto slot = connections_.rbegin(); slot != connections_.rend(); ++slot) {
    closed_.push_back(slot->get());
  }
  connecting_.reserve(connections_.size());
  to_flush_.reserve(connections_.size());
}

ConnectionPool::~ConnectionPool() = default;

net::TlsClient* ConnectionPool::tls_for(const TargetEntry& target) {
  if (target.place.tls && tls_ == nullptr) {
    tls_ = make_client(settings_.tls_options);
  }
  return tls_.get();
}

ConnectionPool::Lanes& ConnectionPool::lanes(uint16_t target) {
  if (target >= lanes_.size()) {
    lanes_.resize(target + 1U);
  }
  if (lanes_[target] == nullptr) {
    lanes_[target] = std::make_unique<Lanes>();
    lanes_[target]->ready.reserve(connections_.size());
    lanes_[target]->address_is_bad.resize(targets_.entry(target).addresses.size());
    if (targets_.entry(target).protocol == TargetProtocol::kHttp2) {
      const uint32_t answers_max = settings_.protocol.answers_max;
      lanes_[target]->per_connection =
          std::min(settings_.protocol.streams_max, answers_max > 0 ? answers_max : UINT32_MAX);
    }
  }
  return *lanes_[target];
}

bool ConnectionPool::can_accept(uint16_t target) const {
  if (target < lanes_.size() && lanes_[target] != nullptr) {
    const Lanes& lanes = *lanes_[target];
    if (!lanes.ready.empty() || lanes.waiting < lanes.opening * lanes.per_connection) {
      return true;
    }
  }
  return !blocked_ && (!closed_.empty() || idle_ > 0);
}

void ConnectionPool::submit(Exchange& exchange) {
  Lanes& lanes = this->lanes(exchange.target);
  if (send_on_ready(lanes, exchange, nullptr)) {
    return;
  }
  if (targets_.entry(exchange.target).addresses.empty()) {
    observer_.exchange_failed(exchange, now(), stats::Outcome::kRefused,
                              "the host name does not resolve");
    return;
  }
  exchange.needs_new_connection = false;
  lanes.push_waiting(exchange);
  open_for_waiting(exchange.target);
}

/// False when no connection but `except` has a free lane.
bool ConnectionPool::send_on_ready(Lanes& lanes, Exchange& exchange, const Connection* except) {
  while (Connection* const connection = least_busy(lanes, except)) {
    if (connection->lanes_free() == 0) {
      list(*connection);  // it is in the middle of reading that it is to be left alone
      continue;
    }
    connection->send(exchange);
    list(*connection);
    return true;
  }
  return false;
}

/// The last that came free of those with the fewest requests; null: there is none but `except`.
Connection* ConnectionPool::least_busy(const Lanes& lanes, const Connection* except) {
  Connection* best = nullptr;
  for (auto place = lanes.ready.rbegin(); place != lanes.ready.rend(); ++place) {
    Connection* const connection = *place;
    if (connection != except && (best == nullptr || connection->in_flight() < best->in_flight())) {
      best = connection;
      if (best->in_flight() == 0) {
        break;
      }
    }
  }
  return best;
}

/// Opens what the waiting exchanges of a target need, as far as there are slots.
void ConnectionPool::open_for_waiting(uint16_t target) {
  Lanes& lanes = this->lanes(target);
  while (lanes.wants_connection() && !blocked_) {
    if (!closed_.empty()) {
      Connection* connection = closed_.back();
      closed_.pop_back();
      ++lanes.opening;
      open(*connection, target);
      continue;
    }
    // All slots are in use, but one may idle for another target.
    Connection* victim = longest_idle();
    if (victim == nullptr) {
      return;
    }
    ++lanes.opening;
    victim->close(/*reset=*/false);
    victim->target = target;
    victim->addresses_left = static_cast<uint32_t>(targets_.entry(target).addresses.size());
    victim->reopen = true;
  }
}

Connection* ConnectionPool::longest_idle() const {
  for (const auto& lanes : lanes_) {
    if (lanes == nullptr) {
      continue;
    }
    for (Connection* const connection : lanes->ready) {
      if (connection->is_idle) {
        return connection;
      }
    }
  }
  return nullptr;
}

void ConnectionPool::open(Connection& connection, uint16_t target) {
  connection.target = target;
  connection.addresses_left = static_cast<uint32_t>(targets_.entry(target).addresses.size());
  try_address(connection);
}

uint32_t ConnectionPool::pick_address(Lanes& lanes, size_t count) const {
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

void ConnectionPool::try_address(Connection& connection) {
  Lanes& lanes = this->lanes(connection.target);
  const TargetEntry& target = targets_.entry(connection.target);
  const auto& addresses = target.addresses;
  int error = 0;
  do {
    connection.address = pick_address(lanes, addresses.size());
    --connection.addresses_left;
    error = connection.connect(addresses[connection.address], target, tls_for(target));
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
  give_up_connect(connection, error, {});
}

void ConnectionPool::connection_opened(Connection& connection) {
  forget_connecting(connection);
  Lanes& lanes = this->lanes(connection.target);
  lanes.address_is_bad[connection.address] = 0;
  --lanes.opening;
  ++lanes.open;
  connection.is_counted = true;
  observer_.connection_opened(connection.described());
  lanes.per_connection = std::max(connection.protocol().lanes(), 1U);
  serve(connection, /*is_new=*/true);
  open_for_waiting(connection.target);  // it may carry less than was expected
  flush();
}

/// Keeps the lists and counts of connections that can take a request.
void ConnectionPool::list(Connection& connection) {
  const bool is_ready = connection.lanes_free() > 0;
  if (is_ready != connection.is_ready) {
    connection.is_ready = is_ready;
    auto& ready = lanes(connection.target).ready;
    if (is_ready) {
      ready.push_back(&connection);
    } else if (ready.back() == &connection) {
      ready.pop_back();
    } else {
      ready.erase(std::find(ready.begin(), ready.end(), &connection));
    }
  }
  if (connection.is_counted && connection.state() != Connection::State::kOpen) {
    connection.is_counted = false;
    --lanes(connection.target).open;
  }
  const bool is_idle = is_ready && connection.in_flight() == 0;
  if (is_idle != connection.is_idle) {
    connection.is_idle = is_idle;
    idle_ += is_idle ? 1 : size_t(-1);
  }
}

void ConnectionPool::lanes_changed(Connection& connection) {
  if (connection.lanes_free() > 0) {
    serve(connection, /*is_new=*/false);
    flush();
  } else {
    list(connection);
  }
}

void ConnectionPool::serve(Connection& connection, bool is_new) {
  Lanes& lanes = this->lanes(connection.target);
  while (connection.lanes_free() > 0) {
    Exchange* const exchange = lanes.pop_waiting(is_new);
    if (exchange == nullptr) {
      break;
    }
    connection.send(*exchange);
  }
  list(connection);
  if (connection.is_ready) {
    observer_.lane_free();
  }
}

void ConnectionPool::wants_flush(Connection& connection) {
  if (!connection.is_to_be_flushed) {
    connection.is_to_be_flushed = true;
    to_flush_.push_back(&connection);
  }
}

void ConnectionPool::flush() {
  while (!to_flush_.empty()) {
    Connection& connection = *to_flush_.back();
    to_flush_.pop_back();
    connection.is_to_be_flushed = false;
    connection.flush();
  }
}

void ConnectionPool::forget_connecting(const Connection& connection) {
  const auto place = std::find(connecting_.begin(), connecting_.end(), &connection);
  if (place != connecting_.end()) {
    connecting_.erase(place);
  }
}

void ConnectionPool::connect_failed(Connection& connection, int error, std::string_view reason) {
  forget_connecting(connection);
  lanes(connection.target).address_is_bad[connection.address] = 1;
  connection.close(/*reset=*/true);
  if (connection.addresses_left > 0) {
    connection.reopen = true;
    return;
  }
  give_up_connect(connection, error, reason);
}

void ConnectionPool::give_up_connect(Connection& connection, int error, std::string_view reason) {
  Lanes& lanes = this->lanes(connection.target);
  --lanes.opening;
  const auto outcome = error == ETIMEDOUT ? stats::Outcome::kTimeout : stats::Outcome::kRefused;
  if (reason.empty()) {
    reason = error == ETIMEDOUT ? "no connection within the connect timeout" : errno_text(error);
  }
  const bool others_will_come =
      (is_generator_limit(error) && closed_.size() < connections_.size()) ||
      (lanes.per_connection > 1 && lanes.open > 0);
  while (lanes.wants_connection() && !others_will_come) {
    observer_.exchange_failed(*lanes.pop_waiting(/*on_new_one=*/true), now(), outcome, reason);
  }
}

void ConnectionPool::connection_closed(Connection& connection) {
  if (connection.reopen) {
    connection.reopen = false;
    try_address(connection);
    return;
  }
  closed_.push_back(&connection);
  open_for_waiting(connection.target);
  observer_.lane_free();
}

void ConnectionPool::resend(Connection& connection, Exchange& exchange, bool on_new_one) {
  exchange.resent = exchange.resent || exchange.sent_once;
  Lanes& lanes = this->lanes(connection.target);
  exchange.first_byte_seen = false;
  if (!on_new_one && send_on_ready(lanes, exchange, &connection)) {
    return;
  }
  exchange.needs_new_connection = on_new_one;
  lanes.push_waiting_first(exchange);
  if (connection.state() == Connection::State::kClosing && !connection.reopen &&
      lanes.wants_connection()) {
    connection.reopen = true;
    connection.addresses_left =
        static_cast<uint32_t>(targets_.entry(connection.target).addresses.size());
    ++lanes.opening;
  }
  open_for_waiting(connection.target);
}

void ConnectionPool::abandon(Exchange& exchange) {
  if (Connection* const connection = exchange.connection_in_use; connection != nullptr) {
    exchange.connection_in_use = nullptr;
    connection->abandon(exchange);
  } else {
    lanes(exchange.target).remove_waiting(exchange);
  }
}

void ConnectionPool::expire(Nanos now) {
  if (blocked_ && now >= blocked_until_) {
    blocked_ = false;
    for (size_t target = 0; target < lanes_.size(); ++target) {
      if (lanes_[target] != nullptr) {
        open_for_waiting(static_cast<uint16_t>(target));
      }
    }
    observer_.lane_free();
  }
  while (!connecting_.empty() &&
         now - connecting_.front()->connect_started >= settings_.connect_timeout) {
    connect_failed(*connecting_.front(), ETIMEDOUT, {});
  }
}

Nanos ConnectionPool::next_deadline() const {
  Nanos deadline = blocked_ ? blocked_until_ : Nanos::max();
  if (!connecting_.empty()) {
    deadline = std::min(deadline, connecting_.front()->connect_started + settings_.connect_timeout);
  }
  return deadline;
}

size_t ConnectionPool::connections() const {
  return connections_.size() - closed_.size();
}

std::shared_ptr<net::TlsClient> make_tls(const RunOptions& options, const TargetTable& targets) {
  for (uint16_t id = 0; id < targets.count(); ++id) {
    if (targets.entry(id).place.tls) {
      return make_client(options.transmission.tls);
    }
  }
  return nullptr;
}

ConnectionPool::Settings pool_settings(const RunOptions& options, uint32_t connections_max) {
  const Transmission& how = options.transmission;
  return {.connections_max = connections_max,
          .connect_timeout = how.connect_timeout,
          .tls_options = how.tls,
          .protocol = {.answers_max = how.keep_alive ? how.requests_per_connection : 1,
                       .streams_max = how.streams,
                       .body_kept_max = options.body_kept_max,
                       .session_headers = how.cookies || how.redirects_max > 0}};
}

}  // namespace macaw::replay
