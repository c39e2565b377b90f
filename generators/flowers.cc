// SPDX-License-Identifier: MIT
#include "flowers.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "common_arguments.h"
#include "json_text.h"
#include "macaw/base/base64.h"
#include "macaw/base/units.h"
#include "macaw/datasets/jpeg_files.h"
#include "mosaic_jpeg.h"
#include "row_draw.h"

namespace macaw::generators {

namespace {

constexpr uint64_t kFilesStream = 1;
/// The guide's image: 299 x 299 pixels in 12,054 bytes, which is a body of 16,175.
constexpr uint32_t kBuiltInSide = 299;
constexpr size_t kBuiltInBytes = 12'054;
constexpr uint64_t kBuiltInSeed = 299;
constexpr std::string_view kBuiltInMosaic = "builtin-mosaic-1";
constexpr const char* kEndpoint = "tf-flowers-default.seldon.svc.cluster.local";

struct FlowersOptions {
  uint64_t requests = 0;
  uint64_t seed = 1;
  RowDraw::Order order = RowDraw::Order::kRandom;
  std::string url;
  std::string head;  ///< of the body, before the base64
  std::string tail;
};

/// The guide's ConfigMap has the body over several lines; compact is the same on one.
constexpr std::string_view kGuideHead =
    "{\n"
    " \"instances\":[\n"
    "    {\n"
    "       \"image_bytes\":{\n"
    "          \"b64\":\"";
constexpr std::string_view kGuideBeforeKey =
    "\"\n"
    "       },\n"
    "       \"key\":";
constexpr std::string_view kGuideEnd =
    "\n"
    "    }\n"
    " ]\n"
    "}\n";

std::vector<ArgumentSpec> flowers_arguments() {
  return {
      requests_argument(),
      {"--data",
       "PATH",
       "a folder of .jpg files, or one of them; without it a built-in image of the guide's size",
       "",
       false,
       {}},
      draw_argument("images"),
      seed_argument(),
      {"--layout",
       "LAYOUT",
       "of the body: guide (over ten lines, 16175 bytes with the guide's image) or compact",
       "guide",
       false,
       {"guide", "compact"}},
      {"--route",
       "HOW",
       "executor: port 8000, .../flowers/:predict, through Seldon's service orchestrator; direct: "
       "port 9000, .../flowers:predict",
       "executor",
       false,
       {"executor", "direct"}},
      {"--model", "NAME", "in the path", "flowers", false, {}},
      {"--instance-key", "TEXT", "the key of the instance", "1", false, {}},
      {"--endpoint",
       "HOST",
       fmt::format("host or host:port of the URLs; without it {} and the route's port", kEndpoint),
       "",
       false,
       {}},
  };
}

Result<std::string> parse_url(const Arguments& arguments) {
  const std::string& route = arguments.get("--route");
  if (route != "executor" && route != "direct") {
    return errorf("--route: found '{}', expected executor or direct", route);
  }
  const bool direct = route == "direct";
  std::string endpoint = fmt::format("{}:{}", kEndpoint, direct ? 9000 : 8000);
  if (!arguments.get("--endpoint").empty()) {
    MACAW_TRY_ASSIGN(endpoint, parse_endpoint(arguments));
  }
  MACAW_TRY_ASSIGN(const auto model, parse_service_name(arguments, "--model"));
  return fmt::format("http://{}/v1/models/{}{}:predict", endpoint, model, direct ? "" : "/");
}

Result<FlowersOptions> parse_flowers_arguments(const Arguments& arguments) {
  FlowersOptions options;
  MACAW_TRY_ASSIGN(options.requests, parse_requests(arguments));
  MACAW_TRY_ASSIGN(options.seed, parse_seed(arguments));
  MACAW_TRY_ASSIGN(options.order, parse_draw(arguments));
  MACAW_TRY_ASSIGN(options.url, parse_url(arguments));
  const std::string& layout = arguments.get("--layout");
  if (layout != "guide" && layout != "compact") {
    return errorf("--layout: found '{}', expected guide or compact", layout);
  }
  const bool guide = layout == "guide";
  options.head = guide ? kGuideHead : R"({"instances":[{"image_bytes":{"b64":")";
  options.tail = guide ? kGuideBeforeKey : R"("},"key":)";
  if (!append_json_string(arguments.get("--instance-key"), options.tail)) {
    return Error("--instance-key: found bytes that are not UTF-8, which JSON cannot hold");
  }
  options.tail += guide ? kGuideEnd : "}]}";
  return options;
}

