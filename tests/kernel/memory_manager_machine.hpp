// A memory manager with memory and two processes, spoken to in the words of the domain. For tests.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <memsim/vm/address_space.hpp>
#include <memsim/vm/descriptor_table.hpp>
#include <memsim/vm/mem_obj_info.hpp>

#include "kernel/memmgr/memory_manager.hpp"

namespace memsim::test {

inline constexpr std::uint64_t kPage = 4096;

enum OpenFlag : Value {
  kReadOnly = 0,
  kWriteOnly = 1,
  kReadWrite = 2,
  kCreate = 0x100,
  kTruncate = 0x200,
  kExclusive = 0x400
};
enum CtlFlag : Value {
  kAnon = 0x1,
  kPhys = 0x2,
  kSeal = 0x4,
  kRevocable = 0x8,
  kGlobal = 0x10,
  kPriv = 0x20,
  kLowerProt = 0x40,
  kLazyWrite = 0x80,
  kHighUsage = 0x200,
  kLazy = 0x400,
  kRepeat = 0x800,
  kNoDefrag = 0x1000,
  kTypedMem = 0x2000,
  kGetFlags = 0x4000,
};
enum ProtFlag : Value { kProtNone = 0, kRead = 0x100, kWrite = 0x200 };
enum MapFlag : Value {
  kShared = 0x1,
  kPrivate = 0x2,
  kFixed = 0x10,
  kMapLazy = 0x80,
  kMapPhys = 0x10000,
  kMapAnon = 0x80000,
};
enum TypedFlag : Value { kDirect = 0, kAllocate = 1, kAllocateContig = 2, kMapAllocatable = 4 };
inline constexpr Value kNoFd = -1;
inline constexpr Value kSizeMax = -1;

inline constexpr ProcessId kAlice{2};
inline constexpr ProcessId kBob{3};

// Page `count`s as a call argument.
constexpr Value pages(std::uint64_t count) { return static_cast<Value>(count * kPage); }
constexpr Value bits(std::uint64_t value) { return static_cast<Value>(value); }

// One general region of `frames` at `base`, and a carve-out of 64 frames for typed memory above it.
inline constexpr std::uint64_t kRamBase = 0x1000'0000;
inline constexpr std::uint64_t kPoolBase = 0x8000'0000;
inline constexpr std::uint64_t kPoolFrames = 64;
inline PhysicalMemoryConfig memory_of(std::uint64_t frames) {
  PhysicalMemoryConfig config;
  config.regions.push_back({"memory/below4G/ram/sysram", PhysAddr(kRamBase), Bytes(frames * kPage), true, 0});
  config.regions.push_back({"memory/below4G/ram/dma", PhysAddr(kPoolBase), Bytes(kPoolFrames * kPage), false, 0});
  return config;
}

// The same under a policy that gives contiguous requests whole blocks.
inline PhysicalMemoryConfig memory_with_tails_kept(std::uint64_t frames, const char* policy) {
  PhysicalMemoryConfig config = memory_of(frames);
  config.policy = policy;
  config.policy_options = {{"tail", "kept"}};
  return config;
}

// Writes down the allocator's records by name, and the segments of the last reply.
class Witness : public RecordSink {
 public:
  [[nodiscard]] std::span<const RecordKind> wanted() const override { return all_record_kinds(); }
  void on_record(const RecordView& record) override {
    names.emplace_back(record_name(record.kind()));
    if (record.kind() == RecordKind::segment_reply) {
      const auto& reply = record.as<SegmentReply>();
      segments.assign(reply.segments.begin(), reply.segments.end());
      was_cut = reply.cut;
    }
    if (record.kind() == RecordKind::frames_released) {
      const auto& released = record.as<FramesReleased>();
      released_extents.assign(released.extents.begin(), released.extents.end());
    }
    if (record.kind() == RecordKind::frames_allocated) {
      const auto& taken = record.as<FramesAllocated>();
      allocated_extents.assign(taken.extents.begin(), taken.extents.end());
    }
    if (record.kind() == RecordKind::frames_moved) {
      const auto& moved = record.as<FramesMoved>();
      moved_from.assign(moved.from.begin(), moved.from.end());
      moved_to.assign(moved.to.begin(), moved.to.end());
    }
    if (record.kind() == RecordKind::object_populated) populated = record.as<ObjectPopulated>();
  }

