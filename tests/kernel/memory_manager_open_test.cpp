// Names, descriptors, positions, and how long objects live.
#include "kernel/memory_manager_machine.hpp"

namespace memsim::test {
namespace {

using ShmOpen = MemoryManagerTest;

TEST_F(ShmOpen, NewObjectIsEmptyAndTakesTheLowestDescriptor) {
  EXPECT_EQ(m.open("/a").value, 0);
  EXPECT_EQ(m.open("/b").value, 1);
  EXPECT_OK(m.close(0));
  EXPECT_EQ(m.open("/c").value, 0);
  EXPECT_EQ(m.seek(0, 0, 2).value, 0);
  EXPECT_EQ(m.seen().names, std::vector<std::string>{});
}

TEST_F(ShmOpen, AnnouncesOnlyNewObjects) {
  (void)m.open("/a");
  EXPECT_EQ(m.seen().names, std::vector<std::string>{"object_created"});
  (void)m.open("/a");
  EXPECT_TRUE(m.seen().names.empty());
}

TEST_F(ShmOpen, SameNameIsTheSameObjectWithOrWithoutTheSlash) {
  const ObjectId first = m.open("/a").object;
  EXPECT_EQ(m.as(kBob).open("a", kReadWrite).object, first);
}

TEST_F(ShmOpen, RefusesByTheReference) {
  EXPECT_REFUSED(m.open("/none", kReadWrite), enoent);
  EXPECT_OK(m.open("/a"));
  EXPECT_REFUSED(m.open("/a", kReadWrite | kCreate | kExclusive), eexist);
  EXPECT_OK(m.open("/a", kReadWrite | kExclusive));  // O_EXCL alone says nothing
  EXPECT_REFUSED(m.open("/a", 3), einval);
  EXPECT_REFUSED(m.open("/a", 0x1000), einval);
  EXPECT_REFUSED(m.open(""), einval);
  EXPECT_REFUSED(m.open("/"), eisdir);
  EXPECT_OK(m.open("/" + std::string(255, 'x')));
  EXPECT_REFUSED(m.open("/" + std::string(256, 'x')), enametoolong);
}

TEST_F(ShmOpen, ShmAnonIsADifferentObjectEachTime) {
  const ObjectId first = m.open("SHM_ANON").object;
  EXPECT_NE(m.open("SHM_ANON", kReadWrite).object, first);
  EXPECT_REFUSED(m.unlink("SHM_ANON"), enoent);
}

TEST_F(ShmOpen, ModeAndUmaskOfTheCreatorDecideWhoMayOpen) {
  const ProcessId owner{10};
  const ProcessId other{11};
  m.add_process(owner, {}, 100, 0022);
  m.add_process(other, {}, 200);
  EXPECT_OK(m.as(owner).open("/a", kReadWrite | kCreate, 0666));
  EXPECT_OK(m.as(other).open("/a", kReadOnly));
  EXPECT_REFUSED(m.as(other).open("/a", kReadWrite), eacces);
  EXPECT_REFUSED(m.as(other).open("/a", kWriteOnly), eacces);
  EXPECT_REFUSED(m.as(other).unlink("/a"), eacces);
  EXPECT_OK(m.as(owner).open("/a", kReadWrite));
  EXPECT_OK(m.as(kAlice).open("/a", kReadWrite));  // the superuser
}

TEST_F(ShmOpen, CreatorOpensForWritingWhateverTheModeSays) {
  const ProcessId owner{10};
  m.add_process(owner, {}, 100);
  EXPECT_OK(m.as(owner).open("/a", kReadWrite | kCreate, 0400));
  EXPECT_REFUSED(m.as(owner).open("/a", kReadWrite), eacces);
}

TEST_F(ShmOpen, TruncateEmptiesOrdinaryMemory) {
  const Value fd = m.open("/a").value;
  EXPECT_OK(m.truncate(fd, pages(3)));
  const std::uint64_t before = m.free_frames();
  EXPECT_OK(m.open("/a", kReadOnly | kTruncate));
  EXPECT_EQ(m.free_frames(), before);
  EXPECT_OK(m.open("/a", kReadWrite | kTruncate));
  EXPECT_EQ(m.free_frames(), before + 3);
  EXPECT_OK(m.ctl(fd, kAnon, pages(1)));  // it is as new
}

TEST_F(ShmOpen, TruncateLeavesAPopulatedObjectAlone) {
  const Value fd = m.open("/a").value;
  EXPECT_OK(m.ctl(fd, kAnon, pages(3)));
  const Value again = m.open("/a", kReadWrite | kCreate | kTruncate).value;
  EXPECT_EQ(m.seek(again, 0, 2).value, pages(3));
  EXPECT_OK(m.ctl(again, kAnon, pages(3)));  // the documented example runs twice
}

TEST_F(ShmOpen, FullDescriptorTableIsEmfileAndMakesNoObject) {
  const Value fd = m.open("/a").value;
  for (int i = 1; i < 65'536; ++i) ASSERT_EQ(m.dup(fd).value, i);
  EXPECT_REFUSED(m.dup(fd), emfile);
  EXPECT_REFUSED(m.open("/b"), emfile);
  EXPECT_REFUSED(m.open_typed("dma", kAllocate), emfile);
  EXPECT_EQ(m.manager().object_count(), 1u);
}

using Descriptors = MemoryManagerTest;

TEST_F(Descriptors, CloseAndDupOfWhatIsNotOpenAreBadDescriptors) {
  EXPECT_REFUSED(m.close(0), ebadf);
  EXPECT_REFUSED(m.close(-1), ebadf);
  EXPECT_REFUSED(m.close(bits(1) << 40), ebadf);
  EXPECT_REFUSED(m.dup(7), ebadf);
  EXPECT_REFUSED(m.close(kMemmgrCoid.value()), ebadf);
}

TEST_F(Descriptors, DupSharesThePosition) {
  const Value fd = m.open("/a").value;
  const Value copy = m.dup(fd).value;
  EXPECT_OK(m.seek(fd, 100));
  EXPECT_EQ(m.seek(copy, 5, 1).value, 105);
  const Value other = m.open("/a").value;
  EXPECT_EQ(m.seek(other, 0, 1).value, 0);
}

TEST_F(Descriptors, SeekRefusesPositionsOutsideTheFile) {
  const Value fd = m.open("/a").value;
  EXPECT_REFUSED(m.seek(fd, -1), einval);
  EXPECT_REFUSED(m.seek(fd, 0, 3), einval);
  EXPECT_OK(m.seek(fd, INT64_MAX));
  EXPECT_REFUSED(m.seek(fd, 1, 1), eoverflow);
  EXPECT_EQ(m.seek(fd, INT64_MIN + 1, 1).value, 0);
  EXPECT_REFUSED(m.seek(9, 0), ebadf);
}

TEST_F(Descriptors, CallsOnMemoryRefuseOtherKindsOfDescriptor) {
  const Value channel = m.manager().connect(kAlice, {kBob, ChannelId(1)}, ConnectionId(0))->value();
  const Value pool = m.open_typed("dma", kAllocate).value;
  EXPECT_REFUSED(m.dup(channel), enosys);
  for (const Value fd : {channel, pool}) {
    EXPECT_REFUSED(m.seek(fd, 0), enosys);
    EXPECT_REFUSED(m.truncate(fd, 0), enosys);
    EXPECT_REFUSED(m.ctl(fd, kAnon, pages(1)), enosys);
    EXPECT_REFUSED(m.info(fd), enodev);
  }
  EXPECT_REFUSED(m.map(pages(1), kShared, channel), enodev);
  EXPECT_REFUSED(m.info(kMemmgrCoid.value()), enodev);
}

using Lifetime = MemoryManagerTest;

TEST_F(Lifetime, NameDescriptorAndMappingEachKeepTheObject) {
  const std::uint64_t before = m.free_frames();
  const Value fd = m.open("/a").value;
  EXPECT_OK(m.ctl(fd, kAnon, pages(4)));
  const Value address = m.map(pages(4), kShared, fd).value;
  EXPECT_OK(m.unlink("/a"));
  EXPECT_OK(m.close(fd));
  EXPECT_EQ(m.manager().object_count(), 1u);
  EXPECT_OK(m.unmap(address, pages(3)));
  EXPECT_EQ(m.free_frames(), before - 4);
  EXPECT_OK(m.unmap(address, pages(4)));
  EXPECT_EQ(m.free_frames(), before);
  EXPECT_EQ(m.seen().names, (std::vector<std::string>{"frames_released", "object_destroyed"}));
}

TEST_F(Lifetime, NamedObjectSurvivesItsCreator) {
  const std::uint64_t before = m.free_frames();
  EXPECT_OK(m.ctl(m.open("/leak").value, kAnon, pages(4)));
  m.exit(kAlice);
  EXPECT_EQ(m.free_frames(), before - 4);
  EXPECT_OK(m.as(kBob).unlink("/leak"));
  EXPECT_EQ(m.free_frames(), before);
}

TEST_F(Lifetime, UnlinkedNameMakesADifferentObject) {
  const ObjectId first = m.open("/a").object;
  EXPECT_OK(m.unlink("/a"));
  EXPECT_REFUSED(m.unlink("/a"), enoent);
  EXPECT_NE(m.open("/a").object, first);
  EXPECT_EQ(m.manager().object_count(), 2u);
}

TEST_F(Lifetime, LastDuplicateClosesTheObject) {
  const Value fd = m.anonymous_object();
  const Value copy = m.dup(fd).value;
  EXPECT_OK(m.close(fd));
  EXPECT_EQ(m.manager().object_count(), 1u);
  EXPECT_OK(m.close(copy));
  EXPECT_EQ(m.manager().object_count(), 0u);
}

TEST_F(Lifetime, ExitGivesUpMappingsDescriptorsAndLocks) {
  const std::uint64_t before = m.free_frames();
  const Value fd = m.anonymous_object();
  EXPECT_OK(m.ctl(fd, kLazy, pages(8)));
  const Value address = m.map(pages(8), kShared, fd).value;
  EXPECT_OK(m.lock(address, pages(8)));
  EXPECT_EQ(m.touch(address, pages(8)).value, 8);
  EXPECT_OK(m.map(pages(5), kPrivate | kMapAnon));
  EXPECT_GT(m.pinned_ranges(), 0u);
  const MemoryWork work = m.exit(kAlice);
  EXPECT_EQ(work.frames_freed, 13u);
  EXPECT_EQ(work.pages_unmapped, 13u);
  EXPECT_EQ(m.free_frames(), before);
  EXPECT_EQ(m.pinned_ranges(), 0u);
}

TEST_F(Lifetime, FramesComeBackInTheOrderOfTheObject) {
  m.comb();
  const Value fd = m.anonymous_object();
  EXPECT_OK(m.ctl(fd, kAnon, pages(4)));
  (void)m.info(fd);
  const std::vector<Segment> segments = m.segments();
  EXPECT_OK(m.close(fd));
  ASSERT_EQ(m.seen().released_extents.size(), segments.size());
  for (std::size_t i = 0; i < segments.size(); ++i) {
    EXPECT_EQ(m.seen().released_extents[i].first.value(), segments[i].paddr.value() / kPage);
  }
}

TEST_F(Lifetime, CopiedMemoryManagerGoesItsOwnWay) {
  const Value fd = m.open("/a").value;
  EXPECT_OK(m.ctl(fd, kAnon, pages(4)));
  MemoryManager copy = m.manager();
  RecordStream records;
  copy.remove_process(kAlice, records);
  MemoryRequest unlink;
  unlink.call = Call::shm_unlink;
  unlink.pid = kBob;
  unlink.text = "/a";
  EXPECT_EQ(copy.handle(unlink, records).error, Errno::eok);
  copy.check_invariants();
  EXPECT_EQ(copy.object_count(), 0u);
  EXPECT_EQ(m.manager().object_count(), 1u);
}

}  // namespace
}  // namespace memsim::test
