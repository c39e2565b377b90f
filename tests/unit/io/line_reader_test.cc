// SPDX-License-Identifier: MIT
#include "macaw/io/line_reader.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "macaw/base/hash.h"
#include "macaw/base/random.h"
#include "support/temp_dir.h"

namespace macaw::io {

namespace data = boost::unit_test::data;
using test::TempDir;
using Lines = std::vector<std::string>;

namespace {

Lines all_lines(LineReader& reader) {
  Lines lines;
  for (;;) {
    auto line = reader.next();
    BOOST_REQUIRE_MESSAGE(line.ok(), (line.ok() ? std::string() : line.error().message()));
    if (!*line) {
      return lines;
    }
    lines.emplace_back(**line);
    BOOST_REQUIRE(reader.line() == lines.size());
  }
}

/// Lines of every length that matters for a buffer of 256 KB, and NUL bytes.
std::string seeded_text(uint64_t seed) {
  Random random(seed);
  std::string text;
  while (text.size() < 3'000'000) {
    const uint64_t kind = random.below(1000);
    const uint64_t size = kind == 0 ? random.below(600'000) : random.below(60);
    for (uint64_t k = 0; k < size; ++k) {
      const auto c = static_cast<char>(random.below(64));
      text += c == '\n' || c == '\r' ? 'x' : c;
    }
    text += kind % 3 == 0 ? "\r\n" : "\n";
  }
  return text;
}

Lines split(const std::string& text) {
  Lines lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    if (lines.back().ends_with('\r')) {
      lines.back().pop_back();
    }
    begin = end + 1;
  }
  return lines;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(line_reader_test)

struct Small {
  const char* name;
  std::string text;
  Lines lines;
  bool ended;
};

std::ostream& operator<<(std::ostream& out, const Small& small) {
  return out << small.name;
}

const Small kSmall[] = {
    {"empty", "", {}, false},
    {"one", "a\n", {"a"}, true},
    {"no final newline", "a\nb", {"a", "b"}, false},
    {"CRLF", "a\r\nb\r\n", {"a", "b"}, true},
    {"mixed ends", "a\r\nb\nc\r\n", {"a", "b", "c"}, true},
    {"blank lines", "\n\na\n\r\n", {"", "", "a", ""}, true},
    {"only the last CR goes", "a\r\r\n", {"a\r"}, true},
    {"a CR inside stays", "a\rb\n", {"a\rb"}, true},
    {"a torn CRLF keeps its CR", "a\r", {"a\r"}, false},
    {"NUL bytes pass",
     std::string("a\0b\n\0\n", 6),
     {std::string("a\0b", 3), std::string(1, '\0')},
     true},
    {"one byte", "\x1f", {"\x1f"}, false},
};

BOOST_DATA_TEST_CASE(small_files, data::make(kSmall), small) {
  const TempDir dir;
  auto reader = LineReader::open(dir.write("f", small.text), {.hash = true});
  BOOST_REQUIRE(reader.ok());
  BOOST_TEST(reader->line() == 0U);
  BOOST_TEST(all_lines(*reader) == small.lines, boost::test_tools::per_element());
  BOOST_TEST(reader->line_was_ended() == small.ended);
  BOOST_TEST(reader->sha256() == sha256_hex(small.text));
  BOOST_TEST(reader->bytes_on_disk() == small.text.size());
  BOOST_TEST(reader->bytes_on_disk_read() == small.text.size());
  // The end stays the end.
  BOOST_TEST(!reader->next()->has_value());
}

BOOST_AUTO_TEST_CASE(lines_across_buffers) {
  const TempDir dir;
  const std::string text = seeded_text(1);
  auto reader = LineReader::open(dir.write("f", text), {.hash = true});
  BOOST_REQUIRE(reader.ok());
  BOOST_TEST((all_lines(*reader) == split(text)));
  BOOST_TEST(reader->sha256() == sha256_hex(text));
}

BOOST_AUTO_TEST_CASE(errors_carry_the_position) {
  const TempDir dir;
  const std::string path = dir.write("f", "a\nb\n");
  auto reader = LineReader::open(path);
  BOOST_REQUIRE(reader.ok());
  BOOST_REQUIRE(reader->next().ok());
  BOOST_REQUIRE(reader->next().ok());
  BOOST_TEST(reader->error(7, "found b").message() == path + ":2:7: found b");
  BOOST_TEST(reader->error(0, "found b").message() == path + ":2: found b");
  BOOST_TEST(reader->path() == path);
}

BOOST_AUTO_TEST_CASE(a_line_at_the_limit_passes_and_one_byte_more_does_not) {
  const TempDir dir;
  for (const size_t limit : {size_t{10}, size_t{300'000}}) {
    for (const char* end : {"", "\n", "\r\n"}) {
      const std::string line(limit, 'x');
      const std::string path = dir.write("f", "first\n" + line + end);
      auto reader = LineReader::open(path, {.line_bytes_max = limit});
      BOOST_TEST(all_lines(*reader) == (Lines{"first", line}), boost::test_tools::per_element());
      dir.write("f", "first\n" + line + "y" + end);
      reader = LineReader::open(path, {.line_bytes_max = limit});
      BOOST_REQUIRE(reader->next().ok());
      const auto result = reader->next();
      BOOST_REQUIRE(!result.ok());
      BOOST_TEST(result.error().message() == path + ":2: found a line of more than " +
                                                 (limit == 10 ? "10" : "300,000") +
                                                 " bytes, expected a text file");
      BOOST_TEST(!reader->next().ok());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_file_without_newlines_is_refused_before_it_eats_the_memory) {
  const TempDir dir;
  const std::string path = dir.write("f", "");
  BOOST_REQUIRE(truncate(path.c_str(), off_t{1} << 40) == 0);  // sparse
  auto reader = LineReader::open(path, {.line_bytes_max = 1'000'000});
  BOOST_TEST(!reader->next().ok());
  BOOST_TEST(reader->bytes_on_disk_read() < 4'000'000U);
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_read) {
  const TempDir dir;
  BOOST_TEST(LineReader::open(dir / "none").error().message() ==
             dir / "none" + ": cannot open it: No such file or directory");
  BOOST_TEST(LineReader::open(dir.path()).error().message() ==
             dir.path() + ": found a directory, expected a file");
  BOOST_TEST(!LineReader::open("").ok());
}

BOOST_AUTO_TEST_CASE(pipes_are_read_as_they_come) {
  const TempDir dir;
  const std::string path = dir / "pipe";
  BOOST_REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  std::jthread writer([&path] {
    std::ofstream out(path, std::ios::binary);
    for (int k = 0; k < 50; ++k) {
      out << "line " << k << std::flush << "\n" << std::flush;
    }
  });
  auto reader = LineReader::open(path);
  const Lines lines = all_lines(*reader);
  BOOST_TEST(lines.size() == 50U);
  BOOST_TEST(lines[49] == "line 49");
  BOOST_TEST(reader->bytes_on_disk() == 0U);
}

BOOST_AUTO_TEST_CASE(whole_files) {
  const TempDir dir;
  for (const size_t size : {size_t{0}, size_t{1}, size_t{4095}, size_t{4096}, size_t{1'000'000}}) {
    const std::string bytes(size, 'q');
    BOOST_TEST((*read_file(dir.write("f", bytes)) == bytes));
  }
  // Files of /proc have no size beforehand.
  BOOST_TEST(read_file("/proc/self/status")->starts_with("Name:"));
  BOOST_TEST(read_file(dir / "none").error().message() ==
             dir / "none" + ": cannot open it: No such file or directory");
  BOOST_TEST(!read_file(dir.path()).ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::io
