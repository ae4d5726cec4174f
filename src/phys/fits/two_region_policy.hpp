// The policy `two_region`: unmovable and movable frames kept apart by a moving boundary, so that above it memory can
// always be made contiguous again by moving. The idea is that of Linux' ZONE_MOVABLE with the boundary of Contiguitas
// (Zhao et al., ISCA 2023), without its migration.
//
// Unmovable and reclaimable requests belong below the boundary, movable ones above. Both are first fit from the far
// end: below, the lowest place that conforms; above, the highest. So free frames gather at the boundary.
//
// When the boundary moves:
//   At first it stands `share` per cent up the region, rounded down to whole steps of `step` frames from its lower end.
//   A request that its own side cannot serve may use as many whole steps beyond the boundary as are wholly free, and at
//   the region's end the shorter step that is left there. If an extent handed out then lies beyond the boundary, the
//   boundary moves by the fewest steps that bring the extent onto its own side. It never moves otherwise, above all
//   not upon a release.
// When a side overflows, that is, its own frames and the free steps do not suffice:
//   `overflow` says which requests may then be served anywhere, by the same rule of the far end, and leave the boundary
//   where it is: all, only movable ones (Linux lets these fall back to lower zones, and no others), or none. The rest
//   is refused with ENOMEM although frames are free. With `all`, the boundary decides nothing for a contiguous request:
//   first fit from the far end finds the own side first. It then says where the two kinds would have to be kept apart.
// A request that leaves no choice is served where its window says, whatever the boundary: one that asks for every frame
// of its window, as a reservation does, or whose window lies wholly on the other side though its own is not empty. It
// moves no boundary.
//
// Scattered requests as ExtentAllocator says, within the frames that they may use.
// Steps: the extents that a list walked from the far end shows up to the one that serves.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <memsim/phys/frame_allocator.hpp>
#include <memsim/phys/policy.hpp>

#include "phys/fits/extent_allocator.hpp"
#include "phys/requests/extent_places.hpp"
#include "phys/structures/extent_index.hpp"

namespace memsim {

// First fit from both ends: the highest place for movable extents, the lowest for others.
class TwoEndedFit : public ExtentIndex {
 public:
  using ExtentIndex::ExtentIndex;

  [[nodiscard]] ExtentPlace find(std::uint64_t count, Mobility mobility, std::uint32_t& steps) const;
  [[nodiscard]] ExtentPlace find(const ExtentPlaces& places, std::uint64_t count, Mobility mobility,
                                 std::uint32_t& steps) const;

 private:
  [[nodiscard]] ExtentPlace find_lowest(const ExtentPlaces& places, std::uint64_t count, std::uint32_t& steps) const;
  [[nodiscard]] ExtentPlace find_highest(const ExtentPlaces& places, std::uint64_t count, std::uint32_t& steps) const;
};

class TwoRegionAllocator final : public FrameAllocator {
 public:
  enum class Overflow : std::uint8_t { none, movable, all };

  // Requires: region not empty, at most 2^32 frames; share_percent <= 100; step > 0.
  TwoRegionAllocator(Extent region, unsigned share_percent, FrameCount step, Overflow overflow);

  [[nodiscard]] std::unique_ptr<FrameAllocator> clone() const override {
    return std::make_unique<TwoRegionAllocator>(*this);
  }
  [[nodiscard]] bool can_allocate(const FrameRequest& request) const override;
  [[nodiscard]] Extent extent() const override { return frames_.extent(); }
  [[nodiscard]] FrameCount free_frames() const override { return frames_.free_frames(); }
  void for_each_free(const std::function<void(Extent)>& visit) const override { frames_.for_each_free(visit); }
  [[nodiscard]] std::size_t metadata_bytes() const override { return frames_.metadata_bytes() + sizeof(*this); }
  void check_invariants() const override;
  [[nodiscard]] std::string_view refusing_option(const FrameRequest& request) const override {
    return overflow_ != Overflow::all && frames_.can_allocate(request) ? "overflow" : "";
  }

  // The first frame above the boundary; the region's end where all is below.
  [[nodiscard]] FrameNumber boundary() const { return extent().first + FrameCount(boundary_); }

 private:
  // What a request may use in its first attempt: a window, whether its boundary may move, and whether a second attempt
  // with the request as it is may follow.
  struct Reach {
    FrameRequest request;
    bool may_move_boundary = false;
    bool may_overflow = false;
  };

  [[nodiscard]] Errno do_allocate(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) override;
  void do_release(Extent extent, CpuId, AllocatorWork& work) override { work = frames_.release(extent); }

  [[nodiscard]] Reach reach_of(const FrameRequest& request) const;
  // How far the boundary could move up (down) now: the end (beginning) of the free steps next to it.
  [[nodiscard]] std::uint64_t highest_boundary() const;
  [[nodiscard]] std::uint64_t lowest_boundary() const;
  // Brings the indices [first, end) below (above) the boundary, by the fewest steps.
  void move_up_to(std::uint64_t end);
  void move_down_to(std::uint64_t first);

  ExtentAllocator<TwoEndedFit> frames_;
  std::uint64_t size_;      // frames
  std::uint64_t step_;      // frames
  std::uint64_t boundary_;  // an index: a multiple of step_, or size_
  Overflow overflow_;
};

[[nodiscard]] const Policy& two_region_policy();

}  // namespace memsim
