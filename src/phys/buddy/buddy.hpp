// BuddyAllocator: a binary buddy over one extent. Power-of-two blocks, aligned to their size in absolute frame numbers;
// a freed block merges with its buddy as far as the top order, at once.
//
// Which block serves: the smallest order that can, and within the order the placement's first (`Blocks`:
// buddy_lists.hpp, buddy_stacks.hpp, buddy_bitmaps.hpp); but with placement `most_used` as buddy_ranges.hpp says. A
// split keeps what the request needs and frees the rest; of an unconstrained request that is the lower half.
//
// What is guaranteed, exactly (with the free blocks fully merged, and none above the top order):
//   contiguous  Serves count frames iff some free block holds a conforming run of that length. The run is the start of
//   an
//               aligned block of the covering order where the chosen block has such a place, else the block's lowest
//               conforming run; all else of the chosen block is free again at once. A run that only two neighbouring
//               blocks together could hold is refused, as is a count above the top block. With tails kept
//               (block_tail.hpp) the same requests are served, and one without constraints gets all of its block of
//               the covering order.
//   scattered   Takes the largest power of two that fits what is left, as many as possible, then halves. Without
//   alignment it succeeds iff the window holds
//               count free frames. With alignment it takes whole units of min(alignment, boundary, top block) frames,
//               each at a multiple of the alignment, and one shorter extent for the remainder, and succeeds iff the
//               free blocks hold that many such places.
// The extents handed out are not merged where they touch.
//
// A reserve is a number of frames kept back for contiguous requests: a scattered request is refused if it would leave
// fewer free. The frames of the reserve are not set apart, and nothing keeps them together.
//
// Example, on frames [0, 16) (tests/phys/buddy_test.cpp, HeaderExample): an order-1 block takes [0, 2) and leaves [2,
// 4), [4, 8) and [8, 16) free after three splits; order 0 then takes [2, 3); releasing both merges four times and
// restores [0, 16).
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <memsim/phys/frame_allocator.hpp>

#include "phys/buddy/buddy_core.hpp"
#include "phys/requests/block_tail.hpp"
#include "phys/requests/placement.hpp"

namespace memsim {

struct BuddyOptions {
  Order top_order;     // of the largest block; <= 32, which is no limit
  Order range_order;   // of the ranges that placement most_used compares
  FrameCount reserve;  // frames that only contiguous requests may take
  BlockTail tail = BlockTail::trimmed;
};

template <BuddyBlocks Blocks>
class BuddyAllocator final : public FrameAllocator {
 public:
  // Requires: extent not empty, at most 2^32 frames.
  BuddyAllocator(Extent extent, const BuddyOptions& options);

  [[nodiscard]] std::unique_ptr<FrameAllocator> clone() const override;
  [[nodiscard]] bool can_allocate(const FrameRequest& request) const override;
  [[nodiscard]] Extent extent() const override { return core_.geometry().extent; }
  [[nodiscard]] FrameCount free_frames() const override { return FrameCount(core_.free_frames()); }
  void for_each_free(const std::function<void(Extent)>& visit) const override;
  [[nodiscard]] std::size_t metadata_bytes() const override { return sizeof(*this) + core_.blocks().metadata_bytes(); }
  void check_invariants() const override;
  [[nodiscard]] Order top_order() const override { return Order(geometry().top); }
  [[nodiscard]] std::string_view refusing_option(const FrameRequest& request) const override {
    if (request.contiguity == Contiguity::scattered) return leaves_reserve(request) ? "" : "reserve";
    return order_covering(request.count) > top_order_ ? "top_order" : "";
  }

 private:
  // A place found for an extent: the free block that holds it, and the index where it starts.
  struct Place {
    std::uint32_t block = 0;
    unsigned order = 0;
    std::uint64_t start = 0;
  };
  BuddyAllocator(const BuddyAllocator&) = default;

  [[nodiscard]] Errno do_allocate(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) override;
  [[nodiscard]] Errno do_allocate_run(RunRequest request, Extent& run, AllocatorWork& work) override;
  void do_release(Extent extent, CpuId cpu, AllocatorWork& work) override;

  // Whether there are blocks of so many frames. A count of 0 wraps around and is too large.
  [[nodiscard]] bool is_block_size(std::uint64_t count) const {
    return (count & (count - 1)) == 0 && count - 1 < top_size_;
  }
  [[nodiscard]] bool window_covers_all(const FrameRequest& request) const {
    return request.window_first.value() <= first_ && request.window_end.value() >= end_;
  }
  // Whether the reserve is kept. Requires: the count is free.
  [[nodiscard]] bool leaves_reserve(const FrameRequest& request) const {
    return request.contiguity == Contiguity::contiguous || core_.free_frames() - request.count.count() >= reserve_;
  }
  [[gnu::noinline]] Errno allocate_split(RunRequest request, Extent& run, AllocatorWork& work);
  [[gnu::noinline]] Errno allocate_carved(RunRequest request, Extent& run, AllocatorWork& work);
  Errno allocate_otherwise(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work);
  Errno allocate_contiguous(const FrameRequest& request, Extent& run, AllocatorWork& work);
  void scatter_freely(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work);
  void scatter_constrained(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work);
  [[nodiscard]] bool can_scatter(const FrameRequest& request) const;

  // The first block, in placement order, that holds a conforming run of `count` frames. Adds the blocks looked at to
  // `steps`.
  [[nodiscard]] std::optional<Place> find_contiguous(const Constraints& want, std::uint64_t count,
                                                     std::uint32_t& steps) const;
  template <class StartIn>
  [[nodiscard]] std::optional<Place> find_place(unsigned least_order, const Constraints& want, std::uint32_t& steps,
                                                StartIn&& start_in) const;

  // The window, in indices.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> indices_of(const Constraints& want) const {
    const std::uint64_t origin = geometry().origin;
    return {want.window_first > origin ? want.window_first - origin : 0,
            want.window_end > origin ? want.window_end - origin : 0};
  }
  void take_place(const Place& place, std::uint64_t count, Extent& taken, AllocatorWork& work);
  [[gnu::noinline]] void release_otherwise(std::uint32_t block, std::uint64_t count, AllocatorWork& work);
  void release_parts(std::uint64_t first, std::uint64_t count, AllocatorWork& work);

  [[nodiscard]] const BuddyGeometry& geometry() const { return core_.geometry(); }

  BuddyCore<Blocks> core_;
  std::uint64_t reserve_;
  // Said again in the numbers that a request is held against: the extent, and the largest block, in frames.
  std::uint64_t first_;
  std::uint64_t end_;
  std::uint64_t top_size_;
  BlockTail tail_;
  Order top_order_;  // as the options have it; the extent may have no block as large
};

}  // namespace memsim
