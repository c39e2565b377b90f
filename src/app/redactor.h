// SPDX-License-Identifier: MIT
//
// Takes the secrets of a run out of texts that a server may have had a hand in, before they are
// stored or shown. Thread: any, once it is made.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/replay/engine/access_token.h"
#include "macaw/replay/engine/options.h"
#include "macaw/replay/file/record.h"

namespace macaw::app {

class Redactor {
 public:
  /// Knows none yet.
  Redactor() = default;
  /// Secret is what stands in the headers that credentials.h calls secret, word for word: without
  /// the name of a scheme, and without the names of cookies. Words of less than four characters
  /// hide nothing and are no secrets.
  explicit Redactor(const std::vector<replay::Header>& headers);

  /// Those of the headers, and every access token that the run has had so far.
  explicit Redactor(const replay::Transmission& transmission);

  /// One more word.
  void add(std::string_view secret);

  bool has_secrets() const { return !secrets_.empty() || token_ != nullptr; }

  /// The text with "[redacted]" for every secret in it, and for every part of one that has six
  /// characters or more: texts of errors are cut, and may begin and end in the middle of a secret.
  std::string operator()(const std::string& text) const;

 private:
  std::vector<std::string> secrets_;
  std::shared_ptr<const replay::AccessToken> token_;
};

}  // namespace macaw::app
