// What tlsf serves of what it can: lists by length, good fit, last in first out.
#include <gtest/gtest.h>

#include <memsim/base/random.hpp>
#include <memsim/phys/policy.hpp>

#include "model/naive_tlsf.hpp"

namespace memsim {
namespace {

Extent extent(std::uint64_t first, std::uint64_t count) { return {FrameNumber(first), FrameCount(count)}; }

FrameRequest contiguous(std::uint64_t count) {
  return {.count = FrameCount(count), .contiguity = Contiguity::contiguous};
}

class Tlsf : public testing::Test {
 protected:
  // Frames [0, 1000), of which only the holes are free, released in their order.
  static std::unique_ptr<FrameAllocator> make(const std::vector<Extent>& holes, const char* second_level = "2",
                                              const char* fallback = "none") {
    auto allocator =
        find_policy("tlsf")->create(extent(0, 1000), {{"second_level", second_level}, {"fallback", fallback}});
    std::vector<Extent> out;
    EXPECT_TRUE(allocator->allocate({.count = FrameCount(1000)}, out).has_value());
    for (const Extent& hole : holes) allocator->release(hole);
    return allocator;
  }
  static Extent serve(FrameAllocator& allocator, const FrameRequest& request) {
    std::vector<Extent> out;
    EXPECT_TRUE(allocator.allocate(request, out).has_value());
    return out.empty() ? Extent{} : out.front();
  }
};

TEST_F(Tlsf, TheExtentReleasedLastServesFirst) {
  const auto allocator = make({extent(10, 3), extent(30, 3), extent(20, 3)});
  EXPECT_EQ(serve(*allocator, contiguous(3)), extent(20, 3));
  EXPECT_EQ(serve(*allocator, contiguous(3)), extent(30, 3));
  EXPECT_EQ(serve(*allocator, contiguous(3)), extent(10, 3));
}

// With four lists for each power of two, the lengths 16 to 19 share one, then 20 to 23, and so on.
TEST_F(Tlsf, ARequestIsRoundedUpToTheNextList) {
  const auto allocator = make({extent(100, 24), extent(200, 19)});
  EXPECT_EQ(serve(*allocator, contiguous(17)), extent(100, 17)) << "the list of 16 to 19 is passed";
  EXPECT_EQ(serve(*make({extent(100, 24), extent(200, 19)}), contiguous(16)), extent(200, 16)) << "nothing to round";
}

TEST_F(Tlsf, ShortLengthsHaveListsOfTheirOwn) {
  for (std::uint64_t length = 1; length < 8; ++length) {
    const auto allocator = make({extent(100, length + 1), extent(200, length)});
    EXPECT_EQ(serve(*allocator, contiguous(length)), extent(200, length));
  }
}

// 255 frames of 324, and then 67 of the 69 that are left: with 8 lists for each power of two, 64 to 71 share one, from
// which only a request for 64 is sure to be served.
TEST_F(Tlsf, ARequestIsRefusedThatOnlyItsOwnListMightServe) {
  const auto is_served = [](const char* second_level, const char* fallback) {
    auto allocator =
        find_policy("tlsf")->create(extent(0, 324), {{"second_level", second_level}, {"fallback", fallback}});
    EXPECT_EQ(serve(*allocator, contiguous(255)), extent(0, 255));
    EXPECT_EQ(allocator->refusing_option(contiguous(67)), std::string_view(fallback) == "none" ? "fallback" : "");
    return allocator->can_allocate(contiguous(67));
  };
  EXPECT_FALSE(is_served("3", "none"));
  EXPECT_TRUE(is_served("4", "none"));
  EXPECT_TRUE(is_served("5", "none"));
  for (const char* second_level : {"3", "4", "5"}) EXPECT_TRUE(is_served(second_level, "own_list"));
}

TEST_F(Tlsf, DoesWhatThePaperDoes) {
  for (unsigned second_level = 0; second_level <= 6; ++second_level) {
    const Extent region = extent(77, 3000);
    const auto allocator = find_policy("tlsf")->create(region, {{"second_level", std::to_string(second_level)}});
    model::NaiveTlsf paper(region, second_level);
    RandomStream random = RandomStream::derive(second_level, {"tlsf"});
    std::vector<Extent> live;
    for (int step = 0; step < 4000; ++step) {
      if (!live.empty() && random.chance(2, 5)) {
        std::swap(live[random.below(live.size())], live.back());
        allocator->release(live.back());
        paper.release(live.back());
        live.pop_back();
        continue;
      }
      const FrameRequest request = contiguous(random.between(1, 600 >> random.below(10)));
      std::vector<Extent> out;
      const bool is_served = allocator->allocate(request, out).has_value();
      const auto expected = paper.allocate(request.count);
      ASSERT_EQ(is_served, expected.has_value()) << request.count.count() << " frames, step " << step;
      if (!is_served) continue;
      ASSERT_EQ(out, std::vector{*expected}) << "step " << step;
      live.push_back(out.front());
    }
  }
}

TEST_F(Tlsf, TheOwnListServesWhereNoLongerOneDoesIfItMay) {
  const auto allocator = make({extent(100, 19), extent(200, 17), extent(300, 16)}, "2", "own_list");
  std::vector<Extent> out;
  EXPECT_EQ(allocator->allocate(contiguous(18), out)->steps, 3U) << "the list is walked to its end";
  EXPECT_EQ(out.front(), extent(100, 18));
  EXPECT_FALSE(allocator->can_allocate(contiguous(18)));
}

TEST_F(Tlsf, MoreListsMakeTheFitTighter) {
  const std::vector<Extent> holes = {extent(200, 45), extent(100, 63)};
  EXPECT_EQ(serve(*make(holes, "0", "own_list"), contiguous(33)), extent(100, 33))
      << "32 to 63 share a list; its head serves";
  EXPECT_EQ(serve(*make(holes, "5"), contiguous(33)), extent(200, 33));
}

TEST_F(Tlsf, ARemainderStaysAtTheHeadOfItsList) {
  const auto allocator = make({extent(100, 99), extent(300, 100)});
  EXPECT_EQ(serve(*allocator, contiguous(3)), extent(300, 3));
  EXPECT_EQ(serve(*allocator, contiguous(1)), extent(303, 1)) << "a list of 96 to 111";
  EXPECT_EQ(serve(*allocator, contiguous(1)), extent(304, 1)) << "now below 96";
}

TEST_F(Tlsf, LargestListsAreUsedUpFirst) {
  std::vector<Extent> out;
  EXPECT_TRUE(make({extent(100, 5), extent(200, 40), extent(300, 7)})->allocate({.count = FrameCount(50)}, out));
  EXPECT_EQ(out, (std::vector{extent(200, 40), extent(300, 7), extent(100, 3)}));
}

TEST_F(Tlsf, AScatteredRequestGetsEveryFreeFrame) {
  std::vector<Extent> out;
  EXPECT_TRUE(make({extent(100, 19), extent(300, 18)})->allocate({.count = FrameCount(36)}, out));
  EXPECT_EQ(out, (std::vector{extent(300, 18), extent(100, 18)})) << "18 is rounded up to 20, which nobody has";
}

TEST_F(Tlsf, ConstraintsAreMetFromTheShortestListUpward) {
  const auto allocator = make({extent(99, 3), extent(201, 3), extent(303, 9)});
  FrameRequest aligned = contiguous(2);
  aligned.alignment = FrameCount(4);
  EXPECT_EQ(serve(*allocator, aligned), extent(100, 2));
  EXPECT_EQ(serve(*allocator, aligned), extent(304, 2));
}

TEST_F(Tlsf, AllOfA16TibRegionIsOneExtent) {
  const std::uint64_t frames = std::uint64_t{1} << 32;
  for (const char* second_level : {"0", "5", "6"}) {
    const auto allocator = find_policy("tlsf")->create(extent(0, frames), {{"second_level", second_level}});
    EXPECT_LT(allocator->metadata_bytes(), std::size_t{16} << 20);
    EXPECT_TRUE(allocator->can_allocate(contiguous(frames)));
    EXPECT_EQ(serve(*allocator, contiguous(7)), extent(0, 7));
    allocator->release(extent(3, 2));
    EXPECT_EQ(serve(*allocator->clone(), contiguous(3)), extent(7, 3));
    allocator->check_invariants();
  }
}

}  // namespace
}  // namespace memsim
