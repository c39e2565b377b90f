// SPDX-License-Identifier: MIT
//
// Secrets of the command line: where they come from (--auth with variables of the environment), and
// what is kept of them (nothing: the database, reports and messages get the text as it was typed,
// or "[redacted]"). Thread: main.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/replay/file/record.h"
#include "play_arguments.h"

namespace macaw::app {

/// What stands for a secret that was typed.
inline constexpr std::string_view kRedacted = "[redacted]";

/// The value of a variable; nullopt: it is not set.
using Environment = std::optional<std::string> (*)(const std::string& name);
std::optional<std::string> process_environment(const std::string& name);

/// `text` with $NAME and ${NAME} replaced by what the environment has; $$ is a dollar sign. Error:
/// a variable that is not set or empty, a name that does not end, a value that no header can hold.
/// No error holds a value.
Result<std::string> expand_credential(std::string_view text, Environment environment);

/// Headers whose values are nobody's business: Authorization, Cookie and the like.
bool is_secret_header(std::string_view name);

/// The command line as it may be stored: without the values of secret headers, and without what
/// --auth and --token-client say unless that is a variable (behind the name of a scheme, such as
/// "ApiKey $KEY", or behind a client's name).
std::vector<std::string> redact_arguments(std::vector<std::string> argv,
                                          const PlayArguments& arguments);

/// A command line that was stored, `stored` and `given` (what stands behind it now) as one: what
/// was redacted must be given again.
Status restore_secrets(PlayArguments& all, const PlayArguments& given);

}  // namespace macaw::app
