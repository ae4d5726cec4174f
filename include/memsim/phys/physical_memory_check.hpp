// Whether a machine's memory, as a scenario describes it, can exist.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <memsim/phys/physical_memory.hpp>

namespace memsim {

// One fault of a configuration, and what it is a fault of: so that a reader can show the place.
struct MemoryFault {
  enum class Subject : std::uint8_t { machine, region, reservation, policy };
  Subject subject = Subject::machine;
  std::size_t index = 0;     // of the region or reservation, in its list
  bool is_homeless = false;  // a reservation that lies in no region
  Diagnostic diagnostic;
};

// Every fault of the configuration: those of single regions and reservations in the order of their lists, then those
// between them. Of two that overlap, the later in the list is at fault. O(n log n) in regions, and in reservations
// times regions.
[[nodiscard]] std::vector<MemoryFault> find_memory_faults(const PhysicalMemoryConfig& config);

// Every fault of the configuration, or nothing. See PhysicalMemory::create().
[[nodiscard]] HostResult<void> check_physical_memory(const PhysicalMemoryConfig& config);

// Nothing, or what is wrong with a policy and its options.
[[nodiscard]] HostResult<void> check_policy_choice(const std::string& policy, const PolicyOptions& options);

// The first fault of a start, or nothing. Requires: a configuration that can exist.
[[nodiscard]] HostResult<void> check_start(const PhysicalMemoryConfig& config, const StartState& start);

// The frames of a range. Requires: the range has been checked.
[[nodiscard]] Extent frames_of(PageSize page_size, PhysAddr base, Bytes size);

}  // namespace memsim
