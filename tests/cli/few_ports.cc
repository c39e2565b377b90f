// SPDX-License-Identifier: MIT
//
// few_ports FIRST LAST PROGRAM ARGS...: runs a program in a network of its own that has a loopback
// and only the local ports FIRST to LAST. Needs no privileges where user namespaces are allowed;
// exit code 77 where they are not.

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

namespace {

constexpr int kNotPossible = 77;

bool write_file(const char* path, const std::string& text) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  const bool written =
      fd >= 0 && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(fd);
  return written;
}

bool bring_up_loopback() {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool up = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
  close(fd);
  return up;
}

int refuse(const char* what) {
  std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
  return kNotPossible;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    return 1;
  }
  const std::string user = "0 " + std::to_string(getuid()) + " 1";
  const std::string group = "0 " + std::to_string(getgid()) + " 1";
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
    return refuse("no network namespace of its own");
  }
  // The files are written as oneself, so that what the program makes belongs to whoever runs this.
  if (!write_file("/proc/self/setgroups", "deny") || !write_file("/proc/self/uid_map", user) ||
      !write_file("/proc/self/gid_map", group)) {
    return refuse("no users in the namespace");
  }
  if (!bring_up_loopback()) {
    return refuse("no loopback");
  }
  if (!write_file("/proc/sys/net/ipv4/ip_local_port_range",
                  std::string(argv[1]) + " " + std::string(argv[2]))) {
    return refuse("net.ipv4.ip_local_port_range cannot be set");
  }
  execv(argv[3], argv + 3);
  return refuse(argv[3]);
}
