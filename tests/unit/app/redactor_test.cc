// SPDX-License-Identifier: MIT
#include "redactor.h"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <vector>

namespace macaw::app {

namespace {

using Headers = std::vector<replay::Header>;

}  // namespace

BOOST_AUTO_TEST_SUITE(redactor_test)

BOOST_AUTO_TEST_CASE(whole_secrets_and_parts_of_them) {
  const Redactor redact(
      Headers{{"Authorization", "ApiKey s3cr3t-of-the-test"}, {"Accept", "text/plain"}});
  BOOST_TEST(redact.has_secrets());
  BOOST_TEST(redact("unknown key s3cr3t-of-the-test!") == "unknown key [redacted]!");
  BOOST_TEST(redact("s3cr3t-of-the-tests3cr3t-of-the-test") == "[redacted][redacted]");
  // Cut at either end.
  BOOST_TEST(redact("not HTTP: starts with 's3cr3t-o...'") ==
             "not HTTP: starts with '[redacted]...'");
  BOOST_TEST(redact("at byte 12: 't-of-the-test'") == "at byte 12: '[redacted]'");
  // Less than that says nothing, and the scheme never did.
  BOOST_TEST(redact("s3cr3 and ApiKey, text/plain") == "s3cr3 and ApiKey, text/plain");
  BOOST_TEST(redact("") == "");
}

BOOST_AUTO_TEST_CASE(short_secrets_are_taken_whole) {
  const Redactor redact(Headers{{"X-Api-Key", "abcd"}});
  BOOST_TEST(redact("key abcd, abc") == "key [redacted], abc");
  BOOST_TEST(!Redactor(Headers{{"X-Api-Key", "abc"}}).has_secrets());
}

BOOST_AUTO_TEST_CASE(values_of_cookies_and_not_their_names) {
  const Redactor redact(Headers{{"Cookie", "session=4711-0815; theme=dark==;id="}});
  BOOST_TEST(redact("your session 4711-0815 has theme dark==") ==
             "your session [redacted] has theme [redacted]");
}

BOOST_AUTO_TEST_CASE(a_password_may_look_like_a_scheme) {
  const Redactor redact(
      Headers{{"Authorization", "Basic Bearer"}, {"Proxy-Authorization", "Token"}});
  BOOST_TEST(redact("Basic Bearer Token") == "Basic [redacted] Token");
}

BOOST_AUTO_TEST_CASE(every_access_token_the_run_has_had) {
  replay::Transmission transmission;
  transmission.headers = {{"X-Api-Key", "abcd"}};
  transmission.token = replay::TokenUse{
      .token = std::make_shared<replay::AccessToken>(), .header = "Authorization", .query = ""};
  const Redactor redact(transmission);
  BOOST_TEST(redact.has_secrets());
  transmission.token->token->set("first-token");
  transmission.token->token->set("second-token");
  BOOST_TEST(redact("first-token or second-token with abcd") ==
             "[redacted] or [redacted] with [redacted]");
}

BOOST_AUTO_TEST_CASE(nothing_is_secret_by_itself) {
  BOOST_TEST(!Redactor().has_secrets());
  BOOST_TEST(!Redactor(Headers{{"X-Trace", "0123456789"}}).has_secrets());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::app
