// LlfreeBits: the lower level of LLFree. One bit per frame says whether it is used, and one count per huge frame of 512
// how many are. All begin free.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include <memsim/base/check.hpp>

#include "phys/structures/zero_array.hpp"

namespace memsim {

class LlfreeBits {
 public:
  static constexpr unsigned kHugeOrder = 9;
  static constexpr std::uint64_t kHugeFrames = std::uint64_t{1} << kHugeOrder;
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  // For the indices 0..space-1. Requires: a multiple of a huge frame.
  explicit LlfreeBits(std::uint64_t space) : words_(space / 64), used_(space / kHugeFrames) {}

  [[nodiscard]] std::uint64_t huge_count() const { return used_.size(); }
  [[nodiscard]] std::uint64_t used(std::uint64_t huge) const { return used_[huge]; }
  [[nodiscard]] bool is_used(std::uint64_t i) const { return (words_[i / 64] >> (i % 64) & 1) != 0; }

  // The same as used(), by counting.
  [[nodiscard]] std::uint64_t count_used(std::uint64_t huge) const {
    std::uint64_t used = 0;
    for (std::uint64_t i = 0; i < kWords; ++i) used += static_cast<unsigned>(std::popcount(words_[huge * kWords + i]));
    return used;
  }

  // The lowest aligned free block of the order in a huge frame, or kNone. Requires: order <= 9.
  [[nodiscard]] std::uint64_t find_block(std::uint64_t huge, unsigned order) const;
  // The first index from `at` to the end of its huge frame that is used, or is not; kNone where there is none.
  [[nodiscard]] std::uint64_t next_of(bool is_used, std::uint64_t at) const;

  // Changes [first, first + count), which lies in one huge frame. Requires: all of it is free (used) before.
  void change(std::uint64_t first, std::uint64_t count, bool is_taken);

  // Copies one huge frame.
  void copy(const LlfreeBits& other, std::uint64_t huge) {
    used_[huge] = other.used_[huge];
    for (std::uint64_t i = 0; i < kWords; ++i) words_[huge * kWords + i] = other.words_[huge * kWords + i];
  }

  static constexpr std::size_t kBytesPerHuge = kHugeFrames / 8 + sizeof(std::uint16_t);

 private:
  static constexpr std::uint64_t kWords = kHugeFrames / 64;  // per huge frame

  ZeroArray<std::uint64_t> words_;
  ZeroArray<std::uint16_t> used_;
};

inline std::uint64_t LlfreeBits::find_block(std::uint64_t huge, unsigned order) const {
  if (kHugeFrames - used_[huge] < std::uint64_t{1} << order) return kNone;
  const std::uint64_t first = huge * kWords;
  if (order >= 6) {
    const std::uint64_t step = std::uint64_t{1} << (order - 6);
    for (std::uint64_t word = first; word < first + kWords; word += step) {
      std::uint64_t any = 0;
      for (std::uint64_t i = 0; i < step; ++i) any |= words_[word + i];
      if (any == 0) return word * 64;
    }
    return kNone;
  }
  // Bit i of kStarts[k]: i is a multiple of 2^k.
  static constexpr std::array<std::uint64_t, 6> kStarts = {~std::uint64_t{0},  0x5555555555555555, 0x1111111111111111,
                                                           0x0101010101010101, 0x0001000100010001, 0x100000001};
  for (std::uint64_t word = first; word < first + kWords; ++word) {
    std::uint64_t free = ~words_[word];
    for (unsigned k = 0; k < order; ++k) free &= free >> (1U << k);
    free &= kStarts[order];
    if (free != 0) return word * 64 + static_cast<unsigned>(std::countr_zero(free));
  }
  return kNone;
}

inline std::uint64_t LlfreeBits::next_of(bool is_used, std::uint64_t at) const {
  const std::uint64_t end = (at / kHugeFrames + 1) * kWords;
  const std::uint64_t flip = is_used ? 0 : ~std::uint64_t{0};
  std::uint64_t word = at / 64;
  std::uint64_t found = (words_[word] ^ flip) & (~std::uint64_t{0} << (at % 64));
  while (found == 0) {
    if (++word == end) return kNone;
    found = words_[word] ^ flip;
  }
  return word * 64 + static_cast<unsigned>(std::countr_zero(found));
}

inline void LlfreeBits::change(std::uint64_t first, std::uint64_t count, bool is_taken) {
  const std::uint64_t end = first + count;
  for (std::uint64_t at = first; at < end;) {
    const std::uint64_t stop = std::min(end, (at / 64 + 1) * 64);
    const std::uint64_t mask = (~std::uint64_t{0} >> (64 - (stop - at))) << (at % 64);
    std::uint64_t& word = words_[at / 64];
    MEMSIM_CHECK_THAT((word & mask) == (is_taken ? 0 : mask), "a frame that is released was allocated");
    word ^= mask;
    at = stop;
  }
  std::uint16_t& used = used_[first / kHugeFrames];
  used = static_cast<std::uint16_t>(is_taken ? used + count : used - count);
}

}  // namespace memsim
