#include <gtest/gtest.h>

#include <map>
#include <vector>

#include <memsim/base/random.hpp>
#include <memsim/vm/lock_depth.hpp>
#include <memsim/vm/page_map.hpp>

#include "vm/frames_and_pages.hpp"

namespace memsim {
namespace {

PageNumber page(std::uint64_t number) { return PageNumber(number); }
using test::extent;
using test::pages;

TEST(PageMap, RunsThatContinueEachOtherBecomeOne) {
  PageMap map;
  map.insert(page(0), extent(10, 2));
  map.insert(page(4), extent(14, 1));
  EXPECT_EQ(map.run_count(), 2u);
  map.insert(page(2), extent(12, 2));  // closes the gap in page and frame
  EXPECT_EQ(map.run_count(), 1u);
  EXPECT_EQ(map.find(page(1))->frame, FrameNumber(11));
  EXPECT_EQ(map.find(page(1))->run, FrameCount(4));
}

TEST(PageMap, RunsThatContinueInPageOnlyStayApart) {
  PageMap map;
  map.insert(page(0), extent(10, 2));
  map.insert(page(2), extent(20, 1));
  EXPECT_EQ(map.run_count(), 2u);
}

TEST(PageMap, RemoveCutsRunsAtBothEnds) {
  PageMap map;
  map.insert(page(0), extent(100, 10));
  std::vector<Extent> removed;
  map.remove(pages(3, 4), removed);
  EXPECT_EQ(removed, std::vector{extent(103, 4)});
  EXPECT_EQ(map.frames(), FrameCount(6));
  EXPECT_FALSE(map.find(page(3)).has_value());
  EXPECT_EQ(map.find(page(7))->frame, FrameNumber(107));
}

TEST(PageMap, AgreesWithOneEntryAPage) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    RandomStream random(seed);
    PageMap map;
    std::map<std::uint64_t, std::uint64_t> model;
    for (int step = 0; step < 200; ++step) {
      const std::uint64_t first = random.below(40);
      const std::uint64_t count = random.between(1, 6);
      const std::uint64_t frame = random.chance(1, 2) ? first + 1000 : random.below(1000);
      const PageRange range = pages(first, count);
      const bool is_free = model.lower_bound(first) == model.lower_bound(first + count);
      if (is_free) {
        map.insert(page(first), extent(frame, count));
        for (std::uint64_t i = 0; i < count; ++i) model[first + i] = frame + i;
      } else if (random.chance(1, 3)) {
        std::vector<Extent> removed;
        map.remove(range, removed);
        std::vector<std::uint64_t> frames;
        for (const Extent& part : removed) {
          for (std::uint64_t i = 0; i < part.count.count(); ++i) frames.push_back(part.first.value() + i);
        }
        std::vector<std::uint64_t> expected;
        for (auto it = model.lower_bound(first); it != model.end() && it->first < first + count; it = model.erase(it)) {
          expected.push_back(it->second);
        }
        EXPECT_EQ(frames, expected);
      }
      EXPECT_EQ(map.frames().count(), model.size());
      std::uint64_t resident = 0;
      std::uint64_t hole = first + count;
      for (std::uint64_t p = first + count; p-- > first;) {
        const auto found = model.find(p);
        resident += found != model.end() ? 1u : 0u;
        if (found == model.end()) hole = p;
        ASSERT_EQ(map.find(page(p)).has_value(), found != model.end());
        if (found == model.end()) continue;
        EXPECT_EQ(map.find(page(p))->frame.value(), found->second);
      }
      EXPECT_EQ(map.resident(range).count(), resident);
      EXPECT_EQ(map.first_hole(range), page(hole));
    }
  }
}

TEST(LockDepth, PageIsHeldUntilTheLastHolderLetsGo) {
  LockDepth locks;
  std::vector<PageRange> changed;
  locks.add(pages(0, 8), changed);
  EXPECT_EQ(changed, std::vector{pages(0, 8)});
  changed.clear();
  locks.add(pages(4, 8), changed);
  EXPECT_EQ(changed, std::vector{pages(8, 4)});
  changed.clear();
  locks.remove(pages(0, 8), changed);
  EXPECT_EQ(changed, std::vector{pages(0, 4)});
  EXPECT_TRUE(locks.is_held(page(4)));
  EXPECT_FALSE(locks.is_held(page(3)));
  changed.clear();
  locks.remove(pages(4, 8), changed);
  EXPECT_EQ(changed, std::vector{pages(4, 8)});
  EXPECT_TRUE(locks.empty());
}

}  // namespace
}  // namespace memsim
