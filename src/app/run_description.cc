// SPDX-License-Identifier: MIT
#include "run_description.h"

#include <fmt/format.h>

#include "macaw/base/units.h"
#include "macaw/store/run_writer.h"
#include "versions.h"

namespace macaw::app {

namespace {

constexpr size_t kHashDigitsShown = 12;

std::string provenance_text(const std::optional<replay::Provenance>& provenance) {
  if (!provenance) {
    return {};
  }
  std::string text = fmt::format("macaw/{}", provenance->version);
  for (const auto& [key, value] : provenance->fields) {
    text += fmt::format(";{}={}", key, value);
  }
  return text;
}

std::string arrivals_text(const replay::Timing& timing) {
  switch (timing.source) {
    case replay::Timing::Source::kSaturate:
      return "saturating";
    case replay::Timing::Source::kRecorded:
      return "recorded";
    case replay::Timing::Source::kUsers:
      return "closed loop";
    default:
      return timing.arrivals == replay::ArrivalProcess::kPoisson ? "poisson" : "constant";
  }
}

constexpr std::string_view kFromTheFile = "(from the file)";

std::string target_text(const PlaySettings& settings) {
  const replay::Transmission& to = settings.run.transmission;
  std::string text = settings.stub ? "stub"
                     : to.target   ? to.target->key()
                                   : std::string(kFromTheFile);
  return to.unix_socket.empty() ? text : fmt::format("{} at unix:{}", text, to.unix_socket);
}

std::string file_text(const store::RunStart& start, const replay::FileSurvey* survey) {
  const std::string name = start.file == "-" ? "stdin" : start.file;
  if (survey == nullptr) {
    return fmt::format("{} (not checked beforehand)", name);
  }
  std::string text = fmt::format("{} ({}, {}", name, survey->sha256.substr(0, kHashDigitsShown),
                                 format_counted(survey->records, "record"));
  if (survey->authorities.size() == 1) {
    text += fmt::format(" for {}", survey->authorities.front().host_port);
  } else if (survey->authorities.size() > 1) {
    text += fmt::format(" for {}", format_counted(survey->authorities.size(), "host"));
  }
  return text + ")";
}

/// "3,000 requests in 30 s", and how often the file is played for that.
std::string extent_text(const PlaySettings& settings, const replay::FileSurvey* survey,
                        const replay::Plan& plan) {
  const replay::Selection& selection = settings.run.selection;
  std::string text = plan.requests > 0 ? format_counted(plan.requests, "request") : "";
  if (selection.duration && settings.run.timing.source != replay::Timing::Source::kProfile) {
    text += fmt::format("{} {}", text.empty() ? "for" : " in at most",
                        format_duration(*selection.duration));
  } else if (plan.requests > 0 && plan.span > Nanos::zero()) {
    const Nanos shown = std::chrono::round<std::chrono::milliseconds>(plan.span);
    text += fmt::format(" in {}", format_duration(selection.duration.value_or(shown)));
  } else if (selection.duration) {
    text = fmt::format("for {}", format_duration(*selection.duration));
  }
  if (text.empty()) {
    text = selection.loop ? "until stopped" : "to the end of the input";
  }
  if (plan.passes == 0 && (survey != nullptr || selection.loop)) {
    return text + ", starting the file again at its end";
  }
  if (plan.passes > 1) {
    const bool whole = survey != nullptr && selection.skip == 0 && selection.only_path.empty() &&
                       survey->records > 0 && plan.requests > 0;
    text += whole ? fmt::format(
                        ", plays the file {:.1f} times",
                        static_cast<double>(plan.requests) / static_cast<double>(survey->records))
                  : fmt::format(", starts the file {} times", format_count(plan.passes));
  }
  return text;
}

}  // namespace

store::RunStart describe_run(const PlaySettings& settings, const Invocation& invocation,
                             const replay::FileSurvey* survey, const replay::Plan& plan) {
  const replay::RunOptions& run = settings.run;
  store::RunStart start;
  start.uuid = make_uuid();
  start.label = settings.label;
  start.argv = invocation.argv;
  start.working_folder = invocation.working_folder;
  start.file = invocation.file;
  if (survey != nullptr) {
    start.file_sha256 = survey->sha256;
    start.file_provenance = provenance_text(survey->provenance);
  }
  start.target = target_text(settings);
  start.profile = describe_schedule(run.timing);
  start.arrivals = arrivals_text(run.timing);
  start.target_rps = plan.mean_rps;
  start.seed = run.timing.seed;
  start.planned = plan.requests;
  const bool ends_by_count = run.selection.requests && plan.requests == *run.selection.requests;
  if (run.selection.duration && !ends_by_count) {
    start.planned_duration = *run.selection.duration;
  }
  start.workers = run.transmission.workers;
  start.connections = run.transmission.connections;
  start.timeout = run.transmission.timeout;
  start.host = describe_host();
  start.versions = versions();
  start.rows = settings.rows;
  start.lag_is_judged = run.timing.source != replay::Timing::Source::kSaturate;
  start.warmup = run.selection.warmup;
  if (const auto& loop = run.timing.closed_loop) {
    start.users = loop->users.users_max();
    if (loop->pacing > Nanos::zero()) {
      start.pacing = loop->pacing;
    } else {
      start.think = loop->think.mean();
    }
  }
  return start;
}

std::string start_line(const store::RunStart& start, const PlaySettings& settings,
                       const replay::FileSurvey* survey, const replay::Plan& plan) {
  std::string to = start.target;
  if (to.starts_with(kFromTheFile)) {
    to.replace(0, kFromTheFile.size(), "the hosts of the file");
  }
  if (settings.stub) {
    to = "the built-in stub";
    if (!settings.dry_run) {
      to += " at " + settings.run.transmission.target->key();
    }
  }
  std::string text = fmt::format(
      "{} -> {}: {}{}{}, {}; at most {}{}, seed {}", file_text(start, survey), to,
      start.users > 0 ? "closed loop, " : "", start.profile,
      start.arrivals == "poisson" ? ", poisson arrivals" : "", extent_text(settings, survey, plan),
      format_counted(start.connections, "connection"),
      start.workers > 1 ? fmt::format(" on {} threads", start.workers) : "", start.seed);
  if (plan.requests > 0) {
    text +=
        fmt::format("; about {} in {}",
                    format_bytes(store::forecast_bytes(plan.requests, settings.rows)), settings.db);
    if (settings.rows.kind != store::RowPolicy::Kind::kAll) {
      text += fmt::format(" (rows: {})", settings.rows.describe());
    }
  }
  return text;
}

std::string describe_trouble(const replay::TargetTrouble& trouble, const PlaySettings& settings,
                             const std::string& file, bool resolving) {
  if (const std::string& path = settings.run.transmission.unix_socket; !path.empty()) {
    return fmt::format("unix:{} (--unix-socket) cannot be reached: {}", path, trouble.reason);
  }
  std::string from;
  if (trouble.line > 0) {
    from = fmt::format("{}:{}", file == "-" ? "stdin" : file, trouble.line);
  } else if (settings.stub) {
    from = "--target stub";
  } else {
    from = settings.run.transmission.target ? "--target" : "--connect-to";
  }
  // The resolver's reason begins with the name, which stands here already.
  const size_t colon = resolving ? trouble.reason.rfind(": ") : std::string::npos;
  const std::string reason =
      colon == std::string::npos ? trouble.reason : trouble.reason.substr(colon + 2);
  if (reason.starts_with("certificate verify failed")) {
    return fmt::format("{} ({}): {}; --cacert FILE says whom else to trust, --insecure takes any",
                       trouble.host_port, from, reason);
  }
  return fmt::format(
      "{} ({}) {}: {}; use --target HOST:PORT to send the requests elsewhere, or --target stub to "
      "play against the built-in stub",
      trouble.host_port, from, resolving ? "does not resolve" : "cannot be reached", reason);
}

}  // namespace macaw::app
