// SPDX-License-Identifier: MIT
//
// Sums of connections and of streams.

#include "macaw/stats/transport.h"

#include <boost/test/unit_test.hpp>

namespace macaw::stats {

namespace {

constexpr uint64_t kOneMs = 1'000'000;

StreamCell stream(uint32_t messages, uint64_t first_ns, uint64_t last_ns, uint64_t gap_ns = 0) {
  StreamCell cell;
  cell.endpoint = 3;
  cell.messages = messages;
  cell.first_ns = first_ns;
  cell.last_ns = last_ns;
  cell.gap_max_ns = gap_ns;
  cell.message_bytes = 10 * uint64_t{messages};
  return cell;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transport_test)

BOOST_AUTO_TEST_CASE(kinds_have_names) {
  BOOST_TEST((ConnectionKind{1, 0, false}.name()) == "HTTP/1.1");
  BOOST_TEST((ConnectionKind{2, 0, false}.name()) == "HTTP/2");
  BOOST_TEST((ConnectionKind{1, 12, false}.name()) == "HTTP/1.1 over TLS 1.2");
  BOOST_TEST((ConnectionKind{2, 13, true}.name()) == "HTTP/2 over TLS 1.3, resumed");
  BOOST_TEST((ConnectionKind{2, 14, false}.name()) == "HTTP/2 over TLS");
}

BOOST_AUTO_TEST_CASE(kinds_come_from_cells) {
  ConnectionCell cell;
  BOOST_TEST((ConnectionKind::of(cell) == ConnectionKind{1, 0, false}));
  cell.http_version = 2;
  cell.tls_version = 13;
  cell.resumed = 1;
  BOOST_TEST((ConnectionKind::of(cell) == ConnectionKind{2, 13, true}));
}

BOOST_AUTO_TEST_CASE(without_tls_there_is_no_handshake) {
  ConnectionTotals totals;
  totals.add(2 * kOneMs, 0, /*tls=*/false);
  BOOST_TEST(totals.opened() == 1U);
  BOOST_TEST(totals.handshake.empty());
  totals.add(3 * kOneMs, 0, /*tls=*/true);  // faster than the clock can tell
  BOOST_TEST(totals.opened() == 2U);
  BOOST_TEST(totals.handshake.count() == 1U);
  BOOST_TEST(totals.connect.max_ns() == 3 * kOneMs);
}

BOOST_AUTO_TEST_CASE(a_stream_is_as_many_spans_as_it_has_messages_for) {
  StreamTotals totals;
  totals.add(stream(0, 0, 0));
  BOOST_TEST(totals.streams == 1U);
  BOOST_TEST(totals.first_message.empty());
  totals.add(stream(1, 5 * kOneMs, 5 * kOneMs));
  BOOST_TEST(totals.first_message.count() == 1U);
  BOOST_TEST(totals.per_message.empty());
  BOOST_TEST(totals.gap.empty());
  totals.add(stream(5, 10 * kOneMs, 30 * kOneMs, 12 * kOneMs));
  BOOST_TEST(totals.per_message.count() == 1U);
  BOOST_TEST(totals.per_message.max_ns() == 5 * kOneMs);  // 20 ms over four steps
  BOOST_TEST(totals.gap.max_ns() == 12 * kOneMs);
  BOOST_TEST(totals.streams == 3U);
  BOOST_TEST(totals.messages == 6U);
  BOOST_TEST(totals.bytes == 60U);
}

BOOST_AUTO_TEST_CASE(a_last_message_before_the_first_does_not_wrap) {
  StreamTotals totals;
  totals.add(stream(2, 10 * kOneMs, 9 * kOneMs));
  BOOST_TEST(totals.per_message.max_ns() == 0U);
}

BOOST_AUTO_TEST_CASE(streams_count_for_their_endpoint_and_for_all) {
  StreamBook book;
  StreamCell cell = stream(2, kOneMs, 3 * kOneMs, 2 * kOneMs);
  add_stream(book, cell);
  cell.endpoint = 1;
  add_stream(book, cell);
  cell.endpoint = 0;  // not known: once in all, and in no other
  add_stream(book, cell);
  BOOST_TEST(book.size() == 3U);
  BOOST_TEST(book[0].streams == 3U);
  BOOST_TEST(book[1].streams == 1U);
  BOOST_TEST((book[1] == book[3]));
  StreamTotals merged = book[1];
  merged.merge(book[3]);
  StreamTotals twice;
  twice.add(cell);
  twice.add(cell);
  BOOST_TEST((merged == twice));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::stats
