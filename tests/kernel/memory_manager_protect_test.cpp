// mprotect(), mlockall(), munlockall(), posix_mem_offset(); handles and what takes an object back.
#include "kernel/memory_manager_machine.hpp"

namespace memsim::test {
namespace {

using Mprotect = MemoryManagerTest;
using LockAll = MemoryManagerTest;
using Handles = MemoryManagerTest;

MemoryOutcome protect(Machine& m, Value address, Value length, Value protection) {
  return m.call(Call::mprotect, {address, length, protection});
}

TEST_F(Mprotect, SaysWhatMayBeReferred) {
  const Value address = m.map(pages(4), kPrivate | kMapAnon).value;
  EXPECT_EQ(protect(m, address + pages(1), pages(2), kProtNone).work.pages_mapped, 2u);
  EXPECT_OK(m.touch(address));
  EXPECT_REFUSED(m.touch(address + pages(1)), efault);
  EXPECT_EQ(m.manager().mapping_count(), 3u);
  EXPECT_OK(protect(m, address, pages(4), kRead | kWrite));
  EXPECT_EQ(m.manager().mapping_count(), 1u);
  EXPECT_OK(m.touch(address, pages(4)));
  EXPECT_EQ(protect(m, address, pages(4), kRead | kWrite).work.pages_mapped, 0u);
}

TEST_F(Mprotect, IsRefusedByItsErrnos) {
  const Value address = m.map(pages(4), kPrivate | kMapAnon).value;
  EXPECT_REFUSED(protect(m, address, pages(1), 0x1000), einval);
  EXPECT_REFUSED(protect(m, address, pages(5), kRead), enomem);
  EXPECT_REFUSED(protect(m, 0, pages(1), kRead), enomem);
  const Value fd = m.open("/a", kReadOnly | kCreate).value;
  EXPECT_OK(m.ctl(m.open("/a").value, kAnon, pages(2)));
  const Value shown = m.map(pages(2), kShared, fd, 0, kRead).value;
  EXPECT_REFUSED(protect(m, shown, pages(1), kRead | kWrite), eacces);
  EXPECT_OK(protect(m, shown, pages(1), kProtNone));
}

TEST_F(Mprotect, MakesAPrivateMappingOfAnObjectACopyWhenItMayBeWritten) {
  const Value fd = m.open("/a").value;
  EXPECT_OK(m.ctl(fd, kAnon, pages(4)));
  const Value shown = m.map(pages(4), kPrivate, fd, 0, kRead).value;
  const std::uint64_t before = m.free_frames();
  EXPECT_EQ(m.touch(shown, pages(4)).value, 0);
  EXPECT_OK(protect(m, shown + pages(1), pages(2), kRead | kWrite));
  EXPECT_EQ(m.touch(shown, pages(4)).value, 2);
  EXPECT_EQ(m.free_frames(), before - 2);
  EXPECT_OK(m.unmap(shown, pages(4)));
  EXPECT_EQ(m.free_frames(), before);
}

TEST_F(LockAll, LocksWhatIsMappedAndWhatWillBe) {
  const Value address = m.map(pages(2), kPrivate | kMapAnon).value;
  EXPECT_REFUSED(m.call(Call::mlockall, {0}), einval);
  EXPECT_REFUSED(m.call(Call::mlockall, {4}), einval);
  EXPECT_EQ(m.pinned_ranges(), 0u);
  EXPECT_OK(m.call(Call::mlockall, {1}));
  EXPECT_EQ(m.pinned_ranges(), 1u);
  EXPECT_OK(m.unmap(address, pages(2)));
  EXPECT_EQ(m.pinned_ranges(), 0u);
  EXPECT_OK(m.map(pages(2), kPrivate | kMapAnon));
  EXPECT_EQ(m.pinned_ranges(), 0u);
  EXPECT_OK(m.call(Call::mlockall, {2}));
  EXPECT_EQ(m.pinned_ranges(), 0u);
  EXPECT_OK(m.map(pages(2), kPrivate | kMapAnon));
  EXPECT_EQ(m.pinned_ranges(), 1u);
  EXPECT_OK(m.call(Call::munlockall, {}));
  EXPECT_EQ(m.pinned_ranges(), 0u);
  EXPECT_OK(m.map(pages(2), kPrivate | kMapAnon));
  EXPECT_EQ(m.pinned_ranges(), 0u);
}

TEST_F(LockAll, NeedsTheAbility) {
  constexpr ProcessId kWeak(7);
  m.add_process(kWeak, {.mem_lock = false});
  EXPECT_REFUSED(m.as(kWeak).call(Call::mlockall, {1}), eperm);
  EXPECT_OK(m.call(Call::munlockall, {}));
}

TEST_F(Mprotect, PosixMemOffsetAnswersAsMemOffset64) {
  const Value address = m.map(pages(4), kPrivate | kMapAnon | kMapPhys).value;
  const MemoryOutcome one = m.mem_offset(address + 5);
  const MemoryOutcome other = m.call(Call::posix_mem_offset, {address + 5, kSizeMax});
  EXPECT_EQ(other.results, one.results);
  EXPECT_REFUSED(m.call(Call::posix_mem_offset, {address + pages(4), 1}), eacces);
}

MemoryOutcome lend(Machine& m, Value fd, ProcessId to, Value flags = kReadWrite) {
  return m.call(Call::shm_create_handle, {fd, to.value(), flags});
}
MemoryOutcome take(Machine& m, Value handle, Value flags = kReadWrite) {
  return m.call(Call::shm_open_handle, {handle, flags});
}

TEST_F(Handles, OpenAnObjectOnceForTheOneTheyAreFor) {
  const Value fd = m.as(kAlice).anonymous_object();
  EXPECT_OK(m.ctl(fd, kAnon, pages(2)));
  const Value handle = lend(m, fd, kBob).value;
  EXPECT_REFUSED(take(m, handle), esrch);
  EXPECT_OK(m.close(fd));
  EXPECT_EQ(m.manager().object_count(), 1u);  // the handle holds it
  const Value taken = take(m.as(kBob), handle).value;
  EXPECT_EQ(m.info(taken).value, 1);
  EXPECT_REFUSED(take(m, handle), esrch);
  EXPECT_OK(m.close(taken));
  EXPECT_EQ(m.manager().object_count(), 0u);
}

TEST_F(Handles, GiveNoMoreThanTheirDescriptorHasAndAreRefusedByTheirErrnos) {
  const Value fd = m.as(kAlice).anonymous_object();
  const Value only_read = m.open("/a", kReadOnly | kCreate).value;
  EXPECT_REFUSED(lend(m, only_read, kBob), eacces);
  EXPECT_REFUSED(lend(m, 99, kBob), ebadf);
  EXPECT_REFUSED(lend(m, fd, ProcessId(77)), esrch);
  EXPECT_REFUSED(lend(m, fd, kBob, kReadWrite | kCreate), einval);
  EXPECT_REFUSED(lend(m, m.open_typed("sysram", kAllocate).value, kBob), enodev);
  const Value handle = lend(m, fd, kBob, kReadOnly).value;
  EXPECT_REFUSED(take(m.as(kBob), handle), eacces);
  EXPECT_REFUSED(take(m, handle, 3), einval);
  EXPECT_OK(take(m, handle, kReadOnly));
}

TEST_F(Handles, AreDeletedByEitherSideAndGoWithEither) {
  const Value fd = m.as(kAlice).anonymous_object();
  EXPECT_REFUSED(m.call(Call::shm_delete_handle, {1}), esrch);
  const Value first = lend(m, fd, kBob).value;
  EXPECT_OK(m.as(kBob).call(Call::shm_delete_handle, {first}));
  EXPECT_REFUSED(take(m, first), esrch);
  const Value second = lend(m.as(kAlice), fd, kBob).value;
  m.exit(kAlice);
  EXPECT_REFUSED(take(m.as(kBob), second), esrch);
  EXPECT_EQ(m.manager().object_count(), 0u);
  m.manager().check_invariants();
}

TEST_F(Handles, WhatWasLentIsTakenBackFromAllOrFromOne) {
  const Value fd = m.as(kAlice).anonymous_object();
  const Value other = m.anonymous_object();
  EXPECT_OK(m.ctl(fd, kAnon | kRevocable, pages(2)));
  EXPECT_OK(m.ctl(other, kAnon, pages(2)));
  const Value used = lend(m, fd, kBob).value;
  const Value unused = lend(m, fd, kBob).value;
  const Value taken = take(m.as(kBob), used).value;
  const Value shown = m.map(pages(2), kShared, taken).value;
  EXPECT_OK(m.touch(shown));
  EXPECT_REFUSED(m.call(Call::shm_revoke, {taken, -1}), eperm);
  EXPECT_REFUSED(m.as(kAlice).call(Call::shm_revoke, {other, -1}), einval);
  EXPECT_REFUSED(m.call(Call::shm_revoke, {fd, 77}), esrch);
  const std::uint64_t before = m.manager().change_count();
  EXPECT_OK(m.call(Call::shm_revoke, {fd, kBob.value()}));
  EXPECT_GT(m.manager().change_count(), before);
  EXPECT_OK(m.touch(m.map(pages(2), kShared, fd).value));
  EXPECT_REFUSED(m.as(kBob).touch(shown), efault);
  EXPECT_REFUSED(m.info(taken), ebadf);
  EXPECT_REFUSED(m.map(pages(2), kShared, taken), ebadf);
  EXPECT_REFUSED(take(m, unused), esrch);
  EXPECT_OK(m.close(taken));
  m.manager().check_invariants();
}

}  // namespace
}  // namespace memsim::test
