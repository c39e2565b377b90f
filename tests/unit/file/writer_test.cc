// SPDX-License-Identifier: MIT
#include "macaw/replay/file/writer.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <functional>

#include "files.h"
#include "support/temp_dir.h"

namespace macaw::replay {

namespace data = boost::unit_test::data;
using test::TempDir;

namespace {

Provenance provenance() {
  return {.version = 1, .fields = {{"generator", "test"}, {"seed", "1"}}};
}

std::string written(Format format, const std::vector<Record>& records) {
  const TempDir dir;
  auto writer = Writer::create(dir / "out", format, provenance());
  BOOST_REQUIRE(writer.ok());
  for (const Record& record : records) {
    const Status status = writer->write(record);
    BOOST_REQUIRE_MESSAGE(status.ok(), (status.ok() ? "" : status.error().message()));
  }
  BOOST_TEST(writer->records_written() == records.size());
  BOOST_REQUIRE(writer->commit().ok());
  return dir.read("out");
}

/// The error without its path.
std::string refusal(Format format, const std::vector<Record>& records) {
  const TempDir dir;
  auto writer = Writer::create(dir / "out", format, provenance());
  BOOST_REQUIRE(writer.ok());
  for (const Record& record : records) {
    const Status status = writer->write(record);
    if (!status.ok()) {
      const std::string prefix = dir / "out: ";
      BOOST_REQUIRE(status.error().message().starts_with(prefix));
      return status.error().message().substr(prefix.size());
    }
  }
  return "";
}

Record changed(const std::function<void(Record&)>& change) {
  Record record = get("/a", 0);
  change(record);
  return record;
}

struct Refused {
  const char* name;
  std::function<void(Record&)> change;
  const char* error;
};

std::ostream& operator<<(std::ostream& out, const Refused& refused) {
  return out << refused.name;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(writer_test)

BOOST_AUTO_TEST_CASE(a_url_list) {
  BOOST_TEST(written(Format::kUrlList, {get("http://h/a?b", 0), get("/c", 0)}) ==
             "#macaw/1;generator=test;seed=1\nhttp://h/a?b\n/c\n");
  BOOST_TEST(written(Format::kUrlList, {}) == "#macaw/1;generator=test;seed=1\n");
}

BOOST_AUTO_TEST_CASE(json_lines) {
  Record full = get("http://h/a", 0);
  full.method = "POST";
  full.headers = {{"A", "1"}, {"B", "\"\\"}, {"A", "2"}};
  full.body = std::string("\0\xff", 2);
  full.time = Nanos(1'500'000'001);
  full.name = "caf\xc3\xa9";
  full.user = "u";
  full.expect = R"({"status":200})";
  full.grpc_call = "a.B/C";
  full.grpc_message = "{}";
  Record file = get("/b", 0);
  file.method = "PUT";
  file.body_file = "a.jpg";
  file.time = Nanos(2'000'000'000);
  BOOST_TEST(
      written(Format::kJsonLines, {full, file}) ==
      R"({"t":1.500000001,"method":"POST","url":"http://h/a",)"
      R"("header":{"A":["1","2"],"B":["\"\\"]},)"
      "\"body\":\"AP8=\",\"name\":\"caf\xc3\xa9\",\"user\":\"u\",\"expect\":{\"status\":200},"
      R"("call":"a.B/C","message":{},"x-macaw":{"version":1,"generator":"test","seed":"1"}})"
      "\n"
      R"({"t":2,"method":"PUT","url":"/b","body_file":"a.jpg"})"
      "\n");
  BOOST_TEST(written(Format::kJsonLines, {}) == "");
}

const Refused kBeyondUrlLists[] = {
    {"method", [](Record& r) { r.method = "POST"; }, "a method other than GET"},
    {"header",
     [](Record& r) {
       r.headers = {{"A", "b"}};
     },
     "headers"},
    {"body", [](Record& r) { r.body = "x"; }, "a body"},
    {"body_file", [](Record& r) { r.body_file = "x"; }, "a body"},
    {"time", [](Record& r) { r.time = Nanos(0); }, "a time"},
    {"name", [](Record& r) { r.name = "x"; }, "a name"},
    {"user", [](Record& r) { r.user = "x"; }, "a user"},
    {"expect", [](Record& r) { r.expect = "\"x\""; }, "an expectation"},
    {"call", [](Record& r) { r.grpc_call = "x/y"; }, "a gRPC call"},
};

BOOST_DATA_TEST_CASE(what_a_url_list_cannot_hold, data::make(kBeyondUrlLists), refused) {
  const Record record = changed(refused.change);
  BOOST_TEST(refusal(Format::kUrlList, {get("/a", 0), record}) ==
             "cannot write record 2: a URL list cannot hold " + std::string(refused.error) +
                 " (JSON lines can)");
}

const Refused kBad[] = {
    {"empty URL", [](Record& r) { r.url = ""; },
     "found nothing, expected a URL or a path (at byte 1 of the URL)"},
    {"blank", [](Record& r) { r.url = "/a b"; },
     "found a blank (' '), expected a URL without any (at byte 3 of the URL)"},
    {"newline", [](Record& r) { r.url = "/a\nb"; },
     "found a control character ('\\x0a'), expected a URL without any (at byte 3 of the URL)"},
    {"https without a host", [](Record& r) { r.url = "https:///"; },
     "found no host, expected one (at byte 9 of the URL)"},
    {"comment", [](Record& r) { r.url = "#macaw/1"; },
     "found '#macaw/1', expected 'http://host/path' or '/path' (at byte 1 of the URL)"},
};

BOOST_DATA_TEST_CASE(what_neither_format_can_hold, data::make(kBad), refused) {
  for (const Format format : {Format::kUrlList, Format::kJsonLines}) {
    BOOST_TEST(refusal(format, {changed(refused.change)}) ==
               "cannot write record 1: " + std::string(refused.error));
  }
}

const Refused kBeyondJson[] = {
    {"method", [](Record& r) { r.method = "A B"; },
     "found method 'A B', expected a word such as GET"},
    {"header name",
     [](Record& r) {
       r.headers = {{"A:", "b"}};
     },
     "found header 'A:' with value 'b', expected a header without control characters"},
    {"header value",
     [](Record& r) {
       r.headers = {{"A", "b\n"}};
     },
     "found header 'A' with value 'b\\x0a', expected a header without control characters"},
    {"two bodies", [](Record& r) { r.body = r.body_file = "x"; },
     "found a body and a body_file, expected one of them"},
    {"name", [](Record& r) { r.name = "\x01"; }, "found '\\x01', expected no control characters"},
    {"call", [](Record& r) { r.grpc_call = "a b"; },
     "found call 'a b', expected package.Service/Method"},
    {"message", [](Record& r) { r.grpc_message = "{}"; },
     "found a gRPC message without a call, expected both"},
    {"no JSON", [](Record& r) { r.expect = "{status:200}"; },
     "found '{status:200}' for 'expect', expected a JSON object or string on one line"},
    {"two lines", [](Record& r) { r.expect = "{\n}"; },
     "found '{\\x0a}' for 'expect', expected a JSON object or string on one line"},
    {"more after it", [](Record& r) { r.expect = "{},\"url\":\"x\""; },
     "found '{},\"url\":\"x\"' for 'expect', expected a JSON object or string on one line"},
    {"message is a string",
     [](Record& r) {
       r.grpc_call = "a/b";
       r.grpc_message = "\"x\"";
     },
     "found '\"x\"' for 'message', expected a JSON object on one line"},
    {"not UTF-8", [](Record& r) { r.url = "/caf\xe9"; },
     "found bytes that are not UTF-8, which JSON cannot hold"},
    {"UTF-8 cut off, in a text that fills its memory",
     [](Record& r) { r.url = "/" + std::string(60, 'x') + "\xf0\x9f"; },
     "found bytes that are not UTF-8, which JSON cannot hold"},
    {"JSON cut off within UTF-8",
     [](Record& r) { r.expect = "\"" + std::string(60, 'x') + "\xe8"; },
     "found '\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' for 'expect', expected a JSON object "
     "or string on one line"},
    {"time before 0", [](Record& r) { r.time = Nanos(-1); }, "found a time before 0"},
};

BOOST_DATA_TEST_CASE(what_json_lines_cannot_hold, data::make(kBeyondJson), refused) {
  BOOST_TEST(refusal(Format::kJsonLines, {changed(refused.change)}) ==
             "cannot write record 1: " + std::string(refused.error));
}

BOOST_AUTO_TEST_CASE(times_that_a_reader_would_refuse) {
  const auto at = [](int64_t ns) { return changed([ns](Record& r) { r.time = Nanos(ns); }); };
  BOOST_TEST(
      refusal(Format::kJsonLines, {at(5), at(5), at(4)}) ==
      "cannot write record 3: found an earlier time than the record's before, expected times "
      "that do not go backwards");
  const char* const mixed =
      "cannot write record 2: found records with and without a time, expected it in all or in none";
  BOOST_TEST(refusal(Format::kJsonLines, {at(5), get("/a", 0)}) == mixed);
  BOOST_TEST(refusal(Format::kJsonLines, {get("/a", 0), at(5)}) == mixed);
}

BOOST_AUTO_TEST_CASE(bad_provenance_is_refused_before_a_file_appears) {
  const TempDir dir;
  const auto message = [&dir](std::string key, std::string value) {
    return Writer::create(dir / "out", Format::kUrlList,
                          {.fields = {{std::move(key), std::move(value)}}})
        .error()
        .message();
  };
  BOOST_TEST(message("Key", "1").starts_with("found provenance key 'Key', expected"));
  BOOST_TEST(message("key", "a b").starts_with("found provenance value 'a b', expected"));
  BOOST_TEST(message("version", "1").starts_with("found provenance key 'version'"));
  BOOST_TEST(dir.names().empty());
}

BOOST_AUTO_TEST_CASE(formats_by_name) {
  BOOST_TEST((*parse_format("txt") == Format::kUrlList));
  BOOST_TEST((*parse_format("jsonl") == Format::kJsonLines));
  BOOST_TEST(parse_format("json").error().message() ==
             "found format 'json', expected txt or jsonl");
  for (const char* path : {"a.jsonl", "a.jsonl.gz", "d/a.jsonl.zst"}) {
    BOOST_TEST((format_of_path(path) == Format::kJsonLines));
  }
  for (const char* path :
       {"a.txt", "a", "-", "a.jsonl.txt", "a.jsonl.gz.gz", "jsonl", "a.txt.zst"}) {
    BOOST_TEST((format_of_path(path) == Format::kUrlList));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay
