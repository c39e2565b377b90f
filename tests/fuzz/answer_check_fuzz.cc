// SPDX-License-Identifier: MIT
//
// The checks that judge answers, which look into a body that a server made. Input: the request
// target, a line end, the body.

#include <memory>
#include <string>
#include <string_view>

#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/replay/engine/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using macaw::stats::Outcome;
  static const std::unique_ptr<macaw::replay::Check> kCheck =
      macaw::replay::make_check({"status", "seldon"}).value();
  macaw::fuzz::FuzzInput input(data, size);
  const std::string target(input.take_until("\n"));
  const std::string body(input.rest());  // a copy of its own: a read past it is seen
  for (const bool whole : {true, false}) {
    const auto judgement = kCheck->judge({.request_target = target,
                                          .status = 200,
                                          .content_type = "application/json",
                                          .body = body,
                                          .body_is_whole = whole});
    MACAW_CHECK(judgement.outcome == Outcome::kOk || judgement.outcome == Outcome::kWrongAnswer);
    MACAW_CHECK(judgement.reason.view().empty() == (judgement.outcome == Outcome::kOk));
  }
  return 0;
}
