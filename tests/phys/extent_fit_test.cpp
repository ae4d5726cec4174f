// first_fit, next_fit and best_fit beside their model: every extent handed out, and every step counted.
#include <gtest/gtest.h>

#include <memsim/base/random.hpp>
#include <memsim/phys/policy.hpp>

#include "model/naive_fit.hpp"

namespace memsim {
namespace {

using model::NaiveFit;

struct Fit {
  const char* policy;
  NaiveFit::Rule rule;
};

void PrintTo(const Fit& fit, std::ostream* out) { *out << fit.policy; }

FrameRequest contiguous(std::uint64_t count) {
  return {.count = FrameCount(count), .contiguity = Contiguity::contiguous};
}

Extent extent(std::uint64_t first, std::uint64_t count) { return {FrameNumber(first), FrameCount(count)}; }

FrameRequest draw_request(RandomStream& random, Extent region) {
  const std::uint64_t size = region.count.count();
  FrameRequest request{.count =
                           FrameCount(random.between(1, std::max<std::uint64_t>(1, size >> random.between(2, 8))))};
  if (random.chance(2, 3)) request.contiguity = Contiguity::contiguous;
  if (random.chance(1, 2)) return request;
  if (random.chance(1, 2)) request.alignment = FrameCount(std::uint64_t{1} << random.below(6));
  if (random.chance(1, 2)) {
    const std::uint64_t least = request.contiguity == Contiguity::contiguous ? request.count.count() : 1;
    request.boundary = FrameCount(std::bit_ceil(least) << random.below(4));
  }
  if (random.chance(1, 2)) {
    const std::uint64_t low = random.below(size);
    request.window_first = region.first + FrameCount(low);
    request.window_end = request.window_first + FrameCount(random.below(size));
  }
  return request;
}

class ExtentFit : public testing::TestWithParam<Fit> {
 protected:
  static std::unique_ptr<FrameAllocator> make(Extent region) {
    return find_policy(GetParam().policy)->create(region, {});
  }

