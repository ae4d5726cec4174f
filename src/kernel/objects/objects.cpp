#include "kernel/objects/objects.hpp"

#include <algorithm>

#include <memsim/base/check.hpp>

#include "kernel/objects/defragment.hpp"

namespace memsim::memmgr {
namespace {

void set_pinned(State& state, std::span<const Extent> extents, Pinning pinning) {
  pinning == Pinning::pin ? state.machine.pin(extents) : state.machine.unpin(extents);
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

void append_frames(const State& state, MemoryObject& object, std::span<const Extent> extents) {
  const TouchingSegments touching = touching_of(state.semantics);
  for (const Extent& extent : extents) {
    object.segments.append(state.page_size().address_of(extent.first), state.page_size().bytes_of(extent.count),
                           touching);
  }
}

void insert_frames(MemoryObject& object, PageNumber first, std::span<const Extent> extents) {
  PageNumber page = first;
  for (const Extent& extent : extents) {
    object.pages.insert(page, extent);
    page += extent.count;
  }
}

void hold_tail(State& state, MemoryObject& object, Extent tail) {
  if (tail.count.is_zero()) return;
  MEMSIM_CHECK_THAT(object.stays_put && object.tail.count.is_zero(), "a tail belongs to one contiguous demand");
  set_pinned(state, std::span(&tail, 1), Pinning::pin);
  object.tail = tail;
}

const RegionLists& pool_of(const State& state, const FrameDemand& demand) {
  return demand.from == nullptr ? state.memory().general() : *demand.from;
}

bool claims_area(const State& state, const FrameRequest& request, const FrameDemand& demand) {
  return demand.areas == Areas::allowed && pool_of(state, demand).claims_area(request);
}

std::span<const RegionId> regions_for(const State& state, const FrameRequest& request, const FrameDemand& demand) {
  const RegionLists& pool = pool_of(state, demand);
  return demand.areas == Areas::allowed ? pool.serving(request) : pool.fixed();
}

// Whether frames may be moved out of the way of a demand that cannot be met otherwise.
Moving moving_for(const State& state, const FrameRequest& request, const FrameDemand& demand) {
  if (!claims_area(state, request, demand) && !may_move_for(state, demand.contiguity)) return Moving::off;
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
  context.state.machine.tell_pinned(context.records, object.id, pinning == Pinning::pin, extents);
}

namespace {

FrameRequest request_for(const Context& context, const FrameDemand& demand) {
  return {.count = demand.count,
          .contiguity = demand.contiguity,
          .mobility = demand.mobility,
          .cpu = context.request.cpu,
          .alignment = demand.place.alignment,
          .boundary = demand.place.boundary,
          .window_first = demand.place.window_first,
          .window_end = demand.place.window_end};
}

SimResult<TakenFrames> take_from_areas(Context& context, const FrameRequest& request, const FrameDemand& demand) {
  const std::span<const RegionId> areas = pool_of(context.state, demand).areas();
  auto taken = context.state.machine.take(request, areas);
  if (taken || demand.defragmenting == Defragmenting::refused) return taken;
  return take_by_moving(context, request, areas);
}

}  // namespace

SimResult<TakenFrames> try_to_take(Context& context, const FrameDemand& demand) {
  State& state = context.state;
  const FrameRequest request = request_for(context, demand);
  const std::span<const RegionId> from = regions_for(state, request, demand);
  if (demand.count.is_zero()) return TakenFrames{.allocation = {}, .request = request, .from = from};
  if (from.empty()) return refused(Errno::enomem);  // there are areas alone
  SimResult<TakenFrames> taken = refused(Errno::enomem);
  if (claims_area(state, request, demand)) taken = take_from_areas(context, request, demand);
  if (!taken) taken = state.machine.take(request, from);
  if (!taken && may_move_for(state, demand.contiguity) && demand.defragmenting == Defragmenting::allowed) {
    taken = take_by_moving(context, request, from);
  }
  if (!taken) return taken;
  taken->from = from;
  context.work().allocator += taken->allocation.work;
  context.work().frames_zeroed += demand.count.count();
  return taken;
}

SimResult<TakenFrames> take_frames(Context& context, ObjectId concerned, const FrameDemand& demand) {
  auto taken = try_to_take(context, demand);
  if (!taken) publish_refused(context, concerned, demand, taken.error());
  return taken;
}

void publish_refused(Context& context, ObjectId concerned, const FrameDemand& demand, Errno error) {
  const FrameRequest request = request_for(context, demand);
  std::span<const RegionId> from = regions_for(context.state, request, demand);
  if (demand.from != nullptr && from.empty()) from = demand.from->contiguous();
  publish_refused(context, concerned, request, from, error, moving_for(context.state, request, demand));
}

void publish_refused(Context& context, ObjectId concerned, const FrameRequest& request, std::span<const RegionId> from,
                     Errno error, Moving moving) {
  context.state.machine.tell_refused(context.records, {concerned, context.request.pid}, request, from, error, moving);
}

namespace {

ObjectSlot create(Context& context, std::string_view name, bool of_mapping) {
  State& state = context.state;
  const ObjectSlot slot = state.objects.create();
  MemoryObject& object = state.objects.at(slot);
  object.creator = context.process.pid;
  object.uid = context.process.uid;
  context.outcome.object = object.id;
  context.records.publish(
      ObjectCreated{.object = object.id, .pid = context.request.pid, .name = name, .of_mapping = of_mapping});
  return slot;
}

}  // namespace

ObjectSlot create_named(Context& context, std::string_view name) { return create(context, name, false); }

ObjectSlot create_for_mapping(Context& context) { return create(context, {}, true); }

void put_frames(Context& context, MemoryObject& object, PageNumber first, const TakenFrames& taken) {
  const State& state = context.state;
  const Allocation& allocation = taken.allocation;
  // Told before the pins that follow from it.
  state.machine.tell_taken(context.records, {object.id, context.request.pid}, offset_of(first, state.page_size()),
                           taken);
  if (object.is_paged()) {
    insert_frames(object, first, allocation.extents);
  } else {
    append_frames(state, object, allocation.extents);
  }
  pin_new_frames(context, object, {first, total_of(allocation.extents)});
  hold_tail(context.state, object, allocation.tail);
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
  context.work().allocator += state.machine.release(context.records, object.id, extents, context.request.cpu);
  context.work().frames_freed += total_of(extents).count();
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
    if (object.kind == ObjectKind::physical) state.overlay_segments -= object.segments.segments().size();
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
