// SPDX-License-Identifier: MIT
//
// JPEG files (ITU-T T.81) of a folder, or one of them. Looked into only as far as it takes to know
// that they are whole: the segments up to the first scan, the size in the frame header, the end
// mark. Nothing is decoded. Thread: immutable after opening; may be shared.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/datasets/ratings.h"

namespace macaw::datasets {

struct JpegSize {
  uint32_t width = 0;
  uint32_t height = 0;
};

/// Errors: `name: at byte N: found X, expected Y`.
Result<JpegSize> check_jpeg(std::string_view bytes, std::string_view name);

class JpegFiles {
 public:
  /// Of a folder, the files whose names end in .jpg, .jpeg or .jpe in any case, by name; not those
  /// of its folders. Each is read and checked.
  static Result<JpegFiles> open(const std::string& path, const Progress& progress);

  uint64_t files() const { return paths_.size(); }

  /// Other files of the folder.
  uint64_t others() const { return others_; }

  const std::string& path_of(uint64_t index) const { return paths_[index]; }

  /// The file's bytes. Error: it has changed since.
  Result<std::string> read(uint64_t index) const;

  /// SHA-256 over the hashes of all files in their order.
  const std::string& sha256() const { return sha256_; }

 private:
  JpegFiles() = default;

  std::vector<std::string> paths_;
  std::vector<std::string> hashes_;
  std::string sha256_;
  uint64_t others_ = 0;
};

}  // namespace macaw::datasets
