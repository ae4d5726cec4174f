// MemoryManager: the state and the calls of pid 1, as a plain state machine. It knows no clock: what a call cost is a
// return value, and the kernel turns that into simulated time. All semantics follow docs/model.md.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include <memsim/base/errno.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/kernel/config.hpp>
#include <memsim/phys/physical_memory.hpp>

#include "kernel/memmgr/segment_lengths.hpp"

namespace memsim {

class DescriptorTable;  // <memsim/vm/descriptor_table.hpp>

// What a call made the memory manager do, in units that the cost model prices.
struct MemoryWork {
  AllocatorWork allocator;
  std::uint64_t frames_zeroed = 0;
  std::uint64_t frames_freed = 0;
  std::uint64_t frames_moved = 0;
  std::uint64_t pages_mapped = 0;
  std::uint64_t pages_unmapped = 0;
  std::uint64_t page_faults = 0;
  std::uint64_t segments_walked = 0;
  std::uint64_t segment_seek_steps = 0;
  std::uint64_t address_translations = 0;
  MemoryWork& operator+=(const MemoryWork& other);
};
[[nodiscard]] SimDuration cost_of(const CostModel& costs, const MemoryWork& work);

// A call as it arrives at the memory manager: `arguments` in the order of the call table, defaults filled in, flags
// or-ed.
struct MemoryRequest {
  Call call = Call::shm_open;
  ProcessId pid{};
  ThreadId tid{};
  CpuId cpu{};  // on which the memory manager serves it
  std::array<Value, Step::kMaxOperands> arguments{};
  std::string_view text;  // the text argument of the call (a name), empty when it has none; lives while it is handled
};

struct MemoryOutcome {
  Value value = 0;  // what the call returns; -1 with `error` set when refused
  Errno error = Errno::eok;
  ObjectId object;                 // concerned; 0 none
  Bytes reply_bytes;               // copied to the client
  std::array<Value, 4> results{};  // the further results of the call table, in order
  MemoryWork work;
};

class MemoryManager {
 public:
  // Errors: those of PhysicalMemory::create().
  [[nodiscard]] static HostResult<MemoryManager> create(const PhysicalMemoryConfig& memory, const Semantics& semantics,
                                                        ContiguousFailure contiguous_failure = ContiguousFailure::none);

  MemoryManager(const MemoryManager& other);
  MemoryManager& operator=(const MemoryManager& other);
  MemoryManager(MemoryManager&&) noexcept;
  MemoryManager& operator=(MemoryManager&&) noexcept;
  ~MemoryManager();

  // A process begins to exist, with an empty descriptor table and address space.
  void add_process(ProcessId pid, const Abilities& abilities, std::uint32_t uid, std::uint16_t umask);
  // A process ends: its mappings and descriptors go, and every object that nothing holds any more. Named objects stay.
  // `cpu`: on which the memory manager does it.
  MemoryWork remove_process(ProcessId pid, RecordStream& records, CpuId cpu = CpuId());

  // Serves one call completely and publishes object, frame and segment records. A refused call leaves everything as it
  // was; only a `touch` that runs out of memory keeps the pages it got before.
  [[nodiscard]] MemoryOutcome handle(const MemoryRequest& request, RecordStream& records);

  // The descriptors of a process, which are its connections too. Requires: the process exists.
  [[nodiscard]] DescriptorTable& descriptors(ProcessId pid);
  [[nodiscard]] const DescriptorTable& descriptors(ProcessId pid) const;

  [[nodiscard]] const PhysicalMemory& memory() const;
  [[nodiscard]] std::uint64_t object_count() const;  // alive
  // Counts up whenever a call changed physical memory.
  [[nodiscard]] std::uint64_t change_count() const;

  // Measures over the live objects that hold frames, for an object_sample record. O(distinct segment counts).
  [[nodiscard]] ObjectSample sample_objects() const;
  // The lengths of their segments, for a segment_length_sample record. O(segments).
  [[nodiscard]] memmgr::SegmentLengths sample_segment_lengths() const;

  // Fails a check where an invariant is broken: every allocated frame belongs to exactly one owner. For tests.
  void check_invariants() const;

 private:
  struct Impl;
  explicit MemoryManager(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace memsim
