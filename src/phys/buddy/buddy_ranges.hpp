// BuddyRanges: the blocks of a binary buddy, with the memory seen as aligned ranges of 2^range frames (2 MiB, say).
// Placement `most_used`: what is in use anyway is used up first, so that empty ranges stay empty.
//
// The rule, exactly. Of the ranges that are partly in use and hold a free block that can serve, the one with the fewest
// free frames serves, the lowest of equals; of its blocks the smallest that can, the lowest of equals. Where there is
// none, a wholly free range is broken into, or a block of several: the smallest that can serve, the lowest of equals. A
// range that the ends of the memory cut off counts as in use beyond them.
//
// The blocks themselves are kept as for placement `lowest` (buddy_bitmaps.hpp). Beside them each range has a rank, its
// free frames and then its number, and is a member, at its rank, of the tree of the largest order that it has free. So
// the range to take from is the least first member of at most `range` trees. The trees are as long as the memory and
// nearly empty: the host hands out their pages as they are written.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include <memsim/base/check.hpp>

#include "phys/buddy/buddy_bitmaps.hpp"
#include "phys/requests/buddy_geometry.hpp"
#include "phys/structures/bit_tree.hpp"
#include "phys/structures/zero_array.hpp"

namespace memsim {

class BuddyRanges {
 public:
  static constexpr bool kSmallestFirst = false;  // choose_order() and any_in_turn() say which block serves
  static constexpr bool kKnowsBuddiesOfTop = false;

  explicit BuddyRanges(const BuddyGeometry& geometry);
  BuddyRanges(const BuddyRanges& other);
  BuddyRanges& operator=(const BuddyRanges&) = delete;

  // As the concept BuddyBlocks has it (buddy_core.hpp), and as BuddyBitmaps does.
  [[nodiscard]] const BuddyGeometry& geometry() const { return geometry_; }
  [[nodiscard]] std::uint64_t free_orders() const { return blocks_.free_orders(); }
  // The order of the block that serves a request of `order`; take() of that order then takes it. Requires: one can.
  [[nodiscard]] unsigned choose_order(unsigned order);
  std::uint32_t take(unsigned order);
  // Untouched top blocks need no care.
  [[nodiscard]] static bool lacks_top(unsigned) { return false; }
  static std::uint32_t refill_top(std::uint32_t block) { return block; }

  [[nodiscard]] bool is_buddy_free(std::uint32_t block, unsigned order) const {
    return blocks_.is_buddy_free(block, order);
  }
  void insert_free(std::uint32_t block, unsigned order);
  void insert_upper_halves(std::uint32_t block, unsigned from, unsigned to);
  void remove_free(std::uint32_t block, unsigned order) {
    blocks_.remove_free(block, order);
    if (order < geometry_.range) count_off(block, order);
  }
  void remove_buddy(std::uint32_t block, unsigned order) {
    blocks_.remove_buddy(block, order);
    if (order < geometry_.range) count_off(block, order);
  }

  [[nodiscard]] bool is_allocated(std::uint32_t block, unsigned order) const {
    return blocks_.is_allocated(block, order);
  }
  // The bitmaps need not be told what is allocated.
  void set_allocated(std::uint32_t block, unsigned order) {
    if (order < geometry_.range) settle(range_of(block));
  }
  static void clear_allocated(std::uint32_t, unsigned) {}
  static void absorb(std::uint32_t) {}
  void split(std::uint32_t block, unsigned order) { blocks_.split(block, order); }
  [[nodiscard]] std::optional<unsigned> allocated_order(std::uint32_t index) const {
    return blocks_.allocated_order(index);
  }

  // Calls visit(block, order) for the free blocks of at least the order, as the rule prefers them, until one returns
  // true. Blocks wholly outside the indices [low, high) may be left out. O(ranges in use + blocks visited).
  template <class Visit>
  bool any_in_turn(unsigned least_order, std::uint64_t low, std::uint64_t high, Visit&& visit) const;
  // The same for one order, in address order.
  template <class Visit>
  bool any_free(unsigned order, std::uint64_t low, std::uint64_t high, Visit&& visit) const {
    return blocks_.any_free(order, low, high, visit);
  }
  template <class Visit>
  void for_each_block(Visit&& visit) const {
    blocks_.for_each_block(visit);
  }

