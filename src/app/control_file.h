// SPDX-License-Identifier: MIT
//
// How `replay control` finds the run that plays: a file beside the database, DB-control, readable
// by its owner alone, with the address of the page and the token that steers the run. It is there
// while the run plays. Thread: any.
#pragma once

#include <string>

#include "macaw/base/result.h"

namespace macaw::app {

/// 128 random bits as 32 hexadecimal digits.
Result<std::string> make_control_token();

struct ControlAddress {
  std::string host_port;  ///< "127.0.0.1:9994"
  std::string token;
};

class ControlFile {
 public:
  /// Replaces one that a killed run has left behind. REQUIRES: the database's run lock is held
  static Result<ControlFile> create(const std::string& database, const ControlAddress& address);

  ControlFile(ControlFile&& other) noexcept;
  ControlFile& operator=(ControlFile&& other) = delete;
  /// Removes the file.
  ~ControlFile();

 private:
  explicit ControlFile(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

/// Error: there is none, or it is not ours.
Result<ControlAddress> read_control_file(const std::string& database);

}  // namespace macaw::app
