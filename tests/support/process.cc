// SPDX-License-Identifier: MIT
//
// See process.h.

#include "support/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace macaw::test {
namespace {

void require(bool condition, std::string_view what) {
  if (!condition) {
    throw std::runtime_error(fmt::format("{}: errno {}", what, errno));
  }
}

std::vector<std::string> make_environment(const ProcessOptions& options) {
  const auto is_for = [](const std::string& entry, const std::string& name) {
    return entry.starts_with(name + "=");
  };
  std::vector<std::string> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const bool removed = std::any_of(options.env_removed.begin(), options.env_removed.end(),
                                     [&](const std::string& name) { return is_for(text, name); }) ||
                         std::any_of(options.env.begin(), options.env.end(),
                                     [&](const auto& pair) { return is_for(text, pair.first); });
    if (!removed) {
      entries.push_back(text);
    }
  }
  for (const auto& [name, value] : options.env) {
    entries.push_back(fmt::format("{}={}", name, value));
  }
  return entries;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& text : strings) {
    result.push_back(text.data());
  }
  result.push_back(nullptr);
  return result;
}

/// A nameless file that holds the text, at its beginning.
UniqueFd make_input(const std::string& text) {
  UniqueFd fd(memfd_create("stdin", MFD_CLOEXEC));
  require(fd.get() >= 0, "memfd_create");
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t size = write(fd.get(), text.data() + done, text.size() - done);
    require(size > 0, "write");
    done += static_cast<size_t>(size);
  }
  require(lseek(fd.get(), 0, SEEK_SET) == 0, "lseek");
  return fd;
}

std::pair<UniqueFd, UniqueFd> make_pipe() {
  std::array<int, 2> ends{};
  require(pipe2(ends.data(), O_CLOEXEC) == 0, "pipe2");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

}  // namespace

std::string program_path(std::string name) {
  const char* const folder = std::getenv("MACAW_BIN_DIR");
  if (name.find('/') == std::string::npos && folder != nullptr) {
    const std::string path = fmt::format("{}/{}", folder, name);
    if (access(path.c_str(), X_OK) == 0) {
      return path;
    }
  }
  return name;
}

Process::Process(std::string program, ProcessOptions options) {
  auto [out_end, out_child] = make_pipe();
  auto [err_end, err_child] = make_pipe();
  const UniqueFd input = make_input(options.stdin_text);
  start(program_path(std::move(program)), options, out_child.get(), err_child.get(), input.get());
  out_fd_ = std::move(out_end);
  err_fd_ = std::move(err_end);
  reader_ = std::thread([this] { read_output(); });
  reaper_ = std::thread([this] { reap(); });
}

void Process::start(const std::string& program, const ProcessOptions& options, int out_fd,
                    int err_fd, int in_fd) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in_fd, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err_fd, STDERR_FILENO);
  if (!options.cwd.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, options.cwd.c_str());
  }
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // The child begins as a shell would start it: all signals at their defaults, none blocked.
  sigset_t signals;
  sigfillset(&signals);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  std::vector<std::string> args = {program};
  args.insert(args.end(), options.args.begin(), options.args.end());
  std::vector<std::string> env = make_environment(options);
  const int error = posix_spawnp(&pid_, program.c_str(), &actions, &attributes,
                                 pointers(args).data(), pointers(env).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  errno = error;
  require(error == 0, "cannot start " + program);
}

Process::~Process() {
  // The group may live on without its leader.
  kill(-pid_, SIGKILL);
  reaper_.join();
  reader_.join();
}

void Process::signal(int number) {
  const std::lock_guard lock(mutex_);
  if (!status_) {
    kill(pid_, number);  // not reaped yet, so the number is still its own
  }
}

void Process::read_output() {
  std::array<pollfd, 2> watched{pollfd{.fd = out_fd_.get(), .events = POLLIN, .revents = 0},
                                pollfd{.fd = err_fd_.get(), .events = POLLIN, .revents = 0}};
  std::array<char, 16 * 1024> buffer{};
  while (watched[0].fd >= 0 || watched[1].fd >= 0) {
    if (poll(watched.data(), watched.size(), -1) < 0) {
      continue;
    }
    for (size_t k = 0; k < watched.size(); ++k) {
      if (watched[k].revents == 0) {
        continue;
      }
      const ssize_t size = read(watched[k].fd, buffer.data(), buffer.size());
      if (size <= 0) {
        watched[k].fd = -1;
        continue;
      }
      const std::lock_guard lock(mutex_);
      (k == 0 ? out_ : err_).append(buffer.data(), static_cast<size_t>(size));
      changed_.notify_all();
    }
  }
  const std::lock_guard lock(mutex_);
  output_ended_ = true;
  changed_.notify_all();
}

void Process::reap() {
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  const std::lock_guard lock(mutex_);
  int status = 0;
  waitpid(pid_, &status, 0);
  status_ = WIFSIGNALED(status) ? ExitStatus{.signalled = true, .code = WTERMSIG(status)}
                                : ExitStatus{.signalled = false, .code = WEXITSTATUS(status)};
  changed_.notify_all();
}

std::optional<ExitStatus> Process::wait(Nanos limit) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit, [this] { return status_.has_value() && output_ended_; });
  return status_;
}

std::string Process::out() const {
  const std::lock_guard lock(mutex_);
  return out_;
}

std::string Process::err() const {
  const std::lock_guard lock(mutex_);
  return err_;
}

bool Process::wait_for(const std::string& where, std::string_view text, Nanos limit) const {
  std::unique_lock lock(mutex_);
  const auto found = [&] { return where.find(text) != std::string::npos; };
  changed_.wait_for(lock, limit, [&] { return found() || output_ended_; });
  return found();
}

bool Process::wait_for_out(std::string_view text, Nanos limit) const {
  return wait_for(out_, text, limit);
}

bool Process::wait_for_err(std::string_view text, Nanos limit) const {
  return wait_for(err_, text, limit);
}

ProcessResult run_process(std::string program, ProcessOptions options, Nanos limit) {
  Process process(std::move(program), std::move(options));
  const std::optional<ExitStatus> status = process.wait(limit);
  return {.code = status ? status->shell() : -1, .out = process.out(), .err = process.err()};
}

}  // namespace macaw::test
