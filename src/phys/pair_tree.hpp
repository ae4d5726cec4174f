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
// Above the pairs stands a set of the words that hold a free block. It is exact where a block becomes free and where
// the first is taken, and lazy where one is taken from the middle: such a word is dropped when the search for the first
// comes by, if it has got no free block until then. Each drop is paid by the insertion before it.
#pragma once

#include <bit>
#include <cstdint>

#include "phys/bit_tree.hpp"
#include "phys/zero_array.hpp"

namespace memsim {

// Blocks are given by their number: the index of their first frame, in blocks of the order.
class PairTree {
 public:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  PairTree() = default;
  // No parent is split. Requires: 0 < blocks <= 2^32, even.
  explicit PairTree(std::uint64_t blocks) : pairs_((blocks + 63) / 64), words_((blocks + 63) / 64) {}

  [[nodiscard]] std::uint64_t pair(std::uint64_t block) const { return word_of(block) >> (block & 62) & 3; }
  [[nodiscard]] bool is_free(std::uint64_t block) const { return pair(block) == std::uint64_t{1} << (block & 1); }
  // Whether the block's parent is split, and it is not free. Then it is allocated, or split itself.
  [[nodiscard]] bool is_taken(std::uint64_t block) const { return (pair(block) >> (~block & 1) & 1) != 0; }
  [[nodiscard]] bool is_split(std::uint64_t block) const { return pair(block) != 0; }  // its parent, that is
  [[nodiscard]] std::uint64_t free_count() const { return free_count_; }

  // Splits the parent, where it is not split: neither buddy is free.
  void split(std::uint64_t block) {
    if (!is_split(block)) word_of(block) |= both(block);
  }
  // The block becomes free. Requires: it is taken, and its buddy is not free.
  void free(std::uint64_t block) {
    word_of(block) ^= bit(block ^ 1);
    count_in(block >> 6);
  }
  // Splits the parent so that this, the upper block, is free and the other taken. Requires: it is not split.
  void free_upper(std::uint64_t block) {
    word_of(block) |= bit(block);
    count_in(block >> 6);
  }
  // A free block becomes taken.
  void take(std::uint64_t block) {
    word_of(block) ^= bit(block ^ 1);
    --free_count_;
  }
  // The parent is whole again. Requires: the block is free, and its buddy in hand.
  void merge(std::uint64_t block) {
    word_of(block) ^= bit(block);
    --free_count_;
  }
  // Takes the lowest free block. Requires: there is one.
  std::uint64_t take_first();

  // The lowest free block from `from` on, or kNone. O(words passed).
  [[nodiscard]] std::uint64_t next_free(std::uint64_t from) const;

  // Makes the pair what it is in another tree.
  void copy_pair(const PairTree& other, std::uint64_t block) {
    if (other.is_free(block) || other.is_free(block ^ 1)) count_in(block >> 6);
    word_of(block) |= other.word_of(block) & both(block);
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

  void count_in(std::uint64_t word) {
    ++free_count_;
    if (word < first_word_) first_word_ = word;
    if (!words_.contains(word)) words_.insert(word);
  }
  // Sets first_word_ to a word that holds a free block, dropping those that do not. Requires: there is one.
  void seek_first();

  ZeroArray<std::uint64_t> pairs_;    // 32 to a word
  BitTree<TreeStart::empty> words_;   // a superset of the words that hold a free block
  std::uint64_t first_word_ = kNone;  // no word below it holds one
  std::uint64_t free_count_ = 0;
};

inline std::uint64_t PairTree::take_first() {
  if (pairs_with_free(pairs_[first_word_]) == 0) seek_first();
  std::uint64_t& word = pairs_[first_word_];
  const auto lower = static_cast<unsigned>(std::countr_zero(pairs_with_free(word)));
  const std::uint64_t first = first_word_ * 64 + lower + (~word >> lower & 1);
  word |= std::uint64_t{3} << lower;
  --free_count_;
  if (pairs_with_free(word) == 0) words_.erase(first_word_);
  return first;
}

inline void PairTree::seek_first() {
  for (;;) {
    first_word_ = words_.first();
    if (pairs_with_free(pairs_[first_word_]) != 0) return;
    words_.erase(first_word_);
  }
}

inline std::uint64_t PairTree::next_free(std::uint64_t from) const {
  if (from >> 6 >= pairs_.size()) return kNone;
  std::uint64_t from_here = ~std::uint64_t{0} << (from & 63);
  for (std::uint64_t word = from >> 6; word != kNone; word = words_.next(word + 1)) {
    const std::uint64_t lower = pairs_with_free(pairs_[word]);
    const std::uint64_t free = pairs_[word] & (lower | lower << 1) & from_here;
    if (free != 0) return word * 64 + static_cast<unsigned>(std::countr_zero(free));
    from_here = ~std::uint64_t{0};
  }
  return kNone;
}

}  // namespace memsim
