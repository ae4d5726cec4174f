// The kernel's side of the door: asks a thread's caller what it does next, carries that out, and hands answers back.
#pragma once

#include "kernel/tables/kernel.hpp"

namespace memsim::door {

// Carries out actions of the running thread `slot`: what its caller asks for, or the effect of the call that it has
// paid for. It goes on until somebody else may have to run, or the thread has processor time to use up that others may
// take part in. Requires: it has none now.
void act(Kernel& kernel, ThreadSlot slot);

// Ends the threads whose end is due because their last message has ended. After whatever may end messages from outside
// act().
void reap(Kernel& kernel);

}  // namespace memsim::door
