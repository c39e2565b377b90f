// SPDX-License-Identifier: MIT
//
// curl's command line (curl(1)), as far as it says what is requested. Options about the connection
// or the output say nothing about the request and are skipped; those that are not known, or that
// change the request in a way that cannot be followed here, make the command unusable, by name.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "curl_options.h"
#include "field_text.h"
#include "macaw/base/ascii.h"
#include "macaw/base/base64.h"
#include "shell_words.h"
#include "web_readers.h"

namespace macaw::datasets {

namespace {

/// curl's globs in a URL: "\[" and the like are the character, unescaped ones would become several
/// URLs. False for those. An IPv6 address is none.
bool take_globs_off(std::string& url) {
  std::string out;
  const size_t host = url.find("://");
  const size_t host_begin = host == std::string::npos ? 0 : host + 3;
  for (size_t at = 0; at < url.size(); ++at) {
    constexpr std::string_view kGlobs = "[]{}";
    const bool address = at >= host_begin && at < url.find('/', host_begin);
    if (url[at] == '\\' && at + 1 < url.size() &&
        kGlobs.find(url[at + 1]) != std::string_view::npos) {
      out += url[++at];
    } else if (kGlobs.find(url[at]) != std::string_view::npos && !address) {
      return false;
    } else {
      out += url[at];
    }
  }
  url = std::move(out);
  return true;
}

/// curl guesses http for a URL without one.
bool has_scheme(std::string_view url) {
  const size_t mark = url.find("://");
  return mark != std::string_view::npos && mark == url.find_first_of(":/?#");
}

/// One command line on its way to a request.
class CurlCommand {
 public:
  explicit CurlCommand(NamedFiles& files) : files_(files) {}

  std::vector<FoundRequest> parse(const ShellCommand& command);

 private:
  void option(const ShellWord& word);
  void long_option(const ShellWord& word);
  void short_options(const ShellWord& word);
  const CurlOption* known(const ShellWord& word, const CurlOption* option, std::string_view name);
  void apply(CurlAction action, std::string_view value);
  void header(std::string_view text);
  void data(CurlAction action, std::string_view value);
  const std::string* file(std::string_view name);
  void urlencode(std::string_view value);
  FoundRequest finish(const ShellWord& url) const;
  bool has_header(std::string_view name) const;
  void default_header(std::string_view name, std::string_view value);

  void refuse(const ShellWord& word, std::string reason, std::string detail = {}) {
    if (!wrong_) {
      wrong_ = Finding{word.line, word.column, std::move(reason), std::move(detail)};
    }
  }

  NamedFiles& files_;
  const ShellCommand* command_ = nullptr;
  size_t at_ = 0;  // the word that is looked at
  std::optional<Finding> wrong_;

