// SPDX-License-Identifier: MIT
#include "import_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "cli_support.h"
#include "command_parser.h"
#include "macaw/base/units.h"
#include "macaw/generators/import.h"
#include "macaw/http/url.h"
#include "macaw/io/line_reader.h"
#include "macaw/replay/file/reader.h"
#include "macaw/replay/file/writer.h"

namespace macaw::app {

namespace {

using datasets::WebFormat;
using generators::ExportFormat;
using generators::Tally;

std::string shown_path(const std::string& path) {
  return path == "-" ? "stdin" : path;
}

/// "not used: 3 requests, no HTTP request in the line (first: access.log:12:44: found '-', ...)"
void say_tally(const Tally& tally, std::string_view begin, const std::string& path,
               Narrator& narrator) {
  for (const generators::TallyRow& row : tally.rows()) {
    std::string where = shown_path(path);
    if (row.line > 0) {
      where += fmt::format(":{}", row.line);
    }
    if (row.line > 0 && row.column > 0) {
      where += fmt::format(":{}", row.column);
    }
    narrator.say(one_line(fmt::format("{}: {}, {} (first: {}{}{})", begin,
                                      format_counted(row.count, "request"), row.reason, where,
                                      row.detail.empty() ? "" : ": ", row.detail)));
  }
}

Result<std::string> parse_host(std::string_view text) {
  MACAW_TRY_ASSIGN(const http::HostPort host, http::parse_host_port(text));
  if (host.tls) {
    return errorf("found '{}', expected a host that is asked over plain HTTP", text);
  }
  return host.host_header();
}

Result<std::vector<std::string>> parse_methods(std::string_view text) {
  std::vector<std::string> methods;
  for (std::string_view rest = text;;) {
    const size_t comma = std::min(rest.find(','), rest.size());
    if (comma == 0) {
      return errorf("found '{}', expected methods such as GET,HEAD", text);
    }
    methods.emplace_back(rest.substr(0, comma));
    if (comma == rest.size()) {
      return methods;
    }
    rest.remove_prefix(comma + 1);
  }
}

/// SHA-256 of the uncompressed bytes. What can be read once only has none.
Result<std::string> identity_of(const std::string& path) {
  std::error_code ignored;
  if (path == "-" || !std::filesystem::is_regular_file(path, ignored)) {
    return std::string(path == "-" ? "stdin" : "unknown");
  }
  MACAW_TRY_ASSIGN(auto lines,
                   io::LineReader::open(path, {.line_bytes_max = SIZE_MAX, .hash = true}));
  for (;;) {
    MACAW_TRY_ASSIGN(const auto line, lines.next());
    if (!line) {
      return lines.sha256();
    }
  }
}

generators::Reporter progress_of(Narrator& narrator) {
  return {[&narrator](std::string_view line) { narrator.say(line); },
          [&narrator](uint64_t done, uint64_t total) { narrator.progress(done, total); }};
}

/// The end of both directions: what was not used has been said.
Status finish_exchange(const std::string& input, bool strict, uint64_t found, uint64_t unusable,
                       replay::Writer& writer) {
  if (found == 0) {
    return errorf("{}: found no requests", shown_path(input));
  }
  if (writer.records_written() == 0) {
    return errorf("{}: none of {} is left, nothing was written", shown_path(input),
                  format_counted(found, "request"));
  }
  if (strict && unusable > 0) {
    return errorf("{}: {} of {} cannot be used, nothing was written (--strict)", shown_path(input),
                  format_count(unusable), format_counted(found, "request"));
  }
  return writer.commit();
}

void say_written(const std::string& output, const replay::Writer& writer, uint64_t found,
                 std::string_view more, Narrator& narrator) {
  narrator.say(fmt::format("wrote {}: {} of {}{}, {:.2f} s", output == "-" ? "to stdout" : output,
                           format_count(writer.records_written()), format_counted(found, "request"),
                           more, narrator.seconds_elapsed()));
}

/// Requests have more than a URL, so only a name that ends in .txt makes a URL list.
Result<replay::Format> format_for(const std::optional<std::string>& format,
                                  std::string_view output) {
  return format ? replay::parse_format(*format)
                : replay::format_of_path(output, replay::Format::kJsonLines);
}

void add_files(CLI::App& app, std::string& input, std::string& output, const std::string& in_help,
               const std::string& out_help) {
  app.add_option("input", input, in_help)->required()->type_name("IN");
  app.add_option("output", output, out_help)->required()->type_name("OUT");
}

std::string example_of(WebFormat format) {
  switch (format) {
    case WebFormat::kAccessLog:
      return "create-replay import access-log access.log.gz day.jsonl --status 2xx --spread";
    case WebFormat::kHar:
      return "create-replay import har site.har site.jsonl --only-host shop.example --max-gap 10s";
    case WebFormat::kVegetaJson:
      return "create-replay import vegeta-json targets.json out.jsonl";
    case WebFormat::kVegetaHttp:
      return "create-replay import vegeta-http targets.txt out.jsonl";
    case WebFormat::kCurl:
      break;
  }
  return "create-replay import curl copied.sh out.jsonl";
}

}  // namespace

ExchangeCommands::ExchangeCommands(CLI::App& app) {
  CLI::App* imports = app.add_subcommand("import", "make a replay file from what you have");
  imports->require_subcommand(1);
  imports->footer("'create-replay import FORMAT --help' shows the options of a format.");
  add_import(*imports, WebFormat::kAccessLog,
             "access log of Apache or nginx (Common or Combined Log Format)");
  add_import(*imports, WebFormat::kHar, "HTTP Archive 1.2 of a browser or proxy");
  add_import(*imports, WebFormat::kVegetaHttp, "vegeta's HTTP targets, with @body files");
  add_import(*imports, WebFormat::kVegetaJson, "vegeta's JSON targets");
  add_import(*imports, WebFormat::kCurl, "curl command lines, as browsers copy them (bash)");
  CLI::App* exports = app.add_subcommand("export", "write a replay file for another program");
  exports->require_subcommand(1);
  add_export(*exports, ExportFormat::kVegetaJson, "vegeta-json", "vegeta's JSON targets");
  add_export(*exports, ExportFormat::kIago, "iago", "Iago's URL list (GETs only)");
}

void ExchangeCommands::add_filters(Command& command) {
  CLI::App& app = *command.app;
  add_value(app, "--host", command.host, "HOST[:PORT]",
            "host of requests that name none, or an https one (default: they become paths, and "
            "replay needs --target)");
  add_value(app, "--method", command.methods, "LIST", "only these methods, as GET,HEAD");
  add_values(app, "--path", command.paths, "PATTERN",
             "only paths that match, '*' stands for anything; may be given again");
  add_values(app, "--not-path", command.not_paths, "PATTERN", "no paths that match");
  add_values(app, "--only-host", command.hosts, "HOST",
             "only requests to this host; may be given again");
  add_value(app, "--limit", command.limit, "N", "only the first N requests");
}

void ExchangeCommands::add_time_options(Command& command) {
  CLI::App& app = *command.app;
  add_value(app, "--status", command.statuses, "LIST",
            "only requests that were answered so, as 200,3xx,400-499");
  app.add_flag("--no-times", command.no_times, "leave the recorded times out");
  app.add_flag(
      "--spread", command.spread,
      "spread the requests of a whole second evenly over it, for logs without finer times");
  add_value(app, "--max-gap", command.gap_max, "DURATION", "shorten longer pauses to this");
  add_value(app, "--window", command.window, "DURATION",
            "sort only as far as this, in memory for so much of the log (default: the whole file)");
}

void ExchangeCommands::add_import(CLI::App& imports, WebFormat format, const std::string& summary) {
  Command& command = commands_.emplace_back();
  command.source = format;
  command.app = imports.add_subcommand(std::string(datasets::name_of(format)), summary);
  CLI::App& app = *command.app;
  app.footer(fmt::format("Example:\n  {}", example_of(format)));
  add_files(app, command.input, command.output, "file to read, maybe .gz or .zst; - is stdin",
            "replay file to write: JSON lines, or a URL list for .txt; - is stdout");
  add_filters(command);
  if (format == WebFormat::kAccessLog || format == WebFormat::kHar) {
    add_time_options(command);
  }
  if (format == WebFormat::kAccessLog) {
    add_value(app, "--user", command.user, "KEY",
              "whose requests stay in order: client (address) or login (name, else address)")
        ->check(CLI::IsMember({"client", "login"}));
    app.add_flag("--log-headers", command.log_headers, "keep Referer and User-Agent");
  }
  if (format == WebFormat::kHar) {
    app.add_flag("--cookies", command.cookies, "keep cookies");
    app.add_flag("--with-cached", command.with_cached,
                 "also what the browser answered from its cache");
  }
  add_value(app, "--format", command.format, "FORMAT", "the file's format, whatever its name")
      ->check(CLI::IsMember({"txt", "jsonl"}));
  app.add_flag("--strict", command.strict, "write nothing when a request cannot be used");
}

void ExchangeCommands::add_export(CLI::App& exports, ExportFormat format, const std::string& name,
                                  const std::string& summary) {
  Command& command = commands_.emplace_back();
  command.destination = format;
  command.app = exports.add_subcommand(name, summary);
  CLI::App& app = *command.app;
  app.footer(fmt::format("Example:\n  create-replay export {} out.jsonl targets.{}", name,
                         format == ExportFormat::kIago ? "txt" : "json"));
  add_files(app, command.input, command.output, "replay file to read; - is stdin",
            "file to write, compressed for .gz or .zst; - is stdout");
  add_value(app, "--host", command.host, "HOST[:PORT]", "host of requests that name none");
  app.add_flag("--strict", command.strict, "write nothing when a request cannot be expressed");
}

bool ExchangeCommands::parsed() const {
  return std::any_of(commands_.begin(), commands_.end(),
                     [](const Command& command) { return command.app->parsed(); });
}

Status ExchangeCommands::run(Narrator& narrator) const {
  const auto chosen = std::find_if(commands_.begin(), commands_.end(),
                                   [](const Command& command) { return command.app->parsed(); });
  MACAW_CHECK(chosen != commands_.end());
  return chosen->source ? run_import(*chosen, narrator) : run_export(*chosen, narrator);
}

Status ExchangeCommands::run_import(const Command& command, Narrator& narrator) {
  generators::ImportSettings settings;
  settings.source = *command.source;
  MACAW_TRY_ASSIGN(settings.format, format_for(command.format, command.output));
  MACAW_TRY(set_option("--host", command.host, parse_host, settings.host));
  MACAW_TRY(set_option("--method", command.methods, parse_methods, settings.methods));
  MACAW_TRY(
      set_option("--status", command.statuses, generators::StatusSet::parse, settings.statuses));
  MACAW_TRY(set_option("--limit", command.limit, parse_count, settings.records_max));
  MACAW_TRY(set_option("--max-gap", command.gap_max, parse_duration, settings.gap_max));
  MACAW_TRY(set_option("--window", command.window, parse_duration, settings.window));
  settings.paths = command.paths;
  settings.not_paths = command.not_paths;
  settings.hosts = command.hosts;
  settings.times = !command.no_times;
  settings.spread = command.spread;
  settings.cookies = command.cookies;
  settings.with_cached = command.with_cached;
  settings.log_headers = command.log_headers;
  if (command.user) {
    settings.user =
        *command.user == "login" ? generators::UserKey::kLogin : generators::UserKey::kClient;
  }
  narrator.begin("reading");
  MACAW_TRY_ASSIGN(const auto source, datasets::open_web_requests(settings.source, command.input));
  replay::Provenance provenance;
  MACAW_TRY_ASSIGN(std::string identity, identity_of(command.input));
  provenance.fields = {{"generator", "import"},
                       {"source", std::string(datasets::name_of(settings.source))},
                       {"dataset", std::move(identity)}};
  MACAW_TRY_ASSIGN(auto writer,
                   replay::Writer::create(command.output, settings.format, provenance));
  generators::Import importing(settings);
  MACAW_TRY(importing.run(
      *source, [&writer](const replay::Record& record) { return writer.write(record); },
      progress_of(narrator)));
  const generators::ImportReport& report = importing.report();
  say_tally(report.unusable, "not used", command.input, narrator);
  say_tally(report.left_out, "left out", command.input, narrator);
  say_tally(report.remarks, "note", command.input, narrator);
  if (report.backward > 0) {
    narrator.say(fmt::format(
        "{} stood after a later one, up to {} of recorded time: sorted by time",
        format_counted(report.backward, "request"), format_duration(report.furthest_back)));
  }
  MACAW_TRY(finish_exchange(command.input, command.strict, report.found, report.unusable.total(),
                            writer));
  const bool timed = report.span > Nanos(0);
  say_written(command.output, writer, report.found,
              timed ? ", over " + format_duration(report.span) : std::string(), narrator);
  const bool keeps_times = settings.times && settings.format == replay::Format::kJsonLines;
  if (timed && keeps_times && report.whole_seconds && !settings.spread) {
    narrator.say("the recorded times are whole seconds, so requests come in bursts (--spread)");
  }
  return {};
}

Status ExchangeCommands::run_export(const Command& command, Narrator& narrator) {
  generators::ExportSettings settings;
  settings.format = *command.destination;
  MACAW_TRY(set_option("--host", command.host, parse_host, settings.host));
  const std::filesystem::path folder = std::filesystem::path(command.input).parent_path();
  settings.read_body = [folder](const std::string& name) {
    return io::read_file((folder / name).string());
  };
  narrator.begin("reading");
  MACAW_TRY_ASSIGN(auto reader, replay::Reader::open(command.input));
  generators::Export exported(std::move(settings));
  // The first record's provenance stays with it, whichever program reads it next.
  replay::Provenance provenance;
  MACAW_TRY_ASSIGN(std::string identity, identity_of(command.input));
  provenance.fields = {{"generator", "export"}, {"dataset", std::move(identity)}};
  MACAW_TRY_ASSIGN(auto writer,
                   replay::Writer::create(command.output, exported.file_format(), provenance));
  MACAW_TRY(exported.run(
      reader, [&writer](const replay::Record& record) { return writer.write(record); },
      progress_of(narrator)));
  const generators::ExportReport& report = exported.report();
  say_tally(report.unusable, "not exported", command.input, narrator);
  say_tally(report.remarks, "note", command.input, narrator);
  MACAW_TRY(finish_exchange(command.input, command.strict, report.found, report.unusable.total(),
                            writer));
  say_written(command.output, writer, report.found, {}, narrator);
  return {};
}

}  // namespace macaw::app
