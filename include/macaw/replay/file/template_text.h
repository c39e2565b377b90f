// SPDX-License-Identifier: MIT
//
// The grammar of templates: where in a text the next `${...}` stands and what it asks for. Grammar
// and meaning: replay/FORMAT.md, "Templates". Knows no values: the engine renders. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace macaw::replay {

struct TemplateReference {
  enum class Kind : uint8_t {
    kDollar,    ///< `$${`, which is a `${` as it stands
    kSequence,  ///< ${seq}
    kRandom,    ///< ${rand:LOW..HIGH}, both inclusive
    kUuid,      ///< ${uuid}
    kCsv,       ///< ${csv:FILE:COLUMN}
  };
  Kind kind = Kind::kDollar;
  int64_t low = 0;
  int64_t high = 0;
  std::string_view file;
  std::string_view column;

  /// How the value of a CSV file is written.
  enum class Form : uint8_t {
    kUsual,  ///< percent-encoded in a URL, else as it stands
    kRaw,    ///< ${csv:FILE:COLUMN:raw}: as it stands, in a URL too
    kJson,   ///< ${csv:FILE:COLUMN:json}: escaped for a place inside a JSON string, then as usual
  };
  Form form = Form::kUsual;
};

struct TemplatePlace {
  size_t begin = 0;  ///< of the reference; the text before it is literal
  size_t end = 0;    ///< behind it
  TemplateReference reference;
  std::string fault;  ///< not empty: "found X, expected Y"; the reference means nothing
};

/// The first reference at or after `from`; nullopt: the rest of the text is literal.
std::optional<TemplatePlace> next_reference(std::string_view text, size_t from);

}  // namespace macaw::replay
