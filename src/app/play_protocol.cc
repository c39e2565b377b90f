// SPDX-License-Identifier: MIT
//
// See play_protocol.h.

#include "play_protocol.h"

#include "cli_support.h"
#include "command_parser.h"

namespace macaw::app {
namespace {

/// Streams have odd numbers below 2^31, and no server takes as many at once.
constexpr uint64_t kStreamsMax = 1'000'000;

}  // namespace

void describe_protocol(CLI::App& app, PlayArguments& args) {
  const char* group = "Connections";
  app.add_flag("--http1.1", args.http1, "speak HTTP/1.1, whatever the server would rather have")
      ->group(group);
  app.add_flag("--http2,--h2c", args.http2,
               "speak HTTP/2, without asking (prior knowledge): many requests on a connection")
      ->group(group);
  add_value(app, "--streams", args.streams, "N",
            "of HTTP/2: the most requests at once on a connection; the server may allow less")
      ->default_str("100")
      ->group(group);
}

Status set_protocol(const PlayArguments& args, replay::Transmission& to) {
  if (args.http1 && args.http2) {
    return Error("--http1.1 and --http2: found both, expected one of them");
  }
  if (args.http1) {
    to.http_version = replay::HttpVersion::k1;
  } else if (args.http2) {
    to.http_version = replay::HttpVersion::k2;
  }
  uint64_t streams = to.streams;
  MACAW_TRY(set_option("--streams", args.streams, parse_count, streams));
  if (streams == 0 || streams > kStreamsMax) {
    return errorf("--streams: found {}, expected 1 to {}", streams, kStreamsMax);
  }
  if (args.streams && args.http1) {
    return Error("--streams is for HTTP/2: found it with --http1.1");
  }
  to.streams = static_cast<uint32_t>(streams);
  return {};
}

}  // namespace macaw::app
