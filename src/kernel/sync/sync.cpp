#include "kernel/sync/sync.hpp"

#include <algorithm>

#include "kernel/messages/deadlock.hpp"
#include "kernel/messages/messenger.hpp"
#include "kernel/sync/waiting.hpp"

namespace memsim::sync {
namespace {

// SEM_VALUE_MAX.
constexpr Value kMostCount = 0x7fffffff;
// Semaphores that a process may have at once.
constexpr std::size_t kMostObjects = 65'536;

Answer answer_of(const SimResult<void>& result) { return result ? Answer{} : refuse(result.error()); }

// SyncTypeCreate(). EINVAL: no count of a semaphore; EBUSY: the number means something in use; EAGAIN.
SimResult<void> create_semaphore(Kernel& kernel, ThreadSlot slot) {
  const CallArguments& given = kernel.thread(slot).ask.arguments;
  const Value count = given[SyncCreateArgs::count];
  if (count < 0 || count > kMostCount) return refused(Errno::einval);
  auto& objects = kernel.process_of(slot).syncs;
  if (objects.contains(given[SyncCreateArgs::sync])) return refused(Errno::ebusy);
  if (objects.size() >= kMostObjects) return refused(Errno::eagain);
  objects.emplace(
      given[SyncCreateArgs::sync],
      SyncObject{.kind = SyncObject::Kind::semaphore, .count = static_cast<std::uint32_t>(count), .waiters = {}});
  return {};
}

// SyncDestroy(). EBUSY: somebody owns it or waits for it. What nobody uses is gone already.
SimResult<void> destroy(Kernel& kernel, ThreadSlot slot) {
  const Value number = kernel.thread(slot).ask.arguments[SyncArgs::sync];
  const SyncObject* object = find(kernel, slot, number);
  if (object == nullptr) return {};
  if (object->kind != SyncObject::Kind::semaphore || !object->waiters.empty()) return refused(Errno::ebusy);
  kernel.process_of(slot).syncs.erase(number);
  return {};
}

// SyncSemWait(). EINVAL: no semaphore; ETIMEDOUT.
void semaphore_wait(Kernel& kernel, ThreadSlot slot) {
  const CallArguments& given = kernel.thread(slot).ask.arguments;
  SyncObject* object = find(kernel, slot, given[SyncArgs::sync]);
  const Value timeout = given[SyncArgs::timeout];
  if (object == nullptr || object->kind != SyncObject::Kind::semaphore) {
    return messenger::complete(kernel, slot, refuse(Errno::einval));
  }
  if (object->count > 0) {
    --object->count;
    return messenger::complete(kernel, slot, {});
  }
  if (timeout == 0) return messenger::complete(kernel, slot, refuse(Errno::etimedout));
  object->waiters.push_back(slot);
  kernel.thread(slot).waits_on = given[SyncArgs::sync];
  block(kernel, slot, ThreadState::semaphore, timeout);
}

// SyncSemPost(). EINVAL: no semaphore; EAGAIN: its count is as high as it gets.
SimResult<void> semaphore_post(Kernel& kernel, ThreadSlot slot) {
  SyncObject* object = find(kernel, slot, kernel.thread(slot).ask.arguments[SyncArgs::sync]);
  if (object == nullptr || object->kind != SyncObject::Kind::semaphore) return refused(Errno::einval);
  if (!object->waiters.empty()) return wake(kernel, take_next(kernel, *object), {}), SimResult<void>{};
  if (object->count == kMostCount) return refused(Errno::eagain);
  ++object->count;
  return {};
}

// Whether a thread of that tid has ended and was not joined. From now on it was.
bool take_ended(Process& process, Value tid) {
  return std::erase_if(process.ended_threads, [tid](ThreadId id) { return id.value() == tid; }) != 0;
}

// kNoThread where there is none.
ThreadSlot find_thread(const Kernel& kernel, const Process& process, Value tid) {
  const auto found = std::find_if(process.threads.begin(), process.threads.end(),
                                  [&](ThreadSlot thread) { return kernel.thread(thread).tid.value() == tid; });
  return found == process.threads.end() ? kNoThread : *found;
}

// Who waits for that thread's end; kNoThread where nobody does.
ThreadSlot joiner_of(const Kernel& kernel, const Process& process, ThreadSlot slot) {
  const auto found = std::find_if(process.threads.begin(), process.threads.end(), [&](ThreadSlot sibling) {
    return kernel.thread(sibling).state == ThreadState::join && kernel.thread(sibling).held_up_by == slot;
  });
  return found == process.threads.end() ? kNoThread : *found;
}

// ThreadJoin(). ESRCH: there is none of that tid, or it was joined already; EDEADLK: itself; EBUSY: another joins it;
// EINVAL: it is detached.
void join(Kernel& kernel, ThreadSlot slot) {
  Thread& thread = kernel.thread(slot);
  Process& process = kernel.process_of(slot);
  const Value tid = thread.ask.arguments[JoinArgs::tid];
  if (tid == thread.tid.value()) return messenger::complete(kernel, slot, refuse(Errno::edeadlk));
  if (take_ended(process, tid)) return messenger::complete(kernel, slot, {});
  const ThreadSlot other = find_thread(kernel, process, tid);
  if (other == kNoThread) return messenger::complete(kernel, slot, refuse(Errno::esrch));
  if (kernel.thread(other).detached) return messenger::complete(kernel, slot, refuse(Errno::einval));
  if (joiner_of(kernel, process, other) != kNoThread) return messenger::complete(kernel, slot, refuse(Errno::ebusy));
  const Value timeout = thread.ask.arguments[JoinArgs::timeout];
  if (timeout == 0) return messenger::complete(kernel, slot, refuse(Errno::etimedout));
  thread.held_up_by = other;
  block(kernel, slot, ThreadState::join, timeout);
  deadlock::look_from(kernel, slot);
}

// ThreadDetach(). ESRCH: there is none of that tid, or it was joined already; EINVAL: it is detached; EBUSY: it is
// being joined.
SimResult<void> detach(Kernel& kernel, ThreadSlot slot) {
  Process& process = kernel.process_of(slot);
  const Value tid = kernel.thread(slot).ask.arguments[JoinArgs::tid];
  if (take_ended(process, tid)) return {};
  const ThreadSlot other = find_thread(kernel, process, tid);
  if (other == kNoThread) return refused(Errno::esrch);
  if (kernel.thread(other).detached) return refused(Errno::einval);
  if (joiner_of(kernel, process, other) != kNoThread) return refused(Errno::ebusy);
  kernel.thread(other).detached = true;
  return {};
}

// Takes a thread that waits for an object out of its list.
void leave_list(Kernel& kernel, ThreadSlot slot) {
  const Thread& thread = kernel.thread(slot);
  if (thread.state == ThreadState::join) return;
  SyncObject& object = *find(kernel, slot, thread.waits_on);
  std::erase(object.waiters, slot);
  const bool is_used = object.kind != SyncObject::Kind::condvar || !object.waiters.empty();
  if (!is_used) kernel.process_of(slot).syncs.erase(thread.waits_on);
}

}  // namespace

void carry_out(Kernel& kernel, ThreadSlot slot) {
  const auto complete = [&](const SimResult<void>& result) {
    const Answer answer = answer_of(result);
    messenger::complete(kernel, slot, answer);
  };
  switch (kernel.thread(slot).ask.what) {
    case Call::thread_join:
      return join(kernel, slot);
    case Call::thread_detach:
      return complete(detach(kernel, slot));
    case Call::sync_type_create:
      return complete(create_semaphore(kernel, slot));
    case Call::sync_destroy:
      return complete(destroy(kernel, slot));
    case Call::sync_mutex_lock:
      return mutex_lock(kernel, slot);
    case Call::sync_mutex_unlock:
      return complete(mutex_unlock(kernel, slot));
    case Call::sync_condvar_wait:
      return condvar_wait(kernel, slot);
    case Call::sync_condvar_signal:
      return complete(condvar_signal(kernel, slot));
    case Call::sync_sem_wait:
      return semaphore_wait(kernel, slot);
    default:
      MEMSIM_CHECK(kernel.thread(slot).ask.what == Call::sync_sem_post);
      return complete(semaphore_post(kernel, slot));
  }
}

void timed_out(Kernel& kernel, ThreadSlot slot) {
  Thread& thread = kernel.thread(slot);
  thread.timer = EventHandle{};
  const ThreadState state = thread.state;
  const ThreadSlot owner = thread.held_up_by;
  leave_list(kernel, slot);
  if (state == ThreadState::condvar) return condvar_timed_out(kernel, slot);
  wake(kernel, slot, refuse(Errno::etimedout));
  if (state == ThreadState::mutex) settle_priority(kernel, owner);
}

void thread_ends(Kernel& kernel, ThreadSlot slot) {
  const Thread& thread = kernel.thread(slot);
  if (is_waiting(thread.state)) {
    const ThreadSlot owner = thread.state == ThreadState::mutex ? thread.held_up_by : kNoThread;
    leave_list(kernel, slot);
    settle_priority(kernel, owner);
  }
  Process& process = kernel.process_of(slot);
  for (auto& [number, object] : process.syncs) {
    if (object.kind != SyncObject::Kind::mutex || object.owner != slot) continue;
    object.owner = kNoThread;
    for (const ThreadSlot waiter : object.waiters) kernel.thread(waiter).held_up_by = kNoThread;
  }
  if (process.life != Life::alive) return;
  if (const ThreadSlot joiner = joiner_of(kernel, process, slot); joiner != kNoThread) return wake(kernel, joiner, {});
  if (!thread.detached) process.ended_threads.push_back(thread.tid);
}

}  // namespace memsim::sync
