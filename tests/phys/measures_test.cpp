// The measures of free space against published values, and the fragmentation that they are there to show.
#include <gtest/gtest.h>

#include <memsim/base/fragmentation.hpp>
#include <memsim/base/random.hpp>
#include <memsim/phys/physical_memory.hpp>

namespace memsim {
namespace {

PhysicalMemory memory_of(std::uint64_t frames, const char* top_order = "18", const char* placement = "lowest") {
  PhysicalMemoryConfig config;
  config.regions.push_back({.name = "ram", .base = PhysAddr(0), .size = config.page_size.bytes() * frames});
  config.policy_options = {{"top_order", top_order}, {"placement", placement}};
  return std::move(PhysicalMemory::create(config)).value();
}

Extent allocate_block(PhysicalMemory& memory, unsigned order) {
  const auto made = memory.allocate({.count = Order(order).frames(), .contiguity = Contiguity::contiguous});
  return made ? made->extents.front() : Extent{};
}

FreeSpace free_space_of(std::initializer_list<std::uint64_t> free_blocks) {
  FreeSpace space;
  std::uint64_t free = 0;
  unsigned order = 0;
  for (const std::uint64_t blocks : free_blocks) {
    space.free_blocks[order] = blocks;
    free += blocks << order++;
  }
  space.free = FrameCount(free);
  return space;
}

TEST(Measures, FragmentationIndexOfOneRealZone) {
  const FreeSpace space = free_space_of({1983});
  const std::vector<std::int32_t> expected = {-1000, 500, 750, 875, 937, 969, 984, 992, 996, 998, 999};
  for (unsigned order = 0; order <= 10; ++order) {
    EXPECT_EQ(fragmentation_index_permille(space, Order(order)), expected[order]) << "order " << order;
  }
}

TEST(Measures, FragmentationIndexCanBeNegative) {
  EXPECT_EQ(fragmentation_index_permille(free_space_of({1}), Order(0)), -1000);
  EXPECT_EQ(fragmentation_index_permille(free_space_of({1}), Order(1)), -500);
  EXPECT_EQ(fragmentation_index_permille(free_space_of({1}), Order(2)), -250);
}

TEST(Measures, NoFreeMemoryHasItsOwnValues) {
  const FreeSpace space = free_space_of({});
  EXPECT_EQ(unusable_index_permille(space, Order(0)), 1000U);
  EXPECT_EQ(fragmentation_index_permille(space, Order(0)), 0);
  EXPECT_EQ(external_fragmentation_permille(space), 0U);
}

TEST(Measures, TheLargestRegionDoesNotOverflow) {
  FreeSpace space;
  space.free = FrameCount(std::uint64_t{1} << 32);
  space.free_blocks[32] = 1;
  space.largest_free_run = space.free;
  EXPECT_EQ(unusable_index_permille(space, Order(32)), 0U);
  EXPECT_EQ(external_fragmentation_permille(space), 0U);
  space.free_blocks = {std::uint64_t{1} << 32};
  space.largest_free_run = FrameCount(1);
  EXPECT_EQ(unusable_index_permille(space, Order(1)), 1000U);
  EXPECT_EQ(fragmentation_index_permille(space, Order(32)), 1000);
  EXPECT_EQ(external_fragmentation_permille(space), 1000U);
}

// QNX documentation, "Defragmenting physical memory": allocate 8 KiB at a time until full, free one half of each.
TEST(Measures, HalfFreedMemoryServesNothingContiguous) {
  constexpr std::uint64_t kFrames = 1 << 12;
  PhysicalMemory memory = memory_of(kFrames);
  for (std::uint64_t i = 0; i < kFrames / 2; ++i) {
    const Extent pair = allocate_block(memory, 1);
    ASSERT_EQ(pair.count, FrameCount(2));
    memory.release({pair.first, FrameCount(1)});
  }
  const FreeSpace space = memory.measure(RegionId(0));
  PerOrder expected{};
  expected[0] = kFrames / 2;
  EXPECT_EQ(space.free_blocks, expected);
  EXPECT_EQ(space.free, FrameCount(kFrames / 2));
  EXPECT_EQ(space.largest_free_run, FrameCount(1));
  EXPECT_EQ(unusable_index_permille(space, Order(1)), 1000U);
  EXPECT_EQ(fragmentation_index_permille(space, Order(1)), 500);
  EXPECT_FALSE(memory.can_allocate({.count = FrameCount(2), .contiguity = Contiguity::contiguous}));
  EXPECT_TRUE(memory.can_allocate({.count = FrameCount(kFrames / 2)}));
  memory.check_invariants();
}

TEST(Measures, KeepingOneFrameOf32LeavesOneBlockOfEachSmallerOrder) {
  constexpr std::uint64_t kFrames = 1 << 10;
  PhysicalMemory memory = memory_of(kFrames);
  const auto all = memory.allocate({.count = FrameCount(kFrames)});
  ASSERT_TRUE(all.has_value());
  for (std::uint64_t frame = 0; frame < kFrames; frame += 32) memory.release({FrameNumber(frame + 1), FrameCount(31)});
  const FreeSpace space = memory.measure(RegionId(0));
  for (unsigned order = 0; order < kOrderCount; ++order) {
    EXPECT_EQ(space.free_blocks[order], order < 5 ? kFrames / 32 : 0) << "order " << order;
  }
  EXPECT_EQ(unusable_index_permille(space, Order(5)), 1000U);
  EXPECT_EQ(unusable_index_permille(space, Order(4)), 484U);  // 15 of 31, to the nearest
  EXPECT_EQ(space.largest_free_run, FrameCount(31));
}

// After the block tests of the Linux DRM buddy: a block of each order, and one frame, fill 2^16 frames exactly.
TEST(Measures, OneBlockOfEachOrderFillsMemoryExactly) {
  for (const char* placement : {"lifo", "lowest"}) {
    PhysicalMemory memory = memory_of(1 << 16, "18", placement);
    for (unsigned order = 0; order <= 15; ++order) ASSERT_FALSE(allocate_block(memory, order).count.is_zero());
    ASSERT_EQ(memory.free_frames(), FrameCount(1));
    ASSERT_FALSE(allocate_block(memory, 0).count.is_zero());
    EXPECT_EQ(memory.free_frames(), FrameCount(0));
    EXPECT_TRUE(allocate_block(memory, 0).count.is_zero());
  }
}

TEST(Measures, AnOddSizedMemoryHoldsOneBlockOfEachOrder) {
  for (const char* placement : {"lifo", "lowest"}) {
    PhysicalMemory memory = memory_of((1 << 17) - 1, "18", placement);
    const FreeSpace space = memory.measure(RegionId(0));
    for (unsigned order = 0; order <= 16; ++order) EXPECT_EQ(space.free_blocks[order], 1U);
    for (unsigned order = 17; order-- > 0;) ASSERT_FALSE(allocate_block(memory, order).count.is_zero());
    EXPECT_EQ(memory.free_frames(), FrameCount(0));
    EXPECT_TRUE(allocate_block(memory, 0).count.is_zero());
  }
}

// The same suite's pathological case: half of a small memory free, and nothing above a single frame to be had.
TEST(Measures, EightFramesHalfFreeServeNoLargerOrder) {
  PhysicalMemory memory = memory_of(8, "3");
  std::vector<Extent> frames;
  for (int i = 0; i < 8; ++i) frames.push_back(allocate_block(memory, 0));
  for (std::size_t i = 0; i < 8; i += 2) memory.release(frames[i]);
  EXPECT_EQ(memory.free_frames(), FrameCount(4));
  for (unsigned order = 1; order <= 3; ++order) EXPECT_TRUE(allocate_block(memory, order).count.is_zero());
}

// 512 bytes is the least that a machine may have, and a page of 1 GiB is its own large page.
TEST(Measures, AnEmptyMachineHasAllItsLargePagesAtEveryPageSize) {
  for (unsigned shift = 9; shift <= 30; ++shift) {
    PhysicalMemoryConfig config;
    config.page_size = PageSize(shift);
    constexpr Bytes kSize(std::uint64_t{8} << 30);
    config.regions = {{"ram", PhysAddr(std::uint64_t{8} << 30), kSize}};
    PhysicalMemory memory = std::move(PhysicalMemory::create(config)).value();
    const std::uint64_t large = kSize / large_page_size(config.page_size.bytes());
    EXPECT_EQ(memory.measure(RegionId(0)).large_pages_free, large) << shift;
    EXPECT_EQ(memory.measure(RegionId(0)).large_page_ranges, large) << shift;
    const Extent taken = allocate_block(memory, 0);
    memory.pin(taken);
    EXPECT_EQ(memory.measure(RegionId(0)).large_pages_free, large - 1) << shift;
    EXPECT_EQ(memory.measure(RegionId(0)).large_page_ranges_pinned, 1U) << shift;
    memory.check_invariants();
  }
}

TEST(Measures, AllFramesReleasedInRandomOrderMergeAgain) {
  for (const char* placement : {"lifo", "lowest"}) {
    constexpr std::uint64_t kFrames = 1 << 18;
    PhysicalMemory memory = memory_of(kFrames, "9", placement);
    std::vector<Extent> live;
    for (std::uint64_t i = 0; i < kFrames / 10 * 8; ++i) live.push_back(allocate_block(memory, 0));
    RandomStream random = RandomStream::derive(1, {"recovery"});
    while (!live.empty()) {
      std::swap(live[random.below(live.size())], live.back());
      memory.release(live.back());
      live.pop_back();
    }
    std::uint64_t large_blocks = 0;
    memory.allocator(RegionId(0)).for_each_free([&](Extent block) { large_blocks += block.count.count() >> 9; });
    EXPECT_EQ(large_blocks, 512U);
    EXPECT_EQ(memory.measure(RegionId(0)).large_pages_free, 512U);
    memory.check_invariants();
  }
}

}  // namespace
}  // namespace memsim
