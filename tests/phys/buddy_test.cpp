// What is particular to the buddy policy: which blocks serve, and what comes of them. What every policy owes is tested
// in conformance_test.cpp.
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <memsim/base/random.hpp>
#include <memsim/phys/policy.hpp>

namespace memsim {
namespace {

std::unique_ptr<FrameAllocator> make_buddy(std::uint64_t first, std::uint64_t count, std::string top,
                                           std::string placement) {
  const PolicyOptions options{{"top_order", std::move(top)}, {"placement", std::move(placement)}};
  return find_policy("buddy")->create({FrameNumber(first), FrameCount(count)}, options);
}

Extent extent(std::uint64_t first, std::uint64_t count) { return {FrameNumber(first), FrameCount(count)}; }

std::vector<Extent> free_blocks(const FrameAllocator& allocator) {
  std::vector<Extent> blocks;
  allocator.for_each_free([&](Extent block) { blocks.push_back(block); });
  return blocks;
}

std::vector<Extent> allocate(FrameAllocator& allocator, const FrameRequest& request) {
  std::vector<Extent> out;
  EXPECT_TRUE(allocator.allocate(request, out).has_value());
  return out;
}

FrameRequest contiguous(std::uint64_t count) {
  return {.count = FrameCount(count), .contiguity = Contiguity::contiguous};
}

class Buddy : public testing::TestWithParam<const char*> {};

TEST_P(Buddy, HeaderExample) {
  auto buddy = make_buddy(0, 16, "18", GetParam());
  std::vector<Extent> out;
  const auto work = buddy->allocate(contiguous(2), out);
  ASSERT_TRUE(work.has_value());
  EXPECT_EQ(work->splits, 3U);
  ASSERT_TRUE(buddy->allocate(contiguous(1), out).has_value());
  EXPECT_EQ(out, std::vector<Extent>({extent(0, 2), extent(2, 1)}));
  EXPECT_EQ(buddy->release(out[1]).merges + buddy->release(out[0]).merges, 4U);
  EXPECT_EQ(free_blocks(*buddy), std::vector<Extent>{extent(0, 16)});
}

TEST_P(Buddy, AnyExtentStartsAsItsMaximalAlignedBlocks) {
  EXPECT_EQ(free_blocks(*make_buddy(5, 20, "3", GetParam())),
            std::vector<Extent>({extent(5, 1), extent(6, 2), extent(8, 8), extent(16, 8), extent(24, 1)}));
}

TEST_P(Buddy, AScatteredRequestTakesTheLargestPowerOfTwoFirst) {
  auto buddy = make_buddy(0, 64, "18", GetParam());
  EXPECT_EQ(allocate(*buddy, {.count = FrameCount(13)}),
            std::vector<Extent>({extent(0, 8), extent(8, 4), extent(12, 1)}));
}

TEST_P(Buddy, AScatteredRequestTakesAsManyAsPossibleBeforeItHalves) {
  auto buddy = make_buddy(0, 64, "3", GetParam());
  const auto given = allocate(*buddy, {.count = FrameCount(27)});
  std::vector<std::uint64_t> sizes;
  for (const Extent& part : given) sizes.push_back(part.count.count());
  EXPECT_EQ(sizes, std::vector<std::uint64_t>({8, 8, 8, 2, 1}));
}

TEST_P(Buddy, AContiguousRequestGivesItsTailBack) {
  auto buddy = make_buddy(0, 16, "18", GetParam());
  EXPECT_EQ(allocate(*buddy, contiguous(5)), std::vector<Extent>{extent(0, 5)});
  EXPECT_EQ(free_blocks(*buddy), std::vector<Extent>({extent(5, 1), extent(6, 2), extent(8, 8)}));
}

TEST_P(Buddy, AContiguousRequestGetsItsWholeBlockWhereTailsAreKept) {
  const PolicyOptions options{{"placement", GetParam()}, {"tail", "kept"}};
  const auto buddy = find_policy("buddy")->create(extent(0, 16), options);
  EXPECT_EQ(allocate(*buddy, contiguous(5)), std::vector<Extent>{extent(0, 8)});
  EXPECT_EQ(buddy->free_frames(), FrameCount(8));
  FrameRequest aligned = contiguous(3);
  aligned.alignment = FrameCount(2);
  EXPECT_EQ(allocate(*buddy, aligned), std::vector<Extent>{extent(8, 3)});
  EXPECT_EQ(allocate(*buddy, {.count = FrameCount(3)}).size(), 2U);
  EXPECT_EQ(buddy->free_frames(), FrameCount(2));
  buddy->release(extent(0, 8));
  EXPECT_EQ(buddy->free_frames(), FrameCount(10));
}

TEST_P(Buddy, AContiguousRequestAboveTheTopBlockIsRefused) {
  auto buddy = make_buddy(0, 64, "3", GetParam());
  std::vector<Extent> out;
  const auto refusal = buddy->allocate(contiguous(9), out);
  ASSERT_FALSE(refusal.has_value());
  EXPECT_EQ(refusal.error(), Errno::enomem);
}

TEST_P(Buddy, AnExactRunServesWhereNoCoveringBlockFitsTheWindow) {
  auto buddy = make_buddy(0, 16, "18", GetParam());
  FrameRequest request = contiguous(5);
  request.window_first = FrameNumber(3);
  request.window_end = FrameNumber(8);
  EXPECT_EQ(allocate(*buddy, request), std::vector<Extent>{extent(3, 5)});
  buddy->release(extent(3, 5));
  EXPECT_EQ(free_blocks(*buddy), std::vector<Extent>{extent(0, 16)});
}

TEST_P(Buddy, ARunAcrossTwoFreeBlocksIsRefused) {
  auto buddy = make_buddy(0, 16, "2", GetParam());
  FrameRequest request = contiguous(2);
  request.window_first = FrameNumber(3);
  request.window_end = FrameNumber(5);
  EXPECT_FALSE(buddy->can_allocate(request));
}

TEST_P(Buddy, PartsComeBackInAnyOrder) {
  auto buddy = make_buddy(0, 16, "18", GetParam());
  ASSERT_EQ(allocate(*buddy, contiguous(16)).size(), 1U);
  buddy->release(extent(6, 5));
  EXPECT_EQ(free_blocks(*buddy), std::vector<Extent>({extent(6, 2), extent(8, 2), extent(10, 1)}));
  buddy->release(extent(11, 5));
  buddy->release(extent(0, 6));
  EXPECT_EQ(free_blocks(*buddy), std::vector<Extent>{extent(0, 16)});
  buddy->check_invariants();
}

TEST(BuddyPlacement, LifoTakesTheBlockFreedLast) {
  auto buddy = make_buddy(0, 16, "18", "lifo");
  for (int i = 0; i < 8; ++i) allocate(*buddy, contiguous(1));
  buddy->release(extent(1, 1));
  buddy->release(extent(6, 1));
  EXPECT_EQ(allocate(*buddy, contiguous(1)).front(), extent(6, 1));
}

// Lists as plain sequences, whose last block is the first to serve.
class NaiveLifo {
 public:
  explicit NaiveLifo(Extent extent) {
    std::uint64_t end = extent.end().value();
    while (end > extent.first.value()) {  // from the end, so that the lowest block comes first
      unsigned order = 0;
      while (order < kTop && end % (std::uint64_t{2} << order) == 0 &&
             end - (std::uint64_t{2} << order) >= extent.first.value())
        ++order;
      while (end - (std::uint64_t{1} << order) < extent.first.value()) --order;
      end -= std::uint64_t{1} << order;
      free_[order].push_back(end);
    }
  }
  std::optional<std::uint64_t> allocate(unsigned order) {
    unsigned from = order;
    while (from <= kTop && free_[from].empty()) ++from;
    if (from > kTop) return std::nullopt;
    const std::uint64_t block = free_[from].back();
    free_[from].pop_back();
    while (from > order) {
      --from;
      free_[from].push_back(block + (std::uint64_t{1} << from));
    }
    return block;
  }
  void release(std::uint64_t block, unsigned order) {
    for (; order < kTop && std::erase(free_[order], block ^ std::uint64_t{1} << order) != 0; ++order) {
      block &= ~(std::uint64_t{1} << order);
    }
    free_[order].push_back(block);
  }

