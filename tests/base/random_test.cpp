#include <memsim/base/random.hpp>

#include <array>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace memsim {
namespace {

constexpr std::uint64_t kLargestWord = std::numeric_limits<std::uint64_t>::max();

// FNV-1a over the little-endian bytes: an order-sensitive hash that needs no library.
std::uint64_t hash_of_draws(RandomStream stream, int count) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (int i = 0; i < count; ++i) {
    const std::uint64_t draw = stream.next_u64();
    for (unsigned shift = 0; shift < 64; shift += 8) hash = (hash ^ ((draw >> shift) & 0xff)) * 0x100000001b3u;
  }
  return hash;
}

// The reference implementation's first outputs for the state that splitmix64 makes of key 0 (worked out separately, in
// Python, from the published description).
TEST(RandomStream, IsXoshiro256PlusPlusSeededBySplitmix64) {
  RandomStream stream(0);
  EXPECT_EQ(stream.next_u64(), 0x53175d61490b23dfu);
  EXPECT_EQ(stream.next_u64(), 0x61da6f3dc380d507u);
  EXPECT_EQ(stream.next_u64(), 0x5c0fdf91ec9a7bfcu);
}

TEST(RandomStream, GivesTheSameThousandDrawsForEver) {
  EXPECT_EQ(hash_of_draws(RandomStream(0), 1000), 0x9ac98233a48d8481u);
  EXPECT_EQ(hash_of_draws(RandomStream(42), 1000), 0x12ca71303adcde30u);
  EXPECT_EQ(hash_of_draws(RandomStream::derive(1, {"process", "camera", 3}), 1000), 0xb4fcc147a714222du);
}

TEST(RandomStream, CopiesContinueWhereTheOriginalStood) {
  RandomStream stream(5);
  (void)stream.next_u64();
  RandomStream copy = stream;
  EXPECT_EQ(copy, stream);
  EXPECT_EQ(copy.next_u64(), stream.next_u64());
}

TEST(RandomStream, PeekShowsTheNextDrawWithoutTakingIt) {
  RandomStream stream(9);
  const RandomStream before = stream;
  const std::uint64_t shown = stream.peek();
  EXPECT_EQ(stream, before);
  EXPECT_EQ(stream.next_u64(), shown);
  EXPECT_NE(stream.peek(), shown);
}

TEST(RandomStreamDerive, DependsOnSeedNamesOrderAndKind) {
  const std::string name = "a";
  const std::array streams{
      RandomStream::derive(1, {}),       RandomStream::derive(2, {}),         RandomStream::derive(1, {""}),
      RandomStream::derive(1, {"", ""}), RandomStream::derive(1, {"a", "b"}), RandomStream::derive(1, {"b", "a"}),
      RandomStream::derive(1, {"ab"}),   RandomStream::derive(1, {"ab", ""}), RandomStream::derive(1, {"7"}),
      RandomStream::derive(1, {7}),      RandomStream::derive(1, {7, 0}),     RandomStream::derive(1, {name})};
  for (std::size_t i = 0; i < streams.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(streams[i], streams[j]) << i << " and " << j;
  }
}

TEST(RandomStreamDerive, IsAFunctionOfItsArguments) {
  const std::string text = "camera";
  EXPECT_EQ(RandomStream::derive(3, {"camera", 2}), RandomStream::derive(3, {text, std::uint8_t{2}}));
}

TEST(RandomStreamBelow, StaysBelowItsBound) {
  RandomStream stream(1);
  for (const std::uint64_t bound : {std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{1} << 63, kLargestWord}) {
    for (int i = 0; i < 1000; ++i) ASSERT_LT(stream.below(bound), bound);
  }
}

// A bound of 3/4 of the range: without rejection the lower results would come up twice as often as the others.
TEST(RandomStreamBelow, IsUnbiasedWhereTheRangeDoesNotDivide) {
  RandomStream stream(2);
  const std::uint64_t bound = std::uint64_t{3} << 62;
  std::array<int, 3> hits{};
  for (int i = 0; i < 300'000; ++i) ++hits[stream.below(bound) >> 62];
  for (const int count : hits) EXPECT_NEAR(count, 100'000, 1300);  // five standard deviations
}

TEST(RandomStreamBelow, ReachesEveryValueEvenly) {
  RandomStream stream(3);
  std::vector<int> hits(10);
  for (int i = 0; i < 100'000; ++i) ++hits[stream.below(10)];
  for (const int count : hits) EXPECT_NEAR(count, 10'000, 500);
}

TEST(RandomStreamBetween, IncludesBothEndsAndSpansEverything) {
  RandomStream stream(4);
  bool low = false;
  bool high = false;
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t draw = stream.between(5, 7);
    ASSERT_TRUE(5 <= draw && draw <= 7);
    low = low || draw == 5;
    high = high || draw == 7;
  }
  EXPECT_TRUE(low && high);
  EXPECT_EQ(stream.between(9, 9), 9u);
  RandomStream copy = stream;
  EXPECT_EQ(stream.between(0, kLargestWord), copy.next_u64());
}

TEST(RandomStreamBetween, CoversNegativeRanges) {
  RandomStream stream(6);
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  bool negative = false;
  bool positive = false;
  for (int i = 0; i < 200; ++i) {
    const std::int64_t draw = stream.between_signed(kLeast, std::numeric_limits<std::int64_t>::max());
    negative = negative || draw < 0;
    positive = positive || draw > 0;
    const std::int64_t small = stream.between_signed(-3, -1);
    ASSERT_TRUE(-3 <= small && small <= -1);
  }
  EXPECT_TRUE(negative && positive);
  EXPECT_EQ(stream.between_signed(kLeast, kLeast), kLeast);
}

TEST(RandomStreamChance, HoldsItsOdds) {
  RandomStream stream(8);
  int hits = 0;
  for (int i = 0; i < 100'000; ++i) hits += stream.chance(1, 4) ? 1 : 0;
  EXPECT_NEAR(hits, 25'000, 700);
  EXPECT_TRUE(stream.chance(1, 1));
  EXPECT_FALSE(stream.chance(0, 1));
}

TEST(RandomStreamDeathTest, BoundZeroIsABugOfOurs) {
  RandomStream stream(1);
  EXPECT_EXIT((void)stream.below(0), testing::ExitedWithCode(70), "bound > 0");
}

}  // namespace
}  // namespace memsim
