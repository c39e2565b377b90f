// SPDX-License-Identifier: MIT
//
// Messages as gRPC carries them in the body of a request or of an answer (gRPC over HTTP/2,
// "Length-Prefixed-Message"): a byte that says whether it is compressed, its length in four bytes,
// the message. Thread: one object belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace macaw::grpc {

/// Appends the message with its head. REQUIRES: below 4 GiB
void append_frame(std::string_view message, std::string& out);

/// Takes an answer apart as it comes, split anywhere. Messages are counted and let go; only the
/// beginning of the first one is kept.
class FrameReader {
 public:
  /// Begins a new answer, of whose first message so many bytes are kept.
  void start(size_t keep_max);

  /// False when it is not what gRPC allows: trouble() says why, and nothing more is to be fed.
  bool feed(std::string_view bytes);

  /// Whole ones.
  uint64_t messages() const { return messages_; }

  /// Of all messages, whole or not, without their heads.
  uint64_t message_bytes() const { return message_bytes_; }

  /// Valid until start().
  std::string_view first_message() const { return first_; }

  bool first_is_whole() const { return messages_ > 0 && first_size_ == first_.size(); }

  /// False in the middle of a message: an answer must not end there.
  bool is_between_messages() const { return head_size_ == 0 && left_ == 0; }

  /// One line, after feed() returned false.
  std::string_view trouble() const { return trouble_; }

 private:
  static constexpr size_t kHeadBytes = 5;

  bool take_head();

  size_t keep_max_ = 0;
  uint8_t head_[kHeadBytes] = {};
  size_t head_size_ = 0;  // bytes of the next head that have come
  size_t left_ = 0;       // bytes of the present message that have not
  uint64_t messages_ = 0;
  uint64_t message_bytes_ = 0;
  uint64_t first_size_ = 0;
  std::string first_;
  std::string_view trouble_;
};

}  // namespace macaw::grpc
