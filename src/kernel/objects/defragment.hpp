// Serving a contiguous request that the frame allocator has no place for by moving frames out of its way: those that
// borrow a CMA area, always, and all others on demand (`machine.contiguous_failure: defragment`).
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
//   3. *Move* what the other frames hold to frames outside, object by object, by ascending object: of general memory,
//      and once that is full of its CMA areas. The vacated frames never go back to the allocator: they are the
//      requester's.
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
  // What reaches into these regions.
  FrameMap(const State& state, std::span<const RegionId> of);
};

// Moves what `runs` hold, all of one object and by ascending page, to other frames, and publishes that; the frames that
// it leaves are nobody's. Gives the allocator's work; the frames moved are counted in the context. Requires: so many
// are free for what can move.
[[nodiscard]] AllocatorWork move_frames(Context& context, std::span<const MovableRun> runs);

// Takes one extent for a contiguous request that PhysicalMemory::allocate() has just refused of these regions: some, or
// areas alone. Counts its work in the context: the runs looked at (where areas are asked, those in them), even in vain,
// as steps of the allocator, and the frames moved.
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

  [[nodiscard]] bool serves(const FrameRequest& request, const RegionLists& pool);
  // The largest count that a request like `shape`, of what cannot move, would be served for; 0 where it would not be at
  // all.
  [[nodiscard]] FrameCount largest(FrameRequest shape, const RegionLists& pool);

 private:
  const State& state_;
  std::optional<FrameMap> map_;  // made when a request first needs it
};

}  // namespace memsim::memmgr
