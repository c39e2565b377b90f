// SPDX-License-Identifier: MIT
//
// Readers of images: IDX as MNIST has it, JPEG files of a folder.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "dataset_text.h"
#include "macaw/base/hash.h"
#include "macaw/datasets/idx_images.h"
#include "macaw/datasets/jpeg_files.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

using datasets::IdxImages;
using datasets::JpegFiles;
using namespace std::string_literals;

/// Two images of 2 x 3 pixels.
const std::string kIdxHeader = "\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x03"s;
const std::string kIdxPixels =
    "\0\x01\x02\xff\x04\x05"
    "abcdef"s;

/// The smallest that passes for whole: a frame of 16 x 9 pixels and an empty scan.
const std::string kTinyJpeg =
    "\xff\xd8\xff\xe0\0\x04xx\xff\xc0\0\x08\x08\0\x09\0\x10\x01\xff\xda\0\x02zz\xff\xd9"s;

std::string idx_error(const std::string& bytes) {
  const test::TempDir folder;
  const auto images = IdxImages::read(folder.write("in", bytes));
  return images ? "" : test::without_folder(images.error().message(), folder);
}

std::string jpeg_error(const std::string& bytes) {
  const auto size = datasets::check_jpeg(bytes, "x.jpg");
  return size ? "" : size.error().message();
}

