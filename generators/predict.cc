// SPDX-License-Identifier: MIT
#include "predict.h"

#include <fmt/format.h>

#include <utility>

#include "common_arguments.h"
#include "instance_source.h"
#include "json_text.h"
#include "macaw/base/hash.h"
#include "macaw/datasets/column_table.h"
#include "macaw/datasets/seldon_features.h"
#include "prediction_form.h"

namespace macaw::generators {

namespace {

constexpr uint64_t kRowsStream = 1;
constexpr uint64_t kRangesStream = 2;

/// Seldon's wrapper for iris asks for these.
constexpr const char* kIrisFeatures = R"(
{"name":"f1","type":"numeric","min":0,"max":5}
{"name":"f2","type":"numeric","min":0,"max":5}
{"name":"f3","type":"numeric","min":0,"max":5}
{"name":"f4","type":"numeric","min":0,"max":5})";

/// The same ranges give the same bytes, whatever file they come from.
std::string identity_of_features(const std::vector<datasets::NumericFeature>& features) {
  std::string text;
  for (const datasets::NumericFeature& feature : features) {
    text += feature.name;
    text += '\n';
    append_python_float(feature.min, text);
    text += '\n';
    append_python_float(feature.max, text);
    text += '\n';
  }
  return sha256_hex(text);
}

std::vector<ArgumentSpec> predict_arguments() {
  std::vector<ArgumentSpec> specs{
      requests_argument(),
      {"--data",
       "FILE",
       "a CSV file; each instance is a row, its numbers as they stand there. Without it they are "
       "drawn from the ranges of --features",
       "",
       false,
       {}},
      {"--columns",
       "NAMES",
       "columns of --data, by name or by position from 1, with ',' between them; without it all "
       "(of scikit-learn's files: the features)",
       "",
       false,
       {}},
      draw_argument("rows"),
      {"--preset", "NAME", "iris: f1 to f4 in 0..5", "iris", false, {"iris"}},
      {"--features",
       "JSON",
       "instead of the preset: Seldon's features, "
       R"({"name":"f1","type":"numeric","min":0,"max":5}, one after another or in an array; or a )"
       "file with them",
       "",
       false,
       {}},
      {"--decimals", "N", "digits behind the point of drawn numbers, or full", "full", false, {}},
  };
  for (ArgumentSpec& spec : prediction_arguments("iris")) {
    specs.push_back(std::move(spec));
  }
  return specs;
}

Result<std::unique_ptr<InstanceSource>> table_source(const Arguments& arguments,
                                                     const PredictionOptions& options,
                                                     const Reporter& reporter) {
  if (!arguments.get("--features").empty()) {
    return Error("found both --data and --features, expected one of them");
  }
  const std::string& path = arguments.get("--data");
  std::vector<std::string> columns;
  if (!arguments.get("--columns").empty()) {
    MACAW_TRY_ASSIGN(columns, parse_names(arguments, "--columns"));
  }
  MACAW_TRY_ASSIGN(const auto order, parse_draw(arguments));
  MACAW_TRY_ASSIGN(auto table, datasets::ColumnTable::read(
                                   path, columns, datasets::FieldKind::kNumber, reporter.progress));
  MACAW_TRY(check_batch(options.batch, order, table.rows(), path));
  RowDraw draw(table.rows(), order, options.seed, kRowsStream);
  return std::unique_ptr<InstanceSource>(
      std::make_unique<TableSource>(std::move(table), std::move(draw)));
}

Result<std::unique_ptr<InstanceSource>> range_source(const Arguments& arguments,
                                                     const PredictionOptions& options,
                                                     const Reporter& reporter) {
  if (!arguments.get("--columns").empty()) {
    return Error("--columns: found without --data, expected columns of a file");
  }
  MACAW_TRY_ASSIGN(const auto decimals, parse_decimals(arguments));
  const std::string& given = arguments.get("--features");
  if (given.empty() && reporter.note) {
    reporter.note("no --data, so the numbers are drawn: f1 to f4, uniform in 0..5 (iris)");
  }
  const bool is_file = !given.empty() && given.find_first_of("{[") == std::string::npos;
  MACAW_TRY_ASSIGN(auto features, is_file
                                      ? datasets::read_seldon_features(given)
                                      : datasets::parse_seldon_features(
                                            given.empty() ? kIrisFeatures : given, "--features"));
  const std::string identity = given.empty() ? "preset-iris-1" : identity_of_features(features);
  return std::unique_ptr<InstanceSource>(std::make_unique<UniformSource>(
      std::move(features), decimals, options.seed, kRangesStream, identity));
}

class Predict final : public Generator {
 public:
  std::string_view name() const override { return "predict"; }

  std::string_view summary() const override {
    return "predictions for rows of numbers: Seldon, TensorFlow Serving, KServe V2";
  }

  std::string_view example() const override {
    return "create-replay predict out.jsonl 5000 --data iris.csv --form v2";
  }

  std::vector<ArgumentSpec> arguments() const override { return predict_arguments(); }

  Result<std::unique_ptr<Generation>> prepare(const Arguments& arguments, replay::Format format,
                                              const Reporter& reporter) const override {
    MACAW_TRY_ASSIGN(auto options,
                     parse_prediction_arguments(arguments, "predict", JsLayout::kFeatures, format));
    const bool from_table = !arguments.get("--data").empty();
    MACAW_TRY_ASSIGN(auto source, from_table ? table_source(arguments, options, reporter)
                                             : range_source(arguments, options, reporter));
    return make_prediction_generation(std::move(options), std::move(source));
  }
};

}  // namespace

std::unique_ptr<Generator> make_predict() {
  return std::make_unique<Predict>();
}

}  // namespace macaw::generators
