// FreeSpaceTracker: the measures of one region's free frames, kept up to date as extents come and go.
//
// It knows no policy: it sees which frames are taken and given back, and it checks that none is taken twice or given
// back twice, whatever the policy thinks. A change costs a look to the nearest allocated frames on both sides (a
// BitTree) and a few counts; a sample costs O(orders). Untouched memory costs nothing.
#pragma once

#include <memsim/base/units.hpp>
#include <memsim/phys/measures.hpp>

#include "phys/structures/bit_tree.hpp"
#include "phys/structures/block_counts.hpp"
#include "phys/structures/pin_counts.hpp"
#include "phys/structures/run_lengths.hpp"

namespace memsim {

class FreeSpaceTracker {
 public:
  // All of `region` is free. A large page is 2^large_order frames. Requires: region not empty, at most 2^32 frames.
  FreeSpaceTracker(Extent region, Order large_order);

  // Requires: all frames of the extent are free (allocated).
  void allocated(Extent extent);
  void released(Extent extent);
  // See PhysicalMemory::pin(). Requires: all frames of the extent are allocated.
  void pin(Extent extent);
  void unpin(Extent extent) { pins_.unpin(extent); }

  // Whether all frames of the extent are allocated.
  [[nodiscard]] bool is_allocated(Extent extent) const;

  [[nodiscard]] FreeSpace measure() const;
  [[nodiscard]] FrameCount free_frames() const { return free_; }
  [[nodiscard]] FrameCount largest_free_run() const { return FrameCount(runs_.largest()); }

  // Recounts everything from the allocated frames and fails a check where the kept counts differ. O(frames / 64 +
  // runs).
  void check_invariants() const;

 private:
  // The free run around [first, end), whose frames are left out of account, in indices.
  struct Neighbourhood {
    std::uint64_t first;
    std::uint64_t end;
  };
  [[nodiscard]] Neighbourhood free_around(std::uint64_t first, std::uint64_t end) const;
  [[nodiscard]] RunBlocks blocks_of(std::uint64_t first, std::uint64_t end) const {
    return run_blocks(region_.first.value() + first, region_.first.value() + end);
  }
  [[nodiscard]] std::uint64_t index_of(FrameNumber frame) const { return (frame - region_.first).count(); }

  Extent region_;
  Order large_order_;
  FrameCount free_;
  BitTree<TreeStart::empty> taken_;  // indices of allocated frames
  BlockCounts blocks_;
  RunLengths runs_;
  PinCounts pins_;
};

}  // namespace memsim
