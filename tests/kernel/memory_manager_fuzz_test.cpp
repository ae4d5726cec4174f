// Random calls of several processes: whatever they do, the invariants hold, and when all are gone all memory is free.
#include <memsim/base/random.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <memsim/engine/view.hpp>
#include <memsim/view/follow/frame_book.hpp>
#include <memsim/view/follow/object_layout.hpp>
#include "kernel/memory_manager_machine.hpp"

namespace memsim::test {
namespace {

constexpr std::uint64_t kFuzzedFrames = 256;
constexpr std::uint32_t kProcesses = 3;
// The policies that can give contiguous requests whole blocks.
constexpr std::array kBuddies = {"buddy", "fibonacci_buddy", "weighted_buddy"};

std::string random_name(RandomStream& random) {
  return random.chance(1, 4) ? "SHM_ANON" : "/" + std::string(1, static_cast<char>('a' + random.below(4)));
}

Value random_fd(RandomStream& random) { return random.chance(1, 30) ? -1 : static_cast<Value>(random.below(8)); }

Value random_size(RandomStream& random) {
  if (random.chance(1, 30)) return static_cast<Value>(random.next_u64());
  return static_cast<Value>(random.chance(1, 2) ? random.below(20) * kPage : random.below(20 * kPage));
}

Value random_address(RandomStream& random) {
  if (random.chance(1, 40)) return static_cast<Value>(random.next_u64());
  return bits(AddressSpace::kLowest.value() + random.below(40) * kPage);
}

Value random_ctl_flags(RandomStream& random) {
  constexpr Value kUsual[] = {kAnon, kAnon,           kAnon | kPhys,     kLazy,
                              kPhys, kPhys | kRepeat, kAnon | kTypedMem, kAnon | kLazy};
  if (random.chance(1, 20)) return static_cast<Value>(random.below(0x10000));
  const Value flags = kUsual[random.below(std::size(kUsual))];
  const Value further = random.chance(1, 5) ? Value{kRevocable} : 0;
  return flags | (random.chance(1, 40) ? Value{kSeal} : further);
}

Value random_map_flags(RandomStream& random) {
  constexpr Value kUsual[] = {
      kShared,           kShared, kPrivate, kPrivate | kMapAnon, kMapAnon | kMapPhys, kPrivate | kMapAnon | kMapLazy,
      kShared | kMapPhys};
  const Value flags = kUsual[random.below(std::size(kUsual))];
  return random.chance(1, 5) ? flags | kFixed : flags;
}

void random_map(Machine& m, RandomStream& random) {
  const Value flags = random_map_flags(random);
  const Value length = random_size(random);
  const Value fd = (flags & (kMapAnon | kMapPhys)) != 0 ? kNoFd : random_fd(random);
  const Value offset =
      random.chance(1, 4) ? bits(kPoolBase + random.below(kPoolFrames) * kPage) : pages(random.below(6));
  const Value address = random_address(random);
  (void)m.map(length, flags, fd, offset, random.chance(1, 10) ? kRead : kRead | kWrite, address);
}

void random_memory_call(Machine& m, RandomStream& random) {
  const Value address = random_address(random);
  const Value length = random_size(random);
  switch (random.below(6)) {
    case 0:
      (void)m.unmap(address, length);
      break;
    case 1:
      (void)m.lock(address, length);
      break;
    case 2:
      (void)m.unlock(address, length);
      break;
    case 3:
      (void)m.mem_offset(address, length);
      break;
    default:
      (void)m.touch(address, length);
      break;
  }
}

void random_descriptor_call(Machine& m, RandomStream& random) {
  const Value fd = random_fd(random);
  const Value size = random_size(random);
  switch (random.below(7)) {
    case 0:
      (void)m.close(fd);
      break;
    case 1:
      (void)m.dup(fd);
      break;
    case 2:
      (void)m.seek(fd, size, static_cast<Value>(random.below(3)));
      break;
    case 3:
      (void)m.truncate(fd, size);
      break;
    case 4:
      (void)m.info(fd, size, kSizeMax, static_cast<Value>(random.below(200)));
      break;
    default: {
      const Value flags = random_ctl_flags(random);
      const Value paddr = (flags & kTypedMem) != 0 ? random_fd(random) : pages(random.below(100));
      (void)m.ctl(fd, flags, size, paddr);
      break;
    }
  }
}

// Handles are few, so that many of these find one.
void random_sharing_call(Machine& m, RandomStream& random) {
  const Value address = random_address(random);
  const Value handle = static_cast<Value>(1 + random.below(8));
  const Value access = static_cast<Value>(random.below(4));
  switch (random.below(8)) {
    case 0:
      (void)m.call(Call::mlockall, {static_cast<Value>(random.below(4))});
      break;
    case 1:
      (void)m.call(Call::munlockall, {});
      break;
    case 2:
      (void)m.call(Call::shm_create_handle, {random_fd(random), static_cast<Value>(2 + random.below(4)), access});
      break;
    case 3:
      (void)m.call(Call::shm_open_handle, {handle, access});
      break;
    case 4:
      (void)m.call(Call::shm_delete_handle, {handle});
      break;
    case 5:
      (void)m.call(Call::shm_revoke, {random_fd(random), random.chance(1, 2) ? -1 : 2});
      break;
    default:
      (void)m.call(Call::mprotect, {address, random_size(random), static_cast<Value>(random.below(4) * kRead)});
      break;
  }
}

void random_call(Machine& m, RandomStream& random) {
  switch (random.below(10)) {
    case 0: {
      const std::string name = random_name(random);
      (void)m.open(name, kReadWrite | (random.chance(4, 5) ? kCreate : kTruncate));
      break;
    }
    case 1:
      (void)m.unlink(random_name(random));
      break;
    case 2:
      (void)m.open_typed(random.chance(1, 2) ? "dma" : "ram", static_cast<Value>(random.below(5)));
      break;
    case 3:
      random_map(m, random);
      break;
    case 4:
    case 5:
      random_memory_call(m, random);
      break;
    case 6:
    case 7:
      random_sharing_call(m, random);
      break;
    default:
      random_descriptor_call(m, random);
      break;
  }
}

void run(std::uint64_t seed, Semantics semantics, int calls,
         ContiguousFailure contiguous_failure = ContiguousFailure::none,
         const PhysicalMemoryConfig& memory = memory_of(kFuzzedFrames)) {
  SCOPED_TRACE(seed);
  RandomStream random(seed);
  Machine m(memory, semantics, contiguous_failure);
  m.add_process(ProcessId(4), {});
  for (int i = 0; i < calls; ++i) {
    const ProcessId pid(2 + static_cast<std::uint32_t>(random.below(kProcesses)));
    m.as(pid);
    if (random.chance(1, 200)) {
      m.exit(pid);
      m.add_process(pid, {});
    } else {
      random_call(m, random);
    }
    if (i % 16 == 0) m.manager().check_invariants();
  }
  for (std::uint32_t pid = 2; pid < 2 + kProcesses; ++pid) m.exit(ProcessId(pid));
  m.add_process(ProcessId(20), {});
  m.as(ProcessId(20));
  for (const char* name : {"/a", "/b", "/c", "/d"}) (void)m.unlink(name);
  m.manager().check_invariants();
  EXPECT_EQ(m.manager().object_count(), 0u);
  EXPECT_EQ(m.free_frames(), kFuzzedFrames);
  EXPECT_EQ(m.pinned_ranges(), 0u);
  EXPECT_EQ(m.manager().memory().measure(RegionId(1)).free, FrameCount(kPoolFrames));
}

TEST(MemoryManagerFuzz, EverythingComesBackWhenAllAreGone) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) run(seed, {}, 1500);
}

