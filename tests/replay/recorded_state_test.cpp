// Lists of free blocks as files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memsim/replay/import_machine.hpp>
#include <memsim/replay/recorded_state.hpp>

#include "replay/files.hpp"

namespace memsim {
namespace {

using ::testing::HasSubstr;

std::string complaint_about_state(const Files& files, const std::string& blocks, const std::string& cached = "") {
  static_cast<void>(files.write("s.blocks", blocks));
  static_cast<void>(files.write("s.pcp", cached));
  const HostResult<RecordedState> state = read_recorded_state(files.path("s"), "Normal");
  return state ? "" : render(state.error(), Colour::off);
}

TEST(RecordedState, HoldsTheBlocksOfItsZoneInTheirOrder) {
  const Files files;
  static_cast<void>(
      files.write("s.blocks", "# zone Normal 1000 3000\n# heads first\n1400 3 Normal 1\n8 0 DMA 0\n1200 9 Normal 0\n"));
  static_cast<void>(files.write("s.pcp", "1001 0 Normal 2 1\n"));
  const HostResult<RecordedState> state = read_recorded_state(files.path("s"), "Normal");
  ASSERT_TRUE(state) << render(state.error(), Colour::off);
  EXPECT_EQ(state->extent, (Extent{FrameNumber(0x1000), FrameCount(0x2000)}));
  ASSERT_EQ(state->lists.blocks.size(), 2U);
  EXPECT_EQ(state->lists.blocks[0].first, FrameNumber(0x1400));
  EXPECT_EQ(state->lists.blocks[1].type, Mobility::unmovable);
  ASSERT_EQ(state->lists.cached.size(), 1U);
  EXPECT_EQ(state->lists.cached[0].cpu, CpuId(1));
  EXPECT_EQ(state->lists.page_block_types[1], Mobility::unmovable) << "of the block of order 9";
  EXPECT_TRUE(state->known[2]);
  EXPECT_FALSE(state->known[3]);
}

TEST(RecordedState, ImpossibleBlocksAreNamed) {
  const Files files;
  EXPECT_THAT(complaint_about_state(files, "1001 1 Normal 1\n"),
              HasSubstr("s.blocks:1: error: a block that cannot be"));
  EXPECT_THAT(complaint_about_state(files, "1000 63 Normal 1\n"), HasSubstr("a block that cannot be"));
  EXPECT_THAT(complaint_about_state(files, "1000 0 Normal 9\n"), HasSubstr("a block that cannot be"));
  EXPECT_THAT(complaint_about_state(files, "fffffffff 0 Normal 1\n"), HasSubstr("a block that cannot be"));
  EXPECT_THAT(complaint_about_state(files, "1000 1 Normal 1\n1001 0 Normal 1\n"),
              HasSubstr("frame 0x1001 is free twice"));
  EXPECT_THAT(complaint_about_state(files, "1000 0 Normal 1\n", "1000 0 Normal 1 0\n"), HasSubstr("free twice"));
  EXPECT_THAT(complaint_about_state(files, "# zone Normal 1000 2000\n5000 0 Normal 1\n"),
              HasSubstr("not of zone Normal"));
  EXPECT_THAT(complaint_about_state(files, "1000 0 DMA 1\n"), HasSubstr("no free block of zone Normal"));
  EXPECT_THAT(complaint_about_state(files, "hello\n"), HasSubstr("no free block"));
}

TEST(RecordedState, AMissingFileSaysHowItsNameIsGiven) {
  const Files files;
  const HostResult<RecordedState> state = read_recorded_state(files.path("none"), "Normal");
  ASSERT_FALSE(state);
  EXPECT_THAT(render(state.error(), Colour::off), HasSubstr("give the name before '.blocks'"));
}

constexpr const char* kPageTypes =
    "Page block order: 9\nPages per block:  512\n\n"
    "Free pages count per migrate type at order 0 1 2 3 4 5 6 7 8 9 10\n"
    "Node    0, zone   Normal, type    Unmovable 5 3 0 1 0 0 0 0 2 1 0\n"
    "Node    0, zone   Normal, type      Movable 400 30 20 10 9 8 7 6 5 4 3\n"
    "Node    0, zone   Normal, type  Reclaimable 7 0 0 0 0 0 0 0 1 0 0\n"
    "Node    0, zone   Normal, type   HighAtomic 0 0 0 0 0 0 0 0 0 0 0\n\n"
    "Number of blocks type Unmovable Movable Reclaimable\nNode 0, zone Normal 10 20 5\n";

TEST(RecordedState, CountsOfFreeBlocksBecomeExactlyTheseBlocks) {
  const Files files;
  const std::string from = files.write("pagetypeinfo", kPageTypes);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const HostResult<RecordedState> state = import_buddyinfo(from, {.seed = seed});
    ASSERT_TRUE(state) << render(state.error(), Colour::off);
    ASSERT_TRUE(write_recorded_state(*state, files.path("start")));
    const HostResult<RecordedState> again = read_recorded_state(files.path("start"), "Normal");
    ASSERT_TRUE(again) << render(again.error(), Colour::off);
    EXPECT_EQ(again->lists.blocks, state->lists.blocks);
    EXPECT_EQ(again->extent, state->extent);
    const auto allocator = create_linux_allocator(again->extent, {}, again->lists);
    allocator->check_invariants();  // that no two blocks merge, and that each stands on its page block's list
    const LinuxFreeLists lists = *linux_free_lists(*allocator);
    EXPECT_EQ(lists.free_blocks_by_type[0][0], 5U);
    EXPECT_EQ(lists.free_blocks_by_type[0][9], 1U);
    EXPECT_EQ(lists.free_blocks_by_type[1][0], 400U);
    EXPECT_EQ(lists.free_blocks_by_type[1][10], 3U);
    EXPECT_EQ(lists.free_blocks_by_type[2][8], 1U);
  }
}

TEST(RecordedState, BlocksThatDoNotFitAreRefused) {
  const Files files;
  const std::string from = files.write("buddyinfo", "Node 0, zone Normal 1000 0 0 0 0 0 0 0 0 0 0\n");
  EXPECT_TRUE(import_buddyinfo(from, {.frames = FrameCount(2048)}));
  EXPECT_FALSE(import_buddyinfo(from, {.frames = FrameCount(1024)}))
      << "a thousand pairs of which one half stays in use";
  EXPECT_FALSE(import_buddyinfo(from, {.zone = "DMA"}));
  EXPECT_FALSE(import_buddyinfo(files.write("b", "Node 0, zone Normal 1 x\n"), {}));
  EXPECT_FALSE(import_buddyinfo(files.write("b", "Node 0, zone Normal 18446744073709551615\n"), {}));
}

}  // namespace
}  // namespace memsim
