// Contiguous memory under a policy that gives whole blocks: the frames behind what was asked for.
#include "kernel/memory_manager_machine.hpp"

namespace memsim::test {
namespace {

constexpr std::uint64_t kTailFrames = 64;
constexpr std::uint64_t kFirstTailFrame = kRamBase / kPage;

Extent extent(std::uint64_t first, std::uint64_t count) {
  return {FrameNumber(kFirstTailFrame + first), FrameCount(count)};
}

class Tail : public ::testing::Test {
 protected:
  ~Tail() override { m.manager().check_invariants(); }
  [[nodiscard]] ObjectSample objects() { return m.manager().sample_objects(); }

  Machine m{memory_with_tails_kept(kTailFrames, "buddy")};
};

TEST_F(Tail, IsHeldWithTheObjectAndShownToNobody) {
  const Value fd = m.anonymous_object();
  const MemoryOutcome outcome = m.ctl(fd, kAnon | kPhys, pages(5) - 100);
  ASSERT_OK(outcome);
  EXPECT_EQ(outcome.work.frames_zeroed, 5u);
  EXPECT_EQ(m.seen().allocated_extents, std::vector<Extent>{extent(0, 8)});
  EXPECT_EQ(m.seen().populated.frames, FrameCount(8));
  EXPECT_EQ(m.free_frames(), kTailFrames - 8);
  ASSERT_EQ(m.info(fd).value, 1);
  EXPECT_EQ(m.segments().front().length, Bytes(5 * kPage - 100));
}

TEST_F(Tail, IsInternalFragmentation) {
  const Value fd = m.anonymous_object();
  ASSERT_OK(m.ctl(fd, kAnon | kPhys, pages(5)));
  EXPECT_EQ(objects().asked, Bytes(5 * kPage));
  EXPECT_EQ(objects().given, Bytes(8 * kPage));
  ASSERT_OK(m.close(fd));
  EXPECT_EQ(objects().given, Bytes());
}

TEST_F(Tail, GoesBackWithItsObjectAsOneBlock) {
  const Value fd = m.anonymous_object();
  ASSERT_OK(m.ctl(fd, kAnon | kPhys, pages(5)));
  ASSERT_OK(m.close(fd));
  EXPECT_EQ(m.seen().released_extents, std::vector<Extent>{extent(0, 8)});
  EXPECT_EQ(m.free_frames(), kTailFrames);
}

TEST_F(Tail, OfAMappingGoesBackWithItsLastPage) {
  const Value address = m.map(pages(5), kPrivate | kMapAnon | kMapPhys).value;
  ASSERT_OK(m.unmap(address + pages(2), pages(3)));
  EXPECT_EQ(m.seen().released_extents, std::vector<Extent>{extent(2, 3)});
  EXPECT_EQ(m.free_frames(), kTailFrames - 5);
  m.manager().check_invariants();
  ASSERT_OK(m.unmap(address, pages(2)));
  EXPECT_EQ(m.seen().released_extents, (std::vector<Extent>{extent(0, 2), extent(5, 3)}));
  EXPECT_EQ(m.free_frames(), kTailFrames);
}

TEST(TailOfALargeBlock, CannotMoveWhileItIsHeld) {
  Machine m{memory_with_tails_kept(4096, "buddy")};
  const Value fd = m.anonymous_object();
  ASSERT_OK(m.ctl(fd, kAnon | kPhys, pages(1025)));  // of 2048: the last of four ranges of 2 MiB is all tail
  ASSERT_OK(m.ctl(m.anonymous_object(), kAnon | kPhys, pages(1)));
  EXPECT_EQ(m.pinned_ranges(), 5u);
  ASSERT_OK(m.close(fd));
  EXPECT_EQ(m.pinned_ranges(), 1u);
}

TEST_F(Tail, IsNoneWhereTheBlockIsJustAsLarge) {
  ASSERT_OK(m.ctl(m.anonymous_object(), kAnon | kPhys, pages(4)));
  EXPECT_EQ(m.seen().allocated_extents, std::vector<Extent>{extent(0, 4)});
  EXPECT_EQ(objects().given, Bytes(4 * kPage));
}

TEST_F(Tail, ComesWithTypedMemoryToo) {
  const Value typed = m.open_typed("dma", kAllocateContig).value;
  const MemoryOutcome mapped = m.map(pages(3), kShared, typed);
  ASSERT_OK(mapped);
  EXPECT_EQ(m.manager().memory().measure(RegionId(1)).free, FrameCount(kPoolFrames - 4));
  ASSERT_OK(m.unmap(mapped.value, pages(3)));
  EXPECT_EQ(m.manager().memory().measure(RegionId(1)).free, FrameCount(kPoolFrames));
}

TEST_F(Tail, DoesNotComeWithScatteredMemory) {
  ASSERT_OK(m.ctl(m.anonymous_object(), kAnon, pages(5)));
  EXPECT_EQ(m.free_frames(), kTailFrames - 5);
}

TEST(TailAndDefragmenting, ARangeThatWasClearedHasNone) {
  Machine m{memory_with_tails_kept(kTailFrames, "buddy"), {}, ContiguousFailure::defragment};
  const Value base = m.map(pages(kTailFrames), kPrivate | kMapAnon).value;
  for (std::uint64_t page = 0; page < kTailFrames; ++page) {
    if (page % 4 == 1) continue;
    ASSERT_OK(m.unmap(base + pages(page), pages(1)));
  }
  const std::uint64_t free = m.free_frames();
  ASSERT_OK(m.ctl(m.anonymous_object(), kAnon | kPhys, pages(5)));
  EXPECT_FALSE(m.seen().moved_from.empty());
  EXPECT_EQ(m.free_frames(), free - 5);
  m.manager().check_invariants();
}

}  // namespace
}  // namespace memsim::test
