#include "phys/free_space_tracker.hpp"

#include <gtest/gtest.h>

#include <memsim/base/random.hpp>

#include "model/page_array.hpp"

namespace memsim {
namespace {

void expect_equal(const FreeSpace& kept, const FreeSpace& scanned) {
  EXPECT_EQ(kept.total, scanned.total);
  EXPECT_EQ(kept.free, scanned.free);
  EXPECT_EQ(kept.free_blocks, scanned.free_blocks);
  EXPECT_EQ(kept.free_runs_by_log2, scanned.free_runs_by_log2);
  EXPECT_EQ(kept.largest_free_run, scanned.largest_free_run);
  EXPECT_EQ(kept.free_run_count, scanned.free_run_count);
  EXPECT_EQ(kept.large_pages_free, scanned.large_pages_free);
  EXPECT_EQ(kept.large_page_ranges, scanned.large_page_ranges);
}

TEST(FreeSpaceTracker, AgreesWithAScanUnderRandomExtents) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random = RandomStream::derive(seed, {"free_space_tracker_test"});
    const std::uint64_t size = random.between(1, 4500);
    const Extent region{FrameNumber(random.below(3) == 0 ? 0 : random.below(100'000)), FrameCount(size)};
    FreeSpaceTracker tracker(region, Order(5));
    model::PageArray pages(region);
    std::vector<Extent> live;
    for (int i = 0; i < 400 && !testing::Test::HasFailure(); ++i) {
      const std::uint64_t first = region.first.value() + random.below(size);
      const std::uint64_t count = random.between(1, std::max<std::uint64_t>(1, size >> random.below(12)));
      if (pages.is_free(first, count)) {
        live.push_back({FrameNumber(first), FrameCount(count)});
        tracker.allocated(live.back());
        pages.take(live.back());
      } else if (!live.empty()) {
        std::swap(live[random.below(live.size())], live.back());
        tracker.released(live.back());
        pages.give(live.back());
        live.pop_back();
      }
      if (i % 20 != 0) continue;
      expect_equal(tracker.measure(), pages.measure(5));
      const FreeSpaceTracker copy = tracker;
      copy.check_invariants();
      expect_equal(copy.measure(), tracker.measure());
    }
    tracker.check_invariants();
  }
}

TEST(FreeSpaceTracker, CountsRunsLongerAndShorterThanItsArray) {
  FreeSpaceTracker tracker({FrameNumber(0), FrameCount(1 << 20)}, Order(9));
  tracker.allocated({FrameNumber(1023), FrameCount(1)});
  tracker.allocated({FrameNumber(2048), FrameCount(1)});
  EXPECT_EQ(tracker.largest_free_run(), FrameCount((1 << 20) - 2049));
  tracker.allocated({FrameNumber(2049), FrameCount((1 << 20) - 2049)});
  EXPECT_EQ(tracker.largest_free_run(), FrameCount(1024));
  tracker.allocated({FrameNumber(1024), FrameCount(1024)});
  EXPECT_EQ(tracker.largest_free_run(), FrameCount(1023));
  tracker.check_invariants();
}

TEST(FreeSpaceTracker, KnowsTheLargestRegionWithoutTouchingIt) {
  FreeSpaceTracker tracker({FrameNumber(0), FrameCount(std::uint64_t{1} << 32)}, Order(9));
  EXPECT_EQ(tracker.measure().free_blocks[32], 1U);
  tracker.allocated({FrameNumber(0), FrameCount(1)});
  const FreeSpace space = tracker.measure();
  for (unsigned order = 0; order < 32; ++order) EXPECT_EQ(space.free_blocks[order], 1U);
  EXPECT_EQ(space.free_blocks[32], 0U);
  EXPECT_EQ(space.large_page_ranges, std::uint64_t{1} << 23);
}

TEST(FreeSpaceTracker, CountsPinnedRangesWhollyInsideTheRegion) {
  // Ranges of 8 frames; the region [4, 36) holds three whole ones: [8, 16), [16, 24) and [24, 32).
  FreeSpaceTracker tracker({FrameNumber(4), FrameCount(32)}, Order(3));
  tracker.allocated({FrameNumber(4), FrameCount(32)});
  EXPECT_EQ(tracker.measure().large_page_ranges, 3U);
  tracker.pin({FrameNumber(4), FrameCount(3)});
  EXPECT_EQ(tracker.measure().large_page_ranges_pinned, 0U);
  tracker.pin({FrameNumber(15), FrameCount(2)});
  EXPECT_EQ(tracker.measure().large_page_ranges_pinned, 2U);
  tracker.pin({FrameNumber(15), FrameCount(1)});
  tracker.unpin({FrameNumber(15), FrameCount(2)});
  EXPECT_EQ(tracker.measure().large_page_ranges_pinned, 1U);
  tracker.unpin({FrameNumber(15), FrameCount(1)});
  EXPECT_EQ(tracker.measure().large_page_ranges_pinned, 0U);
}

TEST(FreeSpaceTracker, ARegionSmallerThanARangeHasNone) {
  const FreeSpaceTracker tracker({FrameNumber(5), FrameCount(3)}, Order(9));
  EXPECT_EQ(tracker.measure().large_page_ranges, 0U);
}

TEST(FreeSpaceTrackerDeathTest, StopsAtFramesTakenOrGivenTwice) {
  FreeSpaceTracker tracker({FrameNumber(0), FrameCount(64)}, Order(9));
  tracker.allocated({FrameNumber(3), FrameCount(4)});
  EXPECT_EXIT(tracker.allocated({FrameNumber(6), FrameCount(2)}), testing::ExitedWithCode(70), "free frames only");
  EXPECT_EXIT(tracker.released({FrameNumber(2), FrameCount(2)}), testing::ExitedWithCode(70), "was allocated");
  EXPECT_EXIT(tracker.pin({FrameNumber(2), FrameCount(2)}), testing::ExitedWithCode(70), "are allocated");
  EXPECT_EXIT(tracker.unpin({FrameNumber(3), FrameCount(1)}), testing::ExitedWithCode(70), "as often as");
}

}  // namespace
}  // namespace memsim
