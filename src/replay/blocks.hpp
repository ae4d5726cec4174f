// Free blocks by order: as `linux` keeps them, or merged as far as they go.
#pragma once

#include <cstdint>
#include <vector>

#include <memsim/base/units.hpp>
#include <memsim/phys/frame_allocator.hpp>
#include <memsim/phys/measures.hpp>

namespace memsim {

// Blocks on the buddy's lists, cached ones left out. Requires: an allocator of the policy `linux`. O(blocks).
[[nodiscard]] PerOrder listed_blocks(const FrameAllocator& allocator);

// The maximal aligned blocks of at most `top_order` that make up the free frames. O(blocks).
[[nodiscard]] PerOrder merged_blocks(const FrameAllocator& allocator, unsigned top_order);
// The same for extents in any order, with the blocks themselves. They may touch, not overlap.
struct PlacedBlock {
  FrameNumber first;
  unsigned order = 0;
  bool operator==(const PlacedBlock&) const = default;
};
[[nodiscard]] std::vector<PlacedBlock> merged(std::vector<Extent> free, unsigned top_order);

}  // namespace memsim
