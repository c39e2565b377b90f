// SPDX-License-Identifier: MIT
#include "credentials.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace macaw::app {

namespace {

std::optional<std::string> made_environment(const std::string& name) {
  if (name == "KEY") {
    return "s3cret";
  }
  if (name == "EMPTY") {
    return "";
  }
  if (name == "LINES") {
    return "a\r\nX-Evil: 1";
  }
  return std::nullopt;
}

std::string expanded(std::string_view text) {
  const auto value = expand_credential(text, made_environment);
  return value.ok() ? *value : "error: " + value.error().message();
}

using Words = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(credentials_test)

BOOST_AUTO_TEST_CASE(variables_are_filled_in) {
  BOOST_TEST(expanded("ApiKey $KEY") == "ApiKey s3cret");
  BOOST_TEST(expanded("Bearer ${KEY}x") == "Bearer s3cretx");
  BOOST_TEST(expanded("$KEY-$KEY") == "s3cret-s3cret");
  BOOST_TEST(expanded("a$$KEY") == "a$KEY");
  BOOST_TEST(expanded("Basic abc=") == "Basic abc=");
}

BOOST_AUTO_TEST_CASE(mistakes_are_named_without_values) {
  BOOST_TEST(expanded("ApiKey $NONE") ==
             "error: the environment variable NONE is not set, expected a value");
  BOOST_TEST(expanded("ApiKey $EMPTY") ==
             "error: the environment variable EMPTY is empty, expected a value");
  for (const char* text : {"a$", "$ KEY", "${KEY", "${}", "$1"}) {
    BOOST_TEST(expanded(text) ==
               "error: found a '$' without a variable's name, expected $NAME, ${NAME} or $$");
  }
  BOOST_TEST(expanded("$LINES") ==
             "error: found a value with a line break in it, expected one line");
  BOOST_TEST(expanded("") == "error: found nothing, expected one line");
}

BOOST_AUTO_TEST_CASE(what_is_stored_of_a_command_line) {
  const auto stored = [](const Words& argv, const Words& headers,
                         const std::optional<std::string>& auth) {
    PlayArguments arguments;
    arguments.headers = headers;
    arguments.auth = auth;
    return redact_arguments(argv, arguments);
  };
  for (const char* variable : {"ApiKey $KEY", "bearer ${KEY}", "$KEY"}) {
    BOOST_TEST(stored({"f", "--auth", variable}, {}, variable) == (Words{"f", "--auth", variable}),
               boost::test_tools::per_element());
  }
  for (const char* literal :
       {"ApiKey s3cret", "ApiKey s3$KEY", "s3cret $KEY", "$KEY$KEY", "s3cret", "Basic ${KEY"}) {
    BOOST_TEST(
        stored({"f", "--auth", literal}, {}, literal) == (Words{"f", "--auth", "[redacted]"}),
        boost::test_tools::per_element());
    BOOST_TEST(stored({std::string("--auth=") + literal, "f"}, {}, literal) ==
                   (Words{"--auth=[redacted]", "f"}),
               boost::test_tools::per_element());
  }
  BOOST_TEST(stored({"max", "--auth", "x"}, {}, "x") == (Words{"max", "--auth", "[redacted]"}),
             boost::test_tools::per_element());
  BOOST_TEST(
      stored({"-H", "Cookie: a=b", "--header=x-api-key:k", "-qHAuthorization: Basic x", "-H",
              "X-Other: kept"},
             {"Cookie: a=b", "x-api-key:k", "Authorization: Basic x", "X-Other: kept"},
             std::nullopt) == (Words{"-H", "Cookie: [redacted]", "--header=x-api-key: [redacted]",
                                     "-qHAuthorization: [redacted]", "-H", "X-Other: kept"}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_was_redacted_must_be_given_again) {
  PlayArguments stored;
  stored.headers = {"Cookie: [redacted]", "X-Other: 1"};
  PlayArguments all = stored;
  PlayArguments given;
  BOOST_TEST(restore_secrets(all, given).error().message() ==
             "the value of the header Cookie was not stored: give it again (-H 'Cookie: ...')");
  given.headers = {"cookie: a=b"};
  all.headers.push_back(given.headers.front());
  BOOST_TEST(restore_secrets(all, given).ok());
  BOOST_TEST(all.headers == (Words{"X-Other: 1", "cookie: a=b"}), boost::test_tools::per_element());
  all.auth = "[redacted]";
  BOOST_TEST(restore_secrets(all, given).error().message() ==
             "the value of --auth was not stored: give it again");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::app
