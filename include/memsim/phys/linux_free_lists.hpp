// The free lists of the policy `linux`, for comparison with those of a real kernel and for a start from them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <memsim/base/ids.hpp>
#include <memsim/phys/measures.hpp>
#include <memsim/phys/policy.hpp>

namespace memsim {

struct LinuxFreeLists {
  struct Block {
    FrameNumber first;
    Order order;
    Mobility type;  // of the list
    bool operator==(const Block&) const = default;
  };
  struct CachedBlock {
    FrameNumber first;
    Order order;
    Mobility
        type;  // of the list; blocks above order 3 have two lists only, `movable` and the rest, told as `unmovable`
    CpuId cpu;
    bool operator==(const CachedBlock&) const = default;
  };

  std::vector<Block> blocks;                      // by order, then type, then as the list stands, head first
  std::vector<CachedBlock> cached;                // by processor, order and type, then as the list stands
  std::vector<std::uint32_t> high;                // by processor: the cached frames that start a drain
  std::vector<Mobility> page_block_types;         // ascending, from the page block that holds the first frame
  std::array<PerOrder, 3> free_blocks_by_type{};  // [type][order], as /proc/pagetypeinfo; cached ones not counted
};

// The lists of an allocator, or nothing where its policy is not `linux`. O(blocks).
[[nodiscard]] std::optional<LinuxFreeLists> linux_free_lists(const FrameAllocator& allocator);

// A `linux` allocator that starts with exactly these lists, whose counts are not read. What is on none of them is
// allocated, with its page block's type; nobody knows by what blocks, so that it comes back by those that are given
// back. Requires: valid options; the lists fit the extent and are fully merged, and each block's type is that of its
// page blocks.
[[nodiscard]] std::unique_ptr<FrameAllocator> create_linux_allocator(Extent extent, const PolicyOptions& options,
                                                                     const LinuxFreeLists& start,
                                                                     PageSize page_size = {});

// The blocks on the buddy's lists by order, cached ones left out, as /proc/buddyinfo. O(blocks).
// Requires: an allocator of the policy `linux`.
[[nodiscard]] PerOrder linux_free_blocks(const FrameAllocator& allocator);

// What the kernel does to a processor's lists once a second: their limit falls, and what is then too much goes back to
// the buddy. For whoever replays what a real kernel did and knows the time of it; a simulation does without.
// Requires: an allocator of the policy `linux`.
AllocatorWork decay_linux_cpu_lists(FrameAllocator& allocator, CpuId cpu);

}  // namespace memsim
