// SPDX-License-Identifier: MIT
//
// See message_parser.h.

#include "message_parser.h"

#include <algorithm>

#include "quote.h"

namespace macaw::http {
namespace {

/// What llhttp found wrong, in words; nullptr for what needs no words of its own.
const char* error_words(llhttp_errno_t code) {
  switch (code) {
    case HPE_INVALID_VERSION:
      return "bad HTTP version";
    case HPE_INVALID_STATUS:
      return "bad status code";
    case HPE_INVALID_METHOD:
      return "unknown method";
    case HPE_INVALID_URL:
      return "bad request target";
    case HPE_INVALID_HEADER_TOKEN:
      return "bad header";
    case HPE_INVALID_CONTENT_LENGTH:
      return "bad Content-Length";
    case HPE_UNEXPECTED_CONTENT_LENGTH:
      return "Content-Length given twice, or together with Transfer-Encoding";
    case HPE_INVALID_TRANSFER_ENCODING:
      return "bad Transfer-Encoding";
    case HPE_INVALID_CHUNK_SIZE:
      return "bad chunk size";
    case HPE_CR_EXPECTED:
    case HPE_LF_EXPECTED:
    case HPE_STRICT:
      return "bad line end";
    default:
      return nullptr;
  }
}

}  // namespace

MessageParser::MessageParser(llhttp_type_t type, const llhttp_settings_t* settings,
                             size_t header_bytes_limit)
    : header_bytes_max(header_bytes_limit) {
  llhttp_init(&parser, type, settings);
  parser.data = this;
}

void MessageParser::restart() {
  llhttp_reset(&parser);
  state = ParseState::kNeedMore;
  headers_done = false;
  over_header_limit = false;
  keep_alive = false;
  consumed = 0;
  bytes_seen = 0;
  trailer_bytes = 0;
  error_size = 0;
}

ParseState MessageParser::feed(std::string_view bytes) {
  consumed = 0;
  while (state == ParseState::kNeedMore && consumed < bytes.size()) {
    std::string_view piece = bytes.substr(consumed);
    if (!headers_done) {
      if (bytes_seen >= header_bytes_max) {
        over_header_limit = true;
        fail("headers are longer than {} bytes", header_bytes_max);
        break;
      }
      // The limit falls on the same byte however the bytes arrive.
      piece = piece.substr(0, header_bytes_max - static_cast<size_t>(bytes_seen));
    }
    const llhttp_errno_t code = llhttp_execute(&parser, piece.data(), piece.size());
    size_t used = piece.size();
    if (code != HPE_OK) {
      const char* const stopped_at = llhttp_get_error_pos(&parser);
      used = stopped_at >= piece.data() && stopped_at <= piece.data() + piece.size()
                 ? static_cast<size_t>(stopped_at - piece.data())
                 : 0;
      if (state == ParseState::kNeedMore) {
        describe_error(bytes, consumed + used);
      }
    }
    consumed += used;
    bytes_seen += used;
  }
  return state;
}

int MessageParser::count_trailer_bytes(size_t size) {
  trailer_bytes += size;
  if (trailer_bytes > header_bytes_max) {
    over_header_limit = true;
    return fail("trailers are longer than {} bytes", header_bytes_max);
  }
  return 0;
}

int MessageParser::check_version() {
  if (parser.http_major != 1) {
    return fail("HTTP/{}.{}, expected HTTP/1.x", parser.http_major, parser.http_minor);
  }
  return 0;
}

int MessageParser::fail_with(fmt::string_view format, fmt::format_args args) {
  if (error_size == 0) {
    const auto written = fmt::vformat_to_n(error_text.data(), error_text.size(), format, args);
    error_size = std::min(written.size, error_text.size());
  }
  state = ParseState::kMalformed;
  return -1;
}

void MessageParser::describe_error(std::string_view bytes, size_t offset) {
  const llhttp_errno_t code = llhttp_get_errno(&parser);
  const uint64_t at = bytes_seen + (offset - consumed);
  if (!headers_done && code == HPE_INVALID_CONSTANT) {
    // Within the first words: what came says more than where it went wrong.
    fail("not HTTP: starts with {}", quote(at == offset ? bytes : bytes.substr(offset)));
    return;
  }
  const char* words = error_words(code);
  if (words == nullptr) {
    words = llhttp_get_error_reason(&parser);
  }
  fail("{} at byte {}: {}", words == nullptr ? "malformed" : words, at + 1,
       quote(bytes.substr(std::min(offset, bytes.size()))));
}

}  // namespace macaw::http
