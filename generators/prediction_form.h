// SPDX-License-Identifier: MIT
//
// The same numbers as the requests of different prediction services:
//
//   js          GET /js/predict of Seldon's first server, JSON in the query
//   ndarray     POST {"data":{"ndarray":[[...]]}}, Seldon Core
//   names       POST {"data":{"names":[...],"ndarray":[[...]]}}, Seldon Core
//   tensor      POST {"data":{"tensor":{"shape":[n,m],"values":[...]}}}, Seldon Core
//   tensorflow  POST {"instances":[[...]]}, TensorFlow Serving
//   v2          POST {"inputs":[{"name":..,"datatype":..,"shape":[n,m],"data":[...]}]}, KServe V2
//
// Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "instance_source.h"
#include "macaw/base/result.h"
#include "macaw/generators/generator.h"
#include "macaw/replay/file/record.h"

namespace macaw::generators {

enum class Form : uint8_t { kJs, kNdarray, kNames, kTensor, kTensorflow, kV2 };

/// What the JSON of a js request is, and how it gets into the URL.
enum class JsLayout : uint8_t {
  kFeatures,  ///< {"f1": 0.5}, quoted as Seldon's replay script does it, before the key
  kData,      ///< {"data": [0.5]}, quoted as python-requests does it, behind the key
};

struct PredictionOptions {
  std::string generator;
  uint64_t requests = 0;
  uint64_t batch = 1;
  uint64_t seed = 1;
  Form form = Form::kJs;
  JsLayout js_layout = JsLayout::kFeatures;
  std::string form_name;
  std::string endpoint;
  std::string key;
  std::string path;  ///< of the form unless given
  std::string input_name;
  std::string datatype;
};

/// The arguments of every generator of predictions, behind its own: form, batch, endpoint, ...
std::vector<ArgumentSpec> prediction_arguments(std::string default_model);
/// Checks them; `format` must be able to hold the form.
Result<PredictionOptions> parse_prediction_arguments(const Arguments& arguments,
                                                     std::string generator, JsLayout js_layout,
                                                     replay::Format format);

/// The requests of a form.
class PredictionForm {
 public:
  /// Error: a name that is not UTF-8. `options` must live as long.
  static Result<PredictionForm> make(const PredictionOptions& options,
                                     const std::vector<std::string>& names);

  /// Replaces method, URL, headers and body. REQUIRES: a whole number of instances, at least one.
  void build(const ValueBatch& values, replay::Record& record);

 private:
  PredictionForm(const PredictionOptions& options, size_t width)
      : options_(&options), width_(width) {}

  void append_rows(const ValueBatch& values, std::string& text) const;
  void append_flat(const ValueBatch& values, std::string_view comma, std::string& text) const;
  void append_shape(const ValueBatch& values, std::string& text) const;
  void build_js(const ValueBatch& values, replay::Record& record);
  void build_body(const ValueBatch& values, std::string& body) const;

  const PredictionOptions* options_;  // assignable, unlike a reference
  size_t width_;                      ///< values of an instance
  std::vector<std::string> labels_;   ///< the names in quotes
  std::string input_name_;            ///< in quotes
  std::string json_;
};

/// A generation of such requests.
Result<std::unique_ptr<Generation>> make_prediction_generation(
    PredictionOptions options, std::unique_ptr<InstanceSource> source);

}  // namespace macaw::generators
