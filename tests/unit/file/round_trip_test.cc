// SPDX-License-Identifier: MIT
//
// Reader(Writer(records)) == records, for seeded random records of everything that the formats
// hold.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <set>

#include "files.h"
#include "macaw/base/random.h"
#include "support/temp_dir.h"

namespace macaw::replay {

namespace data = boost::unit_test::data;

namespace {

class RandomRecords {
 public:
  explicit RandomRecords(uint64_t seed) : random_(seed, /*stream=*/77), timed_(seed % 2 == 0) {}

  Record plain() {
    Record record;
    if (one_in(2)) {
      record.url = "http://host" + std::to_string(random_.below(3));
      record.url += one_in(3) ? ":8080" : "";
    }
    record.url += "/" + url_text(random_.below(one_in(50) ? 5'000 : 60));
    return record;
  }

  Record full() {
    Record record = plain();
    record.method = pick({"GET", "POST", "PUT", "DELETE", "X-odd~1"});
    if (one_in(2)) {
      fill_headers(record);
    }
    if (one_in(2)) {
      record.body = bytes(random_.below(one_in(20) ? 100'000 : 50));
    } else if (one_in(3)) {
      record.body_file = text(1 + random_.below(20));
    }
    if (timed_) {
      time_ += Nanos(static_cast<int64_t>(one_in(5) ? 0 : random_.below(1'000'000'000'000)));
      record.time = time_;
    }
    record.name = one_in(2) ? text(random_.below(20)) : "";
    record.user = one_in(2) ? text(random_.below(20)) : "";
    record.expect = pick(
        {"", "", R"({"json":{"pointer":"/a","equals":[1,2.50,{"b":null}]},"contains":"\u00e9}"})",
         R"("contains:str\"ing\\")"});
    if (one_in(4)) {
      record.grpc_call = "pkg.Service/Method";
      record.grpc_message = pick({"", "{}", R"({ "x" : [ true , -1e-7 ] })"});
    }
    return record;
  }

 private:
  bool one_in(uint64_t n) { return random_.below(n) == 0; }

  std::string pick(std::initializer_list<const char*> choices) {
    return choices.begin()[random_.below(choices.size())];
  }

  std::string bytes(uint64_t size) {
    std::string out;
    for (uint64_t k = 0; k < size; ++k) {
      out += static_cast<char>(random_.below(256));
    }
    return out;
  }

  /// Everything that JSON escapes or not, without control characters.
  std::string text(uint64_t size) {
    std::string out;
    for (uint64_t k = 0; k < size; ++k) {
      out += pick({"a", "\"", "\\", "/", " ", "<", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                   "{", "'"});
    }
    return out;
  }

  std::string url_text(uint64_t size) {
    std::string out;
    for (uint64_t k = 0; k < size; ++k) {
      out += pick({"a", "b", "%20", "?", "&", "=", "/", "#", "\"", "\\", "\xc3\xa9", "|", "+"});
    }
    return out;
  }

  /// Equal names stand together: that is the order in which they come back.
  void fill_headers(Record& record) {
    std::set<std::string> used;
    for (uint64_t k = random_.below(5); k > 0; --k) {
      const std::string name = pick({"A", "a", "Content-Type", "X-1", "!#$%&'*+-.^_`|~"});
      if (used.insert(name).second) {
        for (uint64_t n = 1 + random_.below(3); n > 0; --n) {
          record.headers.push_back({name, text(random_.below(40)) + (one_in(5) ? "\t" : "")});
        }
      }
    }
  }

  Random random_;
  bool timed_;
  Nanos time_{};
};

void check_round_trip(Format format, const std::string& name, std::vector<Record> records) {
  const test::TempDir dir;
  const Provenance provenance{
      .fields = {{"generator", "random"}, {"seed", "5"}, {"path", "a/b%20"}}};
  auto writer = Writer::create(dir / name, format, provenance);
  BOOST_REQUIRE(writer.ok());
  uint64_t line = format == Format::kUrlList ? 1 : 0;  // the provenance has one of its own
  for (Record& record : records) {
    const Status status = writer->write(record);
    BOOST_REQUIRE_MESSAGE(status.ok(), (status.ok() ? "" : status.error().message()));
    record.line = ++line;
  }
  BOOST_REQUIRE(writer->commit().ok());
  const Loaded loaded = load(dir / name);
  BOOST_REQUIRE_MESSAGE(loaded.error.empty(), loaded.error);
  BOOST_TEST((loaded.format == format));
  BOOST_TEST(loaded.records == records, boost::test_tools::per_element());
  BOOST_TEST((loaded.provenance == provenance));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(round_trip_test)

BOOST_DATA_TEST_CASE(url_lists, data::xrange(10) * data::make({"f", "f.gz", "f.zst"}), seed, name) {
  RandomRecords random(static_cast<uint64_t>(seed));
  std::vector<Record> records;
  for (int k = 0; k < 300; ++k) {
    records.push_back(random.plain());
  }
  check_round_trip(Format::kUrlList, name, std::move(records));
}

BOOST_DATA_TEST_CASE(json_lines, data::xrange(20) * data::make({"f", "f.gz", "f.zst"}), seed,
                     name) {
  RandomRecords random(static_cast<uint64_t>(seed));
  std::vector<Record> records;
  for (int k = 0; k < 100; ++k) {
    records.push_back(random.full());
  }
  check_round_trip(Format::kJsonLines, name, std::move(records));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay
