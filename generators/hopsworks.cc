// SPDX-License-Identifier: MIT
#include "hopsworks.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "common_arguments.h"
#include "json_text.h"
#include "macaw/base/units.h"
#include "macaw/datasets/column_table.h"
#include "row_draw.h"

namespace macaw::generators {

namespace {

using datasets::ColumnTable;
using datasets::FieldKind;

/// Its streams of the seed.
constexpr uint64_t kKeysStream = 1;
constexpr uint64_t kBatchMax = 1'000'000;
/// Identity of the built-in batch; its numbers are pinned by a test.
constexpr std::string_view kBuiltInCards = "builtin-cards-1";

struct HopsworksOptions {
  uint64_t requests = 0;
  uint64_t batch = 25;
  uint64_t seed = 1;
  std::string data;
  std::vector<std::string> fields;
  FieldKind kind = FieldKind::kInteger;
  RowDraw::Order order = RowDraw::Order::kRandom;
  bool compact = false;
  std::string url;
  std::string host;     ///< header; empty: none
  std::string api_key;  ///< empty: no header
};

std::vector<ArgumentSpec> hopsworks_arguments() {
  return {
      requests_argument(),
      {"--data",
       "FILE",
       "a CSV file with a column for each of --fields, or a file with a key a line; without it "
       "every "
       "request carries the same built-in batch of card numbers",
       "",
       false,
       {}},
      {"--fields", "NAMES", "the keys of an instance, with ',' between them", "cc_num", false, {}},
      {"--key-type",
       "TYPE",
       "how keys stand in the body: integer, or text in quotes",
       "integer",
       false,
       {"integer", "text"}},
      {"--batch", "N", "instances in a request", "25", false, {}},
      draw_argument("rows"),
      seed_argument(),
      {"--layout",
       "LAYOUT",
       "python: a blank behind ':' and ',', as Locust sends the body (765 bytes); compact: none "
       "(715)",
       "python",
       false,
       {"python", "compact"}},
      {"--deployment", "NAME", "the deployment", "deploymentasyncrdrs", false, {}},
      {"--project", "NAME", "its project", "test", false, {}},
      {"--routing",
       "HOW",
       "host: Istio chooses the deployment by the Host header, DEPLOYMENT.PROJECT.DOMAIN; path: by "
       "/v1/PROJECT/DEPLOYMENT",
       "host",
       false,
       {"host", "path"}},
      {"--domain", "NAME", "end of the Host header", "hopsworks.ai", false, {}},
      endpoint_argument("istio-ingressgateway"),
      {"--api-key",
       "KEY",
       "for the header 'Authorization: ApiKey KEY'; it stands in the file for all to read, so keep "
       "a real one out of it (--api-key '') and give it to replay",
       "apikey",
       false,
       {}},
  };
}

Status parse_routing(const Arguments& arguments, HopsworksOptions& options) {
  MACAW_TRY_ASSIGN(const auto endpoint, parse_endpoint(arguments));
  MACAW_TRY_ASSIGN(const auto deployment, parse_service_name(arguments, "--deployment"));
  MACAW_TRY_ASSIGN(const auto project, parse_service_name(arguments, "--project"));
  MACAW_TRY_ASSIGN(const auto domain, parse_service_name(arguments, "--domain"));
  const std::string& routing = arguments.get("--routing");
  if (routing == "host") {
    options.url = fmt::format("http://{}/v1/models/{}:predict", endpoint, deployment);
    options.host = fmt::format("{}.{}.{}", deployment, project, domain);
  } else if (routing == "path") {
    options.url = fmt::format("http://{}/v1/{}/{}:predict", endpoint, project, deployment);
  } else {
    return errorf("--routing: found '{}', expected host or path", routing);
  }
  options.api_key = arguments.get("--api-key");
  const bool printable = std::all_of(options.api_key.begin(), options.api_key.end(),
                                     [](char byte) { return byte > ' ' && byte < '\x7f'; });
  if (!printable) {
    return Error("--api-key: found a blank or a character beyond ASCII, expected a header's word");
  }
  return {};
}

Result<HopsworksOptions> parse_hopsworks_arguments(const Arguments& arguments) {
  HopsworksOptions options;
  MACAW_TRY_ASSIGN(options.requests, parse_requests(arguments));
  MACAW_TRY_ASSIGN(options.batch, parse_number(arguments, "--batch", 1, kBatchMax));
  MACAW_TRY_ASSIGN(options.seed, parse_seed(arguments));
  MACAW_TRY_ASSIGN(options.order, parse_draw(arguments));
  MACAW_TRY_ASSIGN(options.fields, parse_names(arguments, "--fields"));
  const std::string& kind = arguments.get("--key-type");
  if (kind != "integer" && kind != "text") {
    return errorf("--key-type: found '{}', expected integer or text", kind);
  }
  options.kind = kind == "text" ? FieldKind::kText : FieldKind::kInteger;
  const std::string& layout = arguments.get("--layout");
  if (layout != "python" && layout != "compact") {
    return errorf("--layout: found '{}', expected python or compact", layout);
  }
  options.compact = layout == "compact";
  options.data = arguments.get("--data");
  if (options.data.empty() && (options.fields.size() != 1 || options.kind == FieldKind::kText)) {
    return Error(
        "--data: found none, expected a CSV file: the built-in batch has one integer key, cc_num");
  }
  MACAW_TRY(parse_routing(arguments, options));
  return options;
}

/// Sixteen digits that begin with 4 and end with Luhn's check digit (ISO/IEC 7812-1), drawn once
/// and for all: nobody's card.
std::string made_up_card(uint64_t number) {
  constexpr size_t kDigits = 16;
  constexpr uint64_t kCardsSeed = 20250625;
  uint64_t rest = Random(kCardsSeed).at(number);
  std::string digits = "4";
  unsigned sum = 8;  // of the 4, doubled
  while (digits.size() < kDigits - 1) {
    const auto digit = static_cast<unsigned>(rest % 10);
    rest /= 10;
    const unsigned twice = digits.size() % 2 == 0 ? 2 * digit : digit;
    sum += twice > 9 ? twice - 9 : twice;
    digits += static_cast<char>('0' + digit);
  }
  digits += static_cast<char>('0' + (10 - sum % 10) % 10);
  return digits;
}

/// {"instances": [{"cc_num": 1}, ...]}, with the keys of some rows.
class InstancesBody {
 public:
  /// Error: a name or a key that is not UTF-8.
  static Result<InstancesBody> make(const HopsworksOptions& options,
                                    std::optional<ColumnTable> table);

