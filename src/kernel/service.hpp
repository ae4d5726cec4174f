// The memory manager's threads: they take a message, do all it asks at once, use up the time that this costs, and
// reply.
#pragma once

#include "kernel/tables/kernel.hpp"

namespace memsim::service {

// The thread has just received (or been left the remains of a process): do the work and charge for it.
void serve(Kernel& kernel, ThreadSlot server);
// The work is paid for: reply, and take what waits next.
void send_reply(Kernel& kernel, ThreadSlot server);

}  // namespace memsim::service