  [[nodiscard]] std::size_t metadata_bytes() const;
  void check_lists(const PerOrder& free_blocks) const;

 private:
  using Tree = BitTree<TreeStart::empty>;
  // The free blocks of a range that are smaller than the range, together.
  struct Range {
    std::uint32_t free = 0;           // frames
    std::uint32_t orders = 0;         // bit k: a block of order k
    std::uint32_t ranked_free = 0;    // what it is ranked by; behind the two above during an operation
    std::uint32_t ranked_orders = 0;  // 0: not ranked
  };

  [[nodiscard]] std::uint64_t range_of(std::uint64_t block) const { return block >> geometry_.range; }
  [[nodiscard]] std::uint64_t rank_of(std::uint64_t range, std::uint32_t free) const {
    return free * ranges_.size() + range;
  }
  static unsigned largest(std::uint32_t orders) { return static_cast<unsigned>(std::bit_width(orders)) - 1; }
  // The least rank of `from` or above among the ranges with a free block of at least the order, or kNone.
  [[nodiscard]] std::uint64_t next_rank(unsigned least_order, std::uint64_t from) const;
  void count_in(std::uint32_t block, unsigned order);
  void count_off(std::uint32_t block, unsigned order);
  // Ranks a range anew. Every operation ends with it for every range that it changed.
  void settle(std::uint64_t number);

