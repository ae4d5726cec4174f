// Mutexes and condition variables.
#include <algorithm>

#include "kernel/messages/deadlock.hpp"
#include "kernel/messages/messenger.hpp"
#include "kernel/schedule/scheduler.hpp"
#include "kernel/sync/waiting.hpp"

namespace memsim::sync {
namespace {

// The mutex of that number, if `slot` owns it. EINVAL: it is something else; EPERM.
SimResult<SyncObject*> owned(Kernel& kernel, ThreadSlot slot, Value number) {
  SyncObject* object = find(kernel, slot, number);
  if (object != nullptr && object->kind != SyncObject::Kind::mutex) return refused(Errno::einval);
  if (object == nullptr || object->owner != slot) return refused(Errno::eperm);
  return object;
}

// A waiter of a condition variable, off its list, gets the mutex back or waits for that.
void go_for_mutex(Kernel& kernel, ThreadSlot slot, Errno error) {
  Thread& thread = kernel.thread(slot);
  kernel.cancel_timer(thread);
  thread.wait_error = error;
  const Value mutex = thread.ask.arguments[CondvarArgs::mutex];
  if (acquire(kernel, slot, mutex)) {
    return wake(kernel, slot, {.value = error == Errno::eok ? 0 : -1, .error = error});
  }
  thread.state = ThreadState::mutex;
  scheduler::publish_state(kernel, slot);
  settle_priority(kernel, thread.held_up_by);
  deadlock::look_from(kernel, slot);
}

}  // namespace

void mutex_lock(Kernel& kernel, ThreadSlot slot) {
  const CallArguments& given = kernel.thread(slot).ask.arguments;
  const Value number = given[SyncArgs::sync];
  const SyncObject* object = find(kernel, slot, number);
  if (object != nullptr && object->kind != SyncObject::Kind::mutex) {
    return messenger::complete(kernel, slot, refuse(Errno::einval));
  }
  if (object != nullptr && object->owner == slot) return messenger::complete(kernel, slot, refuse(Errno::edeadlk));
  const Value timeout = given[SyncArgs::timeout];
  if (object != nullptr && timeout == 0) return messenger::complete(kernel, slot, refuse(Errno::etimedout));
  if (acquire(kernel, slot, number)) return messenger::complete(kernel, slot, {});
  kernel.thread(slot).wait_error = Errno::eok;
  block(kernel, slot, ThreadState::mutex, timeout);
  settle_priority(kernel, kernel.thread(slot).held_up_by);
  deadlock::look_from(kernel, slot);
}

SimResult<void> mutex_unlock(Kernel& kernel, ThreadSlot slot) {
  const Value number = kernel.thread(slot).ask.arguments[SyncArgs::sync];
  const SimResult<SyncObject*> mutex = owned(kernel, slot, number);
  if (!mutex) return refused(mutex.error());
  if (!(*mutex)->waiters.empty()) scheduler::charge(kernel.thread(slot), kernel.config->costs.kernel_call);
  hand_over(kernel, slot, number);
  return {};
}

void condvar_wait(Kernel& kernel, ThreadSlot slot) {
  const CallArguments& given = kernel.thread(slot).ask.arguments;
  const Value number = given[CondvarArgs::sync];
  const Value mutex = given[CondvarArgs::mutex];
  const SimResult<SyncObject*> held = owned(kernel, slot, mutex);
  if (!held) return messenger::complete(kernel, slot, refuse(held.error()));
  const SyncObject* known = find(kernel, slot, number);
  if (known != nullptr && (known->kind != SyncObject::Kind::condvar || known->mutex != mutex)) {
    return messenger::complete(kernel, slot, refuse(Errno::einval));
  }
  if (given[CondvarArgs::timeout] == 0) return messenger::complete(kernel, slot, refuse(Errno::etimedout));
  SyncObject& condvar = kernel.process_of(slot).syncs[number];
  condvar.kind = SyncObject::Kind::condvar;
  condvar.mutex = mutex;
  condvar.waiters.push_back(slot);
  kernel.thread(slot).waits_on = number;
  block(kernel, slot, ThreadState::condvar, given[CondvarArgs::timeout]);
  hand_over(kernel, slot, mutex);
}

SimResult<void> condvar_signal(Kernel& kernel, ThreadSlot slot) {
  const CallArguments& given = kernel.thread(slot).ask.arguments;
  const Value number = given[CondvarSignalArgs::sync];
  const SyncObject* found = find(kernel, slot, number);
  if (found == nullptr) return {};
  if (found->kind != SyncObject::Kind::condvar) return refused(Errno::einval);
  const bool all = given[CondvarSignalArgs::all] != 0;
  std::vector<ThreadSlot> woken;
  SyncObject& condvar = *find(kernel, slot, number);
  do {
    woken.push_back(take_next(kernel, condvar));
  } while (all && !condvar.waiters.empty());
  if (condvar.waiters.empty()) kernel.process_of(slot).syncs.erase(number);
  for (const ThreadSlot waiter : woken) go_for_mutex(kernel, waiter, Errno::eok);
  return {};
}

void condvar_timed_out(Kernel& kernel, ThreadSlot slot) { go_for_mutex(kernel, slot, Errno::etimedout); }

}  // namespace memsim::sync
