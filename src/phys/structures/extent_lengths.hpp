// ExtentLengths: a set of lengths of extents, for finding the shortest sufficient one.
//
// Lengths up to 64 are by far the most frequent and stand in a word of their own; the rest in a BitTree.
#pragma once

#include <bit>
#include <cstdint>

#include "phys/structures/bit_tree.hpp"

namespace memsim {

class ExtentLengths {
 public:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  // Lengths from 1 to `longest`. Requires: 0 < longest <= 2^32.
  explicit ExtentLengths(std::uint64_t longest) : longest_(longest), long_(longest) {}

  [[nodiscard]] bool is_empty() const { return short_ == 0 && long_.is_empty(); }
  [[nodiscard]] bool contains(std::uint64_t length) const {
    return length <= kShort ? contains_short(length) : long_.contains(length - 1);
  }
  // The same. Requires: length <= 64.
  [[nodiscard]] bool contains_short(std::uint64_t length) const { return (short_ >> (length - 1) & 1) != 0; }
  void insert(std::uint64_t length) {
    if (length <= kShort) {
      short_ |= std::uint64_t{1} << (length - 1);
    } else {
      long_.insert(length - 1);
      if (length < shortest_long_) shortest_long_ = length;
    }
  }
  void erase(std::uint64_t length) {
    if (length <= kShort) {
      short_ &= ~(std::uint64_t{1} << (length - 1));
    } else {
      long_.erase(length - 1);
      if (long_.is_empty()) shortest_long_ = kNone;
    }
  }
  // The smallest member >= length, or kNone. Requires: length > 0.
  [[nodiscard]] std::uint64_t next(std::uint64_t length) const {
    if (length <= kShort) {
      const std::uint64_t members = short_ >> (length - 1);
      if (members != 0) return length + static_cast<unsigned>(std::countr_zero(members));
      length = shortest_long_;
    }
    if (length > longest_) return kNone;
    const std::uint64_t found = long_.next(length - 1);
    return found == kNone ? kNone : found + 1;
  }
  // The largest member. Requires: not empty.
  [[nodiscard]] std::uint64_t largest() const {
    if (long_.is_empty()) return static_cast<unsigned>(std::bit_width(short_));
    return long_.previous(longest_ - 1) + 1;
  }

 private:
  static constexpr std::uint64_t kShort = 64;

  std::uint64_t longest_;
  std::uint64_t short_ = 0;              // bit n: length n + 1
  BitTree<TreeStart::empty> long_;       // n: length n + 1
  std::uint64_t shortest_long_ = kNone;  // no member above kShort is shorter; where a search begins
};

}  // namespace memsim