TEST(MemoryManagerFuzz, EverythingComesBackWithBlocksKeptApart) {
  for (std::uint64_t seed = 101; seed <= 120; ++seed) run(seed, {.merge_touching_segments = false}, 1500);
}

TEST(MemoryManagerFuzz, EverythingComesBackWhereFramesAreMoved) {
  for (std::uint64_t seed = 201; seed <= 230; ++seed) run(seed, {}, 1500, ContiguousFailure::defragment);
  for (std::uint64_t seed = 231; seed <= 240; ++seed) {
    run(seed, {.merge_touching_segments = false}, 1500, ContiguousFailure::defragment);
  }
}

// So little beside a CMA area that nearly all lies in it.
PhysicalMemoryConfig memory_beside_area(std::uint64_t frames) {
  PhysicalMemoryConfig config = memory_of(frames);
  config.regions.push_back({.name = "memory/below4G/ram/sysram/cma",
                            .base = PhysAddr(kRamBase + (std::uint64_t{64} << 20)),
                            .size = Bytes(512 * kPage),
                            .cma = true});
  return config;
}

TEST(MemoryManagerFuzz, EverythingComesBackFromACmaArea) {
  for (std::uint64_t seed = 251; seed <= 270; ++seed) {
    run(seed, {.mem_offset_marks_unmovable = seed % 2 == 0}, 1500, ContiguousFailure::none,
        memory_beside_area(kFuzzedFrames));
  }
}

