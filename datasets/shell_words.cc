// SPDX-License-Identifier: MIT
#include "shell_words.h"

#include <fmt/format.h>

#include <utility>

#include "field_text.h"
#include "macaw/base/ascii.h"

namespace macaw::datasets {

namespace {

void append_utf8(uint32_t code, std::string& out) {
  const auto put = [&out](uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 63));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 63));
    put(0x80 | (code & 63));
  } else {
    put(0xf0 | (code >> 18 & 7));
    put(0x80 | (code >> 12 & 63));
    put(0x80 | (code >> 6 & 63));
    put(0x80 | (code & 63));
  }
}

class ShellSplitter {
 public:
  explicit ShellSplitter(std::string_view text) : text_(text) {}

  std::vector<ShellCommand> split() {
    while (at_ < text_.size()) {
      step();
    }
    end_command();
    return std::move(commands_);
  }

 private:
  char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  /// Keeps count of lines, so everything is taken with it.
  char take() {
    const char c = text_[at_++];
    if (c == '\n') {
      ++line_;
      line_begin_ = at_;
    }
    return c;
  }

  uint64_t column() const { return at_ - line_begin_ + 1; }

  void need_word() {
    if (!in_word_) {
      in_word_ = true;
      command_.words.push_back({{}, line_, column()});
    }
  }

  void append(char c) {
    need_word();
    command_.words.back().text += c;
  }

  void end_command() {
    in_word_ = false;
    if (!command_.words.empty() || command_.unusable) {
      commands_.push_back(std::move(command_));
    }
    command_ = ShellCommand();
  }

  void refuse(std::string_view reason, std::string detail) {
    if (!command_.unusable) {
      command_.unusable = Finding{line_, column(), std::string(reason), std::move(detail)};
    }
  }

  void refuse_shell(std::string_view what) {
    refuse("a shell's own work in the command",
           fmt::format("found {} ({}), expected words only", what, in_quotes({&text_[at_], 1})));
  }

  void step();
  void single_quotes();
  void double_quotes();
  void dollar_quotes();
  void dollar_escape();
  void number_escape(size_t digits_max, bool is_code);

  std::string_view text_;
  size_t at_ = 0;
  uint64_t line_ = 1;
  size_t line_begin_ = 0;
  bool in_word_ = false;
  ShellCommand command_;
  std::vector<ShellCommand> commands_;
};

/// What stands outside of quotes.
void ShellSplitter::step() {
  const char c = peek();
  if (c == '\'') {
    single_quotes();
  } else if (c == '"') {
    double_quotes();
  } else if (c == '$' && peek(1) == '\'') {
    dollar_quotes();
  } else if (c == '\\') {
    if (peek(1) == '\n') {
      take();
      take();
    } else if (at_ + 1 < text_.size()) {
      need_word();
      take();
      append(take());
    } else {
      take();
    }
  } else if (c == ' ' || c == '\t' || c == '\r') {
    in_word_ = false;
    take();
  } else if (c == '\n' || c == ';' || c == '&') {
    take();
    end_command();
  } else if (c == '#' && !in_word_) {
    while (at_ < text_.size() && peek() != '\n') {
      take();
    }
  } else {
    const bool prompt = c == '$' && !in_word_ && (peek(1) == ' ' || peek(1) == '\t');
    if (c == '^' && peek(1) == '"') {
      refuse("a command for another shell",
             "found ^\" (cmd of Windows), expected the browser's 'Copy as cURL (bash)'");
    } else if ((c == '$' && !prompt) || c == '`') {
      refuse_shell("a variable or a command in a command");
    } else if (c == '|' || c == '<' || c == '>' || c == '(' || c == ')') {
      refuse_shell("a pipe or a redirection");
    }
    need_word();
    append(take());
  }
}

void ShellSplitter::single_quotes() {
  need_word();
  const std::string open =
      fmt::format("the quote of line {}, column {} is not closed", line_, column());
  take();
  while (at_ < text_.size() && peek() != '\'') {
    append(take());
  }
  if (at_ == text_.size()) {
    refuse("a quote without its end", open);
  } else {
    take();
  }
}

