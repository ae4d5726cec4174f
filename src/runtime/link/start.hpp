// The beginning of a program, before any code of its own: the link, faults, and what the host may still be asked.
#pragma once

#include <cstdint>

#include <memsim/runtime/link.hpp>

namespace memsim::runtime {

// From now on the questions of this thread go there.
void use(link::Slot& slot);

// Lets the host refuse all system calls but those that the C library makes of itself for what is left to it. They fail
// with ENOSYS, and the run has a note of each.
void confine();

// Whether the simulation may have mapped that address; see AddressSpace.
[[nodiscard]] inline bool may_be_mapped(const volatile void* address) {
  const auto place = reinterpret_cast<std::uintptr_t>(address);
  return 0x1000'0000 <= place && place < 0x5000'0000'0000;
}

// Ends the program, saying why on standard error.
[[noreturn]] void give_up(const char* why);

}  // namespace memsim::runtime
