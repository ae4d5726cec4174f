// The rules of LLFree, one by one.
#include <gtest/gtest.h>

#include <memsim/phys/policy.hpp>

namespace memsim {
namespace {

constexpr std::uint64_t kHuge = 512;
constexpr std::uint64_t kTree = 4 * kHuge;

class Machine {
 public:
  explicit Machine(std::uint64_t trees)
      : allocator_(find_policy("llfree")->create({FrameNumber(0), FrameCount(trees * kTree)}, {{"tree_order", "2"}})) {}

  std::uint64_t allocate(std::uint64_t count, Contiguity contiguity = Contiguity::contiguous) {
    std::vector<Extent> out;
    const auto made = allocator_->allocate({.count = FrameCount(count), .contiguity = contiguity}, out);
    EXPECT_TRUE(made.has_value());
    return made ? out.front().first.value() : ~std::uint64_t{0};
  }
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

TEST(Llfree, LargerRunsComeFromTheLowestAddress) {
  Machine machine(4);
  machine.allocate(1);
  EXPECT_EQ(machine.allocate(600), 1U);
  EXPECT_EQ(machine.allocate(2 * kTree), 601U);
  machine.release(1, 600);
  EXPECT_EQ(machine.allocate(513), 1U);
}

TEST(Llfree, ARunServesWhereNoAlignedBlockIsFree) {
  Machine machine(1);
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
