// LLFree for one core, as its paper has it (Wrenger and others, USENIX ATC 2023): one flag per frame, everything else
// is counted anew for each request. What the paper leaves to the program (which class of trees comes first) is said at
// the head of src/phys/llfree/llfree_allocator.hpp.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include <memsim/base/units.hpp>

namespace memsim::model {

class NaiveLlfree {
 public:
  static constexpr std::uint64_t kHuge = 512;
  static constexpr unsigned kMaxOrder = 10;

  // Frames 0..frames-1. Requires: whole trees.
  NaiveLlfree(std::uint64_t frames, unsigned tree_order) : used_(frames, false), tree_(kHuge << tree_order) {}

  // The first frame of the block, all of which is then used.
  std::optional<std::uint64_t> allocate(unsigned order) {
    if (order > kMaxOrder) return std::nullopt;
    auto block = block_in(reserved_, next_huge_, order);
    for (int rank = 0; rank < 4 && !block; ++rank) block = nearest_block(rank, order);
    if (!block) return std::nullopt;
    set(*block, std::uint64_t{1} << order, true);
    reserved_ = *block / tree_;
    next_huge_ = *block % tree_ / kHuge;
    return block;
  }

  void release(std::uint64_t first, std::uint64_t count) {
    set(first, count, false);
    const std::uint64_t tree = (first + count - 1) / tree_;
    in_a_row_ = tree == released_to_ ? in_a_row_ + 1 : 1;
    released_to_ = tree;
    if (in_a_row_ < 4 || tree == reserved_) return;
    reserved_ = tree;
    next_huge_ = 0;
  }

  // Whether a block of the order is free anywhere.
  [[nodiscard]] bool serves(unsigned order) const {
    if (order > kMaxOrder) return false;
    for (std::uint64_t tree = 0; tree < used_.size() / tree_; ++tree) {
      if (block_in(tree, 0, order)) return true;
    }
    return false;
  }

 private:
  void set(std::uint64_t first, std::uint64_t count, bool is_used) {
    for (std::uint64_t i = 0; i < count; ++i) used_[first + i] = is_used;
  }
  [[nodiscard]] std::uint64_t free_in(std::uint64_t tree) const {
    std::uint64_t free = 0;
    for (std::uint64_t i = tree * tree_; i < (tree + 1) * tree_; ++i) free += used_[i] ? 0U : 1U;
    return free;
  }
  // 0 busy, 1 partial, 2 idle, 3 scarce, 4 full.
  [[nodiscard]] int rank_of(std::uint64_t tree) const {
    const std::uint64_t free = free_in(tree);
    if (free == 0) return 4;
    if (tree_ - free <= tree_ / 16) return 2;
    if (free < tree_ / 64) return 3;
    return free >= tree_ / 16 && 2 * free < tree_ ? 0 : 1;
  }
  [[nodiscard]] std::optional<std::uint64_t> nearest_block(int rank, unsigned order) const {
    const auto trees = static_cast<std::int64_t>(used_.size() / tree_);
    for (std::int64_t distance = 1; distance < trees; ++distance) {
      for (const std::int64_t tree :
           {static_cast<std::int64_t>(reserved_) - distance, static_cast<std::int64_t>(reserved_) + distance}) {
        if (tree < 0 || tree >= trees || rank_of(static_cast<std::uint64_t>(tree)) != rank) continue;
        if (const auto block = block_in(static_cast<std::uint64_t>(tree), 0, order)) return block;
      }
    }
    return std::nullopt;
  }
  // The lowest free block of the first huge frame (or pair) that has one, from `huge` of the tree on and around.
  [[nodiscard]] std::optional<std::uint64_t> block_in(std::uint64_t tree, std::uint64_t huge, unsigned order) const {
    const std::uint64_t size = std::uint64_t{1} << order;
    const std::uint64_t part = size > kHuge ? size : kHuge;
    for (std::uint64_t i = 0; i < tree_ / part; ++i) {
      const std::uint64_t first = tree * tree_ + (huge * kHuge / part + i) % (tree_ / part) * part;
      for (std::uint64_t block = first; block < first + part; block += size) {
        if (is_free(block, size)) return block;
      }
    }
    return std::nullopt;
  }
  [[nodiscard]] bool is_free(std::uint64_t first, std::uint64_t count) const {
    for (std::uint64_t i = 0; i < count; ++i) {
      if (used_[first + i]) return false;
    }
    return true;
  }

  std::vector<bool> used_;
  std::uint64_t tree_;  // frames
  std::uint64_t reserved_ = 0;
  std::uint64_t next_huge_ = 0;
  std::uint64_t released_to_ = 0;
  unsigned in_a_row_ = 0;
};

}  // namespace memsim::model
