// SPDX-License-Identifier: MIT
//
// Images: IDX files and the outside of JPEG. Input: the file.

#include <string>

#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/datasets/idx_images.h"
#include "macaw/datasets/jpeg_files.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes = macaw::fuzz::FuzzInput(data, size).rest();
  const auto jpeg = macaw::datasets::check_jpeg(bytes, "x");
  if (jpeg.ok()) {
    MACAW_CHECK(jpeg->width > 0 && jpeg->height > 0);
  } else {
    MACAW_CHECK(jpeg.error().message().starts_with("x: at byte "));
  }
  const macaw::fuzz::MemoryFile file(bytes);
  const auto images = macaw::datasets::IdxImages::read(file.path());
  if (!images.ok()) {
    MACAW_CHECK(images.error().message().starts_with(file.path() + ": "));
    return 0;
  }
  MACAW_CHECK(images->images() > 0 && images->pixels() > 0);
  MACAW_CHECK(images->image(images->images() - 1).size() == images->pixels());
  return 0;
}
