// SPDX-License-Identifier: MIT
//
// HTTP/1.1 over TCP: a pool of keep-alive connections that grows to its limit. Idle connections are
// taken last in, first out. A request for which a connection is being opened takes an older one
// that comes free first. A request that met a stale keep-alive connection (closed by the server
// while it was idle) is sent once more, on a new one. Thread: one worker's.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "http1_connection.h"
#include "macaw/net/loop.h"
#include "target_table.h"
#include "transport.h"

namespace macaw::replay {

class Http1Transport final : public Transport, private Http1Pool {
 public:
  struct Settings {
    uint32_t connections_max = 1;
    uint32_t answers_max = 0;  ///< of one connection, which we close then; 0: any number
    Nanos connect_timeout{};
    size_t body_kept_max = 0;
    bool session_headers = false;  ///< answers say location and set_cookies
  };

  Http1Transport(net::Loop& loop, const Settings& settings, const TargetTable& targets,
                 MonoTime run_start, TransportObserver& observer);
  ~Http1Transport() override;

  bool can_accept(uint16_t target) const override;
  void submit(Exchange& exchange) override;
  void abandon(Exchange& exchange) override;
  void expire(Nanos now) override;
  Nanos next_deadline() const override;
  size_t connections() const override;

 private:
  /// Connections and waiting exchanges of one target.
  struct Lanes {
    std::vector<Http1Connection*> idle;  // last in, first out
    Exchange* waiting_first = nullptr;   // for a connection that is being opened
    Exchange* waiting_last = nullptr;
    size_t waiting = 0;
    size_t opening = 0;  // connections on their way to become open
    uint32_t next_address = 0;
    std::vector<uint8_t> address_is_bad;

    void push_waiting(Exchange& exchange);
    Exchange* pop_waiting();
    void remove_waiting(const Exchange& exchange);
  };

  // Http1Pool
  Nanos now() const override { return MonoClock::now() - run_start_; }

  TransportObserver& observer() override { return observer_; }

  void connection_opened(Http1Connection& connection) override;
  void connection_idle(Http1Connection& connection) override;
  void idle_connection_lost(Http1Connection& connection) override;
  void connect_failed(Http1Connection& connection, int error) override;
  void connection_closed(Http1Connection& connection) override;
  void resend_on_new(Http1Connection& connection, Exchange& exchange) override;

  Lanes& lanes(uint16_t target);
  Http1Connection* longest_idle() const;
  void open(Http1Connection& connection, uint16_t target);
  void try_address(Http1Connection& connection);
  uint32_t pick_address(Lanes& lanes, size_t count) const;
  void serve(Http1Connection& connection);
  void give_up_connect(Http1Connection& connection, int error);
  void forget_connecting(const Http1Connection& connection);
  void remove_idle(Http1Connection& connection);

  const Settings settings_;
  const TargetTable& targets_;
  const MonoTime run_start_;
  TransportObserver& observer_;
  std::vector<std::unique_ptr<Http1Connection>> connections_;
  std::vector<Http1Connection*> closed_;       // slots that can be opened
  std::vector<Http1Connection*> connecting_;   // oldest first
  std::vector<std::unique_ptr<Lanes>> lanes_;  // by target
  size_t idle_ = 0;
  Nanos blocked_until_ = Nanos::min();  // no new connections before: descriptors or ports ran out
  bool blocked_ = false;
};

}  // namespace macaw::replay
