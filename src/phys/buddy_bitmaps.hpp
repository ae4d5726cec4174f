// BuddyBitmaps: the blocks of a binary buddy, with one 64-ary tree of free blocks per order. Placement `lowest`: of
// equally small blocks the one with the lowest address is taken.
//
// About half a byte per frame: a quarter for the trees, a quarter for one bit per possible block that says where
// allocated blocks start, which only a release of what was never handed out, or of part of a block, needs. The tree of
// the top order starts full, the others empty: in both cases all zero words, so untouched memory costs nothing.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include <memsim/base/check.hpp>
#include <memsim/phys/measures.hpp>

#include "phys/bit_tree.hpp"
#include "phys/buddy_geometry.hpp"
#include "phys/zero_array.hpp"

namespace memsim {

class BuddyBitmaps {
 public:
  static constexpr bool kSmallestFirst =
      true;  // the smallest block that can serve does, whichever is first of its order
  static constexpr bool kKnowsBuddiesOfTop = false;

  explicit BuddyBitmaps(const BuddyGeometry& geometry);
  BuddyBitmaps(const BuddyBitmaps& other);
  BuddyBitmaps& operator=(const BuddyBitmaps&) = delete;

  // A block is free, allocated, or *in hand*: between the calls of one operation. take(), remove_free(),
  // remove_buddy() and clear_allocated() bring it into hand; insert_free(), insert_upper_halves(), set_allocated() and
  // absorb() take it from there.

  // Bit k: a block of order k is free.
  [[nodiscard]] std::uint64_t free_orders() const { return free_orders_; }
  // Takes the first free block of the order, in placement order. Requires: there is one.
  std::uint32_t take(unsigned order);
  // Untouched top blocks need no care.
  [[nodiscard]] static bool lacks_top(unsigned) { return false; }
  static std::uint32_t refill_top(std::uint32_t block) { return block; }

  // Requires: order < top (a top block has no buddy to ask about).
  [[nodiscard]] bool is_free(std::uint32_t block, unsigned order) const {
    return free_[order].contains(std::uint64_t{block} >> order);
  }
  void insert_free(std::uint32_t block, unsigned order);
  // Splits a block in hand down from order `from` to `to` and frees every upper half; the lowest part stays in hand.
  // Requires: no block of the orders [to, from) is free.
  void insert_upper_halves(std::uint32_t block, unsigned from, unsigned to) {
    free_orders_ |= (std::uint64_t{1} << from) - (std::uint64_t{1} << to);
    for (unsigned order = from; order-- > to;) {
      free_[order].insert((block + (std::uint64_t{1} << order)) >> order);
    }
  }
  void remove_free(std::uint32_t block, unsigned order);
  void remove_buddy(std::uint32_t block, unsigned order) {  // the same below the top order
    free_[order].erase(std::uint64_t{block} >> order);
    if (free_[order].is_empty()) free_orders_ &= ~(std::uint64_t{1} << order);
  }

  [[nodiscard]] bool is_allocated(std::uint32_t block, unsigned order) const {
    const std::uint64_t at = std::uint64_t{block} >> order;
    return (allocated_[allocated_begin_[order] + (at >> 6)] >> (at & 63) & 1) != 0 && is_aligned(block, order);
  }
  void set_allocated(std::uint32_t block, unsigned order) { flip_allocated(block, order); }
  void clear_allocated(std::uint32_t block, unsigned order) { flip_allocated(block, order); }
  // The block that starts at `upper` becomes the upper half of a larger one.
  void absorb(std::uint32_t /*upper*/) {}
  // The order of the allocated block that starts at `index`, or nothing where none starts there. O(orders).
  [[nodiscard]] std::optional<unsigned> allocated_order(std::uint32_t index) const {
    for (unsigned order = 0; order <= geometry_.top && is_aligned(index, order); ++order) {
      if (is_allocated(index, order)) return order;
    }
    return std::nullopt;
  }

  // The first free block of the order that starts at `index` or above, as an index, or kNoneFree. Requires: order <
  // top, and `index` is a multiple of the block's size.
  static constexpr std::uint64_t kNoneFree = ~std::uint64_t{0};
  [[nodiscard]] std::uint64_t next_free(unsigned order, std::uint64_t index) const {
    const std::uint64_t at = free_[order].next(index >> order);
    return at == BitTree<TreeStart::empty>::kNone ? kNoneFree : at << order;
  }

  // Calls visit(block) for the free blocks of the order in placement order until one returns true. Blocks wholly
  // outside the indices [low, high) are left out. O(blocks visited).
  template <class Visit>
  bool any_free(unsigned order, std::uint64_t low, std::uint64_t high, Visit&& visit) const;
  // Calls visit(block, order, free) for every block in ascending order. O(blocks * orders).
  template <class Visit>
  void for_each_block(Visit&& visit) const;

  [[nodiscard]] std::size_t metadata_bytes() const;
  // Requires: `free_blocks` is what for_each_block() counted. Checks that the trees hold exactly those.
  void check_lists(const PerOrder& free_blocks) const;

 private:
  static bool is_aligned(std::uint32_t block, unsigned order) {
    return (block & ((std::uint64_t{1} << order) - 1)) == 0;
  }
  void flip_allocated(std::uint32_t block, unsigned order) {
    const std::uint64_t at = std::uint64_t{block} >> order;
    allocated_[allocated_begin_[order] + (at >> 6)] ^= std::uint64_t{1} << (at & 63);
  }
  template <class Tree, class Visit>
  static bool any_member(const Tree& tree, unsigned order, std::uint64_t low, std::uint64_t high, Visit&& visit);

