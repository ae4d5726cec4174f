#include "scenario/format/format.hpp"

#include <algorithm>
#include <array>

#include <memsim/kernel/cost_names.hpp>

namespace memsim::loader {
namespace {

using enum Key::Kind;

constexpr std::uint64_t kMax32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kMax64 = std::numeric_limits<std::uint64_t>::max();

constexpr std::array kAbilityNames = std::to_array<AbilityName>({
    {"mem_phys", &Abilities::mem_phys},
    {"mem_special", &Abilities::mem_special},
    {"mem_lock", &Abilities::mem_lock},
    {"mem_global", &Abilities::mem_global},
    {"mem_add", &Abilities::mem_add},
    {"interrupt", &Abilities::interrupt},
});

constexpr std::array kCmaKeys = std::to_array<Key>({
    {.name = "size",
     .kind = size,
     .doc = "a multiple of a page block, 2 MiB with pages of 4 KiB",
     .required = true,
     .minimum = 1},
    {.name = "base",
     .kind = address,
     .doc = "first byte; a multiple of a page block. The highest place without a reservation by default"},
});
constexpr Group kCma{"cma_area", "a CMA area", kCmaKeys};

constexpr std::array kRegionKeys = std::to_array<Key>({
    {.name = "name", .kind = path, .doc = "such as memory/below4G/ram/sysram", .required = true},
    {.name = "base", .kind = address, .doc = "first byte; a multiple of the page size", .required = true},
    {.name = "size", .kind = size, .doc = "a multiple of the page size", .required = true, .minimum = 1},
    {.name = "general", .kind = boolean, .doc = "false: for typed memory only"},
    {.name = "preference", .kind = signed_integer, .doc = "ordinary requests try higher ones first"},
    {.name = "cma",
     .kind = group,
     .doc = "a part of it that movable memory borrows, and that contiguous requests clear and take",
     .group = &kCma},
});
constexpr Group kRegion{"region", "a region", kRegionKeys};

constexpr std::array kReservationKeys = std::to_array<Key>({
    {.name = "name", .kind = name, .doc = "for messages", .required = true},
    {.name = "base", .kind = address, .doc = "first byte; a multiple of the page size", .required = true},
    {.name = "size", .kind = size, .doc = "a multiple of the page size", .required = true, .minimum = 1},
});
constexpr Group kReservation{"reservation", "a reservation", kReservationKeys};

constexpr std::array kHeldKeys = std::to_array<Key>({
    {.name = "base", .kind = address, .doc = "first byte; a multiple of the page size", .required = true},
    {.name = "size", .kind = size, .doc = "a multiple of the page size", .required = true, .minimum = 1},
});
constexpr Group kHeld{"held_range", "a range in use", kHeldKeys};

constexpr std::array kStartKeys = std::to_array<Key>({
    {.name = "buddyinfo",
     .kind = text,
     .doc = "a copy of /proc/buddyinfo or /proc/pagetypeinfo: so many blocks are free, in places drawn from the seed"},
    {.name = "lists",
     .kind = text,
     .doc = "recorded free lists, as the path before .blocks: just these blocks are free"},
    {.name = "held", .kind = group_list, .doc = "ranges in use; all else is free", .group = &kHeld},
    {.name = "zone", .kind = text, .doc = "of buddyinfo and lists; Normal by default"},
    {.name = "node", .kind = integer, .doc = "of buddyinfo; the first that has the zone by default", .maximum = 1023},
    {.name = "region", .kind = path, .doc = "that is the zone; the first by default"},
});
constexpr std::array<std::string_view, 3> kWhatAStartIs = {"buddyinfo", "lists", "held"};
constexpr Group kStart{"machine_start", "a start", kStartKeys, kWhatAStartIs};

constexpr std::array kMemoryManagerKeys = std::to_array<Key>({
    {.name = "threads", .kind = integer, .doc = "server threads", .minimum = 1, .maximum = 1024},
    {.name = "priority",
     .kind = integer,
     .doc = "while idle, and always without inheritance",
     .minimum = 1,
     .maximum = 255},
});
constexpr Group kMemoryManager{"memory_manager", "the memory manager", kMemoryManagerKeys};

constexpr auto kCostKeys = [] {
  std::array<Key, kCostNames.size()> keys{};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    keys[i].name = kCostNames[i].name;
    keys[i].kind = duration;
    keys[i].doc = kCostNames[i].doc;
    keys[i].maximum = 3'600'000'000'000;  // an hour: any product with a count of frames fits
  }
  return keys;
}();
constexpr Group kCosts{"costs", "the cost model", kCostKeys};

constexpr std::array kInterruptKeys = std::to_array<Key>({
    {.name = "name", .kind = name, .doc = "in records", .required = true},
    {.name = "vector",
     .kind = integer,
     .doc = "by which programs know it; unique",
     .required = true,
     .maximum = 0xffff},
    {.name = "every", .kind = duration, .doc = "from one to the next", .required = true, .minimum = 1},
    {.name = "first", .kind = duration, .doc = "when it asks the first time; after `every` by default"},
    {.name = "count", .kind = integer, .doc = "how often it asks; for ever by default", .minimum = 1},
    {.name = "priority", .kind = integer, .doc = "of several at one instant the highest comes first", .maximum = 255},
});
constexpr Group kInterrupt{"interrupt", "an interrupt source", kInterruptKeys};

constexpr std::array<std::string_view, 2> kContiguousFailure = {"none", "defragment"};
constexpr std::array kMachineKeys = std::to_array<Key>({
    {.name = "page_size",
     .kind = size,
     .doc = "a power of two; 4KiB by default",
     .minimum = 512,
     .maximum = std::uint64_t{1} << 40},
    {.name = "cpus", .kind = integer, .doc = "processors", .minimum = 1, .maximum = 1024},
    {.name = "timeslice", .kind = duration, .doc = "of round robin", .minimum = 1},
    {.name = "regions", .kind = group_list, .doc = "RAM; 64 MiB from 1 MiB on by default", .group = &kRegion},
    {.name = "reservations",
     .kind = group_list,
     .doc = "taken at boot, and not given back but by _MEM_PMEM_ADD",
     .group = &kReservation},
    {.name = "start", .kind = group, .doc = "what is in use when the run begins", .group = &kStart},
    {.name = "memory_manager", .kind = group, .doc = "the server behind MEMMGR_COID", .group = &kMemoryManager},
    {.name = "contiguous_failure",
     .kind = choice,
     .doc = "of a contiguous request without a place: refuse it, or move frames out of its way",
     .choices = kContiguousFailure},
    {.name = "interrupts", .kind = group_list, .doc = "what interrupts the first processor", .group = &kInterrupt},
    {.name = "costs", .kind = group, .doc = "simulated time of operations", .group = &kCosts},
});
constexpr Group kMachine{"machine", "the machine", kMachineKeys};

constexpr std::array<std::string_view, 2> kAlreadySpecial = {"EINVAL", "EBADF"};
constexpr std::array kSemanticsKeys = std::to_array<Key>({
    {.name = "not_physical_errno", .kind = errno_name, .doc = "_MEM_OBJ_INFO on an object that is no physical one"},
    {.name = "merge_touching_segments", .kind = boolean, .doc = "one segment where both offset and address run on"},
    {.name = "already_special_errno",
     .kind = choice,
     .doc = "shm_ctl() with other flags on a special object",
     .choices = kAlreadySpecial},
    {.name = "anon_phys_needs_ability", .kind = boolean, .doc = "SHMCTL_ANON|SHMCTL_PHYS needs mem_phys"},
    {.name = "memmgr_priority_inheritance", .kind = boolean, .doc = "the memory manager runs at its client's priority"},
    {.name = "mem_offset_marks_unmovable",
     .kind = boolean,
     .doc = "what mem_offset64() told of does not move any more"},
    {.name = "flags_of_6x", .kind = boolean, .doc = "bits of flags that have changed since mean what they did in 6.x"},
});
constexpr Group kSemantics{"semantics", "the semantics", kSemanticsKeys};

constexpr std::array kProbeKeys = std::to_array<Key>({
    {.name = "name", .kind = name, .doc = "column of the series", .required = true},
    {.name = "size", .kind = size, .doc = "bytes asked for", .required = true, .minimum = 1},
    {.name = "alignment", .kind = size, .doc = "a power of two; a page by default"},
    {.name = "boundary", .kind = size, .doc = "a power of two that no block may cross; none by default"},
    {.name = "above", .kind = address, .doc = "lowest address allowed"},
    {.name = "below", .kind = address, .doc = "first address no longer allowed", .minimum = 1},
    {.name = "contiguous", .kind = boolean, .doc = "true by default"},
});
constexpr Group kProbe{"probe", "a probe", kProbeKeys};

// The keys of one list, then those of the others.
template <std::size_t... Counts>
constexpr auto joined(const std::array<Key, Counts>&... parts) {
  std::array<Key, (Counts + ...)> all;
  auto at = all.begin();
  ((at = std::copy(parts.begin(), parts.end(), at)), ...);
  return all;
}

// What its descriptors can say, of a device whose need is measured and of one that copies.
constexpr std::array kDescriptorKeys = std::to_array<Key>({
    {.name = "max_length", .kind = size, .doc = "of a descriptor, such as 0x7fffff; any by default", .minimum = 1},
    {.name = "alignment",
     .kind = size,
     .doc = "of where descriptors begin, and end within a segment: a power of two; 1B by default"},
    {.name = "boundary", .kind = size, .doc = "a power of two that no descriptor may cross; none by default"},
    {.name = "address_bits",
     .kind = integer,
     .doc = "width of its addresses; 64 by default",
     .minimum = 1,
     .maximum = 64},
    {.name = "above", .kind = address, .doc = "lowest address that it reaches"},
    {.name = "below", .kind = address, .doc = "first address that it no longer reaches", .minimum = 1},
    {.name = "descriptors",
     .kind = integer,
     .doc = "that it takes for one buffer; any number by default",
     .minimum = 1},
});
constexpr std::array kDeviceKeys =
    joined(std::to_array<Key>({
               {.name = "name", .kind = name, .doc = "in measures and tables", .required = true},
               {.name = "object",
                .kind = text,
                .doc = "whose buffers it works on, by name; SHM_ANON: those without a name",
                .required = true},
           }),
           kDescriptorKeys);
constexpr Group kDevice{"device", "a device", kDeviceKeys};

constexpr std::array kRecordKeys = std::to_array<Key>({
    {.name = "every", .kind = duration, .doc = "period of samples; 0: at the start and at the end only"},
    {.name = "at_each_change", .kind = boolean, .doc = "also when a call changed memory"},
    {.name = "segment_lengths", .kind = boolean, .doc = "how long the segments of the memory objects are, too"},
    {.name = "probes",
     .kind = group_list,
     .doc = "requests that each sample tries without making them",
     .group = &kProbe},
    {.name = "devices",
     .kind = group_list,
     .doc = "devices whose descriptors are counted, at each change of their objects' memory",
     .group = &kDevice},
});
constexpr Group kRecord{"record", "what to record", kRecordKeys};

constexpr std::array kLimitKeys = std::to_array<Key>({
    {.name = "events", .kind = integer, .doc = "in the whole run", .minimum = 1},
    {.name = "events_at_one_instant", .kind = integer, .doc = "without time passing", .minimum = 1},
    {.name = "pending_events", .kind = integer, .doc = "scheduled at once", .minimum = 1, .maximum = kMax32},
    {.name = "samples", .kind = integer, .doc = "in the whole run", .minimum = 1},
    {.name = "processes", .kind = integer, .doc = "alive at once", .minimum = 1, .maximum = 16'000'000},
    {.name = "processes_started", .kind = integer, .doc = "ever", .minimum = 1, .maximum = kMax32},
    {.name = "threads", .kind = integer, .doc = "alive at once", .minimum = 1, .maximum = kMax32},
    {.name = "variables", .kind = integer, .doc = "of all threads alive at once", .minimum = 1},
    {.name = "channels", .kind = integer, .doc = "alive at once", .minimum = 1, .maximum = kMax32},
    {.name = "pulses", .kind = integer, .doc = "that wait to be received", .minimum = 1},
    {.name = "descriptors", .kind = integer, .doc = "and connections, open at once", .minimum = 1, .maximum = kMax32},
    {.name = "mappings", .kind = integer, .doc = "of all processes", .minimum = 1},
    {.name = "objects", .kind = integer, .doc = "memory objects alive at once", .minimum = 1, .maximum = kMax32},
});
constexpr Group kLimits{"limits", "the limits", kLimitKeys};

constexpr std::array<std::string_view, 2> kScheduling = {"fifo", "round_robin"};
constexpr std::array<std::string_view, 2> kThreadStart = {"with_process", "never"};
constexpr std::array kThreadKeys = std::to_array<Key>({
    {.name = "name", .kind = name, .doc = "unique in its process", .required = true},
    {.name = "priority", .kind = integer, .doc = "the process's by default", .minimum = 1, .maximum = 255},
    {.name = "scheduling", .kind = choice, .doc = "the process's by default", .choices = kScheduling},
    {.name = "start",
     .kind = choice,
     .doc = "with its process, the default, or never: a template for ThreadCreate",
     .choices = kThreadStart},
    {.name = "program", .doc = "steps, or the name of a program", .required = true, .definition = "program"},
});
constexpr Group kThread{"thread", "a thread", kThreadKeys};

constexpr std::array kHostProgramKeys = std::to_array<Key>({
    {.name = "run",
     .kind = text,
     .doc = "a program built with memsim cc, as a path from the folder of the scenario",
     .required = true},
    {.name = "args", .doc = "what it is given", .definition = "program_arguments"},
    {.name = "compute_per_call", .kind = duration, .doc = "processor time before each simulated call; 0 by default"},
    {.name = "per_1000_instructions",
     .kind = duration,
     .doc = "processor time for so many, measured: no run is like another then; 0 by default"},
    {.name = "host_seconds",
     .kind = integer,
     .doc = "of real processor time without a simulated call, after which it is ended; 10 by default",
     .minimum = 1,
     .maximum = 86'400},
});
constexpr Group kHostProgram{"host_program", "a program of the host", kHostProgramKeys};

constexpr std::array kIommuKeys = std::to_array<Key>({
    {.name = "page_sizes", .doc = "that it has, such as [4KiB, 64KiB, 2MiB]", .required = true, .definition = "sizes"},
    {.name = "entries", .kind = integer, .doc = "pages that its table holds; any number by default", .minimum = 1},
});
constexpr Group kIommu{"iommu", "an IOMMU", kIommuKeys};
constexpr std::array kDmaKeys =
    joined(kDescriptorKeys,
           std::to_array<Key>({
               {.name = "iommu", .kind = group, .doc = "between it and memory; none by default", .group = &kIommu},
               {.name = "setup", .kind = duration, .doc = "of a transfer, before its first byte; 1us by default"},
               {.name = "per_kib", .kind = duration, .doc = "of a transfer, for each KiB; 1us by default"},
           }));
constexpr Group kDma{"dma", "a DMA engine", kDmaKeys};
constexpr std::array kProcessDeviceKeys = std::to_array<Key>({
    {.name = "dma", .kind = group, .doc = "a DMA engine with its limits", .required = true, .group = &kDma},
});
constexpr Group kProcessDevice{"process_device", "a device", kProcessDeviceKeys};

constexpr std::array kProcessKeys = std::to_array<Key>({
    {.name = "name", .kind = name, .doc = "unique; instances of a fleet are name.0, name.1, ...", .required = true},
    {.name = "count", .kind = integer, .doc = "makes a fleet of so many", .minimum = 1, .maximum = 16'000'000},
    {.name = "priority", .kind = integer, .doc = "10 by default", .minimum = 1, .maximum = 255},
    {.name = "scheduling", .kind = choice, .doc = "round_robin by default", .choices = kScheduling},
    {.name = "start", .doc = "when it starts, 0 by default; never: a template for spawn", .definition = "start"},
    {.name = "start_gap", .kind = duration, .doc = "between one instance and the next"},
    {.name = "abilities", .doc = "a list, all (the default) or none", .definition = "abilities"},
    {.name = "uid", .kind = integer, .doc = "effective user", .maximum = kMax32},
    {.name = "umask",
     .kind = permissions,
     .doc = "permissions that new objects do not get, such as 0o022",
     .maximum = 0777},
    {.name = "program",
     .doc = "of the main thread: steps, the name of a program, or a program of the host",
     .definition = "main_program"},
    {.name = "device",
     .kind = group,
     .doc = "instead of a program: a device that programs of the host send work to",
     .group = &kProcessDevice},
    {.name = "threads", .kind = group_list, .doc = "further threads", .group = &kThread},
});
constexpr std::array<std::string_view, 2> kWhatAProcessIs = {"program", "device"};
constexpr Group kProcess{"process", "a process", kProcessKeys, kWhatAProcessIs};

constexpr std::array kWhatIfKeys = std::to_array<Key>({
    {.name = "name", .kind = text, .doc = "in tables", .required = true},
    {.name = "policy", .doc = "takes over the frames in use", .definition = "policy"},
    {.name = "costs", .kind = group, .doc = "that are paid from then on", .group = &kCosts},
    {.name = "semantics", .kind = group, .doc = "of calls from then on", .group = &kSemantics},
    {.name = "seed", .kind = integer, .doc = "of all draws from then on", .maximum = kMax64},
    {.name = "kill", .doc = "processes that end at that moment", .definition = "process_list"},
    {.name = "spawn", .doc = "processes that start then, as camera or camera*2", .definition = "process_list"},
});
constexpr Group kWhatIf{"what_if", "a branch", kWhatIfKeys};
constexpr std::array kBranchesKeys = std::to_array<Key>({
    {.name = "at",
     .kind = text,
     .doc = "a time, or failure: just before a contiguous request is refused first",
     .required = true},
    {.name = "each", .kind = group_list, .doc = "the branches", .required = true, .group = &kWhatIf},
});
constexpr Group kBranches{"what_ifs", "branches", kBranchesKeys};
constexpr std::array<std::string_view, 2> kTraceLayers = {"page", "zone"};
constexpr std::array kBackgroundKeys = std::to_array<Key>({
    {.name = "trace",
     .kind = text,
     .doc = "a recorded trace, compressed or not, as a path from the folder of the scenario",
     .required = true},
    {.name = "name", .kind = name, .doc = "of what it holds; the file's by default, up to its first dot"},
    {.name = "region", .kind = path, .doc = "that serves it; general memory by default"},
    {.name = "start", .kind = duration, .doc = "when it begins, 0 by default"},
    {.name = "repeat", .kind = integer, .doc = "how often it plays, 1 by default; 0: to the end of the run"},
    {.name = "pause", .kind = duration, .doc = "between one pass and the next"},
    {.name = "speed_percent",
     .kind = integer,
     .doc = "of the recording's speed, 100 by default",
     .minimum = 1,
     .maximum = 1'000'000},
    {.name = "share_percent",
     .kind = integer,
     .doc = "of its allocations that are made, drawn from the seed; 100 by default",
     .minimum = 1,
     .maximum = 100},
    {.name = "frees_start",
     .kind = boolean,
     .doc = "true: it was recorded on the machine of machine.start, whose frames it gives back"},
    {.name = "layer",
     .kind = choice,
     .doc = "page, the default: what callers asked for; zone: what passed under the zone's lock",
     .choices = kTraceLayers},
    {.name = "housekeeping",
     .kind = boolean,
     .doc = "true: what the recorded kernel did besides to its lists per processor is done to those of linux"},
});
constexpr Group kBackground{"background", "a background", kBackgroundKeys};

constexpr std::array kRootKeys = std::to_array<Key>({
    {.name = "memsim",
     .kind = integer,
     .doc = "version of the format",
     .required = true,
     .minimum = kFormatVersion,
     .maximum = kFormatVersion},
    {.name = "title", .kind = text, .doc = "one line"},
    {.name = "description", .kind = paragraph, .doc = "may have several lines"},
    {.name = "seed", .kind = integer, .doc = "of all random draws; 1 by default", .maximum = kMax64},
    {.name = "until",
     .kind = duration,
     .doc = "simulated end; without it the run ends when nothing is left to do",
     .minimum = 1},
    {.name = "machine", .kind = group, .doc = "processors and memory", .group = &kMachine},
    {.name = "policy", .doc = "frame allocator", .definition = "policy"},
    {.name = "semantics", .kind = group, .doc = "choices where the modelled system is silent", .group = &kSemantics},
    {.name = "record", .kind = group, .doc = "samples of memory", .group = &kRecord},
    {.name = "limits", .kind = group, .doc = "caps of the run", .group = &kLimits},
    {.name = "programs", .doc = "programs that several processes share, by name", .definition = "programs"},
    {.name = "processes",
     .kind = group_list,
     .doc = "the processes, in the order in which they start; at least one where there is no background",
     .group = &kProcess},
    {.name = "background",
     .kind = group_list,
     .doc = "recorded traces that play beside the processes",
     .group = &kBackground},
    {.name = "expect", .doc = "what must hold of the run", .definition = "expectations"},
    {.name = "branches",
     .kind = group,
     .doc = "what becomes of the run under something else from a moment on; for memsim branch",
     .group = &kBranches},
});
constexpr Group kRoot{"scenario", "a scenario", kRootKeys};

}  // namespace

std::span<const AbilityName> ability_names() { return kAbilityNames; }

const Group& root_group() { return kRoot; }
const Group& machine_group() { return kMachine; }
const Group& region_group() { return kRegion; }
const Group& cma_group() { return kCma; }
const Group& reservation_group() { return kReservation; }
const Group& held_group() { return kHeld; }
const Group& start_group() { return kStart; }
const Group& memory_manager_group() { return kMemoryManager; }
const Group& interrupt_group() { return kInterrupt; }
const Group& costs_group() { return kCosts; }
const Group& semantics_group() { return kSemantics; }
const Group& record_group() { return kRecord; }
const Group& probe_group() { return kProbe; }
const Group& device_group() { return kDevice; }
const Group& limits_group() { return kLimits; }
const Group& branches_group() { return kBranches; }
const Group& what_if_group() { return kWhatIf; }
const Group& background_group() { return kBackground; }
const Group& process_group() { return kProcess; }
const Group& thread_group() { return kThread; }
const Group& host_program_group() { return kHostProgram; }
const Group& process_device_group() { return kProcessDevice; }
const Group& dma_group() { return kDma; }
const Group& iommu_group() { return kIommu; }

}  // namespace memsim::loader
