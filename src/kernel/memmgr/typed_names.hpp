// The regions of typed memory in the order in which a request tries them.
#pragma once

#include <string_view>

#include <memsim/base/errno.hpp>
#include <memsim/phys/physical_memory.hpp>

namespace memsim::memmgr {

// The regions that `expression` means, in descending preference, then as listed. Errors as regions_meant(), see
// kernel/typed_memory_names.hpp.
[[nodiscard]] SimResult<RegionLists> find_typed_memory(const PhysicalMemory& memory, std::string_view expression);

}  // namespace memsim::memmgr
