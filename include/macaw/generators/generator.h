// SPDX-License-Identifier: MIT
//
// A generator turns a dataset and a seed into the Records of a replay file, in memory that does not
// depend on their number. Implementations live in generators/ and have one line each in
// generators/registry.cc; nothing else knows them: their arguments are data, from which the program
// makes its command line and help. Thread: generators are immutable; a Generation belongs to one
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/replay/file/record.h"

namespace macaw::generators {

/// Describes one option or positional argument for the command line and its help text. All values
/// are text; the generator parses them.
struct ArgumentSpec {
  std::string name;        ///< "--data", or "users" for a positional argument
  std::string value_name;  ///< "DIR"; empty: a flag
  std::string help;
  std::string default_value;  ///< empty: none
  bool required = false;
  std::vector<std::string> choices;  ///< empty: any
};

/// Parsed arguments by name ("--data", "users"). Missing ones hold the default.
class Arguments {
 public:
  void set(std::string name, std::string value);
  bool has(std::string_view name) const;
  /// Empty when missing.
  const std::string& get(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

/// What a generation says besides its records. Both may be empty.
struct Reporter {
  /// One line for the person at the terminal, without a newline.
  std::function<void(std::string_view)> note;
  /// Called now and then; `total` may change from one stage of the work to the next.
  std::function<void(uint64_t done, uint64_t total)> progress;
};

/// Receives records one after another; the record may be changed or reused after the call.
using RecordSink = std::function<Status(const replay::Record&)>;

/// One prepared generation: arguments checked, dataset open.
class Generation {
 public:
  virtual ~Generation() = default;
  virtual replay::Provenance provenance() const = 0;
  /// Runs to the end, or to the sink's first error. REQUIRES: called once.
  virtual Status run(const RecordSink& sink, const Reporter& reporter) = 0;
  /// After run(): what was generated besides records, for the program's last line: "10,000 users".
  virtual std::string summary() const = 0;
};

class Generator {
 public:
  virtual ~Generator() = default;
  virtual std::string_view name() const = 0;     ///< "ml10m"
  virtual std::string_view summary() const = 0;  ///< one line for `create-replay list`
  virtual std::string_view example() const = 0;  ///< a whole command line
  virtual std::vector<ArgumentSpec> arguments() const = 0;
  /// Checks the arguments and opens the data. `format` decides, for instance, whether records carry
  /// times.
  virtual Result<std::unique_ptr<Generation>> prepare(const Arguments& arguments,
                                                      replay::Format format,
                                                      const Reporter& reporter) const = 0;
};

/// All generators, by name.
std::span<const std::unique_ptr<Generator>> all_generators();
const Generator* find_generator(std::string_view name);

}  // namespace macaw::generators
