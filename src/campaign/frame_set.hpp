// FrameSet: a fingerprint of which frames are taken, kept up to date extent by extent.
//
// It is the polynomial of the set, sum of r^f over its frames f, at a fixed point r of the field modulo 2^61 - 1, times
// r - 1: then an extent [a, b) adds r^b - r^a, however long it is. Equal sets have equal values however they were cut
// into extents; two different sets of N frames share a value with a chance of about 2^-29 at most.
#pragma once

#include <array>
#include <cstdint>

#include <memsim/base/units.hpp>

namespace memsim {

namespace frame_set {

inline constexpr std::uint64_t kPrime = (std::uint64_t{1} << 61) - 1;
inline constexpr std::uint64_t kPoint = 0x1234'5678'9abc'def1;  // below kPrime; nothing else is asked of it

constexpr std::uint64_t sum(std::uint64_t a, std::uint64_t b) { return (a + b) % kPrime; }

constexpr std::uint64_t product(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(Wide{a} * b % kPrime);
}

// kPoint to the powers 1, 2, 4, ...
inline constexpr std::array<std::uint64_t, 64> kSquares = [] {
  std::array<std::uint64_t, 64> squares{};
  std::uint64_t square = kPoint;
  for (std::uint64_t& entry : squares) {
    entry = square;
    square = product(square, square);
  }
  return squares;
}();

constexpr std::uint64_t power(FrameNumber exponent) {
  std::uint64_t result = 1;
  for (std::uint64_t bits = exponent.value(), i = 0; bits != 0; bits >>= 1, ++i) {
    if ((bits & 1) != 0) result = product(result, kSquares[i]);
  }
  return result;
}

}  // namespace frame_set

class FrameSet {
 public:
  void add(const Extent& extent) {
    value_ = frame_set::sum(value_, value_of(extent));
    count_ += extent.count;
  }
  // Requires: `extent` was added, whole or in parts.
  void remove(const Extent& extent) {
    value_ = frame_set::sum(value_, frame_set::kPrime - value_of(extent));
    count_ -= extent.count;
  }

  [[nodiscard]] std::uint64_t value() const { return value_; }  // 0 for the empty set
  [[nodiscard]] FrameCount count() const { return count_; }

 private:
  static std::uint64_t value_of(const Extent& extent) {
    return frame_set::sum(frame_set::power(extent.end()), frame_set::kPrime - frame_set::power(extent.first));
  }

  std::uint64_t value_ = 0;
  FrameCount count_;
};

}  // namespace memsim
