// SPDX-License-Identifier: MIT
#include "child_usage.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>

#include "support/unique_fd.h"

namespace macaw::test {

namespace {

/// The child's half of fork(): only calls that are safe there.
[[noreturn]] void become(const char* path, char* const* argv, const char* folder, int terminal) {
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const bool ready = nothing >= 0 && ::dup2(nothing, STDIN_FILENO) >= 0 &&
                     ::dup2(nothing, STDOUT_FILENO) >= 0 && ::dup2(terminal, STDERR_FILENO) >= 0 &&
                     ::chdir(folder) == 0;
  if (ready) {
    ::execv(path, argv);
  }
  ::_exit(127);
}

}  // namespace

ChildUsage run_on_terminal(const std::string& program, const std::vector<std::string>& args) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* bin = std::getenv("MACAW_BIN_DIR");
  BOOST_REQUIRE(bin != nullptr);
  const std::string path = std::string(bin) + "/" + program;
  const std::string folder = std::filesystem::temp_directory_path().string();
  std::vector<std::string> texts{program};
  texts.insert(texts.end(), args.begin(), args.end());
  std::vector<char*> argv;
  for (std::string& text : texts) {
    argv.push_back(text.data());
  }
  argv.push_back(nullptr);
  UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  BOOST_REQUIRE(master.get() >= 0);
  std::array<char, 128> name{};
  BOOST_REQUIRE(::grantpt(master.get()) == 0);
  BOOST_REQUIRE(::unlockpt(master.get()) == 0);
  BOOST_REQUIRE(::ptsname_r(master.get(), name.data(), name.size()) == 0);
  UniqueFd terminal(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  BOOST_REQUIRE(terminal.get() >= 0);

  const pid_t pid = ::fork();
  BOOST_REQUIRE(pid >= 0);
  if (pid == 0) {
    become(path.c_str(), argv.data(), folder.c_str(), terminal.get());
  }
  terminal.reset();
  ChildUsage usage;
  std::array<char, 4096> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): written by read
  // The read fails when the last holder of the terminal, the child, is gone.
  for (ssize_t bytes = 0; (bytes = ::read(master.get(), buffer.data(), buffer.size())) > 0;) {
    usage.terminal.append(buffer.data(), static_cast<size_t>(bytes));
  }
  int status = 0;
  rusage resources{};
  BOOST_REQUIRE(::wait4(pid, &status, 0, &resources) == pid);
  usage.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  usage.resident_kb_max = resources.ru_maxrss;
  return usage;
}

}  // namespace macaw::test
