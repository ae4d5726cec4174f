// posix_typed_mem_open(), _MEM_INFO, and mapping typed memory.
#include <algorithm>

#include <memsim/vm/mem_obj_info.hpp>

#include "kernel/memmgr/map_order.hpp"
#include "kernel/memmgr/memory_calls.hpp"
#include "kernel/memmgr/typed_names.hpp"
#include "kernel/objects/defragment.hpp"
#include "kernel/objects/descriptors.hpp"

namespace memsim::memmgr {
namespace {

// Whether every frame of `area` lies in the pool.
bool pool_holds(const PhysicalMemory& memory, std::span<const RegionId> pool, Extent area) {
  while (!area.count.is_zero()) {
    const auto region = memory.region_of(area.first);
    if (!region || std::find(pool.begin(), pool.end(), *region) == pool.end()) return false;
    const FrameNumber end = std::min(area.end(), memory.region_extent(*region).end());
    area = {end, area.end() - end};
  }
  return true;
}

// Takes exactly the frames of `area`. Errors: ENXIO where one of them is in use.
SimResult<TakenFrames> take_area(Context& context, std::span<const RegionId> pool, Extent area) {
  State& state = context.state;
  FrameRequest request{
      .count = area.count, .cpu = context.request.cpu, .window_first = area.first, .window_end = area.end()};
  auto taken = state.machine.take(request, pool);
  request.contiguity =
      Contiguity::contiguous;  // for the records: an area is one piece, though it may lie across regions
  if (!taken) {
    publish_refused(context, ObjectId(), request, pool, Errno::enxio, Moving::off);
    return refused(Errno::enxio);
  }
  context.work().allocator += taken->allocation.work;
  taken->request = request;
  // The frames came in the allocator's order; the area shows them by address.
  taken->allocation.extents.assign(1, area);
  return taken;
}

// An area mapped by physical address (tflag 0) is busy until all who mapped it have unmapped it; meanwhile others may
// map parts of the same area, but no range that overlaps it otherwise.
SimResult<Shown> show_direct(Context& context, const MapOrder& order, std::span<const RegionId> pool, Extent area) {
  State& state = context.state;
  const PageSize page_size = state.page_size();
  auto above = state.direct_areas.upper_bound(area.first);
  if (above != state.direct_areas.begin()) {
    const auto& [first, slot] = *std::prev(above);
    const FrameCount frames = state.objects.at(slot).frames(page_size);
    if (Extent{first, frames}.contains(area)) return Shown{slot, page_size.bytes_of(area.first - first)};
  }
  if (state.objects.is_exhausted()) return refused(Errno::enfile);
  auto taken = take_area(context, pool, area);
  if (!taken) return refused(taken.error());
  const ObjectSlot slot = create_for_mapping(context);
  state.direct_areas.emplace(area.first, slot);
  give(context, slot, PageNumber(), *taken, [&](MemoryObject& object) {
    object.kind = ObjectKind::typed;
    object.stays_put = true;
    object.size = order.length;
  });
  return Shown{slot, Bytes()};
}

}  // namespace

SimResult<Shown> show_typed_memory(Context& context, const MapOrder& order, const OpenDescription& description) {
  const bool writes = (order.protection & kProtWrite) != 0;
  if (order.has(kMapShared) && writes && !can_write(description.access)) return refused(Errno::eacces);
  if (order.has(kMapLazy)) return refused(Errno::einval);
  State& state = context.state;
  const RegionLists pool = description.regions;
  const TypedAccess access = description.typed;
  const FrameCount count = state.page_size().frames_covering(order.length);
  if (access == TypedAccess::allocate || access == TypedAccess::allocate_contig) {
    if (!order.offset.is_zero() || !order.skipped.is_zero()) return refused(Errno::einval);
    const auto contiguity = access == TypedAccess::allocate ? Contiguity::scattered : Contiguity::contiguous;
    return make_private_memory(context, order, ObjectKind::typed,
                               {.count = count, .contiguity = contiguity, .from = &pool});
  }
  const Extent area{FrameNumber(order.offset.count() >> state.page_size().shift()), count};
  if (!pool_holds(state.memory(), pool.contiguous(), area)) return refused(Errno::enxio);
  if (access == TypedAccess::map_allocatable) return Shown{kNoObject, order.offset};
  return show_direct(context, order, pool.contiguous(), area);
}

SimResult<Value> posix_typed_mem_open(Context& context) {
  const std::uint64_t oflag = context.bits(TypedOpenArgs::oflag);
  if ((oflag & ~kAccessModeMask) != 0) return refused(Errno::einval);
  const auto access = access_mode(oflag);
  if (!access) return refused(access.error());
  const std::uint64_t tflag = context.bits(TypedOpenArgs::tflag);
  if (tflag > 4 || tflag == 3) return refused(Errno::einval);
  const auto typed = static_cast<TypedAccess>(tflag);
  auto regions = find_typed_memory(context.state.memory(), context.request.text);
  if (!regions) return refused(regions.error());
  const bool gives_addresses = typed == TypedAccess::direct || typed == TypedAccess::map_allocatable;
  if (gives_addresses && !context.process.abilities.mem_phys) return refused(Errno::eperm);
  const auto opened = open_descriptor(
      context,
      {.kind = OpenDescription::Kind::typed, .access = *access, .typed = typed, .regions = std::move(*regions)});
  if (!opened) return refused(opened.error());
  return opened->value();
}

namespace {

// The most that one mapping of the pool through this descriptor could get now.
FrameCount most_of_pool(const Context& context, const OpenDescription& description) {
  FrameRequest mapping{.count = FrameCount(), .cpu = context.request.cpu};
  if (description.typed == TypedAccess::allocate_contig) {
    mapping.contiguity = Contiguity::contiguous;
  } else if (description.typed != TypedAccess::allocate) {
    return FrameCount();
  }
  return Prospects(context.state).largest(mapping, description.regions);
}

}  // namespace

SimResult<Value> mem_info(Context& context) {
  const State& state = context.state;
  const auto fd = decode_mem_info(context.request.bytes);
  if (!fd) return refused(fd.error());
  FrameCount free = state.memory().free_frames(state.memory().general().movable());
  if (fd->value() != kNoFd) {
    const auto slot = find_description(context, fd->value(), Errno::enodev);
    if (!slot) return refused(slot.error());
    const OpenDescription& description = state.descriptions.at(*slot);
    if (description.kind != OpenDescription::Kind::typed) return refused(Errno::enodev);
    free = most_of_pool(context, description);
  }
  context.outcome.results[0] = static_cast<Value>(state.page_size().bytes_of(free).count());
  context.outcome.reply_bytes = std::min(Bytes(kMemInfoReplyBytes), context.request.reply_bytes);
  return 0;
}

}  // namespace memsim::memmgr
