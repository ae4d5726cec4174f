// Contiguous requests that find no place: refused, or served by moving what can move.
#include <memsim/base/random.hpp>
#include <memsim/phys/policy.hpp>

#include "kernel/memory_manager_machine.hpp"

namespace memsim::test {
namespace {

constexpr std::uint64_t kFrames = 64;
constexpr Value kPrivateMemory = kPrivate | kMapAnon;
constexpr Value kContiguous = kAnon | kPhys;
constexpr std::uint64_t kFirstFrame = kRamBase / kPage;

class Defragment : public ::testing::Test {
 protected:
  ~Defragment() override { m.manager().check_invariants(); }

  // Fills general memory with single pages of private memory, and gives back those whose number in their group of
  // `period` frames is not in `kept`. Pages lie behind each other in address and frame.
  void fill(std::uint64_t period, std::initializer_list<std::uint64_t> kept) {
    base = m.map(pages(kFrames), kPrivateMemory).value;
    for (std::uint64_t i = 0; i < kFrames; ++i) {
      const bool stays = std::find(kept.begin(), kept.end(), i % period) != kept.end();
      if (stays) continue;
      EXPECT_OK(m.unmap(page(i), pages(1)));
    }
  }
  [[nodiscard]] Value page(std::uint64_t number) const { return base + pages(number); }
  // The frame behind a page of the filling, numbered from the first of general memory.
  std::uint64_t frame_of(std::uint64_t number) {
    return bits_of(m.mem_offset(page(number)).results[0]) / kPage - kFirstFrame;
  }
  static std::uint64_t bits_of(Value value) { return static_cast<std::uint64_t>(value); }
  // Where the contiguous object behind `fd` begins, as a frame of general memory.
  std::uint64_t start_of(Value fd) {
    EXPECT_EQ(m.info(fd).value, 1);
    return m.segments().at(0).paddr.value() / kPage - kFirstFrame;
  }

  Machine m{kFrames, {}, ContiguousFailure::defragment};
  Value base = 0;
};

TEST_F(Defragment, ARequestThatFindsAPlaceMovesNothing) {
  const Value fd = m.anonymous_object();
  const MemoryOutcome outcome = m.ctl(fd, kContiguous, pages(8));
  EXPECT_OK(outcome);
  EXPECT_EQ(outcome.work.frames_moved, 0u);
  EXPECT_EQ(m.seen().names, (std::vector<std::string>{"frames_allocated", "object_populated"}));
}

TEST_F(Defragment, PrivateMemoryMovesOutOfTheWay) {
  fill(4, {1});  // one page of each four frames: no two free frames make an aligned pair of pairs
  const Value fd = m.anonymous_object();
  const MemoryOutcome outcome = m.ctl(fd, kContiguous, pages(8));
  ASSERT_OK(outcome);
  EXPECT_EQ(start_of(fd), 0u);
  EXPECT_EQ(outcome.work.frames_moved, 2u);
  EXPECT_EQ(outcome.work.frames_zeroed, 8u);
  EXPECT_EQ(m.free_frames(), 64u - 16 - 8);
  EXPECT_GE(frame_of(1), 8u);
  EXPECT_GE(frame_of(5), 8u);
  EXPECT_EQ(frame_of(9), 9u);
}

TEST_F(Defragment, TheMoveIsPublishedBeforeTheRangeIsGivenOut) {
  fill(4, {1});
  const Value fd = m.anonymous_object();
  ASSERT_OK(m.ctl(fd, kContiguous, pages(8)));
  EXPECT_EQ(m.seen().names, (std::vector<std::string>{"frames_claimed", "frames_moved", "object_populated",
                                                      "frames_allocated", "object_populated"}));
  EXPECT_EQ(m.seen().moved_from, (std::vector<Extent>{{FrameNumber(kFirstFrame + 1), FrameCount(1)},
                                                      {FrameNumber(kFirstFrame + 5), FrameCount(1)}}));
  FrameCount moved;
  for (const Extent& extent : m.seen().moved_to) {
    moved += extent.count;
    EXPECT_GE(extent.first, FrameNumber(kFirstFrame + 8));
  }
  EXPECT_EQ(moved, FrameCount(2));
  EXPECT_EQ(m.seen().allocated_extents, (std::vector<Extent>{{FrameNumber(kFirstFrame), FrameCount(8)}}));
}

TEST_F(Defragment, TheRangeWithTheFewestFramesToMoveIsTaken) {
  fill(2, {1});
  EXPECT_OK(m.unmap(page(41), pages(1)));
  EXPECT_OK(m.unmap(page(43), pages(1)));  // nine frames in a row now hold two to move at least
  const Value fd = m.anonymous_object();
  const MemoryOutcome outcome = m.ctl(fd, kContiguous, pages(9));
  ASSERT_OK(outcome);
  EXPECT_EQ(outcome.work.frames_moved, 2u);
  EXPECT_EQ(start_of(fd), 36u);  // with 37 and 39: the lowest of those with two
}

TEST_F(Defragment, FtruncatedAndLazyObjectsMoveToo) {
  const Value below = m.map(pages(30), kPrivateMemory).value;
  const Value ordinary = m.anonymous_object();
  EXPECT_OK(m.truncate(ordinary, pages(3)));
  const Value lazy = m.anonymous_object();
  EXPECT_OK(m.ctl(lazy, kLazy, pages(3)));
  const Value shown = m.map(pages(3), kShared, lazy).value;
  EXPECT_OK(m.touch(shown, pages(3)));
  const Value mapped = m.map(pages(3), kShared, ordinary).value;
  EXPECT_OK(m.unmap(below, pages(30)));  // the six frames from 30 to 35 are left
  const Value fd = m.anonymous_object();
  const MemoryOutcome outcome = m.ctl(fd, kContiguous, pages(40));
  ASSERT_OK(outcome);
  EXPECT_EQ(outcome.work.frames_moved, 6u);
  for (const Value address : {shown, mapped}) {
    for (std::uint64_t i = 0; i < 3; ++i) {
      const std::uint64_t frame = bits_of(m.mem_offset(address + pages(i)).results[0]) / kPage - kFirstFrame;
      EXPECT_GE(frame, 40u);  // the buffer begins at 0
    }
  }
}

TEST_F(Defragment, NoDefragFailsAtOnceWithNothingChanged) {
  fill(4, {1});
  const Value fd = m.anonymous_object();
  const std::uint64_t changes = m.manager().change_count();
  const MemoryOutcome outcome = m.ctl(fd, kContiguous | kNoDefrag, pages(8));
  EXPECT_REFUSED(outcome, enomem);
  EXPECT_EQ(outcome.work.allocator.steps, 0u);
  EXPECT_EQ(m.seen().names, std::vector<std::string>{"allocation_failed"});
  EXPECT_EQ(m.manager().change_count(), changes);
  EXPECT_EQ(frame_of(1), 1u);
}

TEST_F(Defragment, LockedFramesStayUntilTheyAreUnlocked) {
  fill(8, {3});
  for (std::uint64_t i = 3; i < kFrames; i += 8) EXPECT_OK(m.lock(page(i), pages(1)));
  const Value fd = m.anonymous_object();
  EXPECT_REFUSED(m.ctl(fd, kContiguous, pages(8)), enomem);
  EXPECT_OK(m.unlock(page(19), pages(1)));
  const MemoryOutcome outcome = m.ctl(fd, kContiguous, pages(8));
  ASSERT_OK(outcome);
  EXPECT_EQ(outcome.work.frames_moved, 1u);
  EXPECT_EQ(start_of(fd), 12u);  // the lowest of the ranges from 12 to 19 on, between locked frames 11 and 27
}

TEST_F(Defragment, PopulatedObjectsNeverMove) {
  std::vector<Value> objects;
  for (std::uint64_t i = 0; i < kFrames; ++i) {
    objects.push_back(m.anonymous_object());
    EXPECT_OK(m.ctl(objects.back(), kAnon, pages(1)));
  }
  for (std::uint64_t i = 0; i < kFrames; i += 2) EXPECT_OK(m.close(objects[i]));
  const Value fd = m.anonymous_object();
  const MemoryOutcome outcome = m.ctl(fd, kContiguous, pages(2));
  EXPECT_REFUSED(outcome, enomem);
  EXPECT_EQ(outcome.work.frames_moved, 0u);
  EXPECT_GT(outcome.work.allocator.steps, 0u);  // the search is paid for
}

TEST_F(Defragment, TooLittleMemoryForWhatMustMoveLeavesEverythingAsItWas) {
  fill(4, {0, 2});
  const Value fd = m.anonymous_object();
  const std::uint64_t changes = m.manager().change_count();
  EXPECT_REFUSED(m.ctl(fd, kContiguous, pages(33)), enomem);
  EXPECT_EQ(m.seen().names, std::vector<std::string>{"allocation_failed"});
  EXPECT_EQ(m.manager().change_count(), changes);
  const MemoryOutcome all = m.ctl(fd, kContiguous, pages(32));  // just enough: 16 move into the 16 free ones outside
  ASSERT_OK(all);
  EXPECT_EQ(all.work.frames_moved, 16u);
  EXPECT_EQ(m.free_frames(), 0u);
}

TEST_F(Defragment, AFreeRangeThatThePolicyHasNoBlockForNeedsNoMove) {
  fill(64, {0, 11});  // frames 1 to 10 are free, and 12 up; the buddy's block of 64 is broken
  EXPECT_OK(m.unmap(page(11), pages(1)));
  const Value fd = m.anonymous_object();
  const MemoryOutcome outcome = m.ctl(fd, kContiguous, pages(63));  // no block of 64
  ASSERT_OK(outcome);
  EXPECT_EQ(outcome.work.frames_moved, 0u);
  EXPECT_EQ(start_of(fd), 1u);
}

TEST_F(Defragment, AnonymousContiguousMappingsAreServedAlike) {
  fill(4, {1});
  const MemoryOutcome outcome = m.map(pages(8), kMapAnon | kMapPhys);
  ASSERT_OK(outcome);
  EXPECT_EQ(outcome.work.frames_moved, 2u);
  EXPECT_EQ(m.mem_offset(outcome.value).results[1], pages(8));
}

TEST_F(Defragment, ContiguousTypedMemoryOfAnOrdinaryRegionIsServedAlike) {
  fill(4, {1});
  const Value pool = m.open_typed("sysram", kAllocateContig).value;
  const MemoryOutcome outcome = m.map(pages(8), kShared, pool);
  ASSERT_OK(outcome);
  EXPECT_EQ(outcome.work.frames_moved, 2u);
  EXPECT_EQ(m.mem_offset(outcome.value).results[1], pages(8));
}

TEST_F(Defragment, WhatMovedComesBackWhenItsOwnerLetsGo) {
  fill(4, {1});
  const Value fd = m.anonymous_object();
  ASSERT_OK(m.ctl(fd, kContiguous, pages(8)));
  EXPECT_OK(m.close(fd));
  EXPECT_OK(m.unmap(base, pages(kFrames)));
  EXPECT_EQ(m.free_frames(), kFrames);
  EXPECT_EQ(m.pinned_ranges(), 0u);
  EXPECT_OK(m.ctl(m.anonymous_object(), kContiguous, pages(kFrames)));
}

TEST(NoDefragment, IsTheDefault) {
  Machine m(kFrames);
  const Value base = m.map(pages(kFrames), kPrivateMemory).value;
  for (Value i = 0; i < static_cast<Value>(kFrames); i += 2) {
    EXPECT_OK(m.unmap(base + i * static_cast<Value>(kPage), pages(1)));
  }
  const MemoryOutcome outcome = m.ctl(m.anonymous_object(), kContiguous, pages(2));
  EXPECT_REFUSED(outcome, enomem);
  EXPECT_EQ(outcome.work.allocator.steps, 0u);
}

// Every policy, without its knowing: whatever can be had by moving is had, and nothing is lost.
TEST(DefragmentWithEveryPolicy, ServesWhateverMovingCanServe) {
  for (const Policy& policy : policies()) {
    SCOPED_TRACE(policy.name);
    PhysicalMemoryConfig config = memory_of(256);
    config.policy = policy.name;
    Machine m(config, {}, ContiguousFailure::defragment);
    RandomStream random(3);
    const Value base = m.map(pages(256), kPrivateMemory).value;
    for (Value i = 0; i < 256; ++i) {
      if (random.chance(1, 2)) continue;
      EXPECT_OK(m.unmap(base + pages(static_cast<std::uint64_t>(i)), pages(1)));
    }
    const std::uint64_t free = m.free_frames();
    const Value fd = m.anonymous_object();
    EXPECT_REFUSED(m.ctl(fd, kContiguous, pages(free + 1)), enomem);
    EXPECT_OK(m.ctl(fd, kContiguous, pages(free)));
    EXPECT_EQ(m.info(fd).value, 1);
    EXPECT_EQ(m.free_frames(), 0u);
    m.manager().check_invariants();
    m.exit(kAlice);
    EXPECT_EQ(m.free_frames(), 256u);
    m.manager().check_invariants();
  }
}

}  // namespace
}  // namespace memsim::test
