// WorldConfig: everything that determines a run, as plain values. The scenario loader fills it; tests and programs that
// embed memsim may fill it by hand. Two worlds made from equal configurations run alike, byte for byte.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <memsim/base/device_limits.hpp>
#include <memsim/base/errno.hpp>
#include <memsim/base/units.hpp>
#include <memsim/kernel/background.hpp>
#include <memsim/kernel/caller.hpp>
#include <memsim/kernel/caller_source.hpp>
#include <memsim/kernel/program.hpp>
#include <memsim/machine/probe.hpp>
#include <memsim/machine/start.hpp>
#include <memsim/phys/physical_memory.hpp>

namespace memsim {

// What operations cost in simulated time. The defaults are round figures of the order measured on embedded processors
// near 1 GHz; they are choices, not measurements of the modelled system, and each can be overridden in `costs:`.
struct CostModel {
  SimDuration msg_send{400};      // client: trap, copy set-up, switch to the server
  SimDuration msg_receive{200};   // server: taking a message or pulse
  SimDuration msg_reply{300};     // server: reply and making the client ready
  SimDuration copy_per_kib{100};  // each KiB copied between client and server, either way
  SimDuration kernel_call{200};   // a kernel call that is no message
  SimDuration pulse{250};         // MsgSendPulse, MsgDeliverEvent
  SimDuration interrupt{1'000};   // from an interrupt to its events; taken from what runs on the first processor
  SimDuration memmgr_call{800};   // memory manager: decoding, looking up, locking
  SimDuration segment_walk{25};   // each segment delivered in a _MEM_OBJ_INFO reply
  SimDuration segment_seek{40};   // each step of the search for the first segment
  SimDuration allocator_split{60};
  SimDuration allocator_merge{60};
  SimDuration allocator_step{15};  // each list, tree or bitmap node looked at
  SimDuration frame_zero{250};     // zeroing one frame before it is handed out
  SimDuration frame_free{20};      // returning one frame
  SimDuration frame_move{700};     // copying one frame to another place and showing its users the new one
  SimDuration page_map{80};        // entering one page in a page table
  SimDuration page_unmap{50};
  SimDuration page_fault{1000};  // trap and lookup of a fault, besides what it allocates
  SimDuration mem_offset{300};   // the address translation inside mem_offset64()
  SimDuration process_spawn{50'000};
  SimDuration process_exit{20'000};
  bool operator==(const CostModel&) const = default;
};

// The contestable choices, where the modelled system's documentation is silent or contradicts itself. The defaults
// follow the reasons given in docs/model.md.
struct Semantics {
  // _MEM_OBJ_INFO on an object that is lazy, got its size from ftruncate(), or was never populated.
  Errno not_physical_errno = Errno::enodev;
  // Whether segments that touch in offset and address are reported as one.
  bool merge_touching_segments = true;
  // shm_ctl() with other primary flags on an object that is already special: EINVAL, or the literal EBADF of 7.0's
  // page.
  Errno already_special_errno = Errno::einval;
  // Whether SHMCTL_ANON|SHMCTL_PHYS needs the ability PROCMGR_AID_MEM_PHYS, as SHMCTL_PHYS alone always does.
  bool anon_phys_needs_ability = true;
  // Whether the memory manager's threads take over their client's priority, and waiting clients boost them.
  bool memmgr_priority_inheritance = true;
  // Whether mem_offset64() marks the memory that it answers for as unmovable, as procnto's option -ma has it in 6.6.
  bool mem_offset_marks_unmovable = false;
  // Whether the bits of SHMCTL_ISADMA (that of SHMCTL_SEAL since), SHMCTL_NOX64K, MAP_NOX64K (that of MAP_NOINHERIT
  // since) and MAP_BELOW16M mean what they meant in 6.x. The names always do.
  bool flags_of_6x = false;
  bool operator==(const Semantics&) const = default;
};

// Abilities a process may hold (procmgr_ability()). All are granted by default.
struct Abilities {
  bool mem_phys = true;
  bool mem_special = true;
  bool mem_lock = true;
  bool mem_global = true;
  bool mem_add = true;
  bool interrupt = true;
  bool operator==(const Abilities&) const = default;
};

// A thread of a process: its own program and priority.
struct ThreadConfig {
  std::string name;   // unique in its process; "main" for the first
  bool start = true;  // with its process; false: exists only as a template for ThreadCreate()
  std::uint8_t priority = 10;
  Scheduling scheduling = Scheduling::round_robin;
  std::shared_ptr<const Program> program;           // immutable; shared by all instances
  CallerFactory caller;                             // instead of a program: makes the thread's caller in each instance
  std::shared_ptr<const HostProgram> host_program;  // instead of both; needs WorldConfig::caller_source
  std::shared_ptr<const DmaDevice> device;          // likewise
};

struct ProcessConfig {
  std::string name;         // instances of a fleet are called name.0, name.1, ...
  std::uint32_t count = 1;  // instances; `fleet` says whether names carry an index
  bool fleet = false;       // true when the scenario gave a count
  bool start = true;        // false: exists only as a template for spawn
  SimTime start_at;         // when the instances start, in the order of the scenario
  SimDuration start_gap;    // between one instance and the next
  Abilities abilities;
  std::uint32_t uid = 0;  // effective user: owns what it creates
  std::uint16_t umask = 0;
  std::vector<ThreadConfig> threads;  // not empty; the first is the main thread, whose end ends the process
};

[[nodiscard]] inline bool has_measured_time(const ProcessConfig& process) {
  return std::any_of(process.threads.begin(), process.threads.end(), [](const ThreadConfig& thread) {
    return thread.host_program != nullptr && !thread.host_program->per_1000_instructions.is_zero();
  });
}

// What interrupts the first processor: at `first`, then every `every`, `count` times in all.
struct InterruptSource {
  std::string name;
  std::uint32_t vector = 0;  // unique
  SimTime first;
  SimDuration every{1};  // at least 1 ns
  std::uint64_t count = UINT64_MAX;
  std::uint8_t priority = 0;  // of several at one instant the highest comes first
};

// A device whose descriptors are counted: how many would the objects of that name take now?
struct DeviceConfig {
  std::string name;
  std::string object;
  DeviceLimits limits;
};

struct RecordConfig {
  SimDuration every;             // period of samples; zero: only at the start and at the end
  bool at_each_change = false;   // also whenever a call changed memory
  bool segment_lengths = false;  // samples tell how long the objects' segments are, at O(segments) each
  std::vector<ProbeConfig> probes;
  std::vector<DeviceConfig> devices;
};

// Resource caps of a run. Reaching one ends the run with StopReason and exit code 3.
struct Limits {
  std::uint64_t events = 100'000'000'000;
  std::uint64_t events_at_one_instant = 1'000'000;
  std::uint64_t pending_events = 64'000'000;
  std::uint64_t samples = 10'000'000;
  std::uint32_t processes = 65'536;              // alive at once
  std::uint64_t processes_started = 16'000'000;  // ever
  std::uint64_t threads = 262'144;               // alive at once, as the following
  std::uint64_t variables = 16'000'000;          // of all threads, states of draws among them
  std::uint64_t channels = 1'000'000;
  std::uint64_t pulses = 1'000'000;  // that wait to be received
  std::uint64_t descriptors = 8'000'000;
  std::uint64_t mappings = 8'000'000;
  std::uint64_t objects = 16'000'000;
};

// What becomes of a contiguous request that the frame allocator has no place for.
enum class ContiguousFailure : std::uint8_t {
  none,        // it is refused
  defragment,  // frames that can move are moved out of its way, unless the caller asked not to (SHMCTL_NODEFRAG)
};

struct MemmgrConfig {
  std::uint32_t threads = 1;
  std::uint8_t priority = 10;  // while idle, and always when inheritance is off
};

// Something of a scenario that was told beside it, as records name it. It decides nothing here: the configuration is
// what came of it.
struct ConfigOverride {
  std::string path;
  std::string value;
};

struct WorldConfig {
  std::uint64_t seed = 1;
  std::uint32_t cpus = 1;
  SimDuration timeslice{4'000'000};  // round robin: 4 ticks of 1 ms
  PhysicalMemoryConfig memory;
  MachineStart start;  // laid out from the seed
  MemmgrConfig memmgr;
  ContiguousFailure contiguous_failure = ContiguousFailure::none;
  CostModel costs;
  Semantics semantics;
  std::vector<InterruptSource> interrupts;
  std::vector<ProcessConfig> processes;
  std::vector<BackgroundConfig> background;
  CallerSourceFactory caller_source;  // of the threads that run host programs; may be null where there are none
  RecordConfig record;
  Limits limits;
  SimTime until = never();
  std::vector<ConfigOverride> overridden;  // in the order in which they applied
};

// Whether the time of a program is measured, so that no two runs are alike.
[[nodiscard]] inline bool has_measured_time(const WorldConfig& config) {
  return std::any_of(config.processes.begin(), config.processes.end(),
                     [](const ProcessConfig& process) { return has_measured_time(process); });
}

}  // namespace memsim
