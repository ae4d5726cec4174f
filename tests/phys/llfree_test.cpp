// The rules of LLFree, one by one.
#include <gtest/gtest.h>

#include <memsim/base/random.hpp>
#include <memsim/phys/policy.hpp>

#include "model/naive_llfree.hpp"

namespace memsim {
namespace {

constexpr std::uint64_t kHuge = 512;
constexpr std::uint64_t kTree = 4 * kHuge;

FrameRequest request_for(std::uint64_t count) {
  return {.count = FrameCount(count), .contiguity = Contiguity::contiguous};
}

class Machine {
 public:
  explicit Machine(std::uint64_t trees, const char* fallback = "none")
      : allocator_(find_policy("llfree")->create({FrameNumber(0), FrameCount(trees * kTree)},
                                                 {{"tree_order", "2"}, {"fallback", fallback}})) {}

  std::uint64_t allocate(std::uint64_t count, Contiguity contiguity = Contiguity::contiguous) {
    std::vector<Extent> out;
    const auto made = allocator_->allocate({.count = FrameCount(count), .contiguity = contiguity}, out);
    EXPECT_TRUE(made.has_value());
    return made ? out.front().first.value() : ~std::uint64_t{0};
  }
  [[nodiscard]] bool serves(std::uint64_t count) const { return allocator_->can_allocate(request_for(count)); }
  void release(std::uint64_t first, std::uint64_t count) {
    allocator_->release({FrameNumber(first), FrameCount(count)});
  }
  // Where the next single frame would come from.
  [[nodiscard]] std::uint64_t next() const {
    std::vector<Extent> out;
    EXPECT_TRUE(allocator_->clone()->allocate({.count = FrameCount(1)}, out).has_value());
    return out.front().first.value();
  }
  FrameAllocator& allocator() { return *allocator_; }

