// The buddy systems whose buddies differ in size: which blocks there are, which one serves, and how they merge.
#include <gmock/gmock.h>

#include <memsim/phys/policy.hpp>

#include "phys/split/split_tree.hpp"

namespace memsim {
namespace {

using testing::ElementsAre;

std::vector<std::uint64_t> sizes(const SplitTree& tree) {
  return {tree.size.begin(), tree.size.begin() + tree.class_count};
}

// Frame 100 on, so that nothing depends on absolute alignment.
std::unique_ptr<FrameAllocator> make(const char* policy, std::uint64_t frames, const PolicyOptions& options = {}) {
  return find_policy(policy)->create({FrameNumber(100), FrameCount(frames)}, options);
}

Extent allocate(FrameAllocator& allocator, std::uint64_t count) {
  std::vector<Extent> out;
  const auto done = allocator.allocate({.count = FrameCount(count), .contiguity = Contiguity::contiguous}, out);
  EXPECT_TRUE(done);
  return done ? out.at(0) : Extent{};
}

std::vector<std::uint64_t> free_sizes(const FrameAllocator& allocator) {
  std::vector<std::uint64_t> counts;
  allocator.for_each_free([&](Extent extent) { counts.push_back(extent.count.count()); });
  return counts;
}

TEST(SplitTree, FibonacciSizesAreSumsOfTheTwoBeforeThem) {
  EXPECT_THAT(sizes(fibonacci_tree(34)), ElementsAre(1, 2, 3, 5, 8, 13, 21, 34));
}

TEST(SplitTree, WeightedSizesArePowersOfTwoAndThreeTimesPowersOfTwo) {
  EXPECT_THAT(sizes(weighted_tree(32)), ElementsAre(1, 2, 3, 4, 6, 8, 12, 16, 24, 32));
}

TEST(SplitTree, EveryBlockIsCutIntoItsTwoChildrenWithoutAGap) {
  for (const SplitTree& tree : {fibonacci_tree(std::uint64_t{1} << 32), weighted_tree(std::uint64_t{1} << 32)}) {
    for (unsigned k = 1; k < tree.class_count; ++k) {
      const SplitTree::Node node{7, k};
      EXPECT_EQ(tree.end(tree.lower(node)), tree.upper(node).first);
      EXPECT_EQ(tree.end(tree.upper(node)), tree.end(node));
      EXPECT_LE(tree.size[tree.upper_class[k]], tree.size[k - 1]);
    }
  }
}

TEST(SplitTree, WeightedBlocksAreCutThreeToOneAndTwoToOne) {
  const SplitTree tree = weighted_tree(16);
  const auto parts = [&](unsigned k) { return std::pair(tree.size[k - 1], tree.size[tree.upper_class[k]]); };
  EXPECT_EQ(parts(tree.class_within(16)), std::pair(12ul, 4ul));
  EXPECT_EQ(parts(tree.class_within(12)), std::pair(8ul, 4ul));
}

TEST(FibonacciBuddy, TakesTheSmallerBuddyWhenItSuffices) {
  const auto allocator = make("fibonacci_buddy", 21);  // 21 = 13 + 8, and 8 = 5 + 3
  EXPECT_EQ(allocate(*allocator, 3), (Extent{FrameNumber(118), FrameCount(3)}));
  EXPECT_THAT(free_sizes(*allocator), ElementsAre(13, 5));
}

TEST(FibonacciBuddy, GivesTheTailOfABlockBackAtOnce) {
  const auto allocator = make("fibonacci_buddy", 13);
  EXPECT_EQ(allocate(*allocator, 6).count, FrameCount(6));  // of 8 = 5 + 3, and of the 3 it needs one
  EXPECT_EQ(allocator->free_frames(), FrameCount(7));
  EXPECT_THAT(free_sizes(*allocator), ElementsAre(1, 1, 5));
}

TEST(FibonacciBuddy, GivesTheWholeBlockWhereTailsAreKept) {
  const auto allocator = make("fibonacci_buddy", 13, {{"tail", "kept"}});
  EXPECT_EQ(allocate(*allocator, 6), (Extent{FrameNumber(100), FrameCount(8)}));
  EXPECT_THAT(free_sizes(*allocator), ElementsAre(5));
}

TEST(WeightedBuddy, GivesTheWholeBlockWhereTailsAreKept) {
  const auto allocator = make("weighted_buddy", 16, {{"tail", "kept"}});
  EXPECT_EQ(allocate(*allocator, 5), (Extent{FrameNumber(100), FrameCount(6)}));  // 16 = 12 + 4, 12 = 8 + 4, 8 = 6 + 2
  EXPECT_THAT(free_sizes(*allocator), ElementsAre(2, 4, 4));
}

TEST(WeightedBuddy, TakesThreeQuartersOrOneQuarterOfAPowerOfTwo) {
  const auto allocator = make("weighted_buddy", 16);
  EXPECT_EQ(allocate(*allocator, 4), (Extent{FrameNumber(112), FrameCount(4)}));
  EXPECT_EQ(allocate(*allocator, 12), (Extent{FrameNumber(100), FrameCount(12)}));
  EXPECT_TRUE(allocator->free_frames().is_zero());
}

TEST(SplitBuddies, MergeToTheirRootsHoweverTheFramesComeBack) {
  for (const char* policy : {"fibonacci_buddy", "weighted_buddy"}) {
    const auto allocator = make(policy, 100);
    const std::vector<std::uint64_t> fresh = free_sizes(*allocator);
    std::vector<Extent> out;
    ASSERT_TRUE(allocator->allocate({.count = FrameCount(100)}, out));
    for (std::uint64_t i = 0; i < 100; ++i) {
      allocator->release({FrameNumber(100 + i * 37 % 100), FrameCount(1)});
      allocator->check_invariants();
    }
    EXPECT_EQ(free_sizes(*allocator), fresh);
  }
}

TEST(SplitBuddies, RegionOf16TebibytesStartsWithFewBlocks) {
  for (const char* policy : {"fibonacci_buddy", "weighted_buddy"}) {
    const auto allocator = make(policy, (std::uint64_t{1} << 32) - 100);
    EXPECT_LE(free_sizes(*allocator).size(), 64u);
    EXPECT_EQ(allocate(*allocator, std::uint64_t{1} << 18).count, FrameCount(std::uint64_t{1} << 18));
  }
}

}  // namespace
}  // namespace memsim
