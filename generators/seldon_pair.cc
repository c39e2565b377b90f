// SPDX-License-Identifier: MIT
#include "seldon_pair.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>

namespace macaw::generators {

namespace {

constexpr uint64_t kActionDelayMin = 1'000;   // ms
constexpr uint64_t kActionDelayMax = 10'000;  // ms
constexpr uint64_t kProgressPairs = 1U << 14;
constexpr std::string_view kUserHole = "{user}";
constexpr std::string_view kItemHole = "{item}";
static_assert(kUserHole.size() == kItemHole.size());

}  // namespace

UrlTemplate::UrlTemplate(std::string_view text) {
  while (!text.empty()) {
    const size_t user = std::min(text.find(kUserHole), text.size());
    const size_t item = std::min(text.find(kItemHole), text.size());
    const size_t end = std::min(user, item);
    Piece piece{std::string(text.substr(0, end)), Hole::kNone};
    text.remove_prefix(end);
    if (!text.empty()) {
      piece.hole = user < item ? Hole::kUser : Hole::kItem;
      text.remove_prefix(kUserHole.size());
    }
    pieces_.push_back(std::move(piece));
  }
}

bool UrlTemplate::is_whole(std::string_view text) {
  for (size_t at = text.find_first_of("{}"); at != std::string_view::npos;
       at = text.find_first_of("{}")) {
    text.remove_prefix(at);
    if (!text.starts_with(kUserHole) && !text.starts_with(kItemHole)) {
      return false;
    }
    text.remove_prefix(kUserHole.size());
  }
  return true;
}

void UrlTemplate::build(const PairSource& source, const Pair& pair, std::string& url) const {
  url.clear();
  for (const Piece& piece : pieces_) {
    url += piece.text;
    if (piece.hole == Hole::kUser) {
      source.append_user(pair.user, url);
    } else if (piece.hole == Hole::kItem) {
      source.append_item(pair.item, url);
    }
  }
}

// rlabs names the user's first list of recommendations: an action that carries it is a click on
// that.
SeldonUrls::SeldonUrls(std::string_view endpoint, std::string_view key, uint64_t limit)
    : SeldonUrls(
          UrlTemplate(fmt::format("http://{}/js/recommendations?consumer_key={}&user={}&item={}"
                                  "&limit={}&jsonpCallback=j",
                                  endpoint, key, kUserHole, kItemHole, limit)),
          UrlTemplate(fmt::format("http://{}/js/action/new?consumer_key={}&user={}&item={}&type=1"
                                  "&jsonpCallback=j",
                                  endpoint, key, kUserHole, kItemHole)),
          UrlTemplate(fmt::format("http://{}/js/action/new?consumer_key={}&user={}&item={}&type=1"
                                  "&rlabs=1&jsonpCallback=j",
                                  endpoint, key, kUserHole, kItemHole))) {}

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
    set_time(action.time_ms, action.pair);
    MACAW_TRY(write_action(action.number, action.pair, sink));
  }
  return {};
}

Status PairWriter::write_recommendation(const Pair& pair, const RecordSink& sink) {
  if (options_.format == replay::Format::kJsonLines) {
    set_time(pair.time_ms, pair);
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

void PairWriter::set_time(uint64_t time_ms, const Pair& pair) {
  record_.time = std::chrono::milliseconds(time_ms);
  record_.user.clear();
  source_.append_user(pair.user, record_.user);
}

}  // namespace macaw::generators
