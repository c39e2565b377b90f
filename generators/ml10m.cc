// SPDX-License-Identifier: MIT
#include "ml10m.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "history_model.h"
#include "macaw/base/hash.h"
#include "macaw/base/units.h"
#include "macaw/datasets/ratings.h"
#include "ml10m_arguments.h"
#include "ml10m_data.h"
#include "seldon_pair.h"
#include "uniform_model.h"

namespace macaw::generators {

namespace {

/// Ids of a data set are whole numbers without leading zeros; other texts are no movies of it.
std::vector<uint32_t> numeric_items(const std::vector<std::string>& items) {
  std::vector<uint32_t> numbers;
  for (const std::string& item : items) {
    uint32_t number = 0;
    const auto [end, error] = std::from_chars(item.data(), item.data() + item.size(), number);
    if (error == std::errc() && end == item.data() + item.size() &&
        std::to_string(number) == item) {
      numbers.push_back(number);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

/// The identity of a restricted catalogue: a file that lists the same ids in the same order gives
/// the same bytes.
std::string identity_of(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) {
    text += item;
    text += '\n';
  }
  return sha256_hex(text);
}

class Ml10mGeneration final : public Generation {
 public:
  Ml10mGeneration(Ml10mOptions options, replay::Format format, std::string dataset,
                  std::unique_ptr<PairSource> source, uint64_t users)
      : options_(std::move(options)),
        format_(format),
        dataset_(std::move(dataset)),
        source_(std::move(source)),
        users_(users) {}

  replay::Provenance provenance() const override;
  Status run(const RecordSink& sink, const Reporter& reporter) override;
  std::string summary() const override;

 private:
  Ml10mOptions options_;
  replay::Format format_;
  std::string dataset_;
  std::unique_ptr<PairSource> source_;
  uint64_t users_;  ///< who appear (history), or may appear (uniform)
};

replay::Provenance Ml10mGeneration::provenance() const {
  replay::Provenance provenance;
  provenance.fields = {
      {"generator", "ml10m"},
      {"users", std::to_string(options_.users)},
      {"calls", std::to_string(options_.pairs)},
      {"seed", std::to_string(options_.seed)},
      {"dataset", dataset_},
      {"model", std::string(name_of(options_.model))},
      {"clicks", options_.click_percent_text},
  };
  if (!options_.items.empty()) {
    provenance.fields.emplace_back("items", identity_of(options_.items));
  }
  return provenance;
}

Status Ml10mGeneration::run(const RecordSink& sink, const Reporter& reporter) {
  const SeldonUrls urls(options_.endpoint, options_.key, options_.limit);
  PairWriter writer(*source_, urls, {options_.seed, options_.click_percent, format_});
  return writer.run(sink, reporter);
}

std::string Ml10mGeneration::summary() const {
  return users_summary(options_.model, users_);
}

class Ml10m final : public Generator {
 public:
  std::string_view name() const override { return "ml10m"; }

  std::string_view summary() const override {
    return "recommendations and actions of MovieLens users, as Seldon's benchmark plays them";
  }

  std::string_view example() const override {
    return "create-replay ml10m out.txt 10000 50000 --data datasets/ml-10M100K";
  }

  std::vector<ArgumentSpec> arguments() const override { return ml10m_arguments(); }

  Result<std::unique_ptr<Generation>> prepare(const Arguments& arguments, replay::Format format,
                                              const Reporter& reporter) const override;
};

Result<std::unique_ptr<Generation>> Ml10m::prepare(const Arguments& arguments,
                                                   replay::Format format,
                                                   const Reporter& reporter) const {
  MACAW_TRY_ASSIGN(Ml10mOptions options, parse_ml10m_arguments(arguments));
  MACAW_TRY_ASSIGN(const auto dataset, open_ml10m(options.data, reporter));
  std::unique_ptr<PairSource> source;
  uint64_t users = options.users;
  if (options.model == UsersModel::kHistory) {
    HistoryOptions history{options.users, options.pairs, options.seed,
                           numeric_items(options.items)};
    if (!options.items.empty() && history.items.empty()) {
      return errorf("--items: none of the {} items of {} is a movie id, expected ids of the {}",
                    format_count(options.items.size()), options.items_file, dataset->describe());
    }
    MACAW_TRY_ASSIGN(auto model, HistoryModel::make(*dataset, history, reporter));
    users = model->users();
    source = std::move(model);
  } else {
    std::vector<std::string> items = options.items;
    if (items.empty()) {
      for (const uint32_t item : dataset->items()) {
        items.push_back(std::to_string(item));
      }
    }
    source = std::make_unique<UniformModel>(options.users, options.pairs, options.seed,
                                            std::move(items));
  }
  warn_of_few_pairs(options, reporter);
  return std::unique_ptr<Generation>(std::make_unique<Ml10mGeneration>(
      std::move(options), format, dataset->identity(), std::move(source), users));
}

}  // namespace

std::unique_ptr<Generator> make_ml10m() {
  return std::make_unique<Ml10m>();
}

}  // namespace macaw::generators
