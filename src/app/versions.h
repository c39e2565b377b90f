// SPDX-License-Identifier: MIT
//
// Who produced a number: the program's version and that of everything under it, and the machine.
// Thread: any.
#pragma once

#include <string>

namespace macaw::app {

/// "macaw 0.1.0 (git 1a2b3c4), libuv 1.44.2, llhttp 6.0.6, SQLite 3.40.1"
std::string versions();
/// "name, Linux 6.1.0 x86_64, 2 cores"
std::string describe_host();
/// A random UUID (version 4).
std::string make_uuid();

}  // namespace macaw::app
