// SPDX-License-Identifier: MIT
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "files.h"
#include "macaw/base/hash.h"
#include "macaw/io/output_file.h"
#include "support/temp_dir.h"

namespace macaw::replay {

namespace data = boost::unit_test::data;
using Records = std::vector<Record>;
using test::TempDir;

BOOST_AUTO_TEST_SUITE(url_list_test)

struct Good {
  const char* name;
  std::string text;
  Records records;
};

std::ostream& operator<<(std::ostream& out, const Good& good) {
  return out << good.name;
}

const Good kGood[] = {
    {"empty", "", {}},
    {"only blank lines", "\n \n\t\n\r\n", {}},
    {"only comments", "# a\n#\n#b", {}},
    {"one", "http://h/a\n", {get("http://h/a", 1)}},
    {"no final newline", "/a\n/b", {get("/a", 1), get("/b", 2)}},
    {"CRLF", "/a\r\n\r\n# c\r\n/b\r\n", {get("/a", 1), get("/b", 4)}},
    {"byte order mark", "\xef\xbb\xbf/a\n/b\n", {get("/a", 1), get("/b", 2)}},
    {"byte order mark before a comment", "\xef\xbb\xbf#macaw/1\n/b\n", {get("/b", 2)}},
    {"byte order mark only", "\xef\xbb\xbf", {}},
    {"blank lines between", "/a\n\n   \n/b\n", {get("/a", 1), get("/b", 4)}},
    {"host without a path", "http://h\nhttp://h?x\n", {get("http://h", 1), get("http://h?x", 2)}},
    {"ports and addresses",
     "http://h:8080/\nhttp://[::1]:80/a\nHTTP://H/\n",
     {get("http://h:8080/", 1), get("http://[::1]:80/a", 2), get("HTTP://H/", 3)}},
    {"https",
     "https://h/a\nhttp://h/a\nhttps://h:8443?x\nHTTPS://[::1]/\n",
     {get("https://h/a", 1), get("http://h/a", 2), get("https://h:8443?x", 3),
      get("HTTPS://[::1]/", 4)}},
    {"one host is the beginning of another",
     "http://h/a\nhttp://h2/a\nhttp://h:1/a\nhttp://h.x/a\n",
     {get("http://h/a", 1), get("http://h2/a", 2), get("http://h:1/a", 3), get("http://h.x/a", 4)}},
    {"nothing is decoded or normalised",
     "/a/../%2e%2E//b?q=%zz+|{}\"<>\\^`&&#f\n",
     {get("/a/../%2e%2E//b?q=%zz+|{}\"<>\\^`&&#f", 1)}},
    {"bytes beyond ASCII",
     "/caf\xe9?x=\xf0\x9f\x98\x80\n",
     {get("/caf\xe9?x=\xf0\x9f\x98\x80", 1)}},
};

BOOST_DATA_TEST_CASE(good_files, data::make(kGood), good) {
  const Loaded loaded = load_text(good.text);
  BOOST_TEST(loaded.error == "");
  BOOST_TEST(loaded.records == good.records, boost::test_tools::per_element());
  BOOST_TEST((loaded.format == Format::kUrlList));
  BOOST_TEST(loaded.sha256 == sha256_hex(good.text));
}

BOOST_AUTO_TEST_CASE(a_record_that_was_used_before_is_filled_anew) {
  const TempDir dir;
  auto reader = Reader::open(dir.write("f", "/a\n"));
  Record record;
  record.method = "POST";
  record.headers = {{"A", "1"}};
  record.body = record.body_file = record.name = record.user = record.expect = "x";
  record.grpc_call = record.grpc_message = "x";
  record.time = Nanos(1);
  BOOST_TEST(*reader->next(record));
  BOOST_TEST(record == get("/a", 1));
}

BOOST_AUTO_TEST_CASE(provenance_is_read_from_its_comment) {
  const Loaded loaded =
      load_text("# first\n#macaw/1;generator=ml10m;users=10000;path=a/b?c:d@e%20;empty=\n/a\n");
  BOOST_REQUIRE(loaded.provenance.has_value());
  BOOST_TEST(loaded.provenance->version == 1);
  BOOST_TEST(loaded.provenance->fields.size() == 4U);
  BOOST_TEST(loaded.provenance->get("generator") == "ml10m");
  BOOST_TEST(loaded.provenance->get("path") == "a/b?c:d@e%20");
  BOOST_TEST(loaded.provenance->get("empty") == "");
  BOOST_TEST(loaded.provenance->get("none") == "");
}

BOOST_AUTO_TEST_CASE(the_first_provenance_counts_if_it_stands_before_the_records) {
  BOOST_TEST(load_text("#macaw/1;a=1\n#macaw/1;a=2\n/\n").provenance->get("a") == "1");
  BOOST_TEST(!load_text("/\n#macaw/1;a=2\n/\n").provenance.has_value());
  BOOST_TEST(!load_text("# macaw/1;a=2\n/\n").provenance.has_value());
  BOOST_TEST(load_text("#macaw/1\n").provenance->fields.empty());
}

BOOST_AUTO_TEST_CASE(a_huge_line_passes) {
  std::string url = "/";
  url.append(5'000'000, 'x');
  const Loaded loaded = load_text("/a\n" + url + "\n/b\n");
  BOOST_REQUIRE(loaded.records.size() == 3U);
  BOOST_TEST((loaded.records[1].url == url));
  BOOST_TEST(loaded.records[2] == get("/b", 3));
}

BOOST_DATA_TEST_CASE(a_blank_is_found_wherever_it_stands, data::xrange(1, 40), at) {
  // Lengths and places around the steps of eight bytes in which a line is looked at.
  for (const char bad : {' ', '\t', '\x01', '\x7f', '\x1f', '\0'}) {
    for (size_t size = static_cast<size_t>(at) + 1; size < 42; ++size) {
      std::string line = "/" + std::string(size - 1, '\x80');
      line[static_cast<size_t>(at)] = bad;
      const Loaded loaded = load_text("http://h/\n" + line + "\n");
      BOOST_REQUIRE(loaded.records.size() == 1U);
      BOOST_REQUIRE_MESSAGE(
          loaded.error.starts_with("FILE:2:" + std::to_string(at + 1) + ": found a "),
          loaded.error);
    }
  }
}

BOOST_DATA_TEST_CASE(compressed_files, data::make({"f.txt", "f.txt.gz", "f.txt.zst"}), name) {
  const TempDir dir;
  const std::string text = "#macaw/1;a=1\nhttp://h/a\nhttp://h/b\n";
  auto out = io::OutputFile::create(dir / name);
  BOOST_REQUIRE(out->write(text).ok());
  BOOST_REQUIRE(out->commit().ok());
  const Loaded loaded = load(dir / name);
  BOOST_TEST(loaded.error == "");
  BOOST_TEST(loaded.records == (Records{get("http://h/a", 2), get("http://h/b", 3)}),
             boost::test_tools::per_element());
  BOOST_TEST(loaded.sha256 == sha256_hex(text));
  // Torn in the middle: an error, and no record from a torn line.
  const std::string bytes = dir.read(name);
  dir.write("torn", bytes.substr(0, bytes.size() - 3));
  if (std::string_view(name) != "f.txt") {
    const Loaded torn = load(dir / "torn");
    BOOST_TEST(torn.error.ends_with("it is cut off"));
    for (const Record& record : torn.records) {
      BOOST_TEST((record.url == "http://h/a" || record.url == "http://h/b"));
    }
  }
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_opened) {
  const TempDir dir;
  BOOST_TEST(Reader::open(dir / "none").error().message() ==
             dir / "none" + ": cannot open it: No such file or directory");
  BOOST_TEST(load(dir.path()).error == "FILE: found a directory, expected a file");
}

BOOST_AUTO_TEST_CASE(after_an_error_the_reader_stays_there) {
  const TempDir dir;
  auto reader = Reader::open(dir.write("f", "/a\nbad\n/b\n"));
  Record record;
  BOOST_TEST(*reader->next(record));
  const std::string message = reader->next(record).error().message();
  BOOST_TEST(message.find(":2:1: found 'bad'") != std::string::npos);
  BOOST_TEST(reader->next(record).error().message() == message);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay
