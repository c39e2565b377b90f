// SPDX-License-Identifier: MIT
#include "prediction_form.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "common_arguments.h"
#include "json_text.h"
#include "macaw/base/check.h"
#include "macaw/base/units.h"

namespace macaw::generators {

namespace {

constexpr uint64_t kInstancesMax = 1'000'000;

struct FormEntry {
  std::string_view name;
  Form form;
  std::string_view path;  ///< {} stands for the model
};

constexpr std::array<FormEntry, 6> kForms{{
    {"js", Form::kJs, "/js/predict"},
    {"ndarray", Form::kNdarray, "/api/v1.0/predictions"},
    {"names", Form::kNames, "/api/v1.0/predictions"},
    {"tensor", Form::kTensor, "/api/v1.0/predictions"},
    {"tensorflow", Form::kTensorflow, "/v1/models/{}:predict"},
    {"v2", Form::kV2, "/v2/models/{}/infer"},
}};

class PredictionGeneration final : public Generation {
 public:
  PredictionGeneration(PredictionOptions options, std::unique_ptr<InstanceSource> source)
      : options_(std::move(options)), source_(std::move(source)) {}

  /// REQUIRES: called once, before run().
  Status prepare() {
    MACAW_TRY_ASSIGN(form_, PredictionForm::make(options_, source_->names()));
    return {};
  }

  replay::Provenance provenance() const override;
  Status run(const RecordSink& sink, const Reporter& reporter) override;

  std::string summary() const override {
    return fmt::format("{} of {} each", format_counted(options_.batch, "instance"),
                       format_counted(source_->names().size(), "value"));
  }

