// SPDX-License-Identifier: MIT
//
// SHA-256 (by OpenSSL) for the identity of files, and a fast non-cryptographic hash for keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace macaw {

/// Streaming SHA-256. Movable, not copyable.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  /// 64 lower-case hex digits; the object must not be used afterwards.
  std::string finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

std::string sha256_hex(std::string_view bytes);

/// The same value on every machine; not for adversarial input.
uint64_t hash64(std::string_view bytes);

}  // namespace macaw
