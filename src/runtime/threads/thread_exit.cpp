// Apart, for a thread is unwound by a library that programs without it need not load.
#include <sys/neutrino.h>
#include <unwind.h>
#include <cerrno>

#include "runtime/link/ask.hpp"
#include "runtime/threads/threads.hpp"

namespace {

// The C library opens it when it is needed, which a program may not do by then.
[[gnu::used]] void* const unwinder = reinterpret_cast<void*>(&_Unwind_ForcedUnwind);

}  // namespace

extern "C" {

void pthread_exit(void* value) { memsim::runtime::end_thread(value); }

int ThreadDestroy(int tid, int, void* status) {
  if (tid != 0 && tid != memsim::runtime::own_tid()) return static_cast<int>(memsim::runtime::failed(EPERM));
  memsim::runtime::end_thread(status);
}

}  // extern "C"
