// SPDX-License-Identifier: MIT
#include "create_replay.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "cli_support.h"
#include "create_replay_progress.h"
#include "import_command.h"
#include "macaw/base/result.h"
#include "macaw/base/units.h"
#include "macaw/datasets/ratings.h"
#include "macaw/generators/generator.h"
#include "macaw/io/output_file.h"
#include "macaw/replay/file/writer.h"

namespace macaw::app {

namespace {

constexpr const char* kProgram = "create-replay";

/// A generator's subcommand and the texts that the command line gives its arguments.
struct GeneratorCommand {
  const generators::Generator* generator = nullptr;
  CLI::App* command = nullptr;
  std::string output;
  std::string format;
  std::vector<generators::ArgumentSpec> specs;
  std::deque<std::string> values;  ///< of specs; addresses must not change
};

struct SynthesizeCommand {
  CLI::App* command = nullptr;
  std::string name;
  std::string folder;
};

generators::Reporter reporter_of(Narrator& narrator) {
  return {[&narrator](std::string_view line) { narrator.say(line); },
          [&narrator](uint64_t done, uint64_t total) { narrator.progress(done, total); }};
}

/// "10.1 MB, ", or nothing for what has no size (stdout, a device).
std::string size_text(const std::string& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? std::string() : format_bytes(bytes) + ", ";
}

Status generate(const GeneratorCommand& command, Narrator& narrator) {
  const generators::Reporter reporter = reporter_of(narrator);
  replay::Format format = replay::format_of_path(command.output);
  if (!command.format.empty()) {
    MACAW_TRY_ASSIGN(format, replay::parse_format(command.format));
  }
  generators::Arguments arguments;
  for (size_t index = 0; index < command.specs.size(); ++index) {
    arguments.set(command.specs[index].name, command.values[index]);
  }
  narrator.begin("reading");
  MACAW_TRY_ASSIGN(const auto generation, command.generator->prepare(arguments, format, reporter));
  narrator.begin("writing");
  MACAW_TRY_ASSIGN(auto writer,
                   replay::Writer::create(command.output, format, generation->provenance()));
  MACAW_TRY(generation->run(
      [&writer](const replay::Record& record) { return writer.write(record); }, reporter));
  MACAW_TRY(writer.commit());
  narrator.say(fmt::format("wrote {}: {} lines, {}{}, {:.2f} s",
                           command.output == "-" ? "to stdout" : command.output,
                           format_count(writer.records_written()), size_text(command.output),
                           generation->summary(), narrator.seconds_elapsed()));
  return {};
}

Status synthesize(const SynthesizeCommand& command, Narrator& narrator) {
  narrator.begin("writing");
  MACAW_TRY(datasets::write_synthetic_ml10m(
      command.folder,
      [&narrator](uint64_t done, uint64_t total) { narrator.progress(done, total); }));
  const auto ratings = std::filesystem::path(command.folder) / "ratings.dat";
  narrator.say(fmt::format("wrote {}: ratings.dat, movies.dat, tags.dat, {}{:.2f} s",
                           command.folder, size_text(ratings.string()),
                           narrator.seconds_elapsed()));
  return {};
}

void list_generators() {
  for (const auto& generator : generators::all_generators()) {
    fmt::print("{:<12} {}\n", generator->name(), generator->summary());
  }
}

void add_generator(CLI::App& app, GeneratorCommand& command) {
  const generators::Generator& generator = *command.generator;
  command.command =
      app.add_subcommand(std::string(generator.name()), std::string(generator.summary()));
  command.command->footer(fmt::format("Example:\n  {}", generator.example()));
  command.command
      ->add_option("output", command.output,
                   "replay file to write; ends in .txt (URLs) or .jsonl (with times), then maybe "
                   ".gz or .zst; - is stdout")
      ->required()
      ->type_name("FILE");
  command.specs = generator.arguments();
  for (const generators::ArgumentSpec& spec : command.specs) {
    std::string& value = command.values.emplace_back(spec.default_value);
    if (spec.value_name.empty()) {
      command.command->add_flag_callback(
          spec.name, [&value] { value = "1"; }, spec.help);
      continue;
    }
    CLI::Option* option = command.command->add_option(spec.name, value, spec.help);
    option->type_name(spec.value_name)->required(spec.required);
    if (!spec.choices.empty()) {
      option->check(CLI::IsMember(spec.choices));
    }
    if (!spec.default_value.empty()) {
      option->default_str(spec.default_value);
    }
  }
  command.command->add_option("--format", command.format, "the file's format, whatever its name")
      ->check(CLI::IsMember({"txt", "jsonl"}))
      ->type_name("FORMAT");
}

void add_synthesize(CLI::App& app, SynthesizeCommand& command) {
  command.command =
      app.add_subcommand("synthesize", "write a synthetic data set in its real file format");
  command.command->footer("Example:\n  create-replay synthesize ml10m datasets/ml-10m");
  command.command->add_option("name", command.name, "the data set")
      ->required()
      ->check(CLI::IsMember({"ml10m"}))
      ->type_name("NAME");
  command.command->add_option("folder", command.folder, "folder to write into")
      ->required()
      ->type_name("DIR");
}

/// CLI11 explains some mistakes in several lines; ours is one.
std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

/// What the words of the command line have chosen so far: the program, a subcommand, its own.
std::vector<const CLI::App*> chosen_of(const CLI::App& app) {
  std::vector<const CLI::App*> chosen{&app};
  for (auto next = app.get_subcommands(); !next.empty(); next = next.front()->get_subcommands()) {
    chosen.push_back(next.front());
  }
  return chosen;
}

/// The command that a hint should name: the subcommand that was being parsed, if there is one.
std::string command_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : chosen_of(app)) {
    names.push_back(command->get_name());
  }
  return fmt::format("{}", fmt::join(names, " "));
}