  BuddyGeometry geometry_;
  std::uint64_t free_orders_ = 0;
  std::vector<BitTree<TreeStart::empty>> free_;  // one per order below the top
  BitTree<TreeStart::full> free_top_;
  std::array<std::uint64_t, kOrderCount> allocated_begin_{};
  ZeroArray<std::uint64_t> allocated_;  // of each order: bit n, an allocated block starts at n << order
};

inline BuddyBitmaps::BuddyBitmaps(const BuddyGeometry& geometry)
    : geometry_(geometry), free_top_(geometry.space >> geometry.top) {
  std::uint64_t words = 0;
  for (unsigned order = 0; order <= geometry.top; ++order) {
    if (order < geometry.top) free_.emplace_back(geometry.space >> order);
    allocated_begin_[order] = words;
    words += ((geometry.space >> order) + 63) / 64;
  }
  allocated_ = ZeroArray<std::uint64_t>(words);
  free_orders_ = std::uint64_t{1} << geometry.top;
  if (geometry.top_first != 0) remove_free(0, geometry.top);
  if (geometry.top_end != geometry.space >> geometry.top) {
    remove_free(static_cast<std::uint32_t>(geometry.top_end << geometry.top), geometry.top);
  }
  geometry.for_each_edge_descending([this](std::uint32_t block, unsigned order) { insert_free(block, order); });
}

inline BuddyBitmaps::BuddyBitmaps(const BuddyBitmaps& other)
    : geometry_(other.geometry_),
      free_orders_(other.free_orders_),
      free_(other.free_),
      free_top_(other.free_top_),
      allocated_begin_(other.allocated_begin_),
      allocated_(other.allocated_.size()) {
  other.for_each_block([this](std::uint32_t block, unsigned order, bool free) {
    if (!free) set_allocated(block, order);
  });
}

inline std::uint32_t BuddyBitmaps::take(unsigned order) {
  std::uint64_t at = 0;
  bool empty = false;
  if (order == geometry_.top) {
    at = free_top_.take_first();
    empty = free_top_.is_empty();
  } else {
    at = free_[order].take_first();
    empty = free_[order].is_empty();
  }
  if (empty) free_orders_ &= ~(std::uint64_t{1} << order);
  return static_cast<std::uint32_t>(at << order);
}

inline void BuddyBitmaps::insert_free(std::uint32_t block, unsigned order) {
  free_orders_ |= std::uint64_t{1} << order;
  if (order == geometry_.top) {
    free_top_.insert(std::uint64_t{block} >> order);
  } else {
    free_[order].insert(std::uint64_t{block} >> order);
  }
}

inline void BuddyBitmaps::remove_free(std::uint32_t block, unsigned order) {
  if (order != geometry_.top) return remove_buddy(block, order);
  free_top_.erase(std::uint64_t{block} >> order);
  if (free_top_.is_empty()) free_orders_ &= ~(std::uint64_t{1} << order);
}

template <class Tree, class Visit>
bool BuddyBitmaps::any_member(const Tree& tree, unsigned order, std::uint64_t low, std::uint64_t high, Visit&& visit) {
  for (std::uint64_t at = low >> order; at << order < high; ++at) {
    at = tree.next(at);
    if (at == Tree::kNone || at << order >= high) return false;
    if (visit(static_cast<std::uint32_t>(at << order))) return true;
  }
  return false;
}

template <class Visit>
bool BuddyBitmaps::any_free(unsigned order, std::uint64_t low, std::uint64_t high, Visit&& visit) const {
  if ((free_orders_ >> order & 1) == 0) return false;
  return order == geometry_.top ? any_member(free_top_, order, low, high, visit)
                                : any_member(free_[order], order, low, high, visit);
}

template <class Visit>
void BuddyBitmaps::for_each_block(Visit&& visit) const {
  for (std::uint64_t at = geometry_.first; at < geometry_.end;) {
    const auto block = static_cast<std::uint32_t>(at);
    unsigned order = geometry_.top;
    bool free = is_aligned(block, order) && free_top_.contains(at >> order);
    if (!free) {
      const std::optional<unsigned> allocated = allocated_order(block);
      for (order = allocated.value_or(0); !allocated; ++order) {
        MEMSIM_CHECK_THAT(order < geometry_.top && is_aligned(block, order), "a block starts where the last one ends");
        if (is_free(block, order)) break;
      }
      free = !allocated;
    }
    visit(block, order, free);
    at += std::uint64_t{1} << order;
  }
}

inline std::size_t BuddyBitmaps::metadata_bytes() const {
  std::size_t bytes = free_top_.byte_size() + allocated_.size() * sizeof(std::uint64_t);
  for (const auto& tree : free_) bytes += tree.byte_size();
  return bytes;
}

inline void BuddyBitmaps::check_lists(const PerOrder& free_blocks) const {
  for (unsigned order = 0; order <= geometry_.top; ++order) {
    std::uint64_t found = 0;
    any_free(order, 0, geometry_.space, [&](std::uint32_t) { return ++found > free_blocks[order]; });
    MEMSIM_CHECK_THAT(found == free_blocks[order], "the tree of an order holds its free blocks");
    MEMSIM_CHECK_THAT((free_orders_ >> order & 1) == (found != 0 ? 1U : 0U), "the mask of free orders is right");
  }
}

}  // namespace memsim
