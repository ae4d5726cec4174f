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
struct Population {
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

bool is_able(const Context& context, const Population& population) {
  const Abilities& abilities = context.process.abilities;
  if (population.special && !abilities.mem_special) return false;
  if (population.has(kCtlGlobal) && !abilities.mem_global) return false;
  if (population.is_contiguous() && !context.state.semantics.anon_phys_needs_ability) return true;
  return !population.has(kCtlPhys) || abilities.mem_phys;
}

// The pool behind the descriptor that SHMCTL_TYMEM carries in place of an address.
Errno find_pool(const Context& context, Population& population) {
  const auto pool = find_description(context, context.argument(ShmCtlArgs::paddr), Errno::einval);
  if (!pool) return pool.error();
  const OpenDescription& typed = context.state.descriptions.at(*pool);
  if (typed.kind != OpenDescription::Kind::typed) return Errno::einval;
  population.regions = typed.regions;
  return Errno::eok;
}

// Alignment and the end of physical addressing, for overlays.
bool overlay_fits(const Context& context, const Population& population) {
  const PageSize page_size = context.state.page_size();
  if (!page_size.is_aligned(population.paddr) || !page_size.is_aligned(population.size)) return false;
  if (population.has(kCtlRepeat)) return population.paddr != PhysAddr() && population.paddr <= kPhysicalEnd;
  return population.paddr <= kPhysicalEnd && population.size <= kPhysicalEnd - population.paddr;
}

// Flags of 6.x become what memsim calls them where the machine reads flags so; then they are wishes for the place.
void read_placement(const Context& context, Population& population) {
  if (context.state.semantics.flags_of_6x) {
    if ((population.flags & kCtlIsaDma6x) != 0) population.flags ^= kCtlIsaDma6x | kCtlIsaDma;
    if ((population.flags & kCtlNoX64k6x) != 0) population.flags ^= kCtlNoX64k6x | kCtlNoX64k;
  }
  population.place = {.alignment = Bytes(context.bits(ShmCtlArgs::alignment)),
                      .boundary = Bytes(context.bits(ShmCtlArgs::boundary)),
                      .above = context.bits(ShmCtlArgs::above),
                      .below = context.bits(ShmCtlArgs::below),
                      .keeps_in_64k = population.has(kCtlIsaDma) || population.has(kCtlNoX64k),
                      .keeps_below_16m = population.has(kCtlIsaDma)};
  population.flags &= ~(kCtlIsaDma | kCtlNoX64k);
}

SimResult<Population> read_population(Context& context) {
  Population population;
  const auto slot = find_shared_memory(context, context.argument(ShmCtlArgs::fd), Errno::enosys);
  if (!slot) return refused(slot.error());
  population.description = *slot;
  const OpenDescription& description = context.state.descriptions.at(*slot);
  population.object = description.object;
  population.position = description.position;
  population.flags = context.bits(ShmCtlArgs::flags);
  if (population.flags == kCtlGetFlags) return population;
  read_placement(context, population);
  // Only a call that takes memory can say where.
  if (!population.place.is_free() && ((population.flags & kCtlAnon) == 0 || population.has(kCtlLazy)))
    return refused(Errno::einval);
  if (!flags_agree(population.flags)) return refused(Errno::einval);
  if (context.request.call == Call::shm_ctl_special) population.special = context.argument(ShmCtlArgs::special);
  if (!is_able(context, population)) return refused(Errno::eperm);
  const std::optional<Bytes> size = offset_argument(context.argument(ShmCtlArgs::size));
  if (!size || !can_write(description.access)) return refused(Errno::einval);
  population.size = *size;
  constexpr auto kSizeMax = static_cast<std::uint64_t>(std::numeric_limits<Value>::max());
  if (population.size.count() > kSizeMax - population.position.count()) return refused(Errno::einval);
  if (population.has(kCtlTypedMemory)) {
    if (const Errno error = find_pool(context, population); error != Errno::eok) return refused(error);
  } else {
    population.paddr = PhysAddr(context.bits(ShmCtlArgs::paddr));
  }
  if (population.is_overlay() && !overlay_fits(context, population)) return refused(Errno::einval);
  return population;
}

// Whether the object may be populated in this way now: the rules for calling again.
Errno check_against(const MemoryObject& object, const Population& population, const Semantics& semantics) {
  if ((object.flags & kCtlSeal) != 0) return Errno::eperm;
  if (object.kind == ObjectKind::truncated) return Errno::einval;
  const bool is_first = object.kind == ObjectKind::none;
  if (!is_first && object.special != population.special) return Errno::eagain;
  if (!is_first && (object.flags & kCtlPrimary) != (population.flags & kCtlPrimary))
    return semantics.already_special_errno;
  if (!is_first && population.is_contiguous()) return Errno::ebusy;
  if (population.has(kCtlRepeat))
    return is_first || !population.position.is_zero() || object.size.is_zero() ? Errno::einval : Errno::eok;
  // Memory is added at the end only. An overlay must be told so by its position; RAM may repeat what is there.
  if (population.position > object.size) return Errno::einval;
  if (population.is_overlay() && population.position != object.size) return Errno::einval;
  return Errno::eok;
}

ObjectKind kind_for(const Population& population) {
  if (population.has(kCtlLazy)) return ObjectKind::lazy;
  if (population.has(kCtlTypedMemory)) return ObjectKind::typed;
  if (population.is_overlay()) return ObjectKind::physical;
  return population.is_contiguous() ? ObjectKind::contiguous : ObjectKind::ram;
}

// Marks the object as populated by this call.
void mark(MemoryObject& object, const Population& population) {
  object.kind = kind_for(population);
  object.stays_put = object.kind != ObjectKind::lazy;
  object.flags |= static_cast<std::uint32_t>(population.flags & ~kCtlRepeat);
  object.special = population.special;
  if (population.special) object.flags |= static_cast<std::uint32_t>(kCtlHasSpecial);
}

SimResult<void> populate_with_ram(Context& context, const Population& population) {
  State& state = context.state;
  const MemoryObject& before = state.objects.at(population.object);
  const Bytes size = std::max(before.size, population.position + population.size);
  FrameDemand demand{.contiguity = population.is_contiguous() ? Contiguity::contiguous : Contiguity::scattered,
                     .from = population.regions ? &*population.regions : nullptr,
                     .defragmenting = population.has(kCtlNoDefrag) ? Defragmenting::refused : Defragmenting::allowed};
  const auto place = placement_of(population.place, population.size, demand.contiguity, state.page_size());
  if (!place) return refused(place.error());
  demand.place = *place;
  const FrameCount have = before.frames(state.page_size());
  if (!population.has(kCtlLazy)) demand.count = state.page_size().frames_covering(size) - have;
  const auto taken = take_frames(context, before.id, demand);
  if (!taken) return refused(taken.error());
  give(context, population.object, PageNumber(have.count()), *taken, [&](MemoryObject& object) {
    mark(object, population);
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
Errno populate_with_overlay(Context& context, const Population& population) {
  State& state = context.state;
  if (state.overlay_segments >= kOverlaySegmentsMax) return Errno::enomem;
  MemoryObject& object = state.objects.at(population.object);
  mark(object, population);
  const Segment added{object.segments.backing(), population.paddr, population.size};
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
Errno repeat_overlay(Context& context, const Population& population) {
  State& state = context.state;
  MemoryObject& object = state.objects.at(population.object);
  if (population.size <= object.size) return Errno::eok;
  const std::vector<Segment> pattern(object.segments.segments().begin(), object.segments.segments().end());
  const std::uint64_t steps = population.size / object.size;
  if (steps >= (kOverlaySegmentsMax - state.overlay_segments) / pattern.size()) return Errno::enomem;
  SegmentMap grown = object.segments;
  std::vector<Segment> added;
  const TouchingSegments touching = touching_of(context.state.semantics);
  for (std::uint64_t step = 1; grown.backing() < population.size; ++step) {
    const std::optional<Bytes> shift = checked_multiply(Bytes(population.paddr.value()), step);
    for (const Segment& segment : pattern) {
      const Bytes length = std::min(segment.length, population.size - grown.backing());
      if (!shift || *shift > kPhysicalEnd - segment.paddr || length > kPhysicalEnd - (segment.paddr + *shift)) {
        return Errno::einval;
      }
      added.push_back({grown.backing(), segment.paddr + *shift, length});
      grown.append(added.back().paddr, length, touching);
    }
  }
  grown.set_size(population.size);
  mark(object, population);
  state.overlay_segments += grown.segments().size() - object.segments.segments().size();
  object.segments = std::move(grown);
  object.size = population.size;
  publish_overlaid(context, object.id, added);
  publish_populated(context, object);
  return Errno::eok;
}

}  // namespace

SimResult<Value> shm_ctl(Context& context) {
  const auto population = read_population(context);
  if (!population) return refused(population.error());
  MemoryObject& object = context.state.objects.at(population->object);
  if (population->flags == kCtlGetFlags) return Value{object.flags};
  if (const Errno error = check_against(object, *population, context.state.semantics); error != Errno::eok) {
    return refused(error);
  }
  if (population->has(kCtlRepeat)) {
    if (const Errno error = repeat_overlay(context, *population); error != Errno::eok) return refused(error);
  } else if (population->is_overlay()) {
    if (const Errno error = populate_with_overlay(context, *population); error != Errno::eok) return refused(error);
  } else if (const auto populated = populate_with_ram(context, *population); !populated) {
    return refused(populated.error());
  }
  return 0;
}

}  // namespace memsim::memmgr
