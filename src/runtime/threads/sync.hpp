// Mutexes of the simulation, by whatever address stands for them.
#pragma once

#include <cstdint>

namespace memsim::runtime {

// Gives an errno; EDEADLK to its owner. Nobody waits while main() is the only thread, and nobody is asked.
int lock(const volatile void* mutex, std::int64_t timeout = -1);
int unlock(const volatile void* mutex);

}  // namespace memsim::runtime
