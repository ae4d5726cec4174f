// Pages by identity, against a map.
#include <memsim/vm/identity_map.hpp>
#include <memsim/vm/page_set.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include <memsim/base/random.hpp>

#include "vm/frames_and_pages.hpp"

namespace memsim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using test::extent;
using test::pages;

TEST(IdentityMap, GivesBackRunsAsTheyLie) {
  IdentityMap map;
  map.insert(PageNumber(6), extent(100, 4));
  map.insert(PageNumber(10), extent(104, 1));
  map.insert(PageNumber(11), extent(90, 1));
  EXPECT_EQ(map.frames(), FrameCount(6));
  std::vector<Extent> removed;
  map.remove(pages(0, 7), removed);
  EXPECT_THAT(removed, ElementsAre(extent(100, 1)));
  removed.clear();
  map.remove(pages(7, std::uint64_t{1} << 40), removed);
  EXPECT_THAT(removed, ElementsAre(extent(101, 4), extent(90, 1)));
  removed.clear();
  map.remove(pages(0, 100), removed);
  EXPECT_THAT(removed, IsEmpty());
}

// Groups come and go, so that slots are given up in the middle of what is looked for behind them.
TEST(IdentityMap, HoldsWhatAMapHolds) {
  RandomStream random = RandomStream::derive(7, {"identities"});
  for (const std::uint64_t span : {64U, 4096U, 1U << 30U}) {
    IdentityMap map;
    std::map<std::uint64_t, std::uint64_t> model;
    std::uint64_t frame = 0;
    for (int step = 0; step < 20'000; ++step) {
      const std::uint64_t first = random.below(span);
      const std::uint64_t count = 1 + random.below(8);
      std::vector<std::uint64_t> expected;
      for (std::uint64_t page = first; page < first + count; ++page) {
        if (const auto found = model.find(page); found != model.end()) expected.push_back(found->second);
        model.erase(page);
      }
      std::vector<Extent> removed;
      map.remove(pages(first, count), removed);
      std::vector<std::uint64_t> got;
      for (const Extent& run : removed) {
        for (std::uint64_t i = 0; i < run.count.count(); ++i) got.push_back(run.first.value() + i);
      }
      ASSERT_EQ(got, expected);
      if (random.below(2) == 0) continue;
      map.insert(PageNumber(first), extent(frame, count));
      for (std::uint64_t i = 0; i < count; ++i) model[first + i] = frame + i;
      frame += count + random.below(2);
    }
    ASSERT_EQ(map.frames().count(), model.size());
    std::map<std::uint64_t, std::uint64_t> all;
    PageNumber end;
    map.for_each_run([&](PageNumber page, Extent run) {
      EXPECT_GE(page, end) << "by ascending page";
      end = page + run.count;
      for (std::uint64_t i = 0; i < run.count.count(); ++i) all[page.value() + i] = run.first.value() + i;
    });
    EXPECT_EQ(all, model);
  }
}

TEST(PageSet, HasWhatWasAddedAndNotRemoved) {
  PageSet set(pages(100, 300));
  set.add(pages(110, 150));
  EXPECT_FALSE(set.has_any_of(pages(0, 110)));
  EXPECT_TRUE(set.has_any_of(pages(0, 111)));
  set.remove(pages(50, 209));
  EXPECT_FALSE(set.has_any_of(pages(0, 259)));
  EXPECT_TRUE(set.has_any_of(pages(259, 1)));
  EXPECT_FALSE(set.has_any_of(pages(260, 5000)));
  EXPECT_FALSE(PageSet().has_any_of(pages(0, 5000)));
}

}  // namespace
}  // namespace memsim
