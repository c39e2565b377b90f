// SPDX-License-Identifier: MIT
//
// The built-in checks. A check sees a complete answer after `done` was stamped; what it costs is
// ours and never the target's. Reasons are short and hold no ids, so that equal faults have equal
// texts. Thread: one object belongs to one worker (the JSON reader keeps its stack between
// answers).

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "expectation_check.h"
#include "macaw/http/request_encoder.h"
#include "macaw/http/url.h"
#include "macaw/replay/engine/check.h"

namespace macaw::replay {

void ReasonText::append(std::string_view text) {
  const size_t room = text_.size() - size_;
  const size_t count = text.size() < room ? text.size() : room;
  std::copy_n(text.begin(), count, text_.begin() + static_cast<std::ptrdiff_t>(size_));
  size_ += count;
}

namespace {

ReasonText numbered(std::string_view before, int64_t number, std::string_view after = {}) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  ReasonText text(before);
  text.append({digits.data(), static_cast<size_t>(end - digits.data())});
  text.append(after);
  return text;
}

/// The codings of HTTP (RFC 9110, 8.4.1, and its registry) that a reason may name.
constexpr std::array<std::string_view, 6> kCodings = {"gzip", "x-gzip", "deflate",
                                                      "br",   "zstd",   "compress"};

class AcceptAll final : public Check {
 public:
  Judgement judge(const Answer& /*answer*/) override { return {}; }
};

class StatusCheck final : public Check {
 public:
  Judgement judge(const Answer& answer) override {
    if (answer.status < 400) {
      return {};
    }
    return {stats::Outcome::kHttpError, numbered("HTTP ", answer.status)};
  }
};

class ContainsCheck final : public Check {
 public:
  explicit ContainsCheck(std::string text) : text_(std::move(text)) {}

  Judgement judge(const Answer& answer) override {
    if (answer.body.find(text_) != std::string_view::npos) {
      return {};
    }
    if (is_compressed(answer)) {
      return {stats::Outcome::kWrongAnswer, compressed_reason(answer)};
    }
    ReasonText reason(answer.body_is_whole ? "the answer does not contain \""
                                           : "the kept start of the answer does not contain \"");
    reason.append(text_);
    reason.append("\"");
    return {stats::Outcome::kWrongAnswer, reason};
  }

 private:
  std::string text_;
};

/// What the Seldon rule wants to know of the JSON inside a callback: which members the outermost
/// object has.
struct SeldonMembers : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, SeldonMembers> {
  int depth = 0;
  bool is_object = false;
  bool has_error_id = false;
  bool has_list = false;         // "list" or "recommendedItems"
  bool has_predictions = false;  // and not empty
  int64_t error_id = 0;
  ReasonText error_message;
  std::string_view key;  // of the outermost object, static text

  bool Default() {
    key = {};
    return true;
  }

  bool Key(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    key = {};
    if (depth != 1) {
      return true;
    }
    for (const std::string_view known :
         {"error_id", "error_msg", "list", "recommendedItems", "predictions"}) {
      if (known == std::string_view(text, size)) {
        key = known;
      }
    }
    has_error_id = has_error_id || key == "error_id";
    return true;
  }

  bool number(int64_t value) {
    if (key == "error_id") {
      error_id = value;
    }
    return Default();
  }

  bool Int(int value) { return number(value); }

  bool Uint(unsigned value) { return number(value); }

  bool Int64(int64_t value) { return number(value); }

  bool Uint64(uint64_t value) { return number(static_cast<int64_t>(value)); }

  bool String(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    if (key == "error_msg") {
      error_message = ReasonText({text, size});
    }
    return Default();
  }

  bool StartObject() {
    is_object = is_object || depth == 0;
    has_predictions = has_predictions || expecting_element_;
    expecting_element_ = false;
    ++depth;
    return Default();
  }

  bool EndObject(rapidjson::SizeType /*members*/) {
    --depth;
    return Default();
  }

  bool StartArray() {
    has_list = has_list || key == "list" || key == "recommendedItems";
    expecting_element_ = key == "predictions";
    ++depth;
    return Default();
  }

  bool EndArray(rapidjson::SizeType /*elements*/) {
    expecting_element_ = false;
    --depth;
    return Default();
  }

