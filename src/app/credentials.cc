// SPDX-License-Identifier: MIT
#include "credentials.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "macaw/http/request_encoder.h"
#include "play_settings.h"

namespace macaw::app {

namespace {

bool is_name_char(char c, bool first) {
  return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         (!first && c >= '0' && c <= '9');
}

/// The length of a variable's name at the front of the text.
size_t name_size(std::string_view text) {
  size_t size = 0;
  while (size < text.size() && is_name_char(text[size], size == 0)) {
    ++size;
  }
  return size;
}

/// A reference at the front of `text`, which begins with '$'.
struct Reference {
  std::string name;
  size_t size = 0;  ///< of the whole, 0: it is none
};

Reference reference_at(std::string_view text) {
  const bool braced = text.substr(1).starts_with('{');
  const size_t begin = braced ? 2 : 1;
  const size_t size = name_size(text.substr(begin));
  if (size == 0 || (braced && text.substr(begin + size, 1) != "}")) {
    return {};
  }
  return {std::string(text.substr(begin, size)), begin + size + (braced ? 1 : 0)};
}

/// "ApiKey $KEY", "${TOKEN}": a known scheme at most, and then nothing but one variable.
bool is_only_a_variable(std::string_view text) {
  const size_t blank = text.find(' ');
  if (blank != std::string_view::npos) {
    const std::string_view scheme = text.substr(0, blank);
    const auto is = [scheme](std::string_view known) {
      return http::equals_ignoring_case(scheme, known);
    };
    if (!is("ApiKey") && !is("Api-Key") && !is("Basic") && !is("Bearer") && !is("Key") &&
        !is("Token")) {
      return false;
    }
    text.remove_prefix(std::min(text.find_first_not_of(' ', blank), text.size()));
  }
  return text.starts_with('$') && reference_at(text).size == text.size();
}

std::string redacted_header(const std::string& text) {
  return fmt::format("{}: {}", text.substr(0, text.find(':')), kRedacted);
}

/// "ID:SECRET" without the secret, unless that is a variable.
std::string redacted_client(const std::string& text) {
  const size_t colon = text.find(':');
  return colon == std::string::npos || is_only_a_variable(text.substr(colon + 1))
             ? text
             : fmt::format("{}:{}", text.substr(0, colon), kRedacted);
}

bool is_secret_text(const std::string& header) {
  const size_t colon = header.find(':');
  return colon != std::string::npos && is_secret_header(std::string_view(header).substr(0, colon));
}

}  // namespace

std::optional<std::string> process_environment(const std::string& name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Result<std::string> expand_credential(std::string_view text, Environment environment) {
  std::string expanded;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '$') {
      expanded += text[at];
      continue;
    }
    if (text.substr(at, 2) == "$$") {
      expanded += '$';
      ++at;
      continue;
    }
    const Reference reference = reference_at(text.substr(at));
    if (reference.size == 0) {
      return errorf("found a '$' without a variable's name, expected $NAME, ${{NAME}} or $$");
    }
    const auto value = environment(reference.name);
    if (!value || value->empty()) {
      return errorf("the environment variable {} is {}, expected a value", reference.name,
                    value ? "empty" : "not set");
    }
    expanded += *value;
    at += reference.size - 1;
  }
  if (expanded.empty() || !http::is_header_value(expanded)) {
    return errorf("found {}, expected one line",
                  expanded.empty() ? "nothing" : "a value with a line break in it");
  }
  return expanded;
}

bool is_secret_header(std::string_view name) {
  for (const std::string_view known :
       {"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "apikey",
        "x-auth-token", "x-amz-security-token"}) {
    if (http::equals_ignoring_case(name, known)) {
      return true;
    }
  }
  return false;
}

std::vector<std::string> redact_arguments(std::vector<std::string> argv,
                                          const PlayArguments& arguments) {
  // By the values and not by the options, which can be written in many ways (-qH..., --header=...).
  std::vector<std::pair<std::string, std::string>> replacements;
  for (const std::string& header : arguments.headers) {
    if (is_secret_text(header)) {
      replacements.emplace_back(header, redacted_header(header));
    }
  }
  const std::string client = arguments.token_client.value_or("");
  const std::string shown_client = redacted_client(client);
  for (std::string& argument : argv) {
    if (client != shown_client && argument.ends_with(client)) {
      argument.replace(argument.size() - client.size(), client.size(), shown_client);
    }
    if (arguments.auth && !is_only_a_variable(*arguments.auth)) {
      for (const std::string_view option : {"", "--auth="}) {
        if (argument == fmt::format("{}{}", option, *arguments.auth)) {
          argument = fmt::format("{}{}", option, kRedacted);
        }
      }
    }
    for (const auto& [secret, shown] : replacements) {
      if (!secret.empty() && argument.ends_with(secret)) {
        argument.replace(argument.size() - secret.size(), secret.size(), shown);
        break;
      }
    }
  }
  return argv;
}

Status restore_secrets(PlayArguments& all, const PlayArguments& given) {
  const auto redacted_name = [](const std::string& header) {
    const auto parsed = parse_header(header);
    return parsed && parsed->value == kRedacted ? parsed->name : std::string();
  };
  for (const std::string& header : all.headers) {
    const std::string name = redacted_name(header);
    const bool again =
        std::any_of(given.headers.begin(), given.headers.end(), [&name](const auto& text) {
          return http::equals_ignoring_case(text.substr(0, text.find(':')), name);
        });
    if (!name.empty() && !again) {
      return errorf("the value of the header {} was not stored: give it again (-H '{}: ...')", name,
                    name);
    }
  }
  std::erase_if(all.headers, [&](const auto& header) { return !redacted_name(header).empty(); });
  if (all.auth == kRedacted) {
    return errorf("the value of --auth was not stored: give it again");
  }
  if (all.token_client && all.token_client->ends_with(kRedacted)) {
    return errorf("the secret of --token-client was not stored: give it again");
  }
  return {};
}

}  // namespace macaw::app
