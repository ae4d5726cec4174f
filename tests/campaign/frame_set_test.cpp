#include <memsim/view/follow/frame_set.hpp>

#include <gtest/gtest.h>

#include <set>
#include <utility>

namespace memsim {
namespace {

constexpr Extent extent(std::uint64_t first, std::uint64_t count) { return {FrameNumber(first), FrameCount(count)}; }

// A frame at a time, by repeated multiplication.
std::uint64_t slow_power(std::uint64_t exponent) {
  std::uint64_t result = 1;
  for (std::uint64_t i = 0; i < exponent; ++i) result = frame_set::product(result, frame_set::kPoint);
  return result;
}

TEST(FrameSet, PowersAreRepeatedProducts) {
  for (const std::uint64_t exponent : {0U, 1U, 2U, 15U, 16U, 17U, 255U, 256U, 4097U, 100'000U}) {
    EXPECT_EQ(frame_set::power(FrameNumber(exponent)), slow_power(exponent)) << exponent;
  }
}

TEST(FrameSet, ProductsAreThoseModuloThePrime) {
  __extension__ using Wide = unsigned __int128;
  for (std::uint64_t a = 1; a < frame_set::kPrime / 3; a = a * 3 + 1) {
    for (std::uint64_t b = frame_set::kPrime - 1; b > 7; b /= 7) {
      EXPECT_EQ(frame_set::product(a, b), static_cast<std::uint64_t>(Wide{a} * b % frame_set::kPrime));
    }
  }
}

TEST(FrameSet, IsWhatItHoldsHoweverItWasCut) {
  FrameSet whole;
  whole.add(extent(1000, 64));
  FrameSet parts;
  parts.add(extent(1040, 24));
  parts.add(extent(1000, 40));
  EXPECT_EQ(whole.value(), parts.value());
  EXPECT_EQ(whole.count(), parts.count());
}

TEST(FrameSet, IsEmptyAgainWhenAllIsTakenOut) {
  FrameSet set;
  set.add(extent(0, 4096));
  set.add(extent(std::uint64_t{1} << 40, 3));
  set.remove(extent(100, 1));
  set.remove(extent(0, 100));
  set.remove(extent(101, 3995));
  EXPECT_NE(set.value(), 0);
  set.remove(extent(std::uint64_t{1} << 40, 3));
  EXPECT_EQ(set.value(), 0);
  EXPECT_EQ(set.count(), FrameCount(0));
}

TEST(FrameSet, OtherExtentsGiveOtherValues) {
  std::set<std::uint64_t> values;
  for (std::uint64_t first = 0; first < 100; ++first) {
    for (std::uint64_t count = 1; count < 100; ++count) {
      FrameSet set;
      set.add(extent(first, count));
      EXPECT_TRUE(values.insert(set.value()).second) << first << ", " << count;
    }
  }
}

}  // namespace
}  // namespace memsim
