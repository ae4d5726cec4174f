// BuddyBitmaps: the blocks of a binary buddy, with one 64-ary tree of free blocks per order. Placement `lowest`: of
// equally small blocks the one with the lowest address is taken.
//
// A quarter of a byte per frame: two bits for every pair of buddies (pair_tree.hpp), which say what is free, what is
// split and so what was handed out. The tree of the top order, whose blocks have no buddies, starts full and the others
// empty: in both cases all zero words, so untouched memory costs nothing.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include <memsim/base/check.hpp>
#include <memsim/phys/measures.hpp>

#include "phys/requests/buddy_geometry.hpp"
#include "phys/structures/bit_tree.hpp"
#include "phys/structures/pair_tree.hpp"

namespace memsim {

class BuddyBitmaps {
 public:
  static constexpr bool kSmallestFirst = true;
  static constexpr bool kKnowsBuddiesOfTop = false;

  explicit BuddyBitmaps(const BuddyGeometry& geometry);
  BuddyBitmaps(const BuddyBitmaps& other);
  BuddyBitmaps& operator=(const BuddyBitmaps&) = delete;

  // As the concept BuddyBlocks has it (buddy_core.hpp). A block in hand whose parent is split is as good as allocated
  // here, so that set_allocated(), clear_allocated() and absorb() have nothing to do.

  [[nodiscard]] const BuddyGeometry& geometry() const { return geometry_; }
  [[nodiscard]] std::uint64_t free_orders() const { return free_orders_; }
  std::uint32_t take(unsigned order);
  // Untouched top blocks need no care.
  [[nodiscard]] static bool lacks_top(unsigned) { return false; }
  static std::uint32_t refill_top(std::uint32_t block) { return block; }

  [[nodiscard]] bool is_buddy_free(std::uint32_t block, unsigned order) const {
    return pairs_[order].is_buddy_free(number(block, order));
  }
  // Frees an allocated block whose buddy is not free; says whether it is one. Always no of a top block.
  [[nodiscard]] bool free_alone(std::uint32_t block, unsigned order) {
    const std::uint64_t at = number(block, order);
    if (order >= geometry_.top || at << order != block || is_split(block, order) || !pairs_[order].free_alone(at)) {
      return false;
    }
    free_orders_ |= std::uint64_t{1} << order;
    return true;
  }
  void insert_free(std::uint32_t block, unsigned order);
  // Cuts a block in hand of order + 1 in two, of which the upper, which starts at `upper`, becomes free.
  void insert_upper_half(std::uint32_t upper, unsigned order) {
    free_orders_ |= std::uint64_t{1} << order;
    pairs_[order].free_upper(number(upper, order));
  }
  void insert_upper_halves(std::uint32_t block, unsigned from, unsigned to) {
    for (unsigned order = from; order-- > to;) insert_upper_half(block + (std::uint32_t{1} << order), order);
  }
  void remove_free(std::uint32_t block, unsigned order);
  void remove_buddy(std::uint32_t block, unsigned order) {
    pairs_[order].merge(number(block, order));
    note_fewer(order);
  }
  void split(std::uint32_t block, unsigned order) { pairs_[order - 1].split(number(block, order - 1)); }

  [[nodiscard]] bool is_allocated(std::uint32_t block, unsigned order) const {
    const bool is_taken = order == geometry_.top ? !free_top_.contains(number(block, order))
                                                 : pairs_[order].is_taken(number(block, order));
    return is_taken && is_aligned(block, order) && !is_split(block, order);
  }
  static void set_allocated(std::uint32_t, unsigned) {}
  static void clear_allocated(std::uint32_t, unsigned) {}
  static void absorb(std::uint32_t) {}
  // O(orders).
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
    const std::uint64_t at = pairs_[order].next_free(index >> order);
    return at == PairTree::kNone ? kNoneFree : at << order;
  }

  // O(blocks visited).
  template <class Visit>
  bool any_free(unsigned order, std::uint64_t low, std::uint64_t high, Visit&& visit) const;
  // O(blocks * orders).
  template <class Visit>
  void for_each_block(Visit&& visit) const;

  [[nodiscard]] std::size_t metadata_bytes() const;
  void check_lists(const PerOrder& free_blocks) const;

 private:
  static std::vector<PairTree> make_trees(const BuddyGeometry& geometry);
  static std::uint64_t number(std::uint32_t block, unsigned order) { return std::uint64_t{block} >> order; }
  static bool is_aligned(std::uint32_t block, unsigned order) { return number(block, order) << order == block; }
  // Without a branch on the order, which nobody can predict: a block of order 0 asks about its own pair, in vain.
  [[nodiscard]] bool is_split(std::uint32_t block, unsigned order) const {
    const unsigned has_parts = (order + 63) / 64;
    const unsigned below = order - has_parts;
    return (pairs_[below].pair(number(block, below)) & has_parts * 3U) != 0;
  }
  void note_fewer(unsigned order) {
    if (!pairs_[order].has_free()) free_orders_ &= ~(std::uint64_t{1} << order);
  }
  void note_fewer_top() {
    if (free_top_.is_empty()) free_orders_ &= ~(std::uint64_t{1} << geometry_.top);
  }
  // Makes what is below a block what it is in another tree.
  void copy_parts(const BuddyBitmaps& other, std::uint32_t block, unsigned order);

