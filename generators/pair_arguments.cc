// SPDX-License-Identifier: MIT
#include "pair_arguments.h"

#include <fmt/format.h>

#include "common_arguments.h"
#include "macaw/base/units.h"

namespace macaw::generators {

namespace {

/// Recorded times are nanoseconds in 64 bits, and a pair takes a second of them.
constexpr uint64_t kPairsMax = 9'000'000'000;

Result<double> parse_click_percent(const std::string& text) {
  const auto percent = parse_double(text);
  if (!percent) {
    return named("--click-percent", percent.error());
  }
  if (*percent < 0 || *percent > 100) {
    return errorf("--click-percent: found {}, expected 0 to 100", text);
  }
  return *percent;
}

}  // namespace

ArgumentSpec users_argument() {
  return {"users", "USERS", "how many users, e.g. 10000 or 10k", "", true, {}};
}

ArgumentSpec pairs_argument() {
  return {"pairs", "PAIRS", "how many recommendation + action pairs, e.g. 50000", "", true, {}};
}

ArgumentSpec users_model_argument() {
  return {"--users-model",
          "MODEL",
          "history: users of the data set and their own ratings in time order; uniform: user and "
          "item by lot, as Seldon's script does it",
          "history",
          false,
          {"history", "uniform"}};
}

ArgumentSpec click_percent_argument() {
  return {
      "--click-percent", "P", "percentage of actions that are clicks (rlabs=1)", "10", false, {}};
}

ArgumentSpec limit_argument() {
  return {"--limit", "N", "limit parameter of the recommendation URLs", "10", false, {}};
}

Result<PairOptions> parse_pair_arguments(const Arguments& arguments) {
  constexpr uint64_t kUsersMax = 1'000'000'000'000;
  constexpr uint64_t kLimitMax = 1'000'000;
  PairOptions options;
  MACAW_TRY_ASSIGN(options.users, parse_number(arguments, "users", 1, kUsersMax));
  MACAW_TRY_ASSIGN(options.pairs, parse_number(arguments, "pairs", 1, kPairsMax));
  MACAW_TRY_ASSIGN(options.limit, parse_number(arguments, "--limit", 1, kLimitMax));
  MACAW_TRY_ASSIGN(options.seed, parse_seed(arguments));
  const std::string& model = arguments.get("--users-model");
  if (model != "history" && model != "uniform") {
    return errorf("--users-model: found '{}', expected history or uniform", model);
  }
  options.model = model == "uniform" ? UsersModel::kUniform : UsersModel::kHistory;
  options.click_percent_text = arguments.get("--click-percent");
  MACAW_TRY_ASSIGN(options.click_percent, parse_click_percent(options.click_percent_text));
  MACAW_TRY_ASSIGN(options.endpoint, parse_endpoint(arguments));
  MACAW_TRY_ASSIGN(options.key, parse_consumer_key(arguments));
  return options;
}

std::string_view name_of(UsersModel model) {
  return model == UsersModel::kHistory ? "history" : "uniform";
}

void warn_of_few_pairs(const PairOptions& options, const Reporter& reporter) {
  if (options.pairs >= options.users || !reporter.note) {
    return;
  }
  reporter.note(fmt::format("warning: fewer pairs ({}) than users ({}): {}",
                            format_count(options.pairs), format_count(options.users),
                            options.model == UsersModel::kHistory
                                ? "only the first ones drawn appear, with a pair each"
                                : "not every user can appear"));
}

std::string users_summary(UsersModel model, uint64_t users) {
  return fmt::format("{}{}", model == UsersModel::kUniform ? "up to " : "",
                     format_counted(users, "user"));
}

}  // namespace macaw::generators
