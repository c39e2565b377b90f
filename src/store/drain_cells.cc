// SPDX-License-Identifier: MIT
//
// Events and health out of cells.

#include "drain_cells.h"

#include <algorithm>
#include <utility>

namespace macaw::store {

namespace {

// A target that puts a time or a number into every error must not fill memory and file.
constexpr size_t kDistinctErrorsMax = 1'000;
constexpr std::string_view kOtherErrors = "(other errors)";
constexpr int64_t kNanosPerSecond = 1'000'000'000;

// The length of the UTF-8 sequence at the front, 0 if it is none (RFC 3629).
size_t utf8_length(std::string_view bytes) {
  const auto at = [bytes](size_t k) { return static_cast<unsigned char>(bytes[k]); };
  const unsigned char first = at(0);
  const size_t length = first < 0x80   ? 1
                        : first < 0xc2 ? 0
                        : first < 0xe0 ? 2
                        : first < 0xf0 ? 3
                        : first < 0xf5 ? 4
                                       : 0;
  if (length == 0 || length > bytes.size()) {
    return 0;
  }
  for (size_t k = 1; k < length; ++k) {
    if ((at(k) & 0xc0) != 0x80) {
      return 0;
    }
  }
  const bool overlong = (first == 0xe0 && at(1) < 0xa0) || (first == 0xf0 && at(1) < 0x90);
  const bool surrogate = first == 0xed && at(1) >= 0xa0;
  const bool beyond = first == 0xf4 && at(1) >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
}

}  // namespace

std::string clean_text(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const size_t length = utf8_length(bytes);
    const auto first = static_cast<unsigned char>(bytes.front());
    if (length == 0) {
      text += '?';
    } else if (first < 0x20 || first == 0x7f) {
      text += ' ';
    } else {
      text += bytes.substr(0, length);
    }
    bytes.remove_prefix(std::max<size_t>(length, 1));
  }
  return text;
}

void EventCollector::add(size_t ring, const stats::EventCell& cell) {
  Open& open = open_[ring];
  if (open.missing > 0) {
    close(open);  // the rest of its text did not fit into the ring
  }
  open.row = EventRow{};
  open.row.at = Nanos(cell.at_ns);
  open.row.worker = cell.worker;
  open.row.kind = cell.event;
  open.row.outcome = cell.outcome;
  open.row.endpoint = cell.endpoint;
  open.row.value = cell.value;
  open.row.count = cell.count;
  const size_t here = std::min<size_t>(cell.text_size, cell.text.size());
  open.row.text.assign(cell.text.data(), here);
  open.missing = cell.text_size - here;
  if (open.missing == 0) {
    close(open);
  }
}

void EventCollector::add(size_t ring, const stats::TextCell& cell) {
  Open& open = open_[ring];
  const size_t here = std::min(open.missing, cell.text.size());
  if (here == 0) {
    return;  // the event that it belongs to did not fit into the ring
  }
  open.row.text.append(cell.text.data(), here);
  open.missing -= here;
  if (open.missing == 0) {
    close(open);
  }
}

void EventCollector::finish() {
  for (Open& open : open_) {
    if (open.missing > 0) {
      close(open);
    }
  }
}

void EventCollector::close(Open& open) {
  open.missing = 0;
  add(std::move(open.row));
}

void EventCollector::add(EventRow row) {
  if (redact_) {
    row.text = redact_(std::move(row.text));
  }
  row.text = clean_text(row.text);
  if (row.at >= warmup_) {
    faults_.add(row.kind, row.value, row.at.count(), row.count, row.text);
  }
  if (row.kind != stats::EventKind::kError) {
    rows_.push_back(std::move(row));
    return;
  }
  ErrorKey key{row.outcome, row.endpoint, row.text};
  if (errors_.size() >= kDistinctErrorsMax && !errors_.contains(key)) {
    std::get<2>(key) = row.text = kOtherErrors;
  }
  const uint64_t count = std::exchange(row.count, 0);
  errors_.try_emplace(std::move(key), row).first->second.count += count;
}

