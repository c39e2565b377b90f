// SPDX-License-Identifier: MIT
//
// SHA-256 is OpenSSL's; hash64 folds eight bytes at a time through mix64.
#include "macaw/base/hash.h"

#include <openssl/evp.h>

#include <array>
#include <bit>
#include <cstring>

#include "macaw/base/check.h"
#include "macaw/base/random.h"

namespace macaw {

struct Sha256::Impl {
  EVP_MD_CTX* context = EVP_MD_CTX_new();

  Impl() {
    MACAW_CHECK(context != nullptr && EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1);
  }

  ~Impl() { EVP_MD_CTX_free(context); }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  MACAW_CHECK(impl_ != nullptr, "used after finish()");
  MACAW_CHECK(EVP_DigestUpdate(impl_->context, bytes.data(), bytes.size()) == 1);
}

std::string Sha256::finish() {
  MACAW_CHECK(impl_ != nullptr, "used after finish()");
  std::array<unsigned char, 32> digest{};
  unsigned int size = 0;
  MACAW_CHECK(EVP_DigestFinal_ex(impl_->context, digest.data(), &size) == 1);
  MACAW_CHECK(size == digest.size(), "size={}", size);
  impl_.reset();
  std::string hex;
  hex.reserve(2 * digest.size());
  for (const unsigned char byte : digest) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

namespace {

uint64_t load_little_endian(const char* bytes, size_t count) {
  uint64_t word = 0;
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&word, bytes, count);
  } else {
    for (size_t k = 0; k < count; ++k) {
      word |= uint64_t{static_cast<unsigned char>(bytes[k])} << (8 * k);
    }
  }
  return word;
}

}  // namespace

uint64_t hash64(std::string_view bytes) {
  constexpr uint64_t kGamma = 0x9e3779b97f4a7c15ULL;
  // The length goes in first, so that trailing zero bytes count.
  uint64_t hash = mix64(bytes.size() + kGamma);
  size_t at = 0;
  for (; bytes.size() - at >= 8; at += 8) {
    hash = mix64((hash ^ load_little_endian(bytes.data() + at, 8)) + kGamma);
  }
  if (at < bytes.size()) {
    hash = mix64((hash ^ load_little_endian(bytes.data() + at, bytes.size() - at)) + kGamma);
  }
  return hash;
}

}  // namespace macaw
