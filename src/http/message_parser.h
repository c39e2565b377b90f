// SPDX-License-Identifier: MIT
//
// What the request and the response parser share: feeding llhttp exactly one message, the limit on
// header bytes (llhttp has none), and errors as one human line. Allocates only to word an error.
// Thread: one object belongs to one thread.
#pragma once

#include <fmt/format.h>
#include <llhttp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "macaw/http/response_parser.h"

namespace macaw::http {

/// Base of both parsers' Impl. llhttp's `data` points at it, so it must not move.
class MessageParser {
 public:
  MessageParser(llhttp_type_t type, const llhttp_settings_t* settings, size_t header_bytes_limit);
  MessageParser(const MessageParser&) = delete;
  MessageParser& operator=(const MessageParser&) = delete;

  /// Stops after the last byte of the message, whatever follows.
  ParseState feed(std::string_view bytes);
  void restart();

  static MessageParser& of(llhttp_t* parser) { return *static_cast<MessageParser*>(parser->data); }

  /// Makes the message malformed; the first reason wins. Callbacks return its result.
  template <typename... Args>
  int fail(fmt::format_string<Args...> format, Args&&... args) {
    return fail_with(format, fmt::make_format_args(args...));
  }

  std::string_view error() const { return {error_text.data(), error_size}; }

  /// For header bytes after the body, which the limit on the header section does not see.
  int count_trailer_bytes(size_t size);
  int check_version();

  llhttp_t parser{};
  ParseState state = ParseState::kNeedMore;
  bool headers_done = false;  ///< of the message itself, not of a 1xx before it
  bool over_header_limit = false;
  bool keep_alive = false;  ///< set with kComplete
  size_t consumed = 0;      ///< of the last feed()
  uint64_t bytes_seen = 0;  ///< of this message
  size_t header_bytes_max;
  size_t trailer_bytes = 0;
  std::array<char, 256> error_text{};
  size_t error_size = 0;

 private:
  int fail_with(fmt::string_view format, fmt::format_args args);
  void describe_error(std::string_view bytes, size_t offset);
};

}  // namespace macaw::http
