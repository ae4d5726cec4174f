// Threads that wait for each other in a circle, and will for ever.
//
// A client waits for any thread of its server's process: each may receive its message, and each may reply to one that
// was received. It goes on without them where a timeout will take its message back; on a channel with _NTO_CHF_UNBLOCK
// that is so only until it was received. A server thread that waits in MsgReceive() may yet be sent something, be it a
// pulse, and so can go on as long as anything is left to happen in the world. A thread waits for the owner of a mutex,
// and for the one that it joins, too.
#pragma once

#include "kernel/tables/kernel.hpp"

namespace memsim::deadlock {

// `thread` has just blocked in MsgSend(), for a mutex or in ThreadJoin(). Publishes every deadlock that this completed.
// The usual case, a server that can go on, is seen at the first step of the chain.
void look_from(Kernel& kernel, ThreadSlot thread);

// A thread of the process has ended: whoever waits for the others may now wait for ever.
void look_after_end(Kernel& kernel, ProcessSlot process);

// Nothing is left to happen: now nobody who waits can go on. Publishes the deadlocks that only this completed, and says
// whether there is any.
[[nodiscard]] bool look_at_end(Kernel& kernel);

// Who waits for whom, timeouts or not; sorted.
[[nodiscard]] std::vector<WaitEdge> wait_edges(const Kernel& kernel);

}  // namespace memsim::deadlock
