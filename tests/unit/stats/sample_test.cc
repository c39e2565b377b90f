// SPDX-License-Identifier: MIT
//
// Cells and the texts of their numbers.

#include "macaw/stats/sample.h"

#include <boost/test/unit_test.hpp>
#include <set>

namespace macaw::stats {

BOOST_AUTO_TEST_SUITE(sample_test)

BOOST_AUTO_TEST_CASE(every_number_has_a_text_of_its_own) {
  std::set<std::string_view> names;
  for (size_t k = 1; k < kOutcomes; ++k) {
    names.insert(outcome_name(static_cast<Outcome>(k)));
  }
  BOOST_TEST(names.size() == kOutcomes - 1);
  BOOST_TEST(!names.contains("unknown"));
  BOOST_TEST(outcome_name(static_cast<Outcome>(200)) == "unknown");
  BOOST_TEST(outcome_name(Outcome::kWrongAnswer) == "wrong_answer");
  BOOST_TEST(event_kind_name(EventKind::kReaderBehind) == "reader_behind");
  for (uint8_t kind = 1; kind <= kEventKinds; ++kind) {
    BOOST_TEST(event_kind_name(static_cast<EventKind>(kind)) != "unknown");
  }
  BOOST_TEST(event_kind_name(static_cast<EventKind>(kEventKinds + 1)) == "unknown");
  BOOST_TEST(unsent_reason_name(UnsentReason::kAborted) == "aborted");
}

BOOST_AUTO_TEST_CASE(answers_are_what_the_target_said) {
  BOOST_TEST(is_answer(Outcome::kOk));
  BOOST_TEST(is_answer(Outcome::kHttpError));
  BOOST_TEST(is_answer(Outcome::kWrongAnswer));
  BOOST_TEST(is_answer(Outcome::kGrpcError));
  BOOST_TEST(!is_answer(Outcome::kTimeout));
  BOOST_TEST(!is_answer(Outcome::kMalformed));
  BOOST_TEST(is_success(Outcome::kOk));
  BOOST_TEST(!is_success(Outcome::kHttpError));
  BOOST_TEST(!is_success(Outcome::kGrpcError));
}

BOOST_AUTO_TEST_CASE(statuses_are_told_apart) {
  BOOST_TEST(status_text(0) == "none");
  BOOST_TEST(status_text(503) == "503");
  BOOST_TEST(status_text(999) == "999");
  BOOST_TEST(status_text(1000) == "OK (0)");
  BOOST_TEST(status_text(1014) == "UNAVAILABLE (14)");
  BOOST_TEST(status_text(1017) == "17 (gRPC)");
  BOOST_TEST(status_text(1099) == "99 (gRPC)");
  BOOST_TEST(status_text(1100) == "1100");
  BOOST_TEST(grpc_status_name(1014) == "UNAVAILABLE");
  BOOST_TEST(grpc_status_name(1099) == "99");
}

BOOST_AUTO_TEST_CASE(cells_carry_every_kind) {
  Sample sample;
  sample.index = 0xfedcba987654;
  sample.status = 503;
  sample.sent_ns = 0xffffffffffff;
  const Cell cell = Cell::of(sample);
  BOOST_TEST((cell.kind() == CellKind::kSample));
  const auto back = cell.as<Sample>();
  BOOST_TEST(back.index == 0xfedcba987654U);
  BOOST_TEST(back.status == 503U);
  BOOST_TEST(back.sent_ns == 0xffffffffffffU);
  BOOST_TEST((Cell::of(EventCell{}).kind() == CellKind::kEvent));
  BOOST_TEST((Cell::of(TextCell{}).kind() == CellKind::kText));
  BOOST_TEST((Cell::of(HealthCell{}).kind() == CellKind::kHealth));
  BOOST_TEST((Cell::of(UnsentCell{}).kind() == CellKind::kUnsent));
  BOOST_TEST((Cell::of(ConnectionCell{}).kind() == CellKind::kConnection));
  BOOST_TEST((Cell::of(StreamCell{}).kind() == CellKind::kStream));
  BOOST_TEST((Cell{}.kind() == CellKind::kNone));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::stats
