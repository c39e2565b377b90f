// SPDX-License-Identifier: MIT
#include "macaw/datasets/idx_images.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "macaw/base/hash.h"
#include "macaw/io/line_reader.h"

namespace macaw::datasets {

namespace {

/// Of the whole file; MNIST's larger one has 47 MB.
constexpr size_t kFileBytesMax = size_t{1} << 31;

uint32_t big_endian(std::string_view bytes, size_t at) {
  uint32_t number = 0;
  for (size_t k = 0; k < 4; ++k) {
    number = number << 8 | static_cast<unsigned char>(bytes[at + k]);
  }
  return number;
}

Result<std::string> find_images(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) {
    return path;
  }
  for (const char* set : {"t10k", "train"}) {
    for (const char* form : {"-images-idx3-ubyte", "-images.idx3-ubyte"}) {
      for (const char* ending : {"", ".gz"}) {
        std::string file =
            (std::filesystem::path(path) / (std::string(set) + form + ending)).string();
        if (std::filesystem::is_regular_file(file, ignored)) {
          return file;
        }
      }
    }
  }
  return errorf(
      "{}: found no images, expected t10k-images-idx3-ubyte or train-images-idx3-ubyte, maybe with "
      ".gz behind it",
      path);
}

}  // namespace

Result<IdxImages> IdxImages::read(const std::string& path) {
  IdxImages found;
  MACAW_TRY_ASSIGN(found.path_, find_images(path));
  MACAW_TRY_ASSIGN(found.bytes_, io::read_file_decompressed(found.path_, kFileBytesMax));
  const std::string_view bytes = found.bytes_;
  constexpr uint32_t kMagic = 0x00000803;
  if (bytes.size() < kHeaderBytes) {
    return errorf("{}: found {} bytes, expected an IDX header of {}", found.path_, bytes.size(),
                  kHeaderBytes);
  }
  if (big_endian(bytes, 0) != kMagic) {
    return errorf(
        "{}: found {:08x} at byte 0, expected {:08x}, the mark of IDX images (unsigned bytes, "
        "three "
        "dimensions)",
        found.path_, big_endian(bytes, 0), kMagic);
  }
  found.images_ = big_endian(bytes, 4);
  const uint64_t rows = big_endian(bytes, 8);
  const uint64_t columns = big_endian(bytes, 12);
  if (found.images_ == 0 || rows == 0 || columns == 0 || rows * columns > kFileBytesMax) {
    return errorf("{}: found {} images of {} x {} pixels at byte 4, expected at least one pixel",
                  found.path_, found.images_, columns, rows);
  }
  found.pixels_ = static_cast<size_t>(rows * columns);
  if (bytes.size() - kHeaderBytes != found.images_ * found.pixels_) {
    return errorf("{}: found {} bytes of pixels from byte 16, expected {} ({} images of {} x {})",
                  found.path_, bytes.size() - kHeaderBytes, found.images_ * found.pixels_,
                  found.images_, columns, rows);
  }
  found.sha256_ = sha256_hex(bytes);
  return found;
}

}  // namespace macaw::datasets
