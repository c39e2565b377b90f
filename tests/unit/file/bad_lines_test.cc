// SPDX-License-Identifier: MIT
//
// What a person reads about each kind of bad line, word for word.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <string>

#include "files.h"

namespace macaw::replay {

namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(bad_lines_test)

struct Bad {
  const char* name;
  std::string text;
  const char* error;
};

std::ostream& operator<<(std::ostream& out, const Bad& bad) {
  return out << bad.name;
}

const Bad kUrlLists[] = {
    {"no scheme", "/a\nexample.com/a\n",
     "FILE:2:1: found 'example.com/a', expected 'http://host/path' or '/path'"},
    {"https without a host", "https:///a\n", "FILE:1:9: found no host, expected one"},
    {"https on a bad port after a good line of the same host", "https://h/a\nhttps://h:0/a\n",
     "FILE:2:11: found '0', expected a port from 1 to 65535"},
    {"another scheme", "ftp://h/a\n",
     "FILE:1:1: found 'ftp://h/a', expected 'http://host/path' or '/path'"},
    {"blank inside", "/a\n\nhttp://h/a b\n",
     "FILE:3:11: found a blank (' '), expected a URL without any"},
    {"blank at the end", "/a \n", "FILE:1:3: found a blank (' '), expected a URL without any"},
    {"blank at the beginning", " /a\n",
     "FILE:1:1: found a blank (' '), expected a URL without any"},
    {"tab", "/a\tb\n", "FILE:1:3: found a blank ('\\x09'), expected a URL without any"},
    {"NUL", std::string("/a\0b\n", 5),
     "FILE:1:3: found a control character ('\\x00'), expected a URL without any"},
    {"stray CR", "/a\rb\n",
     "FILE:1:3: found a control character ('\\x0d'), expected a URL without any"},
    {"CR at the end of the file", "/a\r",
     "FILE:1:3: found a control character ('\\x0d'), expected a URL without any"},
    {"DEL", "/a\x7f\n",
     "FILE:1:3: found a control character ('\\x7f'), expected a URL without any"},
    {"no host", "http:///a\n", "FILE:1:8: found no host, expected one"},
    {"bad port", "http://h:99999/a\n", "FILE:1:10: found '99999', expected a port from 1 to 65535"},
    {"bad port after a good line of the same host", "http://h/a\nhttp://h:99999/a\n",
     "FILE:2:10: found '99999', expected a port from 1 to 65535"},
    {"user info after a good line that begins alike", "http://h/a\nhttp://h@x/a\n",
     "FILE:2:9: found user info ('@'), expected a host: send credentials with a header"},
    {"user info", "http://me:pw@h/a\n",
     "FILE:1:13: found user info ('@'), expected a host: send credentials with a header"},
    {"byte order mark moves the column", "\xef\xbb\xbf/a b\n",
     "FILE:1:6: found a blank (' '), expected a URL without any"},
    {"byte order mark inside", "/a\n\xef\xbb\xbf/b\n",
     "FILE:2:1: found '\\xef\\xbb\\xbf/b', expected 'http://host/path' or '/path'"},
    {"JSON after URLs", "/a\n{\"url\":\"/b\"}\n",
     "FILE:2:1: found '{\"url\":\"/b\"}', expected 'http://host/path' or '/path'"},
    {"newer version", "#macaw/2;generator=x\n/a\n",
     "FILE:1:8: found replay format version 2, expected at most 1: a newer macaw wrote this file"},
    {"much newer version", "#macaw/99999999999999999999\n/a\n",
     "FILE:1:8: found replay format version 99999999999999999999, expected at most 1: a newer "
     "macaw wrote this file"},
    {"newer version later", "/a\n#macaw/7\n",
     "FILE:2:8: found replay format version 7, expected at most 1: a newer macaw wrote this file"},
    {"no version", "#macaw/;a=b\n", "FILE:1:8: found '', expected the format's version (1)"},
    {"version 0", "#macaw/0\n", "FILE:1:8: found '0', expected the format's version (1)"},
    {"version with a word", "#macaw/1b;a=b\n",
     "FILE:1:8: found '1b', expected the format's version (1)"},
    {"field without a value", "#macaw/1;generator\n",
     "FILE:1:10: found 'generator', expected key=value"},
    {"bad provenance key", "#macaw/1;a=1;Users=5\n",
     "FILE:1:14: found provenance key 'Users', expected a word of a-z, 0-9, '-' and '_'"},
    {"bad provenance value", "#macaw/1;a=b c\n",
     "FILE:1:12: found provenance value 'b c', expected characters of a URI fragment other than "
     "';' and '='"},
    {"equals in a provenance value", "#macaw/1;a=b=c\n",
     "FILE:1:12: found provenance value 'b=c', expected characters of a URI fragment other than "
     "';' and '='"},
    {"provenance key twice", "#macaw/1;a=b;a=c\n",
     "FILE:1:14: found key 'a' a second time, expected it once"},
    {"empty provenance field", "#macaw/1;;a=b\n", "FILE:1:10: found '', expected key=value"},
};

const Bad kJsonLines[] = {
    {"unknown key", R"({"url":"/","methd":"GET"})",
     "FILE:1:12: found key 'methd', expected one of method, url, header, body, text, body_file, t, "
     "name, user, expect, call, message, or a key of your own that begins with x-"},
    {"unknown long key", R"({"an unknown key that is far too long to show":1})",
     "FILE:1:2: found key 'an unknown key that is far too long to s...', expected one of method, "
     "url, header, body, text, body_file, t, name, user, expect, call, message, or a key of your "
     "own that begins with x-"},
    {"key twice", R"({"url":"/","url":"/"})",
     "FILE:1:12: found key 'url' a second time, expected it once"},
    {"escaped key twice", R"({"url":"/","\u0075rl":"/"})",
     "FILE:1:12: found key 'url' a second time, expected it once"},
    {"no url", R"({"method":"GET"})", "FILE:1:1: found no 'url', expected one (or 'call')"},
    {"empty object", "{}", "FILE:1:1: found no 'url', expected one (or 'call')"},
    {"message without call", R"({"url":"/","message":{}})",
     "FILE:1:1: found 'message' without 'call', expected both"},
    {"url is a number", R"({"url":17})",
     "FILE:1:8: found number '17' for 'url', expected a string"},
    {"url is null", R"({"url":null})", "FILE:1:8: found null for 'url', expected a string"},
    {"url is true", R"({"url":true})", "FILE:1:8: found true for 'url', expected a string"},
    {"url is false", R"({ "url" : false})", "FILE:1:11: found false for 'url', expected a string"},
    {"url is an object", R"({"url":{"a":1}})",
     "FILE:1:8: found an object for 'url', expected a string"},
    {"url is an array", R"({"url":["/"]})",
     "FILE:1:8: found an array for 'url', expected a string"},
    {"bad url", R"({"url":"http://h/a b"})",
     "FILE:1:19: found a blank (' '), expected a URL without any"},
    {"empty url", R"({"url":""})", "FILE:1:9: found nothing, expected a URL or a path"},
    {"https with user info", R"({"url":"https://me@h/"})",
     "FILE:1:19: found user info ('@'), expected a host: send credentials with a header"},
    {"bad method", R"({"url":"/","method":"GE T"})",
     "FILE:1:21: found method 'GE T', expected a word such as GET"},
    {"empty method", R"({"url":"/","method":""})",
     "FILE:1:21: found method '', expected a word such as GET"},
    {"header is a string", R"({"url":"/","header":"A: b"})",
     "FILE:1:21: found a string for 'header', expected an object of header names and values"},
    {"header is an array", R"({"url":"/","header":[]})",
     "FILE:1:21: found an array for 'header', expected an object of header names and values"},
    {"header value is a number", R"({"url":"/","header":{"A":1}})",
     "FILE:1:26: found number '1' for header 'A', expected a string or an array of strings"},
    {"header value is an object", R"({"url":"/","header":{"A":{}}})",
     "FILE:1:26: found an object for header 'A', expected a string or an array of strings"},
    {"header value in an array is null", R"({"url":"/","header":{"A":["x",null]}})",
     "FILE:1:31: found null among the values of header 'A', expected a string"},
    {"array in a header array", R"({"url":"/","header":{"A":[[]]}})",
     "FILE:1:27: found an array among the values of header 'A', expected a string"},
    {"header twice", R"({"url":"/","header":{"A":"1","A":"2"}})",
     "FILE:1:30: found header 'A' a second time, expected one array of its values"},
    {"bad header name", R"({"url":"/","header":{"A b":"1"}})",
     "FILE:1:22: found header name 'A b', expected letters, digits and !#$%&'*+-.^_`|~"},
    {"empty header name", R"({"url":"/","header":{"":"1"}})",
     "FILE:1:22: found header name '', expected letters, digits and !#$%&'*+-.^_`|~"},
    {"line break in a header", R"({"url":"/","header":{"A":"1\r\nB: 2"}})",
     "FILE:1:26: found '1\\x0d\\x0aB: 2' for header 'A', expected no control characters"},
    {"body is not base64", R"({"url":"/","body":"{\"a\":1}"})",
     "FILE:1:19: found '{\"a\":1}' for 'body', expected base64 (plain text goes into 'text')"},
    {"body is an object", R"({"url":"/","body":{"a":1}})",
     "FILE:1:19: found an object for 'body', expected a string"},
    {"body and text", R"({"url":"/","body":"","text":""})",
     "FILE:1:22: found 'text' beside another body, expected at most one of body, text and "
     "body_file"},
    {"text and body_file", R"({"url":"/","text":"","body_file":"a"})",
     "FILE:1:22: found 'body_file' beside another body, expected at most one of body, text and "
     "body_file"},
    {"empty body_file", R"({"url":"/","body_file":""})",
     "FILE:1:24: found '' for 'body_file', expected a file name"},
    {"t is a string", R"({"url":"/","t":"1"})",
     "FILE:1:16: found a string for 't', expected a number of seconds"},
    {"t is negative", R"({"url":"/","t":-0.5})",
     "FILE:1:16: found '-0.5' for 't', expected seconds from 0 to 9223372036"},
    {"user is a number", R"({"url":"/","user":7})",
     "FILE:1:19: found number '7' for 'user', expected a string"},
    {"control character in a name", R"({"url":"/","name":"a\u0007"})",
     "FILE:1:19: found 'a\\x07' for 'name', expected no control characters"},
    {"two hosts", R"({"url":"/","header":{"Host":"a","X":"1","host":"b"}})",
     "FILE:1:48: found a second Host, expected one: a request has one"},
    {"two hosts in an array", R"({"url":"/","header":{"Host":["a","b"]}})",
     "FILE:1:34: found a second Host, expected one: a request has one"},
    {"expect is a number", R"({"url":"/","expect":200})",
     "FILE:1:21: found number '200' for 'expect', expected a string or an object"},
    {"message is a string", R"({"call":"a.B/C","message":"x"})",
     "FILE:1:27: found a string for 'message', expected an object"},
    {"blank call", R"({"call":"a b"})",
     "FILE:1:9: found 'a b' for 'call', expected package.Service/Method"},
    {"times go backwards", "{\"url\":\"/\",\"t\":2}\n{\"url\":\"/\", \"t\":1.999999999}",
     "FILE:2:13: found t=1.999999999 after t=2, expected times that do not go backwards (or "
     "--sort)"},
    {"time missing", "{\"url\":\"/\",\"t\":2}\n\n{\"url\":\"/\"}",
     "FILE:3:1: found no 't', expected one: the records before have it"},
    {"time after none", "{\"url\":\"/\"}\n{\"url\":\"/\",\"t\":2}",
     "FILE:2:12: found 't', expected none: the records before have none"},
    {"x-macaw is a string", R"({"url":"/","x-macaw":"1"})",
     "FILE:1:22: found a string for 'x-macaw', expected an object"},
    {"x-macaw holds an array", R"({"url":"/","x-macaw":{"a":[]}})",
     "FILE:1:27: found an array for provenance key 'a', expected a string or a number"},
    {"x-macaw of a newer version", R"({"url":"/","x-macaw":{"version":2}})",
     "FILE:1:33: found replay format version 2, expected at most 1: a newer macaw wrote this file"},
    {"x-macaw version is a word", R"({"url":"/","x-macaw":{"version":"one"}})",
     "FILE:1:34: found 'one', expected the format's version (1)"},
    {"x-macaw key", R"({"url":"/","x-macaw":{"Key":"1"}})",
     "FILE:1:23: found provenance key 'Key', expected a word of a-z, 0-9, '-' and '_'"},
    {"x-macaw value", R"({"url":"/","x-macaw":{"key":"a;b"}})",
     "FILE:1:29: found provenance value 'a;b', expected characters of a URI fragment other than "
     "';' and '='"},
    {"x-macaw key twice", R"({"url":"/","x-macaw":{"key":"","key":""}})",
     "FILE:1:32: found key 'key' a second time, expected it once"},
    {"two objects", R"({"url":"/"}{"url":"/"})",
     "FILE:1:12: found bad JSON: the document root must not be followed by other values"},
    {"object over two lines", "{\"url\":\n\"/\"}", "FILE:1:8: found bad JSON: invalid value"},
    {"missing comma", R"({"url":"/" "t":1})",
     "FILE:1:12: found bad JSON: missing a comma or '}' after an object member"},
    {"trailing comma", R"({"url":"/",})",
     "FILE:1:12: found bad JSON: missing a name for object member"},
    {"single quotes", R"({'url':'/'})",
     "FILE:1:2: found bad JSON: missing a name for object member"},
    {"open string", R"({"url":"/)",
     "FILE:1:10: found bad JSON: missing a closing quotation mark in string"},
    {"bad escape", R"({"url":"\x"})",
     "FILE:1:9: found bad JSON: invalid escape character in string"},
    {"lone surrogate", R"({"url":"/","text":"\ud83d"})",
     "FILE:1:20: found bad JSON: the surrogate pair in string is invalid"},
    {"UTF-8 cut off at the end of the line", "{\"url\":\"/" + std::string(60, 'x') + "\xf0",
     "FILE:1:70: found bad JSON: invalid encoding in string"},
    {"lone second surrogate", R"({"url":"/","text":"a\udc00"})",
     "FILE:1:19: found bad JSON: the surrogate pair in string is invalid"},
    {"not UTF-8", "{\"url\":\"/\",\"text\":\"caf\xe9\"}",
     "FILE:1:23: found bad JSON: invalid encoding in string"},
    {"bad number", R"({"url":"/","t":01})",
     "FILE:1:17: found bad JSON: missing a comma or '}' after an object member"},
    {"number beyond double", R"({"url":"/","t":1e400})",
     "FILE:1:16: found bad JSON: number too big to be stored in double"},
    {"NUL", std::string("{\"url\":\"/\"}\0junk", 16),
     "FILE:1:12: found a NUL byte, expected JSON text"},
    {"URL after JSON", "{\"url\":\"/\"}\n/a\n",
     "FILE:2:1: found '/a', expected a JSON object, as the file begins with"},
    {"comment after JSON", "{\"url\":\"/\"}\n# a\n",
     "FILE:2:1: found '# a', expected a JSON object, as the file begins with"},
    {"array after JSON", "{\"url\":\"/\"}\n[]\n",
     "FILE:2:1: found '[]', expected a JSON object, as the file begins with"},
    {"string after JSON", "{\"url\":\"/\"}\n\"x\"\n",
     "FILE:2:1: found '\"x\"', expected a JSON object, as the file begins with"},
};

BOOST_DATA_TEST_CASE(url_lists, data::make(kUrlLists), bad) {
  BOOST_TEST(load_text(bad.text).error == bad.error);
}

BOOST_DATA_TEST_CASE(json_lines, data::make(kJsonLines), bad) {
  BOOST_TEST(load_text(bad.text).error == bad.error);
}

BOOST_AUTO_TEST_CASE(a_line_beyond_the_limit) {
  std::string text = "/a\n/";
  text.append((size_t{64} << 20) + 1, 'x');
  BOOST_TEST(load_text(text).error ==
             "FILE:2: found a line of more than 67,108,864 bytes, expected a text file");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay
