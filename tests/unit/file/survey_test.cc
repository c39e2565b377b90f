// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>
#include <iterator>
#include <string>
#include <utility>

#include "files.h"
#include "macaw/base/hash.h"
#include "macaw/io/output_file.h"
#include "support/temp_dir.h"

namespace macaw::replay {

using test::TempDir;

namespace {

FileSurvey survey_text(const std::string& text) {
  const TempDir dir;
  auto survey = survey_file(dir.write("f", text), nullptr);
  BOOST_REQUIRE_MESSAGE(survey.ok(), (survey.ok() ? "" : survey.error().message()));
  return std::move(survey).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(survey_test)

BOOST_AUTO_TEST_CASE(a_url_list) {
  const std::string text =
      "#macaw/1;generator=x\n"
      "http://a/1\nhttp://b:8080/1\nhttp://a:80/2\n/c\nhttp://a?x\nHTTP://a/3\nhttp://[::1]/\n/d\n";
  const FileSurvey survey = survey_text(text);
  BOOST_TEST((survey.format == Format::kUrlList));
  BOOST_TEST(survey.records == 8U);
  BOOST_TEST(survey.bytes == text.size());
  BOOST_TEST(survey.sha256 == sha256_hex(text));
  BOOST_TEST(survey.provenance->get("generator") == "x");
  BOOST_TEST(!survey.first_time.has_value());
  BOOST_TEST(!survey.last_time.has_value());
  BOOST_TEST(survey.first_line_without_host == 5U);
  BOOST_REQUIRE(survey.authorities.size() == 3U);
  BOOST_TEST(survey.authorities[0].host_port == "a:80");
  BOOST_TEST(survey.authorities[0].line == 2U);
  BOOST_TEST(survey.authorities[1].host_port == "b:8080");
  BOOST_TEST(survey.authorities[1].line == 3U);
  BOOST_TEST(survey.authorities[2].host_port == "[::1]:80");
  BOOST_TEST(survey.authorities[2].line == 8U);
}

BOOST_AUTO_TEST_CASE(https_is_an_authority_of_its_own) {
  const FileSurvey survey =
      survey_text("http://a:443/\nhttps://a/\nHTTPS://a:443/2\nhttps://a:80/\nhttps://[::1]?x\n");
  BOOST_TEST(survey.records == 5U);
  const std::pair<std::string, uint64_t> expected[] = {
      {"a:443", 1}, {"https://a:443", 2}, {"https://a:80", 4}, {"https://[::1]:443", 5}};
  BOOST_REQUIRE(survey.authorities.size() == std::size(expected));
  for (size_t k = 0; k < std::size(expected); ++k) {
    BOOST_TEST(survey.authorities[k].host_port == expected[k].first);
    BOOST_TEST(survey.authorities[k].line == expected[k].second);
  }
}

BOOST_AUTO_TEST_CASE(json_lines_with_times) {
  const FileSurvey survey =
      survey_text(R"({"url":"http://h/","t":0.5,"x-macaw":{"version":1,"seed":"3"}})"
                  "\n"
                  R"({"url":"http://h/","t":7})"
                  "\n");
  BOOST_TEST((survey.format == Format::kJsonLines));
  BOOST_TEST(survey.records == 2U);
  BOOST_TEST(survey.first_time->count() == 500'000'000);
  BOOST_TEST(survey.last_time->count() == 7'000'000'000);
  BOOST_TEST(survey.provenance->get("seed") == "3");
  BOOST_TEST(survey.first_line_without_host == 0U);
  BOOST_TEST(survey.authorities.size() == 1U);
}

BOOST_AUTO_TEST_CASE(one_record_has_one_time) {
  const FileSurvey survey = survey_text(R"({"url":"/","t":3})");
  BOOST_TEST(survey.first_time->count() == 3'000'000'000);
  BOOST_TEST((survey.first_time == survey.last_time));
}

BOOST_AUTO_TEST_CASE(an_empty_file) {
  const FileSurvey survey = survey_text("");
  BOOST_TEST(survey.records == 0U);
  BOOST_TEST(survey.bytes == 0U);
  BOOST_TEST(survey.sha256 == sha256_hex(""));
  BOOST_TEST(survey.authorities.empty());
}

BOOST_AUTO_TEST_CASE(many_hosts_are_listed_up_to_a_limit) {
  std::string text;
  for (int k = 0; k < 3'000; ++k) {
    text += "http://host" + std::to_string(k % 1'500) + "/\n";
  }
  const FileSurvey survey = survey_text(text);
  BOOST_TEST(survey.records == 3'000U);
  BOOST_REQUIRE(survey.authorities.size() == 1'000U);
  BOOST_TEST(survey.authorities[999].host_port == "host999:80");
  BOOST_TEST(survey.authorities[999].line == 1'000U);
}

BOOST_AUTO_TEST_CASE(bytes_and_hash_are_those_of_the_uncompressed_text) {
  const TempDir dir;
  std::string text;
  for (int k = 0; k < 200'000; ++k) {
    text += "http://h/" + std::to_string(k) + "\n";
  }
  auto out = io::OutputFile::create(dir / "f.gz");
  BOOST_REQUIRE(out->write(text).ok());
  BOOST_REQUIRE(out->commit().ok());
  uint64_t calls = 0;
  uint64_t last_read = 0;
  uint64_t last_total = 0;
  const auto survey = survey_file(dir / "f.gz", [&](uint64_t read, uint64_t total) {
    BOOST_TEST(read >= last_read);
    BOOST_TEST(read <= total);
    last_read = read;
    last_total = total;
    ++calls;
  });
  BOOST_REQUIRE(survey.ok());
  BOOST_TEST(survey->bytes == text.size());
  BOOST_TEST(survey->sha256 == sha256_hex(text));
  BOOST_TEST(calls == 4U);  // three times on the way, once at the end
  BOOST_TEST(last_read == last_total);
  BOOST_TEST(last_total == dir.read("f.gz").size());
}

BOOST_AUTO_TEST_CASE(a_bad_line_anywhere_is_an_error) {
  const TempDir dir;
  const std::string path = dir.write("f", "/a\n/b\nbad\n");
  const auto survey = survey_file(path, nullptr);
  BOOST_REQUIRE(!survey.ok());
  BOOST_TEST(survey.error().message() ==
             path + ":3:1: found 'bad', expected 'http://host/path' or '/path'");
}

BOOST_AUTO_TEST_CASE(the_largest_request_has_room_in_what_is_said_of_it) {
  const TempDir dir;
  dir.write("image.bin", std::string(70'000, 'i'));
  const auto largest = [&dir](const std::string& text) {
    return survey_file(dir.write("f", text), nullptr)->largest_request;
  };
  const uint64_t least = largest("/a\n");
  BOOST_TEST(largest("/a\n/bcdef\n/a\n") == least + 4);
  BOOST_TEST(largest(R"({"url":"/a","text":"12345"})") == least + 5);
  BOOST_TEST(largest(R"({"url":"/a","body_file":"image.bin"})") == least + 70'000);
  BOOST_TEST(largest(R"({"url":"/a","body_file":"missing.bin"})") == least);
  BOOST_TEST(largest(R"({"url":"/a","header":{"X":"12","Y":"34"}})") >= least + 2 * 7);
  BOOST_TEST(largest(R"({"url":"/a","expect":{"status":200}})") > least);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay
