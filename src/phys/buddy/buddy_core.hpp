// BuddyCore: the binary buddy itself, on block indices: allocate a block of an order, release it. What requests ask for
// beyond that is buddy.hpp's part.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <optional>

#include <memsim/phys/measures.hpp>

#include "phys/requests/buddy_geometry.hpp"

namespace memsim {

// What keeps the blocks of a buddy and decides which of equally good ones serves: BuddyLists (fifo), BuddyStacks
// (lifo), BuddyBitmaps (lowest), BuddyRanges (most_used). Blocks are named by their first index.
//
// A block is free, allocated, or *in hand*: between the calls of one operation. take(), remove_free(), remove_buddy()
// and clear_allocated() bring it into hand; insert_free(), insert_upper_halves(), set_allocated() and absorb() take it
// from there.
template <class Blocks>
concept BuddyBlocks = std::copy_constructible<Blocks> && std::constructible_from<Blocks, const BuddyGeometry&> &&
    requires(Blocks& blocks, const Blocks& seen, std::uint32_t block, unsigned order, const PerOrder& counts) {
  // Whether the smallest block that can serve does, whichever is first of its order. If not, the blocks also have
  // choose_order(order), the order of the block that serves, which take() then takes; and any_in_turn(least_order, low,
  // high, visit), any_free() for all orders from that one on.
  { Blocks::kSmallestFirst } -> std::convertible_to<bool>;
  // Whether is_buddy_free() may be asked of a top block, whose buddy would lie past the end perhaps.
  { Blocks::kKnowsBuddiesOfTop } -> std::convertible_to<bool>;
  { seen.geometry() } -> std::same_as<const BuddyGeometry&>;
  { seen.free_orders() } -> std::same_as<std::uint64_t>;  // bit k: a block of order k is free

  { blocks.take(order) } -> std::same_as<std::uint32_t>;  // the first free one of the order, which has one
  // Whether, after a block of the order was taken or removed, an untouched one has to take its place; and makes the
  // lowest untouched top block, if any, the head of its list. Gives `block` back, for the tail of a function.
  { seen.lacks_top(order) } -> std::same_as<bool>;
  { blocks.refill_top(block) } -> std::same_as<std::uint32_t>;

  { seen.is_buddy_free(block, order) } -> std::same_as<bool>;
  blocks.insert_free(block, order);
  // Splits a block in hand down from the first order to the second and frees every upper half; the lowest part stays
  // in hand. Requires: no block of the orders between, the first not included, is free.
  blocks.insert_upper_halves(block, order, order);
  blocks.remove_free(block, order);
  blocks.remove_buddy(block, order);  // the same of one that is listed, to merge with its buddy in hand
  blocks.split(block, order);         // a block in hand becomes two, both in hand
  blocks.absorb(block);               // the block that starts there becomes the upper half of a larger one

  { seen.is_allocated(block, order) } -> std::same_as<bool>;  // exactly this block
  blocks.set_allocated(block, order);
  blocks.clear_allocated(block, order);
  // The order of the allocated block that starts there; nothing where none does.
  { seen.allocated_order(block) } -> std::same_as<std::optional<unsigned>>;

  // Calls visit(block) for the free blocks of the order in placement order until one returns true. Blocks wholly
  // outside the indices [low, high) may be left out.
  {
    seen.any_free(order, std::uint64_t{}, std::uint64_t{}, [](std::uint32_t) { return true; })
    } -> std::same_as<bool>;
  // Calls visit(block, order, free) for every block in ascending order. O(blocks), of bitmaps times the orders.
  seen.for_each_block([](std::uint32_t, unsigned, bool) {});

  { seen.metadata_bytes() } -> std::same_as<std::size_t>;
  // Checks that the lists hold exactly the free blocks, which for_each_block() counted.
  seen.check_lists(counts);
};

// The two operations are inlined up to the first split or merge, and those are functions of their own: so a request
// that meets a block of its size, or that merges with nothing, saves no registers and runs few instructions.
template <BuddyBlocks Blocks>
class BuddyCore {
 public:
  explicit BuddyCore(const BuddyGeometry& geometry) : blocks_(geometry), free_(geometry.extent.count.count()) {}

