// SPDX-License-Identifier: MIT
//
// Loads every example of replay/FORMAT.md: good ones must load, wrong ones must fail with the
// message that stands behind them.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "files.h"

namespace macaw::replay {

namespace {

struct Fence {
  std::string info;
  std::string text;
};

std::vector<Fence> fences_of_page() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* const source = std::getenv("MACAW_SOURCE_DIR");
  BOOST_REQUIRE(source != nullptr);
  std::ifstream page(std::string(source) + "/replay/FORMAT.md");
  BOOST_REQUIRE(page.good());
  std::vector<Fence> fences;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) {
        fences.push_back({line.substr(3), ""});
      }
    } else if (inside) {
      fences.back().text += line + "\n";
    }
  }
  BOOST_REQUIRE(!inside);
  return fences;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(format_page_test)

BOOST_AUTO_TEST_CASE(examples_do_what_the_page_says) {
  const std::vector<Fence> fences = fences_of_page();
  int good = 0;
  int wrong = 0;
  for (size_t k = 0; k < fences.size(); ++k) {
    const std::string& info = fences[k].info;
    if (!info.starts_with("txt") && !info.starts_with("jsonl")) {
      continue;
    }
    BOOST_TEST_CONTEXT(fences[k].text) {
      const Loaded loaded = load_text(fences[k].text);
      BOOST_TEST((loaded.format == Format::kJsonLines) == info.starts_with("jsonl"));
      if (info.ends_with(" wrong")) {
        BOOST_REQUIRE(k + 1 < fences.size());
        BOOST_REQUIRE(fences[k + 1].info == "message");
        BOOST_TEST(loaded.error + "\n" == fences[k + 1].text);
        ++wrong;
      } else {
        BOOST_TEST(loaded.error == "");
        BOOST_TEST(!loaded.records.empty());
        ++good;
      }
    }
  }
  BOOST_TEST(good >= 3);
  BOOST_TEST(wrong >= 4);
}

BOOST_AUTO_TEST_CASE(the_first_example_means_what_the_page_says) {
  const Loaded loaded = load_text(fences_of_page()[1].text);
  BOOST_TEST(loaded.records.size() == 4U);
  BOOST_TEST(loaded.provenance->get("generator") == "ml10m");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay
