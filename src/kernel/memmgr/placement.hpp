// Where the memory that a call takes may lie, as the call says it.
#pragma once

#include "kernel/objects/objects.hpp"

namespace memsim::memmgr {

// What the arguments and flags of a call ask of every block that it takes.
struct PlacementArguments {
  Bytes alignment{};  // 0: a page
  Bytes boundary{};   // 0: none
  std::uint64_t above = 0;
  std::uint64_t below = 0;       // 0: none
  bool keeps_in_64k = false;     // SHMCTL_NOX64K, MAP_NOX64K: no block crosses 64 KiB; larger ones begin there
  bool keeps_below_16m = false;  // SHMCTL_ISADMA (which also keeps in 64 KiB), MAP_BELOW16M

  [[nodiscard]] bool is_free() const { return *this == PlacementArguments{}; }
  bool operator==(const PlacementArguments&) const = default;
};

// In frames, for a demand of `size`. Errors: EINVAL for an alignment or boundary that is no power of two, a boundary
// within a page, a window without a whole page, or a contiguous demand larger than its boundary.
[[nodiscard]] SimResult<Placement> placement_of(const PlacementArguments& arguments, Bytes size, Contiguity contiguity,
                                                PageSize page_size);

}  // namespace memsim::memmgr
