// Background: recorded traces that play beside the processes.
//
// Each has one entry in the event queue at a time: that of its next event. What happens at that instant takes no
// simulated time and no processor; only memory changes. A trace is read in batches as it plays.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernel/tables/kernel.hpp"

namespace memsim::background {

// Enters the first event of each.
void start(Kernel& kernel);
// Plays what is due now, and enters the next event. Where the trace can be read no further, it stops the run.
void play(Kernel& kernel, std::uint32_t number);
// How many entries of the queue belong to backgrounds without an end.
[[nodiscard]] std::size_t endless_pending(const Kernel& kernel);

}  // namespace memsim::background
