// Free memory as blocks that are merged as far as they go.
#pragma once

#include <cstdint>
#include <vector>

#include <memsim/base/units.hpp>

namespace memsim {

// The maximal aligned blocks of at most `top_order` that make up the extents, which come in any order. They may touch,
// not overlap. O(extents log extents + blocks).
struct PlacedBlock {
  FrameNumber first;
  unsigned order = 0;
  bool operator==(const PlacedBlock&) const = default;
};
[[nodiscard]] std::vector<PlacedBlock> merged(std::vector<Extent> free, unsigned top_order);

}  // namespace memsim
