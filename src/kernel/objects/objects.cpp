#include "kernel/objects/objects.hpp"

#include <algorithm>

#include <memsim/base/check.hpp>

#include "kernel/objects/defragment.hpp"

namespace memsim::memmgr {
namespace {

// Calls visit(part) for the pieces of `extent` that lie in one region each: segments may run on from region to region.
template <class Visitor>
void for_each_region_part(const PhysicalMemory& memory, Extent extent, Visitor&& visit) {
  while (!extent.count.is_zero()) {
    const auto region = memory.region_of(extent.first);
    MEMSIM_CHECK_THAT(region.has_value(), "an object's frames are RAM");
    const FrameNumber end = std::min(extent.end(), memory.region_extent(*region).end());
    visit(Extent{extent.first, end - extent.first});
    extent = {end, extent.end() - end};
  }
}

void set_pinned(State& state, std::span<const Extent> extents, Pinning pinning) {
  for (const Extent& extent : extents) {
    for_each_region_part(state.memory, extent, [&](Extent part) {
      pinning == Pinning::pin ? state.memory.pin(part) : state.memory.unpin(part);
    });
  }
}

// The pinned frames behind a range: what mlock() holds of it, or all of it where the object stays put by itself.
std::vector<Extent> pinned_frames(const State& state, const MemoryObject& object, PageRange range) {
  std::vector<Extent> extents;
  if (!object.owns_frames()) return extents;
  if (object.stays_put) {
    object.collect(range, state.page_size(), extents);
  } else if (!object.locks.empty()) {
    std::vector<PageRange> held;
    object.locks.held(range, held);
    for (const PageRange& part : held) object.collect(part, state.page_size(), extents);
  }
  return extents;
}

// Pins what must be pinned of frames that the object just got. That an object stays put is known from the call that
// allocated them; locked ones have a record.
void pin_new_frames(Context& context, const MemoryObject& object, PageRange range) {
  const std::vector<Extent> extents = pinned_frames(context.state, object, range);
  if (object.stays_put) {
    set_pinned(context.state, extents, Pinning::pin);
  } else {
    change_pinned(context, object, extents, Pinning::pin);
  }
}

// Takes the tail from an object that has no page left, and appends it to the frames that it lost, as one extent with
// the page in front of it where that is the last of them.
void let_go_of_tail(State& state, MemoryObject& object, std::vector<Extent>& extents) {
  if (object.tail.count.is_zero() || !object.frames(state.page_size()).is_zero()) return;
  set_pinned(state, std::span(&object.tail, 1), Pinning::unpin);
  if (!extents.empty() && extents.back().end() == object.tail.first) {
    extents.back().count += object.tail.count;
  } else {
    extents.push_back(object.tail);
  }
  object.tail = {};
}

// Whether frames may be moved out of the way of a demand that cannot be met otherwise.
Moving moving_for(const State& state, const FrameDemand& demand) {
  const bool is_contiguous = demand.contiguity == Contiguity::contiguous;
  if (!is_contiguous || state.contiguous_failure != ContiguousFailure::defragment) return Moving::off;
  return demand.defragmenting == Defragmenting::allowed ? Moving::tried : Moving::refused;
}

FrameCount total_of(std::span<const Extent> extents) {
  FrameCount total;
  for (const Extent& extent : extents) total += extent.count;
  return total;
}

}  // namespace

void change_pinned(Context& context, const MemoryObject& object, std::span<const Extent> extents, Pinning pinning) {
  if (extents.empty()) return;
  set_pinned(context.state, extents, pinning);
  context.records.publish(FramesPinned{.object = object.id, .pinned = pinning == Pinning::pin, .extents = extents});
}

SimResult<TakenFrames> take_frames(Context& context, ObjectId concerned, const FrameDemand& demand) {
  State& state = context.state;
  const FrameRequest request{
      .count = demand.count, .contiguity = demand.contiguity, .mobility = demand.mobility, .cpu = context.request.cpu};
  TakenFrames taken{.allocation = {}, .request = request, .from = demand.from};
  if (demand.count.is_zero()) return taken;
  auto allocation = state.memory.allocate(request, demand.from);
  const Moving moving = moving_for(state, demand);
  if (!allocation && moving == Moving::tried) allocation = take_by_moving(context, request, demand.from);
  if (!allocation) {
    publish_refused(context, concerned, request, demand.from, allocation.error(), moving);
    return refused(allocation.error());
  }
  taken.allocation = std::move(*allocation);
  context.work().allocator += taken.allocation.work;
  context.work().frames_zeroed += demand.count.count();
  ++state.change_count;
  return taken;
}

void publish_taken(Context& context, ObjectId object, PageNumber first, const TakenFrames& taken) {
  if (taken.allocation.extents.empty()) return;
  std::span<const Extent> extents = taken.allocation.extents;
  std::vector<Extent> with_tail;
  if (!taken.allocation.tail.count.is_zero()) {
    with_tail = taken.allocation.extents;
    with_tail.back().count += taken.allocation.tail.count;
    extents = with_tail;
  }
  context.records.publish(FramesAllocated{.object = object,
                                          .pid = context.request.pid,
                                          .cpu = taken.request.cpu,
                                          .contiguous = taken.request.contiguity == Contiguity::contiguous,
                                          .mobility = taken.request.mobility,
                                          .offset = offset_of(first, context.state.page_size()),
                                          .tail = taken.allocation.tail.count,
                                          .extents = extents,
                                          .requests = taken.requests,
                                          .alignment = taken.request.alignment,
                                          .boundary = taken.request.boundary,
                                          .window_first = taken.request.window_first,
                                          .window_end = taken.request.window_end,
                                          .regions = context.state.memory.candidates(taken.from),
                                          .splits = WorkCount(taken.allocation.work.splits),
                                          .merges = WorkCount(taken.allocation.work.merges),
                                          .steps = WorkCount(taken.allocation.work.steps)});
}

void publish_refused(Context& context, ObjectId concerned, const FrameRequest& request, std::span<const RegionId> from,
                     Errno error, Moving moving) {
  const PhysicalMemory& memory = context.state.memory;
  context.records.publish(AllocationFailed{.object = concerned,
                                           .pid = context.request.pid,
                                           .cpu = request.cpu,
                                           .frames = request.count,
                                           .contiguous = request.contiguity == Contiguity::contiguous,
                                           .mobility = request.mobility,
                                           .alignment = request.alignment,
                                           .boundary = request.boundary,
                                           .window_first = request.window_first,
                                           .window_end = request.window_end,
                                           .regions = memory.candidates(from),
                                           .error = error,
                                           .moving = moving,
                                           .free = memory.free_frames(from),
                                           .largest_free_run = memory.largest_free_run(from)});
}

namespace {

ObjectSlot create(Context& context, std::string_view name, bool of_mapping) {
  State& state = context.state;
  const ObjectSlot slot = state.objects.create();
  MemoryObject& object = state.objects.at(slot);
  object.uid = context.process.uid;
  context.outcome.object = object.id;
  context.records.publish(
      ObjectCreated{.object = object.id, .pid = context.request.pid, .name = name, .of_mapping = of_mapping});
  return slot;
}

}  // namespace

ObjectSlot create_named(Context& context, std::string_view name) { return create(context, name, false); }

ObjectSlot create_for_mapping(Context& context) { return create(context, {}, true); }

void append_frames(Context& context, MemoryObject& object, std::span<const Extent> extents) {
  const State& state = context.state;
  const PageSize page_size = state.page_size();
  const TouchingSegments touching = touching_of(state.semantics);
  const PageNumber first = page_at(object.segments.backing(), page_size);
  for (const Extent& extent : extents) {
    object.segments.append(page_size.address_of(extent.first), page_size.bytes_of(extent.count), touching);
  }
  pin_new_frames(context, object, {first, total_of(extents)});
}

void insert_frames(Context& context, MemoryObject& object, PageNumber first, std::span<const Extent> extents) {
  PageNumber page = first;
  for (const Extent& extent : extents) {
    object.pages.insert(page, extent);
    page += extent.count;
  }
  pin_new_frames(context, object, {first, page - first});
}

void hold_tail(Context& context, MemoryObject& object, Extent tail) {
  if (tail.count.is_zero()) return;
  MEMSIM_CHECK_THAT(object.stays_put && object.tail.count.is_zero(), "a tail belongs to one contiguous demand");
  set_pinned(context.state, std::span(&tail, 1), Pinning::pin);
  object.tail = tail;
}

void release_pages(Context& context, MemoryObject& object, PageRange range) {
  State& state = context.state;
  std::vector<Extent> extents;
  set_pinned(state, pinned_frames(state, object, range), Pinning::unpin);
  if (object.is_paged()) {
    object.pages.remove(range, extents);
  } else {
    object.collect(range, state.page_size(), extents);
    object.segments.truncate(offset_of(range.first, state.page_size()));
  }
  let_go_of_tail(state, object, extents);
  if (extents.empty() || !object.owns_frames()) return;
  AllocatorWork work;
  for (const Extent& extent : extents) {
    for_each_region_part(state.memory, extent,
                         [&](Extent part) { work += state.memory.release(part, context.request.cpu); });
  }
  context.work().allocator += work;
  context.work().frames_freed += total_of(extents).count();
  ++state.change_count;
  context.records.publish(FramesReleased{.object = object.id,
                                         .cpu = context.request.cpu,
                                         .splits = WorkCount(work.splits),
                                         .merges = WorkCount(work.merges),
                                         .steps = WorkCount(work.steps),
                                         .extents = extents});
}

void publish_populated(Context& context, const MemoryObject& object) {
  context.records.publish(ObjectPopulated{.object = object.id,
                                          .backing = object.kind,
                                          .size = object.size,
                                          .frames = object.given_frames(context.state.page_size()),
                                          .segment_count = object.segment_count()});
}

void destroy_if_unreferenced(Context& context, ObjectSlot slot) {
  State& state = context.state;
  // A private copy holds its origin, which may go with it.
  while (slot != kNoObject && !state.objects.at(slot).is_referenced()) {
    MemoryObject& object = state.objects.at(slot);
    const ObjectSlot origin = object.origin;
    state.census.leave(object, state.page_size());
    if (object.kind == ObjectKind::typed && !object.segments.segments().empty()) {
      const auto area = state.direct_areas.find(state.page_size().frame_of(object.segments.segments().front().paddr));
      if (area != state.direct_areas.end() && area->second == slot) state.direct_areas.erase(area);
    }
    release_pages(context, object, {PageNumber(), PageNumber::max() - PageNumber()});
    context.records.publish(ObjectDestroyed{.object = object.id});
    state.objects.destroy(slot);
    if (origin != kNoObject) --state.objects.at(origin).copies;
    slot = origin;
  }
}

}  // namespace memsim::memmgr