  void build(const std::vector<uint64_t>& rows, std::string& body) const;

  uint64_t rows(uint64_t built_in) const { return table_ ? table_->rows() : built_in; }

  std::string identity() const { return table_ ? table_->sha256() : std::string(kBuiltInCards); }

 private:
  void append_key(uint64_t row, size_t column, std::string& body) const;

  std::optional<ColumnTable> table_;
  bool text_ = false;
  std::string head_ = {};
  std::string between_ = {};
  std::vector<std::string> labels_ = {};  ///< of each key, with what stands before it
};

Result<InstancesBody> InstancesBody::make(const HopsworksOptions& options,
                                          std::optional<ColumnTable> table) {
  InstancesBody body;
  const std::string_view colon = options.compact ? ":" : ": ";
  const std::string_view comma = options.compact ? "," : ", ";
  body.text_ = options.kind == FieldKind::kText;
  body.head_ = fmt::format("{{\"instances\"{}[", colon);
  body.between_ = comma;
  for (const std::string& field : options.fields) {
    std::string label(body.labels_.empty() ? "{" : comma);
    if (!append_json_string(field, label)) {
      return Error("--fields: found bytes that are not UTF-8, expected names as JSON holds them");
    }
    label += colon;
    body.labels_.push_back(std::move(label));
  }
  if (table && body.text_) {
    std::string ignored;
    for (uint64_t row = 0; row < table->rows(); ++row) {
      for (size_t column = 0; column < body.labels_.size(); ++column) {
        if (!append_json_string(table->field(row, column), ignored)) {
          return errorf(
              "{}: found bytes that are not UTF-8 in row {}, expected text as JSON holds "
              "it",
              options.data, row + 1);
        }
        ignored.clear();
      }
    }
  }
  body.table_ = std::move(table);
  return body;
}

void InstancesBody::append_key(uint64_t row, size_t column, std::string& body) const {
  if (!table_) {
    body += made_up_card(row);
  } else if (text_) {
    static_cast<void>(append_json_string(table_->field(row, column), body));  // checked by make()
  } else {
    body += table_->field(row, column);
  }
}

void InstancesBody::build(const std::vector<uint64_t>& rows, std::string& body) const {
  body = head_;
  bool first = true;
  for (const uint64_t row : rows) {
    body += first ? "" : between_;
    first = false;
    for (size_t column = 0; column < labels_.size(); ++column) {
      body += labels_[column];
      append_key(row, column, body);
    }
    body += '}';
  }
  body += "]}";
}

class HopsworksGeneration final : public Generation {
 public:
  HopsworksGeneration(HopsworksOptions options, InstancesBody body)
      : options_(std::move(options)), body_(std::move(body)) {}

