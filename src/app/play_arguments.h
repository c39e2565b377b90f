// SPDX-License-Identifier: MIT
//
// The command line of the main job as it was typed: `replay FILE [options]`. What it means is in
// play_settings.h. Thread: main.
#pragma once

#include <optional>
#include <string>
#include <vector>

// NOLINTNEXTLINE(readability-identifier-naming): CLI11's
namespace CLI {
class App;
}

namespace macaw::app {

struct PlayArguments {
  using Text = std::optional<std::string>;

  std::string file;

  Text rate, arrivals, profile, speed, seed;
  Text users, spawn_rate, think, pacing;
  bool per_user = false;
  Text duration, requests, skip, only, from, to, warmup, at_end;
  bool sort = false;
  bool dry_run = false;
  bool loop = false;
  bool no_check = false;

  Text target, unix_socket, stub_preset, stub_errors, sequence_header;
  Text method, data, json, auth;
  Text token_url, token_client, token_request, token_header, token_query;
  Text redirects;
  bool cookies = false;
  std::vector<std::string> stub_latency, connect_to, headers, set_query;
  Text connections, threads, timeout, connect_timeout, drain;
  Text requests_per_connection;
  bool no_keepalive = false;
  Text streams, cacert, cert, key, tls_min, tls_max;
  std::vector<std::string> proto, proto_path;
  Text protoset;
  bool insecure = false;
  bool no_tls_resume = false;
  bool http1 = false;
  bool http2 = false;
  bool spin = false;
  bool no_probe = false;

  std::vector<std::string> expect, group, fail_if;
  Text abort_if, keep_body;

  Text db, label, rows, format, output;
  bool quiet = false;
  bool no_color = false;
  Text ui_host, ui_port;
  bool no_ui = false;
};

/// Adds the options, in groups, and the examples below them.
void describe_play(CLI::App& app, PlayArguments& arguments);

}  // namespace macaw::app
