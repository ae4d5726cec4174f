// How threads wait here, for whatever it is, and go on.
#include "kernel/sync/waiting.hpp"

#include <algorithm>

#include "kernel/messages/deadlock.hpp"
#include "kernel/messages/messenger.hpp"
#include "kernel/schedule/scheduler.hpp"

namespace memsim::sync {
namespace {

// The highest priority of those who wait for a mutex that `owner` owns; 0 where nobody does.
std::uint8_t highest_waiting(const Kernel& kernel, ThreadSlot owner) {
  std::uint8_t highest = 0;
  const auto look = [&](const SyncKey&, const SyncObject& object) {
    for (const ThreadSlot waiter : object.waiters) highest = std::max(highest, kernel.thread(waiter).priority);
  };
  for_each_owned(kernel.process_of(owner).syncs, owner, look);
  for_each_owned(kernel.shared_syncs, owner, look);
  return highest;
}

// What clients that wait to be received make of a server's priority.
std::uint8_t boost_of_clients(const Kernel& kernel, const Thread& server) {
  if (server.last_channel == kNoChannel) return 0;
  const Channel& channel = kernel.channel(server.last_channel);
  if (channel.has(qnx::kChannelFixedPriority) || channel.senders().empty()) return 0;
  return channel.senders().top_priority();
}

}  // namespace

SimResult<SyncKey> key_of(const Kernel& kernel, ThreadSlot slot, Value number, Value shared) {
  if (shared < 0 || shared > kRobust) return refused(Errno::einval);
  if (shared == 0) return SyncKey{.object = 0, .number = number};
  const auto place = kernel.memory.place_of(kernel.pid_of(slot), VirtAddr(static_cast<std::uint64_t>(number)));
  if (!place) return refused(Errno::efault);
  const auto offset = static_cast<Value>(place->offset.count());
  return SyncKey{.object = place->object ? place->object->value() : SyncKey::kPhysical, .number = offset};
}

SyncObjects& objects_with(Kernel& kernel, ThreadSlot slot, const SyncKey& key) {
  return key.is_shared() ? kernel.shared_syncs : kernel.process_of(slot).syncs;
}

SyncObject* find(Kernel& kernel, ThreadSlot slot, const SyncKey& key) {
  SyncObjects& objects = objects_with(kernel, slot, key);
  const auto found = objects.find(key);
  return found == objects.end() ? nullptr : &found->second;
}

void block(Kernel& kernel, ThreadSlot slot, ThreadState state, Value timeout) {
  Thread& thread = kernel.thread(slot);
  if (timeout > 0) {
    thread.timer =
        kernel.events.schedule(saturating_add(kernel.now(), SimDuration(static_cast<std::uint64_t>(timeout))),
                               {.kind = KernelEvent::Kind::timer, .index = slot.value()});
  }
  // A wait costs a kernel call, where the call itself is none as long as it need not wait.
  if (state == ThreadState::mutex) scheduler::charge(thread, kernel.config->costs.kernel_call);
  scheduler::block(kernel, slot, state);
  scheduler::publish_state(kernel, slot);
}

void wake(Kernel& kernel, ThreadSlot slot, const Answer& answer) {
  Thread& thread = kernel.thread(slot);
  kernel.cancel_timer(thread);
  thread.held_up_by = kNoThread;
  messenger::complete(kernel, slot, answer);
  scheduler::make_ready(kernel, slot, ReadyQueue::End::tail);
  scheduler::publish_state(kernel, slot);
}

ThreadSlot take_next(const Kernel& kernel, SyncObject& object) {
  const auto next = std::max_element(object.waiters.begin(), object.waiters.end(), [&](ThreadSlot a, ThreadSlot b) {
    return kernel.thread(a).priority < kernel.thread(b).priority;
  });
  const ThreadSlot slot = *next;
  object.waiters.erase(next);
  return slot;
}

void hand_over(Kernel& kernel, ThreadSlot owner, const SyncKey& key, Errno because) {
  SyncObject& mutex = *find(kernel, owner, key);
  if (mutex.waiters.empty()) {
    objects_with(kernel, owner, key).erase(key);
    return;
  }
  const ThreadSlot next = take_next(kernel, mutex);
  mutex.owner = next;
  for (const ThreadSlot waiter : mutex.waiters) kernel.thread(waiter).held_up_by = next;
  settle_priority(kernel, owner);
  settle_priority(kernel, next);
  const Errno error = because != Errno::eok ? because : kernel.thread(next).wait_error;
  wake(kernel, next, {.value = error == Errno::eok ? 0 : -1, .error = error});
}

Errno acquire(Kernel& kernel, ThreadSlot slot, const SyncKey& key, bool is_robust) {
  const auto [place, is_free] = objects_with(kernel, slot, key).try_emplace(key);
  SyncObject& mutex = place->second;
  if (is_free || (mutex.is_robust && mutex.owner == kNoThread)) {
    mutex.owner = slot;
    mutex.is_robust = is_robust;
    return is_free ? Errno::eok : Errno::eownerdead;
  }
  Thread& thread = kernel.thread(slot);
  thread.waits_on = key;
  thread.held_up_by = mutex.owner;
  mutex.waiters.push_back(slot);
  return Errno::eagain;
}

void settle_priority(Kernel& kernel, ThreadSlot owner) {
  // Whoever holds up one that holds up others is concerned too. A raise travels on by itself (scheduler).
  while (owner != kNoThread) {
    Thread& thread = kernel.thread(owner);
    thread.inherited = highest_waiting(kernel, owner);
    const std::uint8_t clients = boost_of_clients(kernel, thread);
    const std::uint8_t settled = std::max({thread.own_priority, thread.inherited, clients});
    if (settled == thread.priority) return;
    scheduler::change_priority(kernel, owner, settled);
    owner = thread.state == ThreadState::mutex ? thread.held_up_by : kNoThread;
  }
}

}  // namespace memsim::sync
