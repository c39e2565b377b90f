// SPDX-License-Identifier: MIT
//
// Which records are played, and when they were recorded.

#include "replay/engine/record_source.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "support/temp_dir.h"

using macaw::Nanos;
using macaw::replay::Record;
using macaw::replay::RecordSource;
using macaw::replay::Selection;

namespace {

struct Files {
  macaw::test::TempDir folder;

  Selection write(const std::string& name, const std::string& text) const {
    Selection selection;
    selection.file = folder.write(name, text);
    return selection;
  }
};

std::vector<std::string> take(RecordSource& source, size_t count) {
  std::vector<std::string> urls;
  Record record;
  while (urls.size() < count) {
    auto found = source.next(record);
    BOOST_REQUIRE(found.ok());
    if (!*found) {
      break;
    }
    urls.push_back(record.url);
  }
  return urls;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(record_source_test)

BOOST_AUTO_TEST_CASE(plays_once_or_again_and_again) {
  const Files files;
  auto selection = files.write("a.txt", "http://h/1\nhttp://h/2\n");
  auto once = RecordSource::open(selection);
  BOOST_REQUIRE(once.ok());
  BOOST_TEST(once->first().url == "http://h/1");
  BOOST_TEST(take(*once, 9) == (std::vector<std::string>{"http://h/1", "http://h/2"}));
  auto looped = RecordSource::open(selection);
  looped->set_loop(true);
  BOOST_TEST(take(*looped, 5) == (std::vector<std::string>{"http://h/1", "http://h/2", "http://h/1",
                                                           "http://h/2", "http://h/1"}));
}

BOOST_AUTO_TEST_CASE(skips_on_the_first_pass_only_and_filters_on_all) {
  const Files files;
  auto selection = files.write("a.txt", "http://h/a/1\nhttp://h/b/2\nhttp://h/a/3\n");
  selection.skip = 1;
  selection.only_path = "/a";
  auto source = RecordSource::open(selection);
  BOOST_REQUIRE(source.ok());
  source->set_loop(true);
  BOOST_TEST(take(*source, 3) ==
             (std::vector<std::string>{"http://h/a/3", "http://h/a/1", "http://h/a/3"}));
}

BOOST_AUTO_TEST_CASE(nothing_to_play_is_an_error) {
  const Files files;
  auto selection = files.write("a.txt", "# only a comment\n");
  BOOST_TEST(!RecordSource::open(selection).ok());
  selection = files.write("b.txt", "http://h/1\n");
  selection.skip = 5;
  BOOST_TEST(RecordSource::open(selection).error().message().find("--skip 5") != std::string::npos);
  selection.skip = 0;
  selection.only_path = "/none";
  BOOST_TEST(RecordSource::open(selection).error().message().find("--only") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(recorded_times_go_on_over_the_seam_of_a_loop) {
  const Files files;
  const auto selection = files.write("a.jsonl",
                                     "{\"url\":\"http://h/1\",\"t\":10}\n"
                                     "{\"url\":\"http://h/2\",\"t\":10.5}\n"
                                     "{\"url\":\"http://h/3\",\"t\":12}\n");
  auto source = RecordSource::open(selection);
  BOOST_REQUIRE(source.ok());
  source->set_loop(true);
  std::vector<int64_t> millis;
  Record record;
  for (int k = 0; k < 7; ++k) {
    BOOST_REQUIRE(*source->next(record));
    millis.push_back(source->recorded_time().count() / 1'000'000);
  }
  // One mean gap (1 s) lies between the last record of a pass and the first of the next.
  BOOST_TEST(millis == (std::vector<int64_t>{0, 500, 2000, 3000, 3500, 5000, 6000}));
}

BOOST_AUTO_TEST_CASE(a_window_of_the_recording) {
  const Files files;
  auto selection = files.write("a.jsonl",
                               "{\"url\":\"http://h/1\",\"t\":10}\n"
                               "{\"url\":\"http://h/2\",\"t\":11}\n"
                               "{\"url\":\"http://h/3\",\"t\":11.5}\n"
                               "{\"url\":\"http://h/4\",\"t\":12}\n");
  selection.from = std::chrono::seconds(11);
  selection.to = std::chrono::seconds(12);
  auto source = RecordSource::open(selection);
  BOOST_REQUIRE(source.ok());
  source->set_loop(true);
  Record record;
  std::vector<int64_t> millis;
  std::string lines;
  for (int k = 0; k < 5; ++k) {
    BOOST_REQUIRE(*source->next(record));
    millis.push_back(source->recorded_time().count() / 1'000'000);
    lines += std::to_string(record.line);
  }
  BOOST_TEST(lines == "23232");
  BOOST_TEST(millis == (std::vector<int64_t>{0, 500, 1000, 1500, 2000}));
  selection.from = std::chrono::seconds(13);
  selection.to.reset();
  BOOST_TEST(RecordSource::open(selection).error().message().ends_with(
      "a.jsonl: no request lies within --from and --to"));
  auto timeless = files.write("b.jsonl", "{\"url\":\"http://h/1\"}\n");
  timeless.from = std::chrono::seconds(1);
  BOOST_TEST(RecordSource::open(timeless).error().message().ends_with(
      "b.jsonl:1: found a request without a time (t), expected one: --from and --to are times"));
}

BOOST_AUTO_TEST_CASE(sorted_by_time_and_stable) {
  const Files files;
  auto selection = files.write("a.jsonl",
                               "{\"url\":\"http://h/3\",\"t\":12}\n"
                               "{\"url\":\"http://h/1\",\"t\":10}\n"
                               "{\"url\":\"http://h/4\",\"t\":12}\n"
                               "{\"url\":\"http://h/2\",\"t\":11}\n");
  BOOST_TEST(RecordSource::open(selection).ok());  // the first line is good
  selection.sort = true;
  auto source = RecordSource::open(selection);
  BOOST_REQUIRE(source.ok());
  source->set_loop(true);
  BOOST_TEST(take(*source, 5) == (std::vector<std::string>{"http://h/1", "http://h/2", "http://h/3",
                                                           "http://h/4", "http://h/1"}));
  BOOST_TEST((source->recorded_time() == Nanos(2'666'666'666)));  // one mean gap after the last one
  auto timeless = files.write("b.jsonl", "{\"url\":\"http://h/1\"}\n");
  timeless.sort = true;
  BOOST_TEST(RecordSource::open(timeless).error().message().ends_with(
      "b.jsonl:1: found a request without a time (t), expected one: --sort orders by time"));
}

BOOST_AUTO_TEST_SUITE_END()
