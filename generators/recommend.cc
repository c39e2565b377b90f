// SPDX-License-Identifier: MIT
#include "recommend.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common_arguments.h"
#include "history_model.h"
#include "json_text.h"
#include "macaw/base/ascii.h"
#include "macaw/base/units.h"
#include "macaw/datasets/interactions.h"
#include "macaw/datasets/ratings.h"
#include "pair_arguments.h"
#include "seldon_pair.h"
#include "uniform_model.h"

namespace macaw::generators {

namespace {

constexpr const char* kRecommendationPath =
    "/js/recommendations?consumer_key={key}&user={user}&item={item}&limit={limit}&jsonpCallback=j";
constexpr const char* kActionPath =
    "/js/action/new?consumer_key={key}&user={user}&item={item}&type=1{click}&jsonpCallback=j";

/// Names out of a file, percent-encoded for a URL.
std::vector<std::string> in_urls(const std::vector<std::string>& names) {
  std::vector<std::string> encoded;
  encoded.reserve(names.size());
  for (const std::string& name : names) {
    append_percent_encoded(name, kUnreserved, encoded.emplace_back());
  }
  return encoded;
}

/// The pairs of a model, with names for its numbers.
class NamedPairs final : public PairSource {
 public:
  /// `first_user` is the number of the first name.
  NamedPairs(std::unique_ptr<PairSource> model, uint64_t first_user,
             const datasets::Interactions& data)
      : model_(std::move(model)),
        first_user_(first_user),
        users_(in_urls(data.users)),
        items_(in_urls(data.items)) {}

  uint64_t pairs() const override { return model_->pairs(); }

  bool next(Pair& pair) override { return model_->next(pair); }

  void append_item(uint32_t item, std::string& url) const override { url += items_[item]; }

  void append_user(uint64_t user, std::string& url) const override {
    url += users_[static_cast<size_t>(user - first_user_)];
  }

 private:
  std::unique_ptr<PairSource> model_;
  uint64_t first_user_;
  std::vector<std::string> users_;
  std::vector<std::string> items_;
};

std::vector<ArgumentSpec> recommend_arguments() {
  return {
      users_argument(),
      pairs_argument(),
      {"--data",
       "FILE",
       "a CSV file with a row for each time that a user acted on an item; without it a synthetic "
       "profile of MovieLens 10M",
       "",
       false,
       {}},
      {"--columns",
       "NAMES",
       "of the user, the item and the time, by name or by position from 1",
       "user,item,time",
       false,
       {}},
      users_model_argument(),
      click_percent_argument(),
      seed_argument(),
      endpoint_argument("seldon-server"),
      key_argument(),
      key_file_argument(),
      limit_argument(),
      {"--path",
       "TEMPLATE",
       "of a recommendation, with {user}, {item}, {key} and {limit}",
       kRecommendationPath,
       false,
       {}},
      {"--action-path",
       "TEMPLATE",
       "of an action, with {user}, {item}, {key}, {limit} and {click}, which is &rlabs=1 or "
       "nothing",
       kActionPath,
       false,
       {}},
  };
}

void replace_all(std::string& text, std::string_view hole, std::string_view value) {
  for (size_t at = text.find(hole); at != std::string::npos; at = text.find(hole, at)) {
    text.replace(at, hole.size(), value);
    at += value.size();
  }
}

Result<UrlTemplate> parse_template(const Arguments& arguments, const char* name,
                                   const PairOptions& options, std::string_view click) {
  MACAW_TRY_ASSIGN(std::string text, parse_path(arguments, name));
  replace_all(text, "{key}", options.key);
  replace_all(text, "{limit}", std::to_string(options.limit));
  replace_all(text, "{click}", click);
  if (!UrlTemplate::is_whole(text)) {
    return errorf("{}: found a brace in '{}', expected {{user}}, {{item}}, {{key}} or {{limit}}",
                  name, arguments.get(name));
  }
  return UrlTemplate(fmt::format("http://{}{}", options.endpoint, text));
}

Result<SeldonUrls> parse_urls(const Arguments& arguments, const PairOptions& options) {
  MACAW_TRY_ASSIGN(auto recommendation, parse_template(arguments, "--path", options, ""));
  MACAW_TRY_ASSIGN(auto action, parse_template(arguments, "--action-path", options, ""));
  MACAW_TRY_ASSIGN(auto click, parse_template(arguments, "--action-path", options, "&rlabs=1"));
  return SeldonUrls(std::move(recommendation), std::move(action), std::move(click));
}

struct PairData {
  std::string identity;
  std::unique_ptr<PairSource> source;
  uint64_t users = 0;
};

std::unique_ptr<PairSource> uniform_pairs(const PairOptions& options,
                                          const datasets::RatingsDataset& dataset) {
  std::vector<std::string> items;
  for (const uint32_t item : dataset.items()) {
    items.push_back(std::to_string(item));
  }
  return std::make_unique<UniformModel>(options.users, options.pairs, options.seed,
                                        std::move(items));
}

Result<PairData> make_pairs(const PairOptions& options, const datasets::RatingsDataset& dataset,
                            const Reporter& reporter) {
  PairData data{dataset.identity(), nullptr, options.users};
  if (options.model == UsersModel::kUniform) {
    if (options.users > dataset.users()) {
      return errorf("users: found {}, expected at most {}, the users of the {}",
                    format_count(options.users), format_count(dataset.users()), dataset.describe());
    }
    data.source = uniform_pairs(options, dataset);
    return data;
  }
  MACAW_TRY_ASSIGN(
      auto model,
      HistoryModel::make(dataset, {options.users, options.pairs, options.seed, {}}, reporter));
  data.users = model->users();
  data.source = std::move(model);
  return data;
}

Result<PairData> open_pairs(const Arguments& arguments, const PairOptions& options,
                            const Reporter& reporter) {
  const std::string& path = arguments.get("--data");
  if (path.empty()) {
    const auto profile = datasets::synthetic_ml10m();
    if (reporter.note) {
      reporter.note(fmt::format("no --data, so this uses the {}", profile->describe()));
    }
    return make_pairs(options, *profile, reporter);
  }
  MACAW_TRY_ASSIGN(const auto names, parse_names(arguments, "--columns"));
  if (names.size() != 3) {
    return errorf("--columns: found '{}', expected three: user, item, time",
                  arguments.get("--columns"));
  }
  MACAW_TRY_ASSIGN(
      const auto interactions,
      datasets::read_interactions(path, {names[0], names[1], names[2]}, reporter.progress));
  MACAW_TRY_ASSIGN(auto data, make_pairs(options, *interactions.dataset, reporter));
  const uint64_t first_user = options.model == UsersModel::kUniform ? 1 : 0;
  data.source = std::make_unique<NamedPairs>(std::move(data.source), first_user, interactions);
  return data;
}

class RecommendGeneration final : public Generation {
 public:
  RecommendGeneration(PairOptions options, SeldonUrls urls, replay::Format format, PairData data)
      : options_(std::move(options)),
        urls_(std::move(urls)),
        format_(format),
        data_(std::move(data)) {}

