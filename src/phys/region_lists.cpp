#include <memsim/phys/region_lists.hpp>

namespace memsim {

RegionLists::RegionLists(std::span<const RegionId> areas, std::span<const RegionId> others) : areas_(areas.size()) {
  order_.assign(areas.begin(), areas.end());
  order_.insert(order_.end(), others.begin(), others.end());
  order_.insert(order_.end(), areas.begin(), areas.end());
}

}  // namespace memsim
