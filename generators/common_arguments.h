// SPDX-License-Identifier: MIT
//
// Arguments that several generators have: their descriptions, and their values checked. Errors name
// the argument, what was found and what was expected.
// Thread: pure functions of arguments and files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/generators/generator.h"
#include "macaw/replay/file/record.h"
#include "row_draw.h"

namespace macaw::generators {

inline constexpr std::string_view kQueryValueExpected =
    "expected letters, digits, -._~!$'()*,:@/? and %XX: it goes into the URLs as it is";

ArgumentSpec requests_argument();
ArgumentSpec seed_argument();
ArgumentSpec endpoint_argument(std::string default_value);
ArgumentSpec key_argument();
ArgumentSpec key_file_argument();
ArgumentSpec draw_argument(std::string_view rows);

/// The error of a parser, with the name of the argument before it.
Error named(std::string_view name, const Error& error);

/// A count such as 10k within bounds.
Result<uint64_t> parse_number(const Arguments& arguments, const char* name, uint64_t low,
                              uint64_t high);
Result<uint64_t> parse_requests(const Arguments& arguments);
Result<uint64_t> parse_seed(const Arguments& arguments);
/// "host", "host:port", "[v6]", "[v6]:port".
Result<std::string> parse_endpoint(const Arguments& arguments);
/// consumer_key, of --key or of --key-file.
Result<std::string> parse_consumer_key(const Arguments& arguments);
/// --decimals: 0 to 15, or full (nothing).
Result<std::optional<uint64_t>> parse_decimals(const Arguments& arguments);
Result<RowDraw::Order> parse_draw(const Arguments& arguments);
/// Names of services, in paths and in host names: letters, digits, '-', '_' and '.'.
Result<std::string> parse_service_name(const Arguments& arguments, const char* name);
/// A target of a URL, "/...", without blanks and fragment.
Result<std::string> parse_path(const Arguments& arguments, const char* name);
/// "a,b,c", none of them empty or there twice.
Result<std::vector<std::string>> parse_names(const Arguments& arguments, const char* name);

/// Values that go into a URL as they are must be what a query value may look like.
bool is_query_value(std::string_view text);

/// By lot, the rows of a batch are distinct, so there must be as many.
Status check_batch(uint64_t batch, RowDraw::Order order, uint64_t rows, std::string_view data);

/// Requests with bodies and headers need JSON lines.
Status need_json_lines(replay::Format format);

/// Any text as a provenance value: other characters than those it may have as %XX.
std::string provenance_value(std::string_view text);

/// Called for each request; tells the reporter now and then.
void report_progress(uint64_t number, uint64_t requests, const Reporter& reporter);

}  // namespace macaw::generators
