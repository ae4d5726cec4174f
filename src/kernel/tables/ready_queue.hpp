// ReadyQueue: the threads that could run, in 256 first-in first-out lists, one a priority.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "kernel/tables/thread.hpp"

namespace memsim {

class ReadyQueue {
 public:
  enum class End : std::uint8_t { head, tail };

  ReadyQueue() {
    heads_.fill(kNoThread);
    tails_.fill(kNoThread);
  }

  // Enters a thread in the list of its priority. Requires: it is in none. O(1).
  void insert(std::vector<Thread>& threads, ThreadSlot slot, End end);
  // Takes a thread out of its list, which is that of its present priority. O(1).
  void remove(std::vector<Thread>& threads, ThreadSlot slot);
  // The first thread of the highest priority, or kNoThread. O(1).
  [[nodiscard]] ThreadSlot top() const {
    if (words_ == 0) return kNoThread;
    const std::size_t word = highest_bit(words_);
    return heads_[word * 64 + highest_bit(occupied_[word])];
  }
  // Whether a thread of exactly this priority waits.
  [[nodiscard]] bool has(std::uint8_t priority) const { return heads_[priority] != kNoThread; }

 private:
  // Requires: bits != 0.
  [[nodiscard]] static std::size_t highest_bit(std::uint64_t bits) {
    return static_cast<std::size_t>(63 - std::countl_zero(bits));
  }
  // The list of `priority` has become empty, or is so no longer.
  void mark_occupied(std::uint8_t priority);
  void mark_empty(std::uint8_t priority);

  std::array<ThreadSlot, 256> heads_;
  std::array<ThreadSlot, 256> tails_;
  std::array<std::uint64_t, 4> occupied_{};  // bit p: the list of priority p is not empty
  std::uint64_t words_ = 0;                  // bit w: occupied_[w] is not 0
};

}  // namespace memsim
