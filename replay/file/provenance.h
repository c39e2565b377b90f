// SPDX-License-Identifier: MIT
//
// The text forms of Provenance: a comment line of URL lists, and the checks that both formats
// share. Private to replay/file. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "macaw/replay/file/record.h"
#include "text.h"

namespace macaw::replay {

/// The newest version of the formats that this program understands, and the one it writes.
inline constexpr int kFormatVersion = 1;

/// How the comment begins: "#macaw/1;generator=...".
inline constexpr std::string_view kProvenancePrefix = "#macaw/";

/// Fills `provenance` from a line that begins with kProvenancePrefix.
std::optional<Fault> parse_provenance(std::string_view line, Provenance& provenance);

/// `digits` is the version as written in a file. Sets `version`, or says why it cannot be read;
/// columns count from the first digit.
std::optional<Fault> parse_version(std::string_view digits, int& version);

/// What is wrong with a field; the column is 1 for the key and 2 for the value.
std::optional<Fault> check_field(std::string_view key, std::string_view value);

/// Adds a field, unless check_field refuses it or its key is there already (column 1).
std::optional<Fault> add_field(std::string_view key, std::string_view value,
                               Provenance& provenance);

/// The comment line without its newline.
std::string format_provenance(const Provenance& provenance);

}  // namespace macaw::replay
