// SPDX-License-Identifier: MIT
//
// TLS of one connection, without its socket: what arrived goes in, what is to be written comes out.
// OpenSSL reads straight from where the loop has received to, and writes into one buffer. Thread:
// the loop's.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "macaw/net/tls.h"
#include "tls_impl.h"

namespace macaw::net {

class TlsSession {
 public:
  TlsSession(const TlsConnect& how, uint16_t port);
  explicit TlsSession(TlsServer& server);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// Ciphertext to be read; stays where it is until keep_rest() or the next call.
  void give(std::string_view ciphertext);
  /// Copies what was not read, for a later read: the caller's buffer goes.
  void keep_rest();
  /// Ciphertext, plaintext of a record that was read in part, or the end behind it.
  bool has_rest() const;

  enum class Step : uint8_t { kDone, kMore, kFailed };
  /// Goes on with the handshake as far as what was given allows.
  Step shake_hands();

  bool is_shaking() const { return is_shaking_; }

  /// Plaintext into `to`, as much as there is. 0: none (any more), see has_ended() and trouble().
  size_t read(char* to, size_t room);

  /// The peer has said that it sends no more.
  bool has_ended() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }

  /// One line after a failure; else empty.
  const std::string& trouble() const { return trouble_; }

  void fail(std::string_view why) { trouble_ = why; }

  /// False when it is broken. The ciphertext is added to output().
  bool write(std::string_view plaintext);
  /// "We send no more", into output().
  void say_goodbye();

  /// To be written, by whom it may be swapped away.
  std::string& output() { return out_; }

  void describe(ConnectInfo& info) const;

  /// OpenSSL's callback: keeps the session for the next connection to the same server.
  static int on_new_session(SSL* ssl, SSL_SESSION* session);

 private:
  void attach();
  void explain_failure(int result);

  static BIO_METHOD* bio_method();
  static int bio_read(BIO* bio, char* to, size_t room, size_t* taken);
  static int bio_write(BIO* bio, const char* from, size_t size, size_t* taken);
  static long bio_control(BIO* bio, int command, long number, void* pointer);

  TlsClient::Impl* client_ = nullptr;
  std::string server_name_;  // the key of its sessions
  Ssl ssl_;
  std::string_view in_;
  std::string kept_;
  std::string out_;
  std::string trouble_;
  bool is_shaking_ = true;
};

}  // namespace macaw::net
