// SPDX-License-Identifier: MIT
//
// Comparing with a golden file. With MACAW_UPDATE_GOLDENS=1 in the environment the file is written
// instead (and the case says so); read the difference before committing it.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace macaw::test {

/// `path` is relative to the tests folder, as in "unit/report/golden/healthy.txt".
inline void check_golden(const std::string& path, const std::string& text) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* const source = std::getenv("MACAW_SOURCE_DIR");
  BOOST_REQUIRE(source != nullptr);
  const std::string file = std::string(source) + "/tests/" + path;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): as above
  const char* const update = std::getenv("MACAW_UPDATE_GOLDENS");
  if (update != nullptr && std::string(update) == "1") {
    std::ofstream out(file, std::ios::binary);
    out << text;
    BOOST_REQUIRE_MESSAGE(out.good(), "cannot write " << file);
    BOOST_TEST_MESSAGE("wrote " << file);
    return;
  }
  std::ifstream in(file, std::ios::binary);
  BOOST_REQUIRE_MESSAGE(in.good(),
                        "no golden file " << file << " (MACAW_UPDATE_GOLDENS=1 makes it)");
  std::ostringstream golden;
  golden << in.rdbuf();
  BOOST_TEST(text == golden.str(), "differs from " << file << "\n--- found:\n" << text);
}

}  // namespace macaw::test
