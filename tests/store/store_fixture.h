// SPDX-License-Identifier: MIT
//
// Folders, runs and samples for the tests of the store.
#pragma once

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "macaw/base/random.h"
#include "macaw/store/drain.h"
#include "macaw/store/run_reader.h"
#include "macaw/store/run_writer.h"

namespace macaw::store {

inline constexpr uint64_t kMs = 1'000'000;
inline constexpr uint64_t kSecond = 1'000'000'000;

/// The value, or the test ends with the error.
template <typename T>
T need(Result<T> result) {
  BOOST_REQUIRE_MESSAGE(result.ok(), (result.ok() ? "" : result.error().message()));
  return std::move(result).value();
}

inline void need(const Status& status) {
  BOOST_REQUIRE_MESSAGE(status.ok(), (status.ok() ? "" : status.error().message()));
}

template <typename T>
std::string error_of(const Result<T>& result) {
  return result.ok() ? "no error" : result.error().message();
}

class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "macaw-store-XXXXXX").string();
    BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }

  ~TempDir() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }

  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::string file(const std::string& name) const { return (path_ / name).string(); }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The stock library beside ours: what a person with sqlite3 sees, or spoils.
class PlainSqlite {
 public:
  explicit PlainSqlite(const std::string& path, int flags = SQLITE_OPEN_READWRITE) {
    BOOST_REQUIRE_EQUAL(sqlite3_open_v2(path.c_str(), &raw_, flags, nullptr), SQLITE_OK);
    sqlite3_busy_timeout(raw_, 10'000);
  }

  ~PlainSqlite() { sqlite3_close_v2(raw_); }

  PlainSqlite(const PlainSqlite&) = delete;
  PlainSqlite& operator=(const PlainSqlite&) = delete;

  void execute(const std::string& sql) {
    const int code = sqlite3_exec(raw_, sql.c_str(), nullptr, nullptr, nullptr);
    BOOST_REQUIRE_MESSAGE(code == SQLITE_OK, sql << ": " << sqlite3_errmsg(raw_));
  }

  /// All rows, columns joined by "|", NULL as "".
  std::vector<std::string> rows(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(raw_, sql.c_str(), -1, &statement, nullptr);
    BOOST_REQUIRE_MESSAGE(code == SQLITE_OK, sql << ": " << sqlite3_errmsg(raw_));
    std::vector<std::string> rows;
    while (sqlite3_step(statement) == SQLITE_ROW) {
      std::string row;
      for (int k = 0; k < sqlite3_column_count(statement); ++k) {
        const void* bytes = sqlite3_column_blob(statement, k);
        const auto size = static_cast<size_t>(sqlite3_column_bytes(statement, k));
        row += (k == 0 ? "" : "|");
        row.append(static_cast<const char*>(bytes), size);
      }
      rows.push_back(row);
    }
    const int ended = sqlite3_finalize(statement);
    BOOST_REQUIRE_MESSAGE(ended == SQLITE_OK, sql << ": " << sqlite3_errmsg(raw_));
    return rows;
  }

  std::string one(const std::string& sql) {
    const auto all = rows(sql);
    BOOST_REQUIRE_MESSAGE(all.size() == 1, sql << ": " << all.size() << " rows");
    return all.front();
  }

 private:
  sqlite3* raw_ = nullptr;
};

inline RunStart make_start(const std::string& label = "test") {
  RunStart start;
  start.uuid = "0b5c0f6e-0000-4000-8000-000000000001";
  start.label = label;
  start.started_at = WallTime(Nanos(1'795'228'501'123'456'789));
  start.argv = {"replay", "out \"x\".txt", "--rps", "100", "C:\\dir\n"};
  start.working_folder = "/somewhere";
  start.file = "out.txt";
  start.file_sha256 = std::string(64, 'a');
  start.file_provenance = "macaw/1;generator=ml10m";
  start.target = "127.0.0.1:8080";
  start.profile = "constant 100/s";
  start.arrivals = "constant";
  start.target_rps = 100;
  start.seed = 7;
  start.planned = 6'000;
  start.planned_duration = from_seconds(60);
  start.workers = 2;
  start.connections = 64;
  start.timeout = from_seconds(30);
  start.host = "testhost, 2 cores";
  start.versions = "macaw 0.1.0";
  return start;
}

/// What a run of a recommender looks like: `rate` a second, log-normal service times around 4 ms,
/// lag of tens of microseconds, 1 % errors of every kind.
class SampleSource {
 public:
  explicit SampleSource(uint64_t rate, uint64_t seed = 1, uint16_t endpoints = 2,
                        uint8_t workers = 2)
      : rate_(rate), endpoints_(endpoints), workers_(workers), random_(seed) {}

