// A policy in forty lines, for docs/how-to.md: the longest free extent serves, so that what is left stays long.
#pragma once

#include <memory>

#include <memsim/phys/policy.hpp>

#include "phys/fits/extent_allocator.hpp"
#include "phys/structures/extent_index.hpp"

namespace memsim {

// What ExtentAllocator asks of a fit: where a run of `count` frames goes. All else it does itself.
class WorstFit : public ExtentIndex {
 public:
  using ExtentIndex::ExtentIndex;

  [[nodiscard]] ExtentPlace find(std::uint64_t count, Mobility, std::uint32_t& steps) const {
    if (ExtentIndex::count() == 0) return {};
    const std::uint64_t longest = largest(steps);
    return extents().last(longest) - longest + 1 < count ? ExtentPlace{} : ExtentPlace{longest, longest};
  }

  // The same for a request with an alignment, a boundary or a window.
  [[nodiscard]] ExtentPlace find(const ExtentPlaces& places, std::uint64_t count, Mobility,
                                 std::uint32_t& steps) const {
    ExtentPlace place;
    std::uint64_t longest = 0;
    extents().scan_from(extents().at_or_after(places.first()), [&](std::uint64_t first, std::uint64_t last) {
      if (first >= places.end()) return true;
      ++steps;
      const std::uint64_t start = places.lowest_start(first, last + 1, count);
      if (start != ExtentPlaces::kNone && last - first + 1 > longest) {
        longest = last - first + 1;
        place = {first, start};
      }
      return false;
    });
    return place;
  }
};

inline std::unique_ptr<FrameAllocator> create_worst_fit(Extent region) {
  return std::make_unique<ExtentAllocator<WorstFit>>(region);
}

}  // namespace memsim
