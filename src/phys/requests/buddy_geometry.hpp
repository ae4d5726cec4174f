// BuddyGeometry: how a binary buddy cuts up one extent of any base and size.
//
// Blocks are aligned in absolute frame numbers. Inside the allocator a frame is an *index*: its number less `origin`,
// which is the extent's start aligned down to a top block, so that indices are aligned as numbers are and fit 32 bits.
// The extent starts as its maximal aligned blocks, capped at the top order: whole top blocks in the middle, and smaller
// blocks, the *edges*, below and above them.
#pragma once

#include <bit>
#include <cstdint>

#include <memsim/base/check.hpp>
#include <memsim/base/units.hpp>

#include "phys/requests/placement.hpp"

namespace memsim {

struct BuddyGeometry {
  Extent extent;
  unsigned top = 0;             // log2 of the largest block: the order asked for, or less where none would fit
  unsigned range = 0;           // log2 of the ranges that BuddyRanges compares; at most top
  std::uint64_t origin = 0;     // frame number of index 0
  std::uint64_t space = 0;      // indices 0..space-1; a multiple of a top block
  std::uint64_t first = 0;      // the extent's first index
  std::uint64_t end = 0;        // the index after its last
  std::uint64_t top_first = 0;  // whole top blocks: [top_first, top_end), counted in top blocks
  std::uint64_t top_end = 0;

  BuddyGeometry(Extent frames, Order top_order, Order range_order = Order()) : extent(frames), top(top_order.value()) {
    MEMSIM_CHECK(!frames.count.is_zero() && frames.count.count() <= std::uint64_t{1} << 32 && top <= 32);
    const std::uint64_t low = frames.first.value();
    const std::uint64_t high = frames.end().value();
    while (align_up(low, std::uint64_t{1} << top) + (std::uint64_t{1} << top) > high) --top;
    range = range_order.value() < top ? range_order.value() : top;
    const std::uint64_t block = std::uint64_t{1} << top;
    origin = low & ~(block - 1);
    first = low - origin;
    end = high - origin;
    space = align_up(end, block);
    MEMSIM_CHECK_THAT(space <= std::uint64_t{1} << 32, "block indices fit 32 bits");
    top_first = align_up(first, block) >> top;
    top_end = end >> top;
  }

  // Calls visit(index, order) for every edge block, in descending address order.
  template <class Visit>
  void for_each_edge_descending(Visit&& visit) const {
    for (std::uint64_t at = end; at > top_end << top;) {
      const unsigned order = static_cast<unsigned>(std::countr_zero(at));
      at -= std::uint64_t{1} << order;
      visit(static_cast<std::uint32_t>(at), order);
    }
    for (std::uint64_t at = top_first << top; at > first;) {
      const std::uint64_t size = std::bit_floor(at - first);
      at -= size;
      visit(static_cast<std::uint32_t>(at), static_cast<unsigned>(std::countr_zero(size)));
    }
  }

  // The indices of all blocks and of what would be the buddies of top blocks are below this.
  [[nodiscard]] std::uint64_t space_of_buddies() const { return align_up(space, std::uint64_t{2} << top); }

  [[nodiscard]] FrameNumber frame(std::uint64_t index) const { return FrameNumber(origin + index); }
};

}  // namespace memsim
