#include "base/random/fixed_log.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include <memsim/base/random.hpp>

// The host's long double functions are the oracle: 64 bits of mantissa, far better than what is claimed.
namespace memsim::fixed {
namespace {

constexpr long double kTolerance = 0x1p-46L;

long double error(long double shown, long double right) { return std::fabs(shown - right); }

long double log2_of(std::uint64_t x) { return std::ldexp(static_cast<long double>(log2_q56(x)), -56); }

TEST(FixedLog2, IsExactEnoughOverTheWholeRange) {
  RandomStream random(1);
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t shift = random.below(64);
    const std::uint64_t x = (random.next_u64() >> shift) | 1;
    ASSERT_LE(error(log2_of(x), std::log2(static_cast<long double>(x))), kTolerance) << x;
  }
}

TEST(FixedLog2, IsExactEnoughAtTheSeamsOfItsTable) {
  for (std::uint64_t i = 128; i <= 256; ++i) {
    for (const std::uint64_t x : {(i << 55) - 1, i << 55, (i << 55) + 1}) {
      ASSERT_LE(error(log2_of(x), std::log2(static_cast<long double>(x))), kTolerance) << x;
    }
  }
  EXPECT_LE(error(log2_of(1), 0), kTolerance);
  EXPECT_LE(error(log2_of(std::numeric_limits<std::uint64_t>::max()), 64), kTolerance);
}

TEST(FixedExp2, IsExactEnough) {
  RandomStream random(2);
  for (int i = 0; i < 200'000; ++i) {
    const std::int64_t y = random.between_signed(-(std::int64_t{60} << 56), std::int64_t{60} << 56);
    const Scaled power = exp2_of_q56(y);
    ASSERT_GE(power.mantissa_q62, std::uint64_t{1} << 62);
    ASSERT_LT(power.mantissa_q62, std::uint64_t{1} << 63);
    const long double shown = std::ldexp(static_cast<long double>(power.mantissa_q62), power.exponent - 62);
    const long double right = std::exp2(std::ldexp(static_cast<long double>(y), -56));
    ASSERT_LE(error(shown / right, 1), kTolerance) << y;
  }
}

TEST(FixedExp2, GivesWholePowersAndTheEdgesOfItsTable) {
  EXPECT_EQ(exp2_of_q56(0).mantissa_q62, std::uint64_t{1} << 62);
  EXPECT_EQ(exp2_of_q56(std::int64_t{5} << 56).exponent, 5);
  EXPECT_EQ(exp2_of_q56(-1).exponent, -1);
  EXPECT_LT(exp2_of_q56(-1).mantissa_q62, std::uint64_t{1} << 63);
}

TEST(FixedMultiply, RoundsToNearestAndSaturates) {
  constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
  const Scaled one{std::uint64_t{1} << 62, 0};
  const Scaled half{std::uint64_t{1} << 62, -1};
  EXPECT_EQ(multiply_saturating(7, one), 7);
  EXPECT_EQ(multiply_saturating(kLargest, one), kLargest);
  EXPECT_EQ(multiply_saturating(7, half), 4);
  EXPECT_EQ(multiply_saturating(5, {std::uint64_t{1} << 62, -2}), 1);
  EXPECT_EQ(multiply_saturating(0, {std::uint64_t{1} << 62, 1000}), 0);
  EXPECT_EQ(multiply_saturating(1, {std::uint64_t{1} << 62, 62}), std::int64_t{1} << 62);
  EXPECT_EQ(multiply_saturating(2, {std::uint64_t{1} << 62, 62}), kLargest);
  EXPECT_EQ(multiply_saturating(1, {std::uint64_t{1} << 62, 63}), kLargest);
  EXPECT_EQ(multiply_saturating(kLargest, {std::uint64_t{1} << 62, -63}), 1);
  EXPECT_EQ(multiply_saturating(kLargest, {std::uint64_t{1} << 62, -65}), 0);
}

TEST(FixedCosine, IsExactEnoughAllTheWayRound) {
  RandomStream random(3);
  const long double turn = 2 * std::acos(-1.0L);
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t u = random.next_u64();
    const long double right = std::cos(std::ldexp(static_cast<long double>(u), -64) * turn);
    ASSERT_LE(error(std::ldexp(static_cast<long double>(cosine_q62(u)), -62), right), kTolerance) << u;
  }
}

TEST(FixedCosine, HitsTheQuarters) {
  const auto near = [](std::uint64_t turn) { return std::ldexp(static_cast<long double>(cosine_q62(turn)), -62); };
  EXPECT_LE(error(near(0), 1), kTolerance);
  EXPECT_LE(error(near(std::uint64_t{1} << 62), 0), kTolerance);
  EXPECT_LE(error(near(std::uint64_t{1} << 63), -1), kTolerance);
  EXPECT_LE(error(near(std::uint64_t{3} << 62), 0), kTolerance);
}

}  // namespace
}  // namespace memsim::fixed
