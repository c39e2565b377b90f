// SPDX-License-Identifier: MIT
//
// Runs a generator in a test and keeps what it gives; takes its URLs apart.
#pragma once

#include <boost/test/unit_test.hpp>
#include <charconv>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "macaw/generators/generator.h"

namespace macaw::test {

struct Generated {
  std::string error;  ///< empty: it worked
  std::vector<replay::Record> records;
  std::vector<std::string> notes;
  std::string summary;
  replay::Provenance provenance;
};

using NamedValues = std::initializer_list<std::pair<std::string, std::string>>;

/// Arguments hold their defaults unless `values` has others.
inline Generated run_generator(std::string_view name, NamedValues values,
                               replay::Format format = replay::Format::kUrlList) {
  const generators::Generator* generator = generators::find_generator(name);
  BOOST_REQUIRE(generator != nullptr);
  generators::Arguments arguments;
  for (const auto& spec : generator->arguments()) {
    arguments.set(spec.name, spec.default_value);
  }
  for (const auto& [argument, value] : values) {
    BOOST_REQUIRE_MESSAGE(arguments.has(argument), "no argument " << argument);
    arguments.set(argument, value);
  }
  Generated generated;
  generators::Reporter reporter;
  reporter.note = [&](std::string_view line) { generated.notes.emplace_back(line); };
  auto generation = generator->prepare(arguments, format, reporter);
  if (!generation) {
    generated.error = generation.error().message();
    return generated;
  }
  generated.provenance = (*generation)->provenance();
  const Status status = (*generation)
                            ->run(
                                [&](const replay::Record& record) {
                                  generated.records.push_back(record);
                                  return Status();
                                },
                                reporter);
  BOOST_REQUIRE(status.ok());
  generated.summary = (*generation)->summary();
  return generated;
}

/// The number behind "&name=".
inline uint64_t number_in(std::string_view url, std::string_view name) {
  const size_t at = url.find("&" + std::string(name) + "=");
  BOOST_REQUIRE(at != std::string_view::npos);
  const char* begin = url.data() + at + name.size() + 2;
  uint64_t number = 0;
  BOOST_REQUIRE((std::from_chars(begin, url.data() + url.size(), number).ec == std::errc()));
  return number;
}

inline bool is_action(const replay::Record& record) {
  return record.url.find("/js/action/new?") != std::string::npos;
}

inline bool is_click(const replay::Record& record) {
  return record.url.find("&rlabs=1&") != std::string::npos;
}

}  // namespace macaw::test
