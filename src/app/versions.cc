// SPDX-License-Identifier: MIT
#include "versions.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <sys/utsname.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <thread>

#include "git_version.h"
#include "macaw/base/check.h"

namespace macaw::app {

std::string versions() {
  return fmt::format("macaw {} (git {}), libuv {}, llhttp {}, SQLite {}", MACAW_VERSION,
                     kGitVersion, MACAW_LIBUV_VERSION, MACAW_LLHTTP_VERSION, MACAW_SQLITE_VERSION);
}

std::string describe_host() {
  utsname names{};
  const unsigned cores = std::thread::hardware_concurrency();
  if (::uname(&names) != 0) {
    return fmt::format("{} cores", cores);
  }
  return fmt::format("{}, {} {} {}, {} core{}", &names.nodename[0], &names.sysname[0],
                     &names.release[0], &names.machine[0], cores, cores == 1 ? "" : "s");
}

std::string make_uuid() {
  std::array<uint8_t, 16> bytes{};
  MACAW_CHECK(::getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | 0x40);  // version 4
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80);  // variant of RFC 9562
  std::string text;
  for (size_t k = 0; k < bytes.size(); ++k) {
    text += (k == 4 || k == 6 || k == 8 || k == 10) ? "-" : "";
    text += fmt::format("{:02x}", bytes.at(k));
  }
  return text;
}

}  // namespace macaw::app
