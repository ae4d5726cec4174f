// Giving objects memory, taking it away, and ending them: every frame that moves between the allocator and an object
// does so here, so that pins, the census, the change count and the records agree.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "kernel/objects/state.hpp"

namespace memsim::memmgr {

// Whether frames may be moved out of the way of a contiguous demand, where the machine does so at all.
enum class Defragmenting : bool { refused, allowed };

// What holds for every block of a demand: see FrameRequest.
struct Placement {
  FrameCount alignment{1};
  FrameCount boundary{0};
  FrameNumber window_first{0};
  FrameNumber window_end = FrameNumber::max();
};

// Whether CMA areas may serve a demand: what can move borrows them, and contiguous ones claim them (RegionLists).
enum class Areas : bool { refused, allowed };

// What was locked stays, and so does what comes into it.
[[nodiscard]] inline Areas areas_for(const MemoryObject& object) {
  return object.locks.empty() ? Areas::allowed : Areas::refused;
}

struct FrameDemand {
  FrameCount count{};
  Contiguity contiguity = Contiguity::scattered;
  Mobility mobility = Mobility::unmovable;
  const RegionLists* from = nullptr;  // null: general memory
  Areas areas = Areas::allowed;
  Defragmenting defragmenting = Defragmenting::allowed;
  Placement place{};
};

// Takes zeroed frames. Errors: ENOMEM, published as an allocation_failed record for the object `concerned` (0: none
// yet). A demand for no frames gives none. A contiguous demand may move frames of other objects (defragment.hpp): out
// of a CMA area always, elsewhere where the machine does so.
[[nodiscard]] SimResult<TakenFrames> take_frames(Context& context, ObjectId concerned, const FrameDemand& demand);
// The same without a record of a refusal: for faults, which tell first of the frames that they did get.
[[nodiscard]] SimResult<TakenFrames> try_to_take(Context& context, const FrameDemand& demand);
void publish_refused(Context& context, ObjectId concerned, const FrameDemand& demand, Errno error);
void publish_refused(Context& context, ObjectId concerned, const FrameRequest& request, std::span<const RegionId> from,
                     Errno error, Moving moving);

// A new object of the calling process, announced. Requires: ids are left (ObjectTable::is_exhausted()).
[[nodiscard]] ObjectSlot create_named(Context& context, std::string_view name);
[[nodiscard]] ObjectSlot create_for_mapping(Context& context);

// While one of these lives, the object is out of the census and may change.
class ObjectEdit {
 public:
  ObjectEdit(State& state, ObjectSlot slot) : state_(state), slot_(slot) {
    state_.census.leave(object(), state_.page_size());
  }
  ObjectEdit(const ObjectEdit&) = delete;
  ObjectEdit& operator=(const ObjectEdit&) = delete;
  ~ObjectEdit() { state_.census.enter(object(), state_.page_size()); }

  [[nodiscard]] MemoryObject& object() { return state_.objects.at(slot_); }

 private:
  State& state_;
  ObjectSlot slot_;
};

// Puts frames that were taken behind the object's pages from `first` on, which had none, and publishes it: behind the
// end of a populated object, anywhere in a paged one. They are pinned where the object stays put or the page is locked.
// A tail is held, pinned, until the object loses its last page. Requires: the object is out of the census.
void put_frames(Context& context, MemoryObject& object, PageNumber first, const TakenFrames& taken);
// Gives the frames behind `range` back to the allocator, and with the last of the object its tail. A populated object
// must lose its last pages.
void release_pages(Context& context, MemoryObject& object, PageRange range);
// Publishes the object's present state.
void publish_populated(Context& context, const MemoryObject& object);

// Gives an object what was taken for it, and tells all of it: `change` makes the object what it is from now on (kind,
// size, what else its caller's call says), the frames go in, and its new state is published. The one way for a call to
// give memory; only faults put their frames in without it, run by run, and publish once.
template <class Change>
void give(Context& context, ObjectSlot slot, PageNumber first, const TakenFrames& taken, Change&& change) {
  ObjectEdit edit(context.state, slot);
  MemoryObject& object = edit.object();
  change(object);
  put_frames(context, object, first, taken);
  if (!object.is_paged()) object.segments.set_size(object.size);
  publish_populated(context, object);
}

// Ends the object if nothing holds it.
void destroy_if_unreferenced(Context& context, ObjectSlot slot);

// Locks movable frames of an object against moving, or unlocks them, and publishes it.
enum class Pinning : bool { unpin, pin };
void change_pinned(Context& context, const MemoryObject& object, std::span<const Extent> extents, Pinning pinning);

[[nodiscard]] constexpr TouchingSegments touching_of(const Semantics& semantics) {
  return semantics.merge_touching_segments ? TouchingSegments::merge : TouchingSegments::keep_apart;
}

[[nodiscard]] constexpr PageNumber page_at(Bytes offset, PageSize page_size) {
  return PageNumber(offset.count() >> page_size.shift());
}

[[nodiscard]] constexpr Bytes offset_of(PageNumber page, PageSize page_size) {
  return Bytes(page.value() << page_size.shift());
}

}  // namespace memsim::memmgr
