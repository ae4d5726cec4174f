// Machine: physical memory of which every change is told. It has no processes and no clock: who drives it (the memory
// manager, a recorded trace, a test) says on whose behalf, and hands in the stream that its records go to, whose time
// is then theirs. It is a plain value: a copy is a second machine that continues alike.
//
// A run begins with announce(). What is taken for an object goes in two steps, since an object that is made for its
// frames must not exist where there are none:
//
//   take()       gets the frames or says why not, and publishes nothing;
//   tell_taken() publishes frames_allocated, once the object has a number; tell_refused() allocation_failed.
//
// allocate() is both, for drivers whose owners exist before. Records are complete: the same machine, driven by them
// alone, gets the same frames (see FramesAllocated, and announce() for the head).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/machine/probe.hpp>
#include <memsim/phys/physical_memory.hpp>

namespace memsim {

// Whose frames, and on whose behalf.
struct FrameOwner {
  ObjectId object{};  // 0: none yet
  ProcessId pid{};
};

// Frames from the allocator that are nobody's yet. They must be told of as an object's, or given back.
struct TakenFrames {
  Allocation allocation;
  FrameRequest request{};            // that was served
  std::span<const RegionId> from{};  // as asked; empty: general memory without its areas
  std::uint32_t requests = 1;        // as many equal ones, one after the other
};

// The name of the object whose frames were in use when the run began.
inline constexpr std::string_view kHeldAtStart = "held at the start";

// What the head of a run tells besides the machine itself. See RunStarted.
struct RunHead {
  std::uint64_t seed = 0;
  std::uint32_t cpus = 1;
  bool merge_touching_segments = true;
  std::span<const Setting> settings{};
  std::span<const Setting> overridden{};
};

class Machine {
 public:
  // Errors: those of PhysicalMemory::create().
  [[nodiscard]] static HostResult<Machine> create(const PhysicalMemoryConfig& config, const StartState& start = {});

  // Publishes the head: run_started, the regions, the reservations. Then, where frames were held at the start, the
  // object that has them, kHeldAtStart by name: as frames_allocated with no request. Requires: a holder, where there
  // are such.
  void announce(RecordStream& records, const RunHead& head, FrameOwner holder = {}) const;

  // Errors as PhysicalMemory::allocate().
  [[nodiscard]] SimResult<TakenFrames> take(const FrameRequest& request, std::span<const RegionId> from = {});
  // `offset`: in the object, of the first of the frames. Publishes nothing where none were taken.
  void tell_taken(RecordStream& records, FrameOwner owner, Bytes offset, const TakenFrames& taken) const;
  void tell_refused(RecordStream& records, FrameOwner owner, const FrameRequest& request,
                    std::span<const RegionId> from, Errno error, Moving moving) const;
  [[nodiscard]] SimResult<TakenFrames> allocate(RecordStream& records, FrameOwner owner, Bytes offset,
                                                const FrameRequest& request, std::span<const RegionId> from = {});

  // Gives frames back, tails too, on behalf of a processor. Extents may run on from region to region. Requires: they
  // are the object's, and not pinned.
  AllocatorWork release(RecordStream& records, ObjectId object, std::span<const Extent> extents, CpuId cpu = CpuId());

  // The same for frames that were moved away from and that nobody wants, as frames_vacated. Requires: frames_moved has
  // told of them.
  AllocatorWork vacate(RecordStream& records, std::span<const Extent> extents, CpuId cpu = CpuId());

  // See PhysicalMemory::add_reserved(). Published as frames_added.
  [[nodiscard]] std::optional<AllocatorWork> add_reserved(RecordStream& records, ProcessId pid, Extent extent);

  // See PhysicalMemory::decay(). Published as cpu_lists_decayed under `linux`; other policies have nothing to do.
  void decay(RecordStream& records, CpuId cpu);

  // Pins count, see PhysicalMemory::pin(). Those that follow from the way in which frames were taken (unmovable ones)
  // have no record of their own; those of mlock() are published by tell_pinned().
  void pin(std::span<const Extent> extents);
  void unpin(std::span<const Extent> extents);
  void tell_pinned(RecordStream& records, ObjectId object, bool pinned, std::span<const Extent> extents) const;

  // The measures of every region, as region_sample records. Changes nothing.
  void sample(RecordStream& records, SamplePoint point) const;
  // Whether each probe's request would be served now, as probe_result records. Changes nothing.
  void probe(RecordStream& records, SamplePoint point, std::span<const ProbeConfig> probes) const;

  // From here on another policy, or other options: exactly the frames in use stay in use, with their pins; how free
  // memory is kept begins anew. Published as policy_changed. O(frames in use), at worst. Errors, with nothing changed:
  // bad_input for a policy or option that does not exist.
  [[nodiscard]] HostResult<void> change_policy(RecordStream& records, const std::string& policy,
                                               const PolicyOptions& options);

  [[nodiscard]] const PhysicalMemory& memory() const { return memory_; }
  // Counts up whenever frames were taken or given back.
  [[nodiscard]] std::uint64_t change_count() const { return change_count_; }
  [[nodiscard]] FrameCount frames_in_use() const;

 private:
  explicit Machine(PhysicalMemory memory) : memory_(std::move(memory)) {}
  AllocatorWork give_back(std::span<const Extent> extents, CpuId cpu);

  PhysicalMemory memory_;
  std::uint64_t change_count_ = 0;
};

}  // namespace memsim
