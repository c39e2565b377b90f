// SPDX-License-Identifier: MIT
//
// Takes the secrets of a run out of texts that a server may have had a hand in, before they are
// stored. Thread: any; const.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "macaw/replay/file/record.h"

namespace macaw::app {

class Redactor {
 public:
  /// Secret is what stands in the headers that credentials.h calls secret, word for word: without
  /// the name of a scheme, and without the names of cookies. Words of less than four characters
  /// hide nothing and are no secrets.
  explicit Redactor(const std::vector<replay::Header>& headers);

  bool has_secrets() const { return !secrets_.empty(); }

  /// The text with "[redacted]" for every secret in it, and for every part of one that has six
  /// characters or more: texts of errors are cut, and may begin and end in the middle of a secret.
  std::string operator()(std::string text) const;

 private:
  size_t secret_size_at(std::string_view text) const;

  std::vector<std::string> secrets_;
};

}  // namespace macaw::app