  std::vector<std::string> names;
  std::vector<Segment> segments;
  std::vector<Extent> released_extents;
  std::vector<Extent> allocated_extents;
  std::vector<Extent> moved_from;
  std::vector<Extent> moved_to;
  ObjectPopulated populated;
  bool was_cut = false;
};

class Machine {
 public:
  explicit Machine(std::uint64_t frames = 1024, Semantics semantics = {},
                   ContiguousFailure contiguous_failure = ContiguousFailure::none)
      : Machine(memory_of(frames), semantics, contiguous_failure) {}
  explicit Machine(const PhysicalMemoryConfig& memory, Semantics semantics = {},
                   ContiguousFailure contiguous_failure = ContiguousFailure::none)
      : manager_(std::move(*MemoryManager::create(memory, semantics, contiguous_failure))) {
    records_.subscribe(witness_);
    manager_.add_process(kAlice, {}, 0, 0);
    manager_.add_process(kBob, {}, 0, 0);
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  MemoryOutcome call(Call what, std::initializer_list<Value> arguments, std::string_view text = {}) {
    MemoryRequest request{.call = what, .pid = caller_, .tid = ThreadId(1), .cpu = cpu_, .text = text};
    std::copy(arguments.begin(), arguments.end(), request.arguments.begin());
    return handle(request);
  }
  MemoryOutcome handle(const MemoryRequest& request) {
    witness_.names.clear();
    MemoryOutcome outcome = manager_.handle(request, records_);
    EXPECT_EQ(outcome.error != Errno::eok, outcome.value == -1);
    return outcome;
  }

  // Later calls come from `pid`.
  Machine& as(ProcessId pid) {
    caller_ = pid;
    return *this;
  }
  // Later calls are served on `cpu`.
  Machine& on(CpuId cpu) {
    cpu_ = cpu;
    return *this;
  }
  void add_process(ProcessId pid, const Abilities& abilities, std::uint32_t uid = 0, std::uint16_t umask = 0) {
    manager_.add_process(pid, abilities, uid, umask);
  }
  MemoryWork exit(ProcessId pid) {
    witness_.names.clear();
    return manager_.remove_process(pid, records_, cpu_);
  }

  MemoryOutcome open(const std::string& name, Value oflag = kReadWrite | kCreate, Value mode = 0600) {
    return call(Call::shm_open, {0, oflag, mode}, name);
  }
  MemoryOutcome open_typed(const std::string& name, Value tflag, Value oflag = kReadWrite) {
    return call(Call::posix_typed_mem_open, {0, oflag, tflag}, name);
  }
  MemoryOutcome unlink(const std::string& name) { return call(Call::shm_unlink, {}, name); }
  MemoryOutcome close(Value fd) { return call(Call::close, {fd}); }
  MemoryOutcome dup(Value fd) { return call(Call::dup, {fd}); }
  MemoryOutcome seek(Value fd, Value offset, Value whence = 0) { return call(Call::lseek, {fd, offset, whence}); }
  MemoryOutcome truncate(Value fd, Value size) { return call(Call::ftruncate, {fd, size}); }
  MemoryOutcome ctl(Value fd, Value flags, Value size, Value paddr = 0) {
    return call(Call::shm_ctl, {fd, flags, paddr, size, 0});
  }
  MemoryOutcome ctl_special(Value fd, Value flags, Value size, Value special) {
    return call(Call::shm_ctl_special, {fd, flags, 0, size, special});
  }
  MemoryOutcome map(Value length, Value flags, Value fd = kNoFd, Value offset = 0, Value prot = kRead | kWrite,
                    Value addr = 0) {
    return call(Call::mmap, {addr, length, prot, flags, fd, offset});
  }
  MemoryOutcome unmap(Value addr, Value length) { return call(Call::munmap, {addr, length}); }
  MemoryOutcome lock(Value addr, Value length) { return call(Call::mlock, {addr, length}); }
  MemoryOutcome unlock(Value addr, Value length) { return call(Call::munlock, {addr, length}); }
  MemoryOutcome touch(Value addr, Value length = 1) { return call(Call::touch, {addr, length}); }
  MemoryOutcome mem_offset(Value addr, Value length = kSizeMax, Value fd = kNoFd) {
    return call(Call::mem_offset64, {addr, length, fd});
  }
  MemoryOutcome mem_info(Value fd) { return query(Call::mem_info, fd, 0, 0, kSizeMax, qnx::kMemObjInfoRequestBytes); }
  MemoryOutcome info(Value fd, Value offset = 0, Value length = kSizeMax, Value reply = 24 * 4096, Value send = 24) {
    witness_.segments.clear();
    return query(Call::mem_obj_info, fd, offset, length, reply, static_cast<std::uint64_t>(send));
  }
  // _MEM_INFO and _MEM_OBJ_INFO, as the first `send` bytes of their structure.
  MemoryOutcome query(Call what, Value fd, Value offset, Value length, Value reply, std::uint64_t send,
                      std::uint16_t zero = 0) {
    std::array<std::byte, qnx::kMemObjInfoRequestBytes> wire{};
    encode({.zero = zero,
            .fd = ConnectionId(std::in_range<ConnectionId::rep>(fd) ? static_cast<ConnectionId::rep>(fd)
                                                                    : std::numeric_limits<ConnectionId::rep>::min()),
            .offset = Bytes(static_cast<std::uint64_t>(offset)),
            .length = Bytes(static_cast<std::uint64_t>(length))},
           wire);
    return handle({.call = what,
                   .pid = caller_,
                   .tid = ThreadId(1),
                   .cpu = cpu_,
                   .arguments = {},
                   .text = {},
                   .bytes = std::span(wire).first(std::min<std::uint64_t>(send, wire.size())),
                   .reply_bytes = Bytes(static_cast<std::uint64_t>(reply))});
  }

  // A new unnamed object; gives its descriptor.
  Value anonymous_object() { return open("SHM_ANON").value; }
  // Leaves every second frame of general memory free.
  void comb() {
    std::vector<Value> objects;
    while (free_frames() > 0) {
      objects.push_back(anonymous_object());
      EXPECT_EQ(ctl(objects.back(), kAnon, pages(1)).error, Errno::eok);
    }
    for (const Value fd : objects) {
      (void)info(fd);
      if (segments().front().paddr.value() / kPage % 2 != 0) continue;
      EXPECT_EQ(close(fd).error, Errno::eok);
    }
  }

  [[nodiscard]] std::uint64_t free_frames() const { return manager_.memory().free_frames().count(); }
  [[nodiscard]] std::uint64_t pinned_ranges() const {
    return manager_.memory().measure(RegionId(0)).large_page_ranges_pinned;
  }
  [[nodiscard]] const std::vector<Segment>& segments() const { return witness_.segments; }
  [[nodiscard]] const Witness& seen() const { return witness_; }
  [[nodiscard]] MemoryManager& manager() { return manager_; }
  [[nodiscard]] const RecordStream& records() const { return records_; }
  [[nodiscard]] RecordStream& records() { return records_; }

 private:
  MemoryManager manager_;
  RecordStream records_;
  Witness witness_;
  ProcessId caller_ = kAlice;
  CpuId cpu_{};
};

// Ends every test with the invariants.
class MemoryManagerTest : public ::testing::Test {
 protected:
  explicit MemoryManagerTest(std::uint64_t frames = 1024) : m(frames) {}
  ~MemoryManagerTest() override { m.manager().check_invariants(); }
  Machine m;
};

#define EXPECT_OK(outcome) EXPECT_EQ((outcome).error, Errno::eok)
#define ASSERT_OK(outcome) ASSERT_EQ((outcome).error, Errno::eok)
#define EXPECT_REFUSED(outcome, errno_value) EXPECT_EQ((outcome).error, Errno::errno_value)

}  // namespace memsim::test