  // No block. A plain number beside block indices, because an optional of one is put together in memory and read back
  // wider than it was written, which waits until every store before it, cache misses included, is done.
  static constexpr std::uint64_t kNoBlock = ~std::uint64_t{0};

  // A block of the order, from the block that the placement chooses, of which it is the lower end; or kNoBlock. Adds to
  // `splits`. Requires: order <= top.
  [[gnu::always_inline]] std::uint64_t allocate(unsigned order, std::uint32_t& splits) {
    if (const std::uint64_t block = allocate_whole(order); block != kNoBlock) return block;
    std::uint64_t candidates = blocks_.free_orders() >> order;
    if (candidates == 0) return kNoBlock;
    if constexpr (!Blocks::kSmallestFirst) candidates = std::uint64_t{1} << (blocks_.choose_order(order) - order);
    const std::uint32_t block = take_lower_end(order, candidates, splits);
    hand_out(block, order);
    return block;
  }
  // The same where it takes no split and no top block; else kNoBlock, and nothing has changed. With a placement that
  // weighs blocks of different orders always the latter.
  [[gnu::always_inline]] std::uint64_t allocate_whole(unsigned order) {
    if (!Blocks::kSmallestFirst || (blocks_.free_orders() >> order & 1) == 0 || order == geometry().top)
      return kNoBlock;
    const std::uint32_t block = blocks_.take(order);
    hand_out(block, order);
    return block;
  }

  // Whether exactly this block was handed out and not released since.
  [[nodiscard]] bool is_allocated(std::uint32_t block, unsigned order) const {
    return blocks_.is_allocated(block, order);
  }

  // Frees a block, merges it as far as the top order, and returns how often. Requires: is_allocated(block, order).
  [[gnu::always_inline]] std::uint32_t release(std::uint32_t block, unsigned order) {
    if (!merges(block, order)) {
      insert_alone(block, order);
      return 0;
    }
    blocks_.clear_allocated(block, order);
    free_ += std::uint64_t{1} << order;
    return insert_merged(block, order);
  }
  // Whether a release of the block merges it, and the release where it does not.
  [[nodiscard]] bool merges(std::uint32_t block, unsigned order) const {
    // The order is looked at last where that can be: most often the buddy is not free.
    if constexpr (Blocks::kKnowsBuddiesOfTop) return blocks_.is_buddy_free(block, order) && order != geometry().top;
    return order < geometry().top && blocks_.is_buddy_free(block, order);
  }
  // Frees the block if exactly it was handed out and it merges with nothing, and says whether. The frequent release, in
  // few instructions; else nothing has changed. It may say no of a top block.
  [[gnu::always_inline]] bool release_alone(std::uint32_t block, unsigned order) {
    if constexpr (requires { blocks_.free_alone(block, order); }) {
      if (!blocks_.free_alone(block, order)) return false;
      free_ += std::uint64_t{1} << order;
    } else {
      if (!is_allocated(block, order) || merges(block, order)) return false;
      insert_alone(block, order);
    }
    return true;
  }

  [[nodiscard]] const BuddyGeometry& geometry() const { return blocks_.geometry(); }
  [[nodiscard]] const Blocks& blocks() const { return blocks_; }
  [[nodiscard]] std::uint64_t free_frames() const { return free_; }

  // Cuts a free block: [start, end) of it becomes allocated, in as few blocks as it takes, and the rest free. Adds to
  // `splits`.
  void carve_free(std::uint32_t block, unsigned order, std::uint64_t start, std::uint64_t end, std::uint32_t& splits) {
    blocks_.remove_free(block, order);
    carve(block, order, start, end, splits);
    free_ -= end - start;
    if (blocks_.lacks_top(order)) blocks_.refill_top(block);
  }

