#include "kernel/memmgr/typed_names.hpp"

#include <algorithm>

#include <memsim/kernel/typed_memory_names.hpp>

namespace memsim::memmgr {

SimResult<RegionLists> find_typed_memory(const PhysicalMemory& memory, std::string_view expression) {
  std::vector<RegionNames> names;
  for (std::size_t i = 0; i < memory.region_count(); ++i) {
    const RegionConfig& region = memory.region(RegionId(static_cast<RegionId::rep>(i)));
    names.push_back({region.name, region.further_names});
  }
  const auto meant = regions_meant(names, expression);
  if (!meant) return refused(meant.error());
  std::vector<RegionId> regions;
  for (const std::size_t region : *meant) regions.emplace_back(static_cast<RegionId::rep>(region));
  std::stable_sort(regions.begin(), regions.end(), [&memory](RegionId a, RegionId b) {
    return memory.region(a).preference > memory.region(b).preference;
  });
  return memory.lists_of(regions);
}

}  // namespace memsim::memmgr
