// SPDX-License-Identifier: MIT
//
// Checks for our own bugs. A failed check prints the expression, the message and the place on
// stderr and aborts: a simulator that goes on with a broken invariant would print wrong numbers.
// Never use these for bad input from a person (Result) or for what the target does (data).
#pragma once

#include <fmt/format.h>

#include <string_view>

namespace macaw::detail {

[[noreturn]] void check_failed(const char* expression, const char* file, int line,
                               std::string_view message);

}  // namespace macaw::detail

/// Always on. `MACAW_CHECK(a < b, "a={} b={}", a, b)`; the message is optional.
#define MACAW_CHECK(condition, ...)                                 \
  do {                                                              \
    if (!(condition)) [[unlikely]] {                                \
      ::macaw::detail::check_failed(#condition, __FILE__, __LINE__, \
                                    ::fmt::format("" __VA_ARGS__)); \
    }                                                               \
  } while (false)

/// As MACAW_CHECK in builds without NDEBUG, nothing otherwise: for the hottest loops only.
#ifdef NDEBUG
#define MACAW_DCHECK(condition, ...) static_cast<void>(0)
#else
#define MACAW_DCHECK(condition, ...) MACAW_CHECK(condition, __VA_ARGS__)
#endif
