// SPDX-License-Identifier: MIT
#include "seldon_pair.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <limits>

namespace macaw::generators {

namespace {

constexpr uint64_t kActionDelayMin = 1'000;   // ms
constexpr uint64_t kActionDelayMax = 10'000;  // ms
constexpr uint64_t kProgressPairs = 1U << 14;

}  // namespace

void append_number(uint64_t number, std::string& text) {
  std::array<char, std::numeric_limits<uint64_t>::digits10 + 1> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.append(digits.data(), static_cast<size_t>(end - digits.data()));
}

SeldonUrls::SeldonUrls(std::string_view endpoint, std::string_view key, uint64_t limit)
    : recommendation_head_(
          fmt::format("http://{}/js/recommendations?consumer_key={}&user=", endpoint, key)),
      recommendation_tail_(fmt::format("&limit={}&jsonpCallback=j", limit)),
      action_head_(fmt::format("http://{}/js/action/new?consumer_key={}&user=", endpoint, key)) {}

void SeldonUrls::recommendation(const PairSource& source, const Pair& pair,
                                std::string& url) const {
  url.assign(recommendation_head_);
  append_number(pair.user, url);
  url.append("&item=");
  source.append_item(pair.item, url);
  url.append(recommendation_tail_);
}

void SeldonUrls::action(const PairSource& source, const Pair& pair, bool click,
                        std::string& url) const {
  url.assign(action_head_);
  append_number(pair.user, url);
  url.append("&item=");
  source.append_item(pair.item, url);
  // rlabs names the user's first list of recommendations: an action that carries it is a click on
  // that.
  url.append(click ? "&type=1&rlabs=1&jsonpCallback=j" : "&type=1&jsonpCallback=j");
}

Status PairWriter::run(const RecordSink& sink, const Reporter& reporter) {
  const bool timed = options_.format == replay::Format::kJsonLines;
  const uint64_t pairs = source_.pairs();
  Pair pair;
  for (uint64_t number = 0; source_.next(pair); ++number) {
    if (timed) {
      MACAW_TRY(write_pending(pair.time_ms, sink));
    }
    MACAW_TRY(write_recommendation(pair, sink));
    if (timed) {
      constexpr uint64_t kDelays = kActionDelayMax - kActionDelayMin + 1;
      const uint64_t delay = kActionDelayMin + (((delays_.at(number) >> 32) * kDelays) >> 32);
      pending_.push({pair.time_ms + delay, number, pair});
    } else {
      MACAW_TRY(write_action(number, pair, sink));
    }
    if (reporter.progress && number % kProgressPairs == 0) {
      reporter.progress(number, pairs);
    }
  }
  return write_pending(std::numeric_limits<uint64_t>::max(), sink);
}

Status PairWriter::write_pending(uint64_t time_ms, const RecordSink& sink) {
  // At equal times the action goes first: its pair is the earlier one.
  while (!pending_.empty() && pending_.top().time_ms <= time_ms) {
    const PendingAction action = pending_.top();
    pending_.pop();
    set_time(action.time_ms, action.pair.user);
    MACAW_TRY(write_action(action.number, action.pair, sink));
  }
  return {};
}

Status PairWriter::write_recommendation(const Pair& pair, const RecordSink& sink) {
  if (options_.format == replay::Format::kJsonLines) {
    set_time(pair.time_ms, pair.user);
  }
  urls_.recommendation(source_, pair, record_.url);
  return sink(record_);
}

Status PairWriter::write_action(uint64_t number, const Pair& pair, const RecordSink& sink) {
  urls_.action(source_, pair, is_click(number), record_.url);
  return sink(record_);
}

bool PairWriter::is_click(uint64_t number) const {
  const double unit = static_cast<double>(clicks_.at(number) >> 11) * 0x1.0p-53;
  return unit * 100 < options_.click_percent;
}

void PairWriter::set_time(uint64_t time_ms, uint64_t user) {
  record_.time = std::chrono::milliseconds(time_ms);
  record_.user.clear();
  append_number(user, record_.user);
}

}  // namespace macaw::generators
