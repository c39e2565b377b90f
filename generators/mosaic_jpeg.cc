// SPDX-License-Identifier: MIT
#include "mosaic_jpeg.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <initializer_list>
#include <utility>

#include "macaw/base/check.h"
#include "macaw/base/random.h"

namespace macaw::generators {

namespace {

constexpr size_t kComponents = 3;  // Y, Cb, Cr, none of them subsampled
// Divided by a quantisation step of 8, a block's only coefficient is its mean level less 128.
constexpr int kStep = 32;  // at most, from block to block
constexpr int kLargest = 120;

class JpegWriter {
 public:
  void raw(std::initializer_list<unsigned> bytes) {
    for (const unsigned byte : bytes) {
      out_ += static_cast<char>(byte);
    }
  }

  void word(size_t value) {
    raw({static_cast<unsigned>(value >> 8), static_cast<unsigned>(value & 0xff)});
  }

  void fill(size_t count, unsigned byte) { out_.append(count, static_cast<char>(byte)); }

  /// Of the scan: most significant bit first, a zero byte behind each ff.
  void bits(unsigned value, unsigned count) {
    for (unsigned k = count; k > 0; --k) {
      pending_ = pending_ << 1U | (value >> (k - 1) & 1U);
      if (++pending_count_ == 8) {
        raw({pending_ & 0xff});
        if ((pending_ & 0xff) == 0xff) {
          raw({0});
        }
        pending_count_ = 0;
      }
    }
  }

  /// Ones up to the byte's end.
  void end_bits() {
    while (pending_count_ != 0) {
      bits(1, 1);
    }
  }

  std::string take() { return std::move(out_); }

  size_t size() const { return out_.size(); }

 private:
  std::string out_;
  unsigned pending_ = 0;
  unsigned pending_count_ = 0;
};

void write_headers(JpegWriter& out, uint32_t side) {
  constexpr size_t kCoefficients = 64;
  out.raw({0xff, 0xd8});
  // JFIF 1.01, no density, no thumbnail.
  out.raw({0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0});
  // One quantisation table of 8 bits, all steps 8.
  out.raw({0xff, 0xdb});
  out.word(2 + 1 + kCoefficients);
  out.raw({0});
  out.fill(kCoefficients, 8);
  // Baseline, 8 bits, three components of full size.
  out.raw({0xff, 0xc0});
  out.word(2 + 6 + 3 * kComponents);
  out.raw({8});
  out.word(side);
  out.word(side);
  out.raw({kComponents, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0});
  // DC differences have 0 to 11 bits: twelve codes of four bits, 0000 to 1011.
  constexpr unsigned kCategories = 12;
  out.raw({0xff, 0xc4});
  out.word(2 + 1 + 16 + kCategories);
  out.raw({0x00, 0, 0, 0, kCategories, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  for (unsigned category = 0; category < kCategories; ++category) {
    out.raw({category});
  }
  // Of the others only "end of block" occurs: the code 0.
  out.raw({0xff, 0xc4});
  out.word(2 + 1 + 16 + 1);
  out.raw({0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
}

void write_block(JpegWriter& out, int difference) {
  const auto magnitude = static_cast<unsigned>(std::abs(difference));
  unsigned category = 0;
  while (magnitude >> category != 0) {
    ++category;
  }
  out.bits(category, 4);
  // Negative ones as their ones' complement.
  out.bits(difference >= 0 ? magnitude : ~magnitude & ((1U << category) - 1), category);
  out.bits(0, 1);
}

void write_scan(JpegWriter& out, uint32_t side, uint64_t seed) {
  out.raw({0xff, 0xda});
  out.word(2 + 1 + 2 * kComponents + 3);
  out.raw({kComponents, 1, 0x00, 2, 0x00, 3, 0x00, 0, 63, 0});
  Random random(seed);
  const uint32_t across = (side + 7) / 8;
  std::array<int, kComponents> level{};
  for (uint64_t block = 0; block < uint64_t{across} * across; ++block) {
    for (int& value : level) {
      const int step = static_cast<int>(random.below(2 * kStep + 1)) - kStep;
      const int next = std::clamp(value + step, -kLargest, kLargest);
      write_block(out, next - value);
      value = next;
    }
  }
  out.end_bits();
}

}  // namespace

std::string mosaic_jpeg(uint32_t side, size_t bytes, uint64_t seed) {
  JpegWriter scan;
  write_scan(scan, side, seed);
  JpegWriter out;
  write_headers(out, side);
  constexpr size_t kEndBytes = 2;
  constexpr size_t kCommentBytesMax = 65'535;  // its length counts itself
  const size_t used = out.size() + scan.size() + kEndBytes;
  MACAW_CHECK(used + 4 <= bytes && bytes - used - 2 <= kCommentBytesMax, "used={} bytes={}", used,
              bytes);
  out.raw({0xff, 0xfe});
  out.word(bytes - used - 2);
  out.fill(bytes - used - 4, ' ');
  std::string image = out.take() + scan.take();
  image += "\xff\xd9";
  return image;
}

}  // namespace macaw::generators