TEST(MemoryManagerFuzz, EverythingComesBackWhereContiguousRequestsGetWholeBlocks) {
  for (const char* policy : kBuddies) {
    for (const ContiguousFailure failure : {ContiguousFailure::none, ContiguousFailure::defragment}) {
      for (std::uint64_t seed = 241; seed <= 250; ++seed) {
        run(seed, {}, 1500, failure, memory_with_tails_kept(kFuzzedFrames, policy));
      }
    }
  }
}

// A view's idea of who has which frame.
class Bookkeeper : public memsim::View<Bookkeeper> {
 public:
  auto followers() { return std::tie(book); }
  FrameBook book;
};

std::vector<Extent> merged(std::vector<Extent> extents) {
  std::vector<Extent> runs;
  for (const Extent& extent : extents) {
    if (!runs.empty() && runs.back().end() == extent.first) {
      runs.back().count += extent.count;
    } else {
      runs.push_back(extent);
    }
  }
  return runs;
}

void expect_same_map(const FrameBook& book, const PhysicalMemory& memory) {
  for (std::size_t i = 0; i < memory.region_count(); ++i) {
    const RegionId region(static_cast<RegionId::rep>(i));
    const Extent space = memory.region_extent(region);
    std::vector<Extent> really_free;
    memory.allocator(region).for_each_free([&](Extent extent) { really_free.push_back(extent); });
    std::vector<FrameRun> runs;
    book.append_runs(space, runs);
    std::vector<Extent> free;
    for (const FrameRun& run : runs) {
      if (run.use == FrameUse::free) free.push_back(run.extent);
    }
    EXPECT_EQ(free, merged(really_free));

    std::set<std::uint64_t> pinned;  // whole ranges of 2 MiB, which are 512 frames
    book.for_each_held(space, [&](Extent extent, const FrameHolding& holding) {
      for (FrameNumber frame = extent.first; frame != extent.end() && !holding.can_move(); frame += FrameCount(1)) {
        const std::uint64_t range = frame.value() / 512;
        if (space.contains(Extent{FrameNumber(range * 512), FrameCount(512)})) pinned.insert(range);
      }
    });
    EXPECT_EQ(pinned.size(), memory.measure(region).large_page_ranges_pinned);
  }
}

void expect_records_to_tell_the_map(std::uint64_t first_seed, std::uint64_t last_seed,
                                    PhysicalMemoryConfig (*machine_of)(std::uint64_t frames)) {
  constexpr std::uint64_t kLargeRanges = 1024;
  for (std::uint64_t seed = first_seed; seed <= last_seed; ++seed) {
    SCOPED_TRACE(seed);
    RandomStream random(seed);
    Machine m(machine_of(kLargeRanges), {}, ContiguousFailure::defragment);
    Bookkeeper keeper;
    m.records().subscribe(keeper);
    const PhysicalMemory& memory = m.manager().memory();
    m.records().publish(RunStarted{0, memory.page_size().bytes(), 1, "buddy"});
    for (std::size_t i = 0; i < memory.region_count(); ++i) {
      const RegionId region(static_cast<RegionId::rep>(i));
      const RegionConfig& config = memory.region(region);
      m.records().publish(RegionAdded{region, config.name, config.base, memory.region_extent(region).count});
    }
    // Spread over memory, so that contiguous requests have something to move.
    const std::uint64_t all = memory.free_frames(memory.general().movable()).count();
    const Value spread = m.map(pages(all), kPrivate | kMapAnon).value;
    for (std::uint64_t page = 0; page < all; page += 4) {
      EXPECT_OK(m.unmap(spread + pages(page), pages(3)));
    }
    for (int i = 0; i < 1000; ++i) {
      m.as(random.chance(1, 2) ? kAlice : kBob);
      random_call(m, random);
      if (i % 10 == 0) expect_same_map(keeper.book, memory);
    }
    EXPECT_FALSE(m.seen().moved_from.empty());
  }
}

TEST(MemoryManagerFuzz, TheRecordsTellWhereEveryFrameIsAndWhetherItCanMove) {
  expect_records_to_tell_the_map(301, 320, memory_of);
}

TEST(MemoryManagerFuzz, TheRecordsTellOfCmaAreasToo) { expect_records_to_tell_the_map(331, 336, memory_beside_area); }

TEST(MemoryManagerFuzz, TheRecordsTellOfWholeBlocksToo) {
  expect_records_to_tell_the_map(321, 330,
                                 [](std::uint64_t frames) { return memory_with_tails_kept(frames, "buddy"); });
}

