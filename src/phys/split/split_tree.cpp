#include "phys/split/split_tree.hpp"

namespace memsim {

SplitTree fibonacci_tree(std::uint64_t largest) {
  SplitTree tree;
  tree.add(1, 0);
  for (std::uint64_t size = 2, before = 1; size <= largest;) {
    tree.add(size, tree.class_count > 1 ? tree.class_count - 2 : 0);
    const std::uint64_t next = size + before;
    before = size;
    size = next;
  }
  return tree;
}

SplitTree weighted_tree(std::uint64_t largest) {
  SplitTree tree;
  tree.add(1, 0);
  // From 2 on, even classes are 3 * 2^k and odd ones 2^k: one third of a block is three classes below it, one quarter
  // four.
  for (unsigned next = 1;; ++next) {
    const std::uint64_t size =
        next % 2 == 0 ? std::uint64_t{3} << (next / 2 - 1) : std::uint64_t{1} << ((next + 1) / 2);
    if (size > largest) return tree;
    const unsigned below = next % 2 == 0 ? 3 : 4;
    tree.add(size, next > below ? next - below : 0);
  }
}

}  // namespace memsim
