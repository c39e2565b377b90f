// SPDX-License-Identifier: MIT
//
// The one main of every test executable, and the defaults of the environment that tests read:
// MACAW_TEST_DATA (real data sets; tests skip without them), MACAW_BIN_DIR (the built programs),
// MACAW_SOURCE_DIR. What the caller has set wins.

#define BOOST_TEST_MODULE macaw
#include <boost/test/unit_test.hpp>
#include <cstdlib>

namespace {

// Runs before static initialisers, because data-driven cases are made in those.
[[gnu::constructor(101)]] void set_default_environment() {
  setenv("MACAW_TEST_DATA", MACAW_DEFAULT_TEST_DATA, /*overwrite=*/0);
  setenv("MACAW_BIN_DIR", MACAW_DEFAULT_BIN_DIR, /*overwrite=*/0);
  setenv("MACAW_SOURCE_DIR", MACAW_DEFAULT_SOURCE_DIR, /*overwrite=*/0);
}

}  // namespace