// Follows every object's layout through the records, and compares it with what the memory manager says of it.
class Surveyor : public RecordSink {
 public:
  explicit Surveyor(bool merges) : merges_(merges) {}
  [[nodiscard]] std::span<const RecordKind> wanted() const override { return all_record_kinds(); }
  void on_record(const RecordView& record) override {
    switch (record.kind()) {
      case RecordKind::object_created:
        objects_.try_emplace(record.as<ObjectCreated>().object).first->second.of_mapping =
            record.as<ObjectCreated>().of_mapping;
        break;
      case RecordKind::object_destroyed:
        objects_.erase(record.as<ObjectDestroyed>().object);
        break;
      case RecordKind::frames_allocated:
        objects_.at(record.as<FramesAllocated>().object).layout.allocate(record.as<FramesAllocated>());
        break;
      case RecordKind::frames_released:
        objects_.at(record.as<FramesReleased>().object).layout.release(record.as<FramesReleased>());
        break;
      case RecordKind::frames_moved:
        objects_.at(record.as<FramesMoved>().object).layout.move(record.as<FramesMoved>());
        break;
      case RecordKind::object_overlaid:
        objects_.at(record.as<ObjectOverlaid>().object).layout.overlay(record.as<ObjectOverlaid>());
        break;
      case RecordKind::object_populated:
        compare_counts(record.as<ObjectPopulated>());
        break;
      case RecordKind::segment_reply:
        compare_lists(record.as<SegmentReply>());
        break;
      default:
        break;
    }
  }
  [[nodiscard]] std::uint64_t lists_compared() const { return lists_compared_; }

 private:
  struct Object {
    ObjectLayout layout{PageSize()};
    bool of_mapping = false;
    bool joined = true;
  };

  void compare_counts(const ObjectPopulated& populated) {
    Object& object = objects_.at(populated.object);
    object.joined = merges_ || object.of_mapping || populated.backing == ObjectKind::lazy;
    // A mapping shows whole pages.
    const Bytes size = object.of_mapping ? Bytes(UINT64_MAX) : populated.size;
    EXPECT_EQ(object.layout.segments(size, object.joined, kAll).size(), populated.segment_count);
  }
  // A reply is the layout, clipped at both ends of the range, as far as the buffer went.
  void compare_lists(const SegmentReply& reply) {
    const Object& object = objects_.at(reply.object);
    const Bytes end = std::min(reply.object_size, saturating_add(reply.offset, reply.length));
    std::vector<Segment> clipped;
    for (Segment segment : object.layout.segments(end, object.joined, kAll)) {
      if (segment.end() <= reply.offset) continue;
      const Bytes skipped = segment.offset < reply.offset ? reply.offset - segment.offset : Bytes();
      clipped.push_back({segment.offset + skipped, segment.paddr + skipped, segment.length - skipped});
    }
    EXPECT_EQ(clipped.size(), reply.in_range);
    ASSERT_LE(reply.segments.size(), clipped.size());
    EXPECT_TRUE(std::equal(reply.segments.begin(), reply.segments.end(), clipped.begin()));
    if (!reply.segments.empty()) ++lists_compared_;
  }

  static constexpr std::size_t kAll = SIZE_MAX;
  bool merges_;
  std::map<ObjectId, Object> objects_;
  std::uint64_t lists_compared_ = 0;
};

void expect_records_to_tell_the_layouts(std::uint64_t first_seed, const PhysicalMemoryConfig& memory, bool merges) {
  std::uint64_t lists_compared = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + 20; ++seed) {
    SCOPED_TRACE(seed);
    RandomStream random(seed);
    Semantics semantics;
    semantics.merge_touching_segments = merges;
    Machine m(memory, semantics, ContiguousFailure::defragment);
    Surveyor surveyor(merges);
    m.records().subscribe(surveyor);
    for (int i = 0; i < 1000; ++i) {
      m.as(random.chance(1, 2) ? kAlice : kBob);
      random_call(m, random);
    }
    lists_compared += surveyor.lists_compared();
  }
  EXPECT_GT(lists_compared, 0);
}

TEST(MemoryManagerFuzz, TheRecordsTellTheLayoutOfEveryObject) {
  expect_records_to_tell_the_layouts(401, memory_of(kFuzzedFrames), true);
  expect_records_to_tell_the_layouts(421, memory_with_tails_kept(kFuzzedFrames, "buddy"), true);
}

TEST(MemoryManagerFuzz, TheRecordsTellTheLayoutWhereTouchingPiecesStayApart) {
  expect_records_to_tell_the_layouts(441, memory_of(kFuzzedFrames), false);
}

TEST(MemoryManagerFuzz, SameCallsGiveTheSameRecords) {
  const auto fingerprint = [](std::uint64_t seed) {
    RandomStream random(seed);
    Machine m(kFuzzedFrames);
    for (int i = 0; i < 2000; ++i) random_call(m, random);
    return m.records().fingerprint();
  };
  EXPECT_EQ(fingerprint(5), fingerprint(5));
  EXPECT_NE(fingerprint(5), fingerprint(6));
}

}  // namespace
}  // namespace memsim::test