 private:
  bool expecting_element_ = false;
};

/// Seldon answers its errors with HTTP 200: an ErrorBean inside the callback. Only requests that
/// ask for a callback are judged.
class SeldonCheck final : public Check {
 public:
  Judgement judge(const Answer& answer) override {
    const size_t mark = answer.request_target.find('?');
    if (mark == std::string_view::npos) {
      return {};
    }
    const auto callback =
        http::query_parameter(answer.request_target.substr(mark + 1), "jsonpCallback");
    if (!callback) {
      return {};
    }
    if (answer.body.empty()) {
      return wrong("empty body");
    }
    std::string_view body = answer.body;
    if (!body.starts_with(*callback) || body.substr(callback->size(), 1) != "(") {
      if (is_compressed(answer)) {
        return {stats::Outcome::kWrongAnswer, compressed_reason(answer)};
      }
      return wrong("the answer is not the callback that was asked for");
    }
    body.remove_prefix(callback->size() + 1);
    if (!answer.body_is_whole) {
      return {};
    }
    const size_t close = body.find_last_of(')');
    if (close == std::string_view::npos) {
      return wrong("the callback is not closed");
    }
    return judge_json(answer.request_target.substr(0, mark), body.substr(0, close));
  }

 private:
  static Judgement wrong(std::string_view reason) {
    return {stats::Outcome::kWrongAnswer, ReasonText(reason)};
  }

  Judgement judge_json(std::string_view path, std::string_view json) {
    SeldonMembers members;
    rapidjson::MemoryStream stream(json.data(), json.size());
    // Without recursion: the body is the server's, and so is its depth.
    if (!reader_.Parse<rapidjson::kParseIterativeFlag>(stream, members)) {
      return wrong("no JSON inside the callback");
    }
    if (members.has_error_id) {
      ReasonText reason = numbered("Seldon error ", members.error_id, ": ");
      reason.append(members.error_message.view());
      return {stats::Outcome::kWrongAnswer, reason};
    }
    if (path.ends_with("/js/recommendations") && !members.has_list) {
      return wrong("recommendations without a list");
    }
    if (path.ends_with("/js/predict") && !members.has_predictions) {
      return wrong("no predictions");
    }
    return {};
  }

  rapidjson::Reader reader_;
};

class AllOf final : public Check {
 public:
  explicit AllOf(std::vector<std::unique_ptr<Check>> checks) : checks_(std::move(checks)) {}

  Judgement judge(const Answer& answer) override {
    for (const auto& check : checks_) {
      Judgement judgement = check->judge(answer);
      if (judgement.outcome != stats::Outcome::kOk) {
        return judgement;
      }
    }
    return {};
  }

 private:
  std::vector<std::unique_ptr<Check>> checks_;
};

}  // namespace

bool is_compressed(const Answer& answer) {
  return !answer.content_encoding.empty() &&
         !http::equals_ignoring_case(answer.content_encoding, "identity");
}

ReasonText compressed_reason(const Answer& answer) {
  ReasonText reason("the answer is compressed (Content-Encoding: ");
  // Only names that we know: a reason holds nothing that a server could make up for each answer.
  const auto* const known =
      std::find_if(kCodings.begin(), kCodings.end(), [&answer](std::string_view coding) {
        return http::equals_ignoring_case(answer.content_encoding, coding);
      });
  reason.append(known == kCodings.end() ? "another" : *known);
  reason.append("), so its text cannot be judged");
  return reason;
}

Result<std::unique_ptr<Check>> make_run_check(const std::vector<std::string>& expectations) {
  const std::vector<std::string> usual = {"status", "seldon"};
  std::vector<std::unique_ptr<Check>> checks;
  for (const std::string& text : expectations.empty() ? usual : expectations) {
    if (text == "status") {
      checks.push_back(std::make_unique<StatusCheck>());
    } else if (text == "seldon") {
      checks.push_back(std::make_unique<SeldonCheck>());
    } else if (text.starts_with("contains:") && text.size() > 9) {
      checks.push_back(std::make_unique<ContainsCheck>(text.substr(9)));
    } else if (text == "none" && expectations.size() == 1) {
      checks.push_back(std::make_unique<AcceptAll>());
    } else if (text == "none") {
      return errorf("--expect none accepts every answer, so it cannot be joined with other checks");
    } else {
      return errorf("--expect: found '{}', expected status, seldon, contains:TEXT or none", text);
    }
  }
  return std::unique_ptr<Check>(std::make_unique<AllOf>(std::move(checks)));
}

Result<std::unique_ptr<Check>> make_check(const std::vector<std::string>& expectations) {
  MACAW_TRY_ASSIGN(std::unique_ptr<Check> run_check, make_run_check(expectations));
  return std::unique_ptr<Check>(std::make_unique<ExpectationCheck>(std::move(run_check)));
}

}  // namespace macaw::replay
