// SPDX-License-Identifier: MIT
//
// See expectation_check.h. Reasons hold nothing that differs from record to record, such as the
// expected ids or how many of them were found: equal faults have equal texts.

#include "expectation_check.h"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/memorystream.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "macaw/base/check.h"
#include "macaw/base/hash.h"
#include "macaw/http/url.h"
#include "macaw/replay/file/expectation.h"

namespace macaw::replay {
namespace {

/// Without recursion, for the body is the server's and so is its depth. Not with
/// kParseFullPrecisionFlag: for a zero with a large exponent (0e308) it counts the leading zeros of
/// zero. What is expected is read in the same way, so equal texts are equal numbers.
constexpr unsigned kBodyFlags = rapidjson::kParseIterativeFlag;

Judgement wrong(std::string_view reason) {
  return {stats::Outcome::kWrongAnswer, ReasonText(reason)};
}

Judgement wrong_or_compressed(const Answer& answer, std::string_view reason) {
  return is_compressed(answer) ? Judgement{stats::Outcome::kWrongAnswer, compressed_reason(answer)}
                               : wrong(reason);
}

Judgement wrong_at(const JsonPointer& pointer, std::string_view what) {
  ReasonText reason(pointer.text.empty() ? "the whole answer" : pointer.text);
  reason.append(what);
  return {stats::Outcome::kWrongAnswer, reason};
}

/// "200", "2xx or 404"
std::string statuses_text(const std::vector<Expectation::StatusRange>& statuses) {
  std::string text;
  for (const auto& range : statuses) {
    text += text.empty() ? "" : " or ";
    text += range.first == range.last ? fmt::format("{}", range.first)
                                      : fmt::format("{}xx", range.first / 100);
  }
  return text.empty() ? "less than 400" : text;
}

/// RFC 6901: digits without a leading zero.
std::optional<rapidjson::SizeType> element_index(std::string_view step) {
  rapidjson::SizeType index = 0;
  const char* end = step.data() + step.size();
  const auto [stop, code] = std::from_chars(step.data(), end, index);
  if (stop != end || code != std::errc() || (step.size() > 1 && step.front() == '0')) {
    return std::nullopt;
  }
  return index;
}

/// One step inwards, or null.
const rapidjson::Value* step_into(const rapidjson::Value& value, const std::string& step) {
  if (value.IsObject()) {
    const auto member = value.FindMember(
        rapidjson::StringRef(step.data(), static_cast<rapidjson::SizeType>(step.size())));
    return member == value.MemberEnd() ? nullptr : &member->value;
  }
  if (value.IsArray()) {
    const auto index = element_index(step);
    return index && *index < value.Size() ? &value[*index] : nullptr;
  }
  return nullptr;
}

const rapidjson::Value* find(const rapidjson::Value& root, const JsonPointer& pointer) {
  const rapidjson::Value* value = &root;
  for (const std::string& step : pointer.steps) {
    value = value == nullptr ? nullptr : step_into(*value, step);
  }
  return value;
}

/// Calls `visit` with all values that the steps from `at` on lead to. Recursion is as deep as the
/// pointer is long, which the reader of the file bounds.
template <typename Visit>
void for_each(const rapidjson::Value& value, const JsonPointer& pointer, size_t at,
              const Visit& visit) {
  if (at == pointer.steps.size()) {
    visit(value);
    return;
  }
  const std::string& step = pointer.steps[at];
  if (step != "*") {
    if (const auto* next = step_into(value, step); next != nullptr) {
      for_each(*next, pointer, at + 1, visit);
    }
  } else if (value.IsArray()) {
    for (const auto& element : value.GetArray()) {
      for_each(element, pointer, at + 1, visit);
    }
  } else if (value.IsObject()) {
    for (const auto& member : value.GetObject()) {
      for_each(member.value, pointer, at + 1, visit);
    }
  }
}

/// The key of an id, empty for what is none.
void key_of(const rapidjson::Value& value, std::string& key) {
  key.clear();
  if (value.IsString()) {
    string_key({value.GetString(), value.GetStringLength()}, key);
  } else if (value.IsInt64()) {
    number_key(fmt::format_int(value.GetInt64()).c_str(), key);
  } else if (value.IsUint64()) {
    number_key(fmt::format_int(value.GetUint64()).c_str(), key);
  } else if (value.IsDouble()) {
    number_key(fmt::format("{}", value.GetDouble()), key);
  }
}

/// The JSON inside the callback that a request asked for, or the body as it is.
std::string_view json_of(const Answer& answer) {
  const size_t mark = answer.request_target.find('?');
  if (mark == std::string_view::npos) {
    return answer.body;
  }
  const auto callback =
      http::query_parameter(answer.request_target.substr(mark + 1), "jsonpCallback");
  std::string_view body = answer.body;
  if (!callback || !body.starts_with(*callback) || body.substr(callback->size(), 1) != "(") {
    return body;
  }
  body.remove_prefix(callback->size() + 1);
  return body.substr(0, std::min(body.find_last_of(')'), body.size()));
}

}  // namespace

struct ExpectationCheck::Compiled {
  std::string text;
  Expectation expectation;
  std::vector<rapidjson::Document> equals;  // of the conditions; null where none is asked
  std::unique_ptr<Check> named;             // when the expectation is a name
  std::string statuses;                     // for the reason
};

/// The answer that is judged. The pool keeps its first chunk from answer to answer.
struct ExpectationCheck::Body {
  std::array<char, 64 * 1024> chunk{};
  rapidjson::MemoryPoolAllocator<> pool{chunk.data(), chunk.size()};
  std::string key;
  std::vector<bool> found;

