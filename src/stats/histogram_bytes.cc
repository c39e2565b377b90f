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
  out.push_back(kFormat);
  put_varint(out, count_);
  if (!empty()) {
    put_varint(out, sum_ns_low_);
    put_varint(out, sum_ns_high_);
    put_varint(out, min_ns_);
    put_varint(out, max_ns_);
    // The first occupied bucket is that of the minimum, so it need not be said.
    uint64_t zeros = 0;
    bool begun = false;
    for (const uint64_t count : counts_) {
      if (count == 0) {
        ++zeros;
        continue;
      }
      if (begun && zeros > 0) {
        put_varint(out, zeros << 1 | 1);
      }
      zeros = 0;
      begun = true;
      // 2^63 values would take three centuries at a billion a second.
      put_varint(out, count << 1);
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
  size_t k = 0;
  while (!in.empty()) {
    const auto token = take();
    if (!token || *token < 2) {
      return damaged("a bucket is not a number");
    }
    const uint64_t left = result.counts_.size() - k;
    if ((*token & 1) != 0) {
      if ((*token >> 1) >= left) {
        return damaged("more buckets than between its minimum and maximum");
      }
      k += static_cast<size_t>(*token >> 1);
      continue;
    }
    if (left == 0) {
      return damaged("more buckets than between its minimum and maximum");
    }
    result.counts_[k++] = *token >> 1;
    result.count_ += *token >> 1;
  }
  if (k != result.counts_.size() || result.count_ != *count || result.counts_.front() == 0) {
    return damaged("its buckets do not add up to its count");
  }
  result.sum_ns_low_ = *sum_low;
  result.sum_ns_high_ = *sum_high;
  result.min_ns_ = *min;
  result.max_ns_ = *max;
  return result;
}

}  // namespace macaw::stats
