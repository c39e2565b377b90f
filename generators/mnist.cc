// SPDX-License-Identifier: MIT
#include "mnist.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "common_arguments.h"
#include "instance_source.h"
#include "json_text.h"
#include "macaw/datasets/idx_images.h"
#include "prediction_form.h"

namespace macaw::generators {

namespace {

constexpr uint64_t kImagesStream = 1;
constexpr uint64_t kPixelsStream = 2;
constexpr size_t kLevels = 256;

/// Images of a file; a pixel is one of 256 texts.
class ImageSource final : public InstanceSource {
 public:
  /// `decimals` empty: pixels are 0 to 255, else 0 to 1 with so many digits.
  ImageSource(datasets::IdxImages images, RowDraw draw, std::optional<uint64_t> decimals);

  void next(uint64_t instances, ValueBatch& batch) override;

  const std::vector<std::string>& names() const override { return names_; }

  std::string identity() const override { return images_.sha256(); }

 private:
  datasets::IdxImages images_;
  RowDraw draw_;
  std::array<std::string, kLevels> levels_;
  std::vector<std::string> names_;
  std::vector<uint64_t> chosen_;
};

std::vector<std::string> pixel_names(uint64_t pixels) {
  std::vector<std::string> names;
  for (uint64_t k = 0; k < pixels; ++k) {
    names.push_back(fmt::format("p{}", k));
  }
  return names;
}

ImageSource::ImageSource(datasets::IdxImages images, RowDraw draw, std::optional<uint64_t> decimals)
    : images_(std::move(images)), draw_(std::move(draw)), names_(pixel_names(images_.pixels())) {
  uint64_t scale = 1;
  for (uint64_t k = 0; k < decimals.value_or(0); ++k) {
    scale *= 10;
  }
  for (uint64_t level = 0; level < kLevels; ++level) {
    if (!decimals) {
      append_number(level, levels_[level]);
      continue;
    }
    // level / 255, rounded in whole numbers; halves do not occur, because 255 is odd.
    constexpr uint64_t kWhite = 255;
    const uint64_t rounded = (2 * level * scale + kWhite) / (2 * kWhite);
    append_python_float(static_cast<double>(rounded) / static_cast<double>(scale), levels_[level]);
  }
}

void ImageSource::next(uint64_t instances, ValueBatch& batch) {
  batch.clear();
  draw_.next(instances, chosen_);
  for (const uint64_t index : chosen_) {
    for (const char pixel : images_.image(index)) {
      batch.add(levels_[static_cast<unsigned char>(pixel)]);
    }
  }
}

std::vector<ArgumentSpec> mnist_arguments() {
  std::vector<ArgumentSpec> specs{
      requests_argument(),
      {"--data",
       "PATH",
       "images in MNIST's IDX format, plain or gzip, or a folder with t10k-images-idx3-ubyte; "
       "without it random numbers from 0 to 1, as the guide's script sends them",
       "",
       false,
       {}},
      draw_argument("images"),
      {"--pixels",
       "HOW",
       "of --data: unit (0 to 1) or byte (0 to 255)",
       "unit",
       false,
       {"unit", "byte"}},
      {"--decimals", "N", "digits behind the point, or full (random numbers only)", "2", false, {}},
      {"--size", "N", "how many random numbers", "784", false, {}},
  };
  for (ArgumentSpec& spec : prediction_arguments("mnist")) {
    specs.push_back(std::move(spec));
  }
  return specs;
}

Result<std::unique_ptr<InstanceSource>> image_source(const Arguments& arguments,
                                                     const PredictionOptions& options,
                                                     std::optional<uint64_t> decimals) {
  const std::string& pixels = arguments.get("--pixels");
  if (pixels != "unit" && pixels != "byte") {
    return errorf("--pixels: found '{}', expected unit or byte", pixels);
  }
  if (pixels == "unit" && !decimals) {
    return Error("--decimals: found full, expected 0 to 15 for the pixels of images");
  }
  MACAW_TRY_ASSIGN(const auto order, parse_draw(arguments));
  MACAW_TRY_ASSIGN(auto images, datasets::IdxImages::read(arguments.get("--data")));
  MACAW_TRY(check_batch(options.batch, order, images.images(), images.path()));
  RowDraw draw(images.images(), order, options.seed, kImagesStream);
  if (pixels == "byte") {
    decimals.reset();
  }
  return std::unique_ptr<InstanceSource>(
      std::make_unique<ImageSource>(std::move(images), std::move(draw), decimals));
}

Result<std::unique_ptr<InstanceSource>> random_source(const Arguments& arguments,
                                                      const PredictionOptions& options,
                                                      std::optional<uint64_t> decimals,
                                                      const Reporter& reporter) {
  constexpr uint64_t kSizeMax = 10'000'000;
  MACAW_TRY_ASSIGN(const uint64_t size, parse_number(arguments, "--size", 1, kSizeMax));
  if (reporter.note) {
    reporter.note(fmt::format("no --data, so the requests hold {} random numbers", size));
  }
  std::vector<datasets::NumericFeature> features;
  for (std::string& name : pixel_names(size)) {
    features.push_back({std::move(name), 0, 1});
  }
  return std::unique_ptr<InstanceSource>(std::make_unique<UniformSource>(
      std::move(features), decimals, options.seed, kPixelsStream,
      fmt::format("random-{}-{}", size, arguments.get("--decimals"))));
}

class Mnist final : public Generator {
 public:
  std::string_view name() const override { return "mnist"; }

  std::string_view summary() const override {
    return "predictions for handwritten digits: 784 numbers in a URL of 6 KB, or as bodies";
  }

  std::string_view example() const override {
    return "create-replay mnist out.txt 5000 --data t10k-images-idx3-ubyte.gz";
  }

  std::vector<ArgumentSpec> arguments() const override { return mnist_arguments(); }

  Result<std::unique_ptr<Generation>> prepare(const Arguments& arguments, replay::Format format,
                                              const Reporter& reporter) const override {
    MACAW_TRY_ASSIGN(auto options,
                     parse_prediction_arguments(arguments, "mnist", JsLayout::kData, format));
    MACAW_TRY_ASSIGN(const auto decimals, parse_decimals(arguments));
    const bool from_images = !arguments.get("--data").empty();
    MACAW_TRY_ASSIGN(auto source, from_images
                                      ? image_source(arguments, options, decimals)
                                      : random_source(arguments, options, decimals, reporter));
    return make_prediction_generation(std::move(options), std::move(source));
  }
};

}  // namespace

std::unique_ptr<Generator> make_mnist() {
  return std::make_unique<Mnist>();
}

}  // namespace macaw::generators
