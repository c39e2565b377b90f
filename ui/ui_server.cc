// SPDX-License-Identifier: MIT
//
// The UI's server: a router behind an HTTP server, on a port that could be had.
#include "macaw/ui/ui_server.h"

#include <optional>

#include "host_check.h"
#include "live.h"
#include "macaw/server/http_server.h"
#include "router.h"

namespace macaw::ui {

namespace {

/// Ports after a busy one that are tried before any free one is taken.
constexpr uint32_t kPortsTried = 20;

/// Nobody has much to tell us.
server::HttpServerOptions server_options() {
  server::HttpServerOptions options;
  options.limits.body_bytes_max = 16 * size_t{1024};
  return options;
}

}  // namespace

struct UiServer::Impl {
  Impl(net::Loop& loop, UiOptions of_options)
      : options(std::move(of_options)),
        router(options.database, options.host, options.page_folder),
        server(loop, server_options(),
               [this](const http::Request& request, server::Responder responder) {
                 last_request = MonoClock::now();
                 if (request.path() == "/api/live" && !router.refusal(request)) {
                   live.open(request, std::move(responder), Router::headers());
                 } else {
                   responder.send(router.answer(request));
                 }
               }),
        live(loop, router.database()) {}

  UiOptions options;
  Router router;
  MonoTime last_request;
  server::HttpServer server;
  LiveStreams live;
};

UiServer::UiServer(net::Loop& loop, UiOptions options)
    : impl_(std::make_unique<Impl>(loop, std::move(options))) {}

UiServer::~UiServer() = default;

Status UiServer::start() {
  const UiOptions& options = impl_->options;
  const std::string host = options.host == "*" || options.host.empty() ? "0.0.0.0" : options.host;
  Status first = impl_->server.listen(host, options.port);
  if (first.ok() || options.port == 0 || !options.port_may_change) {
    return first;
  }
  for (uint32_t step = 1; step <= kPortsTried && options.port + step <= UINT16_MAX; ++step) {
    if (impl_->server.listen(host, static_cast<uint16_t>(options.port + step)).ok()) {
      return {};
    }
  }
  // The first error tells more than those of ports that nobody asked for.
  return impl_->server.listen(host, 0).ok() ? Status() : std::move(first);
}

uint16_t UiServer::port() const {
  return impl_->server.port();
}

MonoTime UiServer::last_request() const {
  return impl_->live.count() > 0 ? MonoClock::now() : impl_->last_request;
}

void UiServer::set_control(replay::RunControl* control, std::string token, int64_t run) {
  impl_->router.control().set(control, std::move(token), run);
}

std::string UiServer::graph_url() const {
  return fmt::format("http://{}/graph/?g={}", address(), kFirstKey);
}

std::string UiServer::address() const {
  std::string host = impl_->options.host;
  if (is_wildcard(host)) {
    host = "127.0.0.1";
  } else if (host.find(':') != std::string::npos) {
    host = "[" + host + "]";
  }
  return fmt::format("{}:{}", host, port());
}

}  // namespace macaw::ui
