// SPDX-License-Identifier: MIT
//
// Draws of each law against its exact quantiles. Seeds are fixed, so no test depends on luck.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <vector>

#include "macaw/stub/seldon_stub.h"

namespace macaw::stub {
namespace {

BOOST_AUTO_TEST_SUITE(latency_model_test)

constexpr size_t kDraws = 100'000;

LatencyModel model(std::string_view text) {
  auto parsed = LatencyModel::parse(text);
  BOOST_REQUIRE_MESSAGE(parsed.ok(), text);
  return std::move(parsed).value();
}

std::vector<double> sorted_draws_ms(std::string_view text) {
  const LatencyModel law = model(text);
  std::vector<double> draws;
  for (uint64_t k = 0; k < kDraws; ++k) {
    draws.push_back(to_millis(law.draw(/*seed=*/7, k)));
  }
  std::sort(draws.begin(), draws.end());
  return draws;
}

/// The share of draws at or below `value_ms` must be `share`, within five standard deviations.
void check_share(const std::vector<double>& draws, double value_ms, double share) {
  const auto below = std::upper_bound(draws.begin(), draws.end(), value_ms) - draws.begin();
  const double found = static_cast<double>(below) / static_cast<double>(kDraws);
  const double sd = std::sqrt(share * (1 - share) / static_cast<double>(kDraws));
  BOOST_TEST(std::abs(found - share) <= 5 * sd,
             "at or below " << value_ms << " ms: " << found << ", expected " << share);
}

BOOST_AUTO_TEST_CASE(fixed) {
  BOOST_TEST((model("5ms").draw(1, 0) == std::chrono::milliseconds(5)));
  BOOST_TEST((model("1.5s").draw(9, 123) == std::chrono::milliseconds(1500)));
  BOOST_TEST((model("0ms").draw(1, 0) == Nanos::zero()));
  BOOST_TEST((LatencyModel().draw(1, 0) == Nanos::zero()));
}

BOOST_AUTO_TEST_CASE(lognormal) {
  const auto draws = sorted_draws_ms("lognormal:10ms,0.8");
  check_share(draws, 10, 0.5);
  check_share(draws, 10 * std::exp(0.8), 0.8413447460685429);
  check_share(draws, 10 * std::exp(-0.8), 0.15865525393145707);
  check_share(draws, 10 * std::exp(0.8 * 2.3263478740408408), 0.99);
  BOOST_TEST((model("lognormal:10ms,0").draw(1, 5) == std::chrono::milliseconds(10)));
}

BOOST_AUTO_TEST_CASE(uniform) {
  const auto draws = sorted_draws_ms("uniform:1ms..5ms");
  BOOST_TEST(draws.front() >= 1);
  BOOST_TEST(draws.back() <= 5);
  check_share(draws, 2, 0.25);
  check_share(draws, 4.9, 0.975);
  BOOST_TEST((model("uniform:2ms..2ms").draw(1, 0) == std::chrono::milliseconds(2)));
}

BOOST_AUTO_TEST_CASE(exponential) {
  const auto draws = sorted_draws_ms("exponential:10ms");
  BOOST_TEST(draws.front() >= 0);
  check_share(draws, 10, 1 - std::exp(-1.0));
  check_share(draws, 1, 1 - std::exp(-0.1));
  check_share(draws, 46.051701859880914, 0.99);
}

BOOST_AUTO_TEST_CASE(quantiles) {
  const auto draws = sorted_draws_ms("quantiles:50=10ms,90=30ms,99=140ms,100=500ms");
  check_share(draws, 5, 0.25);  // linear from 0=0
  check_share(draws, 10, 0.5);
  check_share(draws, 20, 0.7);
  check_share(draws, 30, 0.9);
  check_share(draws, 140, 0.99);
  check_share(draws, 320, 0.995);
  BOOST_TEST(draws.back() <= 500);
  const auto shifted = sorted_draws_ms("quantiles:0=2ms,100=4ms");
  BOOST_TEST(shifted.front() >= 2);
  check_share(shifted, 3, 0.5);
}

BOOST_AUTO_TEST_CASE(draws_are_a_pure_function_of_seed_and_number) {
  const LatencyModel one = model("lognormal:10ms,0.8");
  const LatencyModel two = model("lognormal:10ms,0.8");
  BOOST_TEST((one.draw(1, 1000) == two.draw(1, 1000)));
  BOOST_TEST((one.draw(1, 1000) == one.draw(1, 1000)));
  BOOST_TEST((one.draw(1, 1000) != one.draw(2, 1000)));
  BOOST_TEST((one.draw(1, 1000) != one.draw(1, 1001)));
  // The same on every machine, for ever.
  BOOST_TEST(one.draw(1, 0).count() == 35137524);
  BOOST_TEST(one.draw(1, 1).count() == 12057625);
}

BOOST_AUTO_TEST_CASE(an_endless_tail_is_cut) {
  const LatencyModel wild = model("lognormal:1h,10");
  for (uint64_t k = 0; k < 10'000; ++k) {
    const Nanos draw = wild.draw(1, k);
    BOOST_REQUIRE((draw >= Nanos::zero() && draw <= std::chrono::hours(24)));
  }
}

BOOST_AUTO_TEST_CASE(bad_models) {
  for (const std::string_view text : {"",
                                      "fast",
                                      "-5ms",
                                      "5ms extra",
                                      "normal:5ms,1",
                                      "lognormal:",
                                      "lognormal:10ms",
                                      "lognormal:10ms,",
                                      "lognormal:10ms,-1",
                                      "lognormal:10ms,11",
                                      "lognormal:x,1",
                                      "uniform:5ms",
                                      "uniform:5ms..1ms",
                                      "uniform:..5ms",
                                      "exponential:",
                                      "exponential:x",
                                      "quantiles:",
                                      "quantiles:50=10ms",
                                      "quantiles:50",
                                      "quantiles:100=",
                                      "quantiles:101=5ms",
                                      "quantiles:-1=0ms,100=5ms",
                                      "quantiles:90=30ms,50=10ms,100=50ms",
                                      "quantiles:50=30ms,90=10ms,100=50ms",
                                      "quantiles:50=1ms,50=2ms,100=3ms"}) {
    const auto parsed = LatencyModel::parse(text);
    BOOST_REQUIRE_MESSAGE(!parsed.ok(), text);
    BOOST_TEST(parsed.error().message().starts_with("latency model '"));
    BOOST_TEST(parsed.error().message().find('\n') == std::string::npos);
  }
  BOOST_TEST(LatencyModel::parse("lognormal:10ms").error().message() ==
             "latency model 'lognormal:10ms': found 'lognormal:10ms', expected "
             "lognormal:MEDIAN,SIGMA as in lognormal:10ms,0.8");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::stub
