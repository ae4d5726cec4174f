// BitTree: a set of integers 0..size-1 as a 64-ary tree of words, for finding the first, next or previous member.
//
// Level 0 holds one bit per integer; a bit of level n + 1 says whether a word of level n holds any member. Six levels
// reach 2^32. Every operation on one member is O(log64 size). The two lowest levels, which every tree has, are written
// without a branch on whether the second has to be, which nobody can predict; most operations stop there.
//
// `kStart` says whether a fresh set holds nothing or everything. A full set is stored inverted, so that either way a
// fresh tree is all zero words and costs no memory (zero_array.hpp).
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "phys/structures/zero_array.hpp"

namespace memsim {

// The place of the lowest bit of a word that is not zero: std::countr_zero() looks whether it is.
[[nodiscard]] inline unsigned lowest_bit(std::uint64_t word) { return static_cast<unsigned>(__builtin_ctzll(word)); }

enum class TreeStart : bool { empty, full };

template <TreeStart kStart>
class BitTree {
 public:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  BitTree() = default;
  explicit BitTree(std::uint64_t size);  // Requires: 0 < size <= 2^32
  BitTree(const BitTree& other);
  BitTree& operator=(const BitTree& other) { return *this = BitTree(other); }
  BitTree(BitTree&&) noexcept = default;
  BitTree& operator=(BitTree&&) noexcept = default;
  ~BitTree() = default;

  [[nodiscard]] bool contains(std::uint64_t i) const { return (word(0, i >> 6) >> (i & 63) & 1) != 0; }
  [[nodiscard]] bool is_empty() const { return words_.size() == 0 || word(level_count_ - 1, 0) == 0; }
  [[nodiscard]] std::size_t byte_size() const { return words_.size() * sizeof(std::uint64_t); }

  // Adding a member twice, or erasing an absent one, changes nothing.
  void insert(std::uint64_t i);
  void erase(std::uint64_t i);
  // Adds or erases all of [first, end).
  void insert_range(std::uint64_t first, std::uint64_t end);
  void erase_range(std::uint64_t first, std::uint64_t end);
  [[nodiscard]] bool contains_range(std::uint64_t first, std::uint64_t end) const;

  // The smallest member. Requires: not empty.
  [[nodiscard]] std::uint64_t first() const { return lowest_below(level_count_ - 1, 0); }
  // The smallest member, erased. Requires: not empty.
  std::uint64_t take_first();
  // The smallest member >= from, or kNone.
  [[nodiscard]] std::uint64_t next(std::uint64_t from) const;
  // The smallest integer >= from that is no member, or kNone. O(words of members passed). Requires: from < size.
  [[nodiscard]] std::uint64_t next_absent(std::uint64_t from) const;
  // The largest member <= from, or kNone. Requires: from < size.
  [[nodiscard]] std::uint64_t previous(std::uint64_t from) const;

 private:
  static constexpr std::uint64_t kFlip = kStart == TreeStart::full ? ~std::uint64_t{0} : 0;

  [[nodiscard]] std::uint64_t word(unsigned level, std::uint64_t index) const { return levels_[level][index] ^ kFlip; }
  [[nodiscard]] std::uint64_t words_of(unsigned level) const {
    const std::uint64_t* const end = words_.size() + (level_count_ > 0 ? levels_[0] : nullptr);
    return static_cast<std::uint64_t>((level + 1 < level_count_ ? levels_[level + 1] : end) - levels_[level]);
  }
  // Descends from word `index` of `level`, which is not zero, to the smallest (largest) member below it.
  [[nodiscard]] std::uint64_t lowest_below(unsigned level, std::uint64_t index) const;
  [[nodiscard]] std::uint64_t highest_below(unsigned level, std::uint64_t index) const;
  // The part of level-0 word `index` that lies in [first, end). Requires: the two overlap.
  static std::uint64_t mask_within(std::uint64_t index, std::uint64_t first, std::uint64_t end);
  void raise(unsigned level, std::uint64_t index, std::uint64_t bits);
  void lower(unsigned level, std::uint64_t index, std::uint64_t bits);

