// The rules of Linux's page allocator, one by one. Where the per-CPU lists are not the subject they are off.
#include <gtest/gtest.h>

#include <algorithm>

#include <memsim/base/random.hpp>
#include <memsim/phys/linux_free_lists.hpp>

namespace memsim {
namespace {

using enum Mobility;

class Machine {
 public:
  Machine(std::uint64_t frames, PolicyOptions options)
      : allocator_(find_policy("linux")->create({FrameNumber(0), FrameCount(frames)}, options)) {}

  // The first frame of a block of the order.
  std::uint64_t allocate(unsigned order, Mobility mobility, unsigned cpu = 0) {
    return contiguous(std::uint64_t{1} << order, mobility, cpu);
  }
  std::uint64_t contiguous(std::uint64_t count, Mobility mobility, unsigned cpu = 0) {
    std::vector<Extent> out;
    const auto made = allocator_->allocate({.count = FrameCount(count),
                                            .contiguity = Contiguity::contiguous,
                                            .mobility = mobility,
                                            .cpu = CpuId(static_cast<CpuId::rep>(cpu))},
                                           out);
    EXPECT_TRUE(made.has_value());
    return made ? out.front().first.value() : ~std::uint64_t{0};
  }
  void release(std::uint64_t first, std::uint64_t count = 1, unsigned cpu = 0) {
    allocator_->release({FrameNumber(first), FrameCount(count)}, CpuId(static_cast<CpuId::rep>(cpu)));
  }
  void allocate_all(Mobility mobility) {
    while (!allocator_->free_frames().is_zero()) allocate(0, mobility);
  }

  // The first frames of a list, head first.
  [[nodiscard]] std::vector<std::uint64_t> list(unsigned order, Mobility type) const {
    std::vector<std::uint64_t> firsts;
    for (const LinuxFreeLists::Block& block : lists().blocks) {
      if (block.order == Order(order) && block.type == type) firsts.push_back(block.first.value());
    }
    return firsts;
  }
  [[nodiscard]] std::vector<std::uint64_t> cached(unsigned cpu) const {
    std::vector<std::uint64_t> firsts;
    for (const LinuxFreeLists::CachedBlock& block : lists().cached) {
      if (block.cpu.value() == cpu) firsts.push_back(block.first.value());
    }
    return firsts;
  }
  [[nodiscard]] Mobility page_block_type(std::size_t index) const { return lists().page_block_types[index]; }
  [[nodiscard]] LinuxFreeLists lists() const { return *linux_free_lists(*allocator_); }
  FrameAllocator& allocator() { return *allocator_; }

