// SPDX-License-Identifier: MIT
//
// Aggregates of samples, in total and over time. The cost per sample matters (the drain may be
// given 200,000 a second): intervals are found through a pointer to the last one used, not by a
// search.

#include "macaw/stats/aggregate.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace macaw::stats {

namespace {

constexpr uint64_t kNanosPerSecond = 1'000'000'000;

uint64_t second_of(int64_t since_start_ns) {
  return since_start_ns < 0 ? 0 : static_cast<uint64_t>(since_start_ns) / kNanosPerSecond;
}

// Stamps of one request come from one clock, so they ascend; a difference below 0 would wrap.
uint64_t span(uint64_t from_ns, uint64_t to_ns) {
  return to_ns > from_ns ? to_ns - from_ns : 0;
}

}  // namespace

void Aggregate::add_to_interval(const Sample& sample) {
  const bool success = is_success(sample.outcome);
  const auto outcome = static_cast<size_t>(sample.outcome);
  MACAW_DCHECK(outcome > 0 && outcome < kOutcomes, "outcome={}", outcome);
  ++outcomes[outcome];
  bytes_in += sample.bytes_in;
  bytes_out += sample.bytes_out;
  resent += static_cast<uint64_t>((sample.flags & kFlagResent) != 0);
  response.add(sample.done_ns, success);
  service.add(span(sample.sent_ns, sample.done_ns), success);
}

void Aggregate::add(const Sample& sample) {
  add_to_interval(sample);
  response_without_lag.add(span(sample.ready_ns, sample.done_ns), is_success(sample.outcome));
  lag.add(sample.ready_ns);
  connection_wait.add(span(sample.ready_ns, sample.sent_ns));
  ++statuses[{static_cast<uint16_t>(sample.status), sample.outcome}];
}

void Aggregate::merge(const Aggregate& other) {
  for (size_t k = 0; k < outcomes.size(); ++k) {
    outcomes[k] += other.outcomes[k];
  }
  bytes_in += other.bytes_in;
  bytes_out += other.bytes_out;
  resent += other.resent;
  completed += other.completed;
  response.merge(other.response);
  service.merge(other.service);
  response_without_lag.merge(other.response_without_lag);
  lag.merge(other.lag);
  connection_wait.merge(other.connection_wait);
  for (const auto& [key, count] : other.statuses) {
    statuses[key] += count;
  }
}

uint64_t Aggregate::requests() const {
  return std::accumulate(outcomes.begin(), outcomes.end(), uint64_t{0});
}

uint64_t Aggregate::errors() const {
  return requests() - outcomes[static_cast<size_t>(Outcome::kOk)];
}

RunAggregator::RunAggregator() {
  endpoint(0);
}

void RunAggregator::add(const Sample& sample) {
  if (!sample.counts()) {
    ++left_out_.requests;
    left_out_.sent += static_cast<uint64_t>((sample.flags & kFlagNotSent) == 0);
    if ((sample.flags & kFlagIgnored) != 0) {
      return;
    }
  }
  add_to(0, sample);
  if (sample.endpoint != 0) {
    add_to(static_cast<uint16_t>(sample.endpoint), sample);
  }
}

void RunAggregator::add_to(uint16_t number, const Sample& sample) {
  Endpoint& of = endpoint(number);
  if (sample.counts()) {
    of.total->add(sample);
  }
  const uint64_t intended_s = second_of(sample.intended_ns);
  const uint64_t done_s = second_of(sample.intended_ns + static_cast<int64_t>(sample.done_ns));
  const bool answer = is_answer(sample.outcome);
  for (size_t level = 0; level < kResolutions.size(); ++level) {
    open(number, of, level, intended_s).add_to_interval(sample);
    if (answer) {
      ++open(number, of, level, done_s).completed;
    }
  }
}

RunAggregator::Endpoint& RunAggregator::endpoint(uint16_t number) {
  if (number >= endpoints_.size()) {
    endpoints_.resize(size_t{number} + 1);
  }
  Endpoint& found = endpoints_[number];
  if (found.total == nullptr) {
    found.total = &totals_[number];  // nodes of a map stay where they are
  }
  return found;
}

Aggregate& RunAggregator::open(uint16_t number, Endpoint& of, size_t level, uint64_t second) {
  const uint32_t resolution = kResolutions[level];
  const uint64_t start_s = second - second % resolution;
  Recent& recent = of.recent[level];
  if (recent.open == nullptr || recent.start_s != start_s) {
    const IntervalKey key{resolution, start_s, number};
    auto [entry, is_new] = open_.try_emplace(key);
    if (is_new && start_s + resolution <= forgotten_before_s_ && reload_) {
      if (const auto reloaded = reload_(key)) {
        entry->second.aggregate = *reloaded;
      }
    }
    recent = {start_s, &*entry};
  }
  mark_changed(*recent.open);
  return recent.open->second.aggregate;
}

void RunAggregator::mark_changed(OpenMap::value_type& entry) {
  if (!entry.second.changed) {
    entry.second.changed = true;
    changed_.push_back(&entry);
  }
}

void RunAggregator::take_changed(uint64_t now_s, uint64_t keep_s, const Visit& visit) {
  const uint64_t before_s = now_s > keep_s ? now_s - keep_s : 0;
  for (const uint32_t resolution : kResolutions) {
    auto entry = open_.lower_bound(IntervalKey{resolution, 0, 0});
    while (entry != open_.end() && entry->first.resolution == resolution &&
           entry->first.start_s + resolution < before_s) {
      entry = entry->second.changed ? std::next(entry) : open_.erase(entry);
    }
  }
  forgotten_before_s_ = std::max(forgotten_before_s_, before_s);
  forget_recent();
  std::sort(changed_.begin(), changed_.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  // A visitor may not come back to this object, but the list is taken first all the same.
  const auto changed = std::exchange(changed_, {});
  for (auto* entry : changed) {
    entry->second.changed = false;
    visit(entry->first, entry->second.aggregate);
  }
}

void RunAggregator::change_all() {
  for (auto& entry : open_) {
    mark_changed(entry);
  }
}

void RunAggregator::take_ended(uint64_t before_s, const Visit& visit) {
  const auto has_ended = [before_s](const OpenMap::value_type& entry) {
    return entry.first.start_s + entry.first.resolution <= before_s;
  };
  std::erase_if(changed_, [&has_ended](const auto* entry) { return has_ended(*entry); });
  for (const uint32_t resolution : kResolutions) {
    auto entry = open_.lower_bound(IntervalKey{resolution, 0, 0});
    while (entry != open_.end() && entry->first.resolution == resolution && has_ended(*entry)) {
      visit(entry->first, entry->second.aggregate);
      entry = open_.erase(entry);
    }
  }
  forgotten_before_s_ = std::max(forgotten_before_s_, before_s);
  forget_recent();
}

void RunAggregator::forget_recent() {
  for (Endpoint& of : endpoints_) {
    of.recent = {};
  }
}

}  // namespace macaw::stats
