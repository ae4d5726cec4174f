#include <gtest/gtest.h>

#include <memsim/phys/policy.hpp>

namespace memsim {
namespace {

std::unique_ptr<FrameAllocator> make_buddy(std::uint64_t first, std::uint64_t count, std::string top,
                                           std::string placement) {
  const PolicyOptions options{{"top_order", std::move(top)}, {"placement", std::move(placement)}};
  return find_policy("buddy")->create({FrameNumber(first), FrameCount(count)}, options);
}

class Buddy : public testing::TestWithParam<const char*> {};

TEST_P(Buddy, HeaderExample) {
  auto buddy = make_buddy(0, 16, "18", GetParam());
  std::vector<Extent> out;
  auto work = buddy->allocate({.count = FrameCount(2)}, out);
  ASSERT_TRUE(work.has_value());
  EXPECT_EQ(work->splits, 3U);
  ASSERT_TRUE(buddy->allocate({.count = FrameCount(1)}, out).has_value());
  EXPECT_EQ(out[0], (Extent{FrameNumber(0), FrameCount(2)}));
  EXPECT_EQ(out[1], (Extent{FrameNumber(2), FrameCount(1)}));
  EXPECT_EQ(buddy->release(out[1]).merges + buddy->release(out[0]).merges, 4U);
  std::vector<Extent> free;
  buddy->for_each_free([&](Extent extent) { free.push_back(extent); });
  EXPECT_EQ(free, std::vector<Extent>({{FrameNumber(0), FrameCount(16)}}));
  buddy->check_invariants();
}

INSTANTIATE_TEST_SUITE_P(Placements, Buddy, testing::Values("lifo", "lowest"));

}  // namespace
}  // namespace memsim
