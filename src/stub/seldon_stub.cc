// SPDX-License-Identifier: MIT
//
// The stub: answers, held back until they are due, and errors to order. All requests are numbered
// as they arrive; latency and error of a request follow from the seed and its number. What is not
// let in is refused at once.
// Thread: the loop's.

#include "macaw/stub/seldon_stub.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>

#include "admission.h"
#include "answers.h"
#include "call_proxy.h"
#include "call_stream.h"
#include "error_rules.h"
#include "grpc_desk.h"
#include "macaw/base/random.h"
#include "macaw/server/http_server.h"
#include "parameters.h"
#include "proxy.h"
#include "relay.h"
#include "routes.h"
#include "service_line.h"
#include "services.h"
#include "streams.h"
#include "tokens.h"

namespace macaw::stub {
namespace {

constexpr std::string_view kStatsPath = "/macaw/stats";
/// Paths counted by name; a client that invents paths cannot fill the memory.
constexpr size_t kPathsMax = 100;

/// Longer than anything that a stub does; a point in time so far away can still be counted.
constexpr Nanos kForEver = std::chrono::hours(24 * 365);

/// What a rule makes of a gRPC call.
server::Response make_call_error(const ErrorRule& error) {
  if (const int status = status_of(error); status != 0) {
    return answer_error_page(status, "Made to order");
  }
  if (const int code = grpc_code_of(error); code != 0) {
    return grpc_error(code, "Made to order");
  }
  if (error.kind == "seldon") {
    return grpc_error(GrpcCode::kUnknown, "A generic error occurred");
  }
  return {.content_type = std::string(kGrpcContentType)};  // neither a message nor a code
}

int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(wall_now().time_since_epoch())
      .count();
}

}  // namespace

struct SeldonStub::Impl {
  /// What is to happen to a request when it is due.
  struct Fate {
    MonoTime due;
    uint64_t request = 0;
    bool reset = false;
    server::Responder responder;
    server::Response response = {};
    std::unique_ptr<CallStream> stream = {};  ///< instead: an answer that goes out in pieces
    std::string forward = {};                 ///< to the next server; empty: answered here
    bool head = false;
    bool is_call = false;
  };

  /// For a heap whose top is due first; in the order of arrival among equals.
  static bool due_later(const Fate& a, const Fate& b) {
    return a.due != b.due ? a.due > b.due : a.request > b.request;
  }

