#include <memsim/phys/measures.hpp>

namespace memsim {
namespace {

// `part` of `whole` in thousandths, to the nearest. Both at most 2^32, so the product fits.
std::uint32_t permille(std::uint64_t part, std::uint64_t whole) {
  return static_cast<std::uint32_t>((1000 * part + whole / 2) / whole);
}

}  // namespace

std::uint32_t unusable_index_permille(const FreeSpace& space, Order order) {
  const std::uint64_t free = space.free.count();
  if (free == 0) return 1000;
  std::uint64_t usable = 0;
  for (unsigned i = order.value(); i < kOrderCount; ++i) usable += space.free_blocks[i] << i;
  return permille(free - usable, free);
}

std::int32_t fragmentation_index_permille(const FreeSpace& space, Order order) {
  std::uint64_t blocks = 0;
  for (unsigned i = 0; i < kOrderCount; ++i) {
    if (i >= order.value() && space.free_blocks[i] != 0) return -1000;
    blocks += space.free_blocks[i];
  }
  if (blocks == 0) return 0;
  const std::uint64_t in_requests = 1000 * space.free.count() / order.frames().count();
  return 1000 - static_cast<std::int32_t>((1000 + in_requests) / blocks);
}

std::uint32_t external_fragmentation_permille(const FreeSpace& space) {
  const std::uint64_t free = space.free.count();
  return free == 0 ? 0 : permille(free - space.largest_free_run.count(), free);
}

}  // namespace memsim
