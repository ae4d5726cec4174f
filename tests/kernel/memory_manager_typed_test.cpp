// posix_typed_mem_open(), mapping typed memory, _MEM_INFO, and the figures over all objects.
#include <numeric>
#include <vector>

#include "kernel/memmgr/typed_names.hpp"
#include "kernel/memory_manager_machine.hpp"

namespace memsim::test {
namespace {

PhysicalMemory named_regions(std::initializer_list<std::pair<const char*, std::int32_t>> names) {
  PhysicalMemoryConfig config;
  std::uint64_t base = 0;
  for (const auto& [name, preference] : names) {
    config.regions.push_back({name, PhysAddr(base), Bytes(16 * kPage), true, preference});
    base += 16 * kPage;
  }
  return std::move(*PhysicalMemory::create(config));
}

std::vector<int> found(const PhysicalMemory& memory, std::string_view expression) {
  std::vector<int> out;
  const auto regions = memmgr::find_typed_memory(memory, expression);
  for (const RegionId region : regions->fixed()) out.push_back(region.value());
  return out;
}

TEST(TypedMemoryNames, LeadingSlashIsExactAndOthersAreTails) {
  const PhysicalMemory memory =
      named_regions({{"memory/below4G/ram/sysram", 0}, {"memory/ram/sysram", 0}, {"memory/below4G/dma", 0}});
  EXPECT_EQ(found(memory, "/memory/below4G/ram/sysram"), (std::vector{0}));
  EXPECT_EQ(found(memory, "below4G/ram/sysram"), (std::vector{0}));
  EXPECT_EQ(found(memory, "sysram"), (std::vector{0, 1}));
  EXPECT_EQ(found(memory, "below4G"), (std::vector{0, 2}));  // what lies in it
  EXPECT_EQ(found(memory, "/memory"), (std::vector{0, 1, 2}));
  for (const char* missing : {"/sysram", "ysram", "below4G/sysram", "/", ""}) {
    EXPECT_EQ(memmgr::find_typed_memory(memory, missing).error(), Errno::enoent) << missing;
  }
  EXPECT_EQ(memmgr::find_typed_memory(memory, std::string(300, 'x')).error(), Errno::enametoolong);
}

TEST(TypedMemoryNames, OperatorsWorkFromLeftToRight) {
  const PhysicalMemory memory =
      named_regions({{"memory/below4G/ram", 0}, {"memory/ram", 0}, {"memory/below4G/dma", 0}});
  EXPECT_EQ(found(memory, "below4G&ram"), (std::vector{0}));
  EXPECT_EQ(found(memory, "dma|ram"), (std::vector{0, 1, 2}));
  EXPECT_EQ(found(memory, "dma|ram&below4G"), (std::vector{0, 2}));
  EXPECT_EQ(memmgr::find_typed_memory(memory, "/memory/ram&dma").error(), Errno::enodev);
  EXPECT_EQ(memmgr::find_typed_memory(memory, "ram&none").error(), Errno::enoent);
  EXPECT_EQ(memmgr::find_typed_memory(memory, "ram|").error(), Errno::enoent);
}

TEST(TypedMemoryNames, RegionsComeInDescendingPreference) {
  const PhysicalMemory memory = named_regions({{"a/ram", 1}, {"b/ram", 5}, {"c/ram", 1}});
  EXPECT_EQ(found(memory, "ram"), (std::vector{1, 0, 2}));
}

using TypedMemory = MemoryManagerTest;

TEST_F(TypedMemory, OpenRefusesByTheReference) {
  EXPECT_REFUSED(m.open_typed("none", kAllocate), enoent);
  EXPECT_REFUSED(m.open_typed("dma&sysram", kAllocate), enodev);
  EXPECT_REFUSED(m.open_typed("dma", kAllocate | kAllocateContig), einval);
  EXPECT_REFUSED(m.open_typed("dma", 8), einval);
  EXPECT_REFUSED(m.open_typed("dma", -1), einval);
  EXPECT_REFUSED(m.open_typed("dma", kAllocate, kReadWrite | kCreate), einval);
  m.add_process(ProcessId(10), {.mem_phys = false});
  m.as(ProcessId(10));
  EXPECT_REFUSED(m.open_typed("dma", kMapAllocatable), eperm);
  EXPECT_REFUSED(m.open_typed("dma", kDirect), eperm);
  EXPECT_OK(m.open_typed("dma", kAllocate));
}

TEST_F(TypedMemory, AllocateTakesFramesOfThePoolOnly) {
  const Value pool = m.open_typed("dma", kAllocate).value;
  const Value address = m.map(pages(3), kShared, pool).value;
  EXPECT_EQ(m.free_frames(), 1024u);
  EXPECT_GE(m.mem_offset(address).results[0], bits(kPoolBase));
  EXPECT_REFUSED(m.map(pages(kPoolFrames), kShared, pool), enomem);
  EXPECT_REFUSED(m.map(pages(1), kShared, pool, pages(1)), einval);
  EXPECT_REFUSED(m.map(pages(1), kShared | kMapLazy, pool), einval);
  EXPECT_OK(m.close(pool));  // the mapping keeps the memory
  EXPECT_OK(m.unmap(address, pages(1)));
  EXPECT_EQ(m.mem_info(m.open_typed("dma", kAllocate).value).results[0], pages(kPoolFrames - 2));
}

TEST_F(TypedMemory, AllocateContigIsOneExtent) {
  const Value pool = m.open_typed("dma", kAllocateContig).value;
  const Value address = m.map(pages(13), kShared, pool).value;
  EXPECT_EQ(m.mem_offset(address).results[1], pages(13));
}

TEST_F(TypedMemory, DirectMappingKeepsTheAreaBusyUntilAllHaveUnmappedIt) {
  const Value pool = m.open_typed("dma", kDirect).value;
  const Value area = bits(kPoolBase + 8 * kPage);
  const Value address = m.map(pages(4), kShared, pool, area).value;
  EXPECT_EQ(m.mem_offset(address).results[0], area);
  EXPECT_REFUSED(m.map(pages(4), kShared, pool, area + pages(2)), enxio);  // overlaps what is in use
  m.as(kBob);
  const Value other = m.open_typed("dma", kDirect).value;
  const Value shared = m.map(pages(2), kShared, other, area + pages(1)).value;  // inside the same area
  EXPECT_EQ(m.mem_offset(shared).results[0], area + pages(1));
  EXPECT_OK(m.as(kAlice).unmap(address, pages(4)));
  const Value allocate = m.open_typed("dma", kAllocate).value;
  EXPECT_EQ(m.mem_info(allocate).results[0], pages(kPoolFrames - 4));
  EXPECT_OK(m.as(kBob).unmap(shared, pages(2)));
  EXPECT_EQ(m.as(kAlice).mem_info(allocate).results[0], pages(kPoolFrames));
}

TEST_F(TypedMemory, DirectMappingMayReplaceItself) {
  const Value pool = m.open_typed("dma", kDirect).value;
  const Value address = m.map(pages(4), kShared, pool, bits(kPoolBase)).value;
  const ObjectId area = m.touch(address).object;
  // Only the mapping that goes holds the area: it must not be given up in between.
  const MemoryOutcome again = m.map(pages(4), kShared | kFixed, pool, bits(kPoolBase), kRead, address);
  EXPECT_EQ(again.value, address);
  EXPECT_EQ(again.object, area);
  EXPECT_EQ(m.touch(address, pages(4)).object, area);
}

TEST_F(TypedMemory, DirectMappingRefusesWhatIsAllocatedOrOutside) {
  EXPECT_OK(m.map(pages(kPoolFrames), kShared, m.open_typed("dma", kAllocate).value));
  const Value pool = m.open_typed("dma", kDirect).value;
  EXPECT_REFUSED(m.map(pages(1), kShared, pool, bits(kPoolBase)), enxio);
  EXPECT_REFUSED(m.map(pages(1), kShared, pool, bits(kRamBase)), enxio);
  EXPECT_REFUSED(m.map(pages(2), kShared, pool, bits(kPoolBase + (kPoolFrames - 1) * kPage)), enxio);
}

TEST_F(TypedMemory, MapAllocatableChangesNothing) {
  const Value pool = m.open_typed("dma", kMapAllocatable).value;
  EXPECT_OK(m.map(pages(1), kShared, pool, bits(kPoolBase)));
  EXPECT_OK(m.map(pages(1), kShared, pool, bits(kPoolBase)));
  EXPECT_REFUSED(m.map(pages(1), kShared, pool, 0), enxio);
  EXPECT_EQ(m.mem_info(m.open_typed("dma", kAllocate).value).results[0], pages(kPoolFrames));
}

TEST_F(TypedMemory, ReadOnlyPoolCannotBeMappedForWriting) {
  const Value pool = m.open_typed("dma", kAllocate, kReadOnly).value;
  EXPECT_REFUSED(m.map(pages(1), kShared, pool), eacces);
  EXPECT_OK(m.map(pages(1), kShared, pool, 0, kRead));
}

TEST_F(TypedMemory, MemInfoTellsByTheFlag) {
  EXPECT_OK(m.map(pages(8), kShared, m.open_typed("dma", kAllocateContig).value));
  EXPECT_EQ(m.mem_info(m.open_typed("dma", kAllocate).value).results[0], pages(56));
  EXPECT_EQ(m.mem_info(m.open_typed("dma", kAllocateContig).value).results[0], pages(32)) << "a buddy's longest block";
  EXPECT_EQ(m.mem_info(m.open_typed("dma", kDirect).value).results[0], 0);
  EXPECT_EQ(m.mem_info(m.open_typed("dma", kMapAllocatable).value).results[0], 0);
  EXPECT_EQ(m.mem_info(kNoFd).results[0], pages(1024));
  EXPECT_REFUSED(m.mem_info(99), ebadf);
  EXPECT_REFUSED(m.mem_info(m.anonymous_object()), enodev);
}

TEST_F(TypedMemory, LargestContiguousIsNotTheFreeTotal) {
  EXPECT_OK(m.map(pages(1), kShared, m.open_typed("dma", kDirect).value, bits(kPoolBase + 30 * kPage)));
  EXPECT_EQ(m.mem_info(m.open_typed("dma", kAllocateContig).value).results[0], pages(32)) << "of a run of 33";
}

using ObjectFigures = MemoryManagerTest;

TEST_F(ObjectFigures, CountObjectsThatHoldFrames) {
  (void)m.open("/empty");
  EXPECT_OK(m.ctl(m.anonymous_object(), kPhys, pages(4)));
  EXPECT_EQ(m.manager().sample_objects().object_count, 0u);
  EXPECT_OK(m.ctl(m.anonymous_object(), kAnon, 5000));
  EXPECT_OK(m.truncate(m.anonymous_object(), 100));
  const ObjectSample sample = m.manager().sample_objects();
  EXPECT_EQ(sample.object_count, 2u);
  EXPECT_EQ(sample.asked, Bytes(5100));
  EXPECT_EQ(sample.given, Bytes(3 * kPage));
  EXPECT_EQ(sample.segment_count, 2u);
}

TEST_F(ObjectFigures, SegmentsAreCountedByLength) {
  const auto lengths = [&] {
    const memmgr::SegmentLengths all = m.manager().sample_segment_lengths();
    const auto some = all.up_to_longest();
    return std::vector<std::uint64_t>(some.begin(), some.end());
  };
  using Lengths = std::vector<std::uint64_t>;
  EXPECT_EQ(lengths(), Lengths());
  EXPECT_OK(m.ctl(m.anonymous_object(), kPhys, pages(4)));  // memory of its own it has none
  EXPECT_EQ(lengths(), Lengths());
  EXPECT_OK(m.ctl(m.anonymous_object(), kAnon | kPhys, pages(7)));
  EXPECT_EQ(lengths(), Lengths({0, 0, 1}));
  EXPECT_OK(m.ctl(m.anonymous_object(), kAnon | kPhys, pages(8)));
  EXPECT_EQ(lengths(), Lengths({0, 0, 1, 1}));
  m.comb();
  EXPECT_OK(m.ctl(m.anonymous_object(), kAnon, pages(3)));
  const Lengths combed = lengths();
  EXPECT_EQ(std::accumulate(combed.begin(), combed.end(), std::uint64_t{0}),
            m.manager().sample_objects().segment_count);
  EXPECT_EQ(combed.size(), 4u);
}

TEST_F(ObjectFigures, QuantilesAreByNearestRank) {
  m.comb();
  for (std::uint64_t segments = 1; segments <= 4; ++segments) {
    EXPECT_OK(m.ctl(m.anonymous_object(), kAnon, pages(segments)));
  }
  const ObjectSample sample = m.manager().sample_objects();  // 512 of one frame, which combed, and ours
  EXPECT_EQ(sample.object_count, 516u);
  EXPECT_EQ(sample.segments_min, 1u);
  EXPECT_EQ(sample.segments_median, 1u);
  EXPECT_EQ(sample.segments_p99, 1u);
  EXPECT_EQ(sample.segments_max, 4u);
}

}  // namespace
}  // namespace memsim::test
