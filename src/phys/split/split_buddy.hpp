// SplitBuddy: a buddy system over one extent whose buddies may differ in size (split_tree.hpp). The extent is cut into
// roots, the largest class first; every block is a node of a root's tree. A node whose frames are all free is one free
// block: what comes back merges with its buddy at once.
//
// Which block serves: the smallest class that can, and in it the lowest address. Of a block that is larger than needed,
// the smallest node that still holds the request, the upper one of two that do; the rest is free again, the part of
// that node behind the request too, unless tails are kept (block_tail.hpp).
//
// What is guaranteed, exactly:
//   contiguous  Serves count frames iff some free block holds a conforming run of that length. A run that only two
//               blocks together could hold is refused.
//   scattered   Takes the largest class that fits what is left, again and again. With a window, a boundary or an
//               alignment it takes all conforming pieces of the free blocks, largest class first, and succeeds iff they
//               hold that many frames.
//
// Every operation walks the tree from its root: O(classes) nodes, at most 64.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <memsim/phys/frame_allocator.hpp>
#include <memsim/phys/policy.hpp>

#include "phys/requests/block_tail.hpp"
#include "phys/requests/placement.hpp"
#include "phys/split/split_tree.hpp"
#include "phys/structures/bit_tree.hpp"

namespace memsim {

class SplitBuddy final : public FrameAllocator {
 public:
  // Requires: extent not empty, at most 2^32 frames.
  SplitBuddy(Extent extent, const SplitTree& tree, BlockTail tail, FrameCount largest_block);

  [[nodiscard]] std::unique_ptr<FrameAllocator> clone() const override;
  [[nodiscard]] bool can_allocate(const FrameRequest& request) const override;
  [[nodiscard]] Extent extent() const override { return extent_; }
  [[nodiscard]] FrameCount free_frames() const override { return FrameCount(free_); }
  void for_each_free(const std::function<void(Extent)>& visit) const override;
  [[nodiscard]] std::size_t metadata_bytes() const override;
  void check_invariants() const override;
  [[nodiscard]] std::string_view refusing_option(const FrameRequest& request) const override {
    return request.contiguity == Contiguity::contiguous && request.count > largest_block_ ? "largest_block" : "";
  }

 private:
  using Node = SplitTree::Node;
  // A free block, and the index in it where an extent may start.
  struct Place {
    Node block;
    std::uint64_t start = 0;
  };
  // Indices [first, end).
  struct Range {
    std::uint64_t first = 0;
    std::uint64_t end = 0;
    [[nodiscard]] bool holds(const SplitTree& tree, Node node) const {
      return first <= node.first && tree.end(node) <= end;
    }
    [[nodiscard]] bool meets(const SplitTree& tree, Node node) const {
      return first < tree.end(node) && node.first < end;
    }
  };

  SplitBuddy(const SplitBuddy&) = default;

  [[nodiscard]] Errno do_allocate(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) override;
  void do_release(Extent extent, CpuId cpu, AllocatorWork& work) override;

  [[nodiscard]] std::optional<Place> find_contiguous(const Constraints& want, std::uint64_t count,
                                                     std::uint32_t& steps) const;
  // The node in `block` that a plain request for `count` frames gets. Requires: count <= the block's size.
  [[nodiscard]] Node fitting_node(Node block, std::uint64_t count) const;
  void scatter_freely(std::uint64_t count, std::vector<Extent>& out, AllocatorWork& work);
  void scatter_constrained(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work);
  [[nodiscard]] bool can_scatter(const FrameRequest& request) const;
  // Calls piece(range) for the conforming pieces of a free block in ascending order until it returns false.
  template <class Piece>
  void for_each_piece(Node block, const Constraints& want, Piece&& piece) const;
  // Calls visit(block) for the free blocks of a class that overlap the window, in ascending order, until it returns
  // true. Says whether one did.
  template <class Visit>
  bool any_free(unsigned size_class, const Constraints& want, Visit&& visit) const;

  // Takes free frames, wherever their blocks end: what was one block may have been cut by an earlier piece of it.
  void take(Range free, AllocatorWork& work);
  // Takes `taken` out of a free block; what is left of the block is free.
  void carve_free(Node block, Range taken, AllocatorWork& work);
  void carve(Node node, Range taken, AllocatorWork& work);
  // Frees the part of `given` below a node. True when the whole node is free now; it is not inserted then.
  bool give(Node node, Range given, AllocatorWork& work);
  // Frees the part of `given` below a child, if there is any. True when the child is one free block now.
  bool give_child(Node child, Range given, AllocatorWork& work);

  [[nodiscard]] bool is_free(Node node) const { return free_blocks_[node.size_class].contains(node.first); }
  void insert(Node node);
  void erase(Node node);
  [[nodiscard]] Node root_of(std::uint64_t index) const;
  [[nodiscard]] FrameNumber frame(std::uint64_t index) const { return extent_.first + FrameCount(index); }

  SplitTree tree_;
  BlockTail tail_;
  FrameCount largest_block_;  // as the options have it
  Extent extent_;
  std::uint64_t free_;
  std::vector<Node> roots_;                             // ascending, without gaps
  std::vector<BitTree<TreeStart::empty>> free_blocks_;  // by class: the first indices of free blocks
  std::uint64_t classes_with_free_blocks_ = 0;          // a bit for each class
  BitTree<TreeStart::empty> taken_;                     // indices of allocated frames
};

// The options of policies that are split buddies.
inline constexpr std::array<PolicyOption, 2> kSplitBuddyOptions = {{
    {.name = "largest_block",
     .type = PolicyOption::Type::integer,
     .default_value = "4294967296",
     .minimum = 1024,
     .maximum = std::uint64_t{1} << 32,
     .doc = "no block, and no contiguous request, is larger, in frames"},
    kTailOption,
}};
// The allocator with the tree that `tree_of` makes, given its largest block in frames. Requires: valid options.
[[nodiscard]] std::unique_ptr<FrameAllocator> make_split_buddy(Extent extent, const PolicyOptions& options,
                                                               SplitTree (*tree_of)(std::uint64_t largest));

}  // namespace memsim
