// SPDX-License-Identifier: MIT
#include "curl_options.h"

#include <algorithm>
#include <iterator>

namespace macaw::datasets {

namespace {

constexpr char kNoLetter = '\0';

constexpr CurlOption kCurlOptions[] = {
    {'X', "request", CurlAction::kRequest},
    {'H', "header", CurlAction::kHeader},
    {'d', "data", CurlAction::kData},
    {kNoLetter, "data-ascii", CurlAction::kData},
    {kNoLetter, "data-raw", CurlAction::kDataRaw},
    {kNoLetter, "data-binary", CurlAction::kDataBinary},
    {kNoLetter, "data-urlencode", CurlAction::kDataUrlencode},
    {kNoLetter, "json", CurlAction::kJson},
    {'G', "get", CurlAction::kGet},
    {'I', "head", CurlAction::kHead},
    {'u', "user", CurlAction::kUser},
    {kNoLetter, "url", CurlAction::kUrl},
    {'A', "user-agent", CurlAction::kUserAgent},
    {'e', "referer", CurlAction::kReferer},
    {'b', "cookie", CurlAction::kCookie},
    {kNoLetter, "oauth2-bearer", CurlAction::kBearer},
    {'g', "globoff", CurlAction::kGlobOff},
    {'F', "form", CurlAction::kCannot},
    {kNoLetter, "form-string", CurlAction::kCannot},
    {'T', "upload-file", CurlAction::kCannot},
    {'K', "config", CurlAction::kCannot},
    {':', "next", CurlAction::kCannot},
    {kNoLetter, "digest", CurlAction::kCannot},
    {kNoLetter, "ntlm", CurlAction::kCannot},
    {kNoLetter, "negotiate", CurlAction::kCannot},
    {kNoLetter, "aws-sigv4", CurlAction::kCannot},
    {kNoLetter, "variable", CurlAction::kCannot},
    {kNoLetter, "url-query", CurlAction::kCannot},
    {kNoLetter, "basic", CurlAction::kSkip},
    {kNoLetter, "compressed", CurlAction::kSkip},
    {'k', "insecure", CurlAction::kSkip},
    {'s', "silent", CurlAction::kSkip},
    {'S', "show-error", CurlAction::kSkip},
    {'v', "verbose", CurlAction::kSkip},
    {'i', "include", CurlAction::kSkip},
    {kNoLetter, "show-headers", CurlAction::kSkip},
    {'L', "location", CurlAction::kSkip},
    {kNoLetter, "location-trusted", CurlAction::kSkip},
    {'f', "fail", CurlAction::kSkip},
    {kNoLetter, "fail-with-body", CurlAction::kSkip},
    {'N', "no-buffer", CurlAction::kSkip},
    {'O', "remote-name", CurlAction::kSkip},
    {'J', "remote-header-name", CurlAction::kSkip},
    {'j', "junk-session-cookies", CurlAction::kSkip},
    {'Z', "parallel", CurlAction::kSkip},
    {'q', "disable", CurlAction::kSkip},
    {'#', "progress-bar", CurlAction::kSkip},
    {'0', "http1.0", CurlAction::kSkip},
    {'4', "ipv4", CurlAction::kSkip},
    {'6', "ipv6", CurlAction::kSkip},
    {kNoLetter, "http1.1", CurlAction::kSkip},
    {kNoLetter, "http2", CurlAction::kSkip},
    {kNoLetter, "http2-prior-knowledge", CurlAction::kSkip},
    {kNoLetter, "http3", CurlAction::kSkip},
    {kNoLetter, "http3-only", CurlAction::kSkip},
    {kNoLetter, "path-as-is", CurlAction::kSkip},
    {kNoLetter, "tcp-nodelay", CurlAction::kSkip},
    {kNoLetter, "tlsv1.2", CurlAction::kSkip},
    {kNoLetter, "tlsv1.3", CurlAction::kSkip},
    {'o', "output", CurlAction::kSkipValue},
    {'w', "write-out", CurlAction::kSkipValue},
    {'m', "max-time", CurlAction::kSkipValue},
    {'x', "proxy", CurlAction::kSkipValue},
    {'E', "cert", CurlAction::kSkipValue},
    {'c', "cookie-jar", CurlAction::kSkipValue},
    {'D', "dump-header", CurlAction::kSkipValue},
    {'Y', "speed-limit", CurlAction::kSkipValue},
    {'y', "speed-time", CurlAction::kSkipValue},
    {kNoLetter, "connect-timeout", CurlAction::kSkipValue},
    {kNoLetter, "cacert", CurlAction::kSkipValue},
    {kNoLetter, "ciphers", CurlAction::kSkipValue},
    {kNoLetter, "connect-to", CurlAction::kSkipValue},
    {kNoLetter, "interface", CurlAction::kSkipValue},
    {kNoLetter, "key", CurlAction::kSkipValue},
    {kNoLetter, "limit-rate", CurlAction::kSkipValue},
    {kNoLetter, "max-redirs", CurlAction::kSkipValue},
    {kNoLetter, "noproxy", CurlAction::kSkipValue},
    {kNoLetter, "resolve", CurlAction::kSkipValue},
    {kNoLetter, "retry", CurlAction::kSkipValue},
    {kNoLetter, "retry-delay", CurlAction::kSkipValue},
    {kNoLetter, "retry-max-time", CurlAction::kSkipValue},
    {kNoLetter, "stderr", CurlAction::kSkipValue},
    {kNoLetter, "trace", CurlAction::kSkipValue},
    {kNoLetter, "unix-socket", CurlAction::kSkipValue},
};

template <typename Matches>
const CurlOption* find_option(Matches matches) {
  const auto* const found = std::find_if(std::begin(kCurlOptions), std::end(kCurlOptions), matches);
  return found == std::end(kCurlOptions) ? nullptr : found;
}

}  // namespace

bool takes_value(CurlAction action) {
  return action != CurlAction::kSkip && action != CurlAction::kGet && action != CurlAction::kHead &&
         action != CurlAction::kGlobOff && action != CurlAction::kCannot;
}

const CurlOption* find_curl_option(std::string_view name) {
  return find_option([name](const CurlOption& option) { return option.name == name; });
}

const CurlOption* find_curl_option(char letter) {
  return find_option([letter](const CurlOption& option) {
    return letter != kNoLetter && option.letter == letter;
  });
}

}  // namespace macaw::datasets
