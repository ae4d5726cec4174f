// Threads of a process that wait for each other: mutexes with priority inheritance, condition variables, semaphores,
// and threads that are created and joined.
//
// Of several that wait the one with the highest priority is next, then the one that came first. While a thread waits
// for a mutex, its owner runs at least at its priority, and so does whoever that one waits for in turn.
#pragma once

#include "kernel/tables/kernel.hpp"

namespace memsim::sync {

// Whether the call is carried out here.
[[nodiscard]] constexpr bool is_about_sync(Call call) {
  return (Call::thread_join <= call && call <= Call::sync_sem_post) || call == Call::thread_detach ||
         (Call::sched_set <= call && call <= Call::sched_yield);
}
// Carries out the call that the running thread is making.
void carry_out(Kernel& kernel, ThreadSlot slot);

// Whether a thread in that state waits here.
[[nodiscard]] constexpr bool is_waiting(ThreadState state) {
  return state == ThreadState::mutex || state == ThreadState::condvar || state == ThreadState::join ||
         state == ThreadState::semaphore;
}
// The timeout of a thread that waits here is over.
void timed_out(Kernel& kernel, ThreadSlot slot);
// The thread is ending: it waits no longer, the mutexes that it owns stay locked, and whoever joins it goes on. That it
// was is kept until it is joined, unless it is detached.
void thread_ends(Kernel& kernel, ThreadSlot slot);

}  // namespace memsim::sync