/// Empty: there is no copy here.
std::string real_path(const std::string& name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* data = std::getenv("MACAW_TEST_DATA");
  const std::string path = std::string(data == nullptr ? "" : data) + "/" + name;
  return std::filesystem::exists(path) ? path : std::string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(images_test)

BOOST_AUTO_TEST_CASE(reads_idx) {
  const test::TempDir folder;
  const auto images = IdxImages::read(folder.write("in", kIdxHeader + kIdxPixels));
  BOOST_REQUIRE_MESSAGE(images.ok(), (images.ok() ? "" : images.error().message()));
  BOOST_TEST(images->images() == 2U);
  BOOST_TEST(images->pixels() == 6U);
  BOOST_TEST(images->image(0) == "\0\x01\x02\xff\x04\x05"s);
  BOOST_TEST(images->image(1) == "abcdef");
  BOOST_TEST(images->sha256() == sha256_hex(kIdxHeader + kIdxPixels));
}

BOOST_AUTO_TEST_CASE(finds_idx_in_a_folder) {
  const test::TempDir folder;
  const auto none = IdxImages::read(folder.path());
  BOOST_TEST(test::without_folder(none.error().message(), folder) ==
             "DIR: found no images, expected t10k-images-idx3-ubyte or train-images-idx3-ubyte, "
             "maybe with .gz behind it");
  const std::string train = folder.write("train-images.idx3-ubyte", kIdxHeader + kIdxPixels);
  BOOST_TEST(IdxImages::read(folder.path())->path() == train);
  const std::string test = folder.write("t10k-images-idx3-ubyte", kIdxHeader + kIdxPixels);
  BOOST_TEST(IdxImages::read(folder.path())->path() == test);
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_idx) {
  BOOST_TEST(idx_error("") == "DIR/in: found 0 bytes, expected an IDX header of 16");
  BOOST_TEST(idx_error(std::string(16, 'x')) ==
             "DIR/in: found 78787878 at byte 0, expected 00000803, the mark of IDX images "
             "(unsigned bytes, three dimensions)");
  BOOST_TEST(idx_error("\0\0\x08\x03\0\0\0\0\0\0\0\x02\0\0\0\x03"s) ==
             "DIR/in: found 0 images of 3 x 2 pixels at byte 4, expected at least one pixel");
  BOOST_TEST(idx_error("\0\0\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s)
                 .find("expected at least one pixel") != std::string::npos);
  BOOST_TEST(idx_error(kIdxHeader + "abc") ==
             "DIR/in: found 3 bytes of pixels from byte 16, expected 12 (2 images of 3 x 2)");
  BOOST_TEST(idx_error(kIdxHeader + kIdxPixels + "x") ==
             "DIR/in: found 13 bytes of pixels from byte 16, expected 12 (2 images of 3 x 2)");
}

BOOST_AUTO_TEST_CASE(knows_a_whole_jpeg) {
  const auto size = datasets::check_jpeg(kTinyJpeg, "x.jpg");
  BOOST_REQUIRE_MESSAGE(size.ok(), (size.ok() ? "" : size.error().message()));
  BOOST_TEST(size->width == 16U);
  BOOST_TEST(size->height == 9U);
  BOOST_TEST(datasets::check_jpeg(kTinyJpeg + "behind", "x.jpg").ok());
}

BOOST_AUTO_TEST_CASE(says_where_a_jpeg_is_wrong) {
  BOOST_TEST(jpeg_error("") == "x.jpg: at byte 0: found no JPEG, expected it to begin with ff d8");
  BOOST_TEST(jpeg_error("GIF89a") ==
             "x.jpg: at byte 0: found no JPEG, expected it to begin with ff d8");
  BOOST_TEST(jpeg_error(kTinyJpeg.substr(0, 9)) ==
             "x.jpg: at byte 9: found the end of the file, expected a scan");
  BOOST_TEST(jpeg_error(kTinyJpeg.substr(0, 14)) ==
             "x.jpg: at byte 10: found a segment of 8 bytes, expected one that ends within the "
             "file");
  BOOST_TEST(jpeg_error(kTinyJpeg.substr(0, kTinyJpeg.size() - 2)) ==
             "x.jpg: at byte 24: found the end of the file, expected ff d9: the image is cut off");
  std::string bad = kTinyJpeg;
  bad[8] = 'x';
  BOOST_TEST(jpeg_error(bad) == "x.jpg: at byte 8: found 78, expected a marker (ff)");
  bad = kTinyJpeg;
  bad[14] = '\0';
  BOOST_TEST(jpeg_error(bad) == "x.jpg: at byte 13: found 16 x 0 pixels, expected at least one");
  bad = kTinyJpeg;
  bad[9] = '\xc4';
  BOOST_TEST(jpeg_error(bad) ==
             "x.jpg: at byte 0: found a scan before the frame header, expected its size first");
}

BOOST_AUTO_TEST_CASE(takes_the_jpegs_of_a_folder_by_name) {
  const test::TempDir folder;
  const auto none = JpegFiles::open(folder.path(), nullptr);
  BOOST_TEST(test::without_folder(none.error().message(), folder) ==
             "DIR: found no image, expected files whose names end in .jpg or .jpeg");
  folder.write("b.jpg", kTinyJpeg);
  folder.write("a.JPEG", kTinyJpeg + "a");
  folder.write("README.txt", "not an image");
  std::filesystem::create_directories(folder / "sub.jpg");
  const auto files = JpegFiles::open(folder.path(), nullptr);
  BOOST_REQUIRE_MESSAGE(files.ok(), (files.ok() ? "" : files.error().message()));
  BOOST_TEST(files->files() == 2U);
  BOOST_TEST(files->others() == 1U);
  BOOST_TEST(files->path_of(0) == folder / "a.JPEG");
  BOOST_TEST(*files->read(1) == kTinyJpeg);
  folder.write("b.jpg", kTinyJpeg + "changed");
  BOOST_TEST(test::without_folder(files->read(1).error().message(), folder) ==
             "DIR/b.jpg: changed while it was read");
  folder.write("c.jpg", "text");
  const auto bad = JpegFiles::open(folder.path(), nullptr);
  BOOST_TEST(test::without_folder(bad.error().message(), folder) ==
             "DIR/c.jpg: at byte 0: found no JPEG, expected it to begin with ff d8");
}

BOOST_AUTO_TEST_CASE(reads_the_real_ones) {
  const std::string mnist = real_path("mnist");
  const std::string images = real_path("images");
  if (mnist.empty() || images.empty()) {
    BOOST_TEST_MESSAGE("SKIPPED: no mnist and images in $MACAW_TEST_DATA");
    return;
  }
  const auto idx = IdxImages::read(mnist);
  BOOST_REQUIRE_MESSAGE(idx.ok(), (idx.ok() ? "" : idx.error().message()));
  BOOST_TEST(idx->images() == 10'000U);
  BOOST_TEST(idx->pixels() == 784U);
  uint64_t zeros = 0;
  for (uint64_t k = 0; k < idx->images(); ++k) {
    for (const char pixel : idx->image(k)) {
      zeros += pixel == 0 ? 1 : 0;
    }
  }
  // As published with the data: 80.7 % of the pixels are background.
  BOOST_TEST(zeros > 6'325'000U);
  BOOST_TEST(zeros < 6'330'000U);
  const auto jpegs = JpegFiles::open(images, nullptr);
  BOOST_REQUIRE_MESSAGE(jpegs.ok(), (jpegs.ok() ? "" : jpegs.error().message()));
  BOOST_TEST(jpegs->files() == 3U);
  BOOST_TEST(jpegs->others() == 1U);
  const auto size = datasets::check_jpeg(*jpegs->read(0), "flower_224.jpg");
  BOOST_TEST(size->width == 224U);
  BOOST_TEST(size->height == 224U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
