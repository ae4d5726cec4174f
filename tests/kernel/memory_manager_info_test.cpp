// _MEM_OBJ_INFO: the reply, its clipping, its cut, its refusals, and section 10 of the reference. _MEM_PMEM_ADD.
#include <memsim/base/random.hpp>

#include "kernel/memory_manager_machine.hpp"

namespace memsim::test {
namespace {

class MemObjInfoCall : public MemoryManagerTest {
 protected:
  Value fd = m.anonymous_object();

  // Eight pages, no two of which touch.
  void populate_combed() {
    m.comb();
    ASSERT_EQ(m.ctl(fd, kAnon, pages(8)).error, Errno::eok);
  }
};

TEST_F(MemObjInfoCall, DocumentedExampleOnFreshMemoryIsOneSegment) {
  EXPECT_OK(m.ctl(fd, kAnon, pages(8)));
  const MemoryOutcome outcome = m.info(fd, 0, kSizeMax, 24);
  EXPECT_EQ(outcome.value, 1);
  EXPECT_EQ(outcome.reply_bytes, Bytes(24));
  EXPECT_EQ(outcome.results[0], pages(8));  // end: the object's end is reached
  EXPECT_EQ(outcome.results[1], bits(m.segments().front().paddr.value()));
  EXPECT_EQ(outcome.results[2], pages(8));
  EXPECT_EQ(outcome.results[3], 1);
  EXPECT_FALSE(m.seen().was_cut);
}

TEST_F(MemObjInfoCall, ShortReplyGivesWhatFitsWithoutAnError) {
  populate_combed();
  const MemoryOutcome outcome = m.info(fd, 0, kSizeMax, 24);
  EXPECT_EQ(outcome.value, 1);
  EXPECT_EQ(outcome.results[0], pages(1));
  EXPECT_EQ(outcome.results[3], 8);
  EXPECT_TRUE(m.seen().was_cut);
  EXPECT_EQ(m.info(fd, 0, kSizeMax, 8 * 24).value, 8);
  EXPECT_FALSE(m.seen().was_cut);
}

TEST_F(MemObjInfoCall, LoopThatContinuesFromTheEndSeesEverything) {
  populate_combed();
  (void)m.info(fd);
  const std::vector<Segment> all = m.segments();
  std::vector<Segment> collected;
  for (Value offset = 0; offset < pages(8);) {
    offset = m.info(fd, offset, kSizeMax, 3 * 24 + 23).results[0];
    EXPECT_LE(m.segments().size(), 3u);
    collected.insert(collected.end(), m.segments().begin(), m.segments().end());
  }
  EXPECT_EQ(collected, all);
}

TEST_F(MemObjInfoCall, ReplyBufferTooSmallForASegmentSucceedsWithNone) {
  EXPECT_OK(m.ctl(fd, kAnon, pages(8)));
  for (const Value reply : {0, 1, 23}) {
    EXPECT_OK(m.info(fd, 0, kSizeMax, reply));
    EXPECT_EQ(m.info(fd, 0, kSizeMax, reply).value, 0);
    EXPECT_TRUE(m.seen().was_cut);
  }
  EXPECT_EQ(m.info(fd, 0, kSizeMax, kSizeMax).value, 1);
}

TEST_F(MemObjInfoCall, ClipsToTheByte) {
  EXPECT_OK(m.ctl(fd, kAnon, pages(8)));
  (void)m.info(fd);
  const PhysAddr start = m.segments().front().paddr;
  EXPECT_EQ(m.info(fd, 5, 7).value, 1);
  EXPECT_EQ(m.segments().front(), (Segment{Bytes(5), start + Bytes(5), Bytes(7)}));
  EXPECT_EQ(m.info(fd, pages(8) - 1).value, 1);
  EXPECT_EQ(m.segments().front(), (Segment{Bytes(8 * kPage - 1), start + Bytes(8 * kPage - 1), Bytes(1)}));
}

TEST_F(MemObjInfoCall, LastSegmentEndsAtTheLogicalSize) {
  EXPECT_OK(m.ctl(fd, kAnon, 5000));
  EXPECT_EQ(m.info(fd).results[0], 5000);
}

TEST_F(MemObjInfoCall, NothingInRangeIsSuccess) {
  EXPECT_OK(m.ctl(fd, kAnon, pages(2)));
  EXPECT_OK(m.info(fd, pages(2)));
  EXPECT_EQ(m.info(fd, pages(2)).value, 0);
  EXPECT_EQ(m.info(fd, -1).value, 0);  // read unsigned: far past the end
  EXPECT_OK(m.info(fd, -1));
  EXPECT_EQ(m.info(fd, 0, 0).value, 0);
}

TEST_F(MemObjInfoCall, RefusesWhatHasNoPhysicalLayout) {
  EXPECT_REFUSED(m.info(fd), enodev);  // never populated
  EXPECT_OK(m.truncate(fd, pages(1)));
  EXPECT_REFUSED(m.info(fd), enodev);
  const Value lazy = m.anonymous_object();
  EXPECT_OK(m.ctl(lazy, kAnon | kLazy, pages(1)));
  EXPECT_REFUSED(m.info(lazy), enodev);
  const Value address = m.map(pages(1), kShared, lazy).value;
  EXPECT_OK(m.lock(address, pages(1)));
  EXPECT_OK(m.touch(address));
  EXPECT_REFUSED(m.info(lazy), enodev);  // by how it was populated, not by its present state
}

TEST_F(MemObjInfoCall, RefusesBadDescriptorsAndShortMessages) {
  EXPECT_REFUSED(m.info(-1), ebadf);
  EXPECT_REFUSED(m.info(77), ebadf);
  EXPECT_OK(m.ctl(fd, kAnon, pages(1)));
  EXPECT_REFUSED(m.info(fd, 0, kSizeMax, 24, 23), einval);
  EXPECT_OK(m.info(fd, 0, kSizeMax, 24, 1000));
  EXPECT_OK(m.close(fd));
  EXPECT_REFUSED(m.info(fd), ebadf);
}

TEST_F(MemObjInfoCall, WriteOnlyDescriptorAndNonzeroZeroFieldWillDo) {
  const Value write_only = m.open("/w", kWriteOnly | kCreate).value;
  EXPECT_OK(m.ctl(write_only, kAnon, pages(1)));
  EXPECT_EQ(m.query(Call::mem_obj_info, write_only, 0, kSizeMax, 24, 24, 5).value, 1);
}

TEST(MemObjInfoSemantics, ErrnoForWhatIsNotPhysicalIsAnOption) {
  Machine m(1024, {.not_physical_errno = Errno::einval});
  EXPECT_REFUSED(m.info(m.anonymous_object()), einval);
}

TEST(MemObjInfoSemantics, TouchingBlocksAreMergedOrKeptApart) {
  for (const bool merge : {true, false}) {
    Machine m(1024, {.merge_touching_segments = merge});
    const Value fd = m.anonymous_object();
    EXPECT_OK(m.ctl(fd, kAnon, pages(13)));  // 8 + 4 + 1, one above the other
    const std::size_t blocks = m.seen().allocated_extents.size();
    EXPECT_EQ(blocks, 3u);
    EXPECT_EQ(m.info(fd).value, merge ? 1 : 3);
    m.manager().check_invariants();
  }
}

TEST_F(MemObjInfoCall, WorkCountsTheSegmentsDelivered) {
  populate_combed();
  EXPECT_EQ(m.info(fd, 0, kSizeMax, 5 * 24).work.segments_walked, 5u);
  EXPECT_EQ(m.info(fd, 0).work.segment_seek_steps, 0u);
  EXPECT_EQ(m.info(fd, pages(4)).work.segment_seek_steps, 3u);  // log2 of eight
}

// The documented way before the message existed: translate page by page through a mapping.
std::vector<Segment> by_mem_offset(Machine& m, Value fd, std::uint64_t size) {
  const Value address = m.map(bits(size), kShared, fd).value;
  std::vector<Segment> found;
  for (std::uint64_t offset = 0; offset < size;) {
    const MemoryOutcome outcome = m.mem_offset(address + bits(offset), bits(size - offset));
    EXPECT_OK(outcome);
    const Bytes length(static_cast<std::uint64_t>(outcome.results[1]));
    found.push_back({Bytes(offset), PhysAddr(static_cast<std::uint64_t>(outcome.results[0])), length});
    offset += length.count();
    if (length.is_zero()) break;
  }
  EXPECT_OK(m.unmap(address, bits(size)));
  return found;
}

TEST(MemObjInfoAgainstMemOffset, BothTellTheSameLayoutOfRandomObjects) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    RandomStream random(seed);
    Machine m(512);
    std::vector<std::pair<Value, std::uint64_t>> objects;
    for (int i = 0; i < 60; ++i) {
      if (!objects.empty() && random.chance(1, 3)) {
        const std::size_t victim = random.below(objects.size());
        EXPECT_OK(m.close(objects[victim].first));
        objects.erase(objects.begin() + static_cast<std::ptrdiff_t>(victim));
        continue;
      }
      const Value fd = m.anonymous_object();
      const std::uint64_t size = random.between(1, 20 * kPage);
      if (m.ctl(fd, random.chance(1, 5) ? kAnon | kPhys : kAnon, bits(size)).error == Errno::eok)
        objects.emplace_back(fd, size);
    }
    for (const auto& [fd, size] : objects) {
      EXPECT_OK(m.info(fd));
      const std::vector<Segment> told = m.segments();
      EXPECT_EQ(by_mem_offset(m, fd, size), told);
    }
  }
}

