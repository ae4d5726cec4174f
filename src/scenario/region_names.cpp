#include "scenario/region_names.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace memsim::loader {
namespace {

// Of regions and of reservations.
template <class Range>
std::uint64_t end_of(const Range& range) {
  return range.base.value() + range.size.count();
}

template <class Range, class Other>
bool overlap(const Range& a, const Other& b) {
  return a.base.value() < end_of(b) && b.base.value() < end_of(a);
}

// A stretch between two neighbouring ends of entries, and the region that lies there.
struct Stretch {
  std::size_t order = 0;  // of the entry that gives it its name
  RegionConfig region;
};

Stretch stretch_of(std::span<const RegionConfig> entries, const std::vector<std::size_t>& over) {
  const auto general =
      std::find_if(over.begin(), over.end(), [&](std::size_t entry) { return entries[entry].general; });
  const std::size_t first = general == over.end() ? over.front() : *general;
  Stretch stretch{first, entries[first]};
  for (const std::size_t entry : over) {
    if (entry == first) continue;
    stretch.region.further_names.push_back(entries[entry].name);
    // An area is a region of its own, that is found by the name of what it is a part of, too.
    if (!entries[entry].cma) continue;
    stretch.region.cma = true;
    std::swap(stretch.region.name, stretch.region.further_names.back());
  }
  return stretch;
}

}  // namespace

RegionConfig area_of(const RegionConfig& region, PhysAddr base, Bytes size) {
  return {.name = region.name + "/cma", .base = base, .size = size, .general = false, .cma = true};
}

std::optional<PhysAddr> place_of_area(const RegionConfig& region, Bytes size, Bytes block,
                                      std::span<const ReservationConfig> reservations) {
  std::uint64_t end = end_of(region);
  while (end >= size.count()) {
    const std::uint64_t base = (end - size.count()) / block.count() * block.count();
    if (base < region.base.value()) break;
    const RegionConfig area = area_of(region, PhysAddr(base), size);
    const auto taken = std::find_if(reservations.begin(), reservations.end(),
                                    [&](const ReservationConfig& reserved) { return overlap(area, reserved); });
    if (taken == reservations.end()) return area.base;
    end = taken->base.value();
  }
  return std::nullopt;
}

std::vector<std::size_t> further_names(std::span<const RegionConfig> entries) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].general) continue;
    for (std::size_t j = 0; j < entries.size(); ++j) {
      if (i == j || !overlap(entries[i], entries[j])) continue;
      found.push_back(i);
      break;
    }
  }
  return found;
}

std::vector<RegionConfig> disjoint_regions(std::span<const RegionConfig> entries) {
  std::vector<std::uint64_t> edges;
  for (const RegionConfig& entry : entries) {
    edges.push_back(entry.base.value());
    edges.push_back(end_of(entry));
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  std::vector<Stretch> stretches;
  for (std::size_t i = 1; i < edges.size(); ++i) {
    std::vector<std::size_t> over;
    for (std::size_t j = 0; j < entries.size(); ++j) {
      if (entries[j].base.value() <= edges[i - 1] && edges[i] <= end_of(entries[j])) over.push_back(j);
    }
    if (over.empty()) continue;
    Stretch stretch = stretch_of(entries, over);
    stretch.region.base = PhysAddr(edges[i - 1]);
    stretch.region.size = Bytes(edges[i] - edges[i - 1]);
    stretches.push_back(std::move(stretch));
  }
  // In the order of the file, and by address within an entry: which regions a request tries first is a matter of both.
  std::stable_sort(stretches.begin(), stretches.end(),
                   [](const Stretch& a, const Stretch& b) { return a.order < b.order; });
  std::vector<RegionConfig> regions;
  for (Stretch& stretch : stretches) regions.push_back(std::move(stretch.region));
  return regions;
}

}  // namespace memsim::loader