  static void compare(Extent region, std::uint64_t seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random = RandomStream::derive(seed, {"extent_fit"});
    const auto allocator = make(region);
    NaiveFit model(GetParam().rule, region);
    std::vector<Extent> live;
    for (int step = 0; step < 500; ++step) {
      if (!live.empty() && random.chance(9, 20)) {
        const std::size_t index = random.below(live.size());
        allocator->release(live[index]);
        model.release(live[index]);
        live[index] = live.back();
        live.pop_back();
        continue;
      }
      const FrameRequest request = draw_request(random, region);
      std::vector<Extent> out;
      const auto work = allocator->allocate(request, out);
      const auto expected = model.allocate(request);
      ASSERT_EQ(work.has_value(), expected.has_value()) << "step " << step;
      if (!work) continue;
      ASSERT_EQ(out, expected->extents) << "step " << step;
      const bool counts_steps = out.size() == 1 && GetParam().rule != NaiveFit::Rule::best;
      if (counts_steps) {
        ASSERT_EQ(work->steps, expected->steps) << "step " << step;
      }
      live.insert(live.end(), out.begin(), out.end());
    }
    allocator->check_invariants();
  }
};

TEST_P(ExtentFit, HandsOutWhatTheModelDoes) {
  for (std::uint64_t seed = 1; seed <= 12 && !HasFatalFailure(); ++seed) {
    compare(extent(0, 300), seed);
    compare(extent(0x7fff3, 129), seed);
  }
}

// Across words, nodes and pages of the structures inside.
TEST_P(ExtentFit, HandsOutWhatTheModelDoesInALargeRegion) { compare(extent(61, 20'000), 1); }

TEST_P(ExtentFit, A16TibRegionIsReadyAndUsableAtBothEnds) {
  const std::uint64_t frames = std::uint64_t{1} << 32;
  const auto allocator = make(extent(0, frames));
  EXPECT_LT(allocator->metadata_bytes(), std::size_t{16} << 20);
  FrameRequest last = contiguous(3);
  last.window_first = FrameNumber(frames - 4);
  std::vector<Extent> out;
  ASSERT_TRUE(allocator->allocate(last, out).has_value());
  ASSERT_TRUE(allocator->allocate(contiguous(5), out).has_value());
  EXPECT_EQ(out.front(), extent(frames - 4, 3));
  const auto copy = allocator->clone();
  for (const Extent& part : out) copy->release(part);
  copy->check_invariants();
  EXPECT_EQ(copy->free_frames(), FrameCount(frames));
  EXPECT_TRUE(copy->can_allocate(contiguous(frames)));
  EXPECT_FALSE(allocator->can_allocate(contiguous(frames - 8)));
}

INSTANTIATE_TEST_SUITE_P(Policies, ExtentFit,
                         testing::Values(Fit{"first_fit", NaiveFit::Rule::first}, Fit{"next_fit", NaiveFit::Rule::next},
                                         Fit{"best_fit", NaiveFit::Rule::best}),
                         [](const testing::TestParamInfo<Fit>& tested) { return std::string(tested.param.policy); });

// --- The rules, each by hand ---

// Frames [0, 32) with the free runs [2, 5), [8, 16), [20, 22) and [30, 32).
class FourHoles : public testing::Test {
 protected:
  static std::unique_ptr<FrameAllocator> make(const char* policy) {
    auto allocator = find_policy(policy)->create(extent(0, 32), {});
    std::vector<Extent> out;
    EXPECT_TRUE(allocator->allocate(contiguous(32), out).has_value());
    for (const Extent hole : {extent(2, 3), extent(8, 8), extent(20, 2), extent(30, 2)}) allocator->release(hole);
    return allocator;
  }
  static Extent serve(FrameAllocator& allocator, const FrameRequest& request) {
    std::vector<Extent> out;
    EXPECT_TRUE(allocator.allocate(request, out).has_value());
    return out.empty() ? Extent{} : out.front();
  }
  static std::vector<Extent> serve_all(FrameAllocator& allocator, const FrameRequest& request) {
    std::vector<Extent> out;
    EXPECT_TRUE(allocator.allocate(request, out).has_value());
    return out;
  }
};

TEST_F(FourHoles, FirstFitTakesTheLowest) { EXPECT_EQ(serve(*make("first_fit"), contiguous(2)), extent(2, 2)); }

TEST_F(FourHoles, BestFitTakesTheShortestAndOfThoseTheLowest) {
  const auto allocator = make("best_fit");
  EXPECT_EQ(serve(*allocator, contiguous(2)), extent(20, 2));
  EXPECT_EQ(serve(*allocator, contiguous(2)), extent(30, 2));
  EXPECT_EQ(serve(*allocator, contiguous(2)), extent(2, 2));
}

TEST_F(FourHoles, NextFitGoesOnAndRound) {
  const auto allocator = make("next_fit");  // its rover is the region's end
  EXPECT_EQ(serve(*allocator, contiguous(2)), extent(2, 2));
  EXPECT_EQ(serve(*allocator, contiguous(2)), extent(8, 2));
  EXPECT_EQ(serve(*allocator, contiguous(6)), extent(10, 6));
  EXPECT_EQ(serve(*allocator, contiguous(1)), extent(20, 1));
  EXPECT_EQ(serve(*allocator, contiguous(2)), extent(30, 2));
  EXPECT_EQ(serve(*allocator, contiguous(1)), extent(4, 1));
}

TEST_F(FourHoles, NextFitBeginsWithTheRunThatHoldsTheRover) {
  const auto allocator = make("next_fit");
  EXPECT_EQ(serve(*allocator, contiguous(5)), extent(8, 5));  // the rover is 13
  allocator->release(extent(10, 3));                          // a run of [10, 16)
  EXPECT_EQ(serve(*allocator, contiguous(2)), extent(10, 2));
}

TEST_F(FourHoles, StepsAreThoseOfAList) {
  std::vector<Extent> out;
  EXPECT_EQ(make("first_fit")->allocate(contiguous(4), out)->steps, 2U);
  EXPECT_EQ(make("next_fit")->allocate(contiguous(4), out)->steps, 2U);
  EXPECT_EQ(make("best_fit")->allocate(contiguous(4), out)->steps, 1U);
  EXPECT_EQ(make("tlsf")->allocate(contiguous(4), out)->steps, 1U);
}

TEST_F(FourHoles, WorkCountsRemaindersAndNeighbours) {
  for (const char* policy : {"first_fit", "next_fit", "best_fit", "tlsf"}) {
    SCOPED_TRACE(policy);
    const auto allocator = make(policy);
    std::vector<Extent> out;
    FrameRequest inner = contiguous(2);
    inner.window_first = FrameNumber(10);
    inner.window_end = FrameNumber(12);
    EXPECT_EQ(allocator->allocate(inner, out)->splits, 2U);
    EXPECT_EQ(out.back(), extent(10, 2));
    EXPECT_EQ(allocator->allocate(contiguous(4), out)->splits, 0U);
    EXPECT_EQ(out.back(), extent(12, 4));
    EXPECT_EQ(allocator->release(extent(13, 1)).merges, 0U);
    EXPECT_EQ(allocator->release(extent(12, 1)).merges, 1U);
    EXPECT_EQ(allocator->release(extent(14, 1)).merges, 1U);
    EXPECT_EQ(allocator->release(extent(10, 2)).merges, 2U);
    EXPECT_EQ(allocator->release(extent(15, 1)), (AllocatorWork{.splits = 0, .merges = 1, .steps = 1}));
  }
}

TEST_F(FourHoles, AScatteredRequestUsesTheFewestRuns) {
  for (const char* policy : {"first_fit", "next_fit", "best_fit", "tlsf"}) {
    SCOPED_TRACE(policy);
    const std::vector<Extent> out = serve_all(*make(policy), {.count = FrameCount(11)});
    EXPECT_EQ(out, (std::vector{extent(8, 8), extent(2, 3)}));
  }
}

TEST_F(FourHoles, TheRestOfAScatteredRequestGoesWhereTheFitPutsIt) {
  const FrameRequest ten{.count = FrameCount(10)};
  EXPECT_EQ(serve_all(*make("first_fit"), ten), (std::vector{extent(8, 8), extent(2, 2)}));
  EXPECT_EQ(serve_all(*make("next_fit"), ten), (std::vector{extent(8, 8), extent(20, 2)}));
  EXPECT_EQ(serve_all(*make("best_fit"), ten), (std::vector{extent(8, 8), extent(20, 2)}));
}

TEST_F(FourHoles, ABoundaryCutsAScatteredRequestIntoPieces) {
  const auto allocator = make("first_fit");
  const std::vector<Extent> out = serve_all(*allocator, {.count = FrameCount(9), .boundary = FrameCount(4)});
  EXPECT_EQ(out, (std::vector{extent(8, 4), extent(12, 4), extent(2, 1)}));
}

}  // namespace
}  // namespace memsim