  BuddyGeometry geometry_;
  BuddyBitmaps blocks_;
  ZeroArray<Range> ranges_;
  std::vector<Tree> ranked_;  // by the largest free order, below geometry_.range: the ranks of ranges
  std::uint64_t chosen_ = 0;  // the range of choose_order()
};

inline BuddyRanges::BuddyRanges(const BuddyGeometry& geometry)
    : geometry_(geometry), blocks_(geometry), ranges_(geometry.space >> geometry.range) {
  for (unsigned order = 0; order < geometry.range; ++order) ranked_.emplace_back(geometry.space);
  geometry.for_each_edge_descending([this](std::uint32_t block, unsigned order) {
    if (order >= geometry_.range) return;
    count_in(block, order);
    settle(range_of(block));
  });
}

inline BuddyRanges::BuddyRanges(const BuddyRanges& other)
    : geometry_(other.geometry_),
      blocks_(other.blocks_),
      ranges_(other.ranges_.size()),
      ranked_(other.ranked_),
      chosen_(other.chosen_) {
  for (const Tree& tree : other.ranked_) {  // a range that is not ranked is as it began
    for (std::uint64_t rank = tree.next(0); rank != Tree::kNone; rank = tree.next(rank + 1)) {
      ranges_[rank % ranges_.size()] = other.ranges_[rank % ranges_.size()];
    }
  }
}

inline std::uint64_t BuddyRanges::next_rank(unsigned least_order, std::uint64_t from) const {
  std::uint64_t least = Tree::kNone;
  for (unsigned order = least_order; order < geometry_.range; ++order) {
    least = std::min(least, ranked_[order].next(from));
  }
  return least;
}

inline unsigned BuddyRanges::choose_order(unsigned order) {
  const std::uint64_t rank = next_rank(order, 0);
  if (rank == Tree::kNone) return order + static_cast<unsigned>(std::countr_zero(blocks_.free_orders() >> order));
  chosen_ = rank % ranges_.size();
  return order + static_cast<unsigned>(std::countr_zero(ranges_[chosen_].orders >> order));
}

inline std::uint32_t BuddyRanges::take(unsigned order) {
  if (order >= geometry_.range) return blocks_.take(order);
  const auto block = static_cast<std::uint32_t>(blocks_.next_free(order, chosen_ << geometry_.range));
  remove_free(block, order);
  return block;
}

inline void BuddyRanges::insert_free(std::uint32_t block, unsigned order) {
  blocks_.insert_free(block, order);
  if (order >= geometry_.range) return;
  count_in(block, order);
  settle(range_of(block));
}

inline void BuddyRanges::insert_upper_halves(std::uint32_t block, unsigned from, unsigned to) {
  for (unsigned order = from; order-- > to;) {
    const std::uint32_t upper = block + (std::uint32_t{1} << order);
    blocks_.insert_upper_half(upper, order);
    if (order < geometry_.range) count_in(upper, order);
  }
  settle(range_of(block));
}

inline void BuddyRanges::count_in(std::uint32_t block, unsigned order) {
  Range& range = ranges_[range_of(block)];
  range.free += std::uint32_t{1} << order;
  range.orders |= std::uint32_t{1} << order;
}

// A range that merges into one block is settled here: what goes on above it concerns other ranges.
inline void BuddyRanges::count_off(std::uint32_t block, unsigned order) {
  const std::uint64_t number = range_of(block);
  Range& range = ranges_[number];
  range.free -= std::uint32_t{1} << order;
  const std::uint64_t next = blocks_.next_free(order, number << geometry_.range);
  if (next == BuddyBitmaps::kNoneFree || range_of(next) != number) range.orders &= ~(std::uint32_t{1} << order);
  if (range.free == 0) settle(number);
}

inline void BuddyRanges::settle(std::uint64_t number) {
  Range& range = ranges_[number];
  if (range.free == range.ranked_free && range.orders == range.ranked_orders) return;
  if (range.ranked_orders != 0) ranked_[largest(range.ranked_orders)].erase(rank_of(number, range.ranked_free));
  if (range.orders != 0) ranked_[largest(range.orders)].insert(rank_of(number, range.free));
  range.ranked_free = range.free;
  range.ranked_orders = range.orders;
}

template <class Visit>
bool BuddyRanges::any_in_turn(unsigned least_order, std::uint64_t low, std::uint64_t high, Visit&& visit) const {
  for (std::uint64_t rank = next_rank(least_order, 0); rank != Tree::kNone; rank = next_rank(least_order, rank + 1)) {
    const std::uint64_t number = rank % ranges_.size();
    const std::uint64_t first = number << geometry_.range;
    const std::uint64_t end = (number + 1) << geometry_.range;
    if (end <= low || first >= high) continue;
    for (std::uint32_t orders = ranges_[number].orders >> least_order << least_order; orders != 0;
         orders &= orders - 1) {
      const auto order = static_cast<unsigned>(std::countr_zero(orders));
      const auto in_turn = [&](std::uint32_t block) { return visit(block, order); };
      if (blocks_.any_free(order, first, end, in_turn)) return true;
    }
  }
  for (unsigned order = std::max(least_order, geometry_.range); order <= geometry_.top; ++order) {
    if (blocks_.any_free(order, low, high, [&](std::uint32_t block) { return visit(block, order); })) return true;
  }
  return false;
}

inline std::size_t BuddyRanges::metadata_bytes() const {
  std::size_t bytes = blocks_.metadata_bytes() + ranges_.size() * sizeof(Range);
  for (const Tree& tree : ranked_) bytes += tree.byte_size();
  return bytes;
}

inline void BuddyRanges::check_lists(const PerOrder& free_blocks) const {
  blocks_.check_lists(free_blocks);
  std::uint64_t below_range = 0;
  for (unsigned order = 0; order < geometry_.range; ++order) below_range += free_blocks[order] << order;
  std::uint64_t ranked = 0;
  for (unsigned order = 0; order < geometry_.range; ++order) {
    for (std::uint64_t rank = ranked_[order].next(0); rank != Tree::kNone; rank = ranked_[order].next(rank + 1)) {
      const std::uint64_t number = rank % ranges_.size();
      const Range& range = ranges_[number];
      std::uint64_t free = 0;
      std::uint32_t orders = 0;
      for (unsigned k = 0; k < geometry_.range; ++k) {
        blocks_.any_free(k, number << geometry_.range, (number + 1) << geometry_.range, [&](std::uint32_t) {
          free += std::uint64_t{1} << k;
          orders |= std::uint32_t{1} << k;
          return false;
        });
      }
      MEMSIM_CHECK_THAT(range.free == free && range.orders == orders, "a range knows its free blocks");
      MEMSIM_CHECK_THAT(range.ranked_free == free && range.ranked_orders == orders, "a range is ranked by them");
      MEMSIM_CHECK_THAT(rank == rank_of(number, range.free) && largest(orders) == order, "a range is where it ranks");
      ranked += free;
    }
  }
  MEMSIM_CHECK_THAT(ranked == below_range, "every range with small free blocks is ranked, once");
}

}  // namespace memsim
