// SPDX-License-Identifier: MIT
//
// See probe.h. A run in miniature: one connection, one exchange, the same transport as the
// workers'.

#include "probe.h"

#include <algorithm>
#include <string>

#include "connection_pool.h"
#include "grpc_judge.h"
#include "macaw/net/loop.h"
#include "sessions.h"

namespace macaw::replay {
namespace {

constexpr size_t kBodyShown = 200;

std::string printable(std::string_view bytes) {
  std::string text(bytes.substr(0, kBodyShown));
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  if (bytes.size() > kBodyShown) {
    text += "...";
  }
  return text;
}

class ProbeObserver final : public TransportObserver {
 public:
  ProbeObserver(net::Loop& loop, const RunOptions& options, Check& check)
      : loop_(loop), options_(options), check_(check) {}

  void exchange_sent(Exchange& /*exchange*/) override {}

  void exchange_answered(Exchange& exchange, Nanos /*done*/,
                         const TransportAnswer& answer) override {
    if (exchange.is_grpc) {
      const Judgement judgement = GrpcJudge(options_).judge(exchange, answer, check_);
      result.outcome = judgement.outcome;
      result.status = GrpcJudge::status_of(answer);
      result.reason = judgement.reason.view();
      end();
      return;
    }
    const Judgement judgement = check_.judge({.request_target = exchange.request_target(),
                                              .status = answer.status,
                                              .content_type = answer.content_type,
                                              .content_encoding = answer.content_encoding,
                                              .body = answer.body,
                                              .body_is_whole = answer.body_is_whole,
                                              .expectation = exchange.expectation});
    result.outcome = judgement.outcome;
    result.status = answer.status;
    result.reason = judgement.reason.view();
    result.body_start = printable(answer.body);
    end();
  }

  void exchange_failed(Exchange& /*exchange*/, Nanos /*done*/, stats::Outcome outcome,
                       std::string_view reason) override {
    result.outcome = outcome;
    result.reason = reason;
    end();
  }

  void lane_free() override {}

  void connection_opened(const stats::ConnectionCell& /*cell*/) override {}

  void generator_limit(std::string_view /*what*/) override {}

  ProbeAnswer result;
  bool ended = false;

 private:
  void end() {
    ended = true;
    loop_.stop();
  }

  net::Loop& loop_;
  const RunOptions& options_;
  Check& check_;
};

}  // namespace

Replayer::ProbeResult send_probe(const TargetEntry& target, const RenderedRequest& request,
                                 const RunOptions& options, Check& check) {
  net::Loop loop;
  ProbeObserver observer(loop, options, check);
  TargetTable targets(options.transmission);
  targets.add_resolved(target);
  const MonoTime start = MonoClock::now();
  ConnectionPool pool(loop, pool_settings(options, /*connections_max=*/1), targets, start,
                      observer);
  Exchange exchange;
  exchange.head = request.head;
  exchange.is_grpc = request.is_grpc;
  exchange.is_streamed = request.is_streamed;
  exchange.is_tls = target.place.tls;
  exchange.target_offset = request.target_offset;
  exchange.target_size = request.target_size;
  if (Sessions::needed(options.transmission)) {
    exchange.rendered = request.wire;
    exchange.splices = request.splices;
    Sessions(options.transmission).complete(exchange);
  } else {
    exchange.wire = request.wire;
  }
  exchange.expectation = request.expectation;

  const auto elapsed = [start] { return MonoClock::now() - start; };
  const Nanos limit = options.transmission.timeout + options.transmission.connect_timeout;
  net::DeadlineTimer timer(loop, [&] {
    pool.expire(elapsed());
    if (!observer.ended && elapsed() >= limit) {
      observer.exchange_failed(exchange, elapsed(), stats::Outcome::kTimeout,
                               "no answer within the timeout");
    }
  });
  pool.submit(exchange);
  pool.flush();
  while (!observer.ended) {
    timer.arm(start + std::min(std::max(pool.next_deadline(), elapsed()), limit));
    loop.run_once(Nanos(-1));
  }

  Replayer::ProbeResult result;
  const bool answered = observer.result.status != 0;
  if (!answered && observer.result.outcome != stats::Outcome::kOk) {
    result.trouble = TargetTrouble{
        .host_port = target.place.key(), .line = target.line, .reason = observer.result.reason};
  }
  result.answer = observer.result;
  return result;
}

}  // namespace macaw::replay
