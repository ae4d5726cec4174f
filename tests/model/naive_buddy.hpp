// NaiveBuddy: the textbook's binary buddy on at most 16 frames, free blocks kept in plain sequences. It says exactly
// which block each placement must choose.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace memsim::model {

class NaiveBuddy {
 public:
  static constexpr unsigned kOrders = 5;
  enum class Placement : bool { lifo, lowest };

  // Frames [0, size), size <= 16.
  NaiveBuddy(unsigned size, unsigned top_order, Placement placement) : top_(top_order), placement_(placement) {
    for (unsigned first = size; first > 0;) {  // from the end, so that the lowest block comes first
      unsigned order = 0;
      while (order < top_ && first % (2U << order) == 0) ++order;
      first -= 1U << order;
      push(first, order);
    }
  }

  std::optional<unsigned> allocate(unsigned order) {
    unsigned from = order;
    while (from < kOrders && free_[from].count == 0) ++from;
    if (from == kOrders) return std::nullopt;
    Sequence& blocks = free_[from];
    const auto end = blocks.first_of.begin() + blocks.count;
    const auto chosen = placement_ == Placement::lowest ? std::min_element(blocks.first_of.begin(), end) : end - 1;
    const unsigned first = *chosen;
    erase(from, first);
    while (from > order) {
      --from;
      push(first + (1U << from), from);
    }
    return first;
  }

  void release(unsigned first, unsigned order) {
    while (order < top_ && erase(order, first ^ (1U << order))) {
      first &= ~(1U << order);
      ++order;
    }
    push(first, order);
  }

  // One bit per frame.
  [[nodiscard]] std::uint32_t free_mask() const {
    std::uint32_t mask = 0;
    for (unsigned order = 0; order < kOrders; ++order) {
      for (unsigned i = 0; i < free_[order].count; ++i) mask |= ((1U << (1U << order)) - 1) << free_[order].first_of[i];
    }
    return mask;
  }

 private:
  struct Sequence {  // the block pushed last is at the end
    std::array<std::uint8_t, 16> first_of{};
    std::uint8_t count = 0;
  };

  void push(unsigned first, unsigned order) {
    free_[order].first_of[free_[order].count++] = static_cast<std::uint8_t>(first);
  }
  bool erase(unsigned order, unsigned first) {
    Sequence& blocks = free_[order];
    const auto end = blocks.first_of.begin() + blocks.count;
    const auto found = std::find(blocks.first_of.begin(), end, first);
    if (found == end) return false;
    std::copy(found + 1, end, found);
    --blocks.count;
    return true;
  }

  unsigned top_;
  Placement placement_;
  std::array<Sequence, kOrders> free_{};
};

}  // namespace memsim::model
