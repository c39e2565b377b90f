// SPDX-License-Identifier: MIT
#include "ml10m_arguments.h"

#include "common_arguments.h"
#include "macaw/datasets/seldon_files.h"

namespace macaw::generators {

namespace {

Status read_items(const Arguments& arguments, Ml10mOptions& options) {
  options.items_file = arguments.get("--items");
  if (options.items_file.empty()) {
    return {};
  }
  MACAW_TRY_ASSIGN(options.items, datasets::read_seldon_items(options.items_file));
  for (const std::string& item : options.items) {
    if (!is_query_value(item)) {
      return errorf("{}: found item '{}', {}", options.items_file, item, kQueryValueExpected);
    }
  }
  return {};
}

}  // namespace

std::vector<ArgumentSpec> ml10m_arguments() {
  return {
      users_argument(),
      pairs_argument(),
      {"--data",
       "DIR",
       "a MovieLens folder in any published shape (ratings.dat, ratings.csv or u.data); without "
       "it: "
       "$MACAW_DATA, datasets/, else a synthetic profile of MovieLens 10M",
       "",
       false,
       {}},
      users_model_argument(),
      click_percent_argument(),
      seed_argument(),
      endpoint_argument("seldon-server"),
      key_argument(),
      key_file_argument(),
      {"--items",
       "FILE",
       "only items (of type 1) of the body of Seldon's /items; with the history model, only "
       "ratings "
       "of these items are used",
       "",
       false,
       {}},
      limit_argument(),
  };
}

Result<Ml10mOptions> parse_ml10m_arguments(const Arguments& arguments) {
  Ml10mOptions options;
  MACAW_TRY_ASSIGN(static_cast<PairOptions&>(options), parse_pair_arguments(arguments));
  options.data = arguments.get("--data");
  MACAW_TRY(read_items(arguments, options));
  return options;
}

}  // namespace macaw::generators
