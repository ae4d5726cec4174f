// two_region: who goes where, and when the boundary moves.
#include <gtest/gtest.h>

#include <memsim/base/random.hpp>

#include "model/page_array.hpp"
#include "phys/fits/two_region_policy.hpp"

namespace memsim {
namespace {

using Overflow = TwoRegionAllocator::Overflow;

constexpr std::uint64_t kFirst = 1000;  // of 100 frames

Extent extent(std::uint64_t first, std::uint64_t count) { return {FrameNumber(kFirst + first), FrameCount(count)}; }

FrameRequest of(Mobility mobility, std::uint64_t count, Contiguity contiguity = Contiguity::contiguous) {
  return {.count = FrameCount(count), .contiguity = contiguity, .mobility = mobility};
}
FrameRequest unmovable(std::uint64_t count) { return of(Mobility::unmovable, count); }
FrameRequest movable(std::uint64_t count) { return of(Mobility::movable, count); }
FrameRequest scattered(FrameRequest request) {
  request.contiguity = Contiguity::scattered;
  return request;
}

class TwoRegion : public testing::Test {
 protected:
  static TwoRegionAllocator make(Overflow overflow, unsigned share = 50, std::uint64_t step = 10) {
    return {extent(0, 100), share, FrameCount(step), overflow};
  }
  static std::vector<Extent> serve(TwoRegionAllocator& allocator, const FrameRequest& request) {
    std::vector<Extent> out;
    const auto work = allocator.allocate(request, out);
    EXPECT_EQ(work.has_value(), !out.empty());
    allocator.check_invariants();
    return out;
  }
  static std::vector<Extent> one(std::uint64_t first, std::uint64_t count) { return {extent(first, count)}; }
  static std::uint64_t boundary(const TwoRegionAllocator& allocator) {
    return (allocator.boundary() - FrameNumber(kFirst)).count();
  }
};

TEST_F(TwoRegion, TheShareIsRoundedDownToSteps) {
  EXPECT_EQ(boundary(make(Overflow::none)), 50U);
  EXPECT_EQ(boundary(make(Overflow::none, 59)), 50U);
  EXPECT_EQ(boundary(make(Overflow::none, 99, 64)), 64U);
  EXPECT_EQ(boundary(make(Overflow::none, 0)), 0U);
  EXPECT_EQ(boundary(make(Overflow::none, 100, 64)), 100U);
}

TEST_F(TwoRegion, BothSidesFillFromTheirFarEnds) {
  auto allocator = make(Overflow::none);
  EXPECT_EQ(serve(allocator, unmovable(3)), one(0, 3));
  EXPECT_EQ(serve(allocator, movable(3)), one(97, 3));
  EXPECT_EQ(serve(allocator, of(Mobility::reclaimable, 3)), one(3, 3));
  EXPECT_EQ(serve(allocator, movable(3)), one(94, 3));
  EXPECT_EQ(boundary(allocator), 50U);
}

TEST_F(TwoRegion, AMovableExtentStartsAtTheHighestPlaceThatConforms) {
  auto allocator = make(Overflow::none);
  FrameRequest aligned = movable(3);
  aligned.alignment = FrameCount(8);
  EXPECT_EQ(serve(allocator, aligned), one(96, 3)) << "1096 to 1098";
  FrameRequest bounded = movable(3);
  bounded.boundary = FrameCount(4);
  EXPECT_EQ(serve(allocator, bounded), one(93, 3));
  EXPECT_EQ(serve(allocator, bounded), one(89, 3)) << "1090 to 1092 would cross";
}

TEST_F(TwoRegion, TheBoundaryMovesByTheFewestFreeSteps) {
  auto allocator = make(Overflow::none);
  serve(allocator, unmovable(45));
  EXPECT_EQ(boundary(allocator), 50U);
  EXPECT_EQ(serve(allocator, unmovable(6)), one(45, 6));
  EXPECT_EQ(boundary(allocator), 60U);
  EXPECT_EQ(serve(allocator, movable(35)), one(65, 35));
  EXPECT_EQ(boundary(allocator), 60U);
  EXPECT_TRUE(serve(allocator, movable(6)).empty()) << "frame 50 is taken, so the step below the boundary is not whole";
  EXPECT_EQ(serve(allocator, movable(5)), one(60, 5));
}

TEST_F(TwoRegion, AStepThatIsNotWhollyFreeStopsTheBoundary) {
  auto allocator = make(Overflow::none);
  serve(allocator, movable(41));  // from 59 on
  EXPECT_EQ(serve(allocator, unmovable(50)), one(0, 50));
  EXPECT_TRUE(serve(allocator, unmovable(1)).empty()) << "nine frames are free, no step is";
  EXPECT_EQ(boundary(allocator), 50U);
  EXPECT_EQ(serve(allocator, movable(9)), one(50, 9));
}

TEST_F(TwoRegion, AReleaseMovesNothing) {
  auto allocator = make(Overflow::none);
  serve(allocator, unmovable(60));
  EXPECT_EQ(boundary(allocator), 60U);
  allocator.release(extent(0, 60));
  EXPECT_EQ(boundary(allocator), 60U);
  EXPECT_EQ(serve(allocator, movable(99)), one(1, 99));
  EXPECT_EQ(boundary(allocator), 0U);
}

TEST_F(TwoRegion, TheLastStepMayBeShort) {
  auto allocator = make(Overflow::none, 50, 32);  // the boundary at 32, steps at 64, 96 and the end
  EXPECT_EQ(boundary(allocator), 32U);
  EXPECT_EQ(serve(allocator, unmovable(97)), one(0, 97));
  EXPECT_EQ(boundary(allocator), 100U);
  EXPECT_TRUE(serve(allocator, movable(3)).empty()) << "[96, 100) is not wholly free";
  allocator.release(extent(96, 1));
  EXPECT_EQ(serve(allocator, movable(3)), one(97, 3));
  EXPECT_EQ(boundary(allocator), 96U);
}

TEST_F(TwoRegion, OverflowSaysWhoMayCross) {
  for (const Overflow overflow : {Overflow::none, Overflow::movable, Overflow::all}) {
    auto low_full = make(overflow);
    serve(low_full, movable(45));    // from 55 on: no free step above the boundary
    serve(low_full, unmovable(50));  // the whole of its side
    EXPECT_EQ(serve(low_full, unmovable(2)).empty(), overflow != Overflow::all);
    auto high_full = make(overflow);
    serve(high_full, unmovable(45));
    serve(high_full, movable(50));
    EXPECT_EQ(serve(high_full, movable(2)).empty(), overflow == Overflow::none);
    EXPECT_EQ(boundary(low_full), 50U);
    EXPECT_EQ(boundary(high_full), 50U);
  }
}

TEST_F(TwoRegion, AScatteredRequestUsesItsOwnSideFirst) {
  auto allocator = make(Overflow::all);
  serve(allocator, unmovable(100));
  for (const Extent part : {extent(10, 2), extent(20, 2), extent(70, 9)}) allocator.release(part);
  EXPECT_EQ(serve(allocator, scattered(unmovable(3))), (std::vector{extent(10, 2), extent(20, 1)}));
  EXPECT_EQ(serve(allocator, scattered(unmovable(8))), one(70, 8)) << "overflow: anywhere";
}

TEST_F(TwoRegion, AReservationIsServedWhereItLiesAndMovesNothing) {
  auto allocator = make(Overflow::none);
  FrameRequest high = scattered(unmovable(7));
  high.window_first = FrameNumber(kFirst + 80);
  high.window_end = FrameNumber(kFirst + 87);
  EXPECT_EQ(serve(allocator, high), one(80, 7));
  high.count = FrameCount(10);
  high.window_first = FrameNumber(kFirst + 45);
  high.window_end = FrameNumber(kFirst + 55);
  EXPECT_EQ(serve(allocator, high), one(45, 10));
  EXPECT_EQ(boundary(allocator), 50U);
}

TEST_F(TwoRegion, AWindowOnTheOtherSideLeavesNoChoice) {
  auto allocator = make(Overflow::none);
  FrameRequest request = unmovable(2);
  request.window_first = FrameNumber(kFirst + 50);
  EXPECT_EQ(serve(allocator, request), one(50, 2));
  request = movable(2);
  request.window_end = FrameNumber(kFirst + 50);
  EXPECT_EQ(serve(allocator, request), one(48, 2));
  EXPECT_EQ(boundary(allocator), 50U);
}

// Without overflow the kinds never share a side, whatever the order of requests; and a refusal changes nothing.
TEST_F(TwoRegion, WithoutOverflowTheKindsStayApart) {
  RandomStream random = RandomStream::derive(1, {"two_region"});
  auto allocator = make(Overflow::none, 50, 4);
  std::vector<std::pair<Extent, Mobility>> live;
  std::uint64_t refusals = 0;
  std::uint64_t moves = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t before = boundary(allocator);
    if (!live.empty() && random.chance(9, 20)) {
      std::swap(live[random.below(live.size())], live.back());
      allocator.release(live.back().first);
      live.pop_back();
      ASSERT_EQ(boundary(allocator), before);
      continue;
    }
    FrameRequest request = of(random.chance(1, 2) ? Mobility::movable : Mobility::unmovable, random.between(1, 12));
    if (random.chance(1, 3)) request = scattered(request);
    if (random.chance(1, 3)) request.alignment = FrameCount(std::uint64_t{1} << random.below(4));
    const bool can = allocator.can_allocate(request);
    const std::vector<Extent> out = serve(allocator, request);
    ASSERT_EQ(can, !out.empty());
    if (out.empty()) ++refusals;
    if (boundary(allocator) != before) ++moves;
    for (const Extent& part : out) live.emplace_back(part, request.mobility);
    for (const auto& [part, mobility] : live) {
      ASSERT_TRUE(mobility == Mobility::movable ? part.first >= allocator.boundary()
                                                : part.end() <= allocator.boundary());
    }
  }
  EXPECT_GT(refusals, 100U);
  EXPECT_GT(moves, 100U);
}

TEST_F(TwoRegion, ACloneKeepsItsBoundary) {
  auto allocator = make(Overflow::none);
  serve(allocator, unmovable(60));
  const auto copy = allocator.clone();
  std::vector<Extent> out;
  EXPECT_FALSE(copy->can_allocate(movable(41)));
  EXPECT_TRUE(copy->allocate(movable(40), out).has_value());
  EXPECT_EQ(allocator.free_frames().count(), 40U);
}

}  // namespace
}  // namespace memsim
