// SPDX-License-Identifier: MIT
//
// See engine_run.h.

#include "engine_run.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <latch>
#include <mutex>

#include "macaw/base/units.h"

namespace macaw::test {

EngineRun::EngineRun() {
  options.transmission.timeout = std::chrono::seconds(5);
  options.transmission.connect_timeout = std::chrono::seconds(5);
  options.transmission.drain = std::chrono::seconds(5);
}

EngineRun::EngineRun(uint16_t port, size_t count) : EngineRun() {
  aim_at(port);
  add_lines(count);
}

void EngineRun::add_lines(size_t count, const std::string& path) {
  for (size_t k = 0; k < count; ++k) {
    lines.push_back(path + "?n=" + std::to_string(lines.size()));
  }
}

void EngineRun::aim_at(uint16_t port) {
  options.transmission.target = http::HostPort{"127.0.0.1", port};
}

uint64_t EngineRun::count(stats::Outcome outcome) const {
  const auto found = outcomes.find(outcome);
  return found == outcomes.end() ? 0 : found->second;
}

uint64_t EngineRun::resent() const {
  return static_cast<uint64_t>(std::count_if(
      samples.begin(), samples.end(),
      [](const stats::Sample& sample) { return (sample.flags & stats::kFlagResent) != 0; }));
}

void EngineRun::play() {
  std::string text;
  for (const std::string& line : lines) {
    text += line + "\n";
  }
  const bool json = !lines.empty() && lines.front().starts_with("{");
  options.selection.file = folder.write(json ? "run.jsonl" : "run.txt", text);
  if (options.timing.source == replay::Timing::Source::kProfile) {
    options.timing.profile = replay::RateProfile::constant(*parse_rate(rate));
  }
  const auto survey = replay::survey_file(options.selection.file, nullptr);
  BOOST_REQUIRE_MESSAGE(survey.ok(), (survey.ok() ? "" : survey.error().message()));
  auto replayer = replay::Replayer::prepare(options, &*survey);
  BOOST_REQUIRE_MESSAGE(replayer.ok(), (replayer.ok() ? "" : replayer.error().message()));
  BOOST_REQUIRE(!(*replayer)->resolve().has_value());

  std::vector<CollectingSink> collected(options.transmission.workers);
  std::vector<replay::SampleSink*> sinks;
  for (CollectingSink& sink : collected) {
    sink.capacity = sink_capacity;
    sink.on_sample = on_sample;
    sinks.push_back(&sink);
  }
  std::latch finished(1);
  std::mutex mutex;
  (*replayer)->start(sinks, {.endpoint_found =
                                 [&](const replay::Endpoint& endpoint) {
                                   const std::lock_guard lock(mutex);
                                   endpoints.push_back(endpoint);
                                 },
                             .finished = [&] { finished.count_down(); }});
  if (while_playing) {
    while_playing((*replayer)->control());
  }
  finished.wait();
  result = (*replayer)->join();

  for (const CollectingSink& sink : collected) {
    for (const stats::Cell& cell : sink.cells) {
      switch (cell.kind()) {
        case stats::CellKind::kSample:
          samples.push_back(cell.as<stats::Sample>());
          ++outcomes[samples.back().outcome];
          break;
        case stats::CellKind::kEvent:
          if (const auto event = cell.as<stats::EventCell>();
              event.event == stats::EventKind::kError) {
            errors.push_back(event);
          } else {
            faults.add(event.event, event.value, event.at_ns, event.count, {});
          }
          break;
        case stats::CellKind::kUnsent:
          unsent.push_back(cell.as<stats::UnsentCell>());
          break;
        case stats::CellKind::kHealth:
          health.push_back(cell.as<stats::HealthCell>());
          break;
        case stats::CellKind::kConnection:
          connections.push_back(cell.as<stats::ConnectionCell>());
          break;
        case stats::CellKind::kStream:
          streams.push_back(cell.as<stats::StreamCell>());
          break;
        default:
          break;
      }
    }
  }
  std::sort(samples.begin(), samples.end(),
            [](const auto& a, const auto& b) { return a.index < b.index; });
  // Conservation, and one outcome per request.
  BOOST_TEST(result.scheduled == samples.size() + result.unsent);
  for (size_t k = 1; k < samples.size(); ++k) {
    BOOST_REQUIRE(samples[k - 1].index != samples[k].index);
  }
  for (const stats::Sample& sample : samples) {
    BOOST_REQUIRE(sample.ready_ns <= sample.sent_ns);
    BOOST_REQUIRE(sample.sent_ns <= sample.first_byte_ns);
    BOOST_REQUIRE(sample.first_byte_ns <= sample.done_ns);
  }
}

}  // namespace macaw::test