class PmemAdd : public ::testing::Test {
 protected:
  ~PmemAdd() override { m.manager().check_invariants(); }

  static PhysicalMemoryConfig reserved() {
    PhysicalMemoryConfig config = memory_of(1024);
    config.reservations.push_back({"late", PhysAddr(kRamBase + 100 * kPage), Bytes(16 * kPage)});
    return config;
  }
  // From the reservation's begin on.
  MemoryOutcome add(std::uint64_t offset, std::uint64_t length, std::uint64_t send = 24) {
    return m.query(Call::mem_pmem_add, 0, bits(kRamBase + 100 * kPage + offset), bits(length), 0, send);
  }

  Machine m{reserved()};
};

TEST_F(PmemAdd, MakesGeneralMemoryOfAReservationOnce) {
  EXPECT_EQ(m.free_frames(), 1024u - 16);
  const MemoryOutcome outcome = add(0, 16 * kPage);
  EXPECT_OK(outcome);
  EXPECT_EQ(outcome.work.frames_freed, 16u);
  EXPECT_EQ(m.seen().names, std::vector<std::string>{"frames_added"});
  EXPECT_EQ(m.free_frames(), 1024u);
  EXPECT_REFUSED(add(0, 16 * kPage), einval);
  EXPECT_OK(m.ctl(m.anonymous_object(), kAnon | kPhys, pages(1024)));
}

TEST_F(PmemAdd, TakesWholePagesAndNothingIsNoError) {
  EXPECT_OK(add(1, 3 * kPage));
  EXPECT_EQ(m.free_frames(), 1024u - 14);
  EXPECT_OK(add(5 * kPage + 1, kPage));  // no whole page
  EXPECT_OK(add(0, 0));
  EXPECT_EQ(m.free_frames(), 1024u - 14);
}

TEST_F(PmemAdd, RefusesWhatIsNotReserved) {
  EXPECT_REFUSED(add(8 * kPage, 16 * kPage), einval);
  EXPECT_REFUSED(add(0, UINT64_MAX), einval);
  EXPECT_REFUSED(add(0, 16 * kPage, 23), einval);
  m.add_process(ProcessId(4), {.mem_add = false});
  m.as(ProcessId(4));
  EXPECT_REFUSED(add(0, 16 * kPage), eperm);
  EXPECT_EQ(m.free_frames(), 1024u - 16);
}

}  // namespace
}  // namespace memsim::test