 private:
  std::unique_ptr<FrameAllocator> allocator_;
};

using Frames = std::vector<std::uint64_t>;

// Six page blocks of 16 frames, the least for which mobility is told apart.
Machine small_machine() { return {96, {{"pcp", "off"}, {"top_order", "4"}, {"pageblock_order", "4"}}}; }

TEST(Linux, FreshMemoryIsTakenFromTheLowestAddressUp) {
  Machine machine(8192, {{"pcp", "off"}});
  EXPECT_EQ(machine.list(10, movable), (Frames{0, 1024, 2048, 3072, 4096, 5120, 6144, 7168}));
  for (std::uint64_t frame = 0; frame < 5; ++frame) EXPECT_EQ(machine.allocate(0, movable), frame);
  EXPECT_EQ(machine.list(0, movable), Frames{5});
  EXPECT_EQ(machine.list(1, movable), Frames{6});
  EXPECT_EQ(machine.list(9, movable), Frames{512});
}

TEST(Linux, AFreedBlockGoesToTheHead) {
  Machine machine(8192, {{"pcp", "off"}});
  for (int i = 0; i < 16; ++i) machine.allocate(0, movable);
  machine.release(1);
  machine.release(9);
  EXPECT_EQ(machine.list(0, movable), (Frames{9, 1}));
}

TEST(Linux, ABlockLikelyToMergeOnGoesToTheTail) {
  Machine machine(8192, {{"pcp", "off"}});
  for (int i = 0; i < 16; ++i) machine.allocate(0, movable);
  machine.release(5);
  machine.release(2, 2);
  machine.release(0);  // with frame 1 it would merge with [2, 4)
  EXPECT_EQ(machine.list(0, movable), (Frames{5, 0}));
}

TEST(Linux, NothingGoesToTheTailNearTheTopOrder) {
  Machine machine(96, {{"pcp", "off"}, {"top_order", "1"}, {"pageblock_order", "1"}});
  for (int i = 0; i < 8; ++i) machine.allocate(0, movable);
  machine.release(5);
  machine.release(2, 2);
  machine.release(0);
  EXPECT_EQ(machine.list(0, movable), (Frames{0, 5}));
}

TEST(Linux, AnotherTypeClaimsTheLargestBlockWithItsPageBlocks) {
  Machine machine(8192, {{"pcp", "off"}});
  EXPECT_EQ(machine.allocate(0, movable), 0U);
  EXPECT_EQ(machine.allocate(0, unmovable), 1024U);
  EXPECT_EQ(machine.page_block_type(1), movable);
  EXPECT_EQ(machine.page_block_type(2), unmovable);
  EXPECT_EQ(machine.page_block_type(3), unmovable);
  EXPECT_EQ(machine.list(9, unmovable), Frames{1536});
  EXPECT_EQ(machine.allocate(0, unmovable), 1025U);
  EXPECT_EQ(machine.allocate(0, reclaimable), 2048U);
  EXPECT_EQ(machine.page_block_type(4), reclaimable);
}

TEST(Linux, APageBlockHalfFreeIsClaimed) {
  Machine machine = small_machine();
  machine.allocate_all(movable);
  machine.release(36, 4);
  machine.release(32, 4);
  EXPECT_EQ(machine.allocate(0, unmovable), 32U);
  EXPECT_EQ(machine.page_block_type(2), unmovable);
  EXPECT_EQ(machine.list(2, unmovable), Frames{36});
}

TEST(Linux, APageBlockLessThanHalfFreeIsStolenFrom) {
  Machine machine = small_machine();
  machine.allocate_all(movable);
  machine.release(32, 7);
  EXPECT_EQ(machine.allocate(0, unmovable), 38U) << "the smallest block";
  EXPECT_EQ(machine.page_block_type(2), movable);
  EXPECT_EQ(machine.list(2, movable), Frames{32});
}

TEST(Linux, FramesInUseThatAreNotMovableCountForTheClaim) {
  Machine machine = small_machine();
  machine.allocate_all(movable);
  machine.release(32, 2);
  EXPECT_EQ(machine.allocate(1, unmovable), 32U);  // stolen
  EXPECT_EQ(machine.page_block_type(2), movable);
  machine.release(34, 6);  // with the two in use that is half of it
  EXPECT_EQ(machine.allocate(0, unmovable), 34U) << "claimed through the largest block, served from the smallest list";
  EXPECT_EQ(machine.page_block_type(2), unmovable);
}

TEST(Linux, MovableRequestsDoNotClaimThroughSmallBlocks) {
  Machine machine = small_machine();
  machine.allocate_all(unmovable);
  for (std::uint64_t frame = 32; frame < 48; frame += 2) machine.release(frame);
  const auto copy =
      create_linux_allocator({FrameNumber(0), FrameCount(96)},
                             {{"pcp", "off"}, {"top_order", "4"}, {"pageblock_order", "4"}}, machine.lists());
  machine.allocate(0, movable);
  EXPECT_EQ(machine.page_block_type(2), unmovable);
  std::vector<Extent> out;
  ASSERT_TRUE(copy->allocate({.count = FrameCount(1), .mobility = reclaimable}, out).has_value());
  EXPECT_EQ(linux_free_lists(*copy)->page_block_types[2], reclaimable) << "half of it was free";
}

TEST(Linux, ClaimedBlocksMoveToTheTails) {
  Machine machine = small_machine();
  machine.allocate_all(movable);
  machine.release(0, 16);
  EXPECT_EQ(machine.allocate(4, reclaimable), 0U);
  machine.release(3);
  machine.release(40, 8);
  machine.release(32, 2);
  machine.release(35);
  EXPECT_EQ(machine.allocate(1, reclaimable), 32U);
  EXPECT_EQ(machine.page_block_type(2), reclaimable);
  EXPECT_EQ(machine.list(0, reclaimable), (Frames{3, 35}));
  EXPECT_EQ(machine.list(3, reclaimable), Frames{40});
}

TEST(Linux, FewPageBlocksAreAllUnmovable) {
  Machine machine(5 * 512, {{"pcp", "off"}});
  EXPECT_EQ(machine.page_block_type(0), unmovable);
  machine.allocate(0, movable);
  EXPECT_EQ(machine.page_block_type(0), unmovable);
}

TEST(Linux, TheRestOfACountGoesBackToTheTails) {
  Machine machine(8192, {{"pcp", "off"}});
  EXPECT_EQ(machine.contiguous(16, movable), 0U);
  machine.release(0);
  EXPECT_EQ(machine.contiguous(5, movable), 16U);
  EXPECT_EQ(machine.list(0, movable), (Frames{0, 21}));
  EXPECT_EQ(machine.list(1, movable), (Frames{22}));
}

TEST(Linux, ABlockThatComesBackInPartBecomesSingleFrames) {
  Machine machine(8192, {{"high_min", "100"}});
  EXPECT_EQ(machine.allocate(6, movable), 0U);
  machine.release(0, 3);
  EXPECT_EQ(machine.cached(0), (Frames{2, 1, 0}));
  machine.release(3, 61);
  EXPECT_EQ(machine.cached(0).size(), 64U);
}

// MAX_PAGE_ORDER, HPAGE_PMD_ORDER and pageblock_order of arm64 kernels.
TEST(Linux, TheOrdersFollowThePageSize) {
  struct Kernel {
    unsigned page_shift;
    unsigned top_order;
    unsigned huge_order;
  };
  for (const Kernel& kernel : {Kernel{12, 10, 9}, Kernel{14, 11, 11}, Kernel{16, 13, 13}}) {
    const std::uint64_t frames = std::uint64_t{16} << kernel.top_order;
    const auto create = [&](const PolicyOptions& options) {
      return find_policy("linux")->create({FrameNumber(0), FrameCount(frames)}, options, PageSize(kernel.page_shift));
    };
    const auto allocator = create({{"pcp", "off"}});
    EXPECT_EQ(allocator->top_order(), Order(kernel.top_order)) << kernel.page_shift;
    EXPECT_EQ(linux_free_lists(*allocator)->page_block_types.size(), frames >> kernel.huge_order) << kernel.page_shift;
    std::vector<Extent> out;
    std::vector<Extent> one_by_one;
    EXPECT_TRUE(allocator->allocate({.count = FrameCount(2), .mobility = movable}, out).has_value());
    const std::uint64_t huge = std::uint64_t{1} << kernel.huge_order;
    const auto made = allocator->allocate({.count = FrameCount(huge), .mobility = movable}, one_by_one);
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(one_by_one, (std::vector<Extent>{{FrameNumber(huge), FrameCount(huge)}})) << "one huge page";
    EXPECT_EQ(create({{"top_order", "4"}, {"pageblock_order", "2"}})->top_order(), Order(4));
  }
}

TEST(Linux, UntouchedMemoryCostsNothing) {
  const std::uint64_t frames = std::uint64_t{1} << 32;
  Machine machine(frames, {});
  EXPECT_EQ(machine.allocate(0, unmovable), 0U);
  std::vector<Extent> out;
  const auto copy = machine.allocator().clone();
  ASSERT_TRUE(copy->allocate({.count = FrameCount(1), .window_first = FrameNumber(frames - 1)}, out).has_value());
  EXPECT_EQ(out.back().first, FrameNumber(frames - 1));
  EXPECT_LT(machine.allocator().metadata_bytes(), std::size_t{1} << 20);
}

TEST(LinuxCpuLists, AFrameGoesToItsProcessorAndIsTakenFirst) {
  Machine machine(8192, {{"batch", "7"}, {"high_min", "28"}, {"high_max", "28"}});
  const std::uint64_t frame = machine.allocate(0, movable, 0);
  machine.release(frame, 1, 1);
  EXPECT_EQ(machine.cached(1), Frames{frame});
  EXPECT_NE(machine.allocate(0, movable, 0), frame);
  EXPECT_EQ(machine.allocate(0, movable, 1), frame);
  EXPECT_TRUE(machine.cached(1).empty());
}

// As the header's rules have it: 7 frames, then 14, because the batch doubles with each refill in a row.
TEST(LinuxCpuLists, RefillsDouble) {
  Machine machine(8192, {{"batch", "7"}, {"high_min", "28"}, {"high_max", "280"}});
  machine.allocate(0, movable);
  EXPECT_EQ(machine.cached(0), (Frames{1, 2, 3, 4, 5, 6}));
  for (int i = 0; i < 7; ++i) machine.allocate(0, movable);
  EXPECT_EQ(machine.cached(0).size(), 13U);
  EXPECT_EQ(machine.lists().high, std::vector<std::uint32_t>{28 + 7 + 14});
}

TEST(LinuxCpuLists, AFreeResetsTheBatch) {
  Machine machine(8192, {{"batch", "7"}, {"high_min", "28"}, {"high_max", "280"}});
  for (int i = 0; i < 7; ++i) machine.allocate(0, movable);
  machine.release(0);
  machine.allocate(0, movable);
  machine.allocate(0, movable);
  EXPECT_EQ(machine.cached(0).size(), 6U);
}

// With equal limits nothing tunes itself. Fourteen frames are cached when the frees begin; at 28 as many are drained as
// came back in a row.
TEST(LinuxCpuLists, ManyFreesDrainFromTheTail) {
  Machine machine(8192, {{"batch", "7"}, {"high_min", "28"}, {"high_max", "28"}});
  for (int i = 0; i < 28; ++i) machine.allocate(0, movable);
  for (std::uint64_t frame = 0; frame < 13; ++frame) machine.release(frame);
  EXPECT_EQ(machine.cached(0).size(), 27U);
  machine.release(13);
  EXPECT_EQ(machine.cached(0), (Frames{13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}));
}

TEST(LinuxCpuLists, HighGrowsWithTheFreesInARow) {
  Machine machine(8192, {{"batch", "7"}, {"high_min", "28"}, {"high_max", "280"}});
  EXPECT_EQ(machine.allocate(6, movable), 0U);
  for (std::uint64_t frame = 0; frame < 27; ++frame) machine.release(frame);
  EXPECT_EQ(machine.lists().high.front(), 28U);
  machine.release(27);
  EXPECT_EQ(machine.lists().high.front(), 28U + 7U);
  EXPECT_EQ(machine.cached(0), (Frames{27, 26, 25, 24, 23, 22, 21})) << "a batch stays";
}

TEST(LinuxCpuLists, ASecondLowersHighByAnEighthAndDrains) {
  Machine machine(8192, {{"batch", "7"}, {"high_min", "28"}, {"high_max", "280"}});
  for (int i = 0; i < 100; ++i) machine.allocate(0, movable);
  ASSERT_EQ(machine.lists().high.front(), 133U);
  for (std::uint64_t frame = 0; frame < 100; ++frame) machine.release(frame);
  ASSERT_EQ(machine.cached(0).size(), 105U);
  decay_linux_cpu_lists(machine.allocator(), CpuId(0));
  EXPECT_EQ(machine.lists().high.front(), 117U);
  EXPECT_EQ(machine.cached(0).size(), 105U);
  decay_linux_cpu_lists(machine.allocator(), CpuId(0));
  EXPECT_EQ(machine.lists().high.front(), 103U);
  EXPECT_EQ(machine.cached(0).size(), 103U);
}

TEST(LinuxCpuLists, HighOrdersHaveListsOfTheirOwn) {
  Machine machine(16384, {{"high_min", "8000"}, {"high_max", "8000"}});
  const std::uint64_t block = machine.allocate(3, movable);
  const std::uint64_t other = machine.allocate(4, movable);
  const std::uint64_t huge = machine.allocate(9, movable);
  const std::size_t before = machine.cached(0).size();
  machine.release(block, 8);
  machine.release(huge, 512);
  EXPECT_EQ(machine.cached(0).size(), before + 2);
  machine.release(other, 16);
  EXPECT_EQ(machine.cached(0).size(), before + 2) << "order 4 passes no list";
  EXPECT_EQ(machine.allocate(9, movable), huge);
  EXPECT_EQ(machine.allocate(3, movable), block);
}

TEST(LinuxCpuLists, ARequestThatFindsNoPlaceDrainsAllProcessors) {
  Machine machine(64, {{"high_min", "64"}, {"high_max", "64"}});
  machine.allocate_all(movable);
  for (std::uint64_t frame = 0; frame < 64; ++frame) machine.release(frame, 1, static_cast<unsigned>(frame % 3));
  ASSERT_TRUE(machine.lists().blocks.empty());
  EXPECT_TRUE(machine.allocator().can_allocate({.count = FrameCount(64), .contiguity = Contiguity::contiguous}));
  ASSERT_TRUE(machine.lists().blocks.empty()) << "asking drains nothing";
  EXPECT_EQ(machine.allocate(5, movable), 0U);
  EXPECT_EQ(machine.list(5, unmovable), Frames{32});
}

TEST(LinuxCpuLists, ARefusalDrainsNothing) {
  Machine machine(64, {{"high_min", "64"}, {"high_max", "64"}});
  machine.allocate_all(movable);
  for (std::uint64_t frame = 0; frame < 64; frame += 2) machine.release(frame);
  const LinuxFreeLists before = machine.lists();
  std::vector<Extent> out;
  EXPECT_FALSE(
      machine.allocator().allocate({.count = FrameCount(2), .contiguity = Contiguity::contiguous}, out).has_value());
  EXPECT_EQ(machine.lists().cached, before.cached);
  EXPECT_EQ(machine.lists().blocks, before.blocks);
}

TEST(LinuxFreeLists, AStartFromListsHasThem) {
  Machine machine(8192, {{"top_order", "6"}, {"pageblock_order", "4"}});
  RandomStream random = RandomStream::derive(1, {"linux_test"});
  std::vector<std::uint64_t> live;
  for (int i = 0; i < 6000; ++i) {
    const auto mobility = static_cast<Mobility>(random.below(3));
    live.push_back(machine.allocate(0, mobility, static_cast<unsigned>(random.below(2))));
    if (!random.chance(1, 2)) continue;
    std::swap(live[random.below(live.size())], live.back());
    machine.release(live.back(), 1, static_cast<unsigned>(random.below(2)));
    live.pop_back();
  }
  const LinuxFreeLists lists = machine.lists();
  const auto copy =
      create_linux_allocator({FrameNumber(0), FrameCount(8192)}, {{"top_order", "6"}, {"pageblock_order", "4"}}, lists);
  copy->check_invariants();
  EXPECT_EQ(copy->free_frames(), machine.allocator().free_frames());
  const auto again = linux_free_lists(*copy);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->blocks, lists.blocks);
  EXPECT_EQ(again->cached, lists.cached);
  EXPECT_EQ(again->high, lists.high);
  EXPECT_EQ(again->page_block_types, lists.page_block_types);
  EXPECT_EQ(again->free_blocks_by_type, lists.free_blocks_by_type);
  std::vector<Extent> out;
  ASSERT_TRUE(copy->allocate({.count = FrameCount(1), .mobility = movable}, out).has_value());
  EXPECT_EQ(out.front().first.value(), machine.allocate(0, movable));
}

TEST(LinuxFreeLists, OtherPoliciesHaveNone) {
  EXPECT_FALSE(linux_free_lists(*find_policy("buddy")->create({FrameNumber(0), FrameCount(64)}, {})).has_value());
}

}  // namespace
}  // namespace memsim