  Judgement conditions(const rapidjson::Value& root, const Compiled& asked);
  Judgement overlap(const rapidjson::Value& root, const ExpectedOverlap& asked);
  Judgement judge(const Answer& answer, const Compiled& asked);
};

Judgement ExpectationCheck::Body::conditions(const rapidjson::Value& root, const Compiled& asked) {
  for (size_t k = 0; k < asked.expectation.conditions.size(); ++k) {
    const Expectation::Condition& condition = asked.expectation.conditions[k];
    const rapidjson::Value* value = find(root, condition.pointer);
    if (condition.equals.empty()) {
      if ((value != nullptr) != condition.exists) {
        return wrong_at(condition.pointer, condition.exists
                                               ? " is not in the answer"
                                               : " is in the answer, which must not have it");
      }
    } else if (value == nullptr) {
      return wrong_at(condition.pointer, " is not in the answer");
    } else if (*value != asked.equals[k]) {
      return wrong_at(condition.pointer, " is not what was expected");
    }
  }
  return {};
}

Judgement ExpectationCheck::Body::overlap(const rapidjson::Value& root,
                                          const ExpectedOverlap& asked) {
  found.assign(asked.ids.size(), false);
  size_t count = 0;
  for_each(root, asked.pointer, 0, [&](const rapidjson::Value& value) {
    key_of(value, key);
    const auto place = std::lower_bound(asked.ids.begin(), asked.ids.end(), key);
    if (place != asked.ids.end() && *place == key) {
      const auto at = static_cast<size_t>(place - asked.ids.begin());
      count += found[at] ? 0U : 1U;
      found[at] = true;
    }
  });
  // A quotient of whole numbers is the double that its decimal text is: 7 of 100 is 0.07.
  const double share = static_cast<double>(count) / static_cast<double>(asked.ids.size());
  if (share >= asked.min) {
    return {};
  }
  return wrong_at(asked.pointer, fmt::format(" has less than {} of the expected ids", asked.min));
}

Judgement ExpectationCheck::Body::judge(const Answer& answer, const Compiled& asked) {
  if (!answer.body_is_whole) {
    return wrong_or_compressed(
        answer,
        "the answer is longer than what is kept of it, so its JSON cannot be judged "
        "(--keep-body SIZE keeps more)");
  }
  if (answer.body.empty()) {
    return wrong("empty body");
  }
  const std::string_view json = json_of(answer);
  pool.Clear();
  rapidjson::Document document(&pool);
  document.Parse<kBodyFlags>(json.data(), json.size());
  if (document.HasParseError()) {
    return wrong_or_compressed(answer, "the answer is no JSON");
  }
  Judgement judgement = conditions(document, asked);
  if (judgement.outcome == stats::Outcome::kOk && asked.expectation.overlap) {
    judgement = overlap(document, *asked.expectation.overlap);
  }
  return judgement;
}

ExpectationCheck::ExpectationCheck(std::unique_ptr<Check> run_check)
    : run_check_(std::move(run_check)) {}

ExpectationCheck::~ExpectationCheck() = default;

ExpectationCheck::Compiled& ExpectationCheck::compiled(std::string_view text) {
  std::unique_ptr<Compiled>& slot = kept_[hash64(text) % kKept];
  if (slot && slot->text == text) {
    return *slot;
  }
  slot = std::make_unique<Compiled>();
  slot->text.assign(text);
  auto parsed = parse_expectation(text);
  MACAW_CHECK(parsed.expectation.has_value(), "checked by the reader: {}", parsed.fault);
  slot->expectation = std::move(*parsed.expectation);
  if (!slot->expectation.check.empty()) {
    auto named = make_run_check({slot->expectation.check});
    MACAW_CHECK(named.ok(), "checked by the reader: {}", slot->expectation.check);
    slot->named = std::move(named).value();
  }
  for (const auto& condition : slot->expectation.conditions) {
    rapidjson::Document& value = slot->equals.emplace_back();
    if (!condition.equals.empty()) {
      value.Parse<kBodyFlags>(condition.equals.data(), condition.equals.size());
    }
  }
  slot->statuses = statuses_text(slot->expectation.statuses);
  return *slot;
}

Judgement ExpectationCheck::judge(const Answer& answer) {
  if (answer.expectation.empty()) {
    return run_check_->judge(answer);
  }
  const Compiled& asked = compiled(answer.expectation);
  if (asked.named) {
    return asked.named->judge(answer);
  }
  const auto& statuses = asked.expectation.statuses;
  const bool status_is_right =
      statuses.empty() ? answer.status < 400
                       : std::any_of(statuses.begin(), statuses.end(), [&](const auto& range) {
                           return answer.status >= range.first && answer.status <= range.last;
                         });
  if (!status_is_right) {
    ReasonText reason("HTTP ");
    reason.append(fmt::format_int(answer.status).c_str());
    if (!statuses.empty()) {
      reason.append(", expected ");
      reason.append(asked.statuses);
    }
    return {stats::Outcome::kHttpError, reason};
  }
  if (answer.body.find(asked.expectation.contains) == std::string_view::npos) {
    return wrong_or_compressed(
        answer, answer.body_is_whole
                    ? "the answer does not contain the expected text"
                    : "the kept start of the answer does not contain the expected text "
                      "(--keep-body SIZE keeps more)");
  }
  if (asked.expectation.conditions.empty() && !asked.expectation.overlap) {
    return {};
  }
  if (!body_) {
    body_ = std::make_unique<Body>();
  }
  return body_->judge(answer, asked);
}

}  // namespace macaw::replay
