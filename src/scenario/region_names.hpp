// Several names over one range of memory, as boards declare them: the entries of `regions:` as the disjoint regions
// that a machine has.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <memsim/phys/physical_memory.hpp>

namespace memsim::loader {

// The CMA area of a region, as an entry of its own that overlaps it.
[[nodiscard]] RegionConfig area_of(const RegionConfig& region, PhysAddr base, Bytes size);
// The highest place for one, of whole page blocks and without a reservation; nothing where there is none.
[[nodiscard]] std::optional<PhysAddr> place_of_area(const RegionConfig& region, Bytes size, Bytes block,
                                                    std::span<const ReservationConfig> reservations);

// The entries that are further names of memory which others list: not general, and overlapping another. In order.
[[nodiscard]] std::vector<std::size_t> further_names(std::span<const RegionConfig> entries);

// One region for each stretch that the same entries cover. It has the name, the preference and the place in the order
// of the first general entry over it, or of the first; the others are its further names (of a CMA area, it has the
// name, and the entry's is a further one); it is general where one of them is. Entries without overlaps stay as they
// are. O(n^2). Requires: aligned entries, and no two general ones that overlap.
[[nodiscard]] std::vector<RegionConfig> disjoint_regions(std::span<const RegionConfig> entries);

}  // namespace memsim::loader
