// SPDX-License-Identifier: MIT
//
// The writers behind the table in formats.cc, one source file a format.
// Thread: any.
#pragma once

#include "macaw/report/formats.h"

namespace macaw::report {

Status write_csv(const FormatInput& input, const ByteSink& sink);
Status write_hgrm(const FormatInput& input, const ByteSink& sink);
Status write_vegeta_text(const FormatInput& input, const ByteSink& sink);
Status write_vegeta_json(const FormatInput& input, const ByteSink& sink);
Status write_vegeta_results(const FormatInput& input, const ByteSink& sink);
Status write_vegeta_csv(const FormatInput& input, const ByteSink& sink);
Status write_ghz(const FormatInput& input, const ByteSink& sink);
Status write_locust_stats(const FormatInput& input, const ByteSink& sink);
Status write_locust_history(const FormatInput& input, const ByteSink& sink);
Status write_locust_failures(const FormatInput& input, const ByteSink& sink);
Status write_locust_exceptions(const FormatInput& input, const ByteSink& sink);
Status write_locust_distribution(const FormatInput& input, const ByteSink& sink);
Status write_junit(const FormatInput& input, const ByteSink& sink);

}  // namespace macaw::report
