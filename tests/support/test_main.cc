// SPDX-License-Identifier: MIT
//
// The one main of every test executable, and the defaults of the environment that tests read:
// MACAW_TEST_DATA (real data sets; tests skip without them), MACAW_BIN_DIR (the built programs),
// MACAW_SOURCE_DIR. What the caller has set wins.

#define BOOST_TEST_MODULE macaw
#include <boost/test/unit_test.hpp>
#include <cstdlib>

namespace {

// Tests run programs in folders of their own, where a relative name would lead nowhere.
void make_absolute(const char* name) {
  char* const path = realpath(std::getenv(name), nullptr);
  if (path != nullptr) {
    setenv(name, path, /*overwrite=*/1);
    free(path);  // NOLINT(cppcoreguidelines-no-malloc): realpath's
  }
}

// Runs before static initialisers, because data-driven cases are made in those.
[[gnu::constructor(101)]] void set_default_environment() {
  setenv("MACAW_TEST_DATA", MACAW_DEFAULT_TEST_DATA, /*overwrite=*/0);
  setenv("MACAW_BIN_DIR", MACAW_DEFAULT_BIN_DIR, /*overwrite=*/0);
  setenv("MACAW_SOURCE_DIR", MACAW_DEFAULT_SOURCE_DIR, /*overwrite=*/0);
  for (const char* name : {"MACAW_TEST_DATA", "MACAW_BIN_DIR", "MACAW_SOURCE_DIR"}) {
    make_absolute(name);
  }
}

}  // namespace