 private:
  std::unique_ptr<FrameAllocator> allocator_;
};

TEST(Llfree, AllocatesInTheReservedTreeUntilItIsFull) {
  Machine machine(4);
  for (std::uint64_t huge = 0; huge < 4; ++huge) EXPECT_EQ(machine.allocate(kHuge), huge * kHuge);
  EXPECT_EQ(machine.allocate(1), kTree) << "of idle trees the nearest";
}

TEST(Llfree, BlocksAreAlignedInsideAHugeFrame) {
  Machine machine(2);
  EXPECT_EQ(machine.allocate(1), 0U);
  EXPECT_EQ(machine.allocate(64), 64U);
  EXPECT_EQ(machine.allocate(8), 8U);
  EXPECT_EQ(machine.allocate(128), 128U);
  EXPECT_EQ(machine.allocate(3), 4U) << "a block of four, of which one stays free";
  EXPECT_EQ(machine.allocate(1), 1U);
  EXPECT_EQ(machine.allocate(256), 256U);
  EXPECT_EQ(machine.allocate(256), kHuge) << "this huge frame has none left";
}

TEST(Llfree, ABusyTreeIsReservedBeforeAnIdleOne) {
  Machine machine(4);
  for (std::uint64_t huge = 0; huge < 12; ++huge) machine.allocate(kHuge);  // three trees are full
  machine.release(0, kHuge);                                                // busy: a quarter is free
  machine.release(kTree, 3 * kHuge);                                        // partial: a quarter is used
  EXPECT_EQ(machine.next(), 0U);
  machine.allocate(kHuge);
  EXPECT_EQ(machine.next(), 0U + kTree) << "then the partial one, before the idle fourth";
}

TEST(Llfree, FourReleasesInARowReserveTheirTree) {
  Machine machine(4);
  for (std::uint64_t huge = 0; huge < 5; ++huge) machine.allocate(kHuge);
  for (std::uint64_t frame = 0; frame < 3; ++frame) machine.release(frame, 1);
  EXPECT_EQ(machine.next(), kTree + kHuge);
  machine.release(3, 1);
  EXPECT_EQ(machine.next(), 0U);
}

TEST(Llfree, TheLargestBlockIsTwoHugeFramesSideBySide) {
  Machine machine(2);
  machine.allocate(kHuge);
  EXPECT_EQ(machine.allocate(2 * kHuge), 2 * kHuge) << "the second huge frame is free, but not its pair";
  EXPECT_EQ(machine.allocate(600), kTree) << "a pair of which the rest stays free";
  EXPECT_TRUE(machine.serves(2 * kHuge));
  EXPECT_FALSE(machine.serves(2 * kHuge + 1)) << "there is no such request";
  EXPECT_EQ(machine.allocator().refusing_option(request_for(2 * kHuge + 1)), "fallback");
  EXPECT_EQ(machine.allocate(3 * kHuge, Contiguity::scattered), kTree + 2 * kHuge);
}

TEST(Llfree, OnlyAlignedBlocksServe) {
  Machine machine(1);
  for (std::uint64_t frame = 0; frame < kTree; ++frame) machine.allocate(1);
  machine.release(3, 4);
  EXPECT_FALSE(machine.serves(4));
  EXPECT_FALSE(machine.serves(3)) << "it takes a block of four";
  EXPECT_EQ(machine.allocate(2), 4U);
}

// Blocks of all orders, on four trees of four huge frames.
TEST(Llfree, DoesWhatThePaperDoes) {
  Machine machine(4);
  model::NaiveLlfree paper(4 * kTree, 2);
  RandomStream random = RandomStream::derive(1, {"llfree"});
  std::vector<Extent> live;
  for (int step = 0; step < 20'000; ++step) {
    if (!live.empty() && random.chance(2, 5)) {
      std::swap(live[random.below(live.size())], live.back());
      machine.release(live.back().first.value(), live.back().count.count());
      paper.release(live.back().first.value(), live.back().count.count());
      live.pop_back();
      continue;
    }
    const auto order = static_cast<unsigned>(random.below(12 - random.below(12)));
    ASSERT_EQ(machine.serves(std::uint64_t{1} << order), paper.serves(order)) << "order " << order;
    const auto expected = paper.allocate(order);
    if (!expected) continue;
    ASSERT_EQ(machine.allocate(std::uint64_t{1} << order), *expected) << "order " << order << ", step " << step;
    live.push_back({FrameNumber(*expected), Order(order).frames()});
  }
}

TEST(Llfree, LargerRunsComeFromTheLowestAddressIfTheyMay) {
  Machine machine(4, "lowest_run");
  machine.allocate(1);
  EXPECT_EQ(machine.allocate(600), 2 * kHuge);
  EXPECT_EQ(machine.allocate(2 * kTree), 2 * kHuge + 600);
  machine.release(2 * kHuge, 600);
  EXPECT_EQ(machine.allocate(513), 3 * kTree) << "a block first";
  EXPECT_EQ(machine.allocate(1025), 1U);
}

TEST(Llfree, ARunServesWhereNoAlignedBlockIsFreeIfItMay) {
  Machine machine(1, "lowest_run");
  for (std::uint64_t frame = 0; frame < kTree; ++frame) machine.allocate(1);
  machine.release(3, 4);
  EXPECT_EQ(machine.allocate(4), 3U);
}

TEST(Llfree, NeighboursOfAScatteredRequestAreOneExtent) {
  Machine machine(4);
  std::vector<Extent> out;
  ASSERT_TRUE(machine.allocator().allocate({.count = FrameCount(3 * kTree)}, out).has_value());
  EXPECT_EQ(out, (std::vector<Extent>{{FrameNumber(0), FrameCount(3 * kTree)}}));
}

TEST(Llfree, UntouchedMemoryCostsNothing) {
  const std::uint64_t frames = std::uint64_t{1} << 32;
  const auto allocator = find_policy("llfree")->create({FrameNumber(0), FrameCount(frames)}, {});
  std::vector<Extent> out;
  const auto made = allocator->allocate({.count = FrameCount(1000), .contiguity = Contiguity::contiguous}, out);
  ASSERT_TRUE(made.has_value());
  EXPECT_LT(made->steps, 10U);
  ASSERT_TRUE(
      allocator->clone()->allocate({.count = FrameCount(1), .window_first = FrameNumber(frames - 1)}, out).has_value());
  EXPECT_EQ(out.back().first, FrameNumber(frames - 1));
  EXPECT_LT(allocator->metadata_bytes(), std::size_t{1} << 20);
}

}  // namespace
}  // namespace memsim
