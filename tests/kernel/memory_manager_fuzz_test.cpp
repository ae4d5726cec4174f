// Random calls of several processes: whatever they do, the invariants hold, and when all are gone all memory is free.
#include <memsim/base/random.hpp>

#include "kernel/memory_manager_machine.hpp"

namespace memsim::test {
namespace {

constexpr std::uint64_t kFrames = 256;
constexpr std::uint32_t kProcesses = 3;

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
  return random.chance(1, 40) ? flags | kSeal : flags;
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

void random_call(Machine& m, RandomStream& random) {
  switch (random.below(8)) {
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
    default:
      random_descriptor_call(m, random);
      break;
  }
}

void run(std::uint64_t seed, Semantics semantics, int calls) {
  SCOPED_TRACE(seed);
  RandomStream random(seed);
  Machine m(kFrames, semantics);
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
  EXPECT_EQ(m.free_frames(), kFrames);
  EXPECT_EQ(m.pinned_ranges(), 0u);
  EXPECT_EQ(m.manager().memory().measure(RegionId(1)).free, FrameCount(kPoolFrames));
}

TEST(MemoryManagerFuzz, EverythingComesBackWhenAllAreGone) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) run(seed, {}, 1500);
}

TEST(MemoryManagerFuzz, EverythingComesBackWithBlocksKeptApart) {
  for (std::uint64_t seed = 101; seed <= 120; ++seed) run(seed, {.merge_touching_segments = false}, 1500);
}

TEST(MemoryManagerFuzz, SameCallsGiveTheSameRecords) {
  const auto fingerprint = [](std::uint64_t seed) {
    RandomStream random(seed);
    Machine m(kFrames);
    for (int i = 0; i < 2000; ++i) random_call(m, random);
    return m.records().fingerprint();
  };
  EXPECT_EQ(fingerprint(5), fingerprint(5));
  EXPECT_NE(fingerprint(5), fingerprint(6));
}

}  // namespace
}  // namespace memsim::test
