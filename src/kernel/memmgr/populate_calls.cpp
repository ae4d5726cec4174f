// shm_ctl() and shm_ctl_special(): giving an object its memory.
#include <limits>

#include "kernel/memmgr/memory_calls.hpp"
#include "kernel/memmgr/placement.hpp"
#include "kernel/memmgr/sizes.hpp"
#include "kernel/objects/descriptors.hpp"
#include "kernel/objects/objects.hpp"

namespace memsim::memmgr {
namespace {

// The arguments of one call, checked as far as they can be without the object.
struct Order {
  DescriptionSlot description;
  ObjectSlot object = kNoObject;
  std::uint64_t flags = 0;
  PhysAddr paddr;  // SHMCTL_PHYS; the stride for SHMCTL_REPEAT
  Bytes size;
  Bytes position;
  std::optional<std::int64_t> special;  // shm_ctl_special()
  std::optional<RegionLists> regions;   // SHMCTL_TYMEM
  PlacementArguments place;

  [[nodiscard]] bool has(std::uint64_t flag) const { return (flags & flag) != 0; }
  [[nodiscard]] bool is_overlay() const { return has(kCtlPhys) && !has(kCtlAnon); }
  [[nodiscard]] bool is_contiguous() const { return has(kCtlPhys) && has(kCtlAnon); }
};

bool flags_agree(std::uint64_t flags) {
  if ((flags & ~kCtlKnown) != 0 || (flags & kCtlGetFlags) != 0) return false;
  const std::uint64_t source = flags & (kCtlAnon | kCtlPhys | kCtlLazy);
  const bool has_source = source == kCtlAnon || source == kCtlLazy || source == kCtlPhys ||
                          source == (kCtlAnon | kCtlLazy) || source == (kCtlAnon | kCtlPhys);
  if (!has_source) return false;
  if ((flags & kCtlTypedMemory) != 0 && ((flags & kCtlAnon) == 0 || (flags & kCtlLazy) != 0)) return false;
  return (flags & kCtlRepeat) == 0 || source == kCtlPhys;
}

bool is_able(const Context& context, const Order& order) {
  const Abilities& abilities = context.process.abilities;
  if (order.special && !abilities.mem_special) return false;
  if (order.has(kCtlGlobal) && !abilities.mem_global) return false;
  if (order.is_contiguous() && !context.state.semantics.anon_phys_needs_ability) return true;
  return !order.has(kCtlPhys) || abilities.mem_phys;
}

// The pool behind the descriptor that SHMCTL_TYMEM carries in place of an address.
Errno find_pool(const Context& context, Order& order) {
  const auto pool = find_description(context, context.argument(ShmCtlArgs::paddr), Errno::einval);
  if (!pool) return pool.error();
  const OpenDescription& typed = context.state.descriptions.at(*pool);
  if (typed.kind != OpenDescription::Kind::typed) return Errno::einval;
  order.regions = typed.regions;
  return Errno::eok;
}

// Alignment and the end of physical addressing, for overlays.
bool overlay_fits(const Context& context, const Order& order) {
  const PageSize page_size = context.state.page_size();
  if (!page_size.is_aligned(order.paddr) || !page_size.is_aligned(order.size)) return false;
  if (order.has(kCtlRepeat)) return order.paddr != PhysAddr() && order.paddr <= kPhysicalEnd;
  return order.paddr <= kPhysicalEnd && order.size <= kPhysicalEnd - order.paddr;
}

// Flags of 6.x become what memsim calls them where the machine reads flags so; then they are wishes for the place.
void read_placement(const Context& context, Order& order) {
  if (context.state.semantics.flags_of_6x) {
    if ((order.flags & kCtlIsaDma6x) != 0) order.flags ^= kCtlIsaDma6x | kCtlIsaDma;
    if ((order.flags & kCtlNoX64k6x) != 0) order.flags ^= kCtlNoX64k6x | kCtlNoX64k;
  }
  order.place = {.alignment = Bytes(context.bits(ShmCtlArgs::alignment)),
                 .boundary = Bytes(context.bits(ShmCtlArgs::boundary)),
                 .above = context.bits(ShmCtlArgs::above),
                 .below = context.bits(ShmCtlArgs::below),
                 .keeps_in_64k = order.has(kCtlIsaDma) || order.has(kCtlNoX64k),
                 .keeps_below_16m = order.has(kCtlIsaDma)};
  order.flags &= ~(kCtlIsaDma | kCtlNoX64k);
}

SimResult<Order> read_order(Context& context) {
  Order order;
  const auto slot = find_shared_memory(context, context.argument(ShmCtlArgs::fd), Errno::enosys);
  if (!slot) return refused(slot.error());
  order.description = *slot;
  const OpenDescription& description = context.state.descriptions.at(*slot);
  order.object = description.object;
  order.position = description.position;
  order.flags = context.bits(ShmCtlArgs::flags);
  if (order.flags == kCtlGetFlags) return order;
  read_placement(context, order);
  // Only a call that takes memory can say where.
  if (!order.place.is_free() && ((order.flags & kCtlAnon) == 0 || order.has(kCtlLazy))) return refused(Errno::einval);
  if (!flags_agree(order.flags)) return refused(Errno::einval);
  if (context.request.call == Call::shm_ctl_special) order.special = context.argument(ShmCtlArgs::special);
  if (!is_able(context, order)) return refused(Errno::eperm);
  const std::optional<Bytes> size = offset_argument(context.argument(ShmCtlArgs::size));
  if (!size || !can_write(description.access)) return refused(Errno::einval);
  order.size = *size;
  constexpr auto kSizeMax = static_cast<std::uint64_t>(std::numeric_limits<Value>::max());
  if (order.size.count() > kSizeMax - order.position.count()) return refused(Errno::einval);
  if (order.has(kCtlTypedMemory)) {
    if (const Errno error = find_pool(context, order); error != Errno::eok) return refused(error);
  } else {
    order.paddr = PhysAddr(context.bits(ShmCtlArgs::paddr));
  }
  if (order.is_overlay() && !overlay_fits(context, order)) return refused(Errno::einval);
  return order;
}

// Whether the object may be populated in this way now: the rules for calling again.
Errno check_against(const MemoryObject& object, const Order& order, const Semantics& semantics) {
  if ((object.flags & kCtlSeal) != 0) return Errno::eperm;
  if (object.kind == ObjectKind::truncated) return Errno::einval;
  const bool is_first = object.kind == ObjectKind::none;
  if (!is_first && object.special != order.special) return Errno::eagain;
  if (!is_first && (object.flags & kCtlPrimary) != (order.flags & kCtlPrimary)) return semantics.already_special_errno;
  if (!is_first && order.is_contiguous()) return Errno::ebusy;
  if (order.has(kCtlRepeat))
    return is_first || !order.position.is_zero() || object.size.is_zero() ? Errno::einval : Errno::eok;
  // Memory is added at the end only. An overlay must be told so by its position; RAM may repeat what is there.
  if (order.position > object.size) return Errno::einval;
  if (order.is_overlay() && order.position != object.size) return Errno::einval;
  return Errno::eok;
}

ObjectKind kind_for(const Order& order) {
  if (order.has(kCtlLazy)) return ObjectKind::lazy;
  if (order.has(kCtlTypedMemory)) return ObjectKind::typed;
  if (order.is_overlay()) return ObjectKind::physical;
  return order.is_contiguous() ? ObjectKind::contiguous : ObjectKind::ram;
}

// Marks the object as populated by this call.
void mark(MemoryObject& object, const Order& order) {
  object.kind = kind_for(order);
  object.stays_put = object.kind != ObjectKind::lazy;
  object.flags |= static_cast<std::uint32_t>(order.flags & ~kCtlRepeat);
  object.special = order.special;
  if (order.special) object.flags |= static_cast<std::uint32_t>(kCtlHasSpecial);
}

SimResult<void> populate_with_ram(Context& context, const Order& order) {
  State& state = context.state;
  const MemoryObject& before = state.objects.at(order.object);
  const Bytes size = std::max(before.size, order.position + order.size);
  FrameDemand demand{.contiguity = order.is_contiguous() ? Contiguity::contiguous : Contiguity::scattered,
                     .from = order.regions ? &*order.regions : nullptr,
                     .defragmenting = order.has(kCtlNoDefrag) ? Defragmenting::refused : Defragmenting::allowed};
  const auto place = placement_of(order.place, order.size, demand.contiguity, state.page_size());
  if (!place) return refused(place.error());
  demand.place = *place;
  const FrameCount have = before.frames(state.page_size());
  if (!order.has(kCtlLazy)) demand.count = state.page_size().frames_covering(size) - have;
  const auto taken = take_frames(context, before.id, demand);
  if (!taken) return refused(taken.error());
  give(context, order.object, PageNumber(have.count()), *taken, [&](MemoryObject& object) {
    mark(object, order);
    object.size = size;
  });
  return {};
}

// More segments than this over all objects are refused for want of memory to describe them.
constexpr std::uint64_t kOverlaySegmentsMax = std::uint64_t{1} << 22;

void publish_overlaid(Context& context, ObjectId object, std::span<const Segment> added) {
  if (added.empty() || added.front().length.is_zero()) return;
  context.records.publish(ObjectOverlaid{.object = object, .pid = context.request.pid, .segments = added});
}

// Appends another physical range. Errors: ENOMEM.
Errno populate_with_overlay(Context& context, const Order& order) {
  State& state = context.state;
  if (state.overlay_segments >= kOverlaySegmentsMax) return Errno::enomem;
  MemoryObject& object = state.objects.at(order.object);
  mark(object, order);
  const Segment added{object.segments.backing(), order.paddr, order.size};
  const std::size_t before = object.segments.segments().size();
  object.segments.append(added.paddr, added.length, touching_of(state.semantics));
  state.overlay_segments += object.segments.segments().size() - before;
  publish_overlaid(context, object.id, std::span(&added, 1));
  object.size = object.segments.backing();
  object.segments.set_size(object.size);
  publish_populated(context, object);
  return Errno::eok;
}

// SHMCTL_REPEAT: what the object has is the pattern; copies of it follow, each a stride further up, to a total of
// `size`.
Errno repeat_overlay(Context& context, const Order& order) {
  State& state = context.state;
  MemoryObject& object = state.objects.at(order.object);
  if (order.size <= object.size) return Errno::eok;
  const std::vector<Segment> pattern(object.segments.segments().begin(), object.segments.segments().end());
  const std::uint64_t steps = order.size / object.size;
  if (steps >= (kOverlaySegmentsMax - state.overlay_segments) / pattern.size()) return Errno::enomem;
  SegmentMap grown = object.segments;
  std::vector<Segment> added;
  const TouchingSegments touching = touching_of(context.state.semantics);
  for (std::uint64_t step = 1; grown.backing() < order.size; ++step) {
    const std::optional<Bytes> shift = checked_multiply(Bytes(order.paddr.value()), step);
    for (const Segment& segment : pattern) {
      const Bytes length = std::min(segment.length, order.size - grown.backing());
      if (!shift || *shift > kPhysicalEnd - segment.paddr || length > kPhysicalEnd - (segment.paddr + *shift)) {
        return Errno::einval;
      }
      added.push_back({grown.backing(), segment.paddr + *shift, length});
      grown.append(added.back().paddr, length, touching);
    }
  }
  grown.set_size(order.size);
  mark(object, order);
  state.overlay_segments += grown.segments().size() - object.segments.segments().size();
  object.segments = std::move(grown);
  object.size = order.size;
  publish_overlaid(context, object.id, added);
  publish_populated(context, object);
  return Errno::eok;
}

}  // namespace

SimResult<Value> shm_ctl(Context& context) {
  const auto order = read_order(context);
  if (!order) return refused(order.error());
  MemoryObject& object = context.state.objects.at(order->object);
  if (order->flags == kCtlGetFlags) return Value{object.flags};
  if (const Errno error = check_against(object, *order, context.state.semantics); error != Errno::eok) {
    return refused(error);
  }
  if (order->has(kCtlRepeat)) {
    if (const Errno error = repeat_overlay(context, *order); error != Errno::eok) return refused(error);
  } else if (order->is_overlay()) {
    if (const Errno error = populate_with_overlay(context, *order); error != Errno::eok) return refused(error);
  } else if (const auto populated = populate_with_ram(context, *order); !populated) {
    return refused(populated.error());
  }
  return 0;
}

}  // namespace memsim::memmgr
