// Memory that no process asked for: what was in use when the run began, and what recorded traces take beside the
// processes.
//
// Both are paged objects of the system, whose pages bear the numbers that the recording gave them: so a page keeps its
// identity wherever its frame is, and defragmentation moves it as it moves any other. They count in no measure of the
// processes' objects, have no object_populated records, and cost no simulated time.
#pragma once

#include "kernel/objects/state.hpp"

namespace memsim::memmgr {

// Gives all that is in use now, but reservations, to an object of its own, where it stays: a page's number is that of
// its frame. Once, before anything was taken.
void hold_at_start(State& state);

// Plays an event of a background's layer, by identity: the trace says which page is meant, the policy chooses its
// place. What is refused has an allocation_failed record, and its release is passed over, as that of any page that the
// background does not hold. A page that is allocated while it is held is given back first. Frames are not moved out of
// the way of an allocation; movable ones are moved out of the way of others. An allocation that is not of the share is
// held by nobody, so that its release is passed over; who held it has it no more.
void play(Context& context, std::size_t number, const BackgroundConfig& background, const TraceEvent& event,
          Share share);

}  // namespace memsim::memmgr
