// SPDX-License-Identifier: MIT
#include "vegeta_sums.h"

#include <algorithm>
#include <set>

#include "macaw/stats/distribution.h"
#include "rows.h"

namespace macaw::report {

double VegetaSums::rate() const {
  const auto count = static_cast<double>(requests());
  return duration_ns() > 0 ? count / to_seconds(Nanos(duration_ns())) : count;
}

double VegetaSums::throughput() const {
  const auto count = static_cast<double>(successes);
  return duration_ns() > 0 ? count / to_seconds(Nanos(duration_ns() + wait_ns())) : count;
}

double VegetaSums::mean_of_requests(uint64_t sum) const {
  return requests() == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(requests());
}

double VegetaSums::success_share() const {
  return mean_of_requests(successes);
}

int64_t VegetaSums::mean_ns() const {
  return static_cast<int64_t>(mean_of_requests(latency_total_ns));
}

int64_t VegetaSums::quantile_ns(double q) const {
  return latencies.empty() ? 0
                           : static_cast<int64_t>(latencies.value_at_rank(
                                 stats::nearest_rank(q, latencies.count())));
}

Result<VegetaSums> read_vegeta_sums(const FormatInput& input) {
  MACAW_TRY_ASSIGN(RowNames names, RowNames::read(input));
  VegetaSums sums;
  std::map<uint16_t, uint64_t> by_status;
  std::set<std::string> seen;
  const Clock clock = input.options->clock;
  MACAW_TRY(
      for_each_counted(*input.reader, input.summary->run.run, [&](const stats::Sample& sample) {
        const uint64_t latency = latency_ns(sample, clock);
        const int64_t began = began_ns(sample, clock);
        const int64_t end = began + static_cast<int64_t>(latency);
        const bool first = sums.requests() == 0;
        sums.earliest_ns = first ? began : std::min(sums.earliest_ns, began);
        sums.latest_ns = first ? began : std::max(sums.latest_ns, began);
        sums.end_ns = first ? end : std::max(sums.end_ns, end);
        sums.latencies.add(latency);
        sums.latency_total_ns += latency;
        sums.bytes_in += sample.bytes_in;
        sums.bytes_out += sample.bytes_out;
        const uint16_t status = http_status(sample);
        sums.successes += status >= 200 && status < 400 ? 1 : 0;
        ++by_status[status];
        const std::string& error = names.error(sample);
        if (!error.empty() && seen.insert(error).second) {
          sums.errors.push_back(error);
        }
      }));
  for (const auto& [status, count] : by_status) {
    sums.status_codes.emplace(fmt::format("{}", status), count);
  }
  return sums;
}

}  // namespace macaw::report