void ShellSplitter::double_quotes() {
  need_word();
  const std::string open =
      fmt::format("the quote of line {}, column {} is not closed", line_, column());
  take();
  while (at_ < text_.size() && peek() != '"') {
    const char c = peek();
    const char next = peek(1);
    if (c == '\\' && next == '\n') {
      take();
      take();
    } else if (c == '\\' && (next == '"' || next == '\\' || next == '$' || next == '`')) {
      take();
      append(take());
    } else {
      const bool name = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') ||
                        next == '_' || next == '{' || next == '(';
      if (c == '`' || (c == '$' && name)) {
        refuse_shell("a variable or a command in a command");
      }
      append(take());
    }
  }
  if (at_ == text_.size()) {
    refuse("a quote without its end", open);
  } else {
    take();
  }
}

void ShellSplitter::dollar_quotes() {
  need_word();
  const std::string open =
      fmt::format("the quote of line {}, column {} is not closed", line_, column());
  take();
  take();
  while (at_ < text_.size() && peek() != '\'') {
    if (peek() == '\\' && at_ + 1 < text_.size()) {
      take();
      dollar_escape();
    } else {
      append(take());
    }
  }
  if (at_ == text_.size()) {
    refuse("a quote without its end", open);
  } else {
    take();
  }
}

/// What follows a backslash in $'...'.
void ShellSplitter::dollar_escape() {
  constexpr std::string_view kLetters = "abeEfnrtv";
  constexpr std::string_view kMeant = "\a\b\x1b\x1b\f\n\r\t\v";
  const char c = peek();
  const size_t letter = kLetters.find(c);
  if (letter != std::string_view::npos) {
    take();
    append(kMeant[letter]);
  } else if (c == 'x') {
    take();
    number_escape(2, /*is_code=*/false);
  } else if (c == 'u' || c == 'U') {
    take();
    number_escape(c == 'u' ? 4 : 8, /*is_code=*/true);
  } else if (c >= '0' && c <= '7') {
    uint32_t value = 0;
    for (int k = 0; k < 3 && peek() >= '0' && peek() <= '7'; ++k) {
      value = value * 8 + static_cast<uint32_t>(take() - '0');
    }
    append(static_cast<char>(value & 0xff));
  } else if (c == '\'' || c == '"' || c == '\\' || c == '?') {
    append(take());
  } else {
    append('\\');
    append(take());
  }
}

/// Browsers write every UTF-16 unit as \u, so two of them can be one character.
void ShellSplitter::number_escape(size_t digits_max, bool is_code) {
  uint32_t value = 0;
  size_t digits = 0;
  for (; digits < digits_max && hex_value(peek()) >= 0; ++digits) {
    value = value << 4 | static_cast<uint32_t>(hex_value(take()));
  }
  need_word();
  std::string& word = command_.words.back().text;
  if (digits == 0) {
    word += is_code ? "\\u" : "\\x";
  } else if (!is_code) {
    word += static_cast<char>(value);
  } else if (value >= 0xd800 && value < 0xdc00 && peek() == '\\' && peek(1) == 'u') {
    const std::string_view low_text = text_.substr(at_ + 2, 4);
    uint32_t low = 0;
    for (const char c : low_text) {
      low = low << 4 | static_cast<uint32_t>(hex_value(c) & 15);
    }
    const bool all_hex =
        low_text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
    if (low_text.size() == 4 && all_hex && low >= 0xdc00 && low < 0xe000) {
      at_ += 6;
      append_utf8(0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00), word);
    } else {
      append_utf8(value, word);
    }
  } else {
    append_utf8(value, word);
  }
}

}  // namespace

std::vector<ShellCommand> split_shell_commands(std::string_view text) {
  return ShellSplitter(text).split();
}

}  // namespace macaw::datasets
