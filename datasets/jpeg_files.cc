// SPDX-License-Identifier: MIT
#include "macaw/datasets/jpeg_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "macaw/base/ascii.h"
#include "macaw/base/hash.h"
#include "macaw/io/line_reader.h"

namespace macaw::datasets {

namespace {

constexpr unsigned kStartOfImage = 0xd8;
constexpr unsigned kStartOfScan = 0xda;

unsigned byte_of(std::string_view bytes, size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

unsigned word_of(std::string_view bytes, size_t at) {
  return byte_of(bytes, at) << 8U | byte_of(bytes, at + 1);
}

/// SOF0 to SOF15; 0xc4, 0xc8 and 0xcc mean something else.
bool is_frame_header(unsigned marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

Error jpeg_error(std::string_view name, size_t at, std::string_view what) {
  return errorf("{}: at byte {}: {}", name, at, what);
}

/// Reads a frame header whose payload begins at `at`.
Result<JpegSize> frame_size(std::string_view bytes, size_t at, size_t length,
                            std::string_view name) {
  constexpr size_t kFrameBytesMin = 6;
  if (length < kFrameBytesMin) {
    return jpeg_error(name, at, "found a frame header that is too short, expected 6 bytes or more");
  }
  const JpegSize size{word_of(bytes, at + 3), word_of(bytes, at + 1)};
  if (size.width == 0 || size.height == 0) {
    return jpeg_error(
        name, at + 1,
        fmt::format("found {} x {} pixels, expected at least one", size.width, size.height));
  }
  return size;
}

bool is_jpeg_name(const std::filesystem::path& path) {
  const std::string ending = path.extension().string();
  return equals_ignoring_case(ending, ".jpg") || equals_ignoring_case(ending, ".jpeg") ||
         equals_ignoring_case(ending, ".jpe");
}

/// Sorted, because a folder has no order; counts what is no JPEG.
Result<std::vector<std::string>> jpegs_of(const std::string& folder, uint64_t& others) {
  std::vector<std::string> paths;
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    std::error_code ignored;
    if (!entries->is_regular_file(ignored)) {
      continue;
    }
    if (is_jpeg_name(entries->path())) {
      paths.push_back(entries->path().string());
    } else {
      ++others;
    }
  }
  if (error) {
    return errorf("{}: cannot read the folder: {}", folder, error.message());
  }
  if (paths.empty()) {
    return errorf("{}: found no image, expected files whose names end in .jpg or .jpeg", folder);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

Result<JpegSize> check_jpeg(std::string_view bytes, std::string_view name) {
  if (bytes.size() < 4 || word_of(bytes, 0) != (0xff00U | kStartOfImage)) {
    return jpeg_error(name, 0, "found no JPEG, expected it to begin with ff d8");
  }
  std::optional<JpegSize> size;
  for (size_t at = 2;;) {
    if (at + 4 > bytes.size()) {
      return jpeg_error(name, bytes.size(), "found the end of the file, expected a scan");
    }
    if (byte_of(bytes, at) != 0xff) {
      return jpeg_error(name, at,
                        fmt::format("found {:02x}, expected a marker (ff)", byte_of(bytes, at)));
    }
    const unsigned marker = byte_of(bytes, at + 1);
    if (marker == 0xff) {  // a fill byte
      ++at;
      continue;
    }
    const size_t length = word_of(bytes, at + 2);
    if (length < 2 || at + 2 + length > bytes.size()) {
      return jpeg_error(name, at + 2,
                        fmt::format("found a segment of {} bytes, expected one that "
                                    "ends within the file",
                                    length));
    }
    if (is_frame_header(marker)) {
      MACAW_TRY_ASSIGN(size, frame_size(bytes, at + 4, length - 2, name));
    }
    if (marker == kStartOfScan) {
      break;
    }
    at += 2 + length;
  }
  if (!size) {
    return jpeg_error(name, 0, "found a scan before the frame header, expected its size first");
  }
  // Some cameras write more behind the end mark.
  constexpr std::string_view kEnd("\xff\xd9", 2);
  if (bytes.rfind(kEnd) == std::string_view::npos) {
    return jpeg_error(name, bytes.size(),
                      "found the end of the file, expected ff d9: the image is cut off");
  }
  return *size;
}

Result<JpegFiles> JpegFiles::open(const std::string& path, const Progress& progress) {
  JpegFiles files;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    MACAW_TRY_ASSIGN(files.paths_, jpegs_of(path, files.others_));
  } else {
    files.paths_ = {path};
  }
  std::string all;
  for (const std::string& file : files.paths_) {
    MACAW_TRY_ASSIGN(const std::string bytes, io::read_file(file));
    MACAW_TRY(check_jpeg(bytes, file));
    files.hashes_.push_back(sha256_hex(bytes));
    all += files.hashes_.back();
    if (progress) {
      progress(files.hashes_.size(), files.paths_.size());
    }
  }
  files.sha256_ = sha256_hex(all);
  return files;
}

Result<std::string> JpegFiles::read(uint64_t index) const {
  MACAW_TRY_ASSIGN(std::string bytes, io::read_file(paths_[index]));
  if (sha256_hex(bytes) != hashes_[index]) {
    return errorf("{}: changed while it was read", paths_[index]);
  }
  return bytes;
}

}  // namespace macaw::datasets
