// Local static variables of C++, whose first use waits while another thread makes them.
#include <cstdint>

#include "runtime/threads/sync.hpp"

extern "C" {

int __cxa_guard_acquire(std::uint64_t* guard) {
  const auto* is_made = reinterpret_cast<const volatile char*>(guard);
  if (*is_made != 0) return 0;
  memsim::runtime::lock(guard);
  if (*is_made == 0) return 1;
  memsim::runtime::unlock(guard);
  return 0;
}
void __cxa_guard_release(std::uint64_t* guard) {
  *reinterpret_cast<volatile char*>(guard) = 1;
  memsim::runtime::unlock(guard);
}
void __cxa_guard_abort(std::uint64_t* guard) { memsim::runtime::unlock(guard); }

}  // extern "C"