 private:
  static constexpr unsigned kTop = 6;
  std::array<std::vector<std::uint64_t>, kTop + 1> free_;
};

TEST(BuddyMetadata, LifoServesExactlyAsLists) {
  const Extent all = extent(3, 5000);
  const auto buddy = find_policy("buddy")->create(all, {{"placement", "lifo"}, {"top_order", "6"}});
  NaiveLifo lists(all);
  RandomStream random = RandomStream::derive(1, {"compact"});
  std::vector<std::pair<std::uint64_t, unsigned>> live;
  for (int step = 0; step < 100'000; ++step) {
    if (random.chance(1, 2) || live.empty()) {
      const auto order = static_cast<unsigned>(random.below(7));
      const auto expected = lists.allocate(order);
      std::vector<Extent> out;
      ASSERT_EQ(buddy->allocate(contiguous(std::uint64_t{1} << order), out).has_value(), expected.has_value());
      if (!expected) continue;
      ASSERT_EQ(out.front().first.value(), *expected) << "step " << step;
      live.emplace_back(*expected, order);
    } else {
      std::swap(live[random.below(live.size())], live.back());
      const auto [block, order] = live.back();
      buddy->release(extent(block, std::uint64_t{1} << order));
      lists.release(block, order);
      live.pop_back();
    }
    if (step % 10'000 == 0) buddy->check_invariants();
  }
}

// Every other frame free is the most free blocks that there can be.
TEST(BuddyMetadata, LifoTakesThreeAndAHalfBytesPerFrameAtItsWorst) {
  constexpr std::uint64_t kFrames = 1 << 18;
  const auto buddy = find_policy("buddy")->create(extent(0, kFrames), {{"placement", "lifo"}, {"top_order", "18"}});
  EXPECT_LT(buddy->metadata_bytes(), 8192U);
  allocate(*buddy, {.count = FrameCount(kFrames)});
  EXPECT_LE(buddy->metadata_bytes(), kFrames + kFrames / 8);
  for (std::uint64_t frame = 0; frame < kFrames; frame += 2) buddy->release(extent(frame, 1));
  EXPECT_LE(buddy->metadata_bytes(), kFrames * 7 / 2 + 8192);
  for (std::uint64_t frame = 1; frame < kFrames; frame += 2) buddy->release(extent(frame, 1));
  EXPECT_EQ(free_blocks(*buddy), std::vector<Extent>{extent(0, kFrames)});
}

TEST(BuddyPlacement, FifoTakesTheBlockFreedFirst) {
  auto buddy = make_buddy(0, 16, "18", "fifo");
  for (int i = 0; i < 8; ++i) allocate(*buddy, contiguous(1));
  buddy->release(extent(6, 1));
  buddy->release(extent(1, 1));
  EXPECT_EQ(allocate(*buddy, contiguous(1)).front(), extent(6, 1));
}

TEST(BuddyPlacement, FifoTakesUntouchedMemoryBeforeWhatWasFreed) {
  auto buddy = make_buddy(0, 64, "4", "fifo");
  allocate(*buddy, contiguous(16));
  buddy->release(extent(0, 16));
  for (const std::uint64_t first : {16U, 32U, 48U, 0U}) {
    EXPECT_EQ(allocate(*buddy, contiguous(16)).front(), extent(first, 16));
  }
}

TEST(BuddyPlacement, MostUsedTakesTheRangeWithTheFewestFreeFrames) {
  const auto buddy = find_policy("buddy")->create(extent(0, 64), {{"placement", "most_used"}, {"range_order", "4"}});
  allocate(*buddy, {.count = FrameCount(64)});
  buddy->release(extent(1, 3));    // range 0: orders 0 and 1
  buddy->release(extent(18, 2));   // range 1: order 1
  buddy->release(extent(32, 16));  // range 2: empty
  EXPECT_EQ(allocate(*buddy, contiguous(1)).front(), extent(18, 1)) << "not the smaller block of the emptier range";
  EXPECT_EQ(allocate(*buddy, contiguous(2)).front(), extent(2, 2)) << "the first range that can";
  EXPECT_EQ(allocate(*buddy, contiguous(1)).front(), extent(1, 1)) << "the lowest of equals";
  EXPECT_EQ(allocate(*buddy, contiguous(1)).front(), extent(19, 1));
  EXPECT_EQ(allocate(*buddy, contiguous(1)).front(), extent(32, 1)) << "an empty range only when nothing else is left";
  buddy->check_invariants();
}

TEST(BuddyPlacement, MostUsedKeepsToItsRuleUnderConstraints) {
  const auto buddy = find_policy("buddy")->create(extent(0, 64), {{"placement", "most_used"}, {"range_order", "4"}});
  allocate(*buddy, {.count = FrameCount(64)});
  buddy->release(extent(1, 3));
  buddy->release(extent(18, 2));
  FrameRequest request = contiguous(1);
  request.window_first = FrameNumber(1);
  EXPECT_EQ(allocate(*buddy, request).front(), extent(18, 1));
  request.window_end = FrameNumber(16);
  EXPECT_EQ(allocate(*buddy, request).front(), extent(1, 1));
}

// The fragmentation run of the LLFree paper (ATC 2023): nine tenths of memory in single frames, half of them freed at
// random, then rounds in which a random tenth is freed and as much is allocated. Returns how many thousandths of the
// ranges of 2 MiB that could be empty, beyond those that never were in use, are empty.
std::uint64_t emptied_permille(const char* placement, unsigned rounds) {
  constexpr std::uint64_t kFrames = 1 << 16;
  const auto buddy = make_buddy(0, kFrames, "10", placement);
  std::vector<Extent> live;
  while (live.size() < kFrames / 10 * 9) EXPECT_TRUE(buddy->allocate(contiguous(1), live).has_value());
  RandomStream random = RandomStream::derive(1, {"fragmentation run"});
  const auto release_some = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      std::swap(live[random.below(live.size())], live.back());
      buddy->release(live.back());
      live.pop_back();
    }
  };
  const auto empty_ranges = [&] {
    std::uint64_t ranges = 0;
    buddy->for_each_free([&](Extent block) { ranges += block.count.count() / 512; });
    return ranges;
  };
  const std::uint64_t never_used = empty_ranges();
  release_some(live.size() / 2);
  for (unsigned round = 0; round < rounds; ++round) {
    const std::size_t count = live.size() / 10;
    release_some(count);
    for (std::size_t i = 0; i < count; ++i) EXPECT_TRUE(buddy->allocate(contiguous(1), live).has_value());
  }
  return (empty_ranges() - never_used) * 1000 / (buddy->free_frames().count() / 512 - never_used);
}

TEST(BuddyPlacement, MostUsedEmptiesRangesAndListsDoNot) {
  EXPECT_EQ(emptied_permille("lifo", 99), 0U);
  EXPECT_EQ(emptied_permille("most_used", 10), 0U);
  EXPECT_GT(emptied_permille("most_used", 50), 200U);
  EXPECT_LT(emptied_permille("most_used", 50), 400U);
  EXPECT_GT(emptied_permille("most_used", 99), 950U);
}

TEST(BuddyReserve, ScatteredRequestsLeaveIt) {
  const auto buddy = find_policy("buddy")->create(extent(0, 64), {{"reserve", "16"}});
  std::vector<Extent> out;
  EXPECT_FALSE(buddy->can_allocate({.count = FrameCount(49)}));
  EXPECT_FALSE(buddy->allocate({.count = FrameCount(64)}, out).has_value());
  allocate(*buddy, {.count = FrameCount(48)});
  EXPECT_FALSE(buddy->can_allocate({.count = FrameCount(1)}));
  allocate(*buddy, contiguous(16));
}

TEST(BuddyPlacement, LowestTakesTheLowestBlockOfTheSmallestOrder) {
  auto buddy = make_buddy(0, 16, "18", "lowest");
  for (int i = 0; i < 8; ++i) allocate(*buddy, contiguous(1));
  buddy->release(extent(6, 1));
  buddy->release(extent(2, 2));
  buddy->release(extent(4, 1));
  EXPECT_EQ(allocate(*buddy, contiguous(1)).front(), extent(4, 1));
}

TEST_P(Buddy, UntouchedMemoryIsNeverLookedAt) {
  const auto buddy = make_buddy(0, std::uint64_t{1} << 32, "18", GetParam());
  EXPECT_EQ(buddy->free_frames(), FrameCount(std::uint64_t{1} << 32));
  const auto copy = buddy->clone();  // would never end if it looked at every frame
  EXPECT_EQ(allocate(*copy, contiguous(1)).front(), extent(0, 1));
  FrameRequest high = contiguous(1);
  high.window_first = FrameNumber(0xf000'0000);
  EXPECT_EQ(allocate(*copy, high).front(), extent(0xf000'0000, 1));
  copy->check_invariants();
  EXPECT_EQ(buddy->free_frames(), FrameCount(std::uint64_t{1} << 32));
}

TEST(BuddyMetadata, ListsTakeNineBytesPerFrameAtMost) {
  constexpr std::uint64_t kFrames = 1 << 20;
  auto buddy = make_buddy(0, kFrames, "10", "lifo");
  EXPECT_LT(buddy->metadata_bytes(), 4096U);
  allocate(*buddy, {.count = FrameCount(kFrames)});
  EXPECT_LE(buddy->metadata_bytes(), kFrames * 9 + 4096);
}

TEST(BuddyMetadata, BitmapsTakeAboutAQuarterOfAByte) {
  EXPECT_LE(make_buddy(0, 1 << 20, "10", "lowest")->metadata_bytes(), (1U << 18) + (1U << 14));
}

using BuddyDeathTest = Buddy;

TEST_P(BuddyDeathTest, FramesThatAreNotOutCannotComeBack) {
  auto buddy = make_buddy(16, 16, "18", GetParam());
  allocate(*buddy, contiguous(4));
  const auto stops = testing::ExitedWithCode(70);
  EXPECT_EXIT(buddy->release(extent(20, 1)), stops, "was allocated");
  EXPECT_EXIT(buddy->release(extent(18, 4)), stops, "was allocated");
  EXPECT_EXIT(buddy->release(extent(16, 8)), stops, "was allocated");
  EXPECT_EXIT(buddy->release(extent(8, 1)), stops, "of this allocator");
  EXPECT_EXIT(buddy->release(extent(30, 4)), stops, "of this allocator");
  EXPECT_EXIT(buddy->release(extent(16, 0)), stops, "of this allocator");
  buddy->release(extent(17, 1));
  EXPECT_EXIT(buddy->release(extent(17, 1)), stops, "was allocated");
  EXPECT_EXIT(buddy->release(extent(16, 4)), stops, "was allocated");
}

INSTANTIATE_TEST_SUITE_P(Placements, Buddy, testing::Values("lifo", "fifo", "lowest", "most_used"));
INSTANTIATE_TEST_SUITE_P(Placements, BuddyDeathTest, testing::Values("lifo", "fifo", "lowest", "most_used"));

}  // namespace
}  // namespace memsim