class FlowersGeneration final : public Generation {
 public:
  /// Without files: the built-in image.
  FlowersGeneration(FlowersOptions options, std::optional<datasets::JpegFiles> files)
      : options_(std::move(options)), files_(std::move(files)) {}

  replay::Provenance provenance() const override;
  Status run(const RecordSink& sink, const Reporter& reporter) override;

  std::string summary() const override { return format_counted(images(), "image"); }

 private:
  uint64_t images() const { return files_ ? files_->files() : 1; }

  Result<std::string> image(uint64_t index) const {
    return files_ ? files_->read(index) : mosaic_jpeg(kBuiltInSide, kBuiltInBytes, kBuiltInSeed);
  }

  FlowersOptions options_;
  std::optional<datasets::JpegFiles> files_;
};

replay::Provenance FlowersGeneration::provenance() const {
  replay::Provenance provenance;
  provenance.fields = {
      {"generator", "flowers"},
      {"requests", std::to_string(options_.requests)},
      {"seed", std::to_string(options_.seed)},
      {"dataset", files_ ? files_->sha256() : std::string(kBuiltInMosaic)},
      {"draw", options_.order == RowDraw::Order::kInOrder ? "order" : "random"},
  };
  return provenance;
}

Status FlowersGeneration::run(const RecordSink& sink, const Reporter& reporter) {
  replay::Record record;
  record.method = "POST";
  record.url = options_.url;
  RowDraw draw(images(), options_.order, options_.seed, kFilesStream);
  std::vector<uint64_t> drawn;
  std::optional<uint64_t> current;
  for (uint64_t number = 0; number < options_.requests; ++number) {
    draw.next(1, drawn);
    if (current != drawn.front()) {
      current = drawn.front();
      MACAW_TRY_ASSIGN(const std::string bytes, image(*current));
      record.body = options_.head;
      encode_base64(bytes, record.body);
      record.body += options_.tail;
    }
    MACAW_TRY(sink(record));
    report_progress(number, options_.requests, reporter);
  }
  return {};
}

class Flowers final : public Generator {
 public:
  std::string_view name() const override { return "flowers"; }

  std::string_view summary() const override {
    return "images to TensorFlow Serving, one JPEG in base64 a request";
  }

  std::string_view example() const override {
    return "create-replay flowers out.jsonl 1000 --data photos --route direct";
  }

  std::vector<ArgumentSpec> arguments() const override { return flowers_arguments(); }

  Result<std::unique_ptr<Generation>> prepare(const Arguments& arguments, replay::Format format,
                                              const Reporter& reporter) const override;
};

Result<std::unique_ptr<Generation>> Flowers::prepare(const Arguments& arguments,
                                                     replay::Format format,
                                                     const Reporter& reporter) const {
  MACAW_TRY_ASSIGN(auto options, parse_flowers_arguments(arguments));
  MACAW_TRY(need_json_lines(format));
  const std::string& path = arguments.get("--data");
  std::optional<datasets::JpegFiles> files;
  std::string note = fmt::format(
      "no --data, so every request has the same built-in image of {} x "
      "{} pixels",
      kBuiltInSide, kBuiltInSide);
  if (!path.empty()) {
    MACAW_TRY_ASSIGN(files, datasets::JpegFiles::open(path, reporter.progress));
    note = files->others() == 0 ? ""
                                : fmt::format("{}: left out {}: no name that ends in .jpg or .jpeg",
                                              path, format_counted(files->others(), "file"));
  }
  if (reporter.note && !note.empty()) {
    reporter.note(note);
  }
  return std::unique_ptr<Generation>(
      std::make_unique<FlowersGeneration>(std::move(options), std::move(files)));
}

}  // namespace

std::unique_ptr<Generator> make_flowers() {
  return std::make_unique<Flowers>();
}

}  // namespace macaw::generators
