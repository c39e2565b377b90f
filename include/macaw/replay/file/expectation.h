// SPDX-License-Identifier: MIT
//
// What a record's own `expect` asks of its answer, as values. Grammar: replay/FORMAT.md,
// "Expectations". Knows no answer: the engine judges. Pure. Thread: any, one object each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace macaw::replay {

/// A way into a JSON text, RFC 6901: the names and indexes from the outside in, unescaped.
struct JsonPointer {
  std::string text;  ///< as written, for messages
  std::vector<std::string> steps;
};

/// At least the share `min` of `ids` must stand at the pointer.
struct ExpectedOverlap {
  JsonPointer pointer;  ///< a step "*" means every element
  /// As number_key() and string_key() have them, sorted; at least one.
  std::vector<std::string> ids;
  double min = 1;  ///< 0 to 1
};

struct Expectation {
  /// A check by name, as `--expect` takes it; everything else is empty then.
  std::string check;

  /// Inclusive, both 100..599.
  struct StatusRange {
    uint16_t first = 0;
    uint16_t last = 0;
    bool operator==(const StatusRange&) const = default;
  };

  std::vector<StatusRange> statuses;  ///< any of them; empty: below 400
  std::string contains;               ///< in the body; empty: anything

  struct Condition {
    JsonPointer pointer;
    /// JSON text of what must stand there; empty: `exists` decides.
    std::string equals;
    bool exists = true;
  };

  std::vector<Condition> conditions;  ///< all of them

  std::optional<ExpectedOverlap> overlap;
};

/// Nesting of an `equals`, and steps of a pointer: what compares them may recurse as deep.
inline constexpr size_t kExpectationDepthMax = 64;

/// A number of JSON (its text), or a string, such that equal ids have equal keys: 7, 7.0 and 0.7e1
/// are one number, "7" is none. Integers of 64 bits are exact. Replaces `key`.
void number_key(std::string_view number, std::string& key);
void string_key(std::string_view text, std::string& key);

struct ExpectationResult {
  std::optional<Expectation> expectation;
  /// Without one: what is wrong, "found X, expected Y", and where, in bytes from 1.
  size_t column = 1;
  std::string fault;
};

/// `json` is the value of an `expect`: a JSON object or string in UTF-8.
ExpectationResult parse_expectation(std::string_view json);

}  // namespace macaw::replay
