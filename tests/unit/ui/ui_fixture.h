// SPDX-License-Identifier: MIT
//
// A router over a folder of its own, asked without sockets.
#pragma once

#include <rapidjson/document.h>

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "browser/made_run.h"
#include "router.h"
#include "support/temp_dir.h"

namespace macaw::ui {

struct UiFixture {
  test::TempDir folder;
  std::string database = folder / "macaw.sqlite";
  Router router{database, "127.0.0.1", ""};

  /// Run 1: 30 s without trouble. Run 2: 60 s with all of it.
  void add_runs();
  test::MadeRunOptions options() const;

  server::Response get(std::string_view target);
  /// The body of an answer that must have this status.
  std::string body(std::string_view target, int status = 200);
  /// The body of a 200, which must be JSON.
  rapidjson::Document json(std::string_view target);
};

}  // namespace macaw::ui
