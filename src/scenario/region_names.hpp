// Several names over one range of memory, as boards declare them: the entries of `regions:` as the disjoint regions
// that a machine has.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <memsim/phys/physical_memory.hpp>

namespace memsim::loader {

// The entries that are further names of memory which others list: not general, and overlapping another. In order.
[[nodiscard]] std::vector<std::size_t> further_names(std::span<const RegionConfig> entries);

// One region for each stretch that the same entries cover. It has the name, the preference and the place in the order
// of the first general entry over it, or of the first; the others are its further names; it is general where one of
// them is. Entries without overlaps stay as they are. O(n^2). Requires: aligned entries, and no two general ones that
// overlap.
[[nodiscard]] std::vector<RegionConfig> disjoint_regions(std::span<const RegionConfig> entries);

}  // namespace memsim::loader
