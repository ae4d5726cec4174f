// Defragmentation on demand: serving a contiguous request that the frame allocator has no place for by moving frames
// out of its way (`machine.contiguous_failure: defragment`).
//
// The modelled system did so from 6.4.1 on: in the context and at the priority of the requesting thread, which stays
// blocked meanwhile. Here the request is a message to the memory manager, so that its service simply costs more.
//
//   1. *Choose*. Of all conforming ranges in the regions that may serve the request, the one with the fewest frames to
//      move and no frame that cannot move; among equals the first region in the request's order, then the lowest
//      address. Free frames and movable ones make a range; lazy, ftruncate()d and private memory can move as long as
//      nobody has locked it. All else stays: memory from shm_ctl(), typed memory, contiguous memory, reservations.
//   2. *Claim* the free frames of the range from the allocator, piece by piece and by name. This asks nothing of the
//      policy but that it gives out a free frame that is asked for, so it works with every one.
//   3. *Move* what the other frames hold to frames outside, object by object, by ascending object. The vacated frames
//      never go back to the allocator: they are the requester's.
//
// It is known before step 2 whether all of it will succeed, so nothing is ever undone, and whoever only wants to know
// whether a request would be served asks the same (Prospects).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <memsim/base/contiguous_range.hpp>

#include "kernel/objects/state.hpp"

namespace memsim::memmgr {

// Whether moving frames is a way to serve such a request on this machine, if the caller does not object.
[[nodiscard]] inline bool may_move_for(const State& state, Contiguity contiguity) {
  return contiguity == Contiguity::contiguous && state.contiguous_failure == ContiguousFailure::defragment;
}

// Frames that can move, and the pages of an object that they are behind.
struct MovableRun {
  Extent frames;
  PageNumber page;
  ObjectSlot object;
};

// What lies where in the machine's memory, by address. O(objects + runs log runs) to make.
struct FrameMap {
  std::vector<MovableRun> movable;
  std::vector<FrameRun> runs;  // the free and the movable frames; all others are pinned

  explicit FrameMap(const State& state);
};

// Takes one extent for a contiguous request that PhysicalMemory::allocate() has just refused; `from` as there. Counts
// its work in the context: the runs looked at, even in vain, as steps of the allocator, and the frames moved.
// Publishes, for each object that had to move, frames_moved and then object_populated.
// Errors: ENOMEM, with nothing changed: no conforming range is without a frame that cannot move, or too little is free
// to move the others to. O(objects + runs log runs).
[[nodiscard]] SimResult<TakenFrames> take_by_moving(Context& context, const FrameRequest& request,
                                                    std::span<const RegionId> from);

// What requests would get at this moment, by whatever way a request made now would be served. Changes nothing. Good
// until the state changes.
class Prospects {
 public:
  explicit Prospects(const State& state) : state_(state) {}

  [[nodiscard]] bool serves(const FrameRequest& request, std::span<const RegionId> from = {});
  // The largest count that a request like `shape` would be served for; 0 where it would not be at all.
  [[nodiscard]] FrameCount largest(FrameRequest shape, std::span<const RegionId> from = {});

 private:
  const State& state_;
  std::optional<FrameMap> map_;  // made when a request first needs it
};

}  // namespace memsim::memmgr
