// SPDX-License-Identifier: MIT
//
// Arguments of the generators of pairs, a recommendation and the action that follows it.
// Thread: pure functions of arguments.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "macaw/base/result.h"
#include "macaw/generators/generator.h"

namespace macaw::generators {

enum class UsersModel : uint8_t { kHistory, kUniform };

struct PairOptions {
  uint64_t users = 0;
  uint64_t pairs = 0;
  uint64_t seed = 1;
  uint64_t limit = 10;
  UsersModel model = UsersModel::kHistory;
  double click_percent = 10;
  std::string click_percent_text;  ///< as given, for the provenance
  std::string endpoint;
  std::string key;
};

ArgumentSpec users_argument();
ArgumentSpec pairs_argument();
ArgumentSpec users_model_argument();
ArgumentSpec click_percent_argument();
ArgumentSpec limit_argument();

Result<PairOptions> parse_pair_arguments(const Arguments& arguments);

std::string_view name_of(UsersModel model);
void warn_of_few_pairs(const PairOptions& options, const Reporter& reporter);
/// "10,000 users"; of the uniform model, users who may appear.
std::string users_summary(UsersModel model, uint64_t users);

}  // namespace macaw::generators
