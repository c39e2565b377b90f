// SPDX-License-Identifier: MIT
//
// A handler may call little more than unlink() and raise(), take no lock and allocate nothing:
// hence the fixed table. It is the one mutable global of the module, because a handler has nowhere
// else to look.
#include "partial_files.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <climits>
#include <csignal>
#include <cstring>

#include "macaw/base/check.h"
#include "macaw/io/output_file.h"

namespace macaw::io {

namespace {

enum class SlotState : int { kFree, kFilling, kSet };

struct Slot {
  std::atomic<SlotState> state{SlotState::kFree};
  std::array<char, PATH_MAX> path{};
};

static_assert(std::atomic<SlotState>::is_always_lock_free);

constexpr int kSlots = 16;
constinit std::array<Slot, kSlots> slots;

extern "C" void handle_signal(int signal) {
  for (Slot& slot : slots) {
    if (slot.state.load(std::memory_order_acquire) == SlotState::kSet) {  // pairs with kSet's store
      unlink(slot.path.data());
    }
  }
  // The default action is back (SA_RESETHAND) and acts when the handler returns: whoever waits for
  // us sees the signal, and a shell 128 plus its number.
  static_cast<void>(raise(signal));
}

}  // namespace

PartialFileEntry::PartialFileEntry(const std::string& path) {
  if (path.size() >= PATH_MAX) {
    return;
  }
  for (int k = 0; k < kSlots; ++k) {
    Slot& slot = slots[static_cast<size_t>(k)];
    SlotState expected = SlotState::kFree;
    if (slot.state.compare_exchange_strong(expected, SlotState::kFilling)) {
      std::memcpy(slot.path.data(), path.c_str(), path.size() + 1);
      slot.state.store(SlotState::kSet,
                       std::memory_order_release);  // pairs with the handler's load
      slot_ = k;
      return;
    }
  }
}

PartialFileEntry::~PartialFileEntry() {
  if (slot_ >= 0) {
    slots[static_cast<size_t>(slot_)].state.store(SlotState::kFree);
  }
}

void remove_partial_files_on_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};

    MACAW_CHECK(sigaction(signal, nullptr, &action) == 0);
    if (action.sa_handler == SIG_IGN) {
      continue;  // nohup and background jobs of scripts: whoever started us wants it ignored
    }
    action = {};
    action.sa_handler = handle_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigfillset(&action.sa_mask);
    MACAW_CHECK(sigaction(signal, &action, nullptr) == 0);
  }
}

}  // namespace macaw::io
