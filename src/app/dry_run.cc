// SPDX-License-Identifier: MIT
#include "dry_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "cli_support.h"
#include "macaw/base/units.h"
#include "macaw/replay/engine/replayer.h"
#include "run_description.h"

namespace macaw::app {

namespace {

constexpr size_t kBadLinesShown = 100;
constexpr size_t kEndpointsShown = 20;

/// As long as that of any stub.
const http::HostPort kSomeStub{"127.0.0.1", 65'535};

int tell_bad_lines(const PlaySettings& settings) {
  const replay::Selection& selection = settings.run.selection;
  const replay::BadLines bad =
      replay::find_bad_lines(selection.file, kBadLinesShown, selection.sort);
  for (const Error& error : bad.errors) {
    fmt::print(stderr, "replay: {}\n", error.message());
  }
  if (bad.count > bad.errors.size()) {
    fmt::print(stderr, "replay: and {} more bad lines\n",
               format_count(bad.count - bad.errors.size()));
  }
  return fail(fmt::format("{}: {} bad line{}: nothing of it would be played", selection.file,
                          format_count(bad.count), bad.count == 1 ? "" : "s"));
}

std::string schedule_text(const PlaySettings& settings, const replay::Forecast& forecast) {
  if (!settings.run.timing.is_open_loop()) {
    return "when they are sent is an outcome\n";
  }
  return fmt::format(
      "the last one is due at {}; most in a second: {}, from {}\n",
      format_duration(std::chrono::round<std::chrono::milliseconds>(forecast.last_due)),
      format_count(forecast.peak_requests),
      format_duration(std::chrono::seconds(forecast.peak_second)));
}

std::string endpoints_text(replay::Forecast& forecast) {
  auto& shares = forecast.endpoints;
  std::stable_sort(shares.begin(), shares.end(),
                   [](const auto& a, const auto& b) { return a.requests > b.requests; });
  std::string text;
  for (size_t k = 0; k < std::min(shares.size(), kEndpointsShown); ++k) {
    text += fmt::format("  {:>12}  {} {}\n", format_count(shares[k].requests),
                        shares[k].endpoint.method, shares[k].endpoint.path);
  }
  if (shares.size() > kEndpointsShown) {
    text += fmt::format("  and {} more endpoints\n", shares.size() - kEndpointsShown);
  }
  return text;
}

}  // namespace

int dry_run(PlaySettings settings, const Invocation& invocation) {
  const std::string& file = settings.run.selection.file;
  const auto survey = replay::survey_file(file, nullptr, /*any_order=*/settings.run.selection.sort);
  if (!survey) {
    return tell_bad_lines(settings);
  }
  if (settings.stub) {
    settings.run.transmission.target = kSomeStub;
  }
  const bool open = settings.run.timing.is_open_loop();
  if (!open && !settings.run.selection.requests) {
    // How often the file is played is an outcome, too.
    settings.run.selection.duration.reset();
    settings.run.selection.loop = false;
  }
  auto replayer = replay::Replayer::prepare(settings.run, &*survey);
  if (!replayer) {
    return fail(replayer.error().message());
  }
  replay::Forecast forecast = (*replayer)->forecast();
  if (forecast.input_error) {
    return fail(forecast.input_error->message());
  }
  const store::RunStart start = describe_run(settings, invocation, &*survey, (*replayer)->plan());
  fmt::print("{}\n", start_line(start, settings, &*survey, (*replayer)->plan()));
  fmt::print("{} requests{}, {} bytes to send; ", format_count(forecast.requests),
             open || settings.run.selection.requests ? "" : " in a pass of the file",
             format_count(forecast.bytes_out));
  fmt::print("{}{}nothing was sent\n", schedule_text(settings, forecast), endpoints_text(forecast));
  return 0;
}

}  // namespace macaw::app
