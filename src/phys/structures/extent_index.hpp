// ExtentIndex: free extents in address order, with a tree that finds the next or previous extent of at least a given
// length without looking at those between, and says how many those are. For the fits that go by address.
//
// The tree stands over words of 64 frames, 16 children to a node; a node knows how many extents begin below it and how
// long the longest of them is. So a search, a change and a count are each O(16 log16 frames), and untouched memory
// costs nothing.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include <memsim/base/units.hpp>

#include "phys/structures/extent_map.hpp"
#include "phys/structures/zero_array.hpp"

namespace memsim {

class ExtentIndex {
 public:
  static constexpr std::uint64_t kNone = ExtentMap<ExtentNode>::kNone;

  // No extent yet. Requires: at most 2^32 frames.
  explicit ExtentIndex(Extent region);
  ExtentIndex(const ExtentIndex& other);
  ExtentIndex(ExtentIndex&&) noexcept = default;
  ExtentIndex& operator=(ExtentIndex&&) noexcept = default;
  ExtentIndex& operator=(const ExtentIndex&) = delete;
  ~ExtentIndex() = default;

  // --- What ExtentAllocator asks of a fit ---

  [[nodiscard]] ExtentMap<ExtentNode>& extents() { return extents_; }
  [[nodiscard]] const ExtentMap<ExtentNode>& extents() const { return extents_; }
  void add(std::uint64_t first, std::uint64_t last);
  void remove(std::uint64_t first);
  void move_first(std::uint64_t first, std::uint64_t new_first);
  void move_last(std::uint64_t first, std::uint64_t new_last);
  // The longest extent, of equally long ones the lowest. A list has to be walked to its end for it.
  [[nodiscard]] std::uint64_t largest(std::uint32_t& steps) const;
  void handed_out(std::uint64_t, std::uint64_t) {}
  [[nodiscard]] std::size_t metadata_bytes() const;
  void check_invariants(std::uint64_t count) const;

  // --- What the fits ask ---

  [[nodiscard]] std::uint64_t count() const { return node(level_count_ - 1, 0).count; }  // of extents
  // The first extent of at least `length` frames that begins at `from` or above (the last at `from` or below), or
  // kNone. Requires: length > 0.
  [[nodiscard]] std::uint64_t next(std::uint64_t from, std::uint64_t length) const;
  [[nodiscard]] std::uint64_t previous(std::uint64_t from, std::uint64_t length) const;
  // How many extents begin below `at`.
  [[nodiscard]] std::uint64_t rank(std::uint64_t at) const;

 private:
  static constexpr unsigned kFanShift = 4;  // log2 of a node's children
  static constexpr std::uint64_t kFan = std::uint64_t{1} << kFanShift;
  static constexpr unsigned kMaxLevels = 8;  // 2^26 words at most

  // Of the extents that begin below a node. Lengths are less one, so that they fit; zero where there is none.
  struct Node {
    std::uint32_t count;
    std::uint32_t longest;
  };

  [[nodiscard]] const Node& node(unsigned level, std::uint64_t at) const { return nodes_[level_begin_[level] + at]; }
  [[nodiscard]] Node& node(unsigned level, std::uint64_t at) { return nodes_[level_begin_[level] + at]; }
  [[nodiscard]] bool has(unsigned level, std::uint64_t at, std::uint64_t least) const {
    const Node& n = node(level, at);
    return n.count != 0 && n.longest >= least;
  }
  [[nodiscard]] std::uint64_t nodes_at(unsigned level) const { return level_begin_[level + 1] - level_begin_[level]; }

  // The longest extent that begins in the word, less one.
  [[nodiscard]] std::uint32_t longest_in(std::uint64_t word) const;
  [[nodiscard]] std::uint32_t longest_child(unsigned level, std::uint64_t at) const;
  // Passes a change of one word up the tree.
  void changed(std::uint64_t word, int count_change, std::uint32_t longest);
  // An extent that begins in the word now has this length, less one; it may have become shorter.
  void changed_length(std::uint64_t word, std::uint32_t length);

  // The first (last) of the extents in `firsts`, bits of a word, that has the length.
  [[nodiscard]] std::uint64_t first_in(std::uint64_t word, std::uint64_t firsts, std::uint64_t least) const;
  [[nodiscard]] std::uint64_t last_in(std::uint64_t word, std::uint64_t firsts, std::uint64_t least) const;

  ExtentMap<ExtentNode> extents_;
  ZeroArray<std::uint64_t> firsts_;  // bit n of a word: an extent begins at its frame n
  ZeroArray<Node> nodes_;            // level 0: one per word
  std::array<std::uint64_t, kMaxLevels + 1> level_begin_{};
  unsigned level_count_ = 0;
};

}  // namespace memsim