  Impl(net::Loop& of_loop, StubOptions of_options)
      : loop(of_loop),
        options(std::move(of_options)),
        tokens(options.seed),
        line(options.at_a_time),
        timer(loop, [this] { handle_due(); }),
        http(loop,
             server::HttpServerOptions{
                 .requests_per_connection = options.requests_per_connection,
                 .tls = options.tls,
                 // A hop passes on the Server header of the next one.
                 .server_name = options.proxy ? "" : "macaw-stub",
             },
             [this](const http::Request& request, server::Responder responder) {
               handle_request(request, std::move(responder));
             }) {
    // The longest prefix comes first.
    std::stable_sort(options.latency.begin(), options.latency.end(),
                     [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  }

  void handle_request(const http::Request& request, server::Responder responder);
  void handle_call(const http::Request& call, server::Responder responder, const ErrorRule* error,
                   uint64_t number, MonoTime arrival);
  void take_up(Fate fate, MonoTime arrival);
  void wait(Fate fate);
  void handle_due();
  void strike(Fate fate);
  server::Response make_response(const http::Request& request, const Route& route,
                                 const ErrorRule* error, uint64_t number);
  std::string make_stats() const;
  Nanos latency_of(std::string_view path, uint64_t number) const;
  void count(std::string_view path, const ErrorRule* error);

  net::Loop& loop;
  StubOptions options;
  uint64_t requests = 0;
  std::map<std::string, uint64_t, std::less<>> requests_by_path;
  std::map<std::string, uint64_t, std::less<>> errors_by_kind;
  TokenDesk tokens;
  GrpcDesk calls;
  ServiceLine line;
  std::vector<Fate> waiting;  ///< a heap
  net::DeadlineTimer timer;
  server::HttpServer http;
  std::unique_ptr<Proxy> proxy;
  std::unique_ptr<CallProxy> call_proxy;
};

void SeldonStub::Impl::handle_request(const http::Request& request, server::Responder responder) {
  const MonoTime arrival = MonoClock::now();
  const std::string_view path = request.path();
  if (path == kStatsPath) {
    server::Response response;
    response.content_type = "application/json";
    response.body = make_stats();
    responder.send(std::move(response));
    return;
  }
  const uint64_t number = requests++;
  const bool is_call = is_grpc_call(request);
  const ErrorRule* error = pick_error(options.errors, options.seed, number);
  if (error != nullptr && grpc_code_of(*error) != 0 && !is_call) {
    error = nullptr;  // other requests have no such codes
  }
  count(path, error);
  if (error != nullptr && error->kind == "silent") {
    return;  // without its responder the request is never answered
  }
  if (is_call) {
    handle_call(request, std::move(responder), error, number, arrival);
    return;
  }
  const Route route = route_of(path);
  if (auto refusal = refuse(request, route, options.require, tokens, now_ms())) {
    responder.send(std::move(*refusal));
    return;
  }
  const Nanos latency = latency_of(path, number);
  Fate fate{.due = line.admit(arrival, latency),
            .request = number,
            .reset = error != nullptr && error->kind == "reset",
            .responder = std::move(responder)};
  if (proxy != nullptr && error == nullptr) {
    fate.forward = forwarded_request(request);
    fate.head = request.method == "HEAD";
  } else if (!fate.reset) {
    fate.response = make_response(request, route, error, number);
  }
  take_up(std::move(fate), arrival);
}

void SeldonStub::Impl::handle_call(const http::Request& call, server::Responder responder,
                                   const ErrorRule* error, uint64_t number, MonoTime arrival) {
  if (!call.http2) {
    responder.send({.status = 505, .body = "gRPC needs HTTP/2\n", .close = true});
    return;
  }
  if (auto refusal = refuse(call, Route{}, options.require, tokens, now_ms())) {
    responder.send(std::move(*refusal));  // the ingress knows no such host, and nothing of gRPC
    return;
  }
  auto refusal = refuse_call(call, options.require, tokens, now_ms());
  const auto timeout = grpc_timeout(call);
  if (!timeout) {
    refusal = CallRefusal{GrpcCode::kInvalidArgument, timeout.error().message()};
  }
  if (refusal) {
    responder.send(grpc_error(refusal->code, refusal->reason));
    return;
  }
  const MonoTime deadline =
      *timeout && **timeout < kForEver ? arrival + **timeout : MonoTime::max();
  const Nanos latency = latency_of(call.path(), number);
  Fate fate{.due = line.admit(arrival, latency),
            .request = number,
            .reset = error != nullptr && error->kind == "reset",
            .responder = std::move(responder)};
  if (error != nullptr) {
    fate.response = make_call_error(*error);
  } else if (call_proxy != nullptr) {
    fate.forward = forwarded_call(call);
    fate.is_call = true;
  } else {
    GrpcDesk::Answer answer = calls.answer(call);
    fate.response = std::move(answer.whole);
    if (!answer.stream.empty()) {
      fate.stream = std::make_unique<CallStream>(std::move(answer.stream), fate.due - latency,
                                                 latency, deadline);
      fate.due = fate.stream->next_due();
    }
  }
  if (fate.due > deadline) {
    fate.due = deadline;
    fate.reset = false;
    fate.forward.clear();
    fate.response = grpc_error(GrpcCode::kDeadlineExceeded, "Deadline Exceeded");
  }
  take_up(std::move(fate), arrival);
}

void SeldonStub::Impl::take_up(Fate fate, MonoTime arrival) {
  if (fate.due <= arrival) {
    strike(std::move(fate));
  } else {
    wait(std::move(fate));
  }
}

void SeldonStub::Impl::wait(Fate fate) {
  waiting.push_back(std::move(fate));
  std::push_heap(waiting.begin(), waiting.end(), due_later);
  timer.arm(waiting.front().due);
}

void SeldonStub::Impl::handle_due() {
  const MonoTime now = MonoClock::now();
  while (!waiting.empty() && waiting.front().due <= now) {
    std::pop_heap(waiting.begin(), waiting.end(), due_later);
    Fate fate = std::move(waiting.back());
    waiting.pop_back();
    strike(std::move(fate));
  }
  if (!waiting.empty()) {
    timer.arm(waiting.front().due);
  }
}

void SeldonStub::Impl::strike(Fate fate) {
  if (fate.reset) {
    fate.responder.abort(/*reset=*/true);
  } else if (fate.stream != nullptr) {
    if (fate.stream->send_due(fate.due, fate.responder)) {
      fate.due = fate.stream->next_due();
      wait(std::move(fate));
    }
  } else if (fate.is_call && !fate.forward.empty()) {
    call_proxy->forward(std::move(fate.forward), std::move(fate.responder));
  } else if (!fate.forward.empty()) {
    proxy->forward(std::move(fate.forward), fate.head, std::move(fate.responder));
  } else {
    fate.responder.send(std::move(fate.response));
  }
}

server::Response SeldonStub::Impl::make_response(const http::Request& request, const Route& route,
                                                 const ErrorRule* error, uint64_t number) {
  server::Response response;
  if (error == nullptr) {
    response =
        route.kind == ServiceKind::kNone
            ? answer_request(request, {.consumer_keys = options.consumer_keys, .now_ms = now_ms()})
            : answer_service(request, route, options.require, tokens, now_ms());
  } else if (const int status = status_of(*error); status != 0) {
    response = answer_error_page(status, "Made to order");
  } else if (error->kind == "seldon") {
    response = answer_generic_error(request);
  } else {
    response.content_type = "application/json";  // an empty body, as when Seldon's database is down
  }
  // Tomcat's sessions: of the Seldon API only, the others have none.
  if (route.kind == ServiceKind::kNone &&
      request.header("Cookie").find("JSESSIONID=") == std::string_view::npos) {
    const Random session(options.seed, kSessionStream);
    response.extra_headers =
        fmt::format("Set-Cookie: JSESSIONID={:016X}{:016X}; Path=/; HttpOnly\r\n",
                    session.at(2 * number), session.at(2 * number + 1));
  }
  return response;
}

Nanos SeldonStub::Impl::latency_of(std::string_view path, uint64_t number) const {
  const auto rule =
      std::find_if(options.latency.begin(), options.latency.end(),
                   [path](const auto& entry) { return path.starts_with(entry.first); });
  return rule == options.latency.end() ? Nanos::zero() : rule->second.draw(options.seed, number);
}

void SeldonStub::Impl::count(std::string_view path, const ErrorRule* error) {
  auto found = requests_by_path.find(path);
  if (found == requests_by_path.end()) {
    const bool room = requests_by_path.size() < kPathsMax;
    found = requests_by_path.try_emplace(room ? std::string(path) : "(other)").first;
  }
  ++found->second;
  if (error != nullptr) {
    ++errors_by_kind[error->kind];
  }
}

std::string SeldonStub::Impl::make_stats() const {
  const auto members = [](const auto& counts) {
    std::string text;
    for (const auto& [name, number] : counts) {
      fmt::format_to(std::back_inserter(text), "{}{}:{}", text.empty() ? "" : ",",
                     json_string(std::string_view(name)), number);
    }
    return text;
  };
  return fmt::format(
      R"({{"requests":{},"waiting":{},"connections":{},"paths":{{{}}},"errors":{{{}}}}})", requests,
      waiting.size(), http.connections(), members(requests_by_path), members(errors_by_kind));
}

SeldonStub::SeldonStub(net::Loop& loop, StubOptions options)
    : impl_(std::make_unique<Impl>(loop, std::move(options))) {}

SeldonStub::~SeldonStub() = default;

Status SeldonStub::start() {
  if (const auto& next = impl_->options.proxy) {
    MACAW_TRY_ASSIGN(auto addresses, net::resolve(next->host, next->port));
    impl_->call_proxy = std::make_unique<CallProxy>(impl_->loop, addresses, next->key());
    impl_->proxy = std::make_unique<Proxy>(impl_->loop, std::move(addresses), next->key());
  }
  const StubOptions& options = impl_->options;
  return options.unix_socket.empty() ? impl_->http.listen(options.host, options.port)
                                     : impl_->http.listen_unix(options.unix_socket);
}

uint16_t SeldonStub::port() const {
  return impl_->http.port();
}

uint64_t SeldonStub::requests() const {
  return impl_->requests;
}

}  // namespace macaw::stub