  stats::Sample next() {
    stats::Sample sample;
    const uint64_t i = next_++;
    sample.index = i & 0xffffffffff;
    sample.line = static_cast<uint32_t>(1 + i % 100'000);
    sample.worker = static_cast<uint8_t>(i % workers_);
    sample.endpoint = (1 + i % endpoints_) & 0xffff;
    sample.connection = random_.below(64) & 0x3f;
    sample.intended_ns = static_cast<int64_t>(i * kSecond / rate_);
    const double normal = random_.unit() + random_.unit() + random_.unit() + random_.unit() - 2;
    const auto service = static_cast<uint64_t>(4e6 * std::exp(normal));
    const uint64_t ready = 5'000 + random_.below(60'000);
    const uint64_t sent = ready + 2'000 + random_.below(20'000);
    uint64_t done = sent + service;
    sample.outcome = stats::Outcome::kOk;
    sample.status = 200;
    if (random_.below(100) == 0) {
      sample.outcome = static_cast<stats::Outcome>(2 + random_.below(8));
      sample.status = sample.outcome == stats::Outcome::kHttpError ? 503 : 0;
      if (sample.outcome == stats::Outcome::kWrongAnswer) {
        sample.status = 200;
      }
    }
    sample.ready_ns = ready & 0xffffffffffff;
    sample.sent_ns = sent & 0xffffffffffff;
    sample.first_byte_ns = random_.below(2) == 0 ? done : done - random_.below(service / 2 + 1);
    if (sample.outcome == stats::Outcome::kRefused) {
      sample.flags = stats::kFlagNotSent;
      sample.sent_ns = done & 0xffffffffffff;
      sample.first_byte_ns = done;
    } else if (sample.status == 0) {
      sample.first_byte_ns = done;
    } else if (random_.below(200) == 0) {
      sample.flags = stats::kFlagNewConnection;
    }
    sample.done_ns = done;
    sample.bytes_out = 100 + static_cast<uint32_t>(random_.below(120));
    sample.bytes_in = sample.status == 0 ? 0 : 180 + static_cast<uint32_t>(random_.below(900));
    return sample;
  }

  std::vector<stats::Sample> take(size_t count) {
    std::vector<stats::Sample> samples;
    samples.reserve(count);
    while (samples.size() < count) {
      samples.push_back(next());
    }
    return samples;
  }

 private:
  const uint64_t rate_;
  const uint16_t endpoints_;
  const uint8_t workers_;
  Random random_;
  uint64_t next_ = 0;
};

inline std::vector<std::byte> bytes_of(const stats::Sample& sample) {
  const auto cell = stats::Cell::of(sample);
  return {cell.bytes.begin(), cell.bytes.end()};
}

/// A run that plays through a drain and began `ago`: push() plays the worker.
class DrainedRun {
 public:
  DrainedRun(const std::string& path, const RunStart& start, size_t ring_count = 1,
             size_t capacity = 1 << 16, Nanos ago = Nanos(0))
      : start_(start), writer_(need(RunWriter::open(path))) {
    run_ = need(writer_->begin_run(start_));
    std::vector<CellRing*> rings;
    for (size_t k = 0; k < ring_count; ++k) {
      rings_.push_back(std::make_unique<CellRing>(capacity));
      rings.push_back(rings_.back().get());
    }
    drain_ = std::make_unique<Drain>(*writer_, start_, rings, MonoClock::now() - ago);
  }

  template <typename T>
  void push(const T& value, size_t ring = 0) {
    while (!rings_[ring]->try_push(stats::Cell::of(value))) {
      std::this_thread::yield();
    }
    if constexpr (std::is_same_v<T, stats::Sample>) {
      ++pushed_;
      sent_ += static_cast<uint64_t>((value.flags & stats::kFlagNotSent) == 0);
    } else if constexpr (std::is_same_v<T, stats::UnsentCell>) {
      unsent_ += value.count;
    }
  }

  RunEnd end() const {
    RunEnd end;
    end.reason = "end of file";
    end.spans.elapsed = from_seconds(60);
    end.scheduled = pushed_ + unsent_;
    end.sent = sent_;
    end.unsent = unsent_;
    return end;
  }

  stats::Verdict stop() { return need(drain_->stop(end())); }

  Drain& drain() { return *drain_; }

  RunWriter& writer() { return *writer_; }

  int64_t run() const { return run_; }

  CellRing& ring(size_t k = 0) { return *rings_[k]; }

  void close() {
    drain_.reset();
    writer_.reset();
  }

 private:
  RunStart start_;
  std::unique_ptr<RunWriter> writer_;
  std::vector<std::unique_ptr<CellRing>> rings_;
  std::unique_ptr<Drain> drain_;
  int64_t run_ = 0;
  uint64_t pushed_ = 0;
  uint64_t sent_ = 0;
  uint64_t unsent_ = 0;
};

}  // namespace macaw::store
