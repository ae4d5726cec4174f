// The interpreter: what a thread does when it has no processor time left to use up.
#pragma once

#include "kernel/kernel.hpp"

namespace memsim::interpreter {

// Carries out one action of the running thread `slot`: a step of its program, the effect of the call that it has paid
// for, or a stage of the memory manager's service. Afterwards the thread has processor time to use up, or is ready to
// act again at once, or is blocked, or has ended.
void act(Kernel& kernel, ThreadSlot slot);

}  // namespace memsim::interpreter
