// SPDX-License-Identifier: MIT
#include "history_model.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "macaw/base/check.h"
#include "macaw/base/units.h"

namespace macaw::generators {

namespace {

/// A longer silence ends a session, and is shortened to this.
constexpr int64_t kSessionGapMax = 1'800;  // s
constexpr uint64_t kMillis = 1'000;
constexpr uint32_t kProgressUsers = 256;

__extension__ using Wide = unsigned __int128;

bool is_wanted(uint32_t item, const std::vector<uint32_t>& items) {
  return items.empty() || std::binary_search(items.begin(), items.end(), item);
}

/// A user of the dataset that may be drawn.
struct Candidate {
  uint32_t k = 0;
  uint32_t ratings = 0;
};

std::vector<Candidate> find_candidates(const datasets::RatingsDataset& dataset,
                                       const std::vector<uint32_t>& items,
                                       const Reporter& reporter) {
  std::vector<Candidate> candidates;
  std::vector<datasets::Rating> scratch;
  for (uint32_t k = 0; k < dataset.users(); ++k) {
    uint32_t count = dataset.ratings_of(k);
    if (!items.empty()) {
      const auto history = dataset.history(k, scratch);
      count = static_cast<uint32_t>(
          std::count_if(history.ratings.begin(), history.ratings.end(),
                        [&](const auto& rating) { return is_wanted(rating.item, items); }));
      if (reporter.progress && k % kProgressUsers == 0) {
        reporter.progress(k, dataset.users());
      }
    }
    if (count > 0) {
      candidates.push_back({k, count});
    }
  }
  return candidates;
}

/// Draws without repeats, in the order drawn (the first steps of a Fisher-Yates shuffle).
void draw(std::vector<Candidate>& candidates, uint64_t wanted, Random random) {
  for (uint64_t place = 0; place < wanted; ++place) {
    std::swap(candidates[place], candidates[place + random.below(candidates.size() - place)]);
  }
  candidates.resize(wanted);
}

}  // namespace

std::vector<uint64_t> share_out(uint64_t pairs, const std::vector<uint64_t>& weights) {
  MACAW_CHECK(pairs >= weights.size(), "pairs={} users={}", pairs, weights.size());
  std::vector<uint32_t> order(weights.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return weights[a] < weights[b]; });
  std::vector<uint64_t> shares(weights.size(), 1);
  Wide weight_left = 0;
  for (const uint64_t weight : weights) {
    weight_left += weight;
  }
  // Whoever's part is below one gets one; the rest is shared among the others, whose parts only
  // shrink by that. So the lightest come first, and the first whose part is one or more ends it.
  uint64_t pairs_left = pairs;
  size_t first = 0;
  while (first < order.size() && Wide{weights[order[first]]} * pairs_left < weight_left) {
    weight_left -= weights[order[first]];
    --pairs_left;
    ++first;
  }
  uint64_t given = 0;
  std::vector<std::pair<Wide, uint32_t>> remainders;
  for (size_t place = first; place < order.size(); ++place) {
    const Wide part = Wide{weights[order[place]]} * pairs_left;
    shares[order[place]] = static_cast<uint64_t>(part / weight_left);
    given += shares[order[place]];
    remainders.emplace_back(part % weight_left, order[place]);
  }
  std::sort(remainders.begin(), remainders.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  for (uint64_t place = 0; place + given < pairs_left; ++place) {
    ++shares[remainders[place].second];
  }
  return shares;
}

Result<std::unique_ptr<HistoryModel>> HistoryModel::make(const datasets::RatingsDataset& dataset,
                                                         const HistoryOptions& options,
                                                         const Reporter& reporter) {
  std::vector<Candidate> drawn = find_candidates(dataset, options.items, reporter);
  if (!options.items.empty() && drawn.empty()) {
    return errorf("--items: none of the {} items is rated in the {}, expected ids of its movies",
                  format_count(options.items.size()), dataset.describe());
  }
  if (options.users > drawn.size()) {
    return errorf("users: found {}, expected at most {}, the users {}of the {}",
                  format_count(options.users), format_count(drawn.size()),
                  options.items.empty() ? "" : "with ratings of these items ", dataset.describe());
  }
  draw(drawn, std::min(options.users, options.pairs), random_of(options.seed, Stream::kUsers));
  std::unique_ptr<HistoryModel> model(new HistoryModel);
  model->pairs_ = options.pairs;
  model->span_ms_ = options.pairs * kMillis;
  model->users_.reserve(drawn.size());
  std::vector<uint64_t> weights;
  std::vector<datasets::Rating> scratch;
  for (const Candidate& candidate : drawn) {
    weights.push_back(candidate.ratings);
    model->add_user(dataset.history(candidate.k, scratch), options.items);
    if (reporter.progress && weights.size() % kProgressUsers == 0) {
      reporter.progress(weights.size(), drawn.size());
    }
  }
  const std::vector<uint64_t> shares = share_out(options.pairs, weights);
  Random starts = random_of(options.seed, Stream::kStarts);
  for (uint32_t user = 0; user < shares.size(); ++user) {
    model->add_laps(user, shares[user], starts.below(model->span_ms_));
  }
  std::sort(model->heap_.begin(), model->heap_.end());  // a sorted array is a heap
  return model;
}

void HistoryModel::add_user(const datasets::UserHistory& history,
                            const std::vector<uint32_t>& items) {
  User user{history.user, items_.size(), 0};
  int64_t last = 0;
  for (const datasets::Rating& rating : history.ratings) {
    if (!is_wanted(rating.item, items)) {
      continue;
    }
    if (user.ratings > 0) {
      gaps_.push_back(static_cast<uint16_t>(std::min(rating.time - last, kSessionGapMax)));
    }
    items_.push_back(rating.item);
    last = rating.time;
    ++user.ratings;
  }
  gaps_.push_back(static_cast<uint16_t>(kSessionGapMax));
  users_.push_back(user);
}

void HistoryModel::add_laps(uint32_t user, uint64_t pairs, uint64_t start_ms) {
  const User& history = users_[user];
  uint64_t time_ms = start_ms;
  Cursor cursor{0, user, 0};
  uint32_t position = 0;
  const auto end_lap = [&](uint64_t lap_start_ms) {
    heap_.push_back({lap_start_ms, static_cast<uint32_t>(cursors_.size())});
    cursors_.push_back(cursor);
  };
  uint64_t lap_start_ms = start_ms;
  for (uint64_t number = 0; number < pairs; ++number) {
    if (time_ms >= span_ms_) {
      end_lap(lap_start_ms);
      time_ms %= span_ms_;
      lap_start_ms = time_ms;
      cursor = {0, user, position};
    }
    ++cursor.left;
    time_ms += gaps_[history.begin + position] * kMillis;
    position = position + 1 < history.ratings ? position + 1 : 0;
  }
  end_lap(lap_start_ms);
}

bool HistoryModel::next(Pair& pair) {
  if (heap_.empty()) {
    return false;
  }
  Due& due = heap_.front();
  Cursor& cursor = cursors_[due.cursor];
  const User& user = users_[cursor.user];
  const uint64_t rating = user.begin + cursor.position;
  pair = {due.time_ms, user.id, items_[rating]};
  if (--cursor.left > 0) {
    due.time_ms += gaps_[rating] * kMillis;
    cursor.position = cursor.position + 1 < user.ratings ? cursor.position + 1 : 0;
  } else {
    due = heap_.back();
    heap_.pop_back();
  }
  sift_down();
  return true;
}

void HistoryModel::sift_down() {
  const size_t size = heap_.size();
  if (size < 2) {
    return;
  }
  const Due moved = heap_.front();
  size_t hole = 0;
  for (size_t child = 1; child < size; child = 2 * hole + 1) {
    if (child + 1 < size && heap_[child + 1] < heap_[child]) {
      ++child;
    }
    if (!(heap_[child] < moved)) {
      break;
    }
    heap_[hole] = heap_[child];
    hole = child;
  }
  heap_[hole] = moved;
}

}  // namespace macaw::generators
