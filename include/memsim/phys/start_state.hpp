// An allocator that does not begin empty.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include <memsim/phys/policy.hpp>

namespace memsim {

// An allocator of the policy over `extent` with exactly the frames of `free` free. It is as if all frames had been
// taken, movable wherever the policy has them so, and those of `free` given back from the last to the first by
// processor 0: so what a policy keeps in the order of release hands out the lowest frames first, as it does after boot.
// Where all is free, it is a new allocator. O(extents), each at the policy's price of a release. Requires: valid
// options; `free` ascends, is disjoint and lies in `extent`.
[[nodiscard]] std::unique_ptr<FrameAllocator> create_with_free(const Policy& policy, Extent extent,
                                                               const PolicyOptions& options,
                                                               std::span<const Extent> free, PageSize page_size = {});

// What of `extent` is in none of `parts`, by ascending address. Requires: they ascend, are disjoint and lie in it.
[[nodiscard]] std::vector<Extent> complement(Extent extent, std::span<const Extent> parts);

// The maximal free runs of an allocator, by ascending address.
[[nodiscard]] std::vector<Extent> free_runs(const FrameAllocator& allocator);

}  // namespace memsim
