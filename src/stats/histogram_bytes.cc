// SPDX-License-Identifier: MIT
//
// The bytes of a histogram, as stored in the run database (src/store/SCHEMA.md describes them for
// people who read them with another program). Canonical: equal histograms give equal bytes.

#include <array>
#include <optional>

#include "macaw/stats/histogram.h"

namespace macaw::stats {

namespace {

constexpr char kFormat = 1;
constexpr size_t kChecksumSize = 4;

// FNV-1a, 32 bits: any single changed byte changes it.
uint32_t checksum(std::string_view bytes) {
  uint32_t hash = 2166136261U;
  for (const char byte : bytes) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 16777619U;
  }
  return hash;
}

// LEB128: seven bits a byte, least significant first, the top bit says that more follow.
void put_varint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>((value & 0x7f) | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

std::optional<uint64_t> take_varint(std::string_view& in) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    if (shift == 63 && byte > 1) {
      return std::nullopt;
    }
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      return value;
    }
  }
  return std::nullopt;
}

Error damaged(std::string_view what) {
  return errorf("damaged histogram: {}", what);
}

}  // namespace

std::string Histogram::serialize() const {
  std::string out;
  out.reserve(32 + counts_.size() / 2);
  out.push_back(kFormat);
  put_varint(out, count_);
  if (!empty()) {
    put_varint(out, sum_ns_low_);
    put_varint(out, sum_ns_high_);
    put_varint(out, min_ns_);
    put_varint(out, max_ns_);
    // The first occupied bucket is that of the minimum, so it need not be said. Most histograms are
    // of a second of one endpoint, with many buckets of one value: those take one byte.
    uint64_t gap = 0;
    bool begun = false;
    for (const uint64_t count : counts_) {
      if (count == 0) {
        gap += static_cast<uint64_t>(begun);
        continue;
      }
      put_varint(out, gap << 1 | static_cast<uint64_t>(count > 1));
      if (count > 1) {
        put_varint(out, count - 2);
      }
      gap = 0;
      begun = true;
    }
  }
  const uint32_t sum = checksum(out);
  for (unsigned shift = 0; shift < 32; shift += 8) {
    out.push_back(static_cast<char>((sum >> shift) & 0xff));
  }
  return out;
}

Result<Histogram> Histogram::deserialize(std::string_view bytes) {
  if (bytes.size() < 2 + kChecksumSize || bytes.front() != kFormat) {
    return damaged("not in format 1");
  }
  std::string_view in = bytes.substr(0, bytes.size() - kChecksumSize);
  uint32_t stored = 0;
  for (size_t k = kChecksumSize; k > 0; --k) {
    stored = stored << 8 | static_cast<unsigned char>(bytes[in.size() + k - 1]);
  }
  if (stored != checksum(in)) {
    return damaged("its checksum does not match");
  }
  in.remove_prefix(1);
  const auto take = [&in]() { return take_varint(in); };
  const auto count = take();
  if (count == uint64_t{0} && in.empty()) {
    return Histogram();
  }
  std::array<std::optional<uint64_t>, 4> head;
  for (auto& number : head) {
    number = take();
  }
  const auto [sum_low, sum_high, min, max] = head;
  if (!count || !sum_low || !sum_high || !min || !max || *min > *max || *count == 0) {
    return damaged("its head is not complete");
  }
  Histogram result;
  result.reserve_buckets(bucket_of(*min), bucket_of(*max));
  size_t next = 0;
  while (!in.empty()) {
    const auto token = take();
    const auto more = token && (*token & 1) != 0 ? take() : uint64_t{0};
    if (!token || !more) {
      return damaged("a bucket is not a number");
    }
    if ((*token >> 1) >= result.counts_.size() - next) {
      return damaged("more buckets than between its minimum and maximum");
    }
    next += static_cast<size_t>(*token >> 1);
    const uint64_t values = (*token & 1) != 0 ? *more + 2 : 1;
    result.counts_[next++] = values;
    result.count_ += values;
  }
  if (next != result.counts_.size() || result.count_ != *count || result.counts_.front() == 0) {
    return damaged("its buckets do not add up to its count");
  }
  result.sum_ns_low_ = *sum_low;
  result.sum_ns_high_ = *sum_high;
  result.min_ns_ = *min;
  result.max_ns_ = *max;
  return result;
}

}  // namespace macaw::stats
