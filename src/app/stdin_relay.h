// SPDX-License-Identifier: MIT
//
// Stands between stdin and the reader of a run, so that a run can end although whoever feeds it
// does not: a read that waits for the next line cannot be called off, a copy into a pipe can.
// Thread: main; copies on a thread of its own.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "macaw/base/result.h"

namespace macaw::app {

class StdinRelay {
 public:
  /// Puts itself in front of descriptor 0. Nothing is done (null) for a regular file, which never
  /// keeps anybody waiting.
  static Result<std::unique_ptr<StdinRelay>> start();
  ~StdinRelay();
  StdinRelay(const StdinRelay&) = delete;
  StdinRelay& operator=(const StdinRelay&) = delete;

  /// Whoever reads descriptor 0 finds its end, behind what has been copied.
  void cut();

  /// True when the end came from cut(): the last line, or a compressed stream, may be torn.
  bool was_cut() const { return was_cut_.load(std::memory_order_acquire); }

 private:
  StdinRelay(int source, int pipe, int stop);

  void copy();
  bool wait(int descriptor, short events);
  bool write_all(const char* bytes, size_t size);

  int source_;
  int pipe_;
  int stop_;
  std::atomic<bool> was_cut_{false};
  std::thread thread_;
};

}  // namespace macaw::app
