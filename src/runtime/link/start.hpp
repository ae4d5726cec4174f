// The beginning of a program, before any code of its own: the link, faults, and what the host may still be asked.
#pragma once

#include <memsim/runtime/link.hpp>

namespace memsim::runtime {

// From now on the questions of this thread go there.
void use(link::Slot& slot);

// Lets the host refuse all system calls but those that the C library makes of itself for what is left to it. They fail
// with ENOSYS, and the run has a note of each.
void confine();

// Ends the program, saying why on standard error.
[[noreturn]] void give_up(const char* why);

}  // namespace memsim::runtime