std::vector<EventRow> EventCollector::uncommitted() const {
  std::vector<EventRow> rows = rows_;
  for (const auto& [key, row] : errors_) {
    if (row.count > 0) {
      rows.push_back(row);
    }
  }
  return rows;
}

void EventCollector::committed() {
  rows_.clear();
  for (auto& [key, row] : errors_) {
    row.count = 0;
  }
}

void HealthCollector::add(const stats::Sample& sample) {
  const uint64_t second =
      sample.intended_ns < 0 ? 0 : static_cast<uint64_t>(sample.intended_ns / kNanosPerSecond);
  if (Second* found = find(second, sample.worker)) {
    found->lag.add(sample.ready_ns);
    ++found->row.requests;
    found->row.late += sample.lag_ns() > stats::kLateNs ? 1U : 0U;
    found->changed = true;
  }
}

void HealthCollector::add(const stats::HealthCell& cell) {
  stats::HealthCell& before = latest_.try_emplace(cell.worker).first->second;
  // A cell speaks of the second that ends about now.
  const int64_t ended = (cell.at_ns + kNanosPerSecond / 2) / kNanosPerSecond;
  const auto second = static_cast<uint64_t>(std::max<int64_t>(ended - 1, 0));
  if (Second* found = find(second, cell.worker)) {
    HealthRow& row = found->row;
    row.busy_share = static_cast<double>(cell.busy_permille) / 1'000;
    row.backlog = cell.scheduled - std::min(cell.sent, cell.scheduled);
    row.in_flight = cell.in_flight;
    row.connections = cell.connections;
    row.users = cell.users;
    row.scheduled = cell.scheduled;
    row.sent = cell.sent;
    row.turn_ms_max = std::max(row.turn_ms_max, static_cast<double>(cell.turn_ns_max) / 1e6);
    if (cell.at_ns > before.at_ns && cell.cpu_ns >= before.cpu_ns) {
      const auto span = static_cast<double>(cell.at_ns - before.at_ns);
      row.cpu_share = static_cast<double>(cell.cpu_ns - before.cpu_ns) / span;
      row.wait_share = static_cast<double>(cell.run_wait_ns - before.run_wait_ns) / span;
    }
    found->changed = true;
  }
  before = cell;
}

HealthCollector::Second* HealthCollector::find(uint64_t second, uint8_t worker) {
  Recent& recent = recent_[worker];
  if (recent.found == nullptr || recent.second != second) {
    if (second < forgotten_before_s_) {
      return nullptr;
    }
    recent = {second, &seconds_[{second, worker}]};
  }
  return recent.found;
}

HealthRow HealthCollector::row_of(const Key& key, const Second& second) {
  HealthRow row = second.row;
  row.second = key.first;
  row.worker = key.second;
  row.lag_p99_ms = millis_at(second.lag, 0.99);
  row.lag_max_ms = millis_at(second.lag, 1);
  return row;
}

HealthSums HealthCollector::sums() const {
  HealthSums sums = sums_;
  for (const auto& [key, second] : seconds_) {
    sums.add(key.first, row_of(key, second));
  }
  return sums;
}

void HealthCollector::committed(uint64_t before_s) {
  for (const auto& [key, second] : seconds_) {
    if (key.first < before_s) {
      sums_.add(key.first, row_of(key, second));
    }
  }
  for (auto second = seconds_.begin(); second != seconds_.end();) {
    second->second.changed = false;
    second = second->first.first < before_s ? seconds_.erase(second) : std::next(second);
  }
  forgotten_before_s_ = std::max(forgotten_before_s_, before_s);
  std::fill(recent_.begin(), recent_.end(), Recent{});
}

uint64_t HealthCollector::scheduled() const {
  uint64_t sum = 0;
  for (const auto& [worker, cell] : latest_) {
    sum += cell.scheduled;
  }
  return sum;
}

uint64_t HealthCollector::sent() const {
  uint64_t sum = 0;
  for (const auto& [worker, cell] : latest_) {
    sum += cell.sent;
  }
  return sum;
}

}  // namespace macaw::store
