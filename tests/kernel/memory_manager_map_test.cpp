// mmap(), munmap(), references to memory, mem_offset64(), mlock(), munlock().
#include "kernel/memory_manager_machine.hpp"

namespace memsim::test {
namespace {

using Mmap = MemoryManagerTest;

TEST_F(Mmap, AnonymousMemoryIsAllocatedAtOnceAndGivenBackByTheParts) {
  const MemoryOutcome outcome = m.map(pages(10), kPrivate | kMapAnon);
  EXPECT_EQ(m.seen().names, (std::vector<std::string>{"object_created", "frames_allocated", "object_populated"}));
  EXPECT_EQ(outcome.work.frames_zeroed, 10u);
  EXPECT_EQ(outcome.work.pages_mapped, 10u);
  EXPECT_EQ(m.free_frames(), 1014u);
  EXPECT_EQ(m.unmap(outcome.value + pages(3), pages(4)).work.pages_unmapped, 4u);
  EXPECT_EQ(m.free_frames(), 1018u);
  EXPECT_REFUSED(m.touch(outcome.value + pages(3)), efault);
  EXPECT_OK(m.touch(outcome.value + pages(7), pages(3)));
  EXPECT_OK(m.unmap(outcome.value, pages(10)));  // the hole in the middle is fine
  EXPECT_EQ(m.free_frames(), 1024u);
  EXPECT_EQ(m.manager().object_count(), 0u);
}

TEST_F(Mmap, AnonymousContiguousMemoryIsOneExtent) {
  m.comb();
  EXPECT_REFUSED(m.map(pages(2), kPrivate | kMapAnon | kMapPhys), enomem);
  EXPECT_EQ(m.seen().names, std::vector<std::string>{"allocation_failed"});
  EXPECT_OK(m.map(pages(1), kMapAnon | kMapPhys));
}

TEST_F(Mmap, ContiguousMemoryStaysPutAndOrdinaryMemoryDoesNot) {
  EXPECT_OK(m.map(pages(2), kPrivate | kMapAnon));
  EXPECT_EQ(m.pinned_ranges(), 0u);
  const Value address = m.map(pages(2), kPrivate | kMapAnon | kMapPhys).value;
  EXPECT_EQ(m.pinned_ranges(), 1u);
  EXPECT_OK(m.unmap(address, pages(2)));
  EXPECT_EQ(m.pinned_ranges(), 0u);
}

TEST_F(Mmap, LazyAnonymousMemoryComesWithTheReference) {
  const Value address = m.map(pages(10), kPrivate | kMapAnon | kMapLazy).value;
  EXPECT_EQ(m.free_frames(), 1024u);
  const MemoryOutcome outcome = m.touch(address + 100, pages(2));  // touches three pages
  EXPECT_EQ(outcome.value, 3);
  EXPECT_EQ(outcome.work.page_faults, 3u);
  EXPECT_EQ(m.free_frames(), 1021u);
  EXPECT_EQ(m.touch(address, pages(4)).value, 1);
  EXPECT_EQ(m.touch(address, pages(4)).value, 0);
}

TEST_F(Mmap, ReferencesThatFindNoMemoryKeepWhatWasFaultedIn) {
  const Value address = m.map(pages(2000), kPrivate | kMapAnon | kMapLazy).value;
  EXPECT_REFUSED(m.touch(address, pages(2000)), enomem);
  // In the order in which it was asked for: what it got, then the page that there was no frame for.
  EXPECT_EQ(m.seen().names, (std::vector<std::string>{"frames_allocated", "allocation_failed", "object_populated"}));
  EXPECT_EQ(m.free_frames(), 0u);
  EXPECT_EQ(m.touch(address, pages(1024)).value, 0);
}

TEST_F(Mmap, ChecksInTheOrderOfTheReference) {
  const Value fd = m.anonymous_object();
  EXPECT_REFUSED(m.map(0, kPrivate | kMapAnon), einval);
  EXPECT_REFUSED(m.map(pages(1), kPrivate | kMapAnon, kNoFd, 0, 0x1), einval);
  EXPECT_REFUSED(m.map(pages(1), kPrivate | kMapAnon | 0x40000), einval);
  EXPECT_REFUSED(m.map(pages(1), 0, fd), einval);
  EXPECT_REFUSED(m.map(pages(1), kShared | kPrivate, fd), einval);
  EXPECT_REFUSED(m.map(pages(1), kPrivate | kMapAnon, fd), einval);
  EXPECT_REFUSED(m.map(pages(1), kPrivate | kMapAnon | kMapLazy | kMapPhys), einval);
  EXPECT_REFUSED(m.map(pages(1), kShared | kMapPhys, fd), einval);
  EXPECT_REFUSED(m.map(pages(2), kShared | kMapPhys, kNoFd, bits((std::uint64_t{1} << 52) - kPage)), einval);
  EXPECT_REFUSED(m.map(pages(2), kShared | kMapPhys, kNoFd, -pages(1)), einval);
  EXPECT_REFUSED(m.map(pages(1), kShared, -1), ebadf);
  EXPECT_REFUSED(m.map(pages(1), kShared, 99), ebadf);
  EXPECT_REFUSED(m.map(pages(1), kShared, fd, -1), einval);
  EXPECT_REFUSED(m.map(kSizeMax, kShared, fd), einval);
  EXPECT_REFUSED(m.map(bits(std::uint64_t{1} << 47), kShared, fd), enomem);
  EXPECT_REFUSED(m.map(bits(std::uint64_t{1} << 47), kShared, 99), ebadf);
  m.add_process(ProcessId(10), {.mem_phys = false});
  m.as(ProcessId(10));
  EXPECT_REFUSED(m.map(pages(1), kShared | kMapPhys, 0), eperm);  // before the descriptor
  EXPECT_REFUSED(m.map(pages(1), kMapAnon | kMapPhys), eperm);
}

TEST_F(Mmap, AccessModeOfTheDescriptorLimitsTheMapping) {
  (void)m.open("/a");
  const Value read_only = m.open("/a", kReadOnly).value;
  const Value write_only = m.open("/a", kWriteOnly).value;
  EXPECT_REFUSED(m.map(pages(1), kShared, write_only, 0, kWrite), eacces);
  EXPECT_REFUSED(m.map(pages(1), kShared, read_only, 0, kRead | kWrite), eacces);
  EXPECT_OK(m.map(pages(1), kShared, read_only, 0, kRead));
  EXPECT_OK(m.map(pages(1), kPrivate, read_only, 0, kRead | kWrite));
}

TEST_F(Mmap, PhysicalMappingShowsItsAddresses) {
  const Value address = m.map(pages(2), kShared | kMapPhys, kNoFd, 0xfee0'0000).value;
  EXPECT_EQ(m.free_frames(), 1024u);
  const MemoryOutcome outcome = m.mem_offset(address + 5, 10);
  EXPECT_EQ(outcome.results[0], 0xfee0'0005);
  EXPECT_EQ(outcome.results[1], 10);
  EXPECT_OK(m.touch(address, pages(2)));
  EXPECT_OK(m.lock(address, pages(2)));
  EXPECT_EQ(m.unmap(address, pages(2)).work.pages_unmapped, 2u);
}

TEST_F(Mmap, AddressesAreTheLowestThatFit) {
  const Value first = m.map(pages(2), kPrivate | kMapAnon).value;
  const Value second = m.map(pages(1), kPrivate | kMapAnon).value;
  EXPECT_EQ(second, first + pages(2));
  EXPECT_OK(m.unmap(first, pages(1)));
  EXPECT_EQ(m.map(pages(2), kPrivate | kMapAnon).value, second + pages(1));
  EXPECT_EQ(m.map(pages(1), kPrivate | kMapAnon).value, first);
}

TEST_F(Mmap, HintIsTakenWhenFree) {
  const Value wanted = 0x2000'0000;
  EXPECT_EQ(m.map(pages(1), kPrivate | kMapAnon, kNoFd, 0, kRead, wanted).value, wanted);
  EXPECT_NE(m.map(pages(1), kPrivate | kMapAnon, kNoFd, 0, kRead, wanted).value, wanted);
}

TEST_F(Mmap, FixedReplacesWhatIsThere) {
  const Value address = m.map(pages(4), kPrivate | kMapAnon).value;
  EXPECT_EQ(m.map(pages(2), kPrivate | kMapAnon | kFixed, kNoFd, 0, kRead, address + pages(1)).value,
            address + pages(1));
  EXPECT_EQ(m.free_frames(), 1020u);
  EXPECT_EQ(m.manager().object_count(), 2u);
  EXPECT_REFUSED(m.map(pages(1), kPrivate | kMapAnon | kFixed, kNoFd, 0, kRead, address + 1), einval);
  EXPECT_REFUSED(m.map(pages(1), kPrivate | kMapAnon | kFixed, kNoFd, 0, kRead, 0), einval);
  EXPECT_REFUSED(m.map(pages(2000), kPrivate | kMapAnon | kFixed, kNoFd, 0, kRead, address), enomem);
  EXPECT_OK(m.touch(address, pages(4)));  // the refused call replaced nothing
}

TEST_F(Mmap, FixedOverItsOwnObjectKeepsTheObject) {
  const Value fd = m.anonymous_object();
  EXPECT_OK(m.ctl(fd, kAnon, pages(2)));
  const Value address = m.map(pages(2), kShared, fd).value;
  EXPECT_OK(m.map(pages(2), kShared | kFixed, fd, 0, kRead, address));
  EXPECT_OK(m.close(fd));
  EXPECT_EQ(m.manager().object_count(), 1u);
}

TEST_F(Mmap, OffsetInsideAPageGivesAnAddressInsideAPage) {
  const Value fd = m.anonymous_object();
  EXPECT_OK(m.ctl(fd, kAnon, pages(2)));
  const Value address = m.map(pages(1), kShared, fd, 100).value;
  EXPECT_EQ(address % pages(1), 100);
  (void)m.info(fd);
  EXPECT_EQ(m.mem_offset(address).results[0], bits(m.segments().front().paddr.value() + 100));
}

TEST_F(Mmap, ProcessesSeeOneObject) {
  const Value fd = m.open("/a").value;
  EXPECT_OK(m.ctl(fd, kLazy, pages(4)));
  const Value mine = m.map(pages(4), kShared, fd).value;
  m.as(kBob);
  const Value yours = m.map(pages(4), kShared, m.open("/a").value).value;
  EXPECT_EQ(m.touch(yours, pages(4)).value, 4);
  EXPECT_EQ(m.as(kAlice).touch(mine, pages(4)).value, 0);
  const Value place = m.mem_offset(mine).results[0];
  EXPECT_EQ(m.as(kBob).mem_offset(yours).results[0], place);
}

TEST_F(Mmap, PrivateWritableMappingCopiesThePagesItTouches) {
  const Value fd = m.anonymous_object();
  EXPECT_OK(m.ctl(fd, kAnon, pages(3)));
  const Value address = m.map(pages(4), kPrivate, fd).value;
  EXPECT_EQ(m.free_frames(), 1021u);
  EXPECT_EQ(m.touch(address, pages(2)).value, 2);
  EXPECT_EQ(m.free_frames(), 1019u);
  EXPECT_REFUSED(m.touch(address + pages(3)), efault);  // past the end of what is copied
  EXPECT_OK(m.close(fd));
  EXPECT_EQ(m.manager().object_count(), 2u);  // the original is still read
  EXPECT_OK(m.unmap(address, pages(4)));
  EXPECT_EQ(m.manager().object_count(), 0u);
  EXPECT_EQ(m.free_frames(), 1024u);
}

using Munmap = MemoryManagerTest;

TEST_F(Munmap, RefusesByTheReference) {
  EXPECT_REFUSED(m.unmap(0x1000'0000, 0), einval);
  EXPECT_REFUSED(m.unmap(-pages(1), pages(2)), einval);
  EXPECT_REFUSED(m.unmap(bits(AddressSpace::kEnd.value()), pages(1)), einval);
  EXPECT_OK(m.unmap(0x1000'0000, pages(1)));  // nothing there: fine
}

TEST_F(Munmap, TakesWholePages) {
  const Value address = m.map(pages(3), kPrivate | kMapAnon).value;
  EXPECT_OK(m.unmap(address + 4000, 200));
  EXPECT_EQ(m.free_frames(), 1023u);
}

using References = MemoryManagerTest;

TEST_F(References, OutsideMappingsAndWithoutAccessFault) {
  EXPECT_REFUSED(m.touch(0), efault);
  EXPECT_REFUSED(m.touch(-1, 2), efault);
  const Value address = m.map(pages(1), kPrivate | kMapAnon, kNoFd, 0, kProtNone).value;
  EXPECT_REFUSED(m.touch(address), efault);
  EXPECT_REFUSED(m.mem_offset(address), eacces);
  EXPECT_REFUSED(m.touch(address, pages(2)), efault);
  EXPECT_EQ(m.touch(address, 0).value, 0);
}

TEST_F(References, BeyondTheObjectFaultUntilItGrows) {
  const Value fd = m.anonymous_object();
  const Value address = m.map(pages(4), kShared, fd).value;
  EXPECT_REFUSED(m.touch(address), efault);
  EXPECT_OK(m.truncate(fd, 5000));
  EXPECT_OK(m.touch(address, pages(2)));  // the last page is whole
  EXPECT_REFUSED(m.touch(address, pages(2) + 1), efault);
  EXPECT_REFUSED(m.mem_offset(address + pages(2)), eacces);
  EXPECT_OK(m.truncate(fd, pages(4)));
  EXPECT_OK(m.touch(address, pages(4)));
}

TEST_F(References, RefusedReferenceFaultsNothingIn) {
  const Value address = m.map(pages(2), kPrivate | kMapAnon | kMapLazy).value;
  EXPECT_REFUSED(m.touch(address, pages(3)), efault);
  EXPECT_EQ(m.free_frames(), 1024u);
}

using MemOffset = MemoryManagerTest;

TEST_F(MemOffset, WantsNofdAndAMappedAddress) {
  const Value address = m.map(pages(1), kPrivate | kMapAnon).value;
  EXPECT_REFUSED(m.mem_offset(address, 1, 0), enodev);
  EXPECT_REFUSED(m.mem_offset(address + pages(1)), eacces);
  EXPECT_REFUSED(m.mem_offset(-1), eacces);
}

TEST_F(MemOffset, TellsTheContiguousLengthCappedByTheLengthAskedFor) {
  const Value address = m.map(pages(4), kPrivate | kMapAnon | kMapPhys).value;
  EXPECT_EQ(m.mem_offset(address + 10).results[1], pages(4) - 10);
  EXPECT_EQ(m.mem_offset(address + 10, 100).results[1], 100);
  EXPECT_EQ(m.mem_offset(address, 100).work.address_translations, 1u);
}

TEST_F(MemOffset, ContiguityGoesOnOverTouchingBlocksAndMappings) {
  Machine apart(1024, {.merge_touching_segments = false});
  const Value fd = apart.anonymous_object();
  EXPECT_OK(apart.ctl(fd, kAnon, pages(13)));
  const Value address = apart.map(pages(13), kShared, fd).value;
  EXPECT_EQ(apart.mem_offset(address).results[1], pages(13));
  EXPECT_OK(apart.lock(address + pages(2), pages(3)));  // cuts the mapping in three
  EXPECT_EQ(apart.mem_offset(address).results[1], pages(13));
}

TEST_F(MemOffset, MaterialisesThePage) {
  const Value address = m.map(pages(4), kPrivate | kMapAnon | kMapLazy).value;
  EXPECT_EQ(m.mem_offset(address + pages(1)).results[1], pages(1));
  EXPECT_EQ(m.free_frames(), 1023u);
}

using Mlock = MemoryManagerTest;

TEST_F(Mlock, NeedsTheAbilityAndAWholeRange) {
  m.add_process(ProcessId(10), {.mem_lock = false});
  const Value address = m.map(pages(2), kPrivate | kMapAnon).value;
  EXPECT_REFUSED(m.lock(address, pages(3)), enomem);
  EXPECT_REFUSED(m.unlock(address, pages(3)), enomem);
  EXPECT_OK(m.lock(address, pages(2)));
  EXPECT_OK(m.lock(address, 0));
  m.as(ProcessId(10));
  EXPECT_REFUSED(m.lock(m.map(pages(1), kPrivate | kMapAnon).value, pages(1)), eperm);
}

TEST_F(Mlock, DoesNotStackInOneProcess) {
  const Value address = m.map(pages(2), kPrivate | kMapAnon).value;
  EXPECT_OK(m.lock(address, pages(2)));
  EXPECT_OK(m.lock(address, pages(2)));
  EXPECT_EQ(m.pinned_ranges(), 1u);
  EXPECT_OK(m.unlock(address, pages(2)));
  EXPECT_EQ(m.pinned_ranges(), 0u);
  EXPECT_OK(m.unlock(address, pages(2)));
}

TEST_F(Mlock, MemoryStaysPutUntilAllProcessesLetGo) {
  const Value fd = m.open("/a").value;
  EXPECT_OK(m.truncate(fd, pages(2)));
  const Value mine = m.map(pages(2), kShared, fd).value;
  EXPECT_OK(m.lock(mine, pages(2)));
  m.as(kBob);
  const Value yours = m.map(pages(2), kShared, m.open("/a").value).value;
  EXPECT_OK(m.lock(yours, pages(2)));
  EXPECT_OK(m.as(kAlice).unlock(mine, pages(2)));
  EXPECT_EQ(m.pinned_ranges(), 1u);
  m.exit(kBob);
  EXPECT_EQ(m.pinned_ranges(), 0u);
}

TEST_F(Mlock, LazyMemoryIsLockedWhenItComes) {
  const Value address = m.map(pages(2), kPrivate | kMapAnon | kMapLazy).value;
  EXPECT_OK(m.lock(address, pages(1)));
  EXPECT_EQ(m.free_frames(), 1024u);
  EXPECT_OK(m.touch(address + pages(1)));
  EXPECT_EQ(m.pinned_ranges(), 0u);
  EXPECT_OK(m.touch(address));
  EXPECT_EQ(m.pinned_ranges(), 1u);
  EXPECT_OK(m.unmap(address, pages(1)));
  EXPECT_EQ(m.pinned_ranges(), 0u);
}

}  // namespace
}  // namespace memsim::test
