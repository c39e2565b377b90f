// SPDX-License-Identifier: MIT
//
// The command line of ml10m: its description, and the checked values.
// Thread: pure functions of arguments and files.
#pragma once

#include <string>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/generators/generator.h"
#include "pair_arguments.h"

namespace macaw::generators {

struct Ml10mOptions : PairOptions {
  std::string data;
  std::string items_file;          ///< empty: none
  std::vector<std::string> items;  ///< of that file
};

std::vector<ArgumentSpec> ml10m_arguments();
Result<Ml10mOptions> parse_ml10m_arguments(const Arguments& arguments);

}  // namespace macaw::generators
