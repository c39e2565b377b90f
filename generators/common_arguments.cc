// SPDX-License-Identifier: MIT
#include "common_arguments.h"

#include <fmt/format.h>

#include <algorithm>

#include "macaw/base/ascii.h"
#include "macaw/base/units.h"
#include "macaw/datasets/seldon_files.h"

namespace macaw::generators {

namespace {

constexpr std::string_view kDefaultKey = "jskey";
/// Far beyond any disk.
constexpr uint64_t kRequestsMax = 1'000'000'000'000;

bool is_port(std::string_view text) {
  constexpr uint64_t kPortMax = 65'535;
  const auto port = parse_u64(text);
  return port.ok() && *port >= 1 && *port <= kPortMax;
}

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

}  // namespace

ArgumentSpec requests_argument() {
  return {"requests", "REQUESTS", "how many requests, e.g. 5000 or 10k", "", true, {}};
}

ArgumentSpec seed_argument() {
  return {"--seed", "N", "same data, arguments and seed: same bytes", "1", false, {}};
}

ArgumentSpec endpoint_argument(std::string default_value) {
  return {"--endpoint", "HOST", "host or host:port of the URLs", std::move(default_value),
          false,        {}};
}

ArgumentSpec key_argument() {
  return {"--key", "KEY", "consumer_key of the URLs", std::string(kDefaultKey), false, {}};
}

ArgumentSpec key_file_argument() {
  return {"--key-file", "FILE", "take the key from seldon-cli's key.json", "", false, {}};
}

ArgumentSpec draw_argument(std::string_view rows) {
  return {"--draw",
          "ORDER",
          fmt::format("{} of --data by lot, or in the file's order (from the beginning again at "
                      "its end)",
                      rows),
          "random",
          false,
          {"random", "order"}};
}

bool is_query_value(std::string_view text) {
  constexpr std::string_view kAlso = "-._~!$'()*,:@/?";
  for (size_t at = 0; at < text.size(); ++at) {
    if (!is_letter_or_digit(text[at]) && kAlso.find(text[at]) == std::string_view::npos &&
        !is_percent_escape(text, at)) {
      return false;
    }
  }
  return !text.empty();
}

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

Result<uint64_t> parse_requests(const Arguments& arguments) {
  return parse_number(arguments, "requests", 1, kRequestsMax);
}

Result<std::string> parse_endpoint(const Arguments& arguments) {
  const std::string& endpoint = arguments.get("--endpoint");
  if (!is_endpoint(endpoint)) {
    return errorf("--endpoint: found '{}', expected host, host:port or [v6]:port", endpoint);
  }
  return endpoint;
}

Result<std::string> parse_consumer_key(const Arguments& arguments) {
  const std::string& file = arguments.get("--key-file");
  std::string key = arguments.get("--key");
  std::string source = "--key";
  if (!file.empty()) {
    if (key != kDefaultKey) {
      return errorf("found both --key and --key-file, expected one of them");
    }
    MACAW_TRY_ASSIGN(key, datasets::read_seldon_key(file));
    source = file;
  }
  if (!is_query_value(key)) {
    return errorf("{}: found '{}', {}", source, key, kQueryValueExpected);
  }
  return key;
}

Result<std::optional<uint64_t>> parse_decimals(const Arguments& arguments) {
  constexpr uint64_t kDecimalsMax = 15;
  const std::string& text = arguments.get("--decimals");
  if (text == "full") {
    return std::optional<uint64_t>();
  }
  const auto decimals = parse_u64(text);
  if (!decimals || *decimals > kDecimalsMax) {
    return errorf("--decimals: found '{}', expected 0 to {}, or full", text, kDecimalsMax);
  }
  return std::optional<uint64_t>(*decimals);
}

Result<RowDraw::Order> parse_draw(const Arguments& arguments) {
  const std::string& text = arguments.get("--draw");
  if (text != "random" && text != "order") {
    return errorf("--draw: found '{}', expected random or order", text);
  }
  return text == "order" ? RowDraw::Order::kInOrder : RowDraw::Order::kRandom;
}

Result<std::string> parse_service_name(const Arguments& arguments, const char* name) {
  const std::string& text = arguments.get(name);
  const bool good = std::all_of(text.begin(), text.end(), [](char byte) {
    return is_letter_or_digit(byte) || byte == '-' || byte == '_' || byte == '.';
  });
  if (text.empty() || !good) {
    return errorf("{}: found '{}', expected letters, digits, '-', '_' and '.'", name, text);
  }
  return text;
}

Result<std::string> parse_path(const Arguments& arguments, const char* name) {
  const std::string& text = arguments.get(name);
  const bool good = std::all_of(text.begin(), text.end(), [](char byte) {
    return byte > ' ' && byte < '\x7f' && byte != '#';
  });
  if (!text.starts_with('/') || !good) {
    return errorf("{}: found '{}', expected a path that begins with '/', without blanks and '#'",
                  name, text);
  }
  return text;
}

Result<std::vector<std::string>> parse_names(const Arguments& arguments, const char* name) {
  const std::string& text = arguments.get(name);
  std::vector<std::string> names;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    std::string part = text.substr(at, end - at);
    if (part.empty() || std::find(names.begin(), names.end(), part) != names.end()) {
      return errorf("{}: found '{}', expected names with ',' between them, each once", name, text);
    }
    names.push_back(std::move(part));
    at = end + 1;
  }
  return names;
}

Status check_batch(uint64_t batch, RowDraw::Order order, uint64_t rows, std::string_view data) {
  if (order == RowDraw::Order::kRandom && batch > rows) {
    return errorf("--batch: found {}, expected at most {}, the rows of {} (or --draw order)", batch,
                  rows, data);
  }
  return {};
}

void report_progress(uint64_t number, uint64_t requests, const Reporter& reporter) {
  constexpr uint64_t kEvery = 1U << 10;
  if (reporter.progress && number % kEvery == 0) {
    reporter.progress(number, requests);
  }
}

Status need_json_lines(replay::Format format) {
  if (format != replay::Format::kJsonLines) {
    return Error(
        "output: found a URL list, expected JSON lines (a name that ends in .jsonl, or --format "
        "jsonl): these requests have bodies");
  }
  return {};
}

std::string provenance_value(std::string_view text) {
  std::string value;
  append_percent_encoded(text, "-._~!$'()*+,:@/?", value);
  return value;
}

}  // namespace macaw::generators
