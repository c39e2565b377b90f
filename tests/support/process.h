// SPDX-License-Identifier: MIT
//
// Runs the real programs: arguments, environment, folder and input in; output and exit status out.
// Nothing that a test starts outlives it.
// Thread: the test's.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "macaw/base/time.h"
#include "support/unique_fd.h"

namespace macaw::test {

struct ProcessOptions {
  std::vector<std::string> args;                              ///< without the program's own name
  std::vector<std::pair<std::string, std::string>> env = {};  ///< added to ours, or in its place
  std::vector<std::string> env_removed = {};
  std::string cwd = {};         ///< empty: ours
  std::string stdin_text = {};  ///< then its end
};

/// As a shell says it: the code, or 128 + the signal.
struct ExitStatus {
  bool signalled = false;
  int code = 0;

  int shell() const { return signalled ? 128 + code : code; }
};

/// A name without '/' is looked up in $MACAW_BIN_DIR; returned as it is when it is not there.
std::string program_path(std::string name);

class Process {
 public:
  /// Starts program_path(program), or what PATH finds, in a process group of its own. Throws
  /// std::runtime_error when it cannot be started.
  Process(std::string program, ProcessOptions options);
  /// Kills the group with SIGKILL.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }

  /// To the process only, not to its children. Nothing happens when it has ended.
  void signal(int number);
  /// The exit status, or nothing when the time is over; the output is whole then.
  std::optional<ExitStatus> wait(Nanos limit = std::chrono::seconds(60));
  /// What has come so far.
  std::string out() const;
  std::string err() const;
  /// Waits until the text is in the output; false when it ends, or the time is over, without it.
  bool wait_for_out(std::string_view text, Nanos limit = std::chrono::seconds(60)) const;
  bool wait_for_err(std::string_view text, Nanos limit = std::chrono::seconds(60)) const;

 private:
  void start(const std::string& program, const ProcessOptions& options, int out_fd, int err_fd,
             int in_fd);
  void read_output();
  void reap();
  bool wait_for(const std::string& where, std::string_view text, Nanos limit) const;

  pid_t pid_ = -1;
  UniqueFd out_fd_;
  UniqueFd err_fd_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::string out_;
  std::string err_;
  bool output_ended_ = false;
  std::optional<ExitStatus> status_;
  std::thread reader_;
  std::thread reaper_;
};

struct ProcessResult {
  int code = -1;  ///< ExitStatus::shell(); -1: did not end in time and was killed
  std::string out;
  std::string err;
};

ProcessResult run_process(std::string program, ProcessOptions options,
                          Nanos limit = std::chrono::seconds(60));

}  // namespace macaw::test
