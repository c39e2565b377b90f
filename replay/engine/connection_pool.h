// SPDX-License-Identifier: MIT
//
// The connections of a worker, to all its targets: opened for requests that find none, kept, given
// back. Grows to its limit; the connection with the fewest requests on their way is taken, and of
// idle ones the last that came free. A request for which a connection is being opened takes an
// older one that comes free first. A request that met a stale connection (closed by the server
// while it was idle), or a server that did not look at it, is sent once more. Thread: one worker's.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "connection.h"
#include "macaw/net/loop.h"
#include "macaw/replay/engine/options.h"
#include "target_table.h"
#include "transport.h"

namespace macaw::replay {

class ConnectionPool final : private ConnectionOwner {
 public:
  struct Settings {
    uint32_t connections_max = 1;
    Nanos connect_timeout{};
    /// Where targets with TLS are known before the start: reading whom to trust takes milliseconds.
    std::shared_ptr<net::TlsClient> tls = nullptr;
    net::TlsClientOptions tls_options = {};  ///< for others that turn up
    ProtocolSettings protocol;
  };

  ConnectionPool(net::Loop& loop, const Settings& settings, const TargetTable& targets,
                 MonoTime run_start, TransportObserver& observer);
  ~ConnectionPool() override;

  /// Whether a request to this target could be sent now, or wait for a connection that would be
  /// opened for it.
  bool can_accept(uint16_t target) const;
  /// REQUIRES: can_accept(exchange.target)
  void submit(Exchange& exchange);
  /// Writes what submit() and abandon() have left to be written: to be called when there is no more
  /// of them for now.
  void flush();
  /// Gives up an exchange that was submitted and has not ended; no call of the observer follows for
  /// it. Its lane is not used again.
  void abandon(Exchange& exchange);
  /// Ends connects that took too long. To be called when next_deadline() has passed (Nanos::max():
  /// nothing is pending).
  void expire(Nanos now);
  Nanos next_deadline() const;
  /// Connections that are not closed.
  size_t connections() const;

 private:
  /// Connections and waiting exchanges of one target.
  struct Lanes {
    std::vector<Connection*> ready;     // with a free lane; the last one came last
    Exchange* waiting_first = nullptr;  // for a connection that is being opened
    Exchange* waiting_last = nullptr;
    size_t waiting = 0;
    size_t opening = 0;           // connections on their way to become open
    size_t open = 0;              // connections that are
    uint32_t per_connection = 1;  // lanes that the next one to open will have, as far as is known
    uint32_t next_address = 0;
    std::vector<uint8_t> address_is_bad;

    void push_waiting(Exchange& exchange);
    void push_waiting_first(Exchange& exchange);
    Exchange* pop_waiting(bool on_new_one);
    void remove_waiting(const Exchange& exchange);
    void unlink(Exchange* before, const Exchange& exchange);

    /// More wait than the connections on their way will carry.
    bool wants_connection() const { return waiting > opening * per_connection; }
  };

  // ConnectionOwner
  Nanos now() const override { return MonoClock::now() - run_start_; }

  TransportObserver& observer() override { return observer_; }

  void connection_opened(Connection& connection) override;
  void connect_failed(Connection& connection, int error, std::string_view reason) override;
  void lanes_changed(Connection& connection) override;
  void wants_flush(Connection& connection) override;
  void resend(Connection& connection, Exchange& exchange, bool on_new_one) override;
  void connection_closed(Connection& connection) override;

  Lanes& lanes(uint16_t target);
  net::TlsClient* tls_for(const TargetEntry& target);
  void list(Connection& connection);
  static Connection* least_busy(const Lanes& lanes, const Connection* except);
  bool send_on_ready(Lanes& lanes, Exchange& exchange, const Connection* except);
  void open_for_waiting(uint16_t target);
  Connection* longest_idle() const;
  void open(Connection& connection, uint16_t target);
  void try_address(Connection& connection);
  uint32_t pick_address(Lanes& lanes, size_t count) const;
  void serve(Connection& connection, bool is_new);
  void give_up_connect(Connection& connection, int error, std::string_view reason);
  void forget_connecting(const Connection& connection);

  const Settings settings_;
  const TargetTable& targets_;
  const MonoTime run_start_;
  TransportObserver& observer_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::shared_ptr<net::TlsClient> tls_;
  std::vector<Connection*> closed_;            // slots that can be opened
  std::vector<Connection*> connecting_;        // oldest first
  std::vector<Connection*> to_flush_;          // have something to write
  std::vector<std::unique_ptr<Lanes>> lanes_;  // by target
  size_t idle_ = 0;
  Nanos blocked_until_ = Nanos::min();  // no new connections before: descriptors or ports ran out
  bool blocked_ = false;
};

/// What TLS needs, if any of the targets needs it now; else null. REQUIRES: the options were tried
/// (Replayer::prepare()).
std::shared_ptr<net::TlsClient> make_tls(const RunOptions& options, const TargetTable& targets);

/// What a run's options say of the pool of one worker.
ConnectionPool::Settings pool_settings(const RunOptions& options, uint32_t connections_max);

}  // namespace macaw::replay
