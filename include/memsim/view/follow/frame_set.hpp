// FrameSet: a fingerprint of which frames are taken, kept up to date extent by extent.
//
// It is the polynomial of the set, sum of r^f over its frames f, at a fixed point r of the field modulo 2^61 - 1, times
// r - 1: then an extent [a, b) adds r^b - r^a, however long it is. Equal sets have equal values however they were cut
// into extents; two different sets of frames below 2^32 share a value with a chance of about 2^-29 at most. As a
// follower (engine/view.hpp) it is the set of a run's frames in use, at some 30 ns an extent and in 16 bytes, where a
// FrameBook would keep every run.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <memsim/base/units.hpp>
#include <memsim/view/follow/frame_follower.hpp>

namespace memsim {

namespace frame_set {

inline constexpr std::uint64_t kPrime = (std::uint64_t{1} << 61) - 1;
inline constexpr std::uint64_t kPoint = 0x1234'5678'9abc'def1;  // below kPrime; nothing else is asked of it

constexpr std::uint64_t reduced(std::uint64_t value) { return value >= kPrime ? value - kPrime : value; }
constexpr std::uint64_t sum(std::uint64_t a, std::uint64_t b) { return reduced(a + b); }

// 2^61 is 1 modulo the prime, so the high part of a product is added to the low one.
constexpr std::uint64_t product(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide wide = Wide{a} * b;
  return sum(static_cast<std::uint64_t>(wide) & kPrime, static_cast<std::uint64_t>(wide >> 61));
}

// kPoint to the power digit * 16^place: a power is then one product for each hexadecimal digit of its exponent.
inline constexpr std::array<std::array<std::uint64_t, 16>, 16> kPowers = [] {
  std::array<std::array<std::uint64_t, 16>, 16> powers{};
  std::uint64_t step = kPoint;
  for (auto& digits : powers) {
    digits[0] = 1;
    for (std::size_t digit = 1; digit < digits.size(); ++digit) digits[digit] = product(digits[digit - 1], step);
    step = product(digits.back(), step);
  }
  return powers;
}();

constexpr std::uint64_t power(FrameNumber exponent) {
  std::uint64_t result = 1;
  std::uint64_t rest = exponent.value();
  for (std::size_t place = 0; rest != 0; ++place, rest >>= 4) result = product(result, kPowers[place][rest & 15]);
  return result;
}

}  // namespace frame_set

class FrameSet : public FrameFollower<FrameSet> {
 public:
  void add(const Extent& extent) {
    value_ = frame_set::sum(value_, value_of(extent));
    count_ += extent.count;
  }
  // Requires: `extent` was added, whole or in parts.
  void remove(const Extent& extent) {
    value_ = frame_set::sum(value_, frame_set::reduced(frame_set::kPrime - value_of(extent)));
    count_ -= extent.count;
  }

  // The changes that FrameFollower makes of the records.
  void take(const Extent& extent, const FrameHolding&) { add(extent); }
  void give_back(const Extent& extent) { remove(extent); }

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
