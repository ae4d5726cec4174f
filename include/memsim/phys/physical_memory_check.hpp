// Whether a machine's memory, as a scenario describes it, can exist.
#pragma once

#include <memsim/phys/physical_memory.hpp>

namespace memsim {

// Every fault of the configuration, in the order of its lists, or nothing. See PhysicalMemory::create().
[[nodiscard]] HostResult<void> check_physical_memory(const PhysicalMemoryConfig& config);

// The frames of a range. Requires: the range has been checked.
[[nodiscard]] Extent frames_of(PageSize page_size, PhysAddr base, Bytes size);

}  // namespace memsim
