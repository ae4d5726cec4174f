// A start from a recorded state, under any policy.
#pragma once

#include <memory>

#include <memsim/phys/frame_allocator.hpp>
#include <memsim/replay/recorded_state.hpp>

namespace memsim {

// An allocator over the state's zone where exactly its free blocks are free: with `linux` on these very lists, with any
// other policy by taking what is in use, block by block, out of fresh memory. Requires: valid options.
// Error (bad_input): a policy that cannot give out a single frame at a given place.
[[nodiscard]] HostResult<std::unique_ptr<FrameAllocator>> start_allocator(const Policy& policy,
                                                                          const PolicyOptions& options,
                                                                          const RecordedState& start);

// The extents in use, ascending.
[[nodiscard]] std::vector<Extent> extents_in_use(const RecordedState& state);

}  // namespace memsim
