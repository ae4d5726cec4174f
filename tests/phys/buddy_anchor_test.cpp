// The end states of the churn driver, which independent designs of the same placement agree on, block for block.
#include <gtest/gtest.h>

#include <memsim/phys/measures.hpp>
#include <memsim/phys/policy.hpp>

#include "model/churn_driver.hpp"
#include "phys/free_space_tracker.hpp"

namespace memsim {
namespace {

struct EndState {
  std::vector<std::uint64_t> free_blocks;
  FreeSpace space;
  std::size_t metadata_bytes = 0;
};

EndState churn(std::string placement, std::uint64_t frames) {
  const Extent extent{FrameNumber(0), FrameCount(frames)};
  const auto buddy = find_policy("buddy")->create(extent, {{"top_order", "10"}, {"placement", std::move(placement)}});
  model::ChurnDriver driver(model::ChurnDriver::Row::a, frames);
  std::vector<Extent> out;
  const auto allocate = [&](std::uint32_t order) -> std::uint64_t {
    out.clear();
    if (!buddy->allocate({.count = Order(order).frames(), .contiguity = Contiguity::contiguous}, out))
      return driver.kRefused;
    return out.front().first.value();
  };
  const auto release = [&](std::uint32_t first, std::uint32_t order) {
    buddy->release({FrameNumber(first), Order(order).frames()});
  };
  driver.fill(allocate, release);
  driver.run_pairs(allocate, release);
  buddy->check_invariants();
  FreeSpaceTracker tracker(extent, Order(9));
  for (const auto& block : driver.live()) tracker.allocated({FrameNumber(block.first), Order(block.order).frames()});
  EndState end{std::vector<std::uint64_t>(11), tracker.measure(), 0};
  buddy->for_each_free([&](Extent block) { ++end.free_blocks[order_within(block.count).value()]; });
  EXPECT_EQ(buddy->free_frames(), end.space.free);
  end.metadata_bytes = buddy->metadata_bytes();
  return end;
}

TEST(BuddyAnchor, LifoAt2To18FramesEndsInTheKnownState) {
  const EndState end = churn("lifo", 1 << 18);
  EXPECT_EQ(end.free_blocks, std::vector<std::uint64_t>({9, 59, 142, 57, 47, 31, 21, 17, 4, 1, 42}));
  EXPECT_EQ(end.space.free_run_count, 389U);
  EXPECT_EQ(end.space.largest_free_run, FrameCount(38'144));
  EXPECT_EQ(end.space.free, FrameCount(50'959));
  EXPECT_LE(end.metadata_bytes, std::size_t{2} << 18);
}

TEST(BuddyAnchor, LowestAt2To18FramesEndsInTheKnownState) {
  const EndState end = churn("lowest", 1 << 18);
  EXPECT_EQ(end.free_blocks, std::vector<std::uint64_t>({9, 55, 64, 55, 48, 11, 8, 11, 2, 1, 45}));
  EXPECT_EQ(end.space.free_run_count, 243U);
  EXPECT_EQ(end.space.largest_free_run, FrameCount(44'032));
}

TEST(BuddyAnchor, LifoAt2To22FramesEndsInTheKnownState) {
  const EndState end = churn("lifo", 1 << 22);
  EXPECT_EQ(end.free_blocks, std::vector<std::uint64_t>({346, 201, 542, 132, 156, 11, 33, 13, 5, 43, 783}));
}

}  // namespace
}  // namespace memsim
