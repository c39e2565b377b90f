// SPDX-License-Identifier: MIT
#include "rows.h"

#include "peer_text.h"

namespace macaw::report {

Status for_each_counted(store::RunReader& reader, int64_t run,
                        const std::function<void(const stats::Sample&)>& visit) {
  return reader.for_each_sample(run, [&visit](const stats::Sample& sample) {
    if (sample.counts()) {
      visit(sample);
    }
  });
}

Result<RowNames> RowNames::read(const FormatInput& input) {
  RowNames names;
  MACAW_TRY_ASSIGN(const std::vector<store::EndpointRow> endpoints,
                   input.reader->endpoints(input.summary->run.run));
  for (const store::EndpointRow& endpoint : endpoints) {
    names.endpoints_.emplace(endpoint.endpoint, endpoint);
  }
  for (const store::EventRow& error : input.summary->errors) {
    const auto [found, is_new] =
        names.texts_.try_emplace({error.outcome, error.endpoint}, error.text);
    if (!is_new && found->second != error.text) {
      found->second.reset();
    }
  }
  return names;
}

const store::EndpointRow& RowNames::endpoint(uint16_t number) const {
  static const store::EndpointRow unknown;
  const auto found = endpoints_.find(number);
  return found == endpoints_.end() ? unknown : found->second;
}

const std::string& RowNames::error(const stats::Sample& sample) {
  static const std::string none;
  if (stats::is_success(sample.outcome)) {
    return none;
  }
  const auto endpoint = static_cast<uint16_t>(sample.endpoint);
  const auto status = static_cast<uint16_t>(sample.status);
  auto [found, is_new] = errors_.try_emplace({sample.outcome, endpoint, status});
  if (is_new) {
    found->second = make_error(sample);
  }
  return found->second;
}

std::string RowNames::make_error(const stats::Sample& sample) const {
  if (sample.outcome == stats::Outcome::kGrpcError) {
    return stats::status_text(static_cast<uint16_t>(sample.status));
  }
  if (sample.outcome == stats::Outcome::kHttpError) {
    const auto status = static_cast<uint32_t>(sample.status);
    const std::string_view phrase = status_phrase(status);
    return phrase.empty() ? fmt::format("{}", status) : fmt::format("{} {}", status, phrase);
  }
  const auto found = texts_.find({sample.outcome, static_cast<uint16_t>(sample.endpoint)});
  if (found != texts_.end() && found->second && !found->second->empty()) {
    return *found->second;
  }
  return std::string(stats::outcome_name(sample.outcome));
}

Status PieceWriter::flush() {
  if (text.empty()) {
    return {};
  }
  Status status = sink_(text);
  text.clear();
  return status;
}

}  // namespace macaw::report
