// SPDX-License-Identifier: MIT
//
// gRPC statuses, connections and streams as text.
#include "transport_text.h"

#include <algorithm>
#include <map>

#include "macaw/base/units.h"
#include "phrases.h"
#include "table.h"

namespace macaw::report {

namespace {

constexpr size_t kStreamRowsMax = 20;

stats::Quantile span_quantile(const stats::Histogram& span, double q) {
  return stats::Distribution{span, 0}.quantile(q);
}

TableCell span_cell(const stats::Histogram& span, double q, const TextStyle& style) {
  return span.empty() ? TableCell("-") : latency_cell(span_quantile(span, q), Nanos(0), style);
}

std::string longest(const stats::Histogram& span) {
  return span.empty() ? "-" : format_latency(Nanos(static_cast<int64_t>(span.max_ns())));
}

/// Whether a p99 of the span bears the mark.
bool is_marked(const stats::Histogram& span) {
  return !span.empty() && !span_quantile(span, 0.99).supported;
}

std::string note_once(bool marked, const TextStyle& style, bool& noted) {
  const bool write = marked && !noted;
  noted = noted || marked;
  return write ? unsupported_note(style) : std::string();
}

std::vector<TableCell> header_of(std::initializer_list<const char*> names) {
  std::vector<TableCell> header;
  for (const char* const name : names) {
    header.emplace_back(name, Paint::kDim);
  }
  return header;
}

bool is_worth_showing(const RunSummary& summary) {
  uint64_t opened = 0;
  bool special = false;
  for (const auto& [kind, totals] : summary.connections) {
    opened += totals.opened();
    special = special || kind.http_version != 1 || kind.tls_version != 0;
  }
  return special || opened > summary.run.start.connections;
}

std::vector<TableCell> connection_row(const stats::ConnectionKind& kind,
                                      const stats::ConnectionTotals& totals, bool with_tls,
                                      const TextStyle& style) {
  std::vector<TableCell> row{{"  " + kind.name()}, {format_count(totals.opened())}};
  for (const stats::Histogram* const span : {&totals.connect, &totals.handshake}) {
    if (span == &totals.connect || with_tls) {
      row.push_back(span_cell(*span, 0.5, style));
      row.push_back(span_cell(*span, 0.99, style));
      row.emplace_back(longest(*span));
    }
  }
  return row;
}

std::string resumed_line(const stats::ConnectionBook& connections) {
  uint64_t sessions = 0;
  uint64_t resumed = 0;
  for (const auto& [kind, totals] : connections) {
    sessions += kind.tls_version != 0 ? totals.opened() : 0;
    resumed += kind.resumed ? totals.opened() : 0;
  }
  return sessions == 0 ? std::string()
                       : fmt::format("  resumed {} of {} TLS session{} ({})\n",
                                     format_count(resumed), format_count(sessions),
                                     sessions == 1 ? "" : "s", share_text(resumed, sessions));
}

std::vector<TableCell> stream_row(std::string name, const stats::StreamTotals& totals,
                                  const TextStyle& style) {
  return {{std::move(name)},
          {format_count(totals.streams)},
          {format_count(totals.messages)},
          span_cell(totals.first_message, 0.5, style),
          span_cell(totals.first_message, 0.99, style),
          span_cell(totals.per_message, 0.5, style),
          span_cell(totals.per_message, 0.99, style),
          span_cell(totals.gap, 0.99, style),
          {longest(totals.gap)}};
}

}  // namespace

std::string grpc_status_table(const stats::Aggregate& total, const TextStyle& style) {
  std::map<uint16_t, uint64_t> counts;
  uint64_t calls = 0;
  for (const auto& [key, count] : total.statuses) {
    if (stats::is_grpc_status(key.status)) {
      counts[key.status] += count;
      calls += count;
    }
  }
  if (counts.empty()) {
    return {};
  }
  Table table;
  for (const auto& [status, count] : counts) {
    const bool ok = status == stats::kGrpcStatusBase;
    table.add_row({{"  " + stats::status_text(status), ok ? Paint::kPlain : Paint::kRed},
                   {format_count(count)},
                   {share_text(count, calls)}});
  }
  return "\ngRPC statuses\n" + table.render(style);
}

std::string connection_table(const RunSummary& summary, const TextStyle& style, bool& noted) {
  if (!is_worth_showing(summary)) {
    return {};
  }
  const bool with_tls = std::any_of(summary.connections.begin(), summary.connections.end(),
                                    [](const auto& entry) { return entry.first.tls_version != 0; });
  Table table;
  std::vector<TableCell> header = header_of({"", "opened", "p50", "p99", "max"});
  if (with_tls) {
    const std::vector<TableCell> more = header_of({"TLS p50", "p99", "max"});
    header.insert(header.end(), more.begin(), more.end());
  }
  table.add_row(std::move(header));
  bool marked = false;
  for (const auto& [kind, totals] : summary.connections) {
    table.add_row(connection_row(kind, totals, with_tls, style));
    marked = marked || is_marked(totals.connect) || is_marked(totals.handshake);
  }
  std::string text = with_tls ? "\nConnections: time of the connect, then of the TLS handshake\n"
                              : "\nConnections: time of the connect\n";
  text += table.render(style) + resumed_line(summary.connections);
  return text + note_once(marked, style, noted);
}

std::string stream_table(const RunSummary& summary, const TextStyle& style, bool& noted) {
  if (summary.streams.empty()) {
    return {};
  }
  Table table;
  table.add_row(header_of(
      {"", "streams", "messages", "first p50", "p99", "each p50", "p99", "gap p99", "max"}));
  bool marked = false;
  size_t shown = 0;
  for (const store::EndpointTotals& of : summary.totals) {
    const auto found = summary.streams.find(of.endpoint.endpoint);
    if (found != summary.streams.end() && shown <= kStreamRowsMax) {
      ++shown;
      table.add_row(stream_row("  " + printable(of.endpoint.name()), found->second, style));
      marked = marked || is_marked(found->second.first_message) || is_marked(found->second.gap);
    }
  }
  std::string text =
      "\nStreams: first message from the intended send, each further one, longest gap\n" +
      table.render(style);
  if (summary.streams.size() > shown) {
    text += fmt::format("and {} more endpoints, in the view stream_latency of the database\n",
                        format_count(summary.streams.size() - shown));
  }
  return text + note_once(marked, style, noted);
}

}  // namespace macaw::report
