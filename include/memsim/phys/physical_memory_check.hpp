// Whether a machine's memory, as a scenario describes it, can exist.
#pragma once

#include <memsim/phys/physical_memory.hpp>

namespace memsim {

// Every fault of the configuration, in the order of its lists, or nothing. See PhysicalMemory::create().
[[nodiscard]] HostResult<void> check_physical_memory(const PhysicalMemoryConfig& config);

// Nothing, or what is wrong with a policy and its options.
[[nodiscard]] HostResult<void> check_policy_choice(const std::string& policy, const PolicyOptions& options);

// The first fault of a start, or nothing. Requires: a configuration that can exist.
[[nodiscard]] HostResult<void> check_start(const PhysicalMemoryConfig& config, const StartState& start);

// The frames of a range. Requires: the range has been checked.
[[nodiscard]] Extent frames_of(PageSize page_size, PhysAddr base, Bytes size);

}  // namespace memsim
