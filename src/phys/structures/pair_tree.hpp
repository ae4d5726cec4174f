// PairTree: of one order of a binary buddy, what each pair of buddies is, in two bits a pair.
//
//   00  one block, or part of one: their parent is not split
//   01  split, and the lower buddy is a free block      10  split, and the upper buddy is one
//   11  split, and neither buddy is free: each is allocated, or split itself
//
// Two free buddies do not exist, they are one block. So the two bits say which buddy is free and also whether the
// parent is split, and a block is allocated if its parent is split, it is not free and it is not split itself, which
// its order's tree and the one below know. Allocated blocks need no bits of their own.
//
// Above the pairs stands the set of the words that hold a free block. The first of them is kept beside the tree of the
// others: where blocks are taken from the front it is nearly always the word that is asked for, and an order with one
// free block, as a split leaves it and a merge takes it away, has no tree to touch.
#pragma once

#include <bit>
#include <cstdint>

#include "phys/structures/bit_tree.hpp"
#include "phys/structures/zero_array.hpp"

namespace memsim {

// Blocks are given by their number: the index of their first frame, in blocks of the order.
// Aligned so that a tree's place among those of all orders takes no multiplication.
class alignas(64) PairTree {
 public:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  PairTree() = default;
  // No parent is split. Requires: 0 < blocks <= 2^32, even.
  explicit PairTree(std::uint64_t blocks) : pairs_((blocks + 63) / 64), words_((blocks + 63) / 64) {}

  [[nodiscard]] std::uint64_t pair(std::uint64_t block) const { return word_of(block) >> (block & 62) & 3; }
  [[nodiscard]] bool is_free(std::uint64_t block) const { return pair(block) == std::uint64_t{1} << (block & 1); }
  // Whether its buddy is, of a block that is taken.
  [[nodiscard]] bool is_buddy_free(std::uint64_t block) const { return (word_of(block) & bit(block)) == 0; }
  // Whether the block's parent is split, and it is not free. Then it is allocated, or split itself.
  [[nodiscard]] bool is_taken(std::uint64_t block) const { return (word_of(block) & bit(block ^ 1)) != 0; }
  [[nodiscard]] bool is_split(std::uint64_t block) const { return pair(block) != 0; }  // its parent, that is
  [[nodiscard]] bool has_free() const { return first_word_ != kNone; }

  // Splits the parent, where it is not split: neither buddy is free.
  void split(std::uint64_t block) {
    if (!is_split(block)) word_of(block) |= both(block);
  }
  // The block becomes free. Requires: it is taken, and its buddy is not free.
  void free(std::uint64_t block) { add_free(block, bit(block ^ 1)); }
  // The same if the block is taken and its buddy is not free; else nothing has changed and the answer is no.
  [[nodiscard]] bool free_alone(std::uint64_t block) {
    if (pair(block) != 3) return false;
    free(block);
    return true;
  }
  // Splits the parent so that this, the upper block, is free and the other taken. Requires: it is not split.
  void free_upper(std::uint64_t block) { add_free(block, bit(block)); }
  // A free block becomes taken.
  void take(std::uint64_t block) { drop_free(block, bit(block ^ 1)); }
  // The parent is whole again. Requires: the block is free, and its buddy in hand.
  void merge(std::uint64_t block) { drop_free(block, bit(block)); }
  // Takes the lowest free block. Requires: there is one.
  std::uint64_t take_first();

  // The lowest free block from `from` on, or kNone. O(words passed).
  [[nodiscard]] std::uint64_t next_free(std::uint64_t from) const;

  // Makes the pair what it is in another tree.
  void copy_pair(const PairTree& other, std::uint64_t block) {
    std::uint64_t& word = word_of(block);
    const bool had_free = pairs_with_free(word) != 0;
    word |= other.word_of(block) & both(block);
    if (!had_free && pairs_with_free(word) != 0) insert_word(block >> 6);
  }
  [[nodiscard]] std::size_t byte_size() const { return pairs_.size() * sizeof(std::uint64_t) + words_.byte_size(); }

 private:
  static constexpr std::uint64_t kLowerOfPairs = 0x5555'5555'5555'5555;

  static constexpr std::uint64_t bit(std::uint64_t block) { return std::uint64_t{1} << (block & 63); }
  static constexpr std::uint64_t both(std::uint64_t block) { return std::uint64_t{3} << (block & 62); }
  // The lower bit of each pair of which one is free.
  static constexpr std::uint64_t pairs_with_free(std::uint64_t word) { return (word ^ word >> 1) & kLowerOfPairs; }

  [[nodiscard]] std::uint64_t& word_of(std::uint64_t block) { return pairs_[block >> 6]; }
  [[nodiscard]] std::uint64_t word_of(std::uint64_t block) const { return pairs_[block >> 6]; }

  // One more free block, or one less, by what flips `bits` of its word.
  void add_free(std::uint64_t block, std::uint64_t bits) {
    std::uint64_t& word = word_of(block);
    const std::uint64_t before = word;
    word = before ^ bits;
    if (pairs_with_free(before) == 0) insert_word(block >> 6);
  }
  void drop_free(std::uint64_t block, std::uint64_t bits) {
    std::uint64_t& word = word_of(block);
    const std::uint64_t after = word ^ bits;
    word = after;
    if (pairs_with_free(after) == 0) erase_word(block >> 6);
  }
  void insert_word(std::uint64_t at) {
    // Without a branch on which is less, which nobody can predict.
    const std::uint64_t swap = (at ^ first_word_) & (0 - std::uint64_t{at < first_word_});
    first_word_ ^= swap;
    if ((at ^ swap) != kNone) words_.insert(at ^ swap);
  }
  void erase_word(std::uint64_t at) {
    if (at != first_word_) return words_.erase(at);
    erase_first_word();
  }
  void erase_first_word() { first_word_ = words_.is_empty() ? kNone : words_.take_first(); }
  // The lowest word from `at` on that holds a free block, or kNone.
  [[nodiscard]] std::uint64_t next_word(std::uint64_t at) const {
    return at <= first_word_ ? first_word_ : words_.next(at);
  }

  ZeroArray<std::uint64_t> pairs_;    // 32 to a word
  std::uint64_t first_word_ = kNone;  // the first word that holds a free block
  BitTree<TreeStart::empty> words_;   // the others
};

inline std::uint64_t PairTree::take_first() {
  const std::uint64_t at = first_word_;
  const std::uint64_t word = pairs_[at];
  const std::uint64_t lower = pairs_with_free(word);
  const std::uint64_t rest = lower & (lower - 1);
  const std::uint64_t pair = (lower ^ rest) * 3;
  pairs_[at] = word | pair;
  if (rest == 0) erase_first_word();
  return at * 64 + lowest_bit(word & pair);
}

inline std::uint64_t PairTree::next_free(std::uint64_t from) const {
  if (from >> 6 >= pairs_.size()) return kNone;
  std::uint64_t from_here = ~std::uint64_t{0} << (from & 63);
  for (std::uint64_t word = from >> 6; word != kNone; word = next_word(word + 1)) {
    const std::uint64_t lower = pairs_with_free(pairs_[word]);
    const std::uint64_t free = pairs_[word] & (lower | lower << 1) & from_here;
    if (free != 0) return word * 64 + lowest_bit(free);
    from_here = ~std::uint64_t{0};
  }
  return kNone;
}

}  // namespace memsim
