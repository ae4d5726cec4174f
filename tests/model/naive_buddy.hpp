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
  enum class Placement : std::uint8_t { lifo, fifo, lowest, most_used };

  // Frames [0, size), size <= 16. Ranges of 2^range_order frames, or top blocks where those are smaller, matter to
  // most_used only.
  NaiveBuddy(unsigned size, unsigned top_order, Placement placement, unsigned range_order = 2)
      : top_(top_order), range_(std::min(range_order, top_order)), placement_(placement) {
    for (unsigned first = size; first > 0;) {  // from the end, so that the lowest block comes first
      unsigned order = 0;
      while (order < top_ && first % (2U << order) == 0) ++order;
      first -= 1U << order;
      push(first, order);
    }
    if (placement_ != Placement::fifo) return;
    for (Sequence& blocks : free_) std::reverse(blocks.first_of.begin(), blocks.first_of.begin() + blocks.count);
  }

  std::optional<unsigned> allocate(unsigned order) {
    const std::optional<Block> chosen = placement_ == Placement::most_used ? most_used(order) : smallest(order);
    if (!chosen) return std::nullopt;
    const unsigned first = chosen->first;
    unsigned from = chosen->order;
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
  struct Block {
    unsigned first;
    unsigned order;
  };

  [[nodiscard]] std::optional<Block> smallest(unsigned order) const {
    while (order < kOrders && free_[order].count == 0) ++order;
    if (order == kOrders) return std::nullopt;
    const Sequence& blocks = free_[order];
    const auto end = blocks.first_of.begin() + blocks.count;
    if (placement_ == Placement::lifo) return Block{*(end - 1), order};
    if (placement_ == Placement::fifo) return Block{blocks.first_of.front(), order};
    return Block{*std::min_element(blocks.first_of.begin(), end), order};
  }

  [[nodiscard]] std::optional<Block> most_used(unsigned order) const {
    std::optional<Block> best;
    unsigned least_free = 16;
    for (unsigned range = 0; range < 16; range += 1U << range_) {
      unsigned free = 0;
      std::optional<Block> serves;
      for (unsigned k = range_; k-- > 0;) {
        for (unsigned first = range + (1U << range_); first-- > range;) {
          if (!is_free(first, k)) continue;
          free += 1U << k;
          if (k >= order) serves = Block{first, k};  // the last one found is the smallest and lowest
        }
      }
      if (!serves || free >= least_free) continue;
      best = serves;
      least_free = free;
    }
    return best ? best : smallest(std::max(order, range_));
  }

  [[nodiscard]] bool is_free(unsigned first, unsigned order) const {
    const auto end = free_[order].first_of.begin() + free_[order].count;
    return std::find(free_[order].first_of.begin(), end, first) != end;
  }

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
  unsigned range_;
  Placement placement_;
  std::array<Sequence, kOrders> free_{};
};

}  // namespace memsim::model