  // Cuts the allocated block around `index` until one starts there, and returns its order.
  // Fails a check where no allocated block holds `index`.
  unsigned isolate(std::uint32_t index);
  // Cuts the allocated block in two and returns their order. Requires: order > 0.
  unsigned halve_allocated(std::uint32_t block, unsigned order) {
    blocks_.clear_allocated(block, order);
    blocks_.split(block, order);
    --order;
    blocks_.set_allocated(block, order);
    blocks_.set_allocated(block + (std::uint32_t{1} << order), order);
    return order;
  }

 private:
  void insert_alone(std::uint32_t block, unsigned order) {
    blocks_.clear_allocated(block, order);
    free_ += std::uint64_t{1} << order;
    blocks_.insert_free(block, order);
  }
  void hand_out(std::uint32_t block, unsigned order) {
    blocks_.set_allocated(block, order);
    free_ -= std::uint64_t{1} << order;
  }
  // Takes the first block of the smallest order in `candidates`, whose bit k stands for order + k, frees all but its
  // lower end and leaves that in hand.
  [[gnu::noinline]] std::uint32_t take_lower_end(unsigned order, std::uint64_t candidates, std::uint32_t& splits) {
    const unsigned from = order + static_cast<unsigned>(std::countr_zero(candidates));
    const std::uint32_t block = blocks_.take(from);
    blocks_.insert_upper_halves(block, from, order);
    splits += from - order;
    // Last, so that the call, which is rare, makes nobody save a register.
    if (blocks_.lacks_top(from)) [[unlikely]]
      return blocks_.refill_top(block);
    return block;
  }
  // Merges a block in hand with its buddy, which is free, and on from there. Returns how often. Requires: order < top.
  [[gnu::noinline]] std::uint32_t insert_merged(std::uint32_t block, unsigned order);

  void carve(std::uint32_t block, unsigned order, std::uint64_t start, std::uint64_t end, std::uint32_t& splits);

  Blocks blocks_;
  std::uint64_t free_;
};

template <BuddyBlocks Blocks>
std::uint32_t BuddyCore<Blocks>::insert_merged(std::uint32_t block, unsigned order) {
  const unsigned from = order;
  do {
    const std::uint32_t size = std::uint32_t{1} << order;
    blocks_.remove_buddy(block ^ size, order);
    blocks_.absorb(block | size);
    block &= ~size;
    ++order;
  } while (merges(block, order));
  blocks_.insert_free(block, order);
  return order - from;
}

template <BuddyBlocks Blocks>
void BuddyCore<Blocks>::carve(std::uint32_t block, unsigned order, std::uint64_t start, std::uint64_t end,
                              std::uint32_t& splits) {
  if (start <= block && block + (std::uint64_t{1} << order) <= end) return blocks_.set_allocated(block, order);
  const unsigned half = order - 1;
  const std::uint32_t upper = block + (std::uint32_t{1} << half);
  ++splits;
  blocks_.split(block, order);
  if (end <= upper) blocks_.insert_free(upper, half);
  if (start >= upper) blocks_.insert_free(block, half);
  if (start < upper) carve(block, half, start, end, splits);
  if (end > upper) carve(upper, half, start, end, splits);
}

template <BuddyBlocks Blocks>
unsigned BuddyCore<Blocks>::isolate(std::uint32_t index) {
  if (const std::optional<unsigned> order = blocks_.allocated_order(index)) return *order;
  for (unsigned order = 1; order <= geometry().top; ++order) {
    std::uint32_t block = static_cast<std::uint32_t>(std::uint64_t{index} >> order << order);
    if (!blocks_.is_allocated(block, order)) continue;
    while (block != index) {
      order = halve_allocated(block, order);
      const std::uint32_t upper = block + (std::uint32_t{1} << order);
      if (index >= upper) block = upper;
    }
    return order;
  }
  MEMSIM_CHECK_THAT(false, "a frame that is released was allocated");
}

}  // namespace memsim
