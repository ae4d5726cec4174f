// MemoryManager: the state and the calls of pid 1, as a plain state machine. It knows no clock: what a call cost is a
// return value, and the kernel turns that into simulated time. All semantics follow docs/model.md.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <memsim/base/errno.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/kernel/config.hpp>
#include <memsim/kernel/shown_memory.hpp>
#include <memsim/machine/machine.hpp>
#include <memsim/vm/descriptor_table.hpp>

#include "kernel/objects/request.hpp"
#include "kernel/objects/segment_lengths.hpp"

namespace memsim {

class MemoryManager {
 public:
  // Errors: those of PhysicalMemory::create().
  [[nodiscard]] static HostResult<MemoryManager> create(const PhysicalMemoryConfig& memory, const Semantics& semantics,
                                                        ContiguousFailure contiguous_failure = ContiguousFailure::none,
                                                        const StartState& start = {});

  MemoryManager(const MemoryManager& other);
  MemoryManager& operator=(const MemoryManager& other);
  MemoryManager(MemoryManager&&) noexcept;
  MemoryManager& operator=(MemoryManager&&) noexcept;
  ~MemoryManager();

  // For the calls to come. Requires: fixed_semantics() finds nothing between them and those before.
  void change_semantics(const Semantics& semantics);

  // A process begins to exist, with an empty descriptor table and address space.
  void add_process(ProcessId pid, const Abilities& abilities, std::uint32_t uid, std::uint16_t umask);
  // A process ends: its mappings and descriptors go, and every object that nothing holds any more. Named objects stay.
  // `cpu`: on which the memory manager does it.
  MemoryWork remove_process(ProcessId pid, RecordStream& records, CpuId cpu = CpuId());

  // Serves one call completely and publishes object, frame and segment records. A refused call leaves everything as it
  // was; only a `touch` that runs out of memory keeps the pages it got before.
  [[nodiscard]] MemoryOutcome handle(const MemoryRequest& request, RecordStream& records);

  // Enters a connection among the descriptors of a process, or takes it out: see DescriptorTable. Requires: the process
  // exists.
  [[nodiscard]] SimResult<ConnectionId> connect(ProcessId pid, ConnectionTarget target, ConnectionId lowest);
  void disconnect(ProcessId pid, ConnectionId coid);
  // The descriptors of a process, which are its connections too. Requires: the process exists.
  [[nodiscard]] const DescriptorTable& descriptors(ProcessId pid) const;

  // Plays an event of a background over memory: see system_memory.hpp. Requires: `number` is one of the
  // configuration's, which are met in their order.
  void play(std::size_t number, const BackgroundConfig& background, const TraceEvent& event, Share share, CpuId cpu,
            RecordStream& records);
  [[nodiscard]] BackgroundCounts background_counts(std::size_t number) const;

  [[nodiscard]] Machine& machine();
  [[nodiscard]] const Machine& machine() const;
  [[nodiscard]] const PhysicalMemory& memory() const;
  // The object whose frames were in use at the start, for Machine::announce(); 0 where there are none.
  [[nodiscard]] ObjectId held_at_start() const;
  // Whether each of these requests for general memory would be served if it were made now: by the policy, or by moving
  // frames where the machine does so. Changes nothing.
  [[nodiscard]] std::vector<bool> would_serve(std::span<const FrameRequest> requests) const;
  [[nodiscard]] std::uint64_t object_count() const;      // alive
  [[nodiscard]] std::uint64_t descriptor_count() const;  // open, of all processes
  [[nodiscard]] std::uint64_t mapping_count() const;
  // Counts up whenever a call changed physical memory.
  [[nodiscard]] std::uint64_t change_count() const;

  // What a process has mapped; see shown_memory.hpp. Requires: the process exists.
  [[nodiscard]] ShownMemory show(ProcessId pid) const;
  [[nodiscard]] std::optional<PhysAddr> page_to_copy(ProcessId pid, VirtAddr address) const;
  // Where an address lies, whoever maps it; nothing where the process has mapped nothing.
  struct Place {
    std::optional<ObjectId> object;  // none: physical memory as such
    Bytes offset;                    // in it, or the physical address
  };
  [[nodiscard]] std::optional<Place> place_of(ProcessId pid, VirtAddr address) const;

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
