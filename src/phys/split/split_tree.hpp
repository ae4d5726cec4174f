// SplitTree: how a buddy system whose buddies differ in size cuts its blocks.
//
// Blocks come in classes, numbered by ascending size; class 0 is one frame. A block of class k is cut into a lower
// block of class k - 1 and a smaller or equal upper one, always in the same way, so every block is a node of one binary
// tree over its root, and two blocks are buddies when they are the two children of one node.
#pragma once

#include <array>
#include <cstdint>

#include <memsim/base/check.hpp>

namespace memsim {

struct SplitTree {
  static constexpr unsigned kMostClasses = 64;  // 64 weighted sizes, or 46 Fibonacci numbers, up to 2^32 frames

  // A block: its first frame as an index into the region, and its class.
  struct Node {
    std::uint64_t first = 0;
    unsigned size_class = 0;
  };

  std::array<std::uint64_t, kMostClasses> size{};        // in frames, ascending; size[0] = 1
  std::array<std::uint8_t, kMostClasses> upper_class{};  // of the upper block that class k is cut into, k > 0
  unsigned class_count = 0;

  constexpr void add(std::uint64_t frames, unsigned upper) {
    MEMSIM_CHECK(class_count < kMostClasses);
    MEMSIM_CHECK(class_count == 0 || frames == size[class_count - 1] + size[upper]);
    size[class_count] = frames;
    upper_class[class_count++] = static_cast<std::uint8_t>(upper);
  }

  [[nodiscard]] constexpr std::uint64_t end(Node node) const { return node.first + size[node.size_class]; }
  // Requires: not of class 0.
  [[nodiscard]] constexpr Node lower(Node node) const { return {node.first, node.size_class - 1}; }
  [[nodiscard]] constexpr Node upper(Node node) const {
    return {node.first + size[node.size_class - 1], upper_class[node.size_class]};
  }
  // The largest class of at most `frames` frames. Requires: frames > 0.
  [[nodiscard]] constexpr unsigned class_within(std::uint64_t frames) const {
    unsigned found = 0;
    while (found + 1 < class_count && size[found + 1] <= frames) ++found;
    return found;
  }
};

// Block sizes 1, 2, 3, 5, 8, ...: each is the sum of the two before it, and is cut into them. The largest has at most
// `largest` frames. Requires: 0 < largest <= 2^32. D. S. Hirschberg, "A class of dynamic memory allocation algorithms",
// CACM 16(10), 1973.
[[nodiscard]] SplitTree fibonacci_tree(std::uint64_t largest);

// Block sizes 2^k and 3 * 2^k: 2^k is cut into three quarters and one quarter, 3 * 2^k into two thirds and one third.
// K. K. Shen and J. L. Peterson, "A weighted buddy method for dynamic storage allocation", CACM 17(10), 1974.
[[nodiscard]] SplitTree weighted_tree(std::uint64_t largest);

}  // namespace memsim
