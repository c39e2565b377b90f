// SPDX-License-Identifier: MIT
//
// Whether the answer to a gRPC call is right: its status, and its message by the same expectations
// as other answers, as JSON. Thread: one worker's.
#pragma once

#include <memory>
#include <string>

#include "exchange.h"
#include "macaw/grpc/schema.h"
#include "macaw/replay/engine/check.h"
#include "macaw/replay/engine/options.h"
#include "transport.h"

namespace macaw::replay {

class GrpcJudge {
 public:
  /// Reads the schema, which takes milliseconds: before the start. REQUIRES: it was tried
  /// (Replayer::prepare()).
  explicit GrpcJudge(const RunOptions& options);

  /// REQUIRES: exchange.is_grpc. `check` sees answers that are none of gRPC, and messages.
  Judgement judge(const Exchange& exchange, const TransportAnswer& answer, Check& check);

  /// What is stored as the status of the answer.
  static int status_of(const TransportAnswer& answer);

 private:
  Judgement judge_message(const Exchange& exchange, const TransportAnswer& answer, Check& check);

  const bool has_expectations_;  // of the run
  std::unique_ptr<grpc::Schema> schema_;
  std::string json_;
};

}  // namespace macaw::replay
