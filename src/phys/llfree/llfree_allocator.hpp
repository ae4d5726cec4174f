// LlfreeAllocator: the two-level allocator of Wrenger, Rommel, Halbuer, Dietrich and Lohmann, "LLFree: Scalable and
// Optionally-Persistent Page-Frame Allocation" (USENIX ATC 2023), for a single core.
//
//   lower   A huge frame is 512 frames: a bit field, and a count of its used frames. A block of 2^k frames, k <= 9, is
//           an aligned group of clear bits in one huge frame; the largest, k = 10, two huge frames side by side.
//   upper   A tree is a number of neighbouring huge frames (32 in the paper), and a count of its used frames. The core
//           has one tree reserved, and allocates there until it finds no place in it.
// Which tree is reserved next keeps the nearly empty ones whole, so that large blocks form in them again. Of these
// classes the first that has a tree serves, and of its trees the one nearest to the tree before, the lower of two:
//   busy     more than half used, and at least a 16th free;
//   partial  less used, but more than a 16th; or more, but a 64th is free;
//   idle     at most a 16th used;
//   scarce   less than a 64th free.
// Inside a tree the huge frames are tried in turn, from the one used last in the reserved tree, from the first in
// another. After four releases in a row into the same tree, that one is reserved.
//
// What is guaranteed, exactly:
//   contiguous  Comes from the smallest block that holds the count, of which the rest stays free; refused where no such
//               block is free, or the count is larger than the largest block (tests/model/naive_llfree.hpp). With
//               `fallback: lowest_run`, which is none of LLFree's, it then gets the lowest run that is long enough.
//               A request that LLFree has no words for, with a window or with an alignment beyond its block's, gets the
//               lowest conforming run, and so is served iff there is one.
//   scattered   Takes blocks of `scatter_order` (0: frame by frame), and smaller ones where none is free.
//               Neighbours in ascending order make one extent. Succeeds iff count frames are free. With an alignment or
//               a window it takes the largest conforming power of two that fits what is left, at the lowest address, as
//               scatter_units.hpp says.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include <memsim/phys/frame_allocator.hpp>

#include "phys/llfree/llfree_bits.hpp"
#include "phys/requests/placement.hpp"
#include "phys/structures/bit_tree.hpp"

namespace memsim {

class LlfreeAllocator final : public FrameAllocator {
 public:
  enum class Fallback : bool { none, lowest_run };
  struct Options {
    Order tree_order{5};  // in huge frames
    Order scatter_order{9};
    Fallback fallback = Fallback::none;
  };

  // Requires: extent not empty, at most 2^32 frames; scatter_order <= 9.
  LlfreeAllocator(Extent extent, const Options& options);

  [[nodiscard]] std::unique_ptr<FrameAllocator> clone() const override;
  [[nodiscard]] bool can_allocate(const FrameRequest& request) const override;
  [[nodiscard]] Extent extent() const override { return extent_; }
  [[nodiscard]] FrameCount free_frames() const override { return FrameCount(free_); }
  void for_each_free(const std::function<void(Extent)>& visit) const override;
  [[nodiscard]] std::size_t metadata_bytes() const override;
  void check_invariants() const override;
  [[nodiscard]] Order top_order() const override;
  [[nodiscard]] std::string_view refusing_option(const FrameRequest& request) const override;

 private:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  static constexpr std::uint64_t kWhole = ~std::uint64_t{0};            // reach of any_run(): no run is cut
  enum Class : std::size_t { kBusy, kPartial, kIdle, kScarce, kFull };  // in search order; full trees are not searched
  static constexpr std::size_t kSearchedClasses = kFull;

  LlfreeAllocator(const LlfreeAllocator& other);

  [[nodiscard]] Errno do_allocate(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) override;
  void do_release(Extent extent, CpuId cpu, AllocatorWork& work) override;

  [[nodiscard]] bool is_everywhere(const FrameRequest& request) const;
  // The order of the block that serves a request as the paper has it; nothing where it has no such request.
  [[nodiscard]] std::optional<unsigned> block_order(const FrameRequest& request) const;
  [[nodiscard]] bool can_scatter(const FrameRequest& request) const;
  void scatter_freely(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work);
  void scatter_constrained(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work);

  [[nodiscard]] bool has_block(unsigned order) const;
  // Finds a free block, whose tree is then the reserved one; its index, or kNone.
  std::uint64_t find_block(unsigned order, AllocatorWork& work);
  // The same without reserving its tree.
  [[nodiscard]] std::uint64_t look_for_block(unsigned order, AllocatorWork& work) const;
  [[nodiscard]] std::uint64_t find_outwards(Class of, unsigned order, AllocatorWork& work) const;
  [[nodiscard]] std::uint64_t find_in_tree(std::uint64_t tree, unsigned order, std::uint64_t first_huge,
                                           AllocatorWork& work) const;
  [[nodiscard]] std::uint64_t find_pair_in_tree(std::uint64_t tree, std::uint64_t first_huge,
                                                AllocatorWork& work) const;
  void reserve(std::uint64_t index);
  // The lowest conforming start of `count` frames, as an index.
  [[nodiscard]] std::optional<std::uint64_t> find_run(const FrameRequest& request, std::uint64_t count,
                                                      std::uint64_t alignment, std::uint32_t& steps) const;
  // Calls visit(first, end) for the free runs in the request's window, in frame numbers, ascending, until one returns
  // true. A run longer than `reach` comes in parts. Adds the huge frames and trees looked at to `steps`.
  template <class Visit>
  bool any_run(const FrameRequest& request, std::uint64_t reach, std::uint32_t& steps, Visit&& visit) const;
  // The first index of [at, end) that is free, or that is not; `end` where there is none.
  [[nodiscard]] std::uint64_t next_of(bool is_used, std::uint64_t at, std::uint64_t end, std::uint32_t& steps) const;

  void take(std::uint64_t first, std::uint64_t count) { change(first, count, true); }
  void change(std::uint64_t first, std::uint64_t count, bool is_taken);
  void change_tree(std::uint64_t tree, std::uint64_t used);
  [[nodiscard]] Class class_of(std::uint64_t used) const;
  void set_class(std::uint64_t tree, Class of, bool is_member);
  [[nodiscard]] std::uint64_t next(Class of, std::uint64_t tree) const;
  [[nodiscard]] std::uint64_t previous(Class of, std::uint64_t tree) const;
  [[nodiscard]] FrameNumber frame(std::uint64_t index) const { return FrameNumber(origin_ + index); }
  [[nodiscard]] std::uint64_t tree_frames() const { return std::uint64_t{1} << tree_shift_; }
  [[nodiscard]] std::uint64_t tree_count() const { return tree_used_.size(); }

  Extent extent_;
  std::uint64_t origin_;  // the frame number of index 0: the extent's start aligned down to a largest block
  unsigned tree_shift_;   // log2 of a tree's frames
  unsigned scatter_order_;
  Fallback fallback_;
  std::uint64_t free_;

  LlfreeBits bits_;                     // what lies outside the extent is used
  ZeroArray<std::uint32_t> tree_used_;  // frames, one per tree
  BitTree<TreeStart::full> idle_;
  std::array<BitTree<TreeStart::empty>, kSearchedClasses> trees_;  // by class; idle ones are in idle_
  BitTree<TreeStart::empty> touched_;                              // trees that were ever used

  std::uint64_t reserved_ = 0;      // tree
  std::uint64_t next_huge_ = 0;     // of the reserved tree: where the search goes on
  std::uint64_t released_to_ = 0;   // tree of the last release
  unsigned releases_in_a_row_ = 0;  // into it
};

}  // namespace memsim
