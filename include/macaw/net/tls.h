// SPDX-License-Identifier: MIT
//
// What TLS needs to know on either side (OpenSSL inside, invisible outside): whom to trust, who we
// are, which versions. A stream takes one of them when it connects, or when it is accepted into.
// Thread: one object belongs to one thread, and outlives the streams that use it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/base/time.h"

namespace macaw::net {

enum class TlsVersion : uint8_t { kNone = 0, k12 = 12, k13 = 13 };

/// What is offered for the protocol above TLS (ALPN, RFC 7301).
enum class Alpn : uint8_t { kHttp1, kHttp2, kEither };

struct TlsClientOptions {
  bool verify = true;          ///< the server's certificate, and that it is the server's
  std::string ca_file = {};    ///< PEM, whom to trust; empty: whom the system trusts
  std::string cert_file = {};  ///< PEM, ours, with its chain; empty: none
  std::string key_file = {};   ///< PEM, of cert_file; empty: it is in there too
  TlsVersion min = TlsVersion::k12;
  TlsVersion max = TlsVersion::k13;
  bool resume = true;  ///< sessions, of a server that gives them
  bool operator==(const TlsClientOptions&) const = default;
};

class TlsClient {
 public:
  /// The error names the file and what is wrong with it.
  static Result<std::unique_ptr<TlsClient>> make(const TlsClientOptions& options);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  struct Impl;

  Impl& impl() { return *impl_; }

 private:
  explicit TlsClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct TlsServerOptions {
  /// PEM; empty: a certificate for localhost, 127.0.0.1 and ::1 is made, signed by itself.
  std::string cert_file = {};
  std::string key_file = {};
  /// PEM: clients must have a certificate of one of these; empty: they need none.
  std::string client_ca_file = {};
  TlsVersion min = TlsVersion::k12;
  TlsVersion max = TlsVersion::k13;
  /// In order of preference: "h2", "http/1.1". Clients that offer others only are refused; those
  /// that offer nothing are not.
  std::vector<std::string> alpn = {};
};

class TlsServer {
 public:
  static Result<std::unique_ptr<TlsServer>> make(const TlsServerOptions& options);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  /// Its certificate, for those who are to trust it.
  std::string certificate_pem() const;

  struct Impl;

  Impl& impl() { return *impl_; }

 private:
  explicit TlsServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// For Stream::connect().
struct TlsConnect {
  TlsClient* client = nullptr;
  /// Whom the certificate must name: a host (told to the server, SNI) or an IP address.
  std::string_view server_name = {};
  Alpn offer = Alpn::kHttp1;
};

/// How a stream came up.
struct ConnectInfo {
  MonoTime started;    ///< connect() was called
  MonoTime connected;  ///< TCP, or the Unix socket
  MonoTime secured;    ///< the TLS handshake has ended; without TLS as `connected`
  TlsVersion tls = TlsVersion::kNone;
  bool resumed = false;
  std::string_view alpn = {};  ///< "h2", "http/1.1", or empty: none was agreed on
};

}  // namespace macaw::net
