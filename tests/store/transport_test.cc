// SPDX-License-Identifier: MIT
//
// Connections and streams: from their cells through the drain to rows, sums and views, and once
// more by verify.

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>

#include "macaw/base/grpc_code.h"
#include "store/store_fixture.h"

namespace macaw::store {

namespace {

namespace data = boost::unit_test::data;
using stats::ConnectionCell;
using stats::ConnectionKind;
using stats::Sample;
using stats::StreamCell;

ConnectionCell connection(uint64_t k) {
  ConnectionCell cell;
  cell.worker = static_cast<uint8_t>(k % 2);
  cell.connection = static_cast<uint16_t>(k % 64);
  cell.at_ns = static_cast<int64_t>(k * 10 * kMs);
  cell.connect_ns = 100'000 + k * 1'000;
  cell.http_version = 2;
  cell.tls_version = 13;
  cell.handshake_ns = k < 10 ? 3 * kMs : 1 * kMs;
  cell.resumed = k < 10 ? 0 : 1;
  cell.local_port = static_cast<uint16_t>(40'000 + k % 20'000);
  return cell;
}

StreamCell stream_of(const Sample& sample) {
  StreamCell cell;
  cell.index = sample.index;
  cell.endpoint = static_cast<uint16_t>(sample.endpoint);
  cell.intended_ns = sample.intended_ns;
  cell.messages = static_cast<uint32_t>(sample.index % 7);
  if (cell.messages > 0) {
    cell.first_ns = sample.sent_ns + 1'000;
    cell.last_ns = cell.first_ns + (cell.messages - 1) * 2 * kMs;
    cell.gap_max_ns = cell.messages > 1 ? 3 * kMs : 0;
    cell.message_bytes = 100 * uint64_t{cell.messages};
  }
  return cell;
}

// 60 connections, 10 of them with full handshakes; every third request streams.
void push_all(DrainedRun& run, size_t requests, uint64_t warm_requests = 0) {
  for (uint64_t k = 0; k < 60; ++k) {
    run.push(connection(k));
  }
  SampleSource source(100);
  for (size_t k = 0; k < requests; ++k) {
    Sample sample = source.next();
    if (k < warm_requests) {
      sample.flags |= stats::kFlagWarmup;
    }
    if (k % 3 == 0) {
      run.push(stream_of(sample));
    }
    run.push(sample);
  }
}

std::string differences(const std::string& path) {
  std::string all;
  for (const std::string& difference :
       need(verify_run(*need(RunReader::open(path)), 0)).differences) {
    all += difference + "\n";
  }
  return all;
}

struct TransportTampering {
  const char* sql;
  const char* difference;
};

std::ostream& operator<<(std::ostream& out, const TransportTampering& tampering) {
  return out << tampering.sql;
}

const std::vector<TransportTampering> kTransportTamperings = {
    {"UPDATE connection_rows SET connect_ns = connect_ns + 500000 WHERE (id & 0xffff) = 3",
     "connections of HTTP/2 over TLS 1.3: connect"},
    {"UPDATE connection_rows SET resumed = 1 WHERE (id & 0xffff) = 3",
     "connections of HTTP/2 over TLS 1.3: opened is 10, recomputed 9"},
    {"DELETE FROM connection_rows WHERE resumed = 1",
     "connections of HTTP/2 over TLS 1.3, resumed: opened is 50, recomputed 0"},
    {"UPDATE connection_totals SET handshake_p99_ms = 1 WHERE resumed = 0",
     "connections of HTTP/2 over TLS 1.3: handshake_p99_ms is 1, recomputed"},
    {"DELETE FROM connection_totals WHERE resumed = 1",
     "connections of HTTP/2 over TLS 1.3, resumed: their totals are missing"},
    {"UPDATE stream_rows SET messages = messages + 1 WHERE (id & 0xffff) = 9",
     "streams of endpoint all: messages is"},
    {"UPDATE stream_rows SET gap_ns = gap_ns * 2 WHERE (id & 0xffff) = 9",
     "streams of endpoint 2: gap"},
    {"DELETE FROM stream_rows WHERE (id & 0xffff) = 9", "streams of endpoint 2: streams is"},
    {"UPDATE stream_totals SET first_message = gap WHERE endpoint = 0",
     "streams of endpoint all: first_message is a histogram"},
    {"DELETE FROM stream_totals WHERE endpoint = 1",
     "streams of endpoint 1: their totals are missing"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(transport_test)

BOOST_AUTO_TEST_CASE(sums_are_those_of_the_cells) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  DrainedRun run(path, make_start());
  run.drain().start();
  push_all(run, 3'000);
  run.stop();
  const auto reader = need(RunReader::open(path));
  stats::ConnectionBook connections;
  for (uint64_t k = 0; k < 60; ++k) {
    const ConnectionCell cell = connection(k);
    connections[ConnectionKind::of(cell)].add(cell.connect_ns, cell.handshake_ns, true);
  }
  BOOST_TEST((need(reader->connections(0)) == connections));
  stats::StreamBook streams;
  SampleSource source(100);
  for (size_t k = 0; k < 3'000; ++k) {
    const Sample sample = source.next();
    if (k % 3 == 0) {
      stats::add_stream(streams, stream_of(sample));
    }
  }
  BOOST_TEST(streams.size() == 3U);
  BOOST_TEST((need(reader->streams(0)) == streams));
  BOOST_TEST(differences(path) == "");
}

BOOST_AUTO_TEST_CASE(views_show_the_rows) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  {
    DrainedRun run(path, make_start());
    run.drain().command([](RunWriter& writer) {
      return writer.add_endpoint({1, "POST", "/a.B/C"});
    });
    ConnectionCell plain;
    plain.at_ns = 5 * static_cast<int64_t>(kMs);
    plain.connect_ns = 2 * kMs;
    run.push(plain);
    ConnectionCell secure = connection(20);
    run.push(secure);
    Sample sample = SampleSource(100).next();
    sample.status = 1'014;
    sample.outcome = stats::Outcome::kGrpcError;
    StreamCell stream;
    stream.index = sample.index;
    stream.messages = 3;
    stream.first_ns = 4 * kMs;
    stream.last_ns = 10 * kMs;
    stream.gap_max_ns = 5 * kMs;
    stream.message_bytes = 77;
    run.push(stream);
    run.push(sample);
    run.stop();
  }
  PlainSqlite sqlite(path);
  BOOST_TEST(sqlite.rows("SELECT * FROM connections") ==
                 (std::vector<std::string>{"0|5.0|HTTP/1.1||0|2.0||0|0||0",
                                           "1|200.0|HTTP/2|TLS 1.3|1|0.12|1.0|0|20|40020|0"}),
             boost::test_tools::per_element());
  BOOST_TEST(sqlite.rows("SELECT protocol, tls, resumed, opened, connect_max_ms, handshake_p50_ms"
                         " FROM connection_latency") ==
                 (std::vector<std::string>{"HTTP/1.1||0|1|2.0|", "HTTP/2|TLS 1.3|1|1|0.12|1.0"}),
             boost::test_tools::per_element());
  BOOST_TEST(sqlite.one("SELECT * FROM streams") == "0|/a.B/C|3|4.0|10.0|3.0|5.0|77");
  BOOST_TEST(sqlite.one("SELECT streams, messages, bytes, first_p50_ms, message_p50_ms, gap_max_ms"
                        " FROM stream_latency WHERE endpoint = '/a.B/C'") == "1|3|77|4.0|3.0|5.0");
  BOOST_TEST(sqlite.one("SELECT status, grpc_status, outcome FROM requests") ==
             "1014|UNAVAILABLE|grpc_error");
  BOOST_TEST(sqlite.one("SELECT status, grpc_status, outcome, count FROM statuses"
                        " WHERE endpoint = 'all'") == "1014|UNAVAILABLE|grpc_error|1");
  BOOST_TEST(sqlite.one("SELECT outcome, count FROM outcomes WHERE endpoint = 'all'") ==
             "grpc_error|1");
}

BOOST_AUTO_TEST_CASE(numbers_of_sql_have_the_names_of_the_program) {
  const TempDir dir;
  need(RunWriter::open(dir.file("a.sqlite")));
  PlainSqlite sqlite(dir.file("a.sqlite"));
  std::vector<std::string> codes;
  for (uint32_t code = 0; code < kGrpcCodes; ++code) {
    codes.push_back(fmt::format("{}|{}", code, grpc_code_name(code)));
  }
  BOOST_TEST(sqlite.rows("SELECT code, name FROM grpc_codes ORDER BY code") == codes,
             boost::test_tools::per_element());
  std::vector<std::string> outcomes;
  for (size_t k = 1; k < stats::kOutcomes; ++k) {
    outcomes.push_back(fmt::format("{}|{}", k, stats::outcome_name(stats::Outcome(k))));
  }
  BOOST_TEST(sqlite.rows("SELECT number, outcome FROM outcome_names ORDER BY number") == outcomes,
             boost::test_tools::per_element());
}

// Connections of the warm-up carry what counts; streams of the warm-up are left out like their
// requests.
BOOST_AUTO_TEST_CASE(a_warm_up_has_rows_and_connections_but_no_streams_in_the_sums) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  RunStart start = make_start();
  start.warmup = std::chrono::seconds(9);
  DrainedRun run(path, start);
  push_all(run, 3'000, 900);
  run.stop();
  const auto reader = need(RunReader::open(path));
  BOOST_TEST(need(reader->streams(0))[0].streams == 700U);
  BOOST_TEST(PlainSqlite(path).one("SELECT count(*) FROM streams") == "1000");
  BOOST_TEST(need(reader->connections(0)).size() == 2U);
  BOOST_TEST(differences(path) == "");
}

BOOST_AUTO_TEST_CASE(a_row_policy_thins_rows_and_no_sums) {
  for (const auto kind : {RowPolicy::Kind::kErrors, RowPolicy::Kind::kSample}) {
    const TempDir dir;
    const std::string path = dir.file("a.sqlite");
    RunStart start = make_start();
    start.rows = {kind, 10};
    DrainedRun run(path, start);
    push_all(run, 3'000);
    run.stop();
    const auto reader = need(RunReader::open(path));
    BOOST_TEST(need(reader->streams(0))[0].streams == 1'000U);
    BOOST_TEST(need(reader->connections(0)).at({2, 13, true}).opened() == 50U);
    PlainSqlite sqlite(path);
    const uint64_t rows = std::stoull(sqlite.one("SELECT count(*) FROM connection_rows"));
    BOOST_TEST((kind == RowPolicy::Kind::kErrors ? rows == 0 : rows > 0 && rows < 30));
    // Each stream's row has its request's beside it.
    BOOST_TEST(sqlite.one("SELECT count(*) > 0, count(s.id) = count(*) FROM stream_rows m"
                          " LEFT JOIN samples s ON s.id = m.id") == "1|1");
    BOOST_TEST(differences(path) == "");
    sqlite.execute("UPDATE stream_totals SET messages = messages + 1 WHERE endpoint = 1");
    BOOST_TEST(differences(path).starts_with("sum of the streams of all endpoints: messages is"));
  }
}

BOOST_AUTO_TEST_CASE(a_stream_without_its_request_is_no_stream) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  DrainedRun run(path, make_start());
  SampleSource source(100);
  const Sample lost = source.next();  // a full ring refused it, but not its stream
  const Sample kept = source.next();
  const Sample last = source.next();
  run.push(stream_of(lost));
  run.push(kept);
  run.push(stream_of(kept));  // behind its request: of no use
  run.push(last);
  run.push(stream_of(last));
  run.stop();
  const auto reader = need(RunReader::open(path));
  BOOST_TEST(need(reader->streams(0)).empty());
  BOOST_TEST(PlainSqlite(path).one("SELECT count(*) FROM stream_rows") == "0");
}

// What one ring says has nothing to do with the other's.
BOOST_AUTO_TEST_CASE(streams_of_several_rings_find_their_own_requests) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  DrainedRun run(path, make_start(), 2);
  SampleSource source(100);
  const Sample first = source.next();
  const Sample second = source.next();
  run.push(stream_of(second), 1);
  run.push(first, 0);
  run.push(second, 1);
  run.stop();
  PlainSqlite sqlite(path);
  BOOST_TEST(sqlite.one("SELECT i FROM streams") == "1");
  BOOST_TEST(differences(path) == "");
}

BOOST_AUTO_TEST_CASE(what_a_failed_commit_did_not_keep_is_written_once) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  DrainedRun run(path, make_start());
  PlainSqlite sqlite(path);
  sqlite.execute(
      "CREATE TRIGGER spoil BEFORE INSERT ON stream_totals"
      " BEGIN SELECT RAISE(ABORT, 'spoilt'); END");
  run.drain().start();
  push_all(run, 300);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (run.drain().first_error().empty() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  BOOST_TEST(run.drain().first_error().find("spoilt") != std::string::npos);
  BOOST_TEST(sqlite.one("SELECT count(*) FROM connection_rows") == "0");
  sqlite.execute("DROP TRIGGER spoil");
  run.stop();
  BOOST_TEST(sqlite.one("SELECT count(*) FROM connection_rows") == "60");
  BOOST_TEST(sqlite.one("SELECT count(*) FROM stream_rows") == "100");
  BOOST_TEST(differences(path) == "");
}

BOOST_DATA_TEST_CASE(tampering_below_the_requests_is_found, data::make(kTransportTamperings),
                     tampering) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  {
    DrainedRun run(path, make_start());
    push_all(run, 300);
    run.stop();
  }
  PlainSqlite(path).execute(tampering.sql);
  const std::string found = differences(path);
  BOOST_TEST(found.find(tampering.difference) != std::string::npos, found);
}

BOOST_AUTO_TEST_CASE(damaged_sums_are_an_error) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  DrainedRun run(path, make_start());
  push_all(run, 300);
  run.stop();
  PlainSqlite(path).execute(
      "UPDATE connection_totals SET connect = x'00'; UPDATE stream_totals SET gap = x'00'"
      " WHERE endpoint = 2");
  const auto reader = need(RunReader::open(path));
  BOOST_TEST(error_of(reader->connections(0)) ==
             path + ": connections of HTTP/2 over TLS 1.3: damaged histogram: not in format 1");
  BOOST_TEST(error_of(reader->streams(0)) ==
             path + ": streams of endpoint 2: damaged histogram: not in format 1");
  BOOST_TEST(error_of(reader->streams(9)) == path + ": there is no run 9");
}

// With a new connection for each request there are as many rows of one kind as of the other.
BOOST_AUTO_TEST_CASE(rows_of_connections_are_smaller_than_those_of_requests) {
  const TempDir dir;
  constexpr uint64_t kConnections = 50'000;
  const auto size_of_run = [&dir](const std::string& name, uint64_t connections) {
    const std::string path = dir.file(name);
    DrainedRun run(path, make_start());
    run.drain().start();
    for (uint64_t k = 0; k < connections; ++k) {
      run.push(connection(k));
    }
    run.stop();
    run.close();
    return static_cast<double>(std::filesystem::file_size(path));
  };
  const double bytes = size_of_run("many.sqlite", kConnections) - size_of_run("none.sqlite", 0);
  BOOST_TEST_MESSAGE(bytes / kConnections << " bytes a connection");
  BOOST_TEST(bytes / kConnections <= 44.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::store
