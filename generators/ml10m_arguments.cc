// SPDX-License-Identifier: MIT
#include "ml10m_arguments.h"

#include <algorithm>
#include <string_view>

#include "macaw/base/units.h"
#include "macaw/datasets/seldon_files.h"

namespace macaw::generators {

namespace {

constexpr std::string_view kDefaultKey = "jskey";
/// Recorded times are nanoseconds in 64 bits, and a pair takes a second of them.
constexpr uint64_t kPairsMax = 9'000'000'000;

bool is_letter_or_digit(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9');
}

bool is_hex(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
         (byte >= 'A' && byte <= 'F');
}

/// Values go into the URL as they are, as Seldon's script does it, so they must be what a query
/// value may look like.
bool is_query_value(std::string_view text) {
  constexpr std::string_view kAlso = "-._~!$'()*,:@/?";
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%') {
      if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) {
        return false;
      }
    } else if (!is_letter_or_digit(text[at]) && kAlso.find(text[at]) == std::string_view::npos) {
      return false;
    }
  }
  return !text.empty();
}

bool is_port(std::string_view text) {
  constexpr uint64_t kPortMax = 65'535;
  const auto port = parse_u64(text);
  return port.ok() && *port >= 1 && *port <= kPortMax;
}

/// "host", "host:port", "[v6]", "[v6]:port".
bool is_endpoint(std::string_view text) {
  std::string_view host = text;
  std::string_view rest;
  std::string_view also = "-._";
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) {
      return false;
    }
    host = text.substr(1, close - 1);
    rest = text.substr(close + 1);
    also = ".:";
  } else if (const size_t colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  const bool host_is_good = !host.empty() && std::all_of(host.begin(), host.end(), [&](char byte) {
    return is_letter_or_digit(byte) || also.find(byte) != std::string_view::npos;
  });
  return host_is_good && (rest.empty() || (rest.front() == ':' && is_port(rest.substr(1))));
}

/// The error of a parser, with the name of the argument before it.
Error named(std::string_view name, const Error& error) {
  return errorf("{}: {}", name, error.message());
}

Result<uint64_t> parse_number(const Arguments& arguments, const char* name, uint64_t low,
                              uint64_t high) {
  const auto number = parse_count(arguments.get(name));
  if (!number) {
    return named(name, number.error());
  }
  if (*number < low || *number > high) {
    return errorf("{}: found {}, expected {} to {}", name, arguments.get(name), low, high);
  }
  return *number;
}

Result<uint64_t> parse_seed(const Arguments& arguments) {
  const auto seed = parse_u64(arguments.get("--seed"));
  if (!seed) {
    return named("--seed", seed.error());
  }
  return *seed;
}

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

Status read_key(const Arguments& arguments, Ml10mOptions& options) {
  const std::string& file = arguments.get("--key-file");
  options.key = arguments.get("--key");
  std::string source = "--key";
  if (!file.empty()) {
    if (options.key != kDefaultKey) {
      return errorf("found both --key and --key-file, expected one of them");
    }
    MACAW_TRY_ASSIGN(options.key, datasets::read_seldon_key(file));
    source = file;
  }
  if (!is_query_value(options.key)) {
    return errorf(
        "{}: found '{}', expected letters, digits, -._~!$'()*,:@/? and %XX: it goes into "
        "the URLs as it is",
        source, options.key);
  }
  return {};
}

Status read_items(const Arguments& arguments, Ml10mOptions& options) {
  options.items_file = arguments.get("--items");
  if (options.items_file.empty()) {
    return {};
  }
  MACAW_TRY_ASSIGN(options.items, datasets::read_seldon_items(options.items_file));
  for (const std::string& item : options.items) {
    if (!is_query_value(item)) {
      return errorf(
          "{}: found item '{}', expected letters, digits, -._~!$'()*,:@/? and %XX: it goes "
          "into the URLs as it is",
          options.items_file, item);
    }
  }
  return {};
}

}  // namespace

std::vector<ArgumentSpec> ml10m_arguments() {
  return {
      {"users", "USERS", "how many users, e.g. 10000 or 10k", "", true, {}},
      {"pairs", "PAIRS", "how many recommendation + action pairs, e.g. 50000", "", true, {}},
      {"--data",
       "DIR",
       "a MovieLens folder in any published shape (ratings.dat, ratings.csv or u.data); without "
       "it: "
       "$MACAW_DATA, datasets/, else a synthetic profile of MovieLens 10M",
       "",
       false,
       {}},
      {"--users-model",
       "MODEL",
       "history: users of the data set and their own ratings in time order; uniform: user and item "
       "by lot, as Seldon's script does it",
       "history",
       false,
       {"history", "uniform"}},
      {"--click-percent", "P", "percentage of actions that are clicks (rlabs=1)", "10", false, {}},
      {"--seed", "N", "same data, arguments and seed: same bytes", "1", false, {}},
      {"--endpoint", "HOST", "host or host:port of the URLs", "seldon-server", false, {}},
      {"--key", "KEY", "consumer_key of the URLs", std::string(kDefaultKey), false, {}},
      {"--key-file", "FILE", "take the key from seldon-cli's key.json", "", false, {}},
      {"--items",
       "FILE",
       "only items (of type 1) of the body of Seldon's /items; with the history model, only "
       "ratings "
       "of these items are used",
       "",
       false,
       {}},
      {"--limit", "N", "limit parameter of the recommendation URLs", "10", false, {}},
  };
}

Result<Ml10mOptions> parse_ml10m_arguments(const Arguments& arguments) {
  constexpr uint64_t kUsersMax = 1'000'000'000'000;
  constexpr uint64_t kLimitMax = 1'000'000;
  Ml10mOptions options;
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
  options.endpoint = arguments.get("--endpoint");
  if (!is_endpoint(options.endpoint)) {
    return errorf("--endpoint: found '{}', expected host, host:port or [v6]:port",
                  options.endpoint);
  }
  options.data = arguments.get("--data");
  MACAW_TRY(read_key(arguments, options));
  MACAW_TRY(read_items(arguments, options));
  return options;
}

}  // namespace macaw::generators
