// SPDX-License-Identifier: MIT
//
// Checks decide whether an answer is right. They run after `done` is stamped, over the kept part of
// the body. Thread: const functions may be called from all workers at once, unless a class says
// otherwise; each worker has its own objects.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/stats/sample.h"

namespace macaw::replay {

/// A complete answer and what was asked.
struct Answer {
  std::string_view request_target;  ///< path and query as sent
  int status = 0;
  std::string_view content_type;
  /// "gzip": the body is compressed and is looked at as it came; empty: it is not.
  std::string_view content_encoding = {};
  std::string_view body;      ///< its first bytes
  bool body_is_whole = true;  ///< false when the body was longer than what is kept
  /// What the record expects of it, as JSON text (see parse_expectation(), checked when the file
  /// was read); empty: the run's checks apply.
  std::string_view expectation = {};
};

/// A reason without allocation: longer texts are cut.
class ReasonText {
 public:
  ReasonText() = default;

  explicit ReasonText(std::string_view text) { append(text); }

  void append(std::string_view text);

  std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, 160> text_{};
  size_t size_ = 0;
};

struct Judgement {
  stats::Outcome outcome = stats::Outcome::kOk;
  ReasonText reason;  ///< the same text for the same fault: it groups errors
};

class Check {
 public:
  virtual ~Check() = default;
  /// kOk, kHttpError or kWrongAnswer.
  virtual Judgement judge(const Answer& answer) = 0;
};

/// Builds the checks of `--expect`, in order; the first that objects decides. "status": below 400.
/// "seldon": no error inside a 200 where the request has a jsonpCallback (and the answer is that
/// callback around JSON with what the path promises). "contains:TEXT". "none": everything is right.
/// An empty list is the default: status and seldon. An answer whose record has an expectation of
/// its own is judged by that instead.
Result<std::unique_ptr<Check>> make_check(const std::vector<std::string>& expectations);

}  // namespace macaw::replay
