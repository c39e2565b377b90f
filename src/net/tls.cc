// SPDX-License-Identifier: MIT
//
// TlsClient and TlsServer: contexts made from options. See also tls_session.h.

#include "macaw/net/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "macaw/base/check.h"
#include "macaw/net/address.h"
#include "tls_impl.h"
#include "tls_session.h"

namespace macaw::net {
namespace {

int protocol_number(TlsVersion version) {
  return version == TlsVersion::k12 ? TLS1_2_VERSION : TLS1_3_VERSION;
}

SslContext make_context(const SSL_METHOD* method, TlsVersion min, TlsVersion max) {
  SslContext context(SSL_CTX_new(method));
  MACAW_CHECK(context != nullptr, "{}", take_ssl_error());
  MACAW_CHECK(SSL_CTX_set_min_proto_version(context.get(), protocol_number(min)) == 1);
  MACAW_CHECK(SSL_CTX_set_max_proto_version(context.get(), protocol_number(max)) == 1);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

/// OpenSSL calls a file that is not there "system library".
Status check_readable(const std::string& file) {
  if (::access(file.c_str(), R_OK) != 0) {
    return errorf("{}: {}", file, error_text(errno));
  }
  return {};
}

Status load_identity(SSL_CTX* context, const std::string& cert_file, const std::string& key_file) {
  MACAW_TRY(check_readable(cert_file));
  if (SSL_CTX_use_certificate_chain_file(context, cert_file.c_str()) != 1) {
    return errorf("{}: found no certificate in PEM form ({})", cert_file, take_ssl_error());
  }
  const std::string& key = key_file.empty() ? cert_file : key_file;
  MACAW_TRY(check_readable(key));
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return errorf("{}: found no private key of {} in PEM form ({})", key, cert_file,
                  take_ssl_error());
  }
  return {};
}

Status load_trusted(SSL_CTX* context, const std::string& file) {
  MACAW_TRY(check_readable(file));
  if (SSL_CTX_load_verify_file(context, file.c_str()) != 1) {
    return errorf("{}: found no certificates in PEM form ({})", file, take_ssl_error());
  }
  return {};
}

void add_extension(X509* certificate, int number, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, number, value);
  MACAW_CHECK(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "{}",
              take_ssl_error());
  X509_EXTENSION_free(extension);
}

/// For tests and for the stub: nobody but who is told so trusts it.
void make_identity(SSL_CTX* context) {
  constexpr long kDay = 24L * 60 * 60;
  const PrivateKey key(EVP_EC_gen("P-256"));
  const Certificate made(X509_new());
  MACAW_CHECK(key != nullptr && made != nullptr, "{}", take_ssl_error());
  X509* const certificate = made.get();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -kDay);  // clocks differ
  X509_gmtime_adj(X509_getm_notAfter(certificate), 30 * kDay);
  X509_set_pubkey(certificate, key.get());
  X509_NAME* const name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("macaw"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  add_extension(certificate, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1");
  add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  MACAW_CHECK(X509_sign(certificate, key.get(), EVP_sha256()) > 0, "{}", take_ssl_error());
  MACAW_CHECK(SSL_CTX_use_certificate(context, certificate) == 1);
  MACAW_CHECK(SSL_CTX_use_PrivateKey(context, key.get()) == 1);
}

int select_alpn(SSL* /*ssl*/, const unsigned char** out, unsigned char* out_size,
                const unsigned char* in, unsigned in_size, void* server) {
  const std::string& ours = static_cast<TlsServer::Impl*>(server)->alpn;
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(ours.data()),
                            static_cast<unsigned>(ours.size()), in,
                            in_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

std::string take_ssl_error() {
  const unsigned long number = ERR_peek_last_error();
  ERR_clear_error();
  const char* const reason = number == 0 ? nullptr : ERR_reason_error_string(number);
  return reason != nullptr ? reason : "unknown TLS error";
}

TlsClient::TlsClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

TlsClient::~TlsClient() = default;

Result<std::unique_ptr<TlsClient>> TlsClient::make(const TlsClientOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->context = make_context(TLS_client_method(), options.min, options.max);
  impl->verify = options.verify;
  impl->resume = options.resume;
  SSL_CTX* const context = impl->context.get();
  if (!options.ca_file.empty()) {
    MACAW_TRY(load_trusted(context, options.ca_file));
  } else {
    SSL_CTX_set_default_verify_paths(context);
  }
  SSL_CTX_set_verify(context, options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (!options.cert_file.empty()) {
    MACAW_TRY(load_identity(context, options.cert_file, options.key_file));
  }
  if (options.resume) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, &TlsSession::on_new_session);
  }
  return std::unique_ptr<TlsClient>(new TlsClient(std::move(impl)));
}

TlsServer::TlsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

TlsServer::~TlsServer() = default;

Result<std::unique_ptr<TlsServer>> TlsServer::make(const TlsServerOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->context = make_context(TLS_server_method(), options.min, options.max);
  SSL_CTX* const context = impl->context.get();
  if (options.cert_file.empty()) {
    make_identity(context);
  } else {
    MACAW_TRY(load_identity(context, options.cert_file, options.key_file));
  }
  // What a session may be resumed for: without it, clients with certificates are refused.
  constexpr std::string_view kContext = "macaw";
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(kContext.data()),
                                 static_cast<unsigned>(kContext.size()));
  if (!options.client_ca_file.empty()) {
    MACAW_TRY(load_trusted(context, options.client_ca_file));
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  for (const std::string& name : options.alpn) {
    MACAW_CHECK(!name.empty() && name.size() < 256);
    impl->alpn += static_cast<char>(name.size());
    impl->alpn += name;
  }
  if (!impl->alpn.empty()) {
    SSL_CTX_set_alpn_select_cb(context, &select_alpn, impl.get());
  }
  return std::unique_ptr<TlsServer>(new TlsServer(std::move(impl)));
}

std::string TlsServer::certificate_pem() const {
  const std::unique_ptr<BIO, Freed<&BIO_free>> memory(BIO_new(BIO_s_mem()));
  MACAW_CHECK(PEM_write_bio_X509(memory.get(), SSL_CTX_get0_certificate(impl_->context.get())) == 1,
              "{}", take_ssl_error());
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &bytes);
  return {bytes, static_cast<size_t>(size)};
}

}  // namespace macaw::net
