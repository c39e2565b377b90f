// SPDX-License-Identifier: MIT
//
// Grey images in the IDX format of MNIST (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of
// handwritten digits"): 0 0, a byte for the type (8: unsigned bytes), a byte for the number of
// dimensions (3), the dimensions as big-endian 32 bits (images, rows, columns), the pixels. Plain
// or gzip. Thread: immutable after reading; may be shared.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "macaw/base/result.h"

namespace macaw::datasets {

class IdxImages {
 public:
  /// A file, or a folder that holds t10k-images-idx3-ubyte or train-images-idx3-ubyte, maybe with
  /// .gz behind it or with .idx3 instead of -idx3; the test set first. Errors name the file and the
  /// byte, what was found and what was expected; at least one image with a pixel.
  static Result<IdxImages> read(const std::string& path);

  uint64_t images() const { return images_; }

  /// Of each image.
  size_t pixels() const { return pixels_; }

  /// Row by row from the top, 0 (background) to 255.
  std::string_view image(uint64_t index) const {
    return std::string_view(bytes_).substr(kHeaderBytes + index * pixels_, pixels_);
  }

  /// The file that was read.
  const std::string& path() const { return path_; }

  /// Of the file, uncompressed.
  const std::string& sha256() const { return sha256_; }

 private:
  static constexpr size_t kHeaderBytes = 16;

  IdxImages() = default;

  std::string path_;
  std::string bytes_;
  std::string sha256_;
  uint64_t images_ = 0;
  size_t pixels_ = 0;
};

}  // namespace macaw::datasets
