// The interpreter: what a thread does when it has no processor time left to use up.
#pragma once

#include "kernel/tables/kernel.hpp"

namespace memsim::interpreter {

// Carries out actions of the running thread `slot`: a step of its program, the effect of the call that it has paid for,
// or a stage of the memory manager's service. It goes on until somebody else may have to run, or the thread has
// processor time to use up that others may take part in. Requires: it has none now.
void act(Kernel& kernel, ThreadSlot slot);

}  // namespace memsim::interpreter
