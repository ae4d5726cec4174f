// What the calls do, once a thread has paid to get into the kernel.
#pragma once

#include "kernel/tables/kernel.hpp"

namespace memsim::calls {

// Carries out the running thread's pending call. Messages block it; other calls have their result at once.
void carry_out(Kernel& kernel, ThreadSlot slot);

}  // namespace memsim::calls
