// SPDX-License-Identifier: MIT
//
// See proxy.h.
// Thread: the loop's.

#include "proxy.h"

#include <algorithm>
#include <utility>

#include "macaw/base/check.h"
#include "relay.h"
#include "upstream_connection.h"

namespace macaw::stub {

Proxy::Proxy(net::Loop& loop, std::vector<net::Address> addresses, std::string name)
    : loop_(loop), addresses_(std::move(addresses)), name_(std::move(name)) {
  MACAW_CHECK(!addresses_.empty());
}

Proxy::~Proxy() = default;

void Proxy::forward(std::string request, bool head, server::Responder responder) {
  if (!responder.connected()) {
    return;  // the client has gone while the delay ran
  }
  dispatch(Forwarding{.request = std::move(request),
                      .head = head,
                      .responder = std::move(responder),
                      .address = preferred_},
           /*fresh=*/false);
  if (sweeper_ == nullptr) {
    sweeper_ = std::make_unique<net::PeriodicTimer>(loop_, from_seconds(1), [this] { sweep(); });
  }
}

void Proxy::dispatch(Forwarding forwarding, bool fresh) {
  if (!fresh && !idle_.empty()) {
    UpstreamConnection* const kept = idle_.back();
    idle_.pop_back();
    kept->send(std::move(forwarding));
    return;
  }
  if (closed_.empty()) {
    slots_.push_back(std::make_unique<UpstreamConnection>(loop_, *this));
    closed_.push_back(slots_.back().get());
  }
  UpstreamConnection* const slot = closed_.back();
  closed_.pop_back();
  const net::Address& address = addresses_[forwarding.address];
  slot->open(std::move(forwarding), address);
}

void Proxy::connected(size_t address) {
  preferred_ = address;
}

bool Proxy::try_next_address(Forwarding& forwarding) const {
  const size_t next = (forwarding.address + 1) % addresses_.size();
  if (next == preferred_) {
    return false;  // once around
  }
  forwarding.address = next;
  return true;
}

void Proxy::sweep() {
  bool busy = false;
  for (const auto& slot : slots_) {
    slot->drop_if_abandoned();
    busy = busy || slot->busy();
  }
  if (!busy) {
    sweeper_.reset();
  }
}

void Proxy::fail(Forwarding forwarding, std::string_view reason) {
  forwarding.responder.send(bad_gateway(reason));
}

}  // namespace macaw::stub
