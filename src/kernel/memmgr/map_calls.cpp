// mmap() and munmap().
#include "kernel/memmgr/map_order.hpp"
#include "kernel/memmgr/memory_calls.hpp"
#include "kernel/objects/descriptors.hpp"
#include "kernel/objects/mappings.hpp"
#include "kernel/objects/objects.hpp"

namespace memsim::memmgr {
namespace {

// The order of these checks is the modelled system's (6.4.1).
Errno check_order(const Context& context, const MapOrder& order) {
  const bool has_fd = order.fd != kNoFd;
  if (order.length.is_zero()) return Errno::einval;
  if ((order.protection & ~kProtKnown) != 0) return Errno::einval;
  if ((order.flags & ~kMapKnown) != 0) return Errno::einval;
  const bool is_shared = order.has(kMapShared);
  const bool is_private = order.has(kMapPrivate);
  const bool may_lack_type = order.has(kMapAnon) || order.has(kMapPhys);
  if ((is_shared && is_private) || (!is_shared && !is_private && !may_lack_type)) return Errno::einval;
  if (order.has(kMapAnon) && has_fd) return Errno::einval;
  if (order.has(kMapAnon) && order.has(kMapLazy) && order.has(kMapPhys)) return Errno::einval;
  const bool is_contiguous = order.has(kMapAnon) && order.has(kMapPhys);
  const bool needs_ability = order.has(kMapPhys) && (!is_contiguous || context.state.semantics.anon_phys_needs_ability);
  if (needs_ability && !context.process.abilities.mem_phys) return Errno::eperm;
  if (order.has(kMapPhys) && has_fd) return Errno::einval;
  const bool is_overlay = order.has(kMapPhys) && !is_contiguous;
  const Bytes last = saturating_add(order.offset, order.length);
  if (is_overlay && last > Bytes(kPhysicalEnd.value())) return Errno::einval;
  // off64_t is signed.
  if (last.count() > static_cast<std::uint64_t>(INT64_MAX)) return Errno::einval;
  return Errno::eok;
}

// As those of shm_ctl(), see populate_calls.cpp.
void read_old_flags(const Context& context, MapOrder& order) {
  if (context.state.semantics.flags_of_6x) {
    if (order.has(kMapNoX64k6x)) order.flags ^= kMapNoX64k6x | kMapNoX64k;
    if (order.has(kMapBelow16M6x)) order.flags ^= kMapBelow16M6x | kMapBelow16M;
  }
  order.place.keeps_in_64k = order.has(kMapNoX64k);
  order.place.keeps_below_16m = order.has(kMapBelow16M);
  order.flags &= ~(kMapNoX64k | kMapBelow16M);
}

// Reads the arguments and widens them to whole pages: an offset inside a page gives an address inside a page.
SimResult<MapOrder> read_order(const Context& context) {
  MapOrder order{.address = context.bits(MmapArgs::addr),
                 .length = Bytes(context.bits(MmapArgs::len)),
                 .protection = context.bits(MmapArgs::prot),
                 .flags = context.bits(MmapArgs::flags),
                 .fd = context.argument(MmapArgs::fd),
                 .offset = Bytes(context.bits(MmapArgs::off)),
                 .place = {.alignment = Bytes(context.bits(MmapArgs::alignment)),
                           .boundary = Bytes(context.bits(MmapArgs::boundary)),
                           .above = context.bits(MmapArgs::above),
                           .below = context.bits(MmapArgs::below)}};
  read_old_flags(context, order);
  if (order.has(kMapAnon)) order.offset = Bytes();
  if (const Errno error = check_order(context, order); error != Errno::eok) return refused(error);
  const PageSize page_size = context.state.page_size();
  order.skipped = order.offset % page_size.bytes();
  order.offset -= order.skipped;
  order.asked = order.length;
  order.length = page_size.bytes_of(page_size.frames_covering(order.length + order.skipped));
  return order;
}

// Where the mapping goes. With MAP_FIXED what is there will be replaced. Errors: EINVAL for a fixed place that is none,
// ENOMEM without room.
SimResult<VirtAddr> choose_place(Context& context, const MapOrder& order) {
  AddressSpace& space = context.process.space;
  const VirtAddr wanted(order.address);
  const bool is_aligned = order.address % context.state.page_size().bytes().count() == 0;
  const bool is_place = is_aligned && AddressSpace::is_inside(wanted, order.length);
  if (order.has(kMapFixed)) {
    if (!is_place) return refused(Errno::einval);
    return wanted;
  }
  if (is_place && space.is_free(wanted, order.length)) return wanted;
  const auto gap = space.find_gap(order.length);
  if (!gap) return refused(Errno::enomem);
  return *gap;
}

// What an mmap() of a shared memory object shows. A writable private mapping gets a private copy.
SimResult<Shown> show_object(Context& context, const MapOrder& order, const OpenDescription& description) {
  const bool writes = (order.protection & kProtWrite) != 0;
  const bool is_shared = order.has(kMapShared);
  if (is_shared && writes && !can_write(description.access)) return refused(Errno::eacces);
  if (!is_shared && writes) return show_copy(context, description.object, order.offset, order.asked);
  if (context.process.locks_future) {
    const Mapping future{.start = {}, .length = order.length, .object = description.object, .offset = order.offset};
    if (!may_lock(context.state, std::span(&future, 1))) return refused(Errno::eagain);
  }
  const Writing writing = !is_shared                      ? Writing::on_a_copy
                          : can_write(description.access) ? Writing::allowed
                                                          : Writing::refused;
  return Shown{description.object, order.offset, writing};
}

SimResult<Shown> show_descriptor(Context& context, const MapOrder& order) {
  const auto slot = find_description(context, order.fd, Errno::enodev);
  if (!slot) return refused(slot.error());
  const OpenDescription& description = context.state.descriptions.at(*slot);
  if (!can_read(description.access)) return refused(Errno::eacces);
  const bool gives_place =
      description.kind == OpenDescription::Kind::object ||
      (description.typed != TypedAccess::allocate && description.typed != TypedAccess::allocate_contig);
  if (gives_place && !order.place.is_free()) return refused(Errno::einval);
  if (description.kind == OpenDescription::Kind::object) return show_object(context, order, description);
  return show_typed_memory(context, order, description);
}

SimResult<Shown> show_anonymous(Context& context, const MapOrder& order) {
  FrameDemand demand{.mobility = Mobility::movable,
                     .areas = context.process.locks_future ? Areas::refused : Areas::allowed};
  if (order.has(kMapPhys)) demand = {.contiguity = Contiguity::contiguous};
  if (!order.has(kMapLazy)) demand.count = context.state.page_size().frames_covering(order.length);
  return make_private_memory(context, order, ObjectKind::anonymous, demand);
}

SimResult<Shown> choose_memory(Context& context, const MapOrder& order) {
  // What takes no memory here and now cannot say where; typed memory says so itself.
  const bool takes_none = order.has(kMapLazy) || (order.has(kMapPhys) && !order.has(kMapAnon));
  if (takes_none && !order.place.is_free()) return refused(Errno::einval);
  if (order.has(kMapAnon)) return show_anonymous(context, order);
  if (order.has(kMapPhys)) return Shown{kNoObject, order.offset};
  return show_descriptor(context, order);
}

}  // namespace

SimResult<Shown> show_copy(Context& context, ObjectSlot origin, Bytes offset, Bytes asked) {
  State& state = context.state;
  if (state.objects.is_exhausted()) return refused(Errno::enfile);
  const ObjectSlot slot = create_for_mapping(context);
  MemoryObject& copy = state.objects.at(slot);
  copy.kind = ObjectKind::anonymous;
  copy.of_mapping = true;
  copy.size = asked;
  copy.origin = origin;
  copy.origin_offset = offset;
  ++state.objects.at(origin).copies;
  return Shown{slot, Bytes()};
}

SimResult<Shown> make_private_memory(Context& context, const MapOrder& order, ObjectKind kind,
                                     const FrameDemand& demand) {
  State& state = context.state;
  if (state.objects.is_exhausted()) return refused(Errno::enfile);
  const auto place = placement_of(order.place, order.asked, demand.contiguity, state.page_size());
  if (!place) return refused(place.error());
  FrameDemand placed = demand;
  placed.place = *place;
  const auto taken = take_frames(context, ObjectId(), placed);
  if (!taken) return refused(taken.error());
  const ObjectSlot slot = create_for_mapping(context);
  give(context, slot, PageNumber(), *taken, [&](MemoryObject& object) {
    object.kind = kind;
    object.of_mapping = true;
    object.stays_put = kind == ObjectKind::typed || demand.contiguity == Contiguity::contiguous;
    object.size = order.asked;
  });
  return Shown{slot, Bytes()};
}

SimResult<Value> mmap(Context& context) {
  const auto order = read_order(context);
  if (!order) return refused(order.error());
  // The place first: nothing has been taken yet if there is none.
  const auto place = choose_place(context, *order);
  if (!place && order->has(kMapFixed)) return refused(place.error());
  if (!place) {
    // A bad descriptor is told before a want of room.
    if (order->fd != kNoFd || !(order->has(kMapAnon) || order->has(kMapPhys))) {
      const auto slot = find_description(context, order->fd, Errno::enodev);
      if (!slot) return refused(slot.error());
    }
    return refused(place.error());
  }
  const auto shown = choose_memory(context, *order);
  if (!shown) return refused(shown.error());
  const Mapping mapping{.start = *place,
                        .length = order->length,
                        .object = shown->object,
                        .offset = shown->offset,
                        .protection = static_cast<std::uint16_t>(order->protection),
                        .writing = shown->writing};
  // The new mapping holds its object before the old one lets go of its own, which may be the same.
  if (shown->object != kNoObject) {
    MemoryObject& object = context.state.objects.at(shown->object);
    context.outcome.object = object.id;
    ++object.descriptions;
  }
  if (order->has(kMapFixed)) remove_mappings(context, {*place, order->length});
  if (shown->object != kNoObject) --context.state.objects.at(shown->object).descriptions;
  enter_mapping(context, mapping);
  if (context.process.locks_future) lock_range(context, {*place, order->length}, true);
  return static_cast<Value>((*place + order->skipped).value());
}

SimResult<Value> munmap(Context& context) {
  const Bytes length(context.bits(RangeArgs::len));
  const VirtAddr start(context.bits(RangeArgs::addr));
  const bool wraps = saturating_add(start, length) == VirtAddr::max();
  if (length.is_zero() || wraps || start + length > AddressSpace::kEnd) return refused(Errno::einval);
  const auto range = pages_of(start.value(), length, context.state.page_size());
  remove_mappings(context, *range);
  return 0;
}

}  // namespace memsim::memmgr
