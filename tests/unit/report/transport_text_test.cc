// SPDX-License-Identifier: MIT
//
// What a summary says of connections, streams and gRPC statuses, and when it says nothing.
#include "transport_text.h"

#include <rapidjson/document.h>

#include <boost/test/unit_test.hpp>
#include <sstream>

#include "report_runs.h"
#include "support/golden.h"
#include "table.h"

namespace macaw::report {

namespace {

constexpr uint64_t kTransportMs = 1'000'000;

/// The healthy run as gRPC over HTTP/2 and TLS: streamed recommendations, some calls that fail.
RunSummary grpc_run() {
  RunSummary summary = healthy_run();
  for (store::EndpointTotals& of : summary.totals) {
    of.totals.statuses.clear();
    const uint64_t requests = of.totals.requests();
    of.totals.statuses[{1'000, stats::Outcome::kOk}] = requests - 12;
    of.totals.statuses[{1'014, stats::Outcome::kGrpcError}] = 11;
    of.totals.statuses[{1'077, stats::Outcome::kGrpcError}] = 1;
  }
  for (uint64_t k = 0; k < 400; ++k) {
    const bool resumed = k >= 8;
    summary.connections[{2, 13, resumed}].add(100'000 + k * 250,
                                              (resumed ? 1 : 3) * kTransportMs + k * 500, true);
  }
  for (uint64_t k = 0; k < 3'000; ++k) {
    stats::StreamCell stream;
    stream.endpoint = 1;
    stream.messages = 5;
    stream.first_ns = 2 * kTransportMs + k * 100;
    stream.last_ns = stream.first_ns + 4 * kTransportMs;
    stream.gap_max_ns = 2 * kTransportMs + k * 1'000;
    stream.message_bytes = 500;
    stats::add_stream(summary.streams, stream);
  }
  return summary;
}

std::string connections_alone(const RunSummary& summary) {
  bool noted = false;
  return connection_table(summary, {}, noted);
}

std::string streams_alone(const RunSummary& summary) {
  bool noted = false;
  return stream_table(summary, {}, noted);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transport_text_test)

BOOST_AUTO_TEST_CASE(golden) {
  const std::string text = format_text(grpc_run(), {});
  test::check_golden("unit/report/golden/grpc.txt", text);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    BOOST_TEST(text_width(line) <= 100U, line);
  }
}

BOOST_AUTO_TEST_CASE(the_mark_is_explained_once) {
  const RunSummary summary = grpc_run();
  bool noted = false;
  BOOST_TEST(connection_table(summary, {}, noted).ends_with("p99.9 takes 3,688)\n"));
  BOOST_TEST(noted);
  BOOST_TEST(connection_table(summary, {}, noted).ends_with("(98.0 %)\n"));
}

BOOST_AUTO_TEST_CASE(plain_connections_that_stay_are_no_news) {
  RunSummary summary = healthy_run();
  summary.run.start.connections = 2;
  BOOST_TEST(connections_alone(summary) == "");
  stats::ConnectionTotals& plain = summary.connections[{1, 0, false}];
  plain.add(kTransportMs, 0, false);
  plain.add(kTransportMs, 0, false);
  BOOST_TEST(connections_alone(summary) == "");
  plain.add(kTransportMs, 0, false);  // more than can be open at once: some were closed
  const std::string text = connections_alone(summary);
  BOOST_TEST(text.find("HTTP/1.1") != std::string::npos);
  BOOST_TEST(text.find("TLS") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(tls_and_http2_are_always_told) {
  for (const stats::ConnectionKind kind :
       {stats::ConnectionKind{2, 0, false}, stats::ConnectionKind{1, 12, false}}) {
    RunSummary summary = healthy_run();
    summary.connections[kind].add(kTransportMs, kTransportMs, kind.tls_version != 0);
    const std::string text = connections_alone(summary);
    BOOST_TEST(text.find(kind.name()) != std::string::npos, text);
    BOOST_TEST((text.find("resumed 0 of 1 TLS session (0 %)") != std::string::npos) ==
               (kind.tls_version != 0));
    BOOST_TEST(text.find("~1.00 ms") != std::string::npos, text);  // one cannot support a p99
    BOOST_TEST(text.find("~: too few samples") != std::string::npos, text);
  }
}

BOOST_AUTO_TEST_CASE(without_calls_and_streams_nothing_is_said) {
  const RunSummary summary = failing_run();
  BOOST_TEST(grpc_status_table(summary.totals[0].totals, {}) == "");
  BOOST_TEST(streams_alone(summary) == "");
}

BOOST_AUTO_TEST_CASE(many_endpoints_are_cut) {
  RunSummary summary = healthy_run();
  for (uint16_t k = 3; k < 40; ++k) {
    summary.totals.push_back({{k, "POST", fmt::format("/a.B/M{}", k)}, {}});
    stats::StreamCell stream;
    stream.endpoint = k;
    stream.messages = 1;
    stats::add_stream(summary.streams, stream);
  }
  const std::string text = streams_alone(summary);
  BOOST_TEST(text.find("/a.B/M22 ") != std::string::npos, text);
  BOOST_TEST(text.find("/a.B/M23 ") == std::string::npos, text);
  BOOST_TEST(text.find("and 17 more endpoints") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(json_has_the_same_numbers) {
  const RunSummary summary = grpc_run();
  rapidjson::Document json;
  json.Parse(format_json(summary));
  BOOST_REQUIRE(!json.HasParseError());
  BOOST_REQUIRE(json["connections"].Size() == 2U);
  const auto& resumed = json["connections"][1];
  BOOST_TEST(resumed["protocol"].GetString() == std::string("HTTP/2"));
  BOOST_TEST(resumed["tls"].GetString() == std::string("TLS 1.3"));
  BOOST_TEST(resumed["resumed"].GetBool());
  BOOST_TEST(resumed["opened"].GetUint64() == 392U);
  BOOST_TEST(resumed["handshake"]["max_ms"].GetDouble() == 1.1995);
  const auto& all = json["endpoints"][0];
  BOOST_TEST(all["statuses"].ObjectEmpty());
  BOOST_TEST(all["grpc_statuses"]["OK"].GetUint64() == 5'988U);
  BOOST_TEST(all["grpc_statuses"]["UNAVAILABLE"].GetUint64() == 11U);
  BOOST_TEST(all["grpc_statuses"]["77"].GetUint64() == 1U);
  BOOST_TEST(all["streams"]["count"].GetUint64() == 3'000U);
  BOOST_TEST(all["streams"]["messages"].GetUint64() == 15'000U);
  BOOST_TEST(all["streams"]["per_message"]["p50_ms"].GetDouble() == 1.0);
  BOOST_TEST(json["endpoints"][1]["streams"]["gap_max"]["max_ms"].GetDouble() == 4.999);
  BOOST_TEST(json["endpoints"][2]["streams"].IsNull());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::report
