// SPDX-License-Identifier: MIT
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <string>

#include "compress.h"
#include "macaw/base/hash.h"
#include "macaw/io/line_reader.h"
#include "support/temp_dir.h"

namespace macaw::io {

namespace data = boost::unit_test::data;
using test::TempDir;

namespace {

using Compressor = std::string (*)(std::string_view);

struct Reading {
  std::string text;
  std::string error;
  std::string sha256;
};

Reading read_all(const std::string& path) {
  Reading reading;
  auto reader = LineReader::open(path, {.hash = true});
  if (!reader.ok()) {
    reading.error = reader.error().message();
    return reading;
  }
  for (;;) {
    const auto line = reader->next();
    if (!line.ok()) {
      reading.error = line.error().message();
      return reading;
    }
    if (!*line) {
      reading.sha256 = reader->sha256();
      return reading;
    }
    reading.text += std::string(**line) + (reader->line_was_ended() ? "\n" : "");
  }
}

std::string numbered_lines(int count) {
  std::string text;
  for (int k = 0; k < count; ++k) {
    text += "http://host/path?line=" + std::to_string(k * 7919) + "\n";
  }
  return text;
}

struct Format {
  const char* name;
  Compressor compress;
};

std::ostream& operator<<(std::ostream& out, const Format& format) {
  return out << format.name;
}

const Format kFormats[] = {{"gzip", &gzip}, {"zstd", &zstd}};

}  // namespace

BOOST_AUTO_TEST_SUITE(compressed_lines_test)

BOOST_DATA_TEST_CASE(the_content_tells_the_format, data::make(kFormats), format) {
  const TempDir dir;
  const std::string text = numbered_lines(100'000);
  const std::string bytes = format.compress(text);
  const std::string path = dir.write("no_ending", bytes);
  const Reading reading = read_all(path);
  BOOST_TEST(reading.error == "");
  BOOST_TEST((reading.text == text));
  BOOST_TEST(reading.sha256 == sha256_hex(text));
  auto reader = LineReader::open(path);
  BOOST_TEST(reader->bytes_on_disk() == bytes.size());
}

BOOST_DATA_TEST_CASE(several_streams_are_one_file, data::make(kFormats), format) {
  const TempDir dir;
  std::string bytes;
  std::string text;
  for (const int lines : {3, 0, 50'000, 1}) {
    // Without its last byte a part ends within a line, which the next part continues.
    const std::string part = numbered_lines(lines);
    const std::string torn = part.substr(0, part.size() - (part.empty() ? 0 : 1));
    bytes += format.compress(torn);
    text += torn;
  }
  const Reading reading = read_all(dir.write("f", bytes));
  BOOST_TEST(reading.error == "");
  BOOST_TEST((reading.text == text));
}

BOOST_DATA_TEST_CASE(an_empty_stream_has_no_lines, data::make(kFormats), format) {
  const TempDir dir;
  const Reading reading = read_all(dir.write("f", format.compress("")));
  BOOST_TEST(reading.error == "");
  BOOST_TEST(reading.text == "");
  BOOST_TEST(reading.sha256 == sha256_hex(""));
}

BOOST_DATA_TEST_CASE(cut_off_anywhere_is_an_error, data::make(kFormats), format) {
  const TempDir dir;
  const std::string text = numbered_lines(40);
  const std::string bytes = format.compress(text);
  const std::string path = dir / "f";
  for (size_t size = 4; size < bytes.size(); ++size) {
    dir.write("f", bytes.substr(0, size));
    const Reading reading = read_all(path);
    BOOST_REQUIRE_MESSAGE(reading.error == path + ": found the end of the file at byte " +
                                               std::to_string(size) + ", expected more " +
                                               format.name + " data: it is cut off",
                          "cut at " << size << ": " << reading.error);
    // Whole lines before the cut are good; the torn one must not look like a line.
    BOOST_REQUIRE(text.starts_with(reading.text));
    BOOST_REQUIRE((reading.text.empty() || reading.text.ends_with('\n')));
  }
}

BOOST_DATA_TEST_CASE(a_cut_second_stream_is_an_error, data::make(kFormats), format) {
  const TempDir dir;
  const std::string second = format.compress(numbered_lines(40));
  const std::string path =
      dir.write("f", format.compress("first\n") + second.substr(0, second.size() / 2));
  const Reading reading = read_all(path);
  BOOST_TEST(reading.text.starts_with("first\n"));
  BOOST_TEST(reading.error.find("it is cut off") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(damage_is_an_error_that_names_the_file) {
  const TempDir dir;
  std::string bytes = gzip(numbered_lines(1000));
  bytes[bytes.size() - 6] = static_cast<char>(bytes[bytes.size() - 6] ^ 1);  // in the checksum
  const std::string path = dir.write("f", bytes);
  BOOST_TEST(read_all(path).error.starts_with(path + ": found damaged gzip data before byte "));
  BOOST_TEST(read_all(path).error.ends_with("incorrect data check"));

  std::string frame = zstd(numbered_lines(1000));
  frame[frame.size() / 2] = static_cast<char>(frame[frame.size() / 2] ^ 0x55);
  frame[4] = static_cast<char>(frame[4] | 0x08);  // a reserved bit of the frame header
  const std::string zstd_path = dir.write("z", frame);
  BOOST_TEST(read_all(zstd_path).error.starts_with(zstd_path + ": found damaged zstd data"));
}

BOOST_AUTO_TEST_CASE(what_may_follow_a_gzip_stream) {
  const TempDir dir;
  const std::string bytes = gzip("a\n");
  BOOST_TEST(read_all(dir.write("f", bytes + std::string(1000, '\0'))).error == "");
  BOOST_TEST(read_all(dir.write("f", bytes + std::string(1000, '\0'))).text == "a\n");
  BOOST_TEST(
      read_all(dir.write("f", bytes + "junk")).error.ends_with("other bytes follow after its end"));
  BOOST_TEST(read_all(dir.write("f", bytes + std::string(5, '\0') + bytes))
                 .error.ends_with("other bytes follow after its end"));
  // Also where the zeros end with a buffer of 256 KB.
  const std::string zeros((size_t{256} << 10) - bytes.size(), '\0');
  BOOST_TEST(read_all(dir.write("f", bytes + zeros)).error == "");
  BOOST_TEST(read_all(dir.write("f", bytes + zeros + bytes))
                 .error.ends_with("other bytes follow after its end"));
}

BOOST_AUTO_TEST_CASE(skippable_zstd_frames_are_skipped) {
  const TempDir dir;
  const std::string skippable("\x50\x2a\x4d\x18\x03\x00\x00\x00xyz", 11);
  BOOST_TEST(read_all(dir.write("f", skippable + zstd("a\n") + skippable)).text == "a\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::io
