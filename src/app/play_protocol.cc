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
               "speak HTTP/2, many requests on a connection: over https agreed on (ALPN), over "
               "http without asking (prior knowledge)")
      ->group(group);
  add_value(app, "--streams", args.streams, "N",
            "of HTTP/2: the most requests at once on a connection; the server may allow less")
      ->default_str("100")
      ->group(group);
  const char* grpc = "gRPC (records with a call)";
  add_values(app, "--proto", args.proto, "FILE",
             "a .proto file that defines the calls (may be repeated); the services of TensorFlow "
             "Serving, Seldon, KServe and JetStream are known without")
      ->group(grpc);
  add_values(app, "--proto-path,--import-paths", args.proto_path, "DIR",
             "where its imports are looked for, besides its own folder (may be repeated)")
      ->group(grpc);
  add_value(app, "--protoset", args.protoset, "FILE",
            "instead: what protoc --descriptor_set_out --include_imports wrote")
      ->group(grpc);
  const char* tls = "TLS (https://)";
  app.add_flag("-k,--insecure", args.insecure, "take any certificate")->group(tls);
  add_value(app, "--cacert", args.cacert, "FILE",
            "whom to trust (PEM), instead of whom the system trusts")
      ->group(tls);
  add_value(app, "--cert", args.cert, "FILE", "our certificate (PEM), for servers that want one")
      ->group(tls);
  add_value(app, "--key", args.key, "FILE", "the private key of --cert, unless it is in there too")
      ->group(tls);
  add_value(app, "--tls-min", args.tls_min, "1.2|1.3", "the oldest version")
      ->default_str("1.2")
      ->group(tls);
  add_value(app, "--tls-max", args.tls_max, "1.2|1.3", "the newest version")
      ->default_str("1.3")
      ->group(tls);
  app.add_flag("--no-tls-resume", args.no_tls_resume,
               "a full handshake for each connection: no sessions are resumed")
      ->group(tls);
}

namespace {

Result<net::TlsVersion> parse_tls_version(std::string_view text) {
  if (text == "1.2") {
    return net::TlsVersion::k12;
  }
  if (text == "1.3") {
    return net::TlsVersion::k13;
  }
  return errorf("found '{}', expected 1.2 or 1.3", text);
}

Status set_tls(const PlayArguments& args, net::TlsClientOptions& tls) {
  tls.verify = !args.insecure;
  tls.ca_file = args.cacert.value_or("");
  tls.cert_file = args.cert.value_or("");
  tls.key_file = args.key.value_or("");
  tls.resume = !args.no_tls_resume;
  MACAW_TRY(set_option("--tls-min", args.tls_min, parse_tls_version, tls.min));
  MACAW_TRY(set_option("--tls-max", args.tls_max, parse_tls_version, tls.max));
  if (args.insecure && args.cacert) {
    return Error("--insecure and --cacert: found both, expected one of them");
  }
  if (args.key && !args.cert) {
    return Error("--key needs --cert");
  }
  if (tls.max < tls.min) {
    return Error("--tls-max is older than --tls-min");
  }
  return {};
}

}  // namespace

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
  MACAW_TRY(set_tls(args, to.tls));
  to.grpc = {.proto_files = args.proto,
             .import_paths = args.proto_path,
             .descriptor_set = args.protoset.value_or("")};
  if (!args.proto_path.empty() && args.proto.empty()) {
    return Error("--proto-path needs --proto");
  }
  return {};
}

}  // namespace macaw::app
