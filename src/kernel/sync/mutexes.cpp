// Mutexes and condition variables.
#include <algorithm>

#include "kernel/messages/deadlock.hpp"
#include "kernel/messages/messenger.hpp"
#include "kernel/schedule/scheduler.hpp"
#include "kernel/sync/waiting.hpp"

namespace memsim::sync {
namespace {

using messenger::refuse;

// The mutex, if `slot` owns it. EINVAL: it is something else; EPERM.
SimResult<SyncObject*> owned(Kernel& kernel, ThreadSlot slot, const SyncKey& key) {
  SyncObject* object = find(kernel, slot, key);
  if (object != nullptr && object->kind != SyncObject::Kind::mutex) return refused(Errno::einval);
  if (object == nullptr || object->owner != slot) return refused(Errno::eperm);
  return object;
}

// A waiter of a condition variable, off its list, gets the mutex back or waits for that.
void go_for_mutex(Kernel& kernel, ThreadSlot slot, const SyncKey& mutex, Errno error) {
  Thread& thread = kernel.thread(slot);
  kernel.cancel_timer(thread);
  thread.wait_error = error;
  const bool is_robust = thread.ask.arguments[CondvarArgs::shared] == kRobust;
  Errno got = acquire(kernel, slot, mutex, is_robust);
  if (got != Errno::eagain) {
    if (got == Errno::eok) got = error;
    return wake(kernel, slot, {.value = got == Errno::eok ? 0 : -1, .error = got});
  }
  thread.state = ThreadState::mutex;
  scheduler::publish_state(kernel, slot);
  settle_priority(kernel, thread.held_up_by);
  deadlock::look_from(kernel, slot);
}

}  // namespace

void mutex_lock(Kernel& kernel, ThreadSlot slot) {
  const CallArguments& given = kernel.thread(slot).ask.arguments;
  const Value timeout = given[SyncWaitArgs::timeout];
  const bool is_robust = given[SyncWaitArgs::shared] == kRobust;
  const SimResult<SyncKey> key = key_of(kernel, slot, given[SyncWaitArgs::sync], given[SyncWaitArgs::shared]);
  if (!key) return messenger::complete(kernel, slot, refuse(key.error()));
  if (const SyncObject* object = find(kernel, slot, *key); object != nullptr) {
    const bool is_ownerless = object->is_robust && object->owner == kNoThread;
    Errno error = Errno::eok;
    if (object->kind != SyncObject::Kind::mutex)
      error = Errno::einval;
    else if (object->owner == slot)
      error = Errno::edeadlk;
    else if (timeout == 0 && !is_ownerless)
      error = Errno::etimedout;
    if (error != Errno::eok) return messenger::complete(kernel, slot, refuse(error));
  }
  if (const Errno got = acquire(kernel, slot, *key, is_robust); got != Errno::eagain) {
    return messenger::complete(kernel, slot, got == Errno::eok ? Answer{} : refuse(got));
  }
  kernel.thread(slot).wait_error = Errno::eok;
  block(kernel, slot, ThreadState::mutex, timeout);
  settle_priority(kernel, kernel.thread(slot).held_up_by);
  deadlock::look_from(kernel, slot);
}

SimResult<void> mutex_unlock(Kernel& kernel, ThreadSlot slot) {
  const CallArguments& given = kernel.thread(slot).ask.arguments;
  const SimResult<SyncKey> key = key_of(kernel, slot, given[SyncArgs::sync], given[SyncArgs::shared]);
  if (!key) return refused(key.error());
  const SimResult<SyncObject*> mutex = owned(kernel, slot, *key);
  if (!mutex) return refused(mutex.error());
  if (!(*mutex)->waiters.empty()) scheduler::charge(kernel.thread(slot), kernel.config->costs.kernel_call);
  hand_over(kernel, slot, *key);
  return {};
}

void condvar_wait(Kernel& kernel, ThreadSlot slot) {
  const CallArguments& given = kernel.thread(slot).ask.arguments;
  const SimResult<SyncKey> key = key_of(kernel, slot, given[CondvarArgs::sync], given[CondvarArgs::shared]);
  if (!key) return messenger::complete(kernel, slot, refuse(key.error()));
  const SimResult<SyncKey> mutex = key_of(kernel, slot, given[CondvarArgs::mutex], given[CondvarArgs::shared]);
  if (!mutex) return messenger::complete(kernel, slot, refuse(mutex.error()));
  const SimResult<SyncObject*> held = owned(kernel, slot, *mutex);
  if (!held) return messenger::complete(kernel, slot, refuse(held.error()));
  const SyncObject* known = find(kernel, slot, *key);
  if (known != nullptr && (known->kind != SyncObject::Kind::condvar || known->mutex != *mutex)) {
    return messenger::complete(kernel, slot, refuse(Errno::einval));
  }
  if (given[CondvarArgs::timeout] == 0) return messenger::complete(kernel, slot, refuse(Errno::etimedout));
  SyncObject& condvar = objects_with(kernel, slot, *key)[*key];
  condvar.kind = SyncObject::Kind::condvar;
  condvar.mutex = *mutex;
  condvar.waiters.push_back(slot);
  kernel.thread(slot).waits_on = *key;
  block(kernel, slot, ThreadState::condvar, given[CondvarArgs::timeout]);
  hand_over(kernel, slot, *mutex);
}

SimResult<void> condvar_signal(Kernel& kernel, ThreadSlot slot) {
  const CallArguments& given = kernel.thread(slot).ask.arguments;
  const SimResult<SyncKey> key = key_of(kernel, slot, given[CondvarSignalArgs::sync], given[CondvarSignalArgs::shared]);
  if (!key) return refused(key.error());
  SyncObject* condvar = find(kernel, slot, *key);
  if (condvar == nullptr) return {};
  if (condvar->kind != SyncObject::Kind::condvar) return refused(Errno::einval);
  const bool all = given[CondvarSignalArgs::all] != 0;
  const SyncKey mutex = condvar->mutex;
  std::vector<ThreadSlot> woken;
  do {
    woken.push_back(take_next(kernel, *condvar));
  } while (all && !condvar->waiters.empty());
  if (condvar->waiters.empty()) objects_with(kernel, slot, *key).erase(*key);
  for (const ThreadSlot waiter : woken) go_for_mutex(kernel, waiter, mutex, Errno::eok);
  return {};
}

void condvar_timed_out(Kernel& kernel, ThreadSlot slot, const SyncKey& mutex) {
  go_for_mutex(kernel, slot, mutex, Errno::etimedout);
}

}  // namespace memsim::sync
