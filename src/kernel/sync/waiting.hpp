// What the files of this room share with each other and with nobody else.
#pragma once

#include "kernel/tables/kernel.hpp"

namespace memsim::sync {

// SyncMutexLock(), SyncMutexUnlock(), SyncCondvarWait(), SyncCondvarSignal().
void mutex_lock(Kernel& kernel, ThreadSlot slot);
[[nodiscard]] SimResult<void> mutex_unlock(Kernel& kernel, ThreadSlot slot);
void condvar_wait(Kernel& kernel, ThreadSlot slot);
[[nodiscard]] SimResult<void> condvar_signal(Kernel& kernel, ThreadSlot slot);

// A waiter of a condition variable, off its list, has waited long enough: it fails with ETIMEDOUT once it has the mutex
// again.
void condvar_timed_out(Kernel& kernel, ThreadSlot slot, const SyncKey& mutex);

// What a thread means by a number and the argument `shared`. EFAULT: nothing is mapped there; EINVAL: no such `shared`.
[[nodiscard]] SimResult<SyncKey> key_of(const Kernel& kernel, ThreadSlot slot, Value number, Value shared);
constexpr Value kRobust = 2;  // of `shared`

// Where that thread's objects of this kind are.
[[nodiscard]] SyncObjects& objects_with(Kernel& kernel, ThreadSlot slot, const SyncKey& key);
// The object, or null.
[[nodiscard]] SyncObject* find(Kernel& kernel, ThreadSlot slot, const SyncKey& key);
// Calls visit(key, object) for each mutex that the thread owns.
template <class Objects, class Visitor>  // SyncObjects, const or not
void for_each_owned(Objects& objects, ThreadSlot owner, Visitor&& visit) {
  for (auto& [key, object] : objects) {
    if (object.kind == SyncObject::Kind::mutex && object.owner == owner) visit(key, object);
  }
}
// The running thread blocks, for no longer than its call's timeout says. Requires: that is not 0.
void block(Kernel& kernel, ThreadSlot slot, ThreadState state, Value timeout);
// A thread that waits here goes on with the answer.
void wake(Kernel& kernel, ThreadSlot slot, const Answer& answer);
// Takes out the one that is next. Requires: somebody waits.
[[nodiscard]] ThreadSlot take_next(const Kernel& kernel, SyncObject& object);

// The mutex passes to whoever is next, or is gone. `owner` runs at its own priority again, as far as nothing else holds
// it up. `because`: what whoever is next is told, if anything.
void hand_over(Kernel& kernel, ThreadSlot owner, const SyncKey& key, Errno because = Errno::eok);
// The thread, which is in no list, gets the mutex or waits for it, and has the answer once it has the mutex. Whether it
// has it now: EOK, or EOWNERDEAD; EAGAIN: it waits.
[[nodiscard]] Errno acquire(Kernel& kernel, ThreadSlot slot, const SyncKey& key, bool is_robust);
// Priorities after somebody has stopped to wait for a mutex of `owner`.
void settle_priority(Kernel& kernel, ThreadSlot owner);

}  // namespace memsim::sync
