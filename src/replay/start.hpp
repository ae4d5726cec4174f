// A start from a recorded state, under any policy.
#pragma once

#include <memory>

#include <memsim/phys/frame_allocator.hpp>
#include <memsim/replay/recorded_state.hpp>

namespace memsim {

// An allocator over the state's zone where exactly its free blocks are free: with `linux` on these very lists.
// Requires: valid options. Error (bad_input): lists of another shape than the options of `linux` say.
[[nodiscard]] HostResult<std::unique_ptr<FrameAllocator>> start_allocator(const Policy& policy,
                                                                          const PolicyOptions& options,
                                                                          const RecordedState& start);

}  // namespace memsim
