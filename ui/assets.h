// SPDX-License-Identifier: MIT
//
// The files of the page: embedded in the program, or read from a folder while somebody edits them.
// Thread: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace macaw::ui {

struct Asset {
  std::string_view content_type;
  std::string bytes;
};

class Assets {
 public:
  /// Empty: the embedded files. Else the folder ui/web of a source tree.
  explicit Assets(std::string folder) : folder_(std::move(folder)) {}

  /// By name: "dashboard.html", "dashboard.js", ...; nothing when there is no such file.
  std::optional<Asset> find(std::string_view name) const;

 private:
  std::string folder_;
};

}  // namespace macaw::ui
