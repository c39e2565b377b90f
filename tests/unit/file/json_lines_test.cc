// SPDX-License-Identifier: MIT
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "files.h"
#include "macaw/base/hash.h"
#include "support/temp_dir.h"

namespace macaw::replay {

namespace data = boost::unit_test::data;
using Headers = std::vector<Header>;
using Records = std::vector<Record>;

namespace {

Record only_record(const std::string& line) {
  const Loaded loaded = load_text(line);
  BOOST_REQUIRE_MESSAGE(loaded.error.empty(), loaded.error);
  BOOST_REQUIRE(loaded.records.size() == 1U);
  BOOST_REQUIRE((loaded.format == Format::kJsonLines));
  return loaded.records[0];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_lines_test)

BOOST_AUTO_TEST_CASE(every_field) {
  const Record record = only_record(
      R"({"method":"POST","url":"http://h:1/a?b","header":{"A":["1","2"],"B":"3","C":[]},)"
      R"("body":"AAECAw==","t":12.5,"name":"label","user":"u1","expect":{"status" : [200, "4xx"]},)"
      R"("call":"p.S/M","message":{"x":[1,{"y":"}"}]},"x-own":{"deep":[[[{}]]]}})");
  Record expected;
  expected.method = "POST";
  expected.url = "http://h:1/a?b";
  expected.headers = Headers{{"A", "1"}, {"A", "2"}, {"B", "3"}};
  expected.body = std::string("\0\1\2\3", 4);
  expected.time = Nanos(12'500'000'000);
  expected.name = "label";
  expected.user = "u1";
  expected.expect = R"({"status" : [200, "4xx"]})";
  expected.grpc_call = "p.S/M";
  expected.grpc_message = R"({"x":[1,{"y":"}"}]})";
  expected.line = 1;
  BOOST_TEST(record == expected);
}

BOOST_AUTO_TEST_CASE(defaults) {
  BOOST_TEST(only_record(R"({"url":"/"})") == get("/", 1));
  BOOST_TEST(only_record(R"( { "url" : "/" } )") == get("/", 1));
  BOOST_TEST(only_record(R"({"url":"/","body":null,"header":null})") == get("/", 1));
  BOOST_TEST(only_record(R"({"url":"/","header":{},"body":""})"
                         "\n")
                 .url == "/");
}

BOOST_AUTO_TEST_CASE(bodies) {
  BOOST_TEST(only_record(R"({"url":"/","text":"caf\u00e9 \"\\\n\u0000x"})").body ==
             std::string("caf\xc3\xa9 \"\\\n\0x", 11));
  BOOST_TEST(only_record(R"({"url":"/","body_file":"a/b.jpg"})").body_file == "a/b.jpg");
  BOOST_TEST(only_record(R"({"url":"/","text":"\ud83d\ude00"})").body == "\xf0\x9f\x98\x80");
}

BOOST_AUTO_TEST_CASE(expectations_and_messages_stay_as_they_are_written) {
  BOOST_TEST(only_record(R"({"url":"/","expect":"contains:\"\\\u00e9b"})").expect ==
             R"("contains:\"\\\u00e9b")");
  BOOST_TEST(only_record(R"({"expect": { "contains" : "\u00e9\"}" } ,"url":"/"})").expect ==
             R"({ "contains" : "\u00e9\"}" })");
  BOOST_TEST(only_record(R"({"call":"a.B/C","message":{"d":1.50,"e":"\/"}})").grpc_message ==
             R"({"d":1.50,"e":"\/"})");
  // Without a URL: a gRPC call may leave the host to --target.
  BOOST_TEST(only_record(R"({"call":"a.B/C"})").url == "");
}

struct Base64 {
  const char* text;
  const char* bytes;
};

constexpr Base64 kBase64[] = {{"", ""},
                              {"Zg==", "f"},
                              {"Zm8=", "fo"},
                              {"Zm9v", "foo"},
                              {"Zm9vYg==", "foob"},
                              {"Zm9vYmE=", "fooba"},
                              {"Zm9vYmFy", "foobar"},
                              {"+/+/", "\xfb\xff\xbf"}};

BOOST_AUTO_TEST_CASE(base64_of_rfc_4648) {
  for (const Base64& base64 : kBase64) {
    BOOST_TEST_CONTEXT(base64.text) {
      BOOST_TEST(only_record(R"({"url":"/","body":")" + std::string(base64.text) + "\"}").body ==
                 base64.bytes);
    }
  }
}

BOOST_AUTO_TEST_CASE(bad_base64_is_refused) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "====", "Z===", "Zm9v\\n",
                           " Zg==", "Zh==", "Zm9=", "Zm-v", "Zm_v", "Zg==Zg==", "=g=="}) {
    BOOST_TEST_CONTEXT(text) {
      const Loaded loaded = load_text(R"({"url":"/","body":")" + std::string(text) + "\"}");
      BOOST_TEST(loaded.error.starts_with("FILE:1:19: found '"));
      BOOST_TEST(
          loaded.error.ends_with("for 'body', expected base64 (plain text goes into 'text')"));
    }
  }
}

struct Time {
  const char* text;
  int64_t ns;
};

std::ostream& operator<<(std::ostream& out, const Time& time) {
  return out << time.text;
}