  replay::Provenance provenance() const override {
    replay::Provenance provenance;
    provenance.fields = {
        {"generator", "recommend"},
        {"users", std::to_string(options_.users)},
        {"calls", std::to_string(options_.pairs)},
        {"seed", std::to_string(options_.seed)},
        {"dataset", data_.identity},
        {"model", std::string(name_of(options_.model))},
        {"clicks", options_.click_percent_text},
    };
    return provenance;
  }

  Status run(const RecordSink& sink, const Reporter& reporter) override {
    PairWriter writer(*data_.source, urls_, {options_.seed, options_.click_percent, format_});
    return writer.run(sink, reporter);
  }

  std::string summary() const override { return users_summary(options_.model, data_.users); }

 private:
  PairOptions options_;
  SeldonUrls urls_;
  replay::Format format_;
  PairData data_;
};

class Recommend final : public Generator {
 public:
  std::string_view name() const override { return "recommend"; }

  std::string_view summary() const override {
    return "recommendations and actions of the users of any CSV file: user, item, time";
  }

  std::string_view example() const override {
    return "create-replay recommend out.jsonl 500 20000 --data clicks.csv --columns "
           "visitor,product,at";
  }

  std::vector<ArgumentSpec> arguments() const override { return recommend_arguments(); }

  Result<std::unique_ptr<Generation>> prepare(const Arguments& arguments, replay::Format format,
                                              const Reporter& reporter) const override {
    MACAW_TRY_ASSIGN(auto options, parse_pair_arguments(arguments));
    MACAW_TRY_ASSIGN(auto urls, parse_urls(arguments, options));
    MACAW_TRY_ASSIGN(auto data, open_pairs(arguments, options, reporter));
    warn_of_few_pairs(options, reporter);
    return std::unique_ptr<Generation>(std::make_unique<RecommendGeneration>(
        std::move(options), std::move(urls), format, std::move(data)));
  }
};

}  // namespace

std::unique_ptr<Generator> make_recommend() {
  return std::make_unique<Recommend>();
}

}  // namespace macaw::generators
