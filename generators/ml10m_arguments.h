// SPDX-License-Identifier: MIT
//
// The command line of ml10m: its description, and the checked values.
// Thread: pure functions of arguments and files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/generators/generator.h"

namespace macaw::generators {

enum class UsersModel : uint8_t { kHistory, kUniform };

struct Ml10mOptions {
  uint64_t users = 0;
  uint64_t pairs = 0;
  uint64_t seed = 1;
  uint64_t limit = 10;
  UsersModel model = UsersModel::kHistory;
  double click_percent = 10;
  std::string click_percent_text;  ///< as given, for the provenance
  std::string data;
  std::string endpoint;
  std::string key;
  std::string items_file;          ///< empty: none
  std::vector<std::string> items;  ///< of that file
};

std::vector<ArgumentSpec> ml10m_arguments();
Result<Ml10mOptions> parse_ml10m_arguments(const Arguments& arguments);

}  // namespace macaw::generators
