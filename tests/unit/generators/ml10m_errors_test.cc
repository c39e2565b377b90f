// SPDX-License-Identifier: MIT
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "generated.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

struct BadArgument {
  std::string name;
  std::string value;
  std::string error;

  friend std::ostream& operator<<(std::ostream& out, const BadArgument& bad) {
    return out << bad.name << " " << bad.value;
  }
};

const std::vector<BadArgument> kBadArguments{
    {"users", "0", "users: found 0, expected 1 to 1000000000000"},
    {"users", "69879",
     "users: found 69,879, expected at most 69,878, the users of the synthetic profile of "
     "MovieLens "
     "10M"},
    {"pairs", "0", "pairs: found 0, expected 1 to 9000000000"},
    {"pairs", "10000000000", "pairs: found 10000000000, expected 1 to 9000000000"},
    {"--limit", "0", "--limit: found 0, expected 1 to 1000000"},
    {"--click-percent", "101", "--click-percent: found 101, expected 0 to 100"},
    {"--users-model", "zipf", "--users-model: found 'zipf', expected history or uniform"},
    {"--endpoint", "a/b", "--endpoint: found 'a/b', expected host, host:port or [v6]:port"},
    {"--endpoint", "", "--endpoint: found '', expected host, host:port or [v6]:port"},
    {"--endpoint", "a:0", "--endpoint: found 'a:0', expected host, host:port or [v6]:port"},
    {"--endpoint", "a:70000", "--endpoint: found 'a:70000', expected host, host:port or [v6]:port"},
    {"--endpoint", "[::1", "--endpoint: found '[::1', expected host, host:port or [v6]:port"},
    {"--endpoint", "u@a", "--endpoint: found 'u@a', expected host, host:port or [v6]:port"},
    {"--key", "a&b",
     "--key: found 'a&b', expected letters, digits, -._~!$'()*,:@/? and %XX: it goes into the URLs "
     "as it is"},
    {"--key", "a%2",
     "--key: found 'a%2', expected letters, digits, -._~!$'()*,:@/? and %XX: it goes into the URLs "
     "as it is"},
    {"--data", "/no/such/folder", "/no/such/folder: does not exist, expected a MovieLens folder"},
};

/// The number parsers say more than belongs here; these must at least name the argument.
const std::vector<std::pair<std::string, std::string>> kNotNumbers{
    {"users", ""},    {"users", "ten"},    {"users", "-5"},         {"pairs", "1.5"},
    {"--seed", "-1"}, {"--seed", "abc"},   {"--limit", "x"},        {"--click-percent", "ten"},
    {"--seed", "1k"}, {"pairs", "50000 "}, {"--click-percent", ""}, {"users", "0x10"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ml10m_errors_test)

BOOST_DATA_TEST_CASE(names_what_is_wrong, boost::unit_test::data::make(kBadArguments), bad) {
  const auto generated =
      test::run_generator("ml10m", {{"users", "10"}, {"pairs", "20"}, {bad.name, bad.value}});
  BOOST_TEST(generated.error == bad.error);
}

BOOST_AUTO_TEST_CASE(names_arguments_that_are_no_numbers) {
  for (const auto& [name, value] : kNotNumbers) {
    const auto generated =
        test::run_generator("ml10m", {{"users", "10"}, {"pairs", "20"}, {name, value}});
    BOOST_TEST(generated.error.starts_with(name + ": "),
               name << " " << value << " -> " << generated.error);
    BOOST_TEST(generated.error.find("expected") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(takes_the_key_from_a_file) {
  const test::TempDir folder;
  const std::string file = folder.write("key.json", "[{\"key\":\"ABC\"}]");
  const auto good =
      test::run_generator("ml10m", {{"users", "1"}, {"pairs", "1"}, {"--key-file", file}});
  BOOST_REQUIRE(good.records.size() == 2U);
  BOOST_TEST(good.records[0].url.find("?consumer_key=ABC&") != std::string::npos);
  const auto both = test::run_generator(
      "ml10m", {{"users", "1"}, {"pairs", "1"}, {"--key-file", file}, {"--key", "K"}});
  BOOST_TEST(both.error == "found both --key and --key-file, expected one of them");
  const std::string bad = folder.write("bad.json", "[{\"key\":\"A B\"}]");
  const auto unsafe =
      test::run_generator("ml10m", {{"users", "1"}, {"pairs", "1"}, {"--key-file", bad}});
  BOOST_TEST(unsafe.error.starts_with(bad + ": found 'A B', expected letters"));
}

BOOST_AUTO_TEST_CASE(stops_at_the_sinks_first_error) {
  const generators::Generator* generator = generators::find_generator("ml10m");
  BOOST_REQUIRE(generator != nullptr);
  generators::Arguments arguments;
  for (const auto& spec : generator->arguments()) {
    arguments.set(spec.name, spec.default_value);
  }
  arguments.set("users", "10");
  arguments.set("pairs", "100");
  auto generation = generator->prepare(arguments, replay::Format::kJsonLines, {});
  BOOST_REQUIRE(generation.ok());
  int records = 0;
  const Status status = (*generation)
                            ->run(
                                [&](const replay::Record&) -> Status {
                                  return ++records < 5 ? Status() : Error("the disk is full");
                                },
                                {});
  BOOST_REQUIRE(!status.ok());
  BOOST_TEST(status.error().message() == "the disk is full");
  BOOST_TEST(records == 5);
}

BOOST_AUTO_TEST_CASE(the_registry_describes_every_generator) {
  BOOST_TEST(!generators::all_generators().empty());
  BOOST_TEST(generators::find_generator("no-such") == nullptr);
  for (const auto& generator : generators::all_generators()) {
    BOOST_TEST(generators::find_generator(generator->name()) == generator.get());
    BOOST_TEST(!generator->summary().empty());
    BOOST_TEST(generator->example().starts_with("create-replay " + std::string(generator->name())));
    for (const auto& spec : generator->arguments()) {
      BOOST_TEST(!spec.help.empty());
      BOOST_TEST((spec.name.starts_with("--") || spec.required || !spec.default_value.empty()));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
