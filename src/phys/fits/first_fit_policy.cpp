#include "phys/fits/first_fit_policy.hpp"

#include <memory>

namespace memsim {

inline ExtentPlace FirstFit::find(std::uint64_t count, Mobility, std::uint32_t& steps) const {
  const std::uint64_t extent = next(0, count);
  if (extent == kNone) return {};
  steps += static_cast<std::uint32_t>(rank(extent)) + 1;
  return {extent, extent};
}

inline ExtentPlace FirstFit::find(const ExtentPlaces& places, std::uint64_t count, Mobility,
                                  std::uint32_t& steps) const {
  std::uint64_t from = extents().at_or_after(places.first());
  for (std::uint64_t extent = next(from, count); extent < places.end(); extent = next(from, count)) {
    const std::uint64_t start = places.lowest_start(extent, extents().last(extent) + 1, count);
    if (start != ExtentPlaces::kNone) {
      steps += static_cast<std::uint32_t>(rank(extent)) + 1;
      return {extent, start};
    }
    from = extents().last(extent) + 1;
  }
  return {};
}

namespace {

constexpr Policy kFirstFitPolicy = {
    .name = "first_fit",
    .doc = "the lowest free extent that is long enough",
    .options = {},
    .make = [](Extent extent, const PolicyOptions&, PageSize) -> std::unique_ptr<FrameAllocator> {
      return std::make_unique<ExtentAllocator<FirstFit>>(extent);
    },
};

}  // namespace

const Policy& first_fit_policy() { return kFirstFitPolicy; }

}  // namespace memsim