/// CLI11 says of a wrong word only that a right one is missing.
std::string explain(const CLI::App& app, const CLI::ParseError& error, int argc,
                    const char* const* argv) {
  const auto chosen = chosen_of(app);
  std::vector<std::string> names;
  for (const CLI::App* each :
       chosen.back()->get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(each->get_name());
  }
  const auto words = static_cast<int>(chosen.size());
  const bool wrong_word = argc > words && argv[words][0] != '-' && !names.empty();
  if (!wrong_word) {
    return one_line(error.what());
  }
  return fmt::format("found '{}', expected one of {}", one_line(argv[words]),
                     fmt::join(names, ", "));
}

int finish(const Status& status, Narrator& narrator) {
  if (status) {
    return 0;
  }
  narrator.say(status.error().message());
  return 1;
}

}  // namespace

int run_create_replay(int argc, const char* const* argv) {
  CLI::App app("Makes replay files for the program replay from data sets.", kProgram);
  app.set_version_flag("--version", "create-replay " MACAW_VERSION);
  app.require_subcommand(1);
  app.footer("'create-replay GENERATOR --help' shows the arguments of a generator.");
  CLI::App* list = app.add_subcommand("list", "name the generators");
  std::deque<GeneratorCommand> commands;
  for (const auto& generator : generators::all_generators()) {
    commands.emplace_back().generator = generator.get();
    add_generator(app, commands.back());
  }
  SynthesizeCommand synthesize_command;
  add_synthesize(app, synthesize_command);
  const ExchangeCommands exchange_commands(app);

  Narrator narrator(kProgram);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {
    return app.exit(request);  // --help, --version
  } catch (const CLI::ParseError& error) {
    narrator.say(
        fmt::format("{} (try '{} --help')", explain(app, error, argc, argv), command_of(app)));
    return 1;
  }
  if (list->parsed()) {
    list_generators();
    return 0;
  }
  io::remove_partial_files_on_signals();
  ignore_signals({SIGXFSZ});  // but head may end us: nobody misses the rest
  if (synthesize_command.command->parsed()) {
    return finish(synthesize(synthesize_command, narrator), narrator);
  }
  if (exchange_commands.parsed()) {
    return finish(exchange_commands.run(narrator), narrator);
  }
  const auto chosen = std::find_if(commands.begin(), commands.end(),
                                   [](const auto& command) { return command.command->parsed(); });
  return finish(generate(*chosen, narrator), narrator);
}

}  // namespace macaw::app
