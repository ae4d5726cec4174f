// The names of typed memory: which regions a name or an expression of names means.
#pragma once

#include <string_view>
#include <vector>

#include <memsim/base/errno.hpp>
#include <memsim/phys/physical_memory.hpp>

namespace memsim::memmgr {

// The regions that `expression` means, in descending preference, then as listed.
//
// A region's name is a path, such as "memory/below4G/ram/sysram", and each prefix of it names a pool that contains it.
// A name with a leading slash must be such a path; another may be the tail of one ("below4G/ram", "sysram"), whole
// components only. `&` intersects and `|` unites, from left to right. Errors: ENAMETOOLONG for a name of more than 255
// bytes, ENOENT for one that no region bears, ENODEV when nothing is left.
[[nodiscard]] SimResult<std::vector<RegionId>> find_typed_memory(const PhysicalMemory& memory,
                                                                 std::string_view expression);

}  // namespace memsim::memmgr
