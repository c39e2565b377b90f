// SPDX-License-Identifier: MIT
//
// Result<T>: a value, or one line that tells a person what is wrong with what they gave us (a flag,
// a file, a database). It travels up by MACAW_TRY and is printed once, by the app. What the target
// does is never an Error (it is an outcome), and neither is our own bug (MACAW_CHECK).
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "macaw/base/check.h"

namespace macaw {

/// One line without a final newline, ready to be printed after the program's name.
class [[nodiscard]] Error {
 public:
  explicit Error(std::string message) : message_(std::move(message)) {}

  /// `path:line:column: found, expected`. Lines and columns count from 1, columns in bytes; a
  /// column of 0 is left out, and so is a line of 0 (with its column).
  static Error at(std::string_view path, uint64_t line, uint64_t column, std::string_view what);

  const std::string& message() const { return message_; }

 private:
  std::string message_;
};

template <typename... Args>
Error errorf(fmt::format_string<Args...> format, Args&&... args) {
  return Error(fmt::format(format, std::forward<Args>(args)...));
}

template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  // Implicit, so that `return x;` and `return error;` read as they should.
  // NOLINTNEXTLINE(google-explicit-constructor): see above
  Result(T value) : state_(std::move(value)) {}

  // NOLINTNEXTLINE(google-explicit-constructor): see above
  Result(Error error) : state_(std::move(error)) {}

  bool ok() const { return std::holds_alternative<T>(state_); }

  explicit operator bool() const { return ok(); }

  /// REQUIRES: ok()
  T& value() & {
    MACAW_CHECK(ok(), "{}", error_text());
    return *std::get_if<T>(&state_);
  }

  const T& value() const& {
    MACAW_CHECK(ok(), "{}", error_text());
    return *std::get_if<T>(&state_);
  }

  T&& value() && {
    MACAW_CHECK(ok(), "{}", error_text());
    return std::move(*std::get_if<T>(&state_));
  }

  T& operator*() & { return value(); }

  const T& operator*() const& { return value(); }

  T&& operator*() && { return std::move(*this).value(); }

  T* operator->() { return &value(); }

  const T* operator->() const { return &value(); }

  /// REQUIRES: !ok()
  const Error& error() const {
    MACAW_CHECK(!ok());
    return *std::get_if<Error>(&state_);
  }

 private:
  std::string error_text() const { return ok() ? std::string() : error().message(); }

  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;

  // NOLINTNEXTLINE(google-explicit-constructor): `return error;` reads as it should
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }

  explicit operator bool() const { return ok(); }

  /// REQUIRES: !ok()
  const Error& error() const {
    MACAW_CHECK(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace macaw

/// `MACAW_TRY(status_expression);` returns the error from the enclosing function, if there is one.
#define MACAW_TRY(expression)                               \
  do {                                                      \
    if (auto macaw_try_ = (expression); !macaw_try_.ok()) { \
      return macaw_try_.error();                            \
    }                                                       \
  } while (false)

#define MACAW_TRY_CONCAT_INNER(a, b) a##b
#define MACAW_TRY_CONCAT(a, b) MACAW_TRY_CONCAT_INNER(a, b)
// NOLINTBEGIN(bugprone-macro-parentheses): `name` and `declaration` are declared here
#define MACAW_TRY_ASSIGN_INNER(name, declaration, expression) \
  auto name = (expression);                                   \
  if (!name.ok()) {                                           \
    return name.error();                                      \
  }                                                           \
  declaration = std::move(name).value()
// NOLINTEND(bugprone-macro-parentheses)

/// `MACAW_TRY_ASSIGN(auto file, open(path));` returns the error, or declares `file`.
#define MACAW_TRY_ASSIGN(declaration, expression) \
  MACAW_TRY_ASSIGN_INNER(MACAW_TRY_CONCAT(macaw_try_, __LINE__), declaration, expression)