  ZeroArray<std::uint64_t> words_;
  std::array<std::uint64_t*, 6> levels_{};  // where each level starts in words_
  unsigned level_count_ = 0;
};

template <TreeStart kStart>
BitTree<kStart>::BitTree(std::uint64_t size) {
  std::uint64_t total = 0;
  std::array<std::uint64_t, 6> bits_of_level{};
  std::array<std::uint64_t, 6> level_begin{};
  for (std::uint64_t bits = size;; bits = (bits + 63) / 64) {
    bits_of_level[level_count_] = bits;
    level_begin[level_count_++] = total;
    total += (bits + 63) / 64;
    if (bits <= 64 && level_count_ > 1) break;
  }
  words_ = ZeroArray<std::uint64_t>(total);
  for (unsigned level = 0; level < level_count_; ++level) levels_[level] = &words_[level_begin[level]];
  if constexpr (kStart == TreeStart::full) {
    for (unsigned level = 0; level < level_count_; ++level) {  // no members past the end
      const std::uint64_t used = bits_of_level[level] % 64;
      if (used != 0) levels_[level][bits_of_level[level] / 64] = ~std::uint64_t{0} << used;
    }
  }
}

template <TreeStart kStart>
BitTree<kStart>::BitTree(const BitTree& other) : words_(other.words_.size()), level_count_(other.level_count_) {
  for (unsigned level = 0; level < level_count_; ++level) {
    levels_[level] = &words_[static_cast<std::uint64_t>(other.levels_[level] - other.levels_[0])];
  }
  const std::uint64_t summaries = level_count_ > 1 ? words_of(0) : words_.size();
  for (std::uint64_t i = level_count_ > 1 ? summaries : 0; i < words_.size(); ++i) {
    if (other.words_[i] != 0) words_[i] = other.words_[i];
  }
  if (level_count_ <= 1) return;
  if constexpr (kStart == TreeStart::full) {
    for (std::uint64_t i = 0; i < summaries; ++i) {
      if (other.words_[i] != 0) words_[i] = other.words_[i];
    }
    return;
  }
  for (std::uint64_t i = 0; i < words_of(1); ++i) {  // a word is not zero where its summary bit says so
    for (std::uint64_t bits = levels_[1][i]; bits != 0; bits &= bits - 1) {
      const std::uint64_t index = i * 64 + lowest_bit(bits);
      levels_[0][index] = other.levels_[0][index];
    }
  }
}

template <TreeStart kStart>
inline void BitTree<kStart>::raise(unsigned level, std::uint64_t index, std::uint64_t bits) {
  for (;; ++level) {
    std::uint64_t& stored = levels_[level][index];
    const std::uint64_t before = stored ^ kFlip;
    stored = (before | bits) ^ kFlip;
    if (before != 0 || level + 1 == level_count_) return;
    bits = std::uint64_t{1} << (index & 63);
    index >>= 6;
  }
}

template <TreeStart kStart>
inline void BitTree<kStart>::lower(unsigned level, std::uint64_t index, std::uint64_t bits) {
  for (;; ++level) {
    std::uint64_t& stored = levels_[level][index];
    const std::uint64_t after = (stored ^ kFlip) & ~bits;
    stored = after ^ kFlip;
    if (after != 0 || level + 1 == level_count_) return;
    bits = std::uint64_t{1} << (index & 63);
    index >>= 6;
  }
}

template <TreeStart kStart>
inline void BitTree<kStart>::insert(std::uint64_t i) {
  std::uint64_t& lowest = levels_[0][i >> 6];
  lowest = ((lowest ^ kFlip) | std::uint64_t{1} << (i & 63)) ^ kFlip;
  std::uint64_t& second = levels_[1][i >> 12];
  const std::uint64_t before = second ^ kFlip;
  second = (before | std::uint64_t{1} << (i >> 6 & 63)) ^ kFlip;
  if (before == 0 && level_count_ > 2) raise(2, i >> 18, std::uint64_t{1} << (i >> 12 & 63));
}

template <TreeStart kStart>
inline void BitTree<kStart>::erase(std::uint64_t i) {
  std::uint64_t& lowest = levels_[0][i >> 6];
  const std::uint64_t left = (lowest ^ kFlip) & ~(std::uint64_t{1} << (i & 63));
  lowest = left ^ kFlip;
  std::uint64_t& second = levels_[1][i >> 12];
  const std::uint64_t after = (second ^ kFlip) & ~(std::uint64_t{left == 0} << (i >> 6 & 63));
  second = after ^ kFlip;
  if (after == 0 && level_count_ > 2) lower(2, i >> 18, std::uint64_t{1} << (i >> 12 & 63));
}

template <TreeStart kStart>
inline std::uint64_t BitTree<kStart>::mask_within(std::uint64_t index, std::uint64_t first, std::uint64_t end) {
  std::uint64_t mask = ~std::uint64_t{0};
  if (index == first >> 6) mask &= ~std::uint64_t{0} << (first & 63);
  if (index == (end - 1) >> 6) mask &= ~std::uint64_t{0} >> (63 - ((end - 1) & 63));
  return mask;
}

template <TreeStart kStart>
void BitTree<kStart>::insert_range(std::uint64_t first, std::uint64_t end) {
  for (std::uint64_t index = first >> 6; index <= (end - 1) >> 6; ++index)
    raise(0, index, mask_within(index, first, end));
}

template <TreeStart kStart>
void BitTree<kStart>::erase_range(std::uint64_t first, std::uint64_t end) {
  for (std::uint64_t index = first >> 6; index <= (end - 1) >> 6; ++index)
    lower(0, index, mask_within(index, first, end));
}

template <TreeStart kStart>
bool BitTree<kStart>::contains_range(std::uint64_t first, std::uint64_t end) const {
  for (std::uint64_t index = first >> 6; index <= (end - 1) >> 6; ++index) {
    const std::uint64_t mask = mask_within(index, first, end);
    if ((word(0, index) & mask) != mask) return false;
  }
  return true;
}

template <TreeStart kStart>
inline std::uint64_t BitTree<kStart>::take_first() {
  const std::uint64_t i = first();
  erase(i);
  return i;
}

template <TreeStart kStart>
inline std::uint64_t BitTree<kStart>::lowest_below(unsigned level, std::uint64_t index) const {
  for (;; --level) {
    index = index * 64 + lowest_bit(word(level, index));
    if (level == 0) return index;
  }
}

template <TreeStart kStart>
inline std::uint64_t BitTree<kStart>::highest_below(unsigned level, std::uint64_t index) const {
  for (;; --level) {
    index = index * 64 + 63 - static_cast<unsigned>(std::countl_zero(word(level, index)));
    if (level == 0) return index;
  }
}

template <TreeStart kStart>
inline std::uint64_t BitTree<kStart>::next(std::uint64_t from) const {
  for (unsigned level = 0; level < level_count_; ++level) {
    const std::uint64_t index = from >> 6;
    if (index >= words_of(level)) return kNone;
    const std::uint64_t members = word(level, index) & (~std::uint64_t{0} << (from & 63));
    if (members != 0) {
      const std::uint64_t found = index * 64 + lowest_bit(members);
      return level == 0 ? found : lowest_below(level - 1, found);
    }
    from = index + 1;
  }
  return kNone;
}

template <TreeStart kStart>
inline std::uint64_t BitTree<kStart>::next_absent(std::uint64_t from) const {
  const std::uint64_t end = words_of(0);
  std::uint64_t index = from >> 6;
  std::uint64_t absent = ~word(0, index) & (~std::uint64_t{0} << (from & 63));
  while (absent == 0) {
    if (++index == end) return kNone;
    absent = ~word(0, index);
  }
  return index * 64 + lowest_bit(absent);
}

template <TreeStart kStart>
inline std::uint64_t BitTree<kStart>::previous(std::uint64_t from) const {
  for (unsigned level = 0; level < level_count_; ++level) {
    const std::uint64_t index = from >> 6;
    const std::uint64_t members = word(level, index) & (~std::uint64_t{0} >> (63 - (from & 63)));
    if (members != 0) {
      const std::uint64_t found = index * 64 + 63 - static_cast<unsigned>(std::countl_zero(members));
      return level == 0 ? found : highest_below(level - 1, found);
    }
    if (index == 0) return kNone;
    from = index - 1;
  }
  return kNone;
}

}  // namespace memsim