  std::vector<ShellWord> urls_;
  std::string method_;
  std::vector<WebHeader> headers_;
  std::vector<std::string> removed_;  // "-H 'Name:'"
  std::optional<std::string> data_;
  bool json_ = false;
  bool get_ = false;
  bool head_ = false;
  bool globs_off_ = false;
};

bool CurlCommand::has_header(std::string_view name) const {
  const auto is_it = [name](std::string_view other) { return equals_ignoring_case(name, other); };
  return std::any_of(removed_.begin(), removed_.end(), is_it) ||
         std::any_of(headers_.begin(), headers_.end(),
                     [&](const WebHeader& header) { return is_it(header.name); });
}

void CurlCommand::default_header(std::string_view name, std::string_view value) {
  if (!has_header(name)) {
    headers_.push_back({std::string(name), std::string(value)});
  }
}

const std::string* CurlCommand::file(std::string_view name) {
  std::string why = "'-' is stdin, which the command line does not hold";
  const std::string* bytes = name == "-" ? nullptr : files_.find(name, why);
  if (bytes == nullptr) {
    refuse(command_->words[at_], "a data file that cannot be read", std::move(why));
  }
  return bytes;
}

/// "content", "=content", "name=content", "@file", "name@file".
void CurlCommand::urlencode(std::string_view value) {
  std::string& out = *data_;
  const size_t mark = value.find_first_of("=@");
  if (mark == std::string_view::npos) {
    append_percent_encoded(value, kUnreserved, out);
    return;
  }
  if (mark > 0) {
    out.append(value.substr(0, mark)).append("=");
  }
  const std::string_view rest = value.substr(mark + 1);
  if (value[mark] == '=') {
    append_percent_encoded(rest, kUnreserved, out);
  } else if (const std::string* bytes = file(rest)) {
    append_percent_encoded(*bytes, kUnreserved, out);
  }
}

void CurlCommand::data(CurlAction action, std::string_view value) {
  if (!data_) {
    data_.emplace();
  } else if (action != CurlAction::kJson) {
    *data_ += '&';
  }
  json_ = json_ || action == CurlAction::kJson;
  if (action == CurlAction::kDataUrlencode) {
    urlencode(value);
    return;
  }
  if (action == CurlAction::kDataRaw || !value.starts_with('@')) {
    data_->append(value);
    return;
  }
  if (const std::string* bytes = file(value.substr(1))) {
    std::string content = *bytes;
    if (action == CurlAction::kData) {
      std::erase_if(content, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
    }
    data_->append(content);
  }
}

void CurlCommand::header(std::string_view text) {
  const size_t mark = text.find_first_of(":;");
  if (mark == std::string_view::npos || text.starts_with('@')) {
    refuse(command_->words[at_], "a header that is none",
           fmt::format("found {}, expected 'Name: value'", in_quotes(text)));
    return;
  }
  const std::string_view name = text.substr(0, mark);
  std::string_view value = text.substr(mark + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  if (text[mark] == ':' && value.empty()) {
    removed_.emplace_back(name);  // curl sends its own header no more
  } else if (text[mark] == ';' && !value.empty()) {
    refuse(command_->words[at_], "a header that is none",
           fmt::format("found {}, expected 'Name: value'", in_quotes(text)));
  } else {
    headers_.push_back({std::string(name), std::string(value)});
  }
}

void CurlCommand::apply(CurlAction action, std::string_view value) {
  switch (action) {
    case CurlAction::kRequest:
      method_ = value;
      break;
    case CurlAction::kHeader:
      header(value);
      break;
    case CurlAction::kData:
    case CurlAction::kDataRaw:
    case CurlAction::kDataBinary:
    case CurlAction::kDataUrlencode:
    case CurlAction::kJson:
      data(action, value);
      break;
    case CurlAction::kGet:
      get_ = true;
      break;
    case CurlAction::kHead:
      head_ = true;
      break;
    case CurlAction::kGlobOff:
      globs_off_ = true;
      break;
    case CurlAction::kUser: {
      std::string encoded = "Basic ";
      encode_base64(value, encoded);
      default_header("Authorization", encoded);
      break;
    }
    case CurlAction::kBearer:
      default_header("Authorization", fmt::format("Bearer {}", value));
      break;
    case CurlAction::kUrl:
      urls_.push_back(command_->words[at_]);
      urls_.back().text = value;
      break;
    case CurlAction::kUserAgent:
      headers_.push_back({"User-Agent", std::string(value)});
      break;
    case CurlAction::kReferer:
      headers_.push_back({"Referer", std::string(value)});
      break;
    case CurlAction::kCookie:
      if (value.find('=') == std::string_view::npos) {
        refuse(command_->words[at_], "a cookie file",
               fmt::format("found {}, expected name=value", in_quotes(value)));
      } else {
        headers_.push_back({"Cookie", std::string(value)});
      }
      break;
    default:
      break;
  }
}

const CurlOption* CurlCommand::known(const ShellWord& word, const CurlOption* option,
                                     std::string_view name) {
  if (option == nullptr) {
    refuse(word, fmt::format("curl option {}, which is not known here", in_quotes(name)));
    return nullptr;
  }
  if (option->action == CurlAction::kCannot) {
    refuse(word, fmt::format("curl option {}, which cannot be followed here", in_quotes(name)));
    return nullptr;
  }
  return option;
}

void CurlCommand::long_option(const ShellWord& word) {
  const std::string_view name = std::string_view(word.text).substr(2);
  const CurlOption* option = known(word, find_curl_option(name), word.text);
  if (option == nullptr) {
    return;
  }
  if (!takes_value(option->action)) {
    apply(option->action, {});
  } else if (at_ + 1 < command_->words.size()) {
    ++at_;
    apply(option->action, command_->words[at_].text);
  } else {
    refuse(word, "a curl option without its value", fmt::format("found {}", in_quotes(word.text)));
  }
}

/// "-sSL", "-XPOST", "-X POST".
void CurlCommand::short_options(const ShellWord& word) {
  for (size_t k = 1; k < word.text.size(); ++k) {
    const char letter = word.text[k];
    const CurlOption* option = known(word, find_curl_option(letter), std::string{'-', letter});
    if (option == nullptr) {
      return;
    }
    if (!takes_value(option->action)) {
      apply(option->action, {});
      continue;
    }
    if (k + 1 < word.text.size()) {
      apply(option->action, std::string_view(word.text).substr(k + 1));
    } else if (at_ + 1 < command_->words.size()) {
      ++at_;
      apply(option->action, command_->words[at_].text);
    } else {
      refuse(word, "a curl option without its value",
             fmt::format("found {}", in_quotes(word.text)));
    }
    return;
  }
}

void CurlCommand::option(const ShellWord& word) {
  if (word.text.starts_with("--")) {
    long_option(word);
  } else {
    short_options(word);
  }
}

FoundRequest CurlCommand::finish(const ShellWord& url) const {
  FoundRequest found;
  WebRequest& request = found.request;
  request.line = command_->words.front().line;
  request.column = command_->words.front().column;
  request.url = url.text;
  request.headers = headers_;
  if (!globs_off_ && !take_globs_off(request.url)) {
    found.unusable =
        Finding{url.line, url.column, "a URL that curl makes several of",
                fmt::format("found {}, expected no unescaped []{{}}", in_quotes(url.text))};
    return found;
  }
  if (!has_scheme(request.url)) {
    request.url.insert(0, "http://");
  }
  const bool in_query = data_ && (get_ || head_);
  if (in_query && !data_->empty()) {
    const size_t fragment = std::min(request.url.find('#'), request.url.size());
    const char* const mark = request.url.find('?') < fragment ? "&" : "?";
    request.url.insert(fragment, mark + *data_);
  }
  if (data_ && !in_query) {
    request.body = *data_;
  }
  request.method = !method_.empty() ? method_ : head_ ? "HEAD" : data_ && !get_ ? "POST" : "GET";
  return found;
}

std::vector<FoundRequest> CurlCommand::parse(const ShellCommand& command) {
  command_ = &command;
  wrong_ = command.unusable;
  const auto& words = command.words;
  at_ = !words.empty() && words.front().text == "$" ? 1 : 0;  // a prompt that was copied, too
  const bool is_curl =
      at_ < words.size() && (words[at_].text == "curl" || words[at_].text == "curl.exe" ||
                             words[at_].text.ends_with("/curl"));
  if (!is_curl && !words.empty()) {
    refuse(words.front(), "no curl command",
           fmt::format("found {}, expected curl", in_quotes(words.front().text)));
  }
  bool only_urls = false;
  for (++at_; at_ < words.size() && !wrong_; ++at_) {
    const ShellWord& word = words[at_];
    if (word.text == "--") {
      only_urls = true;
    } else if (!only_urls && word.text.size() > 1 && word.text.front() == '-') {
      option(word);
    } else {
      urls_.push_back(word);
    }
  }
  if (!wrong_ && urls_.empty()) {
    refuse(words.front(), "no URL in the command");
  }
  std::vector<FoundRequest> found;
  if (wrong_) {
    found.emplace_back().unusable = std::move(wrong_);
    return found;
  }
  if (json_) {
    default_header("Content-Type", "application/json");
    default_header("Accept", "application/json");
  } else if (data_ && !get_ && !head_) {
    default_header("Content-Type", "application/x-www-form-urlencoded");
  }
  for (const ShellWord& url : urls_) {
    found.push_back(finish(url));
  }
  return found;
}

}  // namespace

std::vector<FoundRequest> parse_curl_commands(std::string_view text, NamedFiles& files) {
  std::vector<FoundRequest> all;
  for (const ShellCommand& command : split_shell_commands(text)) {
    auto found = CurlCommand(files).parse(command);
    std::move(found.begin(), found.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace macaw::datasets
