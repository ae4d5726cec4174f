// Threads that wait for each other in a circle.
#pragma once

#include <span>

#include "kernel/tables/kernel.hpp"

namespace memsim::deadlock {

// Threads that `thread` waits for: the one that holds its message, or all that could receive it. Empty when it is not
// SEND- or REPLY-blocked, and for the memory manager's clients: the memory manager always goes on. A view into the
// kernel's tables.
[[nodiscard]] std::span<const ThreadSlot> awaited_by(const Kernel& kernel, ThreadSlot slot);

// `thread` has just blocked in MsgSend(). Publishes every deadlock that this completed. The usual case, a server that
// can go on, is seen at the first step of the chain.
void look_from(Kernel& kernel, ThreadSlot thread);

[[nodiscard]] std::vector<WaitEdge> wait_edges(const Kernel& kernel);

}  // namespace memsim::deadlock
