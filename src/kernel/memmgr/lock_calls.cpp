// mlock(), munlock(), touch and mem_offset64(): calls on ranges that are mapped already.
#include <algorithm>

#include "kernel/memmgr/memory_calls.hpp"
#include "kernel/objects/mappings.hpp"
#include "kernel/objects/objects.hpp"

namespace memsim::memmgr {
namespace {

bool is_accessible(const Mapping& mapping) { return (mapping.protection & kProtAccess) != 0; }

// How far the object can have pages: beyond, a reference is an error on the bus.
PageNumber page_limit(const State& state, const MemoryObject& object) {
  const PageSize page_size = state.page_size();
  if (object.origin != kNoObject) {
    const MemoryObject& origin = state.objects.at(object.origin);
    const Bytes shown = origin.size > object.origin_offset ? origin.size - object.origin_offset : Bytes();
    return PageNumber() + page_size.frames_covering(shown);
  }
  if (object.of_mapping) return PageNumber::max();
  return PageNumber() + page_size.frames_covering(object.size);
}

// What of `range` the mapping shows.
Mapping clipped(const Mapping& mapping, VirtRange range) {
  Mapping part = mapping;
  part.start = std::max(mapping.start, range.start);
  part.length = std::min(mapping.end(), range.end()) - part.start;
  part.offset = mapping.offset + (part.start - mapping.start);
  return part;
}

// Frames for pages that follow each other: they go in together, and so into one record.
class FaultedRun {
 public:
  FaultedRun(Context& context, MemoryObject& object) : context_(context), object_(object) {}

  // Puts the frame of one fault behind `page`, or holds it until put_in().
  void add(PageNumber page, const TakenFrames& taken) {
    const FrameCount held(taken_.allocation.extents.size());
    if (page != first_ + held) put_in();
    if (taken_.allocation.extents.empty()) first_ = page;
    if (taken_.allocation.extents.empty()) {
      taken_ = taken;
    } else {
      taken_.allocation.extents.push_back(taken.allocation.extents.front());
      taken_.allocation.work += taken.allocation.work;
      ++taken_.requests;
    }
  }
  void put_in() {
    if (taken_.allocation.extents.empty()) return;
    put_frames(context_, object_, first_, taken_);
    taken_ = {};
  }