  BuddyGeometry geometry_;
  std::uint64_t free_orders_ = 0;
  std::vector<PairTree> pairs_;  // of each order below the top
  BitTree<TreeStart::full> free_top_;
};

// At least one, because is_split() of order 0 looks at it.
inline std::vector<PairTree> BuddyBitmaps::make_trees(const BuddyGeometry& geometry) {
  std::vector<PairTree> trees;
  trees.emplace_back(geometry.space_of_buddies());
  for (unsigned order = 1; order < geometry.top; ++order) trees.emplace_back(geometry.space >> order);
  return trees;
}

inline BuddyBitmaps::BuddyBitmaps(const BuddyGeometry& geometry)
    : geometry_(geometry), pairs_(make_trees(geometry)), free_top_(geometry.space >> geometry.top) {
  free_orders_ = std::uint64_t{1} << geometry.top;
  if (geometry.top_first != 0) remove_free(0, geometry.top);
  if (geometry.top_end != geometry.space >> geometry.top) {
    remove_free(static_cast<std::uint32_t>(geometry.top_end << geometry.top), geometry.top);
  }
  geometry.for_each_edge_descending([this](std::uint32_t block, unsigned order) {
    for (unsigned above = order + 1; above <= geometry_.top; ++above) {
      split(static_cast<std::uint32_t>(std::uint64_t{block} >> above << above), above);
    }
    insert_free(block, order);
  });
}

inline BuddyBitmaps::BuddyBitmaps(const BuddyBitmaps& other)
    : geometry_(other.geometry_),
      free_orders_(other.free_orders_),
      pairs_(make_trees(other.geometry_)),
      free_top_(other.free_top_) {
  const std::uint64_t tops = geometry_.space >> geometry_.top;
  for (std::uint64_t at = 0; at < tops; ++at) {
    at = free_top_.next_absent(at);
    if (at >= tops) break;
    copy_parts(other, static_cast<std::uint32_t>(at << geometry_.top), geometry_.top);
  }
}

inline void BuddyBitmaps::copy_parts(const BuddyBitmaps& other, std::uint32_t block, unsigned order) {
  if (!other.is_split(block, order)) return;
  --order;
  pairs_[order].copy_pair(other.pairs_[order], number(block, order));
  copy_parts(other, block, order);
  copy_parts(other, block + (std::uint32_t{1} << order), order);
}

inline std::uint32_t BuddyBitmaps::take(unsigned order) {
  if (order == geometry_.top) {
    const std::uint64_t at = free_top_.take_first();
    note_fewer_top();
    return static_cast<std::uint32_t>(at << order);
  }
  const std::uint64_t at = pairs_[order].take_first();
  note_fewer(order);
  return static_cast<std::uint32_t>(at << order);
}

inline void BuddyBitmaps::insert_free(std::uint32_t block, unsigned order) {
  free_orders_ |= std::uint64_t{1} << order;
  if (order == geometry_.top) {
    free_top_.insert(number(block, order));
  } else {
    pairs_[order].free(number(block, order));
  }
}

inline void BuddyBitmaps::remove_free(std::uint32_t block, unsigned order) {
  if (order == geometry_.top) {
    free_top_.erase(number(block, order));
    return note_fewer_top();
  }
  pairs_[order].take(number(block, order));
  note_fewer(order);
}

template <class Visit>
bool BuddyBitmaps::any_free(unsigned order, std::uint64_t low, std::uint64_t high, Visit&& visit) const {
  if ((free_orders_ >> order & 1) == 0) return false;
  for (std::uint64_t at = low >> order; at << order < high; ++at) {
    at = order == geometry_.top ? free_top_.next(at) : pairs_[order].next_free(at);
    if (at == PairTree::kNone || at << order >= high) return false;
    if (visit(static_cast<std::uint32_t>(at << order))) return true;
  }
  return false;
}

template <class Visit>
void BuddyBitmaps::for_each_block(Visit&& visit) const {
  for (std::uint64_t at = geometry_.first; at < geometry_.end;) {
    const auto block = static_cast<std::uint32_t>(at);
    unsigned order = geometry_.top;
    bool free = is_aligned(block, order) && free_top_.contains(at >> order);
    for (unsigned smaller = 0; smaller < geometry_.top && !free; ++smaller) {
      if (!pairs_[smaller].is_split(at >> smaller)) continue;
      order = smaller;
      free = pairs_[order].is_free(number(block, order));
      break;
    }
    MEMSIM_CHECK_THAT(is_aligned(block, order), "a block starts where the last one ends");
    visit(block, order, free);
    at += std::uint64_t{1} << order;
  }
}

inline std::size_t BuddyBitmaps::metadata_bytes() const {
  std::size_t bytes = free_top_.byte_size();
  for (const PairTree& tree : pairs_) bytes += tree.byte_size();
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