constexpr Time kTimes[] = {
    {"0", 0},
    {"-0", 0},
    {"0.0", 0},
    {"0e300", 0},
    {"1", 1'000'000'000},
    {"0.1", 100'000'000},
    {"0.123456789", 123'456'789},
    {"123456789.987654321", 123'456'789'987'654'321},
    {"1.5e3", 1'500'000'000'000},
    {"15E-1", 1'500'000'000},
    {"1e+2", 100'000'000'000},
    {"1e-9", 1},
    {"0.0000000005", 1},
    {"0.00000000049999999999999999999999999999999999", 0},
    {"0.30000000000000004", 300'000'000},
    {"1e-400", 0},
    {"1e-99999999999", 0},
    {"9223372036.854775807", INT64_MAX},
    {"0.000000000000000000000000000000000000000000001e45", 1'000'000'000},
    {"100000000000000000000000000000000000000000000e-44", 1'000'000'000},
};

BOOST_DATA_TEST_CASE(times_are_exact, data::make(kTimes), time) {
  const Record record = only_record(R"({"url":"/","t":)" + std::string(time.text) + "}");
  BOOST_REQUIRE(record.time.has_value());
  BOOST_TEST(record.time->count() == time.ns);
}

BOOST_DATA_TEST_CASE(times_out_of_range,
                     data::make({"-1", "-1e-9", "9223372036.854775808", "1e10",
                                 "99999999999999999999999999999999999999999999"}),
                     text) {
  const Loaded loaded = load_text(R"({"url":"/","t":)" + std::string(text) + "}");
  BOOST_TEST(loaded.error.starts_with("FILE:1:16: found '"));
  BOOST_TEST(loaded.error.ends_with("for 't', expected seconds from 0 to 9223372036"));
}

BOOST_AUTO_TEST_CASE(provenance_is_read_from_the_first_record) {
  const Loaded loaded =
      load_text(R"({"url":"/","x-macaw":{"version":1,"generator":"iris","rows":150}})"
                "\n"
                R"({"url":"/","x-macaw":["ignored"]})"
                "\n");
  BOOST_TEST(loaded.error == "");
  BOOST_REQUIRE(loaded.provenance.has_value());
  BOOST_TEST(loaded.provenance->version == 1);
  BOOST_TEST(loaded.provenance->get("generator") == "iris");
  BOOST_TEST(loaded.provenance->get("rows") == "150");
  BOOST_TEST(!load_text(R"({"url":"/"})").provenance.has_value());
}

BOOST_AUTO_TEST_CASE(vegeta_targets_load_unchanged) {
  // As vegeta's manual and its encoder write them.
  const Loaded loaded =
      load_text(R"({"method":"GET","url":"http://goku:9090/path/to/dragon?item=ball","body":null,)"
                R"("header":{"X-Account-ID":["99"]}})"
                "\n"
                R"({"method":"POST","url":"http://goku:9090/things","body":"eyJhIjoxfQ==",)"
                R"("header":{"Content-Type":["text/plain","b"]}})");
  BOOST_TEST(loaded.error == "");
  Record first = get("http://goku:9090/path/to/dragon?item=ball", 1);
  first.headers = {{"X-Account-ID", "99"}};
  Record second = get("http://goku:9090/things", 2);
  second.method = "POST";
  second.body = R"({"a":1})";
  second.headers = {{"Content-Type", "text/plain"}, {"Content-Type", "b"}};
  BOOST_TEST(loaded.records == (Records{first, second}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(frames_around_the_lines) {
  const std::string text = "\xef\xbb\xbf\n  \r\n{\"url\":\"/a\"}\r\n\n{\"url\":\"/b\"}";
  const Loaded loaded = load_text(text);
  BOOST_TEST(loaded.error == "");
  BOOST_TEST(loaded.records == (Records{get("/a", 3), get("/b", 5)}),
             boost::test_tools::per_element());
  BOOST_TEST(loaded.sha256 == sha256_hex(text));
}

BOOST_AUTO_TEST_CASE(nothing_of_a_record_stays_for_the_next) {
  const Loaded loaded =
      load_text(R"({"url":"/a","method":"PUT","header":{"A":["1","2","3"]},"text":"x","name":"n",)"
                R"("user":"u","expect":"none","call":"c/d","message":{}})"
                "\n"
                R"({"url":"/b","header":{"B":"1"}})"
                "\n"
                R"({"url":"/c"})");
  BOOST_REQUIRE(loaded.records.size() == 3U);
  BOOST_TEST(loaded.records[1].headers.size() == 1U);
  BOOST_TEST(loaded.records[2] == get("/c", 3));
}

BOOST_AUTO_TEST_CASE(deep_nesting_is_no_danger) {
  constexpr size_t kDepth = 2'000'000;
  const std::string deep =
      R"({"url":"/","x-deep":)" + std::string(kDepth, '[') + std::string(kDepth, ']') + "}";
  BOOST_TEST(load_text(deep).error == "");
  const std::string open = R"({"url":"/","x-deep":)" + std::string(kDepth, '[');
  BOOST_TEST(load_text(open).error.starts_with("FILE:1:"));
}

BOOST_AUTO_TEST_CASE(equal_times_are_fine) {
  const Loaded loaded = load_text("{\"url\":\"/\",\"t\":1}\n{\"url\":\"/\",\"t\":1.0}\n");
  BOOST_TEST(loaded.error == "");
  BOOST_TEST(loaded.records.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay
