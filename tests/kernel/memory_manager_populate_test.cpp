// shm_ctl(), shm_ctl_special() and ftruncate(): every flag, combination and errno.
#include <memsim/phys/linux_free_lists.hpp>

#include "kernel/memory_manager_machine.hpp"

namespace memsim::test {
namespace {

class ShmCtl : public MemoryManagerTest {
 protected:
  Value fd = m.anonymous_object();
};

TEST_F(ShmCtl, AnonGivesZeroedFramesAtOnce) {
  const MemoryOutcome outcome = m.ctl(fd, kAnon, pages(8));
  EXPECT_EQ(outcome.value, 0);
  EXPECT_EQ(outcome.work.frames_zeroed, 8u);
  EXPECT_EQ(m.free_frames(), 1024u - 8);
  EXPECT_EQ(m.seen().names, (std::vector<std::string>{"frames_allocated", "object_populated"}));
  EXPECT_EQ(m.seen().populated.backing, ObjectKind::ram);
  EXPECT_EQ(m.seen().populated.frames, FrameCount(8));
}

// The policy `linux` keeps lists per processor, which show on whose behalf frames come back.
TEST(ShmCtlProcessors, FramesComeFromAndGoToTheOneThatServes) {
  PhysicalMemoryConfig memory = memory_of(1024);
  memory.policy = "linux";
  memory.policy_options = {{"batch", "4"}, {"high_min", "64"}, {"scatter_order", "0"}};
  Machine m(memory);
  const auto cached_on = [&](std::uint16_t cpu) {
    const auto lists = linux_free_lists(m.manager().memory().allocator(RegionId(0)));
    return std::count_if(lists->cached.begin(), lists->cached.end(),
                         [&](const LinuxFreeLists::CachedBlock& block) { return block.cpu == CpuId(cpu); });
  };
  const Value fd = m.anonymous_object();
  EXPECT_OK(m.on(CpuId(1)).ctl(fd, kAnon, pages(4)));
  EXPECT_EQ(cached_on(1), 0) << "the first refill is a batch";
  EXPECT_OK(m.ctl(m.anonymous_object(), kAnon, pages(1)));
  EXPECT_EQ(cached_on(1), 7) << "the second is twice as much";
  EXPECT_OK(m.on(CpuId(2)).close(fd));
  EXPECT_EQ(cached_on(2), 4);
  EXPECT_OK(m.as(kBob).ctl(m.anonymous_object(), kAnon, pages(2)));
  EXPECT_EQ(cached_on(2), 2);
  m.on(CpuId(3)).exit(kBob);
  EXPECT_EQ(cached_on(3), 2);
}

TEST_F(ShmCtl, LogicalSizeIsKeptAndBackingRoundedUp) {
  EXPECT_OK(m.ctl(fd, kAnon, 5000));
  EXPECT_EQ(m.free_frames(), 1024u - 2);
  EXPECT_EQ(m.seek(fd, 0, 2).value, 5000);
}

TEST_F(ShmCtl, ContiguousGivesOneSegmentOrNothing) {
  EXPECT_OK(m.ctl(fd, kAnon | kPhys, pages(13)));
  EXPECT_EQ(m.info(fd).value, 1);
  EXPECT_EQ(m.free_frames(), 1024u - 13);
  m.comb();
  const Value second = m.anonymous_object();
  const std::uint64_t before = m.free_frames();
  EXPECT_REFUSED(m.ctl(second, kAnon | kPhys | kNoDefrag, pages(2)), enomem);
  EXPECT_EQ(m.seen().names, std::vector<std::string>{"allocation_failed"});
  EXPECT_EQ(m.free_frames(), before);
  EXPECT_OK(m.ctl(second, kAnon, pages(2)));  // the documented retry: nothing was left behind
  EXPECT_EQ(m.info(second).value, 2);
}

TEST(ShmCtlOptions, ARefusalRecordsTheOptionOfThePolicyThatItComesFrom) {
  struct Listener : RecordSink {
    [[nodiscard]] std::span<const RecordKind> wanted() const override { return all_record_kinds(); }
    void on_record(const RecordView& record) override {
      if (record.kind() == RecordKind::allocation_failed) option = record.as<AllocationFailed>().option;
    }
    std::string option = "none failed";
  } listener;
  PhysicalMemoryConfig memory = memory_of(1024);
  memory.policy_options = {{"top_order", "4"}};
  Machine m(memory);
  m.records().subscribe(listener);
  EXPECT_REFUSED(m.ctl(m.anonymous_object(), kAnon | kPhys, pages(17)), enomem);
  EXPECT_EQ(listener.option, "top_order");
  EXPECT_REFUSED(m.ctl(m.anonymous_object(), kAnon | kPhys, pages(1025)), enomem);
  EXPECT_EQ(listener.option, "");
}

TEST_F(ShmCtl, OutOfMemoryLeavesEverythingAsItWas) {
  const std::uint64_t changes = m.manager().change_count();
  EXPECT_REFUSED(m.ctl(fd, kAnon, pages(1025)), enomem);
  EXPECT_REFUSED(m.ctl(fd, kAnon, INT64_MAX), enomem);
  EXPECT_EQ(m.free_frames(), 1024u);
  EXPECT_EQ(m.manager().change_count(), changes);
  EXPECT_EQ(m.ctl(fd, kGetFlags, 0).value, 0);
  EXPECT_OK(m.ctl(fd, kLazy, pages(1)));  // still new: any primary flags will do
}

TEST_F(ShmCtl, LazyTakesNothingYet) {
  for (const Value flags : {Value{kLazy}, Value{kAnon | kLazy}}) {
    const Value lazy = m.anonymous_object();
    EXPECT_OK(m.ctl(lazy, flags, pages(100'000)));
    EXPECT_EQ(m.free_frames(), 1024u);
    EXPECT_EQ(m.seen().populated.backing, ObjectKind::lazy);
  }
}

TEST_F(ShmCtl, PhysOverlaysWithoutAllocating) {
  EXPECT_OK(m.ctl(fd, kPhys, pages(2), 0xfee0'0000));
  EXPECT_EQ(m.free_frames(), 1024u);
  EXPECT_EQ(m.info(fd).value, 1);
  EXPECT_EQ(m.segments().front(), (Segment{Bytes(), PhysAddr(0xfee0'0000), Bytes(2 * kPage)}));
  const Value over_ram = m.anonymous_object();  // overlaying RAM takes no frames either
  EXPECT_OK(m.ctl(over_ram, kPhys, pages(2), kRamBase));
  EXPECT_EQ(m.free_frames(), 1024u);
}

TEST_F(ShmCtl, PhysWantsPagesInsidePhysicalAddressing) {
  EXPECT_REFUSED(m.ctl(fd, kPhys, pages(1), 0x1001), einval);
  EXPECT_REFUSED(m.ctl(fd, kPhys, 100, 0x1000), einval);
  EXPECT_REFUSED(m.ctl(fd, kPhys, pages(1), bits(std::uint64_t{1} << 52)), einval);
  EXPECT_REFUSED(m.ctl(fd, kPhys, pages(2), bits((std::uint64_t{1} << 52) - kPage)), einval);
  EXPECT_REFUSED(m.ctl(fd, kPhys, pages(2), -pages(1)), einval);
  EXPECT_OK(m.ctl(fd, kPhys, pages(1), bits((std::uint64_t{1} << 52) - kPage)));
}

TEST_F(ShmCtl, ZeroSizeSucceedsWithoutSegments) {
  for (const Value flags : {Value{kAnon}, Value{kAnon | kPhys}, Value{kPhys}, Value{kAnon | kTypedMem}}) {
    const Value pool = m.open_typed("dma", kAllocate).value;
    const Value empty = m.anonymous_object();
    EXPECT_OK(m.ctl(empty, flags, 0, (flags & kTypedMem) != 0 ? pool : 0));
    EXPECT_EQ(m.info(empty).value, 0);
    EXPECT_OK(m.info(empty));
  }
}

TEST_F(ShmCtl, CombinationsOfPrimaryFlags) {
  const Value bad[] = {0,
                       kSeal,
                       kPhys | kLazy,
                       kAnon | kPhys | kLazy,
                       kTypedMem,
                       kTypedMem | kPhys,
                       kTypedMem | kLazy,
                       kTypedMem | kAnon | kLazy,
                       kRepeat | kAnon,
                       kRepeat | kAnon | kPhys,
                       kGetFlags | kAnon};
  for (const Value flags : bad) EXPECT_REFUSED(m.ctl(fd, flags, pages(1)), einval) << flags;
  for (const Value bit : {Value{0x100}, Value{0x8000}, Value{0x10000}, Value{1} << 40}) {
    EXPECT_REFUSED(m.ctl(fd, kAnon | bit, pages(1)), einval) << bit;
  }
}

TEST_F(ShmCtl, HintsAreAcceptedAndReported) {
  const Value hints = kRevocable | kGlobal | kPriv | kLowerProt | kLazyWrite | kHighUsage | kNoDefrag;
  EXPECT_OK(m.ctl(fd, kAnon | hints, pages(1)));
  EXPECT_EQ(m.ctl(fd, kGetFlags, 0).value, kAnon | hints);
}

TEST_F(ShmCtl, AbilitiesAreAskedFor) {
  const ProcessId poor{10};
  m.add_process(poor, {.mem_phys = false, .mem_special = false, .mem_lock = false, .mem_global = false});
  m.as(poor);
  const Value mine = m.anonymous_object();
  EXPECT_REFUSED(m.ctl(mine, kPhys, pages(1)), eperm);
  EXPECT_REFUSED(m.ctl(mine, kAnon | kPhys, pages(1)), eperm);
  EXPECT_REFUSED(m.ctl(mine, kAnon | kGlobal, pages(1)), eperm);
  EXPECT_REFUSED(m.ctl_special(mine, kAnon, pages(1), 0), eperm);
  EXPECT_REFUSED(m.ctl(mine, kPhys | kLazy, pages(1)), einval);  // nonsense is told first
  EXPECT_OK(m.ctl(mine, kAnon, pages(1)));
}

TEST(ShmCtlSemantics, ContiguousNeedsNoAbilityWhenTheScenarioSaysSo) {
  Machine m(1024, {.anon_phys_needs_ability = false});
  m.add_process(ProcessId(10), {.mem_phys = false});
  m.as(ProcessId(10));
  EXPECT_OK(m.ctl(m.anonymous_object(), kAnon | kPhys, pages(2)));
  EXPECT_OK(m.map(pages(2), kPrivate | kMapAnon | kMapPhys));
  EXPECT_REFUSED(m.ctl(m.anonymous_object(), kPhys, pages(2)), eperm);
}

TEST_F(ShmCtl, ArgumentsThatNoObjectCanHave) {
  EXPECT_REFUSED(m.ctl(9, kAnon, pages(1)), ebadf);
  EXPECT_REFUSED(m.ctl(fd, kAnon, -1), einval);
  const Value read_only = m.open("/r", kReadOnly | kCreate).value;
  EXPECT_REFUSED(m.ctl(read_only, kAnon, pages(1)), einval);
}

// Calling again.

TEST_F(ShmCtl, RamExtendsFromThePositionAndNeverShrinks) {
  EXPECT_OK(m.ctl(fd, kAnon, pages(4)));
  EXPECT_OK(m.ctl(fd, kAnon, pages(4)));
  EXPECT_OK(m.ctl(fd, kAnon, pages(1)));
  EXPECT_EQ(m.free_frames(), 1024u - 4);
  EXPECT_OK(m.seek(fd, pages(3)));
  EXPECT_OK(m.ctl(fd, kAnon, pages(3)));
  EXPECT_EQ(m.free_frames(), 1024u - 6);
  EXPECT_EQ(m.seek(fd, 0, 2).value, pages(6));
}

TEST_F(ShmCtl, GrowthInsideTheLastPageAllocatesNothing) {
  EXPECT_OK(m.ctl(fd, kAnon, 100));
  EXPECT_OK(m.ctl(fd, kAnon, 4096));
  EXPECT_EQ(m.free_frames(), 1023u);
  EXPECT_EQ(m.seek(fd, 0, 2).value, 4096);
}

TEST_F(ShmCtl, PositionsPastTheEndCannotBeExtended) {
  EXPECT_OK(m.seek(fd, 1));
  EXPECT_REFUSED(m.ctl(fd, kAnon, pages(1)), einval);
  EXPECT_OK(m.seek(fd, 0));
  EXPECT_OK(m.ctl(fd, kAnon, pages(1)));
  EXPECT_OK(m.seek(fd, pages(2)));
  EXPECT_REFUSED(m.ctl(fd, kAnon, pages(1)), einval);
  EXPECT_OK(m.seek(fd, INT64_MAX));
  EXPECT_REFUSED(m.ctl(fd, kAnon, pages(1)), einval);
}

TEST_F(ShmCtl, LazyExtends) {
  EXPECT_OK(m.ctl(fd, kLazy, pages(2)));
  EXPECT_OK(m.seek(fd, 0, 2));
  EXPECT_OK(m.ctl(fd, kLazy, pages(3)));
  EXPECT_EQ(m.seek(fd, 0, 2).value, pages(5));
}

TEST_F(ShmCtl, ContiguousIsBusyEvenForTheSameSize) {
  EXPECT_OK(m.ctl(fd, kAnon | kPhys, pages(4)));
  EXPECT_REFUSED(m.ctl(fd, kAnon | kPhys, pages(4)), ebusy);
  EXPECT_OK(m.seek(fd, 0, 2));
  EXPECT_REFUSED(m.ctl(fd, kAnon | kPhys, pages(4)), ebusy);
}

TEST_F(ShmCtl, OverlaysAreAppendedAtTheEnd) {
  EXPECT_OK(m.ctl(fd, kPhys, pages(1), 0x10000));
  EXPECT_REFUSED(m.ctl(fd, kPhys, pages(1), 0x20000), einval);
  EXPECT_OK(m.seek(fd, 0, 2));
  EXPECT_OK(m.ctl(fd, kPhys, pages(2), 0x20000));
  EXPECT_EQ(m.info(fd).value, 2);
  EXPECT_EQ(m.segments()[1], (Segment{Bytes(kPage), PhysAddr(0x20000), Bytes(2 * kPage)}));
}

TEST_F(ShmCtl, RepeatFollowsThePatternByStrides) {
  EXPECT_OK(m.ctl(fd, kPhys, pages(1), 0x10000));
  EXPECT_OK(m.ctl(fd, kPhys | kRepeat, pages(4), 0x4000));
  EXPECT_EQ(m.info(fd).value, 4);
  for (std::uint64_t i = 0; i < 4; ++i) {
    EXPECT_EQ(m.segments()[i], (Segment{Bytes(i * kPage), PhysAddr(0x10000 + i * 0x4000), Bytes(kPage)}));
  }
}

TEST_F(ShmCtl, RepeatWithTouchingStridesIsOneSegment) {
  EXPECT_OK(m.ctl(fd, kPhys, pages(1), 0x10000));
  EXPECT_OK(m.ctl(fd, kPhys | kRepeat, pages(4), pages(1)));
  EXPECT_EQ(m.info(fd).value, 1);
}

TEST_F(ShmCtl, RepeatHasItsRules) {
  EXPECT_REFUSED(m.ctl(fd, kPhys | kRepeat, pages(4), 0x4000), einval);  // nothing to repeat
  EXPECT_OK(m.ctl(fd, kPhys, pages(1), 0x10000));
  EXPECT_REFUSED(m.ctl(fd, kPhys | kRepeat, pages(4), 0x4001), einval);
  EXPECT_REFUSED(m.ctl(fd, kPhys | kRepeat, pages(4), 0), einval);
  EXPECT_REFUSED(m.ctl(fd, kPhys | kRepeat, 100, 0x4000), einval);
  EXPECT_REFUSED(m.ctl(fd, kPhys | kRepeat, pages(4), bits(std::uint64_t{1} << 51)), einval);
  EXPECT_REFUSED(m.ctl(fd, kPhys | kRepeat, pages(std::uint64_t{1} << 40), 0x4000), enomem);
  EXPECT_OK(m.seek(fd, pages(1)));
  EXPECT_REFUSED(m.ctl(fd, kPhys | kRepeat, pages(4), 0x4000), einval);
  EXPECT_EQ(m.info(fd).value, 1);
}

TEST_F(ShmCtl, OtherPrimaryFlagsAreRefused) {
  EXPECT_OK(m.ctl(fd, kAnon, pages(1)));
  EXPECT_REFUSED(m.ctl(fd, kLazy, pages(1)), einval);
  EXPECT_REFUSED(m.ctl(fd, kPhys, pages(1), 0x1000), einval);
  EXPECT_REFUSED(m.ctl(fd, kAnon | kPhys, pages(1)), einval);
}

TEST(ShmCtlSemantics, AlreadySpecialMayBeTheLiteralBadDescriptor) {
  Machine m(1024, {.already_special_errno = Errno::ebadf});
  const Value fd = m.anonymous_object();
  EXPECT_OK(m.ctl(fd, kAnon, pages(1)));
  EXPECT_REFUSED(m.ctl(fd, kLazy, pages(1)), ebadf);
}

TEST_F(ShmCtl, SpecialMustBeRepeatedAsItWas) {
  EXPECT_OK(m.ctl_special(fd, kAnon, pages(1), 7));
  EXPECT_EQ(m.ctl(fd, kGetFlags, 0).value, kAnon | 0x8000);
  EXPECT_REFUSED(m.ctl(fd, kAnon, pages(2)), eagain);
  EXPECT_REFUSED(m.ctl_special(fd, kAnon, pages(2), 8), eagain);
  EXPECT_OK(m.ctl_special(fd, kAnon, pages(2), 7));
  const Value plain = m.anonymous_object();
  EXPECT_OK(m.ctl(plain, kAnon, pages(1)));
  EXPECT_REFUSED(m.ctl_special(plain, kAnon, pages(2), 0), eagain);
}

TEST_F(ShmCtl, SealedObjectKeepsItsLayout) {
  EXPECT_OK(m.ctl(fd, kAnon | kSeal, pages(1)));
  EXPECT_REFUSED(m.ctl(fd, kAnon, pages(2)), eperm);
  EXPECT_REFUSED(m.truncate(fd, 0), eperm);
  EXPECT_EQ(m.ctl(fd, kGetFlags, 0).value, kAnon | kSeal);
  EXPECT_EQ(m.info(fd).value, 1);
}

TEST_F(ShmCtl, SealMayComeLater) {
  EXPECT_OK(m.ctl(fd, kAnon, pages(1)));
  EXPECT_OK(m.ctl(fd, kAnon | kSeal, pages(1)));
  EXPECT_REFUSED(m.ctl(fd, kAnon, pages(2)), eperm);
}

TEST_F(ShmCtl, TypedMemoryComesFromThePool) {
  const Value pool = m.open_typed("dma", kAllocateContig).value;
  EXPECT_OK(m.ctl(fd, kAnon | kPhys | kTypedMem, pages(5), pool));
  EXPECT_OK(m.close(pool));  // the pool may be closed afterwards
  EXPECT_EQ(m.free_frames(), 1024u);
  EXPECT_EQ(m.info(fd).value, 1);
  EXPECT_GE(m.segments().front().paddr, PhysAddr(kPoolBase));
}

TEST_F(ShmCtl, TypedMemoryWantsAPool) {
  const Value other = m.anonymous_object();
  EXPECT_REFUSED(m.ctl(fd, kAnon | kTypedMem, pages(1), 99), ebadf);
  EXPECT_REFUSED(m.ctl(fd, kAnon | kTypedMem, pages(1), other), einval);
  const Value pool = m.open_typed("dma", kAllocate).value;
  EXPECT_REFUSED(m.ctl(fd, kAnon | kTypedMem, pages(kPoolFrames + 1), pool), enomem);
  EXPECT_OK(m.ctl(fd, kAnon | kTypedMem, pages(kPoolFrames), pool));
}

TEST_F(ShmCtl, PopulatedMemoryStaysPutAndLazyMemoryDoesNot) {
  EXPECT_OK(m.ctl(fd, kLazy, pages(1)));
  EXPECT_OK(m.touch(m.map(pages(1), kShared, fd).value));
  EXPECT_EQ(m.pinned_ranges(), 0u);
  const Value populated = m.anonymous_object();
  EXPECT_OK(m.ctl(populated, kAnon, pages(1)));
  EXPECT_EQ(m.pinned_ranges(), 1u);
  EXPECT_OK(m.close(populated));
  EXPECT_EQ(m.pinned_ranges(), 0u);
}

class Ftruncate : public ShmCtl {};

TEST_F(Ftruncate, AllocatesNowAndGivesBackOnShrinking) {
  EXPECT_EQ(m.truncate(fd, 5000).work.frames_zeroed, 2u);
  EXPECT_EQ(m.free_frames(), 1022u);
  EXPECT_OK(m.truncate(fd, 8192));
  EXPECT_EQ(m.free_frames(), 1022u);  // the rounded size did not change
  EXPECT_OK(m.truncate(fd, pages(4)));
  EXPECT_EQ(m.free_frames(), 1020u);
  EXPECT_OK(m.truncate(fd, 1));
  EXPECT_EQ(m.free_frames(), 1023u);
  EXPECT_EQ(m.pinned_ranges(), 0u);
}

TEST_F(Ftruncate, RefusesByTheReference) {
  EXPECT_REFUSED(m.truncate(fd, -1), einval);
  EXPECT_REFUSED(m.truncate(9, 1), ebadf);
  EXPECT_REFUSED(m.truncate(fd, pages(1025)), enomem);
  EXPECT_EQ(m.free_frames(), 1024u);
  EXPECT_REFUSED(m.truncate(m.open("/r", kReadOnly | kCreate).value, 1), einval);
  EXPECT_OK(m.ctl(fd, kAnon, pages(1)));
  EXPECT_REFUSED(m.truncate(fd, pages(2)), einval);
}

TEST_F(Ftruncate, OrdinaryMemoryCannotBecomeSpecialUnlessEmpty) {
  EXPECT_OK(m.truncate(fd, pages(1)));
  EXPECT_REFUSED(m.ctl(fd, kAnon, pages(1)), einval);
  EXPECT_OK(m.truncate(fd, 0));
  EXPECT_OK(m.ctl(fd, kAnon, pages(1)));
}

TEST_F(Ftruncate, LockedPagesAreUnlockedWhenTheyGo) {
  EXPECT_OK(m.truncate(fd, pages(4)));
  EXPECT_OK(m.lock(m.map(pages(8), kShared, fd).value, pages(8)));
  EXPECT_EQ(m.pinned_ranges(), 1u);
  EXPECT_OK(m.truncate(fd, 0));
  EXPECT_EQ(m.pinned_ranges(), 0u);
  EXPECT_OK(m.truncate(fd, pages(8)));  // grows into the locked range
  EXPECT_EQ(m.pinned_ranges(), 1u);
}

}  // namespace
}  // namespace memsim::test
