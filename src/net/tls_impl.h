// SPDX-License-Identifier: MIT
//
// OpenSSL's objects with owners, and the insides of TlsClient and TlsServer. Thread: their owner's.
#pragma once

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <map>
#include <memory>
#include <string>

#include "macaw/net/tls.h"

namespace macaw::net {

template <auto kFree>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using SslContext = std::unique_ptr<SSL_CTX, Freed<&SSL_CTX_free>>;
using Ssl = std::unique_ptr<SSL, Freed<&SSL_free>>;
using SslSession = std::unique_ptr<SSL_SESSION, Freed<&SSL_SESSION_free>>;
using Certificate = std::unique_ptr<X509, Freed<&X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;

struct TlsClient::Impl {
  SslContext context;
  bool verify = true;
  bool resume = true;
  /// The newest session of each server name, with what was offered, and port.
  std::map<std::string, SslSession, std::less<>> sessions;
};

struct TlsServer::Impl {
  SslContext context;
  std::string alpn;  ///< as it goes over the wire: each with its length before it
};

/// The newest error of OpenSSL's in a few words, and none is left behind.
std::string take_ssl_error();

}  // namespace macaw::net
