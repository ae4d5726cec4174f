// Where the memory that a call takes may lie: alignment, boundary and window of real requests, flags of 6.x, and memory
// that mem_offset64() marks.
#include "kernel/memory_manager_machine.hpp"

namespace memsim::test {
namespace {

struct Place {
  Value alignment = 0;
  Value boundary = 0;
  Value above = 0;
  Value below = 0;
};

constexpr Value kKiB = 1024;
constexpr Value kMiB = 1024 * 1024;
constexpr Value kBase = static_cast<Value>(kRamBase);

class Placement : public MemoryManagerTest {
 protected:
  Placement() : MemoryManagerTest(4096) {}  // 16 MiB from 256 MiB on

  MemoryOutcome ctl_at(Value fd, Value flags, Value size, Place place) {
    return m.call(Call::shm_ctl, {fd, flags, 0, size, 0, place.alignment, place.boundary, place.above, place.below});
  }
  MemoryOutcome map_at(Value length, Value flags, Place place, Value fd = kNoFd) {
    return m.call(Call::mmap,
                  {0, length, kRead | kWrite, flags, fd, 0, place.alignment, place.boundary, place.above, place.below});
  }
  // Every block of the memory that the last call took, by address.
  [[nodiscard]] std::vector<std::pair<Value, Value>> blocks() const {
    std::vector<std::pair<Value, Value>> out;
    for (const Extent& extent : m.seen().allocated_extents) {
      out.emplace_back(static_cast<Value>(extent.first.value() * kPage),
                       static_cast<Value>(extent.count.count() * kPage));
    }
    return out;
  }
};

TEST_F(Placement, AnObjectIsAlignedAsAsked) {
  for (const Value alignment : {pages(1), 64 * kKiB, 1 * kMiB}) {
    const Value fd = m.anonymous_object();
    ASSERT_OK(ctl_at(fd, kAnon | kPhys, pages(3), {.alignment = alignment}));
    EXPECT_EQ(blocks().at(0).first % alignment, 0);
  }
}

TEST_F(Placement, NoBlockCrossesTheBoundary) {
  (void)m.ctl(m.anonymous_object(), kAnon | kPhys, pages(7));
  for (const Value flags : {kAnon | kPhys, Value{kAnon}}) {
    ASSERT_OK(ctl_at(m.anonymous_object(), flags, 48 * kKiB, {.boundary = 64 * kKiB}));
    for (const auto& [first, length] : blocks()) {
      EXPECT_EQ(first / (64 * kKiB), (first + length - 1) / (64 * kKiB));
    }
  }
}

TEST_F(Placement, MemoryComesFromTheWindow) {
  const Place window{.above = kBase + 2 * kMiB, .below = kBase + 3 * kMiB};
  ASSERT_OK(map_at(1 * kMiB, kPrivate | kMapAnon, window));
  for (const auto& [first, length] : blocks()) {
    EXPECT_GE(first, window.above);
    EXPECT_LE(first + length, window.below);
  }
  // It is full now, and nothing else will do.
  EXPECT_REFUSED(map_at(pages(1), kPrivate | kMapAnon, window), enomem);
  EXPECT_OK(map_at(pages(1), kPrivate | kMapAnon, {}));
}

TEST_F(Placement, TypedMemoryIsPlacedToo) {
  const Value pool = m.open_typed("dma", kAllocateContig).value;
  ASSERT_OK(map_at(pages(3), kShared, {.alignment = 64 * kKiB, .above = static_cast<Value>(kPoolBase) + 1}, pool));
  EXPECT_EQ(blocks().at(0).first, static_cast<Value>(kPoolBase) + 64 * kKiB);
}

TEST_F(Placement, WhatCannotBeIsRefused) {
  const Value fd = m.anonymous_object();
  const Value both = kAnon | kPhys;
  EXPECT_REFUSED(ctl_at(fd, both, pages(1), {.alignment = 3 * pages(1)}), einval);
  EXPECT_REFUSED(ctl_at(fd, both, pages(1), {.boundary = 3 * pages(1)}), einval);
  EXPECT_REFUSED(ctl_at(fd, both, pages(1), {.boundary = 2 * kKiB}), einval);
  EXPECT_REFUSED(ctl_at(fd, both, pages(3), {.boundary = pages(2)}), einval);
  EXPECT_REFUSED(ctl_at(fd, both, pages(1), {.above = kBase + 1, .below = kBase + pages(1)}), einval);
  // No memory is taken here, so none can be placed.
  EXPECT_REFUSED(ctl_at(fd, kPhys, pages(1), {.alignment = pages(2)}), einval);
  EXPECT_REFUSED(ctl_at(fd, kAnon | kLazy, pages(1), {.alignment = pages(2)}), einval);
  EXPECT_REFUSED(map_at(pages(1), kShared | kMapPhys, {.alignment = pages(2)}), einval);
  EXPECT_REFUSED(map_at(pages(1), kPrivate | kMapAnon | kMapLazy, {.alignment = pages(2)}), einval);
  ASSERT_OK(m.ctl(fd, kAnon, pages(1)));
  EXPECT_REFUSED(map_at(pages(1), kShared, {.alignment = pages(2)}, fd), einval);
}

// 32 MiB across the end of what ISA DMA reaches.
PhysicalMemoryConfig low_memory() {
  PhysicalMemoryConfig config;
  config.regions.push_back({"ram", PhysAddr(15 * kMiB), Bytes(16 * kMiB), true, 0});
  config.reservations.push_back({"vga", PhysAddr(15 * kMiB), Bytes(28 * kKiB)});
  config.policy = "first_fit";
  return config;
}

TEST(FlagsOf6x, IsaDmaMemoryLiesBelow16MiBAndWithin64KiB) {
  Machine m(low_memory());
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK(m.ctl(m.anonymous_object(), kAnon | kPhys | bits(qnx::kCtlIsaDma), 48 * kKiB));
    const Extent taken = m.seen().allocated_extents.at(0);
    const Value first = static_cast<Value>(taken.first.value() * kPage);
    EXPECT_LE(first + 48 * kKiB, 16 * kMiB);
    EXPECT_EQ(first / (64 * kKiB), (first + 48 * kKiB - 1) / (64 * kKiB));
  }
  // More than 64 KiB begins at a multiple of it instead.
  ASSERT_OK(m.ctl(m.anonymous_object(), kAnon | kPhys | bits(qnx::kCtlNoX64k), 100 * kKiB));
  EXPECT_EQ(m.seen().allocated_extents.at(0).first.value() * kPage % (64 * kKiB), 0u);
  ASSERT_OK(m.map(48 * kKiB, kPrivate | kMapAnon | kMapPhys | bits(qnx::kMapNoX64k) | bits(qnx::kMapBelow16M)));
  EXPECT_LT(m.seen().allocated_extents.at(0).first.value() * kPage, static_cast<std::uint64_t>(16 * kMiB));
}

TEST(FlagsOf6x, BareBitsMeanWhatTheOptionSays) {
  for (const bool of_6x : {false, true}) {
    Machine m(low_memory(), {.flags_of_6x = of_6x});
    const Value fd = m.anonymous_object();
    ASSERT_OK(m.ctl(fd, kAnon | bits(qnx::kCtlIsaDma6x), pages(1)));
    // The bit is that of SHMCTL_SEAL since 7.
    EXPECT_EQ(m.ctl(fd, kAnon, pages(2)).error, of_6x ? Errno::eok : Errno::eperm);
    EXPECT_EQ(m.ctl(m.anonymous_object(), kAnon | bits(qnx::kCtlNoX64k6x), pages(1)).error,
              of_6x ? Errno::eok : Errno::einval);
    EXPECT_EQ(m.map(pages(1), kPrivate | kMapAnon | bits(qnx::kMapBelow16M6x)).error,
              of_6x ? Errno::eok : Errno::einval);
  }
}

TEST(MemOffsetMarks, KeepsMemoryFromBeingMovedWhereTheOptionSaysSo) {
  for (const bool marks : {false, true}) {
    PhysicalMemoryConfig memory = memory_of(16);
    memory.policy = "first_fit";
    Machine m(memory, {.mem_offset_marks_unmovable = marks}, ContiguousFailure::defragment);
    // A movable page in the middle of 16: a run of 12 needs it out of the way.
    const Value low = m.map(pages(8), kPrivate | kMapAnon).value;
    const Value middle = m.map(pages(1), kPrivate | kMapAnon).value;
    ASSERT_OK(m.mem_offset(middle, pages(1)));
    ASSERT_OK(m.unmap(low, pages(8)));
    EXPECT_EQ(m.map(pages(12), kPrivate | kMapAnon | kMapPhys).error, marks ? Errno::enomem : Errno::eok);
    m.manager().check_invariants();
    // With the memory goes the mark.
    ASSERT_OK(m.unmap(middle, pages(1)));
    m.manager().check_invariants();
  }
}

}  // namespace
}  // namespace memsim::test
