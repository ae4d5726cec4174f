#include "phys/fits/next_fit_policy.hpp"

#include <algorithm>
#include <memory>

namespace memsim {

inline std::uint64_t NextFit::beginning() const {
  const std::uint64_t above = extents().at_or_after(rover_);
  return above != kNone ? above : extents().next(0);
}

inline std::uint32_t NextFit::steps_to(std::uint64_t extent) const {
  const std::uint64_t begin = beginning();
  const std::uint64_t passed = rank(extent) - rank(begin) + (extent < begin ? count() : 0);
  return static_cast<std::uint32_t>(passed) + 1;
}

inline ExtentPlace NextFit::find(std::uint64_t count, Mobility, std::uint32_t& steps) const {
  std::uint64_t extent = next(beginning(), count);
  if (extent == kNone) extent = next(0, count);
  if (extent == kNone) return {};
  steps += steps_to(extent);
  return {extent, extent};
}

ExtentPlace NextFit::find_between(std::uint64_t from, std::uint64_t end, const ExtentPlaces& places,
                                  std::uint64_t count) const {
  for (std::uint64_t extent = next(from, count); extent < end; extent = next(from, count)) {
    const std::uint64_t start = places.lowest_start(extent, extents().last(extent) + 1, count);
    if (start != ExtentPlaces::kNone) return {extent, start};
    from = extents().last(extent) + 1;
  }
  return {};
}

inline ExtentPlace NextFit::find(const ExtentPlaces& places, std::uint64_t count, Mobility,
                                 std::uint32_t& steps) const {
  const std::uint64_t begin = beginning();
  const std::uint64_t lowest = extents().at_or_after(places.first());
  ExtentPlace place = find_between(std::max(begin, lowest), places.end(), places, count);
  if (place.is_none()) place = find_between(lowest, std::min(begin, places.end()), places, count);
  if (!place.is_none()) steps += steps_to(place.extent);
  return place;
}

namespace {

constexpr Policy kNextFitPolicy = {
    .name = "next_fit",
    .doc = "first fit that searches on from where it served last, and round",
    .options = {},
    .make = [](Extent extent, const PolicyOptions&, PageSize) -> std::unique_ptr<FrameAllocator> {
      return std::make_unique<ExtentAllocator<NextFit>>(extent);
    },
};

}  // namespace

const Policy& next_fit_policy() { return kNextFitPolicy; }

}  // namespace memsim
