// SPDX-License-Identifier: MIT
//
// See tls_session.h.

#include "tls_session.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "macaw/base/check.h"

namespace macaw::net {
namespace {

bool is_ip_address(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1;
}

std::string_view wire_form(Alpn offer) {
  switch (offer) {
    case Alpn::kHttp1:
      return "\x08http/1.1";
    case Alpn::kHttp2:
      return "\x02h2";
    case Alpn::kEither:
      return "\x02h2\x08http/1.1";
  }
  return {};
}

}  // namespace

TlsSession::TlsSession(const TlsConnect& how, uint16_t port)
    : client_(&how.client->impl()),
      server_name_(how.server_name),
      ssl_(SSL_new(client_->context.get())) {
  attach();
  SSL_set_connect_state(ssl_.get());
  if (is_ip_address(server_name_)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), server_name_.c_str());
  } else {
    // What the macro SSL_set_tlsext_host_name() does.
    SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             server_name_.data());
    SSL_set_hostflags(ssl_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(ssl_.get(), server_name_.c_str());
  }
  const std::string_view alpn = wire_form(how.offer);
  MACAW_CHECK(SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(alpn.data()),
                                  static_cast<unsigned>(alpn.size())) == 0);
  server_name_ += alpn;  // a session is resumed for the same protocol, and with the same server
  server_name_ += std::to_string(port);
  if (const auto known = client_->sessions.find(server_name_); known != client_->sessions.end()) {
    SSL_set_session(ssl_.get(), known->second.get());
  }
}

TlsSession::TlsSession(TlsServer& server) : ssl_(SSL_new(server.impl().context.get())) {
  attach();
  SSL_set_accept_state(ssl_.get());
}

/// OpenSSL would take a connection that ends without a goodbye, as many of ours do, for a reason
/// not to resume its session.
TlsSession::~TlsSession() {
  SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

void TlsSession::attach() {
  MACAW_CHECK(ssl_ != nullptr, "{}", take_ssl_error());
  BIO* const bio = BIO_new(bio_method());
  MACAW_CHECK(bio != nullptr, "{}", take_ssl_error());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);  // the one reference is for both
  SSL_set_app_data(ssl_.get(), this);
}

BIO_METHOD* TlsSession::bio_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "macaw");
    MACAW_CHECK(made != nullptr, "{}", take_ssl_error());
    BIO_meth_set_read_ex(made, &TlsSession::bio_read);
    BIO_meth_set_write_ex(made, &TlsSession::bio_write);
    BIO_meth_set_ctrl(made, &TlsSession::bio_control);
    return made;
  }();
  return method;
}

int TlsSession::bio_read(BIO* bio, char* to, size_t room, size_t* taken) {
  std::string_view& in = static_cast<TlsSession*>(BIO_get_data(bio))->in_;
  BIO_clear_retry_flags(bio);
  *taken = std::min(room, in.size());
  if (*taken == 0) {
    BIO_set_retry_read(bio);
    return 0;
  }
  std::memcpy(to, in.data(), *taken);
  in.remove_prefix(*taken);
  return 1;
}

int TlsSession::bio_write(BIO* bio, const char* from, size_t size, size_t* taken) {
  static_cast<TlsSession*>(BIO_get_data(bio))->out_.append(from, size);
  BIO_clear_retry_flags(bio);
  *taken = size;
  return 1;
}

long TlsSession::bio_control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

void TlsSession::give(std::string_view ciphertext) {
  if (in_.empty()) {
    in_ = ciphertext;
    return;
  }
  std::string all(in_);
  all.append(ciphertext);
  kept_ = std::move(all);
  in_ = kept_;
}

void TlsSession::keep_rest() {
  if (!in_.empty() && in_.data() != kept_.data()) {
    std::string rest(in_);
    kept_ = std::move(rest);
    in_ = kept_;
  }
}

bool TlsSession::has_rest() const {
  return !in_.empty() || SSL_pending(ssl_.get()) > 0 || has_ended();
}

TlsSession::Step TlsSession::shake_hands() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    is_shaking_ = false;
    return Step::kDone;
  }
  if (SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ) {
    return Step::kMore;
  }
  explain_failure(result);
  return Step::kFailed;
}

void TlsSession::explain_failure(int result) {
  const int error = SSL_get_error(ssl_.get(), result);
  const unsigned long number = ERR_peek_last_error();
  const int reason = ERR_GET_REASON(number);
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    trouble_ = std::string("certificate verify failed: ") +
               X509_verify_cert_error_string(SSL_get_verify_result(ssl_.get()));
    ERR_clear_error();
  } else if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
             reason == SSL_R_PACKET_LENGTH_TOO_LONG) {
    trouble_ = "the peer does not speak TLS";
    ERR_clear_error();
  } else if (reason == SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL) {
    trouble_ = "the peer speaks no version of HTTP that was offered (ALPN)";
    ERR_clear_error();
  } else if (error == SSL_ERROR_SSL) {
    trouble_ = "TLS: " + take_ssl_error();
  } else {
    trouble_ = "TLS broke off";
    ERR_clear_error();
  }
}

size_t TlsSession::read(char* to, size_t room) {
  size_t all = 0;
  while (all < room && trouble_.empty()) {
    ERR_clear_error();
    size_t taken = 0;
    const int result = SSL_read_ex(ssl_.get(), to + all, room - all, &taken);
    if (result == 1) {
      all += taken;
      continue;
    }
    const int error = SSL_get_error(ssl_.get(), result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_ZERO_RETURN) {
      explain_failure(result);
    }
    break;
  }
  return all;
}

bool TlsSession::write(std::string_view plaintext) {
  if (plaintext.empty()) {
    return true;
  }
  ERR_clear_error();
  size_t written = 0;
  const int result = SSL_write_ex(ssl_.get(), plaintext.data(), plaintext.size(), &written);
  if (result != 1) {
    explain_failure(result);
    return false;
  }
  MACAW_CHECK(written == plaintext.size(), "the buffer takes everything");
  return true;
}

void TlsSession::say_goodbye() {
  if (!is_shaking_ && trouble_.empty()) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
}

void TlsSession::describe(ConnectInfo& info) const {
  info.tls = SSL_version(ssl_.get()) == TLS1_3_VERSION ? TlsVersion::k13 : TlsVersion::k12;
  info.resumed = SSL_session_reused(ssl_.get()) == 1;
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  info.alpn = {reinterpret_cast<const char*>(name), size};
}

int TlsSession::on_new_session(SSL* ssl, SSL_SESSION* session) {
  auto& self = *static_cast<TlsSession*>(SSL_get_app_data(ssl));
  self.client_->sessions.insert_or_assign(self.server_name_, SslSession(session));
  return 1;  // it is ours now
}

}  // namespace macaw::net
