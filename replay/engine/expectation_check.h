// SPDX-License-Identifier: MIT
//
// Judges answers by what their own records expect (`expect` in a replay file), and all others by
// the run's checks. An expectation travels with its request as text: a file of recommendations has
// different ids in every line, and a table of them would grow for as long as the file is. What was
// made of the latest texts is kept, so that a file with a few expectations compiles each once.
// Thread: one object belongs to one worker. Allocates only for answers with an expectation.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/replay/engine/check.h"

namespace macaw::replay {

/// The run's checks alone.
Result<std::unique_ptr<Check>> make_run_check(const std::vector<std::string>& expectations);

/// Whether the body is compressed, so that its text cannot be judged (nothing here undoes it).
bool is_compressed(const Answer& answer);
/// What is said of such an answer by a check that did not find what it looked for.
ReasonText compressed_reason(const Answer& answer);

class ExpectationCheck final : public Check {
 public:
  explicit ExpectationCheck(std::unique_ptr<Check> run_check);
  ~ExpectationCheck() override;
  Judgement judge(const Answer& answer) override;

 private:
  struct Compiled;
  struct Body;

  /// By the hash of the text: more of them than anybody writes by hand.
  static constexpr size_t kKept = 64;

  Compiled& compiled(std::string_view text);

  std::unique_ptr<Check> run_check_;
  std::array<std::unique_ptr<Compiled>, kKept> kept_;
  std::unique_ptr<Body> body_;
};

}  // namespace macaw::replay
