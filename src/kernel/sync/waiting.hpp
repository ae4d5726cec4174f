// What the files of this room share with each other and with nobody else.
#pragma once

#include "kernel/tables/kernel.hpp"

namespace memsim::sync {

// The answer to a call that failed.
inline Answer refuse(Errno error) { return {.value = -1, .error = error}; }

// SyncMutexLock(), SyncMutexUnlock(), SyncCondvarWait(), SyncCondvarSignal().
void mutex_lock(Kernel& kernel, ThreadSlot slot);
[[nodiscard]] SimResult<void> mutex_unlock(Kernel& kernel, ThreadSlot slot);
void condvar_wait(Kernel& kernel, ThreadSlot slot);
[[nodiscard]] SimResult<void> condvar_signal(Kernel& kernel, ThreadSlot slot);

// A waiter of a condition variable, off its list, has waited long enough: it fails with ETIMEDOUT once it has the
// mutex.
void condvar_timed_out(Kernel& kernel, ThreadSlot slot);

// The object of that number, or null.
[[nodiscard]] SyncObject* find(Kernel& kernel, ThreadSlot slot, Value number);
// The running thread blocks, for no longer than its call's timeout says. Requires: that is not 0.
void block(Kernel& kernel, ThreadSlot slot, ThreadState state, Value timeout);
// A thread that waits here goes on with the answer.
void wake(Kernel& kernel, ThreadSlot slot, const Answer& answer);
// Takes out the one that is next. Requires: somebody waits.
[[nodiscard]] ThreadSlot take_next(const Kernel& kernel, SyncObject& object);

// The mutex passes to whoever is next, or is gone. `owner` runs at its own priority again, as far as nothing else holds
// it up.
void hand_over(Kernel& kernel, ThreadSlot owner, Value number);
// The thread, which is in no list, gets the mutex or waits for it, and has the answer once it has the mutex. Whether it
// has it now.
bool acquire(Kernel& kernel, ThreadSlot slot, Value number);
// Priorities after somebody has stopped to wait for a mutex of `owner`.
void settle_priority(Kernel& kernel, ThreadSlot owner);

}  // namespace memsim::sync
