// SPDX-License-Identifier: MIT
#include "stub_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "macaw/base/time.h"
#include "macaw/base/units.h"

namespace macaw::app {

namespace {

constexpr Nanos kStartMax = std::chrono::seconds(20);
constexpr Nanos kStopMax = std::chrono::seconds(2);
constexpr std::string_view kReady = "listening on http://127.0.0.1:";

std::vector<std::string> arguments_of(const StubSettings& settings) {
  std::vector<std::string> arguments{"replay", "stub",   "--port",
                                     "0",      "--seed", std::to_string(settings.seed)};
  if (settings.preset) {
    arguments.insert(arguments.end(), {"--preset", *settings.preset});
  }
  for (const std::string& rule : settings.latency) {
    arguments.insert(arguments.end(), {"--latency", rule});
  }
  if (settings.errors) {
    arguments.insert(arguments.end(), {"--errors", *settings.errors});
  }
  return arguments;
}

/// In the child: only what is safe between fork and exec.
[[noreturn]] void become_stub(const std::vector<char*>& argv, int output, pid_t parent) {
  // A group of its own: a Ctrl-C on the terminal is for the replayer, which needs its target until
  // what is in flight has finished.
  static_cast<void>(::setpgid(0, 0));
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const bool ready = null >= 0 && ::dup2(null, STDIN_FILENO) >= 0 &&
                     ::dup2(output, STDOUT_FILENO) >= 0 &&
                     ::prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && ::getppid() == parent;
  if (ready) {
    static_cast<void>(::execv("/proc/self/exe", argv.data()));
  }
  ::_exit(127);
}

/// The first line that the stub prints, without its end.
std::optional<std::string> read_line(int descriptor) {
  const MonoTime deadline = MonoClock::now() + kStartMax;
  std::string line;
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - MonoClock::now()).count();
    pollfd waiting{descriptor, POLLIN, 0};
    const int ready = left > 0 ? ::poll(&waiting, 1, static_cast<int>(left)) : 0;
    if (ready < 0 && errno == EINTR) {
      continue;
    }
    char byte = 0;
    if (ready <= 0 || ::read(descriptor, &byte, 1) != 1) {
      return std::nullopt;
    }
    if (byte == '\n') {
      return line;
    }
    line += byte;
  }
}

}  // namespace

Result<StubProcess> StubProcess::start(const StubSettings& settings) {
  std::vector<std::string> arguments = arguments_of(settings);
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) {
    argv.push_back(argument.data());
  }
  argv.push_back(nullptr);

  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return Error("cannot start the built-in stub: no pipe");
  }
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    become_stub(argv, ends[1], parent);
  }
  ::close(ends[1]);
  if (child < 0) {
    ::close(ends[0]);
    return Error("cannot start the built-in stub: no process");
  }
  StubProcess stub(child, 0);
  const std::optional<std::string> line = read_line(ends[0]);
  ::close(ends[0]);
  if (line && line->starts_with(kReady)) {
    const Result<uint64_t> port = parse_u64(std::string_view(*line).substr(kReady.size()));
    if (port && *port > 0 && *port <= 65535) {
      stub.port_ = static_cast<uint16_t>(*port);
      return stub;
    }
  }
  return Error("the built-in stub did not start");
}

StubProcess::~StubProcess() {
  stop();
}

StubProcess::StubProcess(StubProcess&& other) noexcept
    : process_(std::exchange(other.process_, -1)), port_(other.port_) {}

StubProcess& StubProcess::operator=(StubProcess&& other) noexcept {
  if (this != &other) {
    stop();
    process_ = std::exchange(other.process_, -1);
    port_ = other.port_;
  }
  return *this;
}

http::HostPort StubProcess::address() const {
  return {"127.0.0.1", port_};
}

void StubProcess::stop() {
  if (process_ <= 0) {
    return;
  }
  static_cast<void>(::kill(process_, SIGTERM));
  const MonoTime deadline = MonoClock::now() + kStopMax;
  while (::waitpid(process_, nullptr, WNOHANG) == 0) {
    if (MonoClock::now() > deadline) {
      static_cast<void>(::kill(process_, SIGKILL));
      static_cast<void>(::waitpid(process_, nullptr, 0));
      break;
    }
    const timespec pause{0, 2'000'000};
    static_cast<void>(::nanosleep(&pause, nullptr));
  }
  process_ = -1;
}

}  // namespace macaw::app
