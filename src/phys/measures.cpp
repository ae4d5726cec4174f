#include <memsim/phys/measures.hpp>

#include <memsim/base/fragmentation.hpp>

namespace memsim {

std::uint32_t unusable_index_permille(const FreeSpace& space, Order order) {
  return unusable_index_permille(space.free, space.free_blocks, order);
}

std::int32_t fragmentation_index_permille(const FreeSpace& space, Order order) {
  return fragmentation_index_permille(space.free, space.free_blocks, order);
}

std::uint32_t external_fragmentation_permille(const FreeSpace& space) {
  return external_fragmentation_permille(space.free, space.largest_free_run);
}

}  // namespace memsim
