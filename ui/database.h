// SPDX-License-Identifier: MIT
//
// The run database as the UI meets it: it may not exist yet, hold no run yet, or be replaced by
// another file of the same name while the page is open.
// Thread: the loop's.
#pragma once

#include <memory>
#include <string>

#include "macaw/store/run_reader.h"

namespace macaw::ui {

class Database {
 public:
  explicit Database(std::string path) : path_(std::move(path)) {}

  /// Opens at the first use, and again when the file is another one. Valid until the next call.
  /// Errors: as RunReader::open().
  Result<store::RunReader*> reader();

  const std::string& path() const { return path_; }

 private:
  struct Identity {
    uint64_t device = 0;
    uint64_t file = 0;
    bool operator==(const Identity&) const = default;
  };

  std::string path_;
  Identity identity_;
  std::unique_ptr<store::RunReader> reader_;
};

}  // namespace macaw::ui
