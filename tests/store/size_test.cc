// SPDX-License-Identifier: MIT
//
// Bytes per row on disk, the forecast, and readers beside a writer.

#include <atomic>
#include <boost/test/unit_test.hpp>

#include "store/store_fixture.h"

namespace macaw::store {

BOOST_AUTO_TEST_SUITE(size_test)

// 200,000 requests at 1,000 a second, through the drain, in the order in which they end.
BOOST_AUTO_TEST_CASE(a_row_takes_at_most_64_bytes) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  constexpr uint64_t kRequests = 200'000;
  {
    DrainedRun run(path, make_start(), 2);
    run.drain().start();
    std::vector<stats::Sample> samples = SampleSource(1'000).take(kRequests);
    std::sort(samples.begin(), samples.end(), [](const auto& a, const auto& b) {
      return a.intended_ns + static_cast<int64_t>(a.done_ns) <
             b.intended_ns + static_cast<int64_t>(b.done_ns);
    });
    for (const stats::Sample& sample : samples) {
      run.push(sample, sample.worker);
    }
    run.stop();
    run.close();
  }
  const auto bytes = static_cast<double>(std::filesystem::file_size(path));
  BOOST_TEST_MESSAGE(bytes / kRequests << " bytes a request, everything included");
  BOOST_TEST(bytes / kRequests <= 64.0);
  const auto forecast = static_cast<double>(forecast_bytes(kRequests, RowPolicy{}));
  BOOST_TEST(std::abs(forecast - bytes) <= 0.1 * bytes);
  const auto reader = need(RunReader::open(path));
  BOOST_TEST(need(verify_run(*reader, 0)).ok());
}

BOOST_AUTO_TEST_CASE(forecasts_follow_the_row_policy) {
  const uint64_t all = forecast_bytes(10'000'000, RowPolicy{});
  const uint64_t errors = forecast_bytes(10'000'000, {RowPolicy::Kind::kErrors, 1});
  const uint64_t sampled = forecast_bytes(10'000'000, {RowPolicy::Kind::kSample, 100});
  BOOST_TEST(all > 500'000'000U);
  BOOST_TEST(errors < all / 50);
  BOOST_TEST(sampled > errors);
  BOOST_TEST(sampled < all / 40);
}

// Each reader sees sums and rows of one moment, only ever more, and the drain is never blocked.
BOOST_AUTO_TEST_CASE(readers_beside_a_writer_see_whole_commits) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  DrainedRun run(path, make_start());
  std::atomic<bool> over = false;
  std::atomic<uint64_t> reads = 0;
  std::vector<std::string> faults(3);
  std::vector<std::thread> readers;
  for (std::string& fault : faults) {
    readers.emplace_back([&path, &over, &reads, &fault] {
      const auto reader = RunReader::open(path);
      uint64_t before = 0;
      while (fault.empty() && !over) {
        const auto totals = (*reader)->totals(0);
        if (!totals.ok()) {
          fault = totals.error().message();
          break;
        }
        const uint64_t seen = totals->empty() ? 0 : totals->front().totals.requests();
        uint64_t rows = 0;
        const Status read =
            (*reader)->for_each_sample(0, [&rows](const stats::Sample&) { ++rows; });
        if (!read.ok()) {
          fault = read.error().message();
        } else if (seen < before || rows < seen) {  // rows were read later, so there may be more
          fault = fmt::format("{} requests after {}, {} rows", seen, before, rows);
        }
        before = seen;
        ++reads;
      }
    });
  }
  run.drain().start();
  SampleSource source(10'000);
  uint64_t pushed = 0;
  while (reads < 60 || pushed < 100'000) {
    run.push(source.next());
    ++pushed;
    if (pushed % 1'000 == 0) {
      std::this_thread::yield();
    }
    if (pushed > 1'500'000) {
      break;
    }
  }
  over = true;
  for (std::thread& reader : readers) {
    reader.join();
  }
  const stats::Verdict verdict = run.stop();
  for (const std::string& fault : faults) {
    BOOST_TEST(fault == "");
  }
  BOOST_TEST(run.drain().first_error() == "");
  BOOST_TEST((verdict == stats::Verdict{}));
  const auto reader = need(RunReader::open(path));
  BOOST_TEST(need(reader->totals(0)).front().totals.requests() == pushed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::store
