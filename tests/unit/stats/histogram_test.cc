// SPDX-License-Identifier: MIT
//
// The histogram against exact sorts, merging, and its bytes.

#include "macaw/stats/histogram.h"

#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <numeric>

#include "macaw/stats/distribution.h"
#include "unit/stats/values.h"

namespace macaw::stats {

namespace {

namespace data = boost::unit_test::data;

constexpr double kErrorMax = 0.004;

std::vector<uint64_t> values_of(const std::string& shape) {
  if (shape == "uniform") {
    return uniform_values(20'000, 1);
  }
  if (shape == "bimodal") {
    return bimodal_values(20'000, 2);
  }
  if (shape == "pareto") {
    return pareto_values(20'000, 3);
  }
  if (shape == "constant") {
    return std::vector<uint64_t>(10'000, 5'123'457);
  }
  if (shape == "small") {
    std::vector<uint64_t> values(256);
    std::iota(values.begin(), values.end(), 0);
    return values;
  }
  return {5'123'457};
}

Histogram histogram_of(const std::vector<uint64_t>& values, size_t from = 0, size_t step = 1) {
  Histogram histogram;
  for (size_t k = from; k < values.size(); k += step) {
    histogram.add(values[k]);
  }
  return histogram;
}

const std::vector<std::string> kShapes = {"uniform",  "bimodal", "pareto",
                                          "constant", "small",   "one"};

}  // namespace

BOOST_AUTO_TEST_SUITE(histogram_test)

BOOST_DATA_TEST_CASE(agrees_with_an_exact_sort, data::make(kShapes), shape) {
  std::vector<uint64_t> values = values_of(shape);
  const Histogram histogram = histogram_of(values);
  std::sort(values.begin(), values.end());
  BOOST_TEST(histogram.count() == values.size());
  BOOST_TEST(histogram.min_ns() == values.front());
  BOOST_TEST(histogram.max_ns() == values.back());
  double worst = 0;
  uint64_t before = 0;
  for (uint64_t rank = 1; rank <= values.size(); ++rank) {
    const uint64_t found = histogram.value_at_rank(rank);
    const auto exact = static_cast<double>(values[rank - 1]);
    if (exact > 0) {
      worst = std::max(worst, std::abs(static_cast<double>(found) - exact) / exact);
    } else {
      BOOST_TEST(found == 0U);
    }
    BOOST_REQUIRE(found >= before);  // no percentile lies above a higher one, nor above the maximum
    before = found;
  }
  BOOST_TEST(worst <= kErrorMax);
  BOOST_TEST(before == histogram.max_ns());
  const double mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  BOOST_TEST(histogram.mean_ns() == mean, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(is_exact_for_equal_values_and_for_small_ones) {
  const Histogram constant = histogram_of(values_of("constant"));
  BOOST_TEST(constant.value_at_rank(5'000) == 5'123'457U);
  const Histogram small = histogram_of(values_of("small"));
  for (uint64_t value = 0; value < 256; ++value) {
    BOOST_TEST(small.value_at_rank(value + 1) == value);
  }
}

BOOST_AUTO_TEST_CASE(empty_one_has_zeros) {
  const Histogram empty;
  BOOST_TEST(empty.empty());
  BOOST_TEST(empty.min_ns() == 0U);
  BOOST_TEST(empty.max_ns() == 0U);
  BOOST_TEST(empty.mean_ns() == 0.0);
  BOOST_TEST(empty.count_above(0) == 0U);
  Histogram merged;
  merged.merge(empty);
  BOOST_TEST((merged == empty));
  merged.add(7, 0);
  BOOST_TEST(merged.empty());
}

BOOST_AUTO_TEST_CASE(buckets_are_seamless_and_narrow) {
  for (size_t bucket = 0; bucket + 1 < Histogram::kBuckets; ++bucket) {
    const uint64_t lowest = Histogram::bucket_lowest(bucket);
    const uint64_t highest = Histogram::bucket_highest(bucket);
    BOOST_REQUIRE(Histogram::bucket_of(lowest) == bucket);
    BOOST_REQUIRE(Histogram::bucket_of(highest) == bucket);
    BOOST_REQUIRE(Histogram::bucket_lowest(bucket + 1) == highest + 1);
    BOOST_REQUIRE((highest - lowest) * 128 <= lowest);
  }
  BOOST_TEST(Histogram::bucket_of((uint64_t{1} << 47) - 1) == Histogram::kBuckets - 1);
  BOOST_TEST(Histogram::bucket_of(UINT64_MAX) == Histogram::kBuckets - 1);
}

BOOST_AUTO_TEST_CASE(a_nanosecond_and_an_hour_fit_into_one) {
  // One setting for all: neither end falls into a last bucket that swallows everything.
  constexpr uint64_t kHour = 3'600'000'000'000;
  std::vector<uint64_t> values;
  for (uint64_t value = 1; value < kHour; value += 1 + value / 3) {
    values.push_back(value);
  }
  values.push_back(kHour);
  const Histogram histogram = histogram_of(values);
  for (size_t k = 0; k < values.size(); ++k) {
    const auto exact = static_cast<double>(values[k]);
    const auto found = static_cast<double>(histogram.value_at_rank(k + 1));
    BOOST_TEST(std::abs(found - exact) <= kErrorMax * exact);
  }
  size_t buckets = 0;
  histogram.for_each_bucket([&buckets](uint64_t, uint64_t, uint64_t count) {
    ++buckets;
    BOOST_TEST(count == 1U);
  });
  BOOST_TEST(buckets == values.size());
}

BOOST_AUTO_TEST_CASE(huge_values_stay_between_minimum_and_maximum) {
  Histogram histogram;
  histogram.add(uint64_t{1} << 50);
  histogram.add(uint64_t{1} << 60);
  histogram.add(UINT64_MAX);
  BOOST_TEST(histogram.value_at_rank(1) == uint64_t{1} << 50);
  BOOST_TEST(histogram.value_at_rank(2) >= uint64_t{1} << 50);
  BOOST_TEST(histogram.value_at_rank(3) == UINT64_MAX);
  const auto back = Histogram::deserialize(histogram.serialize());
  BOOST_REQUIRE(back.ok());
  BOOST_TEST((*back == histogram));
}

BOOST_DATA_TEST_CASE(parts_merge_to_the_whole_in_any_order, data::make(kShapes), shape) {
  const std::vector<uint64_t> values = values_of(shape);
  const Histogram whole = histogram_of(values);
  const Histogram a = histogram_of(values, 0, 3);
  const Histogram b = histogram_of(values, 1, 3);
  const Histogram c = histogram_of(values, 2, 3);
  Histogram left = a;  // (a + b) + c
  left.merge(b);
  left.merge(c);
  Histogram right = c;  // (c + b) + a
  right.merge(b);
  right.merge(a);
  BOOST_TEST((left == whole));
  BOOST_TEST((right == whole));
  BOOST_TEST(left.serialize() == whole.serialize());
  BOOST_TEST(right.serialize() == whole.serialize());
}

BOOST_AUTO_TEST_CASE(sums_need_more_than_64_bits) {
  Histogram by_count;
  by_count.add(uint64_t{3} << 60, 10);
  Histogram one_by_one;
  for (int k = 0; k < 10; ++k) {
    one_by_one.add(uint64_t{3} << 60);
  }
  BOOST_TEST((by_count == one_by_one));
  BOOST_TEST(by_count.mean_ns() == std::ldexp(3.0, 60));
  by_count.merge(by_count);
  BOOST_TEST(by_count.count() == 20U);
  BOOST_TEST(by_count.mean_ns() == std::ldexp(3.0, 60));
}

BOOST_AUTO_TEST_CASE(unequal_ones_differ) {
  Histogram a = histogram_of({1'000, 2'000});
  Histogram b = histogram_of({1'000, 2'001});  // the same buckets, another sum
  BOOST_TEST(!(a == b));
  BOOST_TEST(a.serialize() != b.serialize());
  a.clear();
  BOOST_TEST((a == Histogram()));
}

BOOST_AUTO_TEST_CASE(counts_what_lies_above) {
  const Histogram histogram = histogram_of({100, 200, 300'000, 900'000'000});
  BOOST_TEST(histogram.count_above(0) == 4U);
  BOOST_TEST(histogram.count_above(100) == 3U);
  BOOST_TEST(histogram.count_above(100'000) == 2U);
  BOOST_TEST(histogram.count_above(kSecond) == 0U);
}

BOOST_DATA_TEST_CASE(bytes_come_back_as_they_were, data::make(kShapes), shape) {
  const Histogram histogram = histogram_of(values_of(shape));
  const std::string bytes = histogram.serialize();
  const auto back = Histogram::deserialize(bytes);
  BOOST_REQUIRE(back.ok());
  BOOST_TEST((*back == histogram));
  BOOST_TEST(back->serialize() == bytes);
}

BOOST_AUTO_TEST_CASE(empty_bytes_come_back) {
  const auto back = Histogram::deserialize(Histogram().serialize());
  BOOST_REQUIRE(back.ok());
  BOOST_TEST(back->empty());
}

// The example of src/store/SCHEMA.md, byte by byte.
BOOST_AUTO_TEST_CASE(bytes_are_those_of_the_schema_page) {
  Histogram histogram;
  histogram.add(3);
  histogram.add(3);
  histogram.add(300);
  const std::string bytes = histogram.serialize();
  const std::string expected(
      "\x01"          // format
      "\x03"          // count
      "\xb2\x02\x00"  // sum 306
      "\x03\xac\x02"  // minimum 3, maximum 300
      "\x01\x00"      // bucket 3: no gap before it, more than one value: 2 + 0
      "\xa4\x04",     // bucket 278 (300 and 301 ns): 274 empty ones before it, one value
      12);
  BOOST_TEST(bytes.substr(0, bytes.size() - 4) == expected);
}

BOOST_AUTO_TEST_CASE(damaged_bytes_are_an_error) {
  const std::string bytes = histogram_of(bimodal_values(300, 9)).serialize();
  for (size_t k = 0; k < bytes.size(); ++k) {
    for (const int flip : {0x01, 0x10, 0x80}) {
      std::string damaged = bytes;
      damaged[k] = static_cast<char>(damaged[k] ^ flip);
      BOOST_REQUIRE(!Histogram::deserialize(damaged).ok());
    }
    BOOST_REQUIRE(!Histogram::deserialize(bytes.substr(0, k)).ok());
  }
  BOOST_TEST(!Histogram::deserialize(bytes + bytes).ok());
  BOOST_TEST(!Histogram::deserialize("").ok());
}

// With a right checksum the contents must still hold together, and nothing may be read or written
// outside of them.
BOOST_AUTO_TEST_CASE(forged_bytes_are_an_error) {
  const auto forge = [](std::string bytes) {
    uint32_t hash = 2166136261U;
    for (const char byte : bytes) {
      hash = (hash ^ static_cast<unsigned char>(byte)) * 16777619U;
    }
    for (unsigned shift = 0; shift < 32; shift += 8) {
      bytes.push_back(static_cast<char>(hash >> shift & 0xff));
    }
    return Histogram::deserialize(bytes);
  };
  using namespace std::string_literals;
  BOOST_TEST(forge("\x01\x01\x07\x00\x07\x07\x00"s).ok());       // one value: 7
  BOOST_TEST(forge("\x01\x02\x07\x00\x07\x07\x01\x00"s).ok());   // two of them
  BOOST_TEST(!forge("\x01\x02\x07\x00\x07\x07\x00"s).ok());      // count too high
  BOOST_TEST(!forge("\x01\x01\x07\x00\x08\x07\x00"s).ok());      // minimum > maximum
  BOOST_TEST(!forge("\x01\x01\x07\x00\x07\x07\x02"s).ok());      // a gap up to the end
  BOOST_TEST(!forge("\x01\x02\x07\x00\x07\x07\x00\x00"s).ok());  // a bucket too many
  BOOST_TEST(!forge("\x01\x02\x07\x00\x06\x08\x02\x00"s).ok());  // nothing at the minimum
  BOOST_TEST(!forge("\x01\x01\x07\x00\x07\x08\x00"s).ok());      // nothing at the maximum
  BOOST_TEST(!forge("\x01\x01\x07\x00\x07\x07"s).ok());          // no bucket
  BOOST_TEST(!forge("\x01\x01\x07\x00\x07\x07\x01"s).ok());      // a count is missing
  BOOST_TEST(!forge("\x01\x01\x07\x00\x07\x07\x80"s).ok());      // a torn number
  BOOST_TEST(!forge("\x01\x01\x07\x00\x07\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x00"s).ok());
  BOOST_TEST(!forge("\x01\x00\x00"s).ok());  // something after an empty one
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::stats
