// BuddyAllocator: a binary buddy over one extent. Power-of-two blocks, aligned to their size in absolute frame numbers;
// a freed block merges with its buddy as far as the top order, at once.
//
// Which block serves: the smallest order that can, and within the order the placement's first (`Blocks`:
// buddy_lists.hpp, buddy_bitmaps.hpp). A split keeps what the request needs and frees the rest; of an unconstrained
// request that is the lower half.
//
// What is guaranteed, exactly (with the free blocks fully merged, and none above the top order):
//   contiguous  Serves count frames iff some free block holds a conforming run of that length. The run is the start of
//   an
//               aligned block of the covering order where the chosen block has such a place, else the block's lowest
//               conforming run; all else of the chosen block is free again at once. A run that only two neighbouring
//               blocks together could hold is refused, as is a count above the top block.
//   scattered   Takes the largest power of two that fits what is left, as many as possible, then halves. Without
//   alignment it succeeds iff the window holds
//               count free frames. With alignment it takes whole units of min(alignment, boundary, top block) frames,
//               each at a multiple of the alignment, and one shorter extent for the remainder, and succeeds iff the
//               free blocks hold that many such places.
// The extents handed out are not merged where they touch.
//
// Example, on frames [0, 16) (tests/phys/buddy_test.cpp, HeaderExample): an order-1 block takes [0, 2) and leaves [2,
// 4), [4, 8) and [8, 16) free after three splits; order 0 then takes [2, 3); releasing both merges four times and
// restores [0, 16).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <memsim/phys/frame_allocator.hpp>

#include "phys/buddy_geometry.hpp"
#include "phys/placement.hpp"

namespace memsim {

template <class Blocks>
class BuddyAllocator final : public FrameAllocator {
 public:
  // Requires: extent not empty, at most 2^32 frames; top_order <= 32.
  BuddyAllocator(Extent extent, Order top_order);

  [[nodiscard]] std::unique_ptr<FrameAllocator> clone() const override;
  [[nodiscard]] bool can_allocate(const FrameRequest& request) const override;
  [[nodiscard]] Extent extent() const override { return geometry_.extent; }
  [[nodiscard]] FrameCount free_frames() const override { return FrameCount(free_); }
  void for_each_free(const std::function<void(Extent)>& visit) const override;
  [[nodiscard]] std::size_t metadata_bytes() const override { return sizeof(*this) + blocks_.metadata_bytes(); }
  void check_invariants() const override;

 private:
  // A place found for an extent: the free block that holds it, and the index where it starts.
  struct Place {
    std::uint32_t block = 0;
    unsigned order = 0;
    std::uint64_t start = 0;
  };
  // How a scattered request with constraints is cut: `whole` frames in units, then one extent of `rest`.
  struct Units {
    std::uint64_t unit = 1;
    unsigned largest_order = 0;  // of one extent
    std::uint64_t whole = 0;
    std::uint64_t rest = 0;
  };

  BuddyAllocator(const BuddyAllocator&) = default;

  [[nodiscard]] Errno do_allocate(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) override;
  void do_release(Extent extent, AllocatorWork& work) override;

  [[nodiscard]] bool window_covers_all(const FrameRequest& request) const {
    return request.window_first <= geometry_.extent.first && request.window_end >= geometry_.extent.end();
  }
  [[gnu::noinline]] Errno allocate_otherwise(const FrameRequest& request, std::vector<Extent>& out,
                                             AllocatorWork& work);
  Errno allocate_contiguous(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work);
  void scatter_freely(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work);
  void scatter_constrained(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work);
  [[nodiscard]] bool can_scatter(const FrameRequest& request) const;
  [[nodiscard]] Units units_of(const FrameRequest& request) const;

  // The first block, in placement order, that holds a conforming run of `count` frames. Adds the blocks looked at to
  // `steps`.
  [[nodiscard]] std::optional<Place> find_contiguous(const Constraints& want, std::uint64_t count,
                                                     std::uint32_t& steps) const;
  template <class StartIn>
  [[nodiscard]] std::optional<Place> find_place(unsigned least_order, const Constraints& want, std::uint32_t& steps,
                                                StartIn&& start_in) const;

  // Takes a block of exactly `order` by splitting one of `from`, which is the smallest order that has one.
  std::uint32_t take_and_split(unsigned from, unsigned order);
  void take_place(const Place& place, std::uint64_t count, std::vector<Extent>& out, AllocatorWork& work);
  // Allocates [start, end) of a block that is on no list, and frees the rest of it.
  void carve(std::uint32_t block, unsigned order, std::uint64_t start, std::uint64_t end, AllocatorWork& work);
  [[gnu::noinline]] void release_parts(std::uint64_t first, std::uint64_t count, AllocatorWork& work);
  // Frees one allocated block and returns how often it merged.
  unsigned release_block(std::uint32_t block, unsigned order);
  // Cuts the allocated block around `index` until one starts there, and returns its order.
  unsigned isolate(std::uint32_t index);

  BuddyGeometry geometry_;
  Blocks blocks_;
  std::uint64_t free_ = 0;
};

}  // namespace memsim
