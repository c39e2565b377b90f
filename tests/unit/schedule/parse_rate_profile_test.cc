// SPDX-License-Identifier: MIT
//
// The grammar of --profile: every form, and what each mistake is told.

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "macaw/replay/schedule/rate_profile.h"
#include "reference.h"

namespace macaw::replay::test {

struct Form {
  std::string text;
  std::string described;
};

static std::ostream& operator<<(std::ostream& out, const Form& form) {
  return out << form.text;
}

struct Mistake {
  std::string text;
  std::string error;
};

static std::ostream& operator<<(std::ostream& out, const Mistake& mistake) {
  return out << mistake.text;
}

namespace {

namespace data = boost::unit_test::data;
using std::chrono::seconds;

const std::vector<Form> kForms = {
    {"constant", "constant 100/s"},
    {"slow-start", "slow start 1/s to 100/s over 4 min"},
    {"slow-start:30s", "slow start 1/s to 100/s over 30 s"},
    {"ramp:1..50:10s", "ramp 1/s to 50/s over 10 s"},
    {"ramp:5k..0.5:10", "ramp 5,000/s to 0.5/s over 10 s"},
    {"ramp:60/m..120/m:1m", "ramp 1/s to 2/s over 1 min"},
    {"steps:100x10s,0x5s,100x10s", "steps 100/s for 10 s, 0/s for 5 s, 100/s"},
    {"steps:100x10s,200", "steps 100/s for 10 s, 200/s"},
    {"steps:7", "steps 7/s"},
    {"steps:100x10s,0", "steps 100/s for 10 s, 0/s"},
    {"sine:10..90:1m", "sine 10/s to 90/s, period 1 min"},
    {"sine:10..10:1m", "sine 10/s to 10/s, period 1 min"},
    {"infinite-ramp:30s:12", "infinite ramp 1/s to 100/s over 30 s, then 12/s more every minute"},
};

const std::vector<Mistake> kMistakes = {
    {"", "expected constant, slow-start[:SPAN]"},
    {"flat", "found profile 'flat', expected constant"},
    {"constant:5", "expected constant"},
    {"Constant", "expected constant"},
    {"slow-start:", "expected constant, slow-start[:SPAN]"},
    {"slow-start:x", "profile 'slow-start:x': "},
    {"slow-start:0s", "more than 0"},
    {"slow-start:9000h", "at most 366 days"},
    {"ramp", "ramp:FROM..TO:SPAN"},
    {"ramp:1..2", "profile 'ramp:1..2': "},
    {"ramp:1:10s", "found '1', expected two rates, 'FROM..TO'"},
    {"ramp:..2:10s", "profile 'ramp:..2:10s': "},
    {"ramp:0..2:10s", "profile 'ramp:0..2:10s': "},
    {"ramp:1..2000000000:10s", "above 1,000,000,000/s"},
    {"ramp:1..2:10s:", "profile 'ramp:1..2:10s:': "},
    {"steps:", "an empty step"},
    {"steps:1x1s,", "an empty step"},
    {"steps:1x1s,,2x1s", "profile 'steps:1x1s,,2x1s': "},
    {"steps:1,2x1s", "found '1', expected RATExSPAN"},
    {"steps:0x1s,0x2s", "only rates of 0"},
    {"steps:1x0s", "more than 0"},
    {"steps:x1s", "profile 'steps:x1s': "},
    {"sine:9..1:1m", "the higher rate first"},
    {"sine:1..9:0s", "more than 0"},
    {"sine:1..9", "profile 'sine:1..9': "},
    {"infinite-ramp:30s", "profile 'infinite-ramp:30s': "},
    {"infinite-ramp:30s:0", "profile 'infinite-ramp:30s:0': "},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(parse_rate_profile_test)

BOOST_DATA_TEST_CASE(forms, data::make(kForms), form) {
  const auto profile = parse_rate_profile(form.text, per_second(100));
  BOOST_REQUIRE_MESSAGE(profile.ok(), (profile.ok() ? "" : profile.error().message()));
  BOOST_TEST(profile->describe() == form.described);
}

BOOST_DATA_TEST_CASE(mistakes, data::make(kMistakes), mistake) {
  const auto profile = parse_rate_profile(mistake.text, per_second(100));
  BOOST_REQUIRE(!profile.ok());
  const std::string& message = profile.error().message();
  BOOST_TEST(message.find(mistake.error) != std::string::npos,
             "'" << message << "' does not say '" << mistake.error << "'");
  BOOST_TEST(message.find('\n') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(profiles_that_name_no_rate_need_one) {
  for (const char* const text : {"constant", "slow-start", "slow-start:9s", "infinite-ramp:9s:1"}) {
    const auto profile = parse_rate_profile(text, std::nullopt);
    BOOST_REQUIRE(!profile.ok());
    BOOST_TEST(profile.error().message().find("expected --rps RATE") != std::string::npos);
  }
  for (const char* const text : {"ramp:1..2:9s", "steps:1x9s", "sine:1..2:9s"}) {
    BOOST_TEST(parse_rate_profile(text, std::nullopt).ok());
  }
}

BOOST_AUTO_TEST_CASE(what_is_parsed_is_what_is_played) {
  const auto profile = parse_rate_profile("steps:100x10s,0x5s,0.5", std::nullopt);
  BOOST_REQUIRE(profile.ok());
  BOOST_TEST((profile->cumulative(seconds(10)) == RequestCount{1'000, 0}));
  BOOST_TEST((profile->cumulative(seconds(15)) == RequestCount{1'000, 0}));
  BOOST_TEST((profile->cumulative(seconds(17)) == RequestCount{1'001, 0}));
}

BOOST_AUTO_TEST_CASE(a_constant_rate_may_be_faster_than_the_others) {
  const Rate fast{.events = 2'000'000'000};
  BOOST_TEST(parse_rate_profile("constant", fast).ok());
  BOOST_TEST(!parse_rate_profile("slow-start", fast).ok());
}

BOOST_AUTO_TEST_CASE(there_is_a_limit_to_steps) {
  std::string text = "steps:1";
  for (int k = 0; k < 9'999; ++k) {
    text.insert(6, "2x1s,");
  }
  BOOST_TEST(parse_rate_profile(text, std::nullopt).ok());
  text.insert(6, "2x1s,");
  BOOST_TEST(!parse_rate_profile(text, std::nullopt).ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay::test