 private:
  Context& context_;
  MemoryObject& object_;
  PageNumber first_;
  TakenFrames taken_;
};

// Gives frames to the pages of a mapping that have none yet, one fault each. Errors: ENOMEM; the pages before it stay.
SimResult<FrameCount> fault_in(Context& context, const Mapping& mapping) {
  State& state = context.state;
  if (mapping.object == kNoObject || !state.objects.at(mapping.object).is_paged()) return FrameCount();
  const ObjectId id = state.objects.at(mapping.object).id;
  const PageRange range = pages_shown(mapping, state.page_size());
  PageNumber page = state.objects.at(mapping.object).pages.first_hole(range);
  if (page == range.end()) return FrameCount();
  const FrameDemand one{
      .count = FrameCount(1), .mobility = Mobility::movable, .areas = areas_for(state.objects.at(mapping.object))};
  FrameCount faults;
  Errno error = Errno::eok;
  ObjectEdit edit(state, mapping.object);
  FaultedRun run(context, edit.object());
  while (page < range.end()) {
    const auto taken = try_to_take(context, one);
    if (!taken) {
      error = taken.error();
      break;
    }
    run.add(page, *taken);
    faults += FrameCount(1);
    page += FrameCount(1);
    page = edit.object().pages.first_hole({page, range.end() - page});
  }
  run.put_in();
  // Only now: records tell of requests in the order in which they were made.
  if (error != Errno::eok) publish_refused(context, id, one, error);
  context.work().page_faults += faults.count();
  context.work().pages_mapped += faults.count();
  if (!faults.is_zero()) publish_populated(context, edit.object());
  if (error != Errno::eok) return refused(error);
  return faults;
}

// The whole range must be mapped, accessible, and inside its objects.
bool may_reference(const Context& context, VirtRange range) {
  const AddressSpace& space = context.process.space;
  if (!space.covers(range.start, range.length)) return false;
  for (VirtAddr at = range.start; at < range.end();) {
    const Mapping& mapping = *space.find(at);
    if (!is_accessible(mapping)) return false;
    at = mapping.end();
    if (mapping.object == kNoObject) continue;
    const Mapping part = clipped(mapping, range);
    const PageNumber limit = page_limit(context.state, context.state.objects.at(mapping.object));
    if (pages_shown(part, context.state.page_size()).end() > limit) return false;
  }
  return true;
}

void note_object(Context& context, const Mapping& mapping) {
  if (mapping.object != kNoObject) context.outcome.object = context.state.objects.at(mapping.object).id;
}

SimResult<Value> change_locks(Context& context, bool locked) {
  const auto range =
      pages_of(context.bits(RangeArgs::addr), Bytes(context.bits(RangeArgs::len)), context.state.page_size());
  if (!range || !context.process.space.covers(range->start, range->length)) return refused(Errno::enomem);
  if (locked && !may_lock(context.state, pieces_of(context.process.space, *range))) return refused(Errno::eagain);
  lock_range(context, *range, locked);
  return 0;
}

}  // namespace

SimResult<Value> mlock(Context& context) {
  if (!context.process.abilities.mem_lock) return refused(Errno::eperm);
  return change_locks(context, true);
}

SimResult<Value> munlock(Context& context) { return change_locks(context, false); }

SimResult<Value> touch(Context& context) {
  const Bytes length(context.bits(RangeArgs::len));
  if (length.is_zero()) return 0;
  const bool passes_end = saturating_add(VirtAddr(context.bits(RangeArgs::addr)), length) > AddressSpace::kEnd;
  const auto range = pages_of(context.bits(RangeArgs::addr), length, context.state.page_size());
  if (!range || passes_end || !may_reference(context, *range)) return refused(Errno::efault);
  FrameCount faults;
  for (VirtAddr at = range->start; at < range->end();) {
    const Mapping mapping = *context.process.space.find(at);
    note_object(context, mapping);
    const auto faulted = fault_in(context, clipped(mapping, *range));
    if (!faulted) return refused(faulted.error());
    faults += *faulted;
    at = mapping.end();
  }
  return static_cast<Value>(faults.count());
}

namespace {

// Where `address` lies physically and how far it runs on inside its mapping; nothing where no memory is.
std::optional<MemoryObject::Place> translate(const Context& context, VirtAddr address) {
  const Mapping* mapping = context.process.space.find(address);
  if (mapping == nullptr || !is_accessible(*mapping)) return std::nullopt;
  const Bytes left = mapping->end() - address;
  const Bytes offset = mapping->offset + (address - mapping->start);
  if (mapping->object == kNoObject) return MemoryObject::Place{PhysAddr(offset.count()), left};
  auto place = context.state.objects.at(mapping->object).find(offset, context.state.page_size());
  if (place) place->contiguous = std::min(place->contiguous, left);
  return place;
}

// The same, though the memory may run on into the next mappings, and no further than `length`.
std::optional<MemoryObject::Place> translate(const Context& context, VirtAddr address, Bytes length) {
  auto place = translate(context, address);
  while (place && place->contiguous < length) {
    const VirtAddr next = address + place->contiguous;
    const auto further = next < AddressSpace::kEnd ? translate(context, next) : std::nullopt;
    if (!further || further->paddr != place->paddr + place->contiguous) break;
    place->contiguous += further->contiguous;
  }
  if (place) place->contiguous = std::min(place->contiguous, length);
  return place;
}

// The pages behind the range stay where they are from now on, whatever becomes of the mapping that showed them.
void mark_unmovable(Context& context, VirtAddr address, Bytes length) {
  const auto range = pages_of(address.value(), length, context.state.page_size());
  for (VirtAddr at = range->start; at < range->end();) {
    const Mapping mapping = *context.process.space.find(at);
    lock_pages(context, clipped(mapping, *range));
    at = mapping.end();
  }
}

}  // namespace

SimResult<Value> mem_offset64(Context& context) {
  const bool takes_fd = context.request.call == Call::mem_offset64;
  if (takes_fd && context.argument(MemOffsetArgs::fd) != kNoFd) return refused(Errno::enodev);
  const Bytes length(context.bits(RangeArgs::len));
  const VirtAddr address(context.bits(RangeArgs::addr));
  const auto page = pages_of(address.value(), Bytes(1), context.state.page_size());
  if (!page || page->length.is_zero() || !may_reference(context, *page)) return refused(Errno::eacces);
  const Mapping mapping = *context.process.space.find(address);
  note_object(context, mapping);
  if (const auto faulted = fault_in(context, clipped(mapping, *page)); !faulted) return refused(faulted.error());
  auto place = translate(context, address, length);
  if (!place) return refused(Errno::eacces);
  ++context.work().address_translations;
  if (context.state.semantics.mem_offset_marks_unmovable) {
    mark_unmovable(context, address, place->contiguous);
    place = translate(context, address, place->contiguous);  // it may have left a CMA area
  }
  context.outcome.results[0] = static_cast<Value>(place->paddr.value());
  context.outcome.results[1] = static_cast<Value>(place->contiguous.count());
  return 0;
}

}  // namespace memsim::memmgr