  replay::Provenance provenance() const override;
  Status run(const RecordSink& sink, const Reporter& reporter) override;

  std::string summary() const override {
    return fmt::format("{} each", format_counted(options_.batch, "instance"));
  }

 private:
  HopsworksOptions options_;
  InstancesBody body_;
};

replay::Provenance HopsworksGeneration::provenance() const {
  replay::Provenance provenance;
  provenance.fields = {
      {"generator", "hopsworks"},
      {"requests", std::to_string(options_.requests)},
      {"seed", std::to_string(options_.seed)},
      {"dataset", body_.identity()},
      {"batch", std::to_string(options_.batch)},
      {"fields", provenance_value(fmt::format("{}", fmt::join(options_.fields, ",")))},
      {"draw", options_.order == RowDraw::Order::kInOrder ? "order" : "random"},
  };
  return provenance;
}

Status HopsworksGeneration::run(const RecordSink& sink, const Reporter& reporter) {
  replay::Record record;
  record.method = "POST";
  record.url = options_.url;
  if (!options_.host.empty()) {
    record.headers.push_back({"Host", options_.host});
  }
  if (!options_.api_key.empty()) {
    record.headers.push_back({"Authorization", "ApiKey " + options_.api_key});
  }
  // What Locust's FastHttpUser adds to a request with a JSON body.
  record.headers.push_back({"Accept-Encoding", "gzip, deflate"});
  record.headers.push_back({"Content-Type", "application/json"});
  record.headers.push_back({"Accept", "application/json"});
  RowDraw draw(body_.rows(options_.batch), options_.order, options_.seed, kKeysStream);
  std::vector<uint64_t> rows;
  for (uint64_t number = 0; number < options_.requests; ++number) {
    draw.next(options_.batch, rows);
    body_.build(rows, record.body);
    MACAW_TRY(sink(record));
    report_progress(number, options_.requests, reporter);
  }
  return {};
}

class Hopsworks final : public Generator {
 public:
  std::string_view name() const override { return "hopsworks"; }

  std::string_view summary() const override {
    return "predictions of a Hopsworks deployment for batches of feature store keys";
  }

  std::string_view example() const override {
    return "create-replay hopsworks out.jsonl 10000 --data transactions.csv --fields cc_num";
  }

  std::vector<ArgumentSpec> arguments() const override { return hopsworks_arguments(); }

  Result<std::unique_ptr<Generation>> prepare(const Arguments& arguments, replay::Format format,
                                              const Reporter& reporter) const override;
};

Result<std::unique_ptr<Generation>> Hopsworks::prepare(const Arguments& arguments,
                                                       replay::Format format,
                                                       const Reporter& reporter) const {
  MACAW_TRY_ASSIGN(HopsworksOptions options, parse_hopsworks_arguments(arguments));
  MACAW_TRY(need_json_lines(format));
  std::optional<ColumnTable> table;
  if (options.data.empty()) {
    options.order = RowDraw::Order::kInOrder;  // so that each request takes the whole batch
    if (reporter.note) {
      reporter.note(fmt::format("no --data, so every request carries the same {} built-in keys",
                                format_count(options.batch)));
    }
  } else {
    MACAW_TRY_ASSIGN(
        table, ColumnTable::read(options.data, options.fields, options.kind, reporter.progress));
    MACAW_TRY(check_batch(options.batch, options.order, table->rows(), options.data));
  }
  MACAW_TRY_ASSIGN(InstancesBody body, InstancesBody::make(options, std::move(table)));
  return std::unique_ptr<Generation>(
      std::make_unique<HopsworksGeneration>(std::move(options), std::move(body)));
}

}  // namespace

std::unique_ptr<Generator> make_hopsworks() {
  return std::make_unique<Hopsworks>();
}

}  // namespace macaw::generators
