// SPDX-License-Identifier: MIT
//
// What a record expects (somebody's file) and the answer that is held against it (a server's
// bytes). Input: the JSON text of an `expect`, a line end, the body.

#include <memory>
#include <string>
#include <string_view>

#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/replay/engine/check.h"
#include "macaw/replay/file/expectation.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using macaw::stats::Outcome;
  static const std::unique_ptr<macaw::replay::Check> kCheck =
      macaw::replay::make_check({"none"}).value();
  macaw::fuzz::FuzzInput input(data, size);
  const std::string text(input.take_until("\n"));
  const std::string body(input.rest());  // a copy of its own: a read past it is seen
  const auto parsed = macaw::replay::parse_expectation(text);
  if (!parsed.expectation) {
    MACAW_CHECK(!parsed.fault.empty() && parsed.column >= 1 && parsed.column <= text.size() + 1,
                "{}: {}", parsed.column, parsed.fault);
    return 0;
  }
  for (const bool whole : {true, false}) {
    for (const int status : {200, 404}) {
      const auto judge = [&] {
        return kCheck->judge({.request_target = "/a?jsonpCallback=j",
                              .status = status,
                              .content_type = "application/json",
                              .body = body,
                              .body_is_whole = whole,
                              .expectation = text});
      };
      const auto first = judge();
      const auto second = judge();
      MACAW_CHECK(first.reason.view().empty() == (first.outcome == Outcome::kOk));
      MACAW_CHECK(first.outcome == second.outcome && first.reason.view() == second.reason.view());
    }
  }
  return 0;
}
