// The memory manager's state as plain values, and the context in which one call is served.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include <memsim/base/qnx.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/kernel/background.hpp>
#include <memsim/machine/machine.hpp>
#include <memsim/vm/address_space.hpp>
#include <memsim/vm/descriptor_table.hpp>
#include <memsim/vm/memory_object.hpp>
#include <memsim/vm/open_description.hpp>
#include <memsim/vm/page_set.hpp>

#include "kernel/objects/object_census.hpp"
#include "kernel/objects/request.hpp"

namespace memsim::memmgr {

using namespace qnx;  // the numbers of flags, types and sizes

struct ProcessState {
  ProcessId pid;  // 0: this slot is free
  Abilities abilities;
  std::uint32_t uid = 0;
  std::uint16_t umask = 0;
  DescriptorTable descriptors;
  AddressSpace space;
  bool locks_future = false;  // mlockall(MCL_FUTURE)
};

// shm_create_handle(): it holds its object until it is used or goes.
struct Handle {
  ObjectSlot object = kNoObject;
  AccessMode access = AccessMode::read_only;
  ProcessId creator;
  ProcessId recipient;
};

struct State {
  State(Machine with, const Semantics& choices) : machine(std::move(with)), semantics(choices) {}

  Machine machine;
  Semantics semantics;
  ContiguousFailure contiguous_failure = ContiguousFailure::none;
  ObjectTable objects;
  DescriptionTable descriptions;
  std::map<std::string, ObjectSlot, std::less<>> names;  // without the leading slash
  // Areas of typed memory mapped by physical address, which stay busy until all have unmapped them: by first frame.
  std::map<FrameNumber, ObjectSlot> direct_areas;
  std::map<Value, Handle> handles;  // by number, from 1
  Value last_handle = 0;
  std::uint64_t revocations = 0;
  ObjectCensus census;
  FrameCount frames_at_boot;             // taken before the first call: reservations
  ObjectSlot held_at_start = kNoObject;  // has what else was in use then
  // What each background has of either kind, from its first event on.
  struct Background {
    ObjectSlot movable = kNoObject;
    ObjectSlot fixed = kNoObject;
    RegionLists from;  // that serve it
    BackgroundCounts counts;
  };
  std::vector<Background> backgrounds;
  PageSet kept_at_start;               // what held_at_start has yet, where a background may give it back
  std::vector<Extent> given_back;      // play()'s own, for its room
  ProcessState system;                 // on whose behalf they get it
  std::uint64_t descriptors = 0;       // open, of all processes, connections among them
  std::uint64_t mappings = 0;          // of all processes
  std::uint64_t overlay_segments = 0;  // of all objects that SHMCTL_PHYS laid over addresses

  std::deque<ProcessState> processes;  // a deque: references stay good when processes are added
  std::vector<std::uint32_t> free_processes;
  std::vector<std::uint32_t> slot_by_pid;  // index into processes, plus one; 0: no such process

  [[nodiscard]] const PhysicalMemory& memory() const { return machine.memory(); }
  [[nodiscard]] PageSize page_size() const { return memory().page_size(); }
  // Null where there is no such process.
  [[nodiscard]] ProcessState* find_process(ProcessId pid) {
    const std::size_t index = pid.value();
    if (index >= slot_by_pid.size() || slot_by_pid[index] == 0) return nullptr;
    return &processes[slot_by_pid[index] - 1];
  }
};

// One call being served.
struct Context {
  State& state;
  RecordStream& records;
  const MemoryRequest& request;
  ProcessState& process;
  MemoryOutcome& outcome;

  [[nodiscard]] MemoryWork& work() { return outcome.work; }
  [[nodiscard]] Value argument(std::size_t index) const { return request.arguments[index]; }
  // The same bits read unsigned: sizes, addresses and flags.
  [[nodiscard]] std::uint64_t bits(std::size_t index) const {
    return static_cast<std::uint64_t>(request.arguments[index]);
  }
};

// Fails a check where an invariant is broken.
void check_state(const State& state);

}  // namespace memsim::memmgr
