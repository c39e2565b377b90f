// SPDX-License-Identifier: MIT
//
// See error_rules.h and parse_error_rules() of seldon_stub.h.
// Thread: any.

#include "error_rules.h"

#include <algorithm>
#include <array>

#include "macaw/base/grpc_code.h"
#include "macaw/base/random.h"
#include "macaw/base/units.h"
#include "streams.h"

namespace macaw::stub {
namespace {

constexpr std::array<std::string_view, 4> kKinds = {"seldon", "reset", "silent", "empty"};

Result<ErrorRule> parse_rule(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || !text.ends_with('%')) {
    return errorf("found '{}', expected KIND=SHARE% as in 503=1%", text);
  }
  ErrorRule rule;
  rule.kind = text.substr(0, equals);
  const int status = status_of(rule);
  if (std::find(kKinds.begin(), kKinds.end(), rule.kind) == kKinds.end() &&
      (status < 400 || status > 599) && grpc_code_of(rule) == 0) {
    return errorf(
        "found '{}', expected a status from 400 to 599, seldon, reset, silent, empty, or grpc1 to "
        "grpc16",
        rule.kind);
  }
  const std::string_view percent = text.substr(equals + 1, text.size() - equals - 2);
  MACAW_TRY_ASSIGN(const double value, parse_double(percent));
  if (value < 0 || value > 100) {
    return errorf("found '{}', expected a share from 0% to 100%", text);
  }
  rule.share = value / 100;
  return rule;
}

Result<std::vector<ErrorRule>> parse_rules(std::string_view text) {
  std::vector<ErrorRule> rules;
  double sum = 0;
  for (std::string_view rest = text; !rest.empty() || rules.empty();) {
    const std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(item.size() + 1, rest.size()));
    MACAW_TRY_ASSIGN(ErrorRule rule, parse_rule(item));
    const bool twice = std::any_of(rules.begin(), rules.end(),
                                   [&](const ErrorRule& other) { return other.kind == rule.kind; });
    if (twice) {
      return errorf("found '{}' twice, expected each kind once", rule.kind);
    }
    sum += rule.share;
    rules.push_back(std::move(rule));
  }
  if (sum > 1 + 1e-9) {
    return errorf("found shares of {}% together, expected at most 100%", 100 * sum);
  }
  return rules;
}

}  // namespace

int status_of(const ErrorRule& rule) {
  const auto status = parse_u64(rule.kind);
  return status && rule.kind.size() == 3 ? static_cast<int>(*status) : 0;
}

int grpc_code_of(const ErrorRule& rule) {
  constexpr std::string_view kPrefix = "grpc";
  const std::string_view kind = rule.kind;
  if (!kind.starts_with(kPrefix)) {
    return 0;
  }
  const auto code = parse_u64(kind.substr(kPrefix.size()));
  const bool known = code && *code < kGrpcCodes && kind[kPrefix.size()] != '0';
  return known ? static_cast<int>(*code) : 0;
}

Result<std::vector<ErrorRule>> parse_error_rules(std::string_view text) {
  auto rules = parse_rules(text);
  if (!rules) {
    return errorf("error rules '{}': {}", text, rules.error().message());
  }
  return rules;
}

const ErrorRule* pick_error(std::span<const ErrorRule> rules, uint64_t seed, uint64_t request) {
  double u = static_cast<double>(Random(seed, kErrorStream).at(request) >> 11) * 0x1.0p-53;
  for (const ErrorRule& rule : rules) {
    if (u < rule.share) {
      return &rule;
    }
    u -= rule.share;
  }
  return nullptr;
}

}  // namespace macaw::stub
