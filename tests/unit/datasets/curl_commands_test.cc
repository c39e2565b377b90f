// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "../../../datasets/shell_words.h"
#include "support/temp_dir.h"
#include "web_text.h"

namespace macaw {

namespace {

/// Knows the files "f" and "n" only.
std::vector<std::string> commands_of(std::string_view text) {
  datasets::NamedFiles files([](const std::string& name) -> Result<std::string> {
    if (name == "f") {
      return std::string("a b\r\nc\n");
    }
    return errorf("{}: no such file", name);
  });
  std::vector<std::string> items;
  for (const auto& each : datasets::parse_curl_commands(text, files)) {
    items.push_back(each.unusable ? "UNUSABLE " + test::finding_text(*each.unusable)
                                  : test::web_text(each.request));
  }
  return items;
}

void check_command(std::string_view text, const std::string& expected) {
  test::check_items(commands_of(text), {expected});
}

/// "a|b c" for words, with '!' before the reason why they cannot be used.
std::string words_of(std::string_view text) {
  std::string all;
  for (const auto& command : datasets::split_shell_commands(text)) {
    all += all.empty() ? "" : " ; ";
    for (const auto& word : command.words) {
      all += &word == &command.words.front() ? "" : "|";
      all += word.text;
    }
    all += command.unusable ? "!" + command.unusable->reason : "";
  }
  return all;
}

const std::string kForm = "[Content-Type: application/x-www-form-urlencoded]";

}  // namespace

BOOST_AUTO_TEST_SUITE(curl_commands_test)

BOOST_AUTO_TEST_CASE(words_as_a_shell_splits_them) {
  BOOST_TEST(words_of("a 'b c'\"d \"e\\ f  ''") == "a|b cd e f|");
  BOOST_TEST(words_of("a \\\n b\\\nc # note\nd; e & f && g") == "a|bc ; d ; e ; f ; g");
  BOOST_TEST(words_of(R"("a\"b\\c\$d\e" 'x\y')") == R"(a"b\c$d\e|x\y)");
  BOOST_TEST(words_of(R"($'a\'b\n\x41\u0021\\\101\q')") == "a'b\nA!\\A\\q");
  BOOST_TEST(words_of(R"($'\u00e4\ud83e\udd9c' x)") == "\xc3\xa4\xf0\x9f\xa6\x9c|x");
  BOOST_TEST(words_of("a#b 'it'\\''s' \"5 $ a\"") == "a#b|it's|5 $ a");
  BOOST_TEST(words_of("") == "");
  BOOST_TEST(words_of(" ;;\n& # only\n") == "");
}

BOOST_AUTO_TEST_CASE(what_only_a_running_shell_knows) {
  for (const char* text : {"curl $URL", "curl \"a$b\"", "curl `date`", "curl \"$(date)\"",
                           "curl a | jq", "curl a > out", "(curl a)"}) {
    BOOST_TEST(words_of(text).find("!a shell's own work in the command") != std::string::npos,
               text);
  }
  for (const char* text : {"curl 'a", "curl \"a", "curl $'a", "curl $'a\\'"}) {
    BOOST_TEST(words_of(text).ends_with("!a quote without its end"), text);
  }
  const auto cmd = commands_of("curl ^\"http://a/^\" ^\n  -H ^\"A: b^\"");
  BOOST_TEST_REQUIRE(!cmd.empty());
  BOOST_TEST(cmd[0] ==
             "UNUSABLE 1:6 a command for another shell: found ^\" (cmd of Windows), "
             "expected the browser's 'Copy as cURL (bash)'");
}

BOOST_AUTO_TEST_CASE(as_a_browser_copies_it) {
  test::check_items(
      commands_of("curl 'https://shop.example/cart?id=7' \\\n"
                  "  -X 'PUT' \\\n"
                  "  -H 'accept: */*' \\\n"
                  "  -H 'content-type: application/json' \\\n"
                  "  -b 'sid=1; theme=dark' \\\n"
                  "  --data-raw $'{\"name\":\"O\\'Neill\\u0021\"}' \\\n"
                  "  --compressed \\\n"
                  "  --insecure ;\n"
                  "curl 'https://shop.example/a\\[0\\]' -H 'X-Empty;' -H 'Accept:'\n"),
      {"1:1 PUT https://shop.example/cart?id=7 [accept: */*] [content-type: application/json] "
       "[Cookie: sid=1; theme=dark] {{\"name\":\"O'Neill!\"}}",
       "9:1 GET https://shop.example/a[0] [X-Empty: ]"});
}

BOOST_AUTO_TEST_CASE(data_in_all_forms) {
  check_command("curl a.example -d x=1 --data 'y=2'",
                "1:1 POST http://a.example " + kForm + " {x=1&y=2}");
  check_command("curl http://a/ -d @f", "1:1 POST http://a/ " + kForm + " {a bc}");
  check_command("curl http://a/ --data-binary @f", "1:1 POST http://a/ " + kForm + " {a b\r\nc\n}");
  check_command("curl http://a/ --data-raw @f", "1:1 POST http://a/ " + kForm + " {@f}");
  check_command(
      "curl http://a/ --data-urlencode 'q=a b&' --data-urlencode '=x=y' "
      "--data-urlencode 'r@f'",
      "1:1 POST http://a/ " + kForm + " {q=a%20b%26&x%3Dy&r=a%20b%0D%0Ac%0A}");
  check_command("curl http://a/ --json '{\"a\":' --json '1}'",
                "1:1 POST http://a/ [Content-Type: application/json] [Accept: application/json] "
                "{{\"a\":1}}");
  check_command("curl -G http://a/p#f -d x=1 -d y", "1:1 GET http://a/p?x=1&y#f");
  check_command("curl -G 'http://a/p?z' -d x=1", "1:1 GET http://a/p?z&x=1");
  check_command("curl http://a/ -d @g",
                "UNUSABLE 1:19 a data file that cannot be read: g: no such "
                "file");
  check_command("curl http://a/ -d @-",
                "UNUSABLE 1:19 a data file that cannot be read: '-' is "
                "stdin, which the command line does not hold");
}

BOOST_AUTO_TEST_CASE(other_options) {
  check_command("$ curl -sSLu me:secret -XPATCH --url a.example/x -A agent -e from",
                "1:1 PATCH http://a.example/x [Authorization: Basic bWU6c2VjcmV0] "
                "[User-Agent: agent] [Referer: from]");
  check_command("curl -I -o /dev/null -w '%{http_code}' -- http://a/", "1:1 HEAD http://a/");
  check_command("/usr/bin/curl -g 'http://[::1]:80/{a}'", "1:1 GET http://[::1]:80/{a}");
  check_command("curl 'http://[::1]/x'", "1:1 GET http://[::1]/x");
  check_command("curl 'a.example/?u=http://b/'", "1:1 GET http://a.example/?u=http://b/");
  test::check_items(commands_of("curl -H 'A: 1' http://a/ http://b/"),
                    {"1:1 GET http://a/ [A: 1]", "1:1 GET http://b/ [A: 1]"});
}

BOOST_AUTO_TEST_CASE(what_cannot_be_followed_is_named) {
  check_command("curl --brotli-me http://a/",
                "UNUSABLE 1:6 curl option '--brotli-me', which is not known here");
  check_command("curl -sQ http://a/", "UNUSABLE 1:6 curl option '-Q', which is not known here");
  check_command("curl -F a=b http://a/",
                "UNUSABLE 1:6 curl option '-F', which cannot be followed here");
  check_command("curl http://a/ -H", "UNUSABLE 1:16 a curl option without its value: found '-H'");
  check_command("curl http://a/ -H nothing",
                "UNUSABLE 1:19 a header that is none: found 'nothing', "
                "expected 'Name: value'");
  check_command("curl -b jar.txt http://a/",
                "UNUSABLE 1:9 a cookie file: found 'jar.txt', expected name=value");
  check_command("curl 'http://a/{b,c}'",
                "UNUSABLE 1:6 a URL that curl makes several of: found "
                "'http://a/{b,c}', expected no unescaped []{}");
  check_command("wget http://a/", "UNUSABLE 1:1 no curl command: found 'wget', expected curl");
  check_command("curl -s", "UNUSABLE 1:1 no URL in the command");
  // The next command is not touched by it.
  test::check_items(
      commands_of("curl -F a=b http://a/\ncurl b"),
      {"UNUSABLE 1:6 curl option '-F', which cannot be followed here", "2:1 GET http://b"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
