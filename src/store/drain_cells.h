// SPDX-License-Identifier: MIT
//
// What the drain makes of the cells that are not samples: texts put together again, equal errors
// counted, and a health row per worker and second. Knows no database and no thread: cells in, rows
// out. Rows are handed out again and again until their transaction has been committed.
// Thread: the drain's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "macaw/stats/fault.h"
#include "macaw/stats/sample.h"
#include "macaw/stats/verdict.h"
#include "macaw/store/run_record.h"
#include "rows.h"

namespace macaw::store {

/// Valid UTF-8 on one line: what is not becomes '?', control characters become blanks.
std::string clean_text(std::string_view bytes);

class EventCollector {
 public:
  /// Faults within the warm-up are told, but not judged.
  EventCollector(size_t rings, Nanos warmup) : open_(rings), warmup_(warmup) {}

  /// See Drain::redact_with().
  void redact_with(std::function<std::string(std::string)> redact) { redact_ = std::move(redact); }

  void add(size_t ring, const stats::EventCell& cell);
  void add(size_t ring, const stats::TextCell& cell);
  /// An event that no worker tells.
  void add(EventRow row);
  /// No more cells will come: texts that wait for a lost cell end here.
  void finish();

  /// Rows that no commit has kept yet.
  std::vector<EventRow> uncommitted() const;
  void committed();

  const stats::FaultBook& faults() const { return faults_; }

 private:
  struct Open {
    EventRow row;
    size_t missing = 0;  // bytes of text
  };

  using ErrorKey = std::tuple<stats::Outcome, uint16_t, std::string>;

  void close(Open& open);

  std::vector<Open> open_;  // per ring
  const Nanos warmup_;
  std::function<std::string(std::string)> redact_;
  std::vector<EventRow> rows_;
  std::map<ErrorKey, EventRow> errors_;  // count: since the last commit
  stats::FaultBook faults_;
};

class HealthCollector {
 public:
  /// sums() begin after the warm-up.
  explicit HealthCollector(Nanos warmup) : sums_(warmup) {}

  void add(const stats::Sample& sample);
  void add(const stats::HealthCell& cell);

  /// Calls visit for every row that changed since the last commit.
  template <typename Visit>
  Status visit_changed(Visit&& visit) const {
    for (const auto& [key, second] : seconds_) {
      if (second.changed) {
        MACAW_TRY(visit(row_of(key, second)));
      }
    }
    return {};
  }

  /// Also forgets seconds before `before_s`. What comes for them later is not counted in any row.
  void committed(uint64_t before_s);

  /// Over all seconds so far and all workers.
  HealthSums sums() const;

  /// Sums over the workers' latest cells.
  uint64_t scheduled() const;
  uint64_t sent() const;

 private:
  using Key = std::pair<uint64_t, uint8_t>;  // second, worker

  struct Second {
    stats::Histogram lag;
    HealthRow row;  // requests and late are exact
    bool changed = false;
  };

  struct Recent {
    uint64_t second = 0;
    Second* found = nullptr;
  };

  static HealthRow row_of(const Key& key, const Second& second);
  Second* find(uint64_t second, uint8_t worker);

  std::map<Key, Second> seconds_;
  std::map<uint8_t, stats::HealthCell> latest_;
  std::vector<Recent> recent_ = std::vector<Recent>(256);  // by worker
  HealthSums sums_;                                        // of the forgotten ones
  uint64_t forgotten_before_s_ = 0;
};

}  // namespace macaw::store
