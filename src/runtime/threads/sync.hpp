// Mutexes and condition variables of the simulation, and what is built on them.
#pragma once

#include <cstdint>
#include <ctime>

#include "runtime/link/start.hpp"

namespace memsim::runtime {

// What the simulation knows one by.
struct Name {
  const volatile void* address = nullptr;
  std::int64_t shared = 0;  // 0: of this process; 1: of all who map that memory; 2: and robust
  // `for_whom`: as `shared`; memory that the simulation has not mapped is this process's alone.
  Name(const volatile void* place, std::int64_t for_whom = 0)
      : address(place), shared(may_be_mapped(place) ? for_whom : 0) {}
};

// Each gives an errno; a timeout of -1 is none.

// EDEADLK to its owner. Nobody waits while main() is the only thread of a process, and nobody is asked.
int lock(Name mutex, std::int64_t timeout = -1);
int unlock(Name mutex);
int wait_for(Name condition, Name mutex, std::int64_t timeout = -1);
int signal(Name condition, bool all);

[[nodiscard]] bool is_time(const timespec& time);
// What is left until a simulated time.
[[nodiscard]] std::int64_t until(const timespec& time);

}  // namespace memsim::runtime
