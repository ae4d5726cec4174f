#include "kernel/sync/sync.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>

#include "kernel/messages/deadlock.hpp"
#include "kernel/messages/messenger.hpp"
#include "kernel/schedule/scheduler.hpp"
#include "kernel/sync/waiting.hpp"

namespace memsim::sync {
namespace {

using messenger::refuse;

// SEM_VALUE_MAX.
constexpr Value kMostCount = 0x7fffffff;
// Semaphores that a process may have at once, and shared ones that all have together.
constexpr std::size_t kMostObjects = 65'536;

Answer answer_of(const SimResult<void>& result) { return result ? Answer{} : refuse(result.error()); }

// SyncTypeCreate(). EINVAL: no count of a semaphore; EBUSY: the number means something in use; EAGAIN.
SimResult<void> create_semaphore(Kernel& kernel, ThreadSlot slot) {
  const CallArguments& given = kernel.thread(slot).ask.arguments;
  const Value count = given[SyncCreateArgs::count];
  if (count < 0 || count > kMostCount) return refused(Errno::einval);
  const SimResult<SyncKey> key = key_of(kernel, slot, given[SyncCreateArgs::sync], given[SyncCreateArgs::shared]);
  if (!key) return refused(key.error());
  SyncObjects& objects = objects_with(kernel, slot, *key);
  if (objects.contains(*key)) return refused(Errno::ebusy);
  if (objects.size() >= kMostObjects) return refused(Errno::eagain);
  objects.emplace(
      *key,
      SyncObject{
          .kind = SyncObject::Kind::semaphore, .mutex = {}, .count = static_cast<std::uint32_t>(count), .waiters = {}});
  return {};
}

// SyncDestroy(). EBUSY: somebody owns it or waits for it. What nobody uses is gone already.
SimResult<void> destroy(Kernel& kernel, ThreadSlot slot) {
  const CallArguments& given = kernel.thread(slot).ask.arguments;
  const SimResult<SyncKey> key = key_of(kernel, slot, given[SyncArgs::sync], given[SyncArgs::shared]);
  if (!key) return refused(key.error());
  const SyncObject* object = find(kernel, slot, *key);
  if (object == nullptr) return {};
  const bool is_ownerless = object->kind == SyncObject::Kind::mutex && object->is_robust && object->owner == kNoThread;
  const bool is_unused = object->kind == SyncObject::Kind::semaphore || is_ownerless;
  if (!is_unused || !object->waiters.empty()) return refused(Errno::ebusy);
  objects_with(kernel, slot, *key).erase(*key);
  return {};
}

// The semaphore, or EINVAL; EFAULT.
SimResult<SyncObject*> semaphore_of(Kernel& kernel, ThreadSlot slot, const SimResult<SyncKey>& key) {
  if (!key) return refused(key.error());
  SyncObject* object = find(kernel, slot, *key);
  if (object == nullptr || object->kind != SyncObject::Kind::semaphore) return refused(Errno::einval);
  return object;
}

// SyncSemWait(). EINVAL: no semaphore; ETIMEDOUT.
void semaphore_wait(Kernel& kernel, ThreadSlot slot) {
  const CallArguments& given = kernel.thread(slot).ask.arguments;
  const Value timeout = given[SyncWaitArgs::timeout];
  const SimResult<SyncKey> key = key_of(kernel, slot, given[SyncWaitArgs::sync], given[SyncWaitArgs::shared]);
  const SimResult<SyncObject*> semaphore = semaphore_of(kernel, slot, key);
  if (!semaphore) return messenger::complete(kernel, slot, refuse(semaphore.error()));
  SyncObject* object = *semaphore;
  if (object->count > 0) {
    --object->count;
    return messenger::complete(kernel, slot, {});
  }
  if (timeout == 0) return messenger::complete(kernel, slot, refuse(Errno::etimedout));
  object->waiters.push_back(slot);
  kernel.thread(slot).waits_on = *key;
  block(kernel, slot, ThreadState::semaphore, timeout);
}

// SyncSemPost(). EINVAL: no semaphore; EAGAIN: its count is as high as it gets.
SimResult<void> semaphore_post(Kernel& kernel, ThreadSlot slot) {
  const CallArguments& given = kernel.thread(slot).ask.arguments;
  const SimResult<SyncObject*> semaphore =
      semaphore_of(kernel, slot, key_of(kernel, slot, given[SyncArgs::sync], given[SyncArgs::shared]));
  if (!semaphore) return refused(semaphore.error());
  SyncObject* object = *semaphore;
  if (!object->waiters.empty()) return wake(kernel, take_next(kernel, *object), {}), SimResult<void>{};
  if (object->count == kMostCount) return refused(Errno::eagain);
  ++object->count;
  return {};
}

// A thread has ended that nobody has joined yet, or ever will: those that begin one after the other take no room.
void keep_ended(Process& process, ThreadId tid) {
  auto& runs = process.ended_threads;
  ThreadId first = tid;
  ThreadId last = tid;
  const auto next = runs.upper_bound(tid);
  if (next != runs.begin() && std::prev(next)->second.value() + 1 == tid.value()) first = std::prev(next)->first;
  if (next != runs.end() && next->first.value() == tid.value() + 1) {
    last = next->second;
    runs.erase(next);
  }
  runs[first] = last;
}

// Whether a thread of that tid has ended and was not joined. From now on it was.
bool take_ended(Process& process, Value tid) {
  if (tid <= 0 || tid > std::numeric_limits<std::uint32_t>::max()) return false;
  auto run = process.ended_threads.upper_bound(ThreadId(static_cast<std::uint32_t>(tid)));
  if (run == process.ended_threads.begin()) return false;
  --run;
  const auto [first, last] = *run;
  if (tid > last.value()) return false;
  run->second = ThreadId(static_cast<std::uint32_t>(tid - 1));
  if (first.value() == tid) process.ended_threads.erase(run);
  if (tid < last.value()) process.ended_threads[ThreadId(static_cast<std::uint32_t>(tid + 1))] = last;
  return true;
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

// Whom SchedSet() and SchedGet() are about; kNoThread where there is no such thread.
ThreadSlot thread_in_question(const Kernel& kernel, ThreadSlot slot) {
  const Value tid = kernel.thread(slot).ask.arguments[SchedArgs::tid];
  return tid == 0 ? slot : find_thread(kernel, kernel.process_of(slot), tid);
}

// SchedSet(). ESRCH: there is no such thread; EINVAL: no such priority or policy.
SimResult<void> set_priority(Kernel& kernel, ThreadSlot slot) {
  const CallArguments& given = kernel.thread(slot).ask.arguments;
  const Value priority = given[SchedArgs::priority];
  const Value policy = given[SchedArgs::policy];
  if (priority < 1 || priority > 255 || policy < -1 || policy > 1) return refused(Errno::einval);
  const ThreadSlot changed = thread_in_question(kernel, slot);
  if (changed == kNoThread) return refused(Errno::esrch);
  Thread& thread = kernel.thread(changed);
  thread.own_priority = static_cast<std::uint8_t>(priority);
  if (policy != -1) thread.scheduling = policy == 0 ? Scheduling::fifo : Scheduling::round_robin;
  settle_priority(kernel, changed);
  return {};
}

// SchedGet(). ESRCH.
void get_priority(Kernel& kernel, ThreadSlot slot) {
  const ThreadSlot asked = thread_in_question(kernel, slot);
  if (asked == kNoThread) return messenger::complete(kernel, slot, refuse(Errno::esrch));
  const Thread& thread = kernel.thread(asked);
  const std::array<Value, 2> more = {thread.own_priority, thread.priority};
  messenger::complete(kernel, slot, {.value = thread.scheduling == Scheduling::fifo ? 0 : 1, .more = more});
}

// Takes a thread that waits for an object out of its list. Of a condition variable: the mutex that it gave up.
SyncKey leave_list(Kernel& kernel, ThreadSlot slot) {
  const Thread& thread = kernel.thread(slot);
  if (thread.state == ThreadState::join) return {};
  SyncObject& object = *find(kernel, slot, thread.waits_on);
  const SyncKey mutex = object.mutex;
  std::erase(object.waiters, slot);
  const bool is_used = object.kind != SyncObject::Kind::condvar || !object.waiters.empty();
  if (!is_used) objects_with(kernel, slot, thread.waits_on).erase(thread.waits_on);
  return mutex;
}

// Of a process whose end takes its memory with it nobody is left to wonder.
void note_lost_mutex(Kernel& kernel, ThreadSlot slot) {
  const Thread& thread = kernel.thread(slot);
  kernel.records.publish(Note{.pid = thread.pid,
                              .tid = thread.tid,
                              .text = "ended as the owner of a mutex in shared memory, which stays locked"});
}

// The mutexes that the thread owns stay locked; a robust one passes to whoever is next, who is told.
void leave_mutexes(Kernel& kernel, SyncObjects& objects, ThreadSlot slot) {
  std::vector<SyncKey> robust;
  for_each_owned(objects, slot, [&](const SyncKey& key, SyncObject& object) {
    if (object.is_robust && !object.waiters.empty()) return robust.push_back(key);
    if (key.is_shared() && !object.is_robust) note_lost_mutex(kernel, slot);
    object.owner = kNoThread;
    for (const ThreadSlot waiter : object.waiters) kernel.thread(waiter).held_up_by = kNoThread;
  });
  for (const SyncKey& key : robust) hand_over(kernel, slot, key, Errno::eownerdead);
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
    case Call::sched_set:
      return complete(set_priority(kernel, slot));
    case Call::sched_get:
      return get_priority(kernel, slot);
    case Call::sched_yield:
      messenger::complete(kernel, slot, {});
      return scheduler::yield(kernel, slot);
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
  const SyncKey mutex = leave_list(kernel, slot);
  if (state == ThreadState::condvar) return condvar_timed_out(kernel, slot, mutex);
  wake(kernel, slot, refuse(Errno::etimedout));
  if (state == ThreadState::mutex) settle_priority(kernel, owner);
}

void thread_ends(Kernel& kernel, ThreadSlot slot) {
  const Thread& thread = kernel.thread(slot);
  if (is_waiting(thread.state)) {
    const ThreadSlot owner = thread.state == ThreadState::mutex ? thread.held_up_by : kNoThread;
    static_cast<void>(leave_list(kernel, slot));
    settle_priority(kernel, owner);
  }
  Process& process = kernel.process_of(slot);
  leave_mutexes(kernel, process.syncs, slot);
  leave_mutexes(kernel, kernel.shared_syncs, slot);
  if (process.life != Life::alive) return;
  if (const ThreadSlot joiner = joiner_of(kernel, process, slot); joiner != kNoThread) return wake(kernel, joiner, {});
  if (!thread.detached) keep_ended(process, thread.tid);
}

}  // namespace memsim::sync