 private:
  PredictionOptions options_;
  std::unique_ptr<InstanceSource> source_;
  std::optional<PredictionForm> form_;
};

replay::Provenance PredictionGeneration::provenance() const {
  replay::Provenance provenance;
  provenance.fields = {
      {"generator", options_.generator},
      {"requests", std::to_string(options_.requests)},
      {"seed", std::to_string(options_.seed)},
      {"dataset", provenance_value(source_->identity())},
      {"form", options_.form_name},
      {"batch", std::to_string(options_.batch)},
  };
  return provenance;
}

Status PredictionGeneration::run(const RecordSink& sink, const Reporter& reporter) {
  replay::Record record;
  ValueBatch values;
  for (uint64_t number = 0; number < options_.requests; ++number) {
    source_->next(options_.batch, values);
    form_->build(values, record);
    MACAW_TRY(sink(record));
    report_progress(number, options_.requests, reporter);
  }
  return {};
}

}  // namespace

std::vector<ArgumentSpec> prediction_arguments(std::string default_model) {
  std::vector<std::string> forms;
  forms.reserve(kForms.size());
  for (const FormEntry& entry : kForms) {
    forms.emplace_back(entry.name);
  }
  return {
      {"--form", "FORM",
       "js: GET /js/predict; ndarray, names, tensor: Seldon Core; tensorflow: TensorFlow Serving; "
       "v2: KServe V2",
       "js", false, std::move(forms)},
      {"--batch", "N", "instances in a request (js: 1)", "1", false, {}},
      seed_argument(),
      endpoint_argument("seldon-server"),
      key_argument(),
      key_file_argument(),
      {"--model", "NAME", "in the path of tensorflow and v2", std::move(default_model), false, {}},
      {"--path",
       "PATH",
       "instead of the form's own, e.g. /seldon/NAMESPACE/DEPLOYMENT/api/v1.0/predictions",
       "",
       false,
       {}},
      {"--input-name", "NAME", "of the input of v2", "input-0", false, {}},
      {"--datatype", "TYPE", "of the input of v2", "FP32", false, {"FP32", "FP64"}},
  };
}

Result<PredictionOptions> parse_prediction_arguments(const Arguments& arguments,
                                                     std::string generator, JsLayout js_layout,
                                                     replay::Format format) {
  PredictionOptions options;
  options.generator = std::move(generator);
  options.js_layout = js_layout;
  options.form_name = arguments.get("--form");
  const FormEntry* form = nullptr;
  for (const FormEntry& entry : kForms) {
    form = entry.name == options.form_name ? &entry : form;
  }
  if (form == nullptr) {
    return errorf("--form: found '{}', expected js, ndarray, names, tensor, tensorflow or v2",
                  options.form_name);
  }
  options.form = form->form;
  MACAW_TRY_ASSIGN(options.requests, parse_requests(arguments));
  MACAW_TRY_ASSIGN(options.batch, parse_number(arguments, "--batch", 1, kInstancesMax));
  if (options.form == Form::kJs && options.batch != 1) {
    return errorf("--batch: found {}, expected 1: /js/predict takes one instance", options.batch);
  }
  MACAW_TRY_ASSIGN(options.seed, parse_seed(arguments));
  MACAW_TRY_ASSIGN(options.endpoint, parse_endpoint(arguments));
  MACAW_TRY_ASSIGN(options.key, parse_consumer_key(arguments));
  MACAW_TRY_ASSIGN(const auto model, parse_service_name(arguments, "--model"));
  options.path = fmt::format(fmt::runtime(form->path), model);
  if (!arguments.get("--path").empty()) {
    MACAW_TRY_ASSIGN(options.path, parse_path(arguments, "--path"));
  }
  options.input_name = arguments.get("--input-name");
  options.datatype = arguments.get("--datatype");
  if (options.datatype != "FP32" && options.datatype != "FP64") {
    return errorf("--datatype: found '{}', expected FP32 or FP64", options.datatype);
  }
  if (options.form != Form::kJs) {
    MACAW_TRY(need_json_lines(format));
  }
  return options;
}

Result<PredictionForm> PredictionForm::make(const PredictionOptions& options,
                                            const std::vector<std::string>& names) {
  MACAW_CHECK(!names.empty());
  PredictionForm form(options, names.size());
  for (const std::string& name : names) {
    form.labels_.emplace_back();
    if (!append_json_string(name, form.labels_.back())) {
      return Error("found the name of a feature that is not UTF-8, which JSON cannot hold");
    }
  }
  if (!append_json_string(options.input_name, form.input_name_)) {
    return Error("--input-name: found bytes that are not UTF-8, which JSON cannot hold");
  }
  return form;
}

void PredictionForm::build(const ValueBatch& values, replay::Record& record) {
  MACAW_CHECK(values.size() > 0 && values.size() % width_ == 0);
  if (options_->form == Form::kJs) {
    build_js(values, record);
    return;
  }
  if (record.url.empty()) {
    record.method = "POST";
    record.url = fmt::format("http://{}{}", options_->endpoint, options_->path);
    record.headers = {{"Content-Type", "application/json"}};
  }
  build_body(values, record.body);
}

void PredictionForm::build_js(const ValueBatch& values, replay::Record& record) {
  record.url = fmt::format("http://{}{}?", options_->endpoint, options_->path);
  if (options_->js_layout == JsLayout::kFeatures) {
    json_ = "{";
    for (size_t k = 0; k < values.size(); ++k) {
      json_ += k == 0 ? "" : ", ";
      json_ += labels_[k];
      json_ += ": ";
      json_ += values[k];
    }
    json_ += '}';
    record.url += "json=";
    append_quote_plus(json_, record.url);
    record.url += fmt::format("&consumer_key={}&jsonpCallback=j", options_->key);
    return;
  }
  json_ = "{\"data\": [";
  append_flat(values, ", ", json_);
  json_ += "]}";
  record.url += fmt::format("consumer_key={}&json=", options_->key);
  append_requests_quote(json_, record.url);
  record.url += "&jsonpCallback=j";
}

void PredictionForm::append_flat(const ValueBatch& values, std::string_view comma,
                                 std::string& text) const {
  for (size_t k = 0; k < values.size(); ++k) {
    text += k == 0 ? std::string_view() : comma;
    text += values[k];
  }
}

void PredictionForm::append_rows(const ValueBatch& values, std::string& text) const {
  for (size_t k = 0; k < values.size(); ++k) {
    text += k == 0 ? "[" : k % width_ == 0 ? "],[" : ",";
    text += values[k];
  }
  text += ']';
}

void PredictionForm::append_shape(const ValueBatch& values, std::string& text) const {
  text += "\"shape\":[";
  append_number(values.size() / width_, text);
  text += ',';
  append_number(width_, text);
  text += ']';
}

void PredictionForm::build_body(const ValueBatch& values, std::string& body) const {
  switch (options_->form) {
    case Form::kNames:
      body = "{\"data\":{\"names\":[";
      for (size_t k = 0; k < labels_.size(); ++k) {
        body += k == 0 ? "" : ",";
        body += labels_[k];
      }
      body += "],\"ndarray\":[";
      append_rows(values, body);
      body += "]}}";
      return;
    case Form::kTensor:
      body = "{\"data\":{\"tensor\":{";
      append_shape(values, body);
      body += ",\"values\":[";
      append_flat(values, ",", body);
      body += "]}}}";
      return;
    case Form::kTensorflow:
      body = "{\"instances\":[";
      append_rows(values, body);
      body += "]}";
      return;
    case Form::kV2:
      body = fmt::format("{{\"inputs\":[{{\"name\":{},\"datatype\":\"{}\",", input_name_,
                         options_->datatype);
      append_shape(values, body);
      body += ",\"data\":[";
      append_flat(values, ",", body);
      body += "]}]}";
      return;
    case Form::kJs:
    case Form::kNdarray:
      break;
  }
  body = "{\"data\":{\"ndarray\":[";
  append_rows(values, body);
  body += "]}}";
}

Result<std::unique_ptr<Generation>> make_prediction_generation(
    PredictionOptions options, std::unique_ptr<InstanceSource> source) {
  auto generation = std::make_unique<PredictionGeneration>(std::move(options), std::move(source));
  MACAW_TRY(generation->prepare());
  return std::unique_ptr<Generation>(std::move(generation));
}

}  // namespace macaw::generators
