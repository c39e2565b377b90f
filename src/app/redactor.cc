// SPDX-License-Identifier: MIT
#include "redactor.h"

#include <algorithm>
#include <utility>

#include "credentials.h"
#include "macaw/http/request_encoder.h"

namespace macaw::app {

namespace {

constexpr size_t kSecretMin = 4;
constexpr size_t kPartMin = 6;

bool is_scheme(std::string_view word) {
  for (const std::string_view known :
       {"ApiKey", "Api-Key", "Basic", "Bearer", "Digest", "Key", "Token"}) {
    if (http::equals_ignoring_case(word, known)) {
      return true;
    }
  }
  return false;
}

size_t common_start(std::string_view a, std::string_view b) {
  const size_t size = std::min(a.size(), b.size());
  return static_cast<size_t>(
      std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(size), b.begin()).first -
      a.begin());
}

/// How much of the beginning of `text` is a secret, or a part of one that is long enough.
size_t secret_size_at(std::string_view text, const std::vector<std::string>& secrets) {
  size_t longest = 0;
  for (const std::string_view secret : secrets) {
    const size_t enough = std::min(secret.size(), kPartMin);
    for (size_t from = 0; from + enough <= secret.size(); ++from) {
      const size_t size = common_start(text, secret.substr(from));
      longest = size >= enough ? std::max(longest, size) : longest;
    }
  }
  return longest;
}

}  // namespace

Redactor::Redactor(const std::vector<replay::Header>& headers) {
  for (const replay::Header& header : headers) {
    if (!is_secret_header(header.name)) {
      continue;
    }
    const bool is_cookie = http::equals_ignoring_case(header.name, "cookie");
    std::string_view rest = header.value;
    for (bool first = true; !rest.empty(); first = false) {
      std::string_view word = rest.substr(0, rest.find_first_of(is_cookie ? "; " : " "));
      rest.remove_prefix(std::min(word.size() + 1, rest.size()));
      if (is_cookie) {
        word.remove_prefix(std::min(word.find('=') + 1, word.size()));  // its name is none
      }
      if (!(first && is_scheme(word))) {
        add(word);
      }
    }
  }
}

Redactor::Redactor(const replay::Transmission& transmission) : Redactor(transmission.headers) {
  if (transmission.token) {
    token_ = transmission.token->token;
  }
}

void Redactor::add(std::string_view secret) {
  if (secret.size() >= kSecretMin) {
    secrets_.emplace_back(secret);
  }
}

std::string Redactor::operator()(const std::string& text) const {
  std::vector<std::string> secrets = secrets_;
  if (token_ != nullptr) {
    for (std::string& issued : token_->all()) {
      secrets.push_back(std::move(issued));
    }
  }
  std::string redacted;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t size = secret_size_at(rest, secrets);
    if (size > 0) {
      redacted += kRedacted;
      rest.remove_prefix(size);
    } else {
      redacted += rest.front();
      rest.remove_prefix(1);
    }
  }
  return redacted;
}

}  // namespace macaw::app
