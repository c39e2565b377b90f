// SPDX-License-Identifier: MIT
//
// See frame.h.

#include "macaw/grpc/frame.h"

#include <algorithm>
#include <limits>

#include "macaw/base/check.h"

namespace macaw::grpc {
namespace {

/// There may be thousands of readers: what a rare large message has grown is not kept.
constexpr size_t kCapacityMax = 4096;

}  // namespace

void append_frame(std::string_view message, std::string& out) {
  MACAW_CHECK(message.size() <= std::numeric_limits<uint32_t>::max());
  const auto size = static_cast<uint32_t>(message.size());
  out += '\0';  // not compressed
  for (unsigned shift = 24;; shift -= 8) {
    out += static_cast<char>((size >> shift) & 0xFFU);
    if (shift == 0) {
      break;
    }
  }
  out += message;
}

void FrameReader::start(size_t keep_max) {
  keep_max_ = keep_max;
  head_size_ = 0;
  left_ = 0;
  messages_ = 0;
  message_bytes_ = 0;
  first_size_ = 0;
  if (first_.capacity() > kCapacityMax) {
    std::string().swap(first_);
  }
  first_.clear();
  trouble_ = {};
}

bool FrameReader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (left_ == 0) {
      head_[head_size_++] = static_cast<uint8_t>(bytes.front());
      bytes.remove_prefix(1);
      if (head_size_ == kHeadBytes && !take_head()) {
        return false;
      }
      continue;
    }
    const std::string_view part = bytes.substr(0, left_);
    if (messages_ == 0) {
      first_.append(part.substr(0, keep_max_ - first_.size()));
    }
    message_bytes_ += part.size();
    left_ -= part.size();
    bytes.remove_prefix(part.size());
    messages_ += left_ == 0 ? 1 : 0;
  }
  return true;
}

bool FrameReader::take_head() {
  head_size_ = 0;
  if (head_[0] != 0) {
    trouble_ = head_[0] == 1 ? "a compressed message, which nobody has asked for"
                             : "what should be a gRPC message is none";
    return false;
  }
  for (size_t k = 1; k < kHeadBytes; ++k) {
    left_ = left_ * 256 + head_[k];
  }
  if (messages_ == 0) {
    first_size_ = left_;
  }
  messages_ += left_ == 0 ? 1 : 0;  // an empty message is whole
  return true;
}

}  // namespace macaw::grpc
